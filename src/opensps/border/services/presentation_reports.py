"""What a partner reported of goods under our certificate, entered into the ledger once.

Source: `lifecycles.md` 5.1, I31, I34; `exchange.md` 3.4 (SubmitOutcome), 1.2. The report itself is kept by
`certification`; here its event moves the balance. What the table does not allow is entered as reported, and nothing
moves: goods that were dealt with are not undone, and no balance goes beyond what was issued.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from opensps.border.errors import PresentationRefused
from opensps.border.ledger import Presentation, PresentationEntry
from opensps.border.records import record_of
from opensps.border.services.balances import Entry, entry_write, lock_use
from opensps.border.services.partner_presentations import PARTNER
from opensps.border.services.presentation_acts import By, Decision, decided
from opensps.border.services.presenting import Checked, Claim, Opening, Presenter, opened
from opensps.certification.outcomes import Outcome
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import (
    OPEN_STATES,
    PresentationAct,
    PresentationParty,
    PresentationState,
)

_ACTS: Mapping[str, PresentationAct] = {
    Outcome.HELD: PresentationAct.HOLD,
    Outcome.ACCEPTED: PresentationAct.ACCEPT,
    Outcome.ACCEPTED_PARTLY: PresentationAct.ACCEPT_PARTLY,
    Outcome.REJECTED: PresentationAct.REJECT,
    Outcome.FORWARDED: PresentationAct.FORWARD,
    Outcome.ANNULLED: PresentationAct.ANNUL,
}
_NOT_SAID = "not_said"
_ALPHA_2 = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as its event tells it."""

    authority: str
    reporter: str
    """Code of the partner."""

    number: str
    outcome_number: str
    outcome: str
    place: str
    """UN/LOCODE; may be empty."""

    measure: str
    reason_code: str
    quantities: tuple[tuple[int, Decimal, str], ...]
    at: datetime


def report_of(*, authority: str, number: str, reason_code: str, at: datetime, payload: Mapping[str, Any]) -> Report:
    """Return the report an event of `certification` tells of."""
    return Report(
        authority=authority,
        reporter=str(payload.get("reporter", "")),
        number=number,
        outcome_number=str(payload.get("outcome_number", "")),
        outcome=str(payload.get("outcome", "")),
        place=str(payload.get("place", "")),
        measure=str(payload.get("measure", "")),
        reason_code=reason_code,
        quantities=tuple((int(line), Decimal(value), unit) for line, value, unit in payload.get("quantities", ())),
        at=at,
    )


@transaction.atomic
def report_enter(report: Report) -> Presentation | None:
    """Enter a report; None where it is entered already, or a desk of this installation made it itself."""
    lock_use(authority=report.authority, issuer=report.authority, number=report.number)
    entered = PresentationEntry.objects.filter(authority=report.authority, report_number=report.outcome_number)
    if not report.outcome_number or entered.exists():
        return None
    row = _open_one(report) or _opened(report)
    act = _ACTS.get(report.outcome)
    if act is None:
        return _only_noted(row, report, ActNotAllowed("no_such_act"))
    try:
        return decided(row, act, _decision(row, report), by=_by(report), at=report.at)
    except (ActNotAllowed, PresentationRefused) as refused:
        return _only_noted(row, report, refused)


def _open_one(report: Report) -> Presentation | None:
    """Return the presentation a report speaks of: the open one of this partner, at the same place first."""
    rows = Presentation.objects.select_for_update(of=("self",)).filter(
        authority=report.authority,
        issuer=report.authority,
        number=report.number,
        presenter=report.reporter,
        channel="partner",
        state__in=[str(state) for state in OPEN_STATES],
    )
    found = tuple(rows.order_by("id"))
    return next((row for row in found if row.location == report.place), next(iter(found), None))


def _opened(report: Report) -> Presentation:
    """Write the presentation nobody told us of: the outcome is the first we hear.

    A report that names lines we never issued claims nothing: it is kept, and what it asks for is refused after.
    """
    try:
        return _presented(report, _claim(report))
    except PresentationRefused:
        return _presented(report, {})


def _presented(report: Report, claim: Mapping[int, Decimal] | None) -> Presentation:
    record = record_of(authority=report.authority, issuer=report.authority, number=report.number)
    code = report.reporter
    return opened(
        Opening(
            authority=report.authority,
            presenter=Presenter(
                party=PresentationParty.PARTNER,
                code=code,
                country=report.place[:_ALPHA_2] or (code if len(code) == _ALPHA_2 else ""),
                actor=f"partner:{code}",
                role=PARTNER,
            ),
            claim=Claim(location=report.place or _NOWHERE, quantities=claim),
            checked=Checked(reasons=("offline_unknown",)),
            issuer=report.authority,
            number=report.number,
            record=record,
            exists=record is not None,
            request_id=f"report {report.outcome_number}",
            at=report.at,
        ),
        digest=bytes(32),
    )


_NOWHERE = "-"
"""A report without a place is kept as one without a place."""


def _claim(report: Report) -> dict[int, Decimal] | None:
    if report.outcome == Outcome.ACCEPTED_PARTLY or not report.quantities:
        return None  # the rest of what was presented is not known: all that is unused
    return {line: value for line, value, _unit in report.quantities}


def _decision(row: Presentation, report: Report) -> Decision:
    units = {line.line: line.unit for line in row.lines.all()}
    if any(units.get(line) != unit for line, _value, unit in report.quantities):
        raise PresentationRefused("quantity")
    given = {line: value for line, value, _unit in report.quantities}
    return Decision(
        reason_code=report.reason_code or _NOT_SAID,
        reason=_NOT_SAID,
        measure=report.measure or _NOT_SAID,
        accepted=given or None,
        has_fallback=True,
    )


def _by(report: Report) -> By:
    return By(
        party=PresentationParty.PARTNER,
        actor=f"partner:{report.reporter}",
        role=PARTNER,
        known_reasons=frozenset({report.reason_code or _NOT_SAID}),
        report_number=report.outcome_number,
    )


def _only_noted(row: Presentation, report: Report, refused: Exception) -> Presentation:
    why = f"{refused.guard or refused.reason}" if isinstance(refused, ActNotAllowed) else str(refused)
    entry_write(
        row,
        Entry(
            act=PresentationAct.REPORT,
            state=PresentationState(row.state),
            party=PresentationParty.PARTNER,
            actor=f"partner:{report.reporter}",
            role=PARTNER,
            at=report.at,
            reason_code=report.reason_code[:40],
            measure=report.measure,
            report_number=report.outcome_number,
            payload={"outcome": report.outcome, "refused": why},
        ),
    )
    return row
