"""What a desk decides about what was presented: hold, accept, accept in part, reject, send on, annul, correct.

Source: `lifecycles.md` 5.1. Each act asks the table under the lock of the certificate's use, moves the balance by one
entry, and tells the issuing authority: of a certificate of ours at once, in the same transaction; of a partner's by the
event, which `exchange` turns into a message.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.errors import PresentationNotFound, PresentationRefused
from opensps.border.ledger import LineBalance, Presentation, SourceDraw
from opensps.border.presentation_reasons import REASONS
from opensps.border.presenting_parties import acting
from opensps.border.rechecks import class_now
from opensps.border.records import received, record_of
from opensps.border.services.balances import NOTHING, Entry, Quantities, entry_write, lock_use
from opensps.certification.outcomes import BorderMeasure, LineQuantity, Outcome, OutcomeReport
from opensps.certification.services.outcomes import outcome_correct, outcome_record
from opensps.lifecycle import CertificateState
from opensps.lifecycle.balance import is_within
from opensps.lifecycle.presentation import (
    ACCEPTING,
    HOLD_DAYS,
    OPEN_STATES,
    OUTCOMES,
    OVERDUE_AFTER,
    PresentationAct,
    PresentationFacts,
    PresentationParty,
    PresentationState,
    VerdictClass,
    next_presentation_state,
)

_DONE = frozenset(PresentationState) - OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is decided, and why."""

    reason_code: str = ""
    reason: str = ""
    measure: str = ""
    """Code of `BorderMeasure`."""

    accepted: Quantities | None = None
    """Line -> quantity; None: all that was claimed."""

    next_location: str = ""
    has_fallback: bool = False
    """Whether a partner's own rule let its officers accept by the paper; at our desks the agreement is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides."""

    party: PresentationParty
    actor: str
    role: str
    known_reasons: frozenset[str] = frozenset()
    report_number: str = ""
    """Of a report that is kept already: nobody is told again."""


def presentation_act(
    *,
    authority: str,
    actor: Actor,
    presentation_number: str,
    act: PresentationAct,
    decision: Decision,
    at: datetime,
) -> Presentation:
    """Do one act of a desk. Raises `ActNotAllowed`, `PresentationNotFound`, `PresentationRefused` quantity, place."""
    country, party, role = acting(authority=authority, actor=actor)
    by = By(party=party, actor=actor.id, role=role, known_reasons=frozenset(REASONS.get(act, {})))
    with transaction.atomic():
        row = locked_presentation(authority=authority, presentation_number=presentation_number, country=country)
        return decided(row, act, decision, by=by, at=at)


def locked_presentation(*, authority: str, presentation_number: str, country: str) -> Presentation:
    """Return a presentation of this country, with the use of its certificate locked. Raises `PresentationNotFound`."""
    rows = Presentation.objects.filter(authority=authority, presentation_number=presentation_number, country=country)
    found = rows.values_list("issuer", "number").first()
    if found is None:
        raise PresentationNotFound(presentation_number)
    lock_use(authority=authority, issuer=found[0], number=found[1])
    return rows.select_for_update(of=("self",)).get()


def decided(row: Presentation, act: PresentationAct, decision: Decision, *, by: By, at: datetime) -> Presentation:
    """Do an act on a locked presentation; the caller is in a transaction and knows who acts."""
    accepted = _accepted(row, act, decision)
    facts = _facts(row, act, decision, accepted, by=by, at=at)
    state = next_presentation_state(PresentationState(row.state), act, party=by.party, facts=facts)
    freed = _freed(row, act, state)
    entry = Entry(
        act=act,
        state=state,
        party=by.party,
        actor=by.actor,
        role=by.role,
        at=at,
        reserved={line: -value for line, value in freed.items()},
        accepted=accepted,
        reason_code=decision.reason_code,
        reason=decision.reason,
        measure=decision.measure,
        payload={"next_place": decision.next_location} if decision.next_location else {},
    )
    report_number = by.report_number or _reported(row, act, decision, accepted, at=at)
    entry_write(row, replace(entry, report_number=report_number))
    _settle(row, act, decision, state, by=by, at=at)
    return row


