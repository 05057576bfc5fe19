"""``opensps limits``: tables of limits of the rules that watch, those in use and a new one loaded (`fraud.md` 5)."""

from datetime import UTC, datetime
from typing import Any

import click
from django.conf import settings

from opensps.accounts.queries import SYSTEM
from opensps.border.queries.limit_tables import WatchTable, tables_in_use
from opensps.border.services.limit_tables import table_load
from opensps.project.commands.manners import json_option, print_json, read_input, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.rules.limit_tables import LIMIT_TABLES, TableNotRead


@click.group()
def limits() -> None:
    """Look at the tables of limits of the rules that watch, and load newer ones."""


@limits.command("list")
@json_option
@verbose_option
def list_(*, as_json: bool) -> int:
    """Name every table with its columns, and the one in use with its day and source.

    \b
    Example:
      opensps limits list
    """
    held = {each.name: each for each in tables_in_use(authority=settings.OPENSPS_AUTHORITY)}
    if as_json:
        print_json({"tables": [_row(name, held.get(name)) for name in LIMIT_TABLES]})
        return Exit.DONE
    for name, table in LIMIT_TABLES.items():
        row = _row(name, held.get(name))
        click.echo(f"{name:<14} {','.join(table.rules):<8} {row['as_of'] or '-':<11} {row['rows']:>7}  {row['source']}")
        click.echo(f"{'':<14} {','.join(table.columns)}")
    return Exit.DONE


def _row(name: str, held: WatchTable | None) -> dict[str, Any]:
    return {
        "name": name,
        "rules": list(LIMIT_TABLES[name].rules),
        "columns": list(LIMIT_TABLES[name].columns),
        "as_of": held.as_of.isoformat() if held is not None else "",
        "rows": held.row_count if held is not None else 0,
        "source": held.source if held is not None else "",
    }


@limits.command("load")
@click.argument("name", type=click.Choice(tuple(LIMIT_TABLES)))
@click.argument("file")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day for which the figures hold.")
@click.option("--source", required=True, help="Who says so, in their words.")
@verbose_option
def load(*, name: str, file: str, as_of: datetime, source: str) -> int:
    """Replace a table by a CSV file whose first line names its columns; ``-`` is standard input.

    \b
    Example:
      opensps limits load ceilings ceilings.csv --as-of 2026-11-01 --source "Ministry of Agriculture"
    """
    _, data = read_input(file)
    try:
        table = table_load(
            authority=settings.OPENSPS_AUTHORITY,
            name=name,
            text=data.decode("utf-8"),
            as_of=as_of.date(),
            source=source,
            actor=SYSTEM.id,
            at=datetime.now(UTC),
        )
    except UnicodeDecodeError as exc:
        raise Stopped(Exit.NOT_VALID, "%(name)s is no text in UTF-8; nothing was kept.", name=file) from exc
    except TableNotRead as exc:
        raise Stopped(
            Exit.NOT_VALID,
            "Line %(line)s cannot be read (%(code)s %(column)s); nothing was kept.",
            line=exc.line,
            code=exc.code,
            column=exc.column,
        ) from exc
    click.echo(f"{table.name}: {table.row_count}")
    return Exit.DONE
