"""Reading border: one stored result, and how often a certificate was checked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count

from opensps.border.models import CheckAttempt, Door, StoredResult

__all__ = ["RESULT_KEPT", "Door", "StoredResult", "checks_by_result", "result_by_id"]

RESULT_KEPT = timedelta(hours=24)


def result_by_id(*, authority: str, result_id: str, at: datetime, viewer: str = "") -> StoredResult | None:
    """Return a result that is not older than a day; None for any other id.

    A result made for a signed-in official is shown to that ``viewer`` alone.
    """
    found = StoredResult.objects.filter(authority=authority, pk=result_id, created_at__gt=at - RESULT_KEPT).first()
    return found if found is not None and found.checker in {"", viewer} else None


def checks_by_result(*, authority: str, number: str) -> Mapping[str, int]:
    """Return result -> how often a certificate was checked with it, as far as attempts are kept."""
    rows = CheckAttempt.objects.filter(authority=authority, number=number).values_list("result")
    return dict(rows.annotate(count=Count("id")).order_by("result"))