def _lines(row: Presentation) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    return {each.line: (each.claimed, each.reserved, each.accepted) for each in row.lines.all()}


def _accepted(row: Presentation, act: PresentationAct, decision: Decision) -> dict[int, Decimal]:
    """Return by how much each line's accepted quantity changes."""
    if act not in {*ACCEPTING, PresentationAct.CORRECT_OUTCOME}:
        return {}
    lines = _lines(row)
    if act is PresentationAct.ACCEPT or decision.accepted is None:
        return {line: claimed - before for line, (claimed, _reserved, before) in lines.items()}
    given = decision.accepted
    if not set(given) <= set(lines) or any(value < 0 for value in given.values()):
        raise PresentationRefused("quantity")
    return {line: given.get(line, Decimal(0)) - before for line, (_claimed, _reserved, before) in lines.items()}


def _facts(
    row: Presentation,
    act: PresentationAct,
    decision: Decision,
    accepted: Mapping[int, Decimal],
    *,
    by: By,
    at: datetime,
) -> PresentationFacts:
    lines = _lines(row)
    total = {line: before + accepted.get(line, Decimal(0)) for line, (_c, _r, before) in lines.items()}
    return PresentationFacts(
        actor=by.actor,
        office=row.location,
        own_office=row.location,
        reason_code=decision.reason_code,
        known_reason_codes=by.known_reasons,
        reason=decision.reason,
        measure=decision.measure,
        is_live=_is_live(row),
        verdict=class_now(row),
        has_fallback=decision.has_fallback or _accepts_paper(row, at=at),
        is_within_balance=_is_within(row, accepted) or (not lines and class_now(row) is VerdictClass.GREY),
        is_less_than_claimed=_is_less(total, {line: claimed for line, (claimed, _r, _a) in lines.items()}),
        next_office=decision.next_location,
        has_reservation=any(reserved for _c, reserved, _a in lines.values()),
        others=_others(row, act),
        due_at=row.due_at,
        at=at,
    )


def _accepts_paper(row: Presentation, *, at: datetime) -> bool:
    """Whether the paper is the original by what was agreed with its issuer, so that it counts while nobody answers."""
    source = received()
    if source is None or row.issuer in {"", row.authority} or class_now(row) is not VerdictClass.GREY:
        return False
    return source.accepts_paper(authority=row.authority, issuer=row.issuer, at=at)


def _is_live(row: Presentation) -> bool:
    """Whether it is in force; what the presenter may not see is answered like a number nobody issued."""
    if not row.is_known:
        return False
    record = record_of(authority=row.authority, issuer=row.issuer, number=row.number) if row.number else None
    return record is not None and record.state == CertificateState.IN_FORCE


def _is_within(row: Presentation, accepted: Mapping[int, Decimal]) -> bool:
    """Whether what is accepted fits: into what this presentation holds, and what nobody else holds."""
    here = {"authority": row.authority, "issuer": row.issuer, "number": row.number}
    rows = LineBalance.objects.filter(**here)
    if any(value < 0 for value in accepted.values()) and not _is_above_draws(rows, here, accepted):
        return False
    reserved = {line: held for line, (_c, held, _a) in _lines(row).items()}
    return is_within(accepted=accepted, reserved=reserved, uses=(each.use for each in rows)) and bool(reserved)


def _is_above_draws(rows: Iterable[LineBalance], here: Mapping[str, str], accepted: Mapping[int, Decimal]) -> bool:
    """Whether what stays accepted still covers what was re-exported of it."""
    drawn: dict[int, Decimal] = {}
    for draw in SourceDraw.objects.filter(**here, state__in=[SourceDraw.RESERVED, SourceDraw.MOVED]):
        drawn[draw.source_line] = drawn.get(draw.source_line, Decimal(0)) + draw.from_accepted
    nothing = Decimal(0)
    return all(each.accepted + accepted.get(each.line, nothing) >= drawn.get(each.line, nothing) for each in rows)


