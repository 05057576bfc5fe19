"""What a re-export rests on: the certificates its goods came in with, and whether they cover what is asked for.

Source: `lifecycles.md` 3 (sources_cover_lines) and 5.1, `fraud.md` 3, attack 11, P06: what is re-exported is drawn from
the balance of the import certificate, line by line, and never copied. Balances are kept by `border`, which this room
does not know: `register_sources` is told by `project` who keeps them. Where nobody does, nothing is covered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from opensps.certificate import Certificate

COVERED = ""
NOT_ON_RECORD = "not_on_record"
"""No such certificate came to us over any channel: a reviewer counts by the paper."""

OTHER_HOLDER = "other_holder"
"""It came to us made out to somebody else than the applicant: nobody is shown what is left, a reviewer counts."""

BY_PAPER = frozenset({NOT_ON_RECORD, OTHER_HOLDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """What one line of a re-export asks of its sources."""

    line: int
    """Sequence of the line."""

    originals: tuple[str, ...]
    """Numbers of the certificates it names."""

    asked: Decimal
    left: Decimal
    """Of those certificates, for goods of this kind, in the same unit; without what this application holds."""

    unit: str
    """UNECE Rec 20; empty: lines that measure nothing."""

    reason: str = COVERED
    """balance_exceeded, no_such_goods, other_unit, source_not_in_force, source_gone, `BY_PAPER`; empty: covered."""

    @property
    def is_covered(self) -> bool:
        """Whether nothing speaks against it; goods on paper alone are no machine's to refuse."""
        return self.reason == COVERED or self.reason in BY_PAPER

    @property
    def text(self) -> str:
        """The line and what is left for it, to be read by people."""
        return f"{self.line} ({format(self.left, 'f')} {self.unit})" if self.unit else str(self.line)


class Sources(Protocol):
    """Who keeps the balances; every act inside the caller's transaction, on a locked application."""

    def answers(
        self, *, authority: str, reference: str, holders: tuple[str, ...], value: Certificate
    ) -> tuple[SourceAnswer, ...]:
        """Return what each line of a draft asks and what is left; nothing is written.

        ``holders`` are the names of the applicant's organisation: what came for others is no source of theirs.
        """

    def reserve(
        self,
        *,
        authority: str,
        reference: str,
        holders: tuple[str, ...],
        value: Certificate,
        actor: str,
        at: datetime,
    ) -> tuple[SourceAnswer, ...]:
        """Hold what the draft asks instead of what was held before; nothing, where a line is not covered."""

    def free(self, *, authority: str, reference: str, actor: str, at: datetime) -> None:
        """Give back what an application holds."""

    def move(self, *, authority: str, reference: str, number: str, actor: str, at: datetime) -> None:
        """Draw what an application holds for good: the certificate was issued under this number."""


_SOURCES: dict[str, Sources] = {}


def register_sources(keeper: Sources) -> None:
    """Name who keeps the balances; called once at start."""
    _SOURCES["keeper"] = keeper


def sources() -> Sources | None:
    """Return who keeps the balances, None where nobody said."""
    return _SOURCES.get("keeper")


def uncovered(answers: Iterable[SourceAnswer]) -> tuple[str, ...]:
    """Return the lines that are not covered, each with what is left for it."""
    return tuple(each.text for each in answers if not each.is_covered)
