"""Due dates in calendar and working days, in office time (I07 in part)."""

from datetime import UTC, date, datetime

from opensps.certification.deadlines import after_days, after_working_days, day_end, office_day, working_day_after

FRIDAY_NIGHT = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def test_the_day_is_the_offices_day() -> None:
    assert office_day(FRIDAY_NIGHT) == date(2026, 11, 20)
    assert office_day(FRIDAY_NIGHT, offset_minutes=480) == date(2026, 11, 21)


def test_a_deadline_ends_at_midnight_of_its_last_day() -> None:
    assert after_days(FRIDAY_NIGHT, 30) == datetime(2026, 12, 21, tzinfo=UTC)
    assert after_days(FRIDAY_NIGHT, 1, offset_minutes=480) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert day_end(date(2026, 11, 20), offset_minutes=-300) == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_weekends_do_not_count_and_the_start_day_neither() -> None:
    assert working_day_after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert working_day_after(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert working_day_after(date(2026, 11, 18), 10) == date(2026, 12, 2)
    assert working_day_after(date(2026, 11, 18), 0) == date(2026, 11, 18)
    assert after_working_days(FRIDAY_NIGHT, 1) == datetime(2026, 11, 24, tzinfo=UTC)