def _is_less(total: Mapping[int, Decimal], claimed: Mapping[int, Decimal]) -> bool:
    """Whether something was accepted, and less than everything."""
    fits = all(total[line] <= claimed[line] for line in claimed)
    return fits and any(total.values()) and any(total[line] < claimed[line] for line in claimed)


def _others(row: Presentation, act: PresentationAct) -> frozenset[str]:
    """Return who acted before: for a correction those who decided, else everybody who touched it."""
    rows = row.entries.exclude(party=PresentationParty.CLOCK)
    if act is PresentationAct.CORRECT_OUTCOME:
        rows = rows.filter(act__in=[*ACCEPTING, PresentationAct.CORRECT_OUTCOME])
    return frozenset(rows.values_list("actor", flat=True))


def _freed(row: Presentation, act: PresentationAct, state: PresentationState) -> Quantities:
    """Return what is reserved no longer: everything, once there is an outcome."""
    if state not in _DONE or act is PresentationAct.CORRECT_OUTCOME:
        return NOTHING
    return {line: reserved for line, (_claimed, reserved, _accepted_now) in _lines(row).items()}


def _settle(
    row: Presentation, act: PresentationAct, decision: Decision, state: PresentationState, *, by: By, at: datetime
) -> None:
    row.state, row.changed_at = state.value, at
    row.reason_code, row.measure = decision.reason_code or row.reason_code, decision.measure or row.measure
    row.next_location = decision.next_location or row.next_location
    if state in _DONE:
        row.decided_by, row.decided_at, row.due_at, row.remind_at, row.is_overdue = by.actor, at, None, None, False
    elif act is PresentationAct.HOLD:
        row.due_at, row.remind_at, row.is_overdue = at + HOLD_DAYS, None, False
    elif act is PresentationAct.FORWARD:
        row.due_at, row.remind_at, row.is_overdue = at + OVERDUE_AFTER, None, False
    row.save()


_WORDS: Mapping[PresentationAct, Outcome] = {
    PresentationAct.HOLD: Outcome.HELD,
    PresentationAct.REJECT: Outcome.REJECTED,
    PresentationAct.ACCEPT: Outcome.ACCEPTED,
    PresentationAct.ACCEPT_PARTLY: Outcome.ACCEPTED_PARTLY,
}
_PIECES = "C62"


def _reported(
    row: Presentation, act: PresentationAct, decision: Decision, accepted: Mapping[int, Decimal], *, at: datetime
) -> str:
    """Keep the outcome with a certificate of ours, where its exporter sees it; return the number of the report."""
    if act not in OUTCOMES or row.issuer != row.authority or not _record_exists(row):
        return ""
    if act is PresentationAct.CORRECT_OUTCOME:
        _corrected(row, accepted, at=at)
        return ""
    units = {line.line: line.unit or _PIECES for line in row.lines.all()}
    report = OutcomeReport(
        outcome=_WORDS[act],
        decided_at=at,
        location=row.location,
        office_reference=row.presentation_number,
        reason_code=decision.reason_code,
        measure=BorderMeasure(decision.measure) if decision.measure in frozenset(BorderMeasure) else None,
        quantities=tuple(LineQuantity(line, value, units[line]) for line, value in accepted.items() if value > 0),
    )
    recorded = outcome_record(
        authority=row.authority,
        reporter=row.country,
        request_id=f"{row.presentation_number}/{row.entries.count() + 1}",
        number=row.number,
        report=report,
        at=at,
    )
    return recorded.outcome_number


def _corrected(row: Presentation, accepted: Mapping[int, Decimal], *, at: datetime) -> None:
    units = {line.line: line.unit for line in row.lines.all()}
    outcome_correct(
        authority=row.authority,
        reporter=row.country,
        number=row.number,
        office_reference=row.presentation_number,
        changes=tuple(LineQuantity(line, value, units[line]) for line, value in accepted.items() if value),
        at=at,
    )


def _record_exists(row: Presentation) -> bool:
    return (
        bool(row.number)
        and row.is_known
        and record_of(authority=row.authority, issuer=row.issuer, number=row.number) is not None
    )
