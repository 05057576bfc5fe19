"""Many checks at once: a pasted list or a CSV file, number and code per row, or a printed code's text (`ux.md` 5.1).

Every row is a check of its own: counted, limited and kept like one. Once the limit is reached the remaining rows are
not asked any more.
"""

import csv
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from opensps.accounts.queries import Actor
from opensps.border.errors import TypingError
from opensps.border.models import StoredList, StoredResult
from opensps.border.services.checking import Proofs, check_code, check_number
from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.signing import TrustList
from opensps.verification import NOTHING, AtHand, is_application_reference

MOST_LINES = 200
"""Rows of a list; more are refused, none of them is checked."""

MOST_SIGNS = 200_000
_CODES = ("HTTPS://", "EC1:")
_CELLS = 2
_ID_BYTES = 16
_SEPARATORS = ",;\t"


class TooManyLines(ValueError):
    """A list has more rows than are checked at once."""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One row and its answer."""

    line: int
    """Counted from 1, as pasted."""

    number: str
    """What was typed as the number, or ``""`` for a printed code."""

    result: StoredResult | None = None
    typing_error: str = ""
    """``number`` or ``code``: said beside the row, never counted; ``row`` where it is no row at all."""

    is_left_out: bool = False
    """Not asked, because too many rows before it were wrong."""


def check_many(
    lines: str,
    *,
    authority: str,
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
    at_hand: AtHand = NOTHING,
) -> tuple[CheckedLine, ...]:
    """Return an answer for every row that is not empty; a first row of headings is left out.

    Separators: comma, semicolon or tab. Raises `TooManyLines`, and then has checked nothing.
    """
    rows = tuple(rows_of(lines))
    if len(rows) > MOST_LINES:
        raise TooManyLines(len(rows))
    by_number = partial(
        check_number,
        authority=authority,
        network=network,
        at=at,
        trust=trust,
        accepts_training=accepts_training,
        checker=checker,
        proofs=proofs,
    )
    by_code = partial(
        check_code,
        authority=authority,
        network=network,
        at=at,
        trust=trust,
        accepts_training=accepts_training,
        checker=checker,
        proofs=proofs,
        at_hand=at_hand,
    )
    answers: list[CheckedLine] = []
    is_waiting = False
    for line, row in rows:
        answer = CheckedLine(line, row[0], is_left_out=True) if is_waiting else _checked(line, row, by_number, by_code)
        is_waiting = is_waiting or (answer.result is not None and answer.result.result == "too_many_tries")
        answers.append(answer)
    return tuple(answers)


def list_kept(answers: tuple[CheckedLine, ...], *, authority: str, at: datetime, checker: str = "") -> StoredList:
    """Keep the answers to a list for a day; of what was typed only what is a number, never a code.

    ``checker`` is who alone may read it; without one, whoever the answers were made for.
    """
    return StoredList.objects.create(
        id=secrets.token_hex(_ID_BYTES),
        authority=authority,
        created_at=at,
        rows=[
            {
                "line": each.line,
                "number": _as_printed(each.number),
                "result": each.result.id if each.result is not None else "",
                "error": each.typing_error,
                "left_out": each.is_left_out,
            }
            for each in answers
        ],
        checker=checker or next((each.result.checker for each in answers if each.result is not None), ""),
    )


def _as_printed(typed: str) -> str:
    if is_application_reference(typed):
        return typed
    try:
        return str(parse_number(typed))
    except NumberTypo:
        return ""


def rows_of(lines: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows with their place; cells without the blanks around them."""
    if len(lines) > MOST_SIGNS:
        raise TooManyLines(len(lines))
    for place, line in enumerate(lines.lstrip("\ufeff").splitlines(), start=1):
        cells = [cell.strip() for cell in _cells(line)]
        is_heading = place == 1 and not any(sign.isdigit() for sign in line)
        if any(cells) and not is_heading:
            yield place, cells


def _cells(line: str) -> list[str]:
    if line.strip().upper().startswith(_CODES):
        return [line.strip()]
    separator = next((sign for sign in _SEPARATORS if sign in line), ",")
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [line]


def _checked(
    line: int, row: list[str], by_number: Callable[..., StoredResult], by_code: Callable[..., StoredResult]
) -> CheckedLine:
    if row[0].upper().startswith(_CODES):
        return CheckedLine(line, "", by_code(text=row[0]))
    if len(row) < _CELLS or not row[1]:
        return CheckedLine(line, row[0], typing_error="row")
    try:
        return CheckedLine(line, row[0], by_number(number_typed=row[0], code_typed=row[1]))
    except TypingError as error:
        return CheckedLine(line, row[0], typing_error=error.field)
