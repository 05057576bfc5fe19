"""Reading tables of limits: those in use with their day and source, their rows, and the limits under some keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from opensps.accounts.queries import Actor
from opensps.border.queries.alerts import READERS
from opensps.border.watch_tables import WatchRow, WatchTable

__all__ = ["PAGE", "HeldLimit", "WatchTable", "limits_under", "table_for", "table_rows", "tables_for", "tables_in_use"]

PAGE = 50


@dataclass(frozen=True, slots=True)
class HeldLimit:
    """One row of a table in use, with the day and the source an alert shows beside it."""

    values: dict[str, Any]
    as_of: date
    source: str

    @property
    def said(self) -> dict[str, str]:
        """What an alert tells of the limit."""
        return {"limit_as_of": self.as_of.isoformat(), "limit_source": self.source}


def limits_under(*, authority: str, name: str, keys: Iterable[str]) -> dict[str, list[HeldLimit]]:
    """Return key -> rows of the table in use, for the keys that have any."""
    found: dict[str, list[HeldLimit]] = {}
    rows = WatchRow.objects.filter(table__authority=authority, table__name=name, table__is_current=True)
    for row in rows.filter(key__in=set(keys)).select_related("table"):
        found.setdefault(row.key, []).append(HeldLimit(row.values, row.table.as_of, row.table.source))
    return found


def tables_in_use(*, authority: str) -> tuple[WatchTable, ...]:
    """Return the tables in use, for the command line."""
    return tuple(WatchTable.objects.filter(authority=authority, is_current=True).order_by("name"))


def tables_for(*, authority: str, actor: Actor) -> tuple[WatchTable, ...]:
    """Return the tables in use; none for people who do not look at alerts."""
    if actor.authority != authority or not actor.roles & READERS:
        return ()
    return tables_in_use(authority=authority)


def table_for(*, authority: str, actor: Actor, name: str) -> WatchTable | None:
    """Return the table of a name that is in use; None for any other, and for people who do not look at alerts."""
    return next((each for each in tables_for(authority=authority, actor=actor) if each.name == name), None)


def table_rows(table: WatchTable, *, text: str = "", offset: int = 0) -> Sequence[dict[str, Any]]:
    """Return a page of its rows, one more than `PAGE` where there are more; narrowed to keys that begin so."""
    rows = table.rows.filter(key__istartswith=text) if text else table.rows.all()
    return tuple(rows.values_list("values", flat=True)[offset : offset + PAGE + 1])
