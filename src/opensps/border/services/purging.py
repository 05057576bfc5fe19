"""Removal of what is kept no longer; the worker and the doctor call it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.border.models import CheckAttempt, StoredList, StoredResult, WrongCodeCounter
from opensps.border.queries import RESULT_KEPT

ATTEMPTS_KEPT = timedelta(days=30)
COUNTERS_KEPT = timedelta(days=2)
"""Longer than the longest wait and the time after which doubling is forgotten."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went."""

    results: int
    attempts: int
    counters: int


def checks_purge(*, authority: str, at: datetime) -> Purged:
    """Remove results and lists of over a day, attempts of over 30 days, and counters nobody touched for two days."""
    results = StoredResult.objects.filter(authority=authority, created_at__lte=at - RESULT_KEPT)
    lists = StoredList.objects.filter(authority=authority, created_at__lte=at - RESULT_KEPT)
    attempts = CheckAttempt.objects.filter(authority=authority, at__lte=at - ATTEMPTS_KEPT)
    counters = WrongCodeCounter.objects.filter(authority=authority).exclude(since__gte=at - COUNTERS_KEPT)
    return Purged(
        results=results.delete()[0] + lists.delete()[0],
        attempts=attempts.delete()[0],
        counters=counters.exclude(until__gte=at - COUNTERS_KEPT).delete()[0],
    )
