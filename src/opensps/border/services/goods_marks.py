"""Marks of what certificates name, establishments, lots, containers and exporters: made, and found again."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from opensps.border.goods_seen import Seen
from opensps.border.watch_tables import GoodsMark

MOST = 2_000
"""Marks of one key that are looked at, the newest."""


def named(each: Seen) -> dict[str, Any]:
    """Return by what a certificate is found."""
    return {"issuer": each.issuer, "number": each.number}


def marked(
    authority: str, kind: str, each: Seen, keys: Iterable[tuple[str, Decimal]], **columns: Any
) -> Iterator[GoodsMark]:
    """Give a mark of a certificate for each key, with the mass of it."""
    masses: dict[str, Decimal] = {}
    for key, mass in keys:
        masses[key[:100]] = masses.get(key[:100], Decimal(0)) + mass
    given = {"at": each.departed_at, **columns}
    for key, mass in masses.items():
        if key:
            yield GoodsMark(authority=authority, kind=kind, key=key, **named(each), kilograms=mass, **given)


def marks_keep(marks: Iterable[GoodsMark]) -> None:
    """Keep marks in one statement; one that is there stays."""
    GoodsMark.objects.bulk_create(marks, ignore_conflicts=True)


def marks_of(authority: str, kind: str, keys: Iterable[str], days: int = 0) -> Iterator[GoodsMark]:
    """Give the newest marks of each key; those of its last so many days alone where ``days`` says so."""
    for key in sorted(set(keys)):
        rows = GoodsMark.objects.filter(authority=authority, kind=kind, key=key).order_by("-at")
        newest = rows.values_list("at", flat=True).first() if days else None
        yield from (rows.filter(at__gt=newest - timedelta(days=days)) if newest is not None else rows)[:MOST]
