"""Checks again what was presented before anybody could check it, as soon as its issuer answers.

Source: `fraud.md` 2. Each is judged without a lock and written under that of its certificate's use. What waits for
a decision is reserved then, what was accepted by the paper is written off then; a red one frees what it held.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from opensps.accounts.queries import SYSTEM
from opensps.border.ledger import Presentation, PresentationLine
from opensps.border.papers_again import claim_kept
from opensps.border.rechecks import Recheck, class_now
from opensps.border.records import CertificateRecord
from opensps.border.services.balances import NOTHING, Entry, Quantities, balances_of, entry_write, lock_use
from opensps.lifecycle import Role
from opensps.lifecycle.balance import LineUse, reservation, whole
from opensps.lifecycle.presentation import (
    OPEN_STATES,
    PresentationAct,
    PresentationFacts,
    PresentationParty,
    PresentationState,
    VerdictClass,
    next_presentation_state,
)
from opensps.verification import Judgement
from opensps.verification.classes import VerdictClass as Found
from opensps.verification.classes import judgement

MOST = 100
"""At one time; those asked longest ago first."""

_NONE = Decimal(0)
Look = Callable[[Presentation], tuple[CertificateRecord, Judgement] | None]
"""Presentation -> its certificate and what a check says now; None while nobody answers."""


def recheck_wait(row: Presentation) -> None:
    """Remember that this presentation waits for a check; in the transaction that wrote it."""
    if row.verdict_class == Found.GREY and row.number:
        Recheck.objects.create(authority=row.authority, presentation=row, asked_at=row.presented_at)


def rechecks_run(*, authority: str, look: Look, at: datetime) -> int:
    """Ask about everything that waits; return how many were answered."""
    states = [state.value for state, _act in _ASKED]
    waiting = Recheck.objects.filter(
        authority=authority, answered_at__isnull=True, presentation__state__in=states
    ).exclude(presentation__state=PresentationState.FORWARDED, presentation__continued_by__isnull=False)
    answered = 0
    for each in tuple(waiting.select_related("presentation").order_by("asked_at", "pk")[:MOST]):
        found = look(each.presentation)
        if found is None or found[1].verdict_class is Found.GREY:
            Recheck.objects.filter(pk=each.pk, answered_at__isnull=True).update(asked_at=at)
        else:
            answered += _answered(each.pk, *found, at)
    return answered


@transaction.atomic
def _answered(pk: int, record: CertificateRecord, found: Judgement, at: datetime) -> int:
    known = Recheck.objects.values_list("authority", "presentation__issuer", "presentation__number").get(pk=pk)
    lock_use(authority=known[0], issuer=known[1], number=known[2])
    recheck = Recheck.objects.select_for_update(of=("self",)).get(pk=pk)
    row = Presentation.objects.select_for_update(of=("self",)).get(pk=recheck.presentation_id)
    may_ask = (row.state, PresentationAct.RECHECK) in _ASKED and not _is_taken_over(row)
    if recheck.answered_at is not None or not may_ask:
        Recheck.objects.filter(pk=pk, answered_at__isnull=True).delete()
        return 0
    facts = PresentationFacts(waits_for_check=class_now(row) is VerdictClass.GREY)
    party = PresentationParty.SYSTEM
    state = next_presentation_state(PresentationState(row.state), PresentationAct.RECHECK, party=party, facts=facts)
    judged, reserved, accepted = _moved(row, record, found)
    write = partial(Entry, act=PresentationAct.RECHECK, state=state, party=party, actor=SYSTEM.id, at=at)
    said = {"class": judged.verdict_class.value, "reasons_now": list(judged.reasons)}
    entry_write(row, write(role=Role.SYSTEM.value, reserved=reserved, accepted=accepted, payload=said))
    recheck.answered_at, recheck.verdict_class = at, judged.verdict_class.value
    recheck.verdict_kind, recheck.reasons = judged.kind.value if judged.kind else "", list(judged.reasons)
    recheck.save()
    return 1


def _is_taken_over(row: Presentation) -> bool:
    """Whether the goods were sent on and another office has them before it: its own presentation is checked."""
    return row.state == PresentationState.FORWARDED and hasattr(row, "continued_by")


_ASKED = frozenset(
    (state, PresentationAct.RECHECK)
    for state in (*OPEN_STATES, PresentationState.ACCEPTED, PresentationState.ACCEPTED_PARTLY)
)


def _moved(row: Presentation, record: CertificateRecord, found: Judgement) -> tuple[Judgement, Quantities, Quantities]:
    """Return the verdict with what the ledger says, and what is reserved and accepted by it, line by line."""
    held = {line.line: line.reserved for line in row.lines.all()}
    if held:
        is_red = found.verdict_class is Found.RED
        return found, ({line: -value for line, value in held.items() if value} if is_red else NOTHING), NOTHING
    uses = balances_of(authority=row.authority, issuer=row.issuer, number=row.number, certificate=record.value)
    named = claim_kept(row)
    short = _short(row, uses, named)
    if short:
        found = judgement((*found.reasons, short))
    claim = whole(uses) if named is None else named
    PresentationLine.objects.bulk_create(
        PresentationLine(
            authority=row.authority, presentation=row, line=use.line, unit=use.unit, claimed=claim.get(use.line, _NONE)
        )
        for use in uses
    )
    if found.verdict_class is Found.RED:
        return found, NOTHING, NOTHING
    taken = reservation(claim, uses)
    return (found, taken, NOTHING) if row.state in OPEN_STATES else (found, NOTHING, taken)


def _short(row: Presentation, uses: tuple[LineUse, ...], named: Quantities | None) -> str:
    """Return why not everything that was presented can be had, as a reason of a verdict; empty: it can.

    Who named nothing presented the whole paper. What another office only reserves is to be looked at, unless these
    goods were let in already.
    """
    if uses and all(use.unused <= _NONE for use in uses):
        return "used_up"
    wanted = {use.line: use.issued - use.moved for use in uses} if named is None else named
    lines = {use.line: use for use in uses}
    asked = [(value, lines[line]) for line, value in wanted.items() if value > _NONE and line in lines]
    if any(value > use.unused for value, use in asked):
        return "balance_exceeded"
    if any(value > use.left for value, use in asked):
        return "open_elsewhere" if row.state in OPEN_STATES else "balance_exceeded"
    return ""
