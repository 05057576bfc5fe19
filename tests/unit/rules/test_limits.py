"""Waiting after too many wrong tries (`ux.md` 5.1)."""

from datetime import UTC, datetime, timedelta

from opensps.rules.limits import Count, Limit, after_wrong_try, tries_left, waits_until

NOW = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT = Limit(tries=5, window=HOUR)


def wrong(times: int, *, count: Count = Count(), at: datetime = NOW) -> Count:  # noqa: B008 a frozen value
    for _ in range(times):
        count = after_wrong_try(LIMIT, count, at=at)
    return count


def test_who_never_was_wrong_has_all_tries() -> None:
    assert tries_left(LIMIT, Count(), at=NOW) == 5
    assert waits_until(Count(), at=NOW) is None


def test_four_wrong_tries_leave_one() -> None:
    count = wrong(4)
    assert tries_left(LIMIT, count, at=NOW) == 1
    assert waits_until(count, at=NOW) is None


def test_the_fifth_wrong_try_begins_a_wait_of_one_window() -> None:
    count = wrong(5)
    assert waits_until(count, at=NOW) == NOW + HOUR
    assert tries_left(LIMIT, count, at=NOW) == 0
    assert waits_until(count, at=NOW + HOUR) is None
    assert tries_left(LIMIT, count, at=NOW + HOUR) == 5


def test_a_window_is_forgotten_when_it_is_over() -> None:
    count = wrong(1, count=wrong(4), at=NOW + HOUR)
    assert tries_left(LIMIT, count, at=NOW + HOUR) == 4


def test_the_wait_doubles_up_to_a_day() -> None:
    count, at, hours = Count(), NOW, []
    for _ in range(7):
        count = wrong(5, count=count, at=at)
        until = waits_until(count, at=at)
        assert until is not None
        hours.append((until - at) / HOUR)
        at = until
    assert hours == [1, 2, 4, 8, 16, 24, 24]


def test_a_day_without_a_wait_forgets_the_doubling() -> None:
    count = wrong(5, count=wrong(5), at=NOW + HOUR)
    later = NOW + 3 * HOUR + timedelta(hours=24)
    assert waits_until(wrong(5, count=count, at=later), at=later) == later + HOUR
