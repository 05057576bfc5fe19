"""Deadlines of presentations: a reminder after a day, overdue after three, or when a hold has run out.

Source: `lifecycles.md` 5.1. A clock sets a flag and frees nothing: what is reserved stays reserved until somebody
decides.
"""

from datetime import datetime

from django.db import transaction

from opensps.border.ledger import Presentation
from opensps.border.services.balances import Entry, entry_write, lock_use
from opensps.lifecycle import Role
from opensps.lifecycle.presentation import (
    OPEN_STATES,
    PresentationAct,
    PresentationFacts,
    PresentationParty,
    PresentationState,
    next_presentation_state,
)

MOST = 500
"""Of each clock at one time; the rest the minute after."""


def presentation_clocks_run(*, authority: str, at: datetime) -> int:
    """Do what is due; return how many clocks ended. Each in a transaction of its own, asked again under its lock."""
    done = 0
    for field, act in (("remind_at", PresentationAct.REMIND), ("due_at", PresentationAct.OUTCOME_CLOCK_ENDS)):
        rows = Presentation.objects.filter(
            authority=authority, state__in=[str(state) for state in OPEN_STATES], **{f"{field}__lt": at}
        )
        waiting = rows.filter(is_overdue=False) if field == "due_at" else rows
        for number in tuple(waiting.order_by(field).values_list("presentation_number", flat=True)[:MOST]):
            done += _ended(authority, number, act, at)
    return done


@transaction.atomic
def _ended(authority: str, presentation_number: str, act: PresentationAct, at: datetime) -> int:
    rows = Presentation.objects.filter(authority=authority, presentation_number=presentation_number)
    issuer, number = rows.values_list("issuer", "number").get()
    lock_use(authority=authority, issuer=issuer, number=number)
    row = rows.select_for_update(of=("self",)).get()
    due = row.remind_at if act is PresentationAct.REMIND else row.due_at
    if due is None or due >= at or row.state not in OPEN_STATES or (row.is_overdue and row.due_at == due):
        return 0
    facts = PresentationFacts(at=at, due_at=due)
    state = next_presentation_state(PresentationState(row.state), act, party=PresentationParty.CLOCK, facts=facts)
    clock = PresentationParty.CLOCK
    entry_write(row, Entry(act=act, state=state, party=clock, actor="clock", role=Role.CLOCK.value, at=at))
    if act is PresentationAct.REMIND:
        row.remind_at = None
    else:
        row.is_overdue = True
    row.changed_at = at
    row.save(update_fields=["remind_at", "is_overdue", "changed_at"])
    return 1
