"""The balance of a certificate, line by line, under its lock; and entries of the ledger, which alone move it.

Source: `lifecycles.md` 5.1, I30. Whoever writes holds `lock_use`: two desks come one after the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from opensps.border.ledger import PRESENTATION, LineBalance, Presentation, PresentationEntry, PresentationLine
from opensps.border.quantities import issued_lines
from opensps.certificate import Certificate
from opensps.events.services import event_write, lock
from opensps.lifecycle.balance import NONE_LEFT, LineUse
from opensps.lifecycle.presentation import PresentationAct, PresentationParty, PresentationState

Quantities = Mapping[int, Decimal]
"""Number of a line -> quantity in its unit."""

NOTHING: Quantities = {}


def lock_use(*, authority: str, issuer: str, number: str) -> None:
    """Wait until nobody else uses this certificate; inside a transaction."""
    lock("use", authority, issuer, number)


def balances_of(*, authority: str, issuer: str, number: str, certificate: Certificate | None) -> tuple[LineUse, ...]:
    """Return what is left of every line; the first time the lines are written down. Hold `lock_use`."""
    rows = LineBalance.objects.filter(authority=authority, issuer=issuer, number=number)
    known = tuple(rows)
    if not known and certificate is not None:
        fresh = (
            LineBalance(
                authority=authority, issuer=issuer, number=number, line=use.line, unit=use.unit, issued=use.issued
            )
            for use in issued_lines(certificate)
        )
        LineBalance.objects.bulk_create(fresh)
        known = tuple(rows.all())
    return tuple(row.use for row in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an act writes into the ledger."""

    act: PresentationAct
    state: PresentationState
    party: PresentationParty
    actor: str
    role: str
    at: datetime
    reserved: Quantities = field(default_factory=dict)
    """Change per line."""

    accepted: Quantities = field(default_factory=dict)
    reason_code: str = ""
    reason: str = ""
    """In somebody's own words: kept where it can be erased, beside the event."""

    measure: str = ""
    report_number: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


def entry_write(row: Presentation, entry: Entry) -> PresentationEntry:
    """Add an entry, move what it moves, and write its event. Hold `lock_use`; ``row`` is saved by the caller."""
    sequence = row.entries.count() + 1
    before = row.entries.order_by("-sequence").values_list("state", flat=True).first() or ""
    moved = _move(row, entry)
    written = PresentationEntry.objects.create(
        authority=row.authority,
        presentation=row,
        sequence=sequence,
        act=entry.act.value,
        state=entry.state.value,
        at=entry.at,
        actor=entry.actor,
        party=entry.party.value,
        reason_code=entry.reason_code,
        measure=entry.measure,
        moved=moved,
        report_number=entry.report_number,
    )
    _tell(row, entry, before=before, moved=moved)
    return written


def _move(row: Presentation, entry: Entry) -> list[list[int | str]]:
    """Change lines and balances by what the entry says; return it as plain data."""
    moved: list[list[int | str]] = []
    for line in row.lines.all():
        reserved = entry.reserved.get(line.line, NONE_LEFT)
        accepted = entry.accepted.get(line.line, NONE_LEFT)
        if reserved or accepted:
            _shift(line, reserved, accepted)
            _shift(_balance(row, line), reserved, accepted)
            moved.append([line.line, line.unit, format(reserved, "f"), format(accepted, "f")])
    return moved


def _balance(row: Presentation, line: PresentationLine) -> LineBalance:
    return LineBalance.objects.get(authority=row.authority, issuer=row.issuer, number=row.number, line=line.line)


def _shift(row: LineBalance | PresentationLine, reserved: Decimal, accepted: Decimal) -> None:
    row.reserved += reserved
    row.accepted += accepted
    row.save(update_fields=["reserved", "accepted"])


def _tell(row: Presentation, entry: Entry, *, before: str, moved: Iterable[object]) -> None:
    told = {
        "issuer": row.issuer,
        "number": row.number,
        "country": row.country,
        "place": row.location,
        "verdict": row.verdict_class,
        "reasons": row.reasons,
        "alerts": row.alerts,
        "measure": entry.measure,
        "moved": list(moved),
        "reason": entry.reason,
        **entry.payload,
    }
    event_write(
        authority=row.authority,
        object_kind=PRESENTATION,
        object_id=row.presentation_number,
        act=f"{PRESENTATION}.{entry.act.value}",
        from_state=before,
        to_state=entry.state.value,
        actor=entry.actor,
        role=entry.role,
        at=entry.at,
        office=row.location,
        reason_code=entry.reason_code,
        payload=told,
    )
