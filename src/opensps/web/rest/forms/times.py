"""Times and days as calls write them: RFC 3339 in full, as text. Source: `exchange.md` 5.1; RFC 3339 (5.6).

A number is no time, nor is a time without its offset or its seconds: nobody should have to guess which moment was
meant. A leap second (``:60``) cannot be held and is refused.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_NO_TIME: Final = (
    "a time of RFC 3339 with seconds and offset, such as 2026-11-20T08:00:00Z or 2026-11-20T09:00:00+01:00;"
    " in an address the plus sign is written %2B"
)
_NO_DAY: Final = "a day of RFC 3339, such as 2026-11-20"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _text(given: Any, form: re.Pattern[str]) -> str:
    if not isinstance(given, str) or not form.fullmatch(given):
        raise ValueError
    return given.upper()


def _moment(given: Any) -> datetime:
    try:
        return datetime.fromisoformat(_text(given, _MOMENT)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise PydanticCustomError("time_malformed", _NO_TIME) from exc


def _day(given: Any) -> date:
    try:
        return date.fromisoformat(_text(given, _DAY))
    except ValueError as exc:
        raise PydanticCustomError("day_malformed", _NO_DAY) from exc


Time = Annotated[
    datetime, PlainSerializer(_stamp, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""In answers: RFC 3339, UTC, with milliseconds."""

GivenTime = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""In requests: RFC 3339 with its offset, held in UTC; nothing else."""

GivenDay = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""In requests: a full date of RFC 3339; nothing else."""
