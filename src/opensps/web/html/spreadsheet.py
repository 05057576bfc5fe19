"""Rows as a CSV file that a spreadsheet opens: UTF-8 with its mark, and no cell that is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = frozenset("=+-@\t\r")


def inert(cell: str) -> str:
    """Return the cell with an apostrophe in front where a spreadsheet would begin to calculate."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the rows as a file; every cell is inert."""
    written = io.StringIO()
    csv.writer(written).writerows([inert(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")
