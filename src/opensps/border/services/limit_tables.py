"""Loads tables of limits: whole or not at all, with the day they hold for and who says so."""

from datetime import date, datetime

from django.db import transaction

from opensps.border.services.alerts import rule_fire
from opensps.border.watch_tables import WatchRow, WatchTable
from opensps.events.services import event_write, lock
from opensps.lifecycle import Role
from opensps.rules.laboratories import result_rows
from opensps.rules.limit_tables import TableNotRead, key_of, read_table

TABLE = "limit_table"
"""Kind of object in events; its id is the name of the table."""

_TOGETHER = 1000
_LONGEST = 200


@transaction.atomic
def table_load(
    *, authority: str, name: str, text: str, as_of: date, source: str, actor: str, at: datetime
) -> WatchTable:
    """Replace a table by this one, CSV; ``actor`` is who loads it, an operator or a person.

    Raises `TableNotRead`: no_such_table, no_csv, columns, too_many_rows, cells, cell, no_source.
    """
    rows = read_table(name, text)
    if not source.strip():
        raise TableNotRead("no_source")
    lock("limit_table", authority, name)
    held = WatchTable.objects.filter(authority=authority, name=name)
    before = "loaded" if held.exists() else ""
    held.filter(is_current=True).update(is_current=False)
    table = WatchTable.objects.create(
        authority=authority,
        name=name,
        as_of=as_of,
        source=source.strip()[:_LONGEST],
        loaded_at=at,
        loaded_by=actor,
        row_count=len(rows),
    )
    kept = (WatchRow(table=table, authority=authority, key=key_of(name, row), values=row) for row in rows)
    WatchRow.objects.bulk_create(kept, batch_size=_TOGETHER)
    event_write(
        authority=authority,
        object_kind=TABLE,
        object_id=name,
        act=f"{TABLE}.loaded",
        from_state=before,
        to_state="loaded",
        actor=actor,
        role=str(Role.SYSTEM),
        at=at,
        payload={"as_of": as_of.isoformat(), "source": table.source, "rows": len(rows)},
    )
    if name == "results":
        _watch_results(authority, table, at)
    return table


def _watch_results(authority: str, table: WatchTable, at: datetime) -> None:
    """P15: results that came too fast for their method, or are too even."""
    methods = WatchRow.objects.filter(authority=authority, table__name="methods", table__is_current=True)
    hours = {row.key: int(row.values["least_hours"]) for row in methods}
    rule_fire(authority=authority, code="P15", rows=result_rows((row.values for row in table.rows.all()), hours), at=at)
