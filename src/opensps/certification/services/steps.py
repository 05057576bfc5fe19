"""The one way an act is done: lock the row, ask the table, write state and event together (`exemplars.md` 3).

An act that may not happen raises `ActNotAllowed` before anything is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensps.accounts.queries import SYSTEM, Actor
from opensps.certification.errors import NotFound
from opensps.certification.models import Application, Certificate, Inspection
from opensps.certification.names import APPLICATION as APPLICATION_KIND
from opensps.certification.names import CERTIFICATE as CERTIFICATE_KIND
from opensps.certification.names import EVENT_NAMES
from opensps.certification.names import INSPECTION as INSPECTION_KIND
from opensps.certification.queries.judging import Asked, application_facts, mandate_of
from opensps.events.services import event_write
from opensps.lifecycle import (
    APPLICATION,
    CERTIFICATE,
    INSPECTION,
    ApplicationAct,
    ApplicationState,
    CertificateAct,
    CertificateState,
    Facts,
    InspectionAct,
    InspectionState,
    Role,
    failed_guards,
    next_state,
    transition,
)

Payload = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says beside the act: code, erasable texts, and for whom somebody acts."""

    reason_code: str = ""
    payload: Payload = None
    on_behalf_of: str = ""


NOTHING_TOLD = Told()


def locked_application(*, authority: str, reference: str) -> Application:
    """Return the row, locked until the transaction ends: of two acts at once the second sees the first."""
    try:
        return Application.objects.select_for_update().get(authority=authority, reference=reference)
    except Application.DoesNotExist:
        raise NotFound(reference) from None


def locked_inspection(*, authority: str, reference: str) -> Inspection:
    """Return inspection and application, both locked, the application first: everybody locks in this order."""
    holders = Application.objects.select_for_update(of=("self",))
    try:
        application = holders.get(inspections__authority=authority, inspections__reference=reference)
        found = Inspection.objects.select_for_update().get(authority=authority, reference=reference)
    except (Application.DoesNotExist, Inspection.DoesNotExist):
        raise NotFound(reference) from None
    found.application = application
    return found


def locked_certificate(*, authority: str, number: str) -> Certificate:
    """Return the row, locked until the transaction ends."""
    try:
        return Certificate.objects.select_for_update().get(authority=authority, number=number)
    except Certificate.DoesNotExist:
        raise NotFound(number) from None


def own_authority(authority: str, actor: Actor) -> None:
    """Raise `NotFound` for somebody of another authority: what is not theirs does not exist."""
    if actor.authority not in {"", authority}:
        raise NotFound(authority)


def acting_role(allowed: frozenset[Role], held: frozenset[Role]) -> Role:
    """Return in which of their roles somebody acts: the first of the published order."""
    return next(role for role in Role if role in allowed & held)


Decision = tuple[ApplicationState, Role]
"""Where an act leads and in which role it is done."""


def judge_application(
    application: Application,
    act: ApplicationAct,
    *,
    actor: Actor,
    at: datetime,
    asked: Asked | None = None,
    **given: Any,
) -> Decision:
    """Return what an act comes to; raise `ActNotAllowed`. `asked` keeps what was looked up for it."""
    own_authority(application.authority, actor)
    state = ApplicationState(application.state)
    row = transition(APPLICATION, state, act, roles=actor.roles)
    given = {**mandate_of(application, act, actor=actor, at=at, holds=True), **given}
    facts = application_facts(asked or Asked(application, at), row.guards, actor=actor, at=at, **given)
    target = next_state(APPLICATION, state, act, roles=actor.roles, failed_guards=failed_guards(row.guards, facts))
    return target, acting_role(row.roles, actor.roles)


def application_move(
    application: Application,
    act: ApplicationAct,
    *,
    actor: Actor,
    at: datetime,
    told: Told = NOTHING_TOLD,
    facts: Mapping[str, Any] | None = None,
    asked: Asked | None = None,
    decided: Decision | None = None,
    **changes: Any,
) -> None:
    """Do one act on a locked application: judge unless decided, change the columns given, write row and event."""
    decided = decided or judge_application(application, act, actor=actor, at=at, asked=asked, **(facts or {}))
    target, role = decided
    before, application.state = application.state, target
    application.changed_at = at
    for column, content in changes.items():
        setattr(application, column, content)
    application.save(update_fields=["state", "changed_at", *changes])
    _write(APPLICATION_KIND, application.reference, act, application, before, actor=actor, role=role, at=at, told=told)


