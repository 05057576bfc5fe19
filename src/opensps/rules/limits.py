"""How long somebody waits after too many wrong tries: a calculation, no counter is kept here.

Source: `ux.md` 5.1: so many wrong tries in a window, then a wait that doubles up to a day. The window begins with its
first wrong try; a right try neither costs nor gives back anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries in one window."""

    tries: int
    window: timedelta
    """Also the first wait."""

    longest_wait: timedelta = timedelta(hours=24)
    """Also how long after a wait the doubling is forgotten."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is remembered of one key."""

    wrong: int = 0
    """In the present window."""

    since: datetime | None = None
    """First wrong try of the present window."""

    rounds: int = 0
    """How often the limit was reached in a row."""

    until: datetime | None = None
    """End of the newest wait, which may be over."""


def waits_until(count: Count, *, at: datetime) -> datetime | None:
    """Return when the next try is allowed, None when it is allowed now."""
    return count.until if count.until is not None and at < count.until else None


def _wrong_before(limit: Limit, count: Count, at: datetime) -> int:
    return 0 if count.since is None or at - count.since >= limit.window else count.wrong


def tries_left(limit: Limit, count: Count, *, at: datetime) -> int:
    """Return how many wrong tries are left before a wait, 0 during one."""
    return 0 if waits_until(count, at=at) else limit.tries - _wrong_before(limit, count, at)


def after_wrong_try(limit: Limit, count: Count, *, at: datetime) -> Count:
    """Return what to remember after one more wrong try; reaching the limit begins a wait."""
    before = _wrong_before(limit, count, at)
    since = count.since if before else at
    is_forgotten = count.until is None or at - count.until >= limit.longest_wait
    rounds = 0 if is_forgotten else count.rounds
    if before + 1 < limit.tries:
        return Count(before + 1, since, rounds, count.until)
    wait = min(limit.window * 2**rounds, limit.longest_wait)
    return Count(0, None, rounds + 1, at + wait)
