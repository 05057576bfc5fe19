"""The tables of limits an installation loads for the rules that watch: their columns, and how a row is read. Pure.

Source: `fraud.md` 5: limits are rows of data. A table comes as CSV whose first line names its columns; every cell is
read strictly, and a table with one bad cell is not taken. Masses are kilograms. Products are HS codes of two to six
digits: the longest one that fits goods counts.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

MOST_ROWS = 100_000
LONGEST_KEY = 100
_MONTHS = 12
_HEADING_LENGTHS = (6, 5, 4, 3, 2)


class TableNotRead(ValueError):
    """A table cannot be taken: ``code``, the line (the first is 1) and the column."""

    def __init__(self, code: str, *, line: int = 0, column: str = "") -> None:
        super().__init__(f"{code}: line {line} {column}".strip())
        self.code, self.line, self.column = code, line, column


def _text(cell: str) -> str:
    if not cell or len(cell) > LONGEST_KEY:
        raise ValueError(cell)
    return cell


def _optional(cell: str) -> str:
    return cell if not cell else _text(cell)


def _country(cell: str) -> str:
    if len(cell) != len("XA") or not cell.isascii() or not cell.isalpha():
        raise ValueError(cell)
    return cell.upper()


def _countries(cell: str) -> list[str]:
    return [_country(each) for each in _text(cell).split()]


def _product(cell: str) -> str:
    if not (cell.isascii() and cell.isdecimal() and len(cell) in _HEADING_LENGTHS):
        raise ValueError(cell)
    return cell


def _whole(cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal()):
        raise ValueError(cell)
    return int(cell)


def _month(cell: str) -> int:
    month = _whole(cell or "0")
    if month > _MONTHS:
        raise ValueError(cell)
    return month


def _months(cell: str) -> list[int]:
    return [_month(each) for each in _text(cell).split()]


def _kilograms(cell: str) -> str:
    value = Decimal(cell)
    if not value.is_finite() or value <= 0:
        raise ValueError(cell)
    return format(value, "f")


def _decimal(cell: str) -> str:
    return format(Decimal(cell), "f") if cell else ""


def _day(cell: str) -> str:
    return date.fromisoformat(cell).isoformat() if cell else ""


def _moment(cell: str) -> str:
    moment = datetime.fromisoformat(cell)
    if moment.tzinfo is None:
        raise ValueError(cell)
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTable:
    """One table: for which rules, in words, and its columns in order."""

    rules: tuple[str, ...]
    english: str
    chinese: str
    columns: Mapping[str, Callable[[str], Any]]
    key: tuple[str, ...]
    """Columns by which a row is found."""


LIMIT_TABLES: Mapping[str, LimitTable] = MappingProxyType(
    {
        "ceilings": LimitTable(
            rules=("P01",),
            english="Most that an origin can ship of a product in a month",
            chinese="某产地某产品的月出口上限",
            columns={"origin": _country, "product": _product, "month": _month, "kilograms": _kilograms},
            key=("origin", "product"),
        ),
        "producers": LimitTable(
            rules=("P02",),
            english="Which countries produce a product",
            chinese="产品的生产国",
            columns={"product": _product, "countries": _countries},
            key=("product",),
        ),
        "seasons": LimitTable(
            rules=("P03",),
            english="When a product is harvested, and how long it keeps",
            chinese="产品的收获月份和贮存期",
            columns={"origin": _country, "product": _product, "harvest": _months, "storage_months": _whole},
            key=("origin", "product"),
        ),
        "capacities": LimitTable(
            rules=("P04",),
            english="What an establishment declared it can make in 30 days",
            chinese="企业申报的30天产能",
            columns={"establishment": _text, "kilograms": _kilograms},
            key=("establishment",),
        ),
        "routes": LimitTable(
            rules=("P05",),
            english="Fewest days between two countries, and the order of the ports",
            chinese="两国间最短运输天数及港口顺序",
            columns={"from": _country, "to": _country, "mode": _optional, "least_days": _whole, "ports": _optional},
            key=("from", "to"),
        ),
        "lots": LimitTable(
            rules=("P14",),
            english="Recorded size of a lot",
            chinese="批次登记数量",
            columns={"lot": _text, "kilograms": _kilograms},
            key=("lot",),
        ),
        "methods": LimitTable(
            rules=("P15",),
            english="Fewest hours a laboratory method takes",
            chinese="检测方法所需最短小时数",
            columns={"method": _text, "least_hours": _whole},
            key=("method",),
        ),
        "results": LimitTable(
            rules=("P15",),
            english="Results of laboratories",
            chinese="实验室检测结果",
            columns={
                "laboratory": _text,
                "method": _text,
                "sample": _text,
                "received_at": _moment,
                "signed_at": _moment,
                "value": _decimal,
            },
            key=("laboratory", "method"),
        ),
        "registrations": LimitTable(
            rules=("S11",),
            english="Registered establishments of a country",
            chinese="各国注册企业名单",
            columns={"country": _country, "registration": _text, "listed_from": _day, "listed_until": _day},
            key=("country", "registration"),
        ),
    }
)
"""Name -> table. Names are permanent."""


def read_table(name: str, text: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of a table; raise `TableNotRead` at the first that cannot be read."""
    table = LIMIT_TABLES.get(name)
    if table is None:
        raise TableNotRead("no_such_table")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        lines = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as exc:
        raise TableNotRead("no_csv", line=reader.line_num) from exc
    if not lines or tuple(lines[0]) != tuple(table.columns):
        raise TableNotRead("columns", line=1, column=",".join(table.columns))
    if len(lines) > MOST_ROWS:
        raise TableNotRead("too_many_rows", line=MOST_ROWS)
    return tuple(_row(table, cells, line) for line, cells in enumerate(lines[1:], 2) if any(cells))


def _row(table: LimitTable, cells: list[str], line: int) -> dict[str, Any]:
    if len(cells) != len(table.columns):
        raise TableNotRead("cells", line=line)
    row: dict[str, Any] = {}
    for cell, (column, read) in zip(cells, table.columns.items(), strict=True):
        try:
            row[column] = read(cell)
        except (ValueError, InvalidOperation, OverflowError) as exc:
            raise TableNotRead("cell", line=line, column=column) from exc
    return row


def key_of(name: str, row: Mapping[str, Any]) -> str:
    """Return by what a row is found."""
    return ":".join(str(row[column]) for column in LIMIT_TABLES[name].key)[:LONGEST_KEY]


def product_keys(product: str, *, before: str = "") -> tuple[str, ...]:
    """Return the keys under which a limit of a product may stand, the longest code first."""
    return tuple(f"{before}{product[:length]}" for length in _HEADING_LENGTHS if len(product) >= length)