def inspection_move(
    inspection: Inspection,
    act: InspectionAct,
    *,
    actor: Actor,
    at: datetime,
    facts: Facts,
    told: Told = NOTHING_TOLD,
    **changes: Any,
) -> None:
    """Do one act on a locked inspection."""
    own_authority(inspection.authority, actor)
    state = InspectionState(inspection.state)
    row = transition(INSPECTION, state, act, roles=actor.roles)
    inspection.state = next_state(
        INSPECTION, state, act, roles=actor.roles, failed_guards=failed_guards(row.guards, facts)
    )
    for column, content in changes.items():
        setattr(inspection, column, content)
    inspection.save(update_fields=["state", *changes])
    role = acting_role(row.roles, actor.roles)
    _write(INSPECTION_KIND, inspection.reference, act, inspection, state, actor=actor, role=role, at=at, told=told)


def certificate_move(
    certificate: Certificate,
    act: CertificateAct,
    *,
    actor: Actor,
    at: datetime,
    facts: Facts,
    towards: CertificateState | None = None,
    told: Told = NOTHING_TOLD,
    **changes: Any,
) -> None:
    """Do one act on a locked certificate; only the columns that may change are written."""
    own_authority(certificate.authority, actor)
    state = CertificateState(certificate.state)
    row = transition(CERTIFICATE, state, act, roles=actor.roles)
    failed = failed_guards(row.guards, facts)
    target = next_state(CERTIFICATE, state, act, roles=actor.roles, failed_guards=failed, towards=towards)
    if target != state:
        certificate.changed_at = at
    certificate.state = target
    for column, content in changes.items():
        setattr(certificate, column, content)
    certificate.save(update_fields=["state", "changed_at", *changes])
    role = acting_role(row.roles, actor.roles)
    _write(CERTIFICATE_KIND, certificate.number, act, certificate, state, actor=actor, role=role, at=at, told=told)


def _write(
    kind: str,
    object_id: str,
    act: ApplicationAct | InspectionAct | CertificateAct,
    row: Application | Inspection | Certificate,
    before: str,
    *,
    actor: Actor,
    role: Role,
    at: datetime,
    told: Told,
) -> None:
    event_write(
        authority=row.authority,
        object_kind=kind,
        object_id=object_id,
        act=EVENT_NAMES[kind, act],
        from_state=str(before),
        to_state=str(row.state),
        actor=actor.id,
        role=role,
        at=at,
        on_behalf_of=told.on_behalf_of or principal_of(row, role),
        office=actor.office or "",
        reason_code=told.reason_code,
        payload=with_agent(told.payload, actor, role),
    )


def principal_of(row: Application | Inspection | Certificate, role: Role) -> str:
    """Return the organisation an agent acts for; empty for everybody else."""
    return row.organisation if role is Role.TRADE_AGENT and isinstance(row, Application) else ""


def with_agent(payload: Payload, actor: Actor, role: Role) -> Payload:
    """Return what an event says, with the organisation of the agent who acted."""
    return {**(payload or {}), "agent": actor.organisation} if role is Role.TRADE_AGENT else payload


def event_of_birth(
    kind: str,
    object_id: str,
    act: ApplicationAct | InspectionAct | CertificateAct,
    row: Application | Inspection | Certificate,
    *,
    actor: Actor,
    role: Role,
    at: datetime,
    told: Told = NOTHING_TOLD,
) -> None:
    """Write the first event of something that was just created."""
    _write(kind, object_id, act, row, "", actor=actor, role=role, at=at, told=told)


def system_for(actor: Actor) -> tuple[Actor, Told]:
    """Return the system as actor of what follows from somebody's act, and on whose behalf."""
    return SYSTEM, Told(on_behalf_of=actor.id)
