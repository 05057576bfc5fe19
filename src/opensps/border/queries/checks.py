"""Reading checks: one stored result, the answers to a list, and how often a certificate was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from opensps.border.models import CheckAttempt, StoredList, StoredResult

RESULT_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ListedLine:
    """One row of a kept list and its answer."""

    line: int
    """Counted from 1, as pasted."""

    number: str
    """What was given as the number; ``""`` for a printed code and for what is no number."""

    result: StoredResult | None
    error: str
    """``number``, ``code`` or ``row``; else empty."""

    is_left_out: bool


def result_by_id(*, authority: str, result_id: str, at: datetime, viewer: str = "") -> StoredResult | None:
    """Return a result that is not older than a day; None for any other id.

    A result made for a signed-in official is shown to that ``viewer`` alone.
    """
    found = StoredResult.objects.filter(authority=authority, pk=result_id, created_at__gt=at - RESULT_KEPT).first()
    return found if found is not None and found.checker in {"", viewer} else None


def list_by_id(*, authority: str, list_id: str, at: datetime, viewer: str = "") -> tuple[ListedLine, ...] | None:
    """Return the rows of a list that is not older than a day; None for any other id, or for another ``viewer``."""
    found = StoredList.objects.filter(authority=authority, pk=list_id, created_at__gt=at - RESULT_KEPT).first()
    if found is None or found.checker not in {"", viewer}:
        return None
    results = StoredResult.objects.in_bulk([row["result"] for row in found.rows if row["result"]])
    return tuple(
        ListedLine(row["line"], row["number"], results.get(row["result"]), row["error"], row["left_out"])
        for row in found.rows
    )


def checks_by_result(*, authority: str, number: str) -> Mapping[str, int]:
    """Return result -> how often a certificate was checked with it, as far as attempts are kept."""
    rows = CheckAttempt.objects.filter(authority=authority, number=number).values_list("result")
    return dict(rows.annotate(count=Count("id")).order_by("result"))
