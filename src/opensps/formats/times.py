"""Dates and moments as documents write them (`domain.md` 2.2, 9.3): ISO 8601, with seconds and offset when ours.

A moment without an offset stays a date with its text: UTC is never assumed.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from opensps.certificate import OfficialTime
from opensps.formats.errors import FormatError

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?))?(Z|[+-][0-9]{2}:[0-9]{2})?\Z",
    re.ASCII,
)
_MAX_OFFSET_MINUTES = 14 * 60


def parse_time(text: str) -> OfficialTime | None:
    """Return the date or moment of an ISO 8601 text; ``None`` if it is neither.

    The text itself is kept in the value only where writing the value anew would not give it back.
    """
    found = _FORM.match(text)
    if found is None:
        return None
    try:
        return _official(text, found[1], found[2], found[3])
    except (ValueError, OverflowError):
        return None


def _official(text: str, day: str, clock: str | None, offset: str | None) -> OfficialTime:
    on = date.fromisoformat(day)
    if clock is None or offset is None:
        if clock is not None:
            datetime.fromisoformat(f"{day}T{clock}")
        return OfficialTime(on, text=None if text == day else text)
    local = datetime.fromisoformat(f"{day}T{clock}{offset}")
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    if abs(minutes) > _MAX_OFFSET_MINUTES:
        raise ValueError("no such offset")
    is_ours = local.isoformat() == text
    return OfficialTime(on, local.astimezone(UTC), minutes, None if is_ours else text)


def canonical(time: OfficialTime) -> str:
    """Return the time as we write it: `2026-07-03T10:30:00+05:30`, or the date alone.

    Raises `FormatError` (code time) for a moment no calendar on the wire can hold.
    """
    if time.at is None or time.offset_minutes is None:
        return time.on.isoformat()
    try:
        local = time.at.astimezone(timezone(timedelta(minutes=time.offset_minutes)))
    except (ValueError, OverflowError):
        raise FormatError("time", detail="the offset or the year is out of range") from None
    if abs(time.offset_minutes) > _MAX_OFFSET_MINUTES:
        raise FormatError("time", detail="the offset is out of range")
    return local.isoformat()


def written(time: OfficialTime) -> str:
    """Return the text as received where it says what the value says, else the canonical form."""
    if time.text is not None:
        again = parse_time(time.text)
        if again is not None and (again.on, again.at, again.offset_minutes) == (time.on, time.at, time.offset_minutes):
            return time.text
    return canonical(time)
