"""Looks at rows batch by batch, and steps over a row that cannot be looked at: no certificate holds back the others.

What is lost is said in the log, by row and kind of error; nothing of what the certificate says is logged.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, transaction

log = structlog.get_logger("opensps.worker")

_Row = TypeVar("_Row")


def step_over(
    rows: Sequence[_Row], look: Callable[[Sequence[_Row]], int], *, name: str, row_of: Callable[[_Row], int]
) -> int:
    """Return what ``look`` says of the rows; where it fails, of halves of them, until one row alone is left out.

    A database that does not answer is no fault of a row: its error goes on, and the rows wait.
    """
    if not rows:
        return 0
    try:
        with transaction.atomic():
            return look(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, one bad certificate holds back nobody
        if len(rows) == 1:
            log.warning("row_stepped_over", chore=name, row=row_of(rows[0]), kind=type(error).__name__)
            return 0
    middle = len(rows) // 2
    return sum(step_over(part, look, name=name, row_of=row_of) for part in (rows[:middle], rows[middle:]))


def step_said(*, name: str, row: int) -> None:
    """Say that the stored bytes of a certificate do not read, and that it was stepped over."""
    log.warning("row_stepped_over", chore=name, row=row, kind="BytesChanged")
