"""How an application ends without a certificate: numbers are burnt, preparations discarded, inspections closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from opensps.accounts.queries import Actor
from opensps.certification.models import Application, Inspection, IssueIntention
from opensps.certification.queries.rows import inspections_of, intention_of
from opensps.certification.services.numbering import number_burn
from opensps.certification.services.sourcing import sources_free
from opensps.certification.services.steps import Told, application_move, inspection_move, system_for
from opensps.lifecycle import INSPECTION, ApplicationAct, Facts, InspectionAct, InspectionState


def intention_discard(application: Application) -> bool:
    """Discard what was prepared, if anything; return whether sealing counts as attempted."""
    intention = intention_of(application)
    if intention is None:
        return False
    is_attempted = intention.state == IssueIntention.INTENDED
    intention.state = IssueIntention.DISCARDED
    intention.save(update_fields=["state"])
    return is_attempted


def inspections_end(application: Application, *, actor: Actor, at: datetime) -> None:
    """Cancel inspections that have not begun and close signed reports; one in progress goes its own way."""
    system, told = system_for(actor)
    facts = Facts(at=at, actor=system.id, application_ended=True)
    for inspection in inspections_of(application):
        act = _ending_act(inspection)
        if act is not None:
            inspection_move(inspection, act, actor=system, at=at, facts=facts, told=told)


def _ending_act(inspection: Inspection) -> InspectionAct | None:
    state = InspectionState(inspection.state)
    acts = (InspectionAct.CANCEL, InspectionAct.CLOSE)
    return next((act for act in acts if (state, act) in INSPECTION), None)


def application_end(
    application: Application,
    act: ApplicationAct,
    *,
    actor: Actor,
    at: datetime,
    told: Told,
    facts: Mapping[str, Any],
    **changes: Any,
) -> None:
    """Do an act that ends a locked application without a certificate."""
    application_move(application, act, actor=actor, at=at, told=told, facts=facts, due_at=None, **changes)
    intention_discard(application)
    sources_free(application, actor=actor, at=at)
    number_burn(application, reason_code=f"application_{application.state}", at=at)
    application.save(update_fields=["number"])
    inspections_end(application, actor=actor, at=at)
