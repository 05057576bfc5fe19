"""Reading the public figures: one row, whatever the size of the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensps.border.models import FigureDay


@dataclass(frozen=True, slots=True)
class Figures:
    """The newest figures, and those of a year before."""

    values: Mapping[str, Any]
    """Name -> number; ``None`` where there is nothing to compute it from."""

    before: Mapping[str, Any]
    computed_at: datetime


def figures(*, authority: str) -> Figures | None:
    """Return the figures; ``None`` before they were computed once. Two queries."""
    rows = FigureDay.objects.filter(authority=authority).order_by("-day")
    newest = rows.first()
    if newest is None:
        return None
    earlier = rows.filter(day__lte=newest.day - timedelta(days=365)).first()
    return Figures(newest.values, earlier.values if earlier is not None else {}, newest.computed_at)
