"""Pages of a list by signed cursors: bound to the caller and to what was asked, good for 90 days; no offsets.

Source: `exchange.md` 3.4 and 5.1.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest
from ninja import Schema

from opensps.web.rest.problems import Fault, Problem

MOST: Final = 200
USUAL: Final = 50
_LIFE_SECONDS: Final = 90 * 86_400
_SALT: Final = "opensps.rest.cursor"
_LONGEST: Final = 512

Row = TypeVar("Row")


class Page(Schema, Generic[Row]):
    """One page of a list."""

    data: list[Row]
    next_cursor: str
    """Always there: ask with it again for what comes next, now or later."""

    has_more: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list goes on."""

    after: int
    """Change sequence, or whatever number orders the list, of the last row seen."""

    question: str
    """Digest of caller and filters."""

    def at(self, after: int) -> "Position":
        """Return the position after another row of the same list."""
        return Position(after, self.question)

    def cursor(self) -> str:
        """Return the text by which a caller comes back here."""
        return signing.dumps([self.after, self.question], salt=_SALT)


def position(*, cursor: str, caller: str, question: Mapping[str, Any]) -> Position:
    """Return where to go on; the beginning for an empty cursor. Raises `Problem` for one of another question."""
    asked = ";".join(f"{name}={question[name]}" for name in sorted(question))
    digest = hashlib.sha256(f"{caller};{asked}".encode()).hexdigest()[:16]
    if not cursor:
        return Position(0, digest)
    try:
        after, bound = signing.loads(cursor[:_LONGEST], salt=_SALT, max_age=_LIFE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as exc:
        raise _invalid() from exc
    if bound != digest or not isinstance(after, int):
        raise _invalid()
    return Position(after, digest)


def _invalid() -> Problem:
    return Problem("CURSOR_INVALID", faults=(Fault("CURSOR_INVALID", "ask again without it", parameter="cursor"),))


def cut(rows: Sequence[Row], *, limit: int) -> tuple[Sequence[Row], bool]:
    """Return the rows of a page out of one more than fits, and whether there are more."""
    return rows[:limit], len(rows) > limit


def link_next(request: HttpRequest, cursor: str) -> dict[str, str]:
    """Return the header field that leads to the next page."""
    query = {name: value for name, value in request.GET.items() if name != "cursor"}
    return {"Link": f'<{request.path}?{urlencode({**query, "cursor": cursor})}>; rel="next"'}
