"""A list at the border desk: up to 500 numbers or codes, each a check of its own with a verdict of its own."""

import secrets
from dataclasses import replace

from django.db import transaction

from opensps.border.desk import Desk
from opensps.border.errors import TypingError
from opensps.border.models import StoredList
from opensps.border.services.desk import desk_code, desk_number
from opensps.border.services.many import TooManyLines, rows_of
from opensps.border.verdicts import VerdictRecord

MOST_LINES = 500
_CODES = ("HTTPS://", "EC1:")
_ID_BYTES, _CELLS = 16, 2
_TOGETHER = 20
"""Rows written in one transaction: few enough that nobody waits long for them."""


def desk_many(desk: Desk, *, lines: str) -> StoredList:
    """Check every row that is not empty and keep the table for a day, the verdicts for good.

    A row is a number, a number and its code, or the text of a QR code.

    Raises `TooManyLines`, and then has checked nothing; `RecordNotFound` for whoever has no desk.
    """
    rows = tuple(rows_of(lines))
    if len(rows) > MOST_LINES:
        raise TooManyLines(len(rows))
    batch = secrets.token_hex(_ID_BYTES)
    whole = replace(desk, batch=batch)
    kept: list[dict[str, object]] = []
    for start in range(0, len(rows), _TOGETHER):
        with transaction.atomic():
            kept += [_row(whole, line, row) for line, row in rows[start : start + _TOGETHER]]
    return StoredList.objects.create(
        id=batch, authority=desk.authority, created_at=desk.at, rows=kept, checker=desk.actor.id
    )


def _row(desk: Desk, line: int, row: list[str]) -> dict[str, object]:
    blank: dict[str, object] = {"line": line, "number": row[0][:100], "result": "", "error": "", "left_out": False}
    try:
        found = _checked(desk, row)
    except TypingError as error:
        return {**blank, "error": error.field}
    return {**blank, "number": found.number or str(blank["number"]), "result": found.pk}


def _checked(desk: Desk, row: list[str]) -> VerdictRecord:
    if row[0].upper().startswith(_CODES):
        return desk_code(desk, text=row[0])
    return desk_number(desk, number=row[0], code=row[1] if len(row) >= _CELLS else "")
