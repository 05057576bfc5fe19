"""When a delivery is tried again, and when nobody waits any longer. Source: `exchange.md` 8.2. Pure."""

from datetime import datetime, timedelta

STEPS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
"""After the first failed try, the second ...; then the last of them again and again."""

URGENT_LONGEST = timedelta(minutes=15)
"""Withdrawals and replacements never wait longer."""

SPREAD = 0.2
"""Of a step, either way, so that many rows do not come back at once."""

LONGEST_RETRY_AFTER = timedelta(hours=1)
ASK_FIRST, ASK_AGAIN = timedelta(seconds=10), timedelta(seconds=60)
"""An unknown outcome is asked about after the first; not found twice, the second apart, it is sent again."""

ASKED_ENOUGH = 2
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)
EXPIRES_AFTER = timedelta(days=15)
LATE_AFTER, LATE_AFTER_URGENT = timedelta(hours=24), timedelta(hours=1)
ALARM_AFTER, ALARM_AFTER_URGENT = timedelta(hours=4), timedelta(hours=1)
CONTENT_KEPT = timedelta(days=90)
"""After the last word; header and digest are kept for good."""


def next_try(
    *, tries: int, urgent: bool, at: datetime, spread: float, retry_after: timedelta | None = None
) -> datetime:
    """Return when to try again after so many failed tries (1, 2 ...).

    `spread`: anything from -1 to 1, of which `SPREAD` is used. What the partner asked for is honoured up to an hour.
    """
    step = STEPS[min(max(tries, 1), len(STEPS)) - 1]
    if urgent:
        step = min(step, URGENT_LONGEST)
    wait = step * (1 + SPREAD * max(-1.0, min(1.0, spread)))
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_RETRY_AFTER))
    return at + wait
