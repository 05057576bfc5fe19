"""Worklists by role, ordered by deadline, with their counts; one query each, whatever their length."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import Count, F, Q, QuerySet

from opensps.accounts.mandate_queries import is_agent, within_reach
from opensps.accounts.queries import Actor, names_by_id, organisation_names
from opensps.certification.immutable import missing_triggers
from opensps.certification.models import Application, CertificateTemplate, Inspection, ReturnedField
from opensps.certification.names import APPLICATION, CERTIFICATE, INSPECTION
from opensps.certification.names import TEMPLATE as TEMPLATE_KIND
from opensps.certification.queries.certificates import PAGE
from opensps.events.queries import EventView, Problem, events_for, projection_problems
from opensps.lifecycle import (
    APPLICANTS,
    FOREIGN,
    OUTSIDE,
    ApplicationState,
    InspectionAct,
    InspectionState,
    Role,
    allowed_acts,
)
from opensps.lifecycle import INSPECTION as INSPECTION_TABLE

_HEAVY = ("value", "returned_value", "returned_reason", "end_reason")

WORK: Mapping[Role, tuple[ApplicationState, ...]] = MappingProxyType(
    {
        Role.EXPORTER: (ApplicationState.DRAFT, ApplicationState.RETURNED),
        Role.TRADE_AGENT: (ApplicationState.DRAFT, ApplicationState.RETURNED),
        Role.EXAMINER: (ApplicationState.SUBMITTED, ApplicationState.IN_EXAMINATION),
        Role.REVIEWER: (ApplicationState.IN_EXAMINATION,),
        Role.CERTIFYING_OFFICER: (ApplicationState.READY,),
        Role.SENIOR_OFFICER: (ApplicationState.REFUSED,),
    }
)
"""States in which a role has something to do."""

_VISITS = (
    InspectionState.INSPECTION_BOOKED,
    InspectionState.IN_PROGRESS,
    InspectionState.LAB_WAIT,
    InspectionState.INSPECTED,
)
_TO_PLAN = (InspectionState.REQUESTED, InspectionState.NO_SHOW)


def applications_visible_to(*, authority: str, actor: Actor) -> QuerySet[Application]:
    """Return the applications somebody may see: an exporter the own organisation's, an officer what is handed in.

    An agent sees those of the organisations and kinds it holds a mandate for now.
    """
    rows = Application.objects.filter(authority=authority).exclude(state=ApplicationState.DELETED)
    if actor.authority not in {"", authority} or actor.country or actor.roles & FOREIGN:
        return rows.none()
    own = Q(organisation=actor.organisation) if actor.organisation else Q(pk__in=[])
    if is_agent(actor):
        own = within_reach(authority=authority, actor=actor, kind="certificate_kind")
    if actor.roles - APPLICANTS - OUTSIDE:
        return rows.filter(own | Q(submitted_at__isnull=False) & ~Q(state=ApplicationState.DRAFT))
    return rows.filter(own)


def application_is_visible_to(application: Application, actor: Actor) -> bool:
    """Whether somebody may see this application; what they may not see does not exist for them."""
    visible = applications_visible_to(authority=application.authority, actor=actor)
    return visible.filter(pk=application.pk).exists()


def applications_for_actor(
    *,
    authority: str,
    actor: Actor,
    states: Iterable[ApplicationState] = (),
    text: str = "",
    offset: int = 0,
    limit: int = PAGE,
) -> tuple[Application, ...]:
    """Return a page of applications, earliest deadline first, then newest change; a whole reference finds its own."""
    rows = _chosen(applications_visible_to(authority=authority, actor=actor), tuple(states), text.strip())
    ordered = rows.defer(*_HEAVY).order_by(F("due_at").asc(nulls_last=True), "-changed_at", "-id")
    return tuple(ordered[offset : offset + limit])


def applications_count_for_actor(
    *, authority: str, actor: Actor, states: Iterable[ApplicationState] = (), text: str = ""
) -> int:
    """Return how many applications the same filters find."""
    return _chosen(applications_visible_to(authority=authority, actor=actor), tuple(states), text.strip()).count()


def _chosen(rows: QuerySet[Application], states: tuple[ApplicationState, ...], text: str) -> QuerySet[Application]:
    if text.upper().startswith("A-"):
        return rows.filter(reference=text.upper())
    if states:
        rows = rows.filter(state__in=states)
    if text:
        rows = rows.filter(
            Q(consignor_name__icontains=text) | Q(consignee_name__icontains=text) | Q(goods__icontains=text)
        )
    return rows


def application_counts_for_actor(*, authority: str, actor: Actor) -> Mapping[ApplicationState, int]:
    """Return how many visible applications stand in each state. One query."""
    rows = applications_visible_to(authority=authority, actor=actor).order_by().values("state")
    found = {row["state"]: row["many"] for row in rows.annotate(many=Count("id"))}
    return MappingProxyType({state: found.get(state, 0) for state in ApplicationState})


def worklist_for(
    *, authority: str, actor: Actor, role: Role, offset: int = 0, limit: int = PAGE
) -> tuple[Application, ...]:
    """Return the applications a role has to act on, earliest deadline first; nothing for roles one does not hold."""
    if role not in actor.roles or role not in WORK:
        return ()
    rows = applications_visible_to(authority=authority, actor=actor).filter(state__in=WORK[role])
    ordered = rows.defer(*_HEAVY).order_by(F("due_at").asc(nulls_last=True), "id")
    return tuple(ordered[offset : offset + limit])


def overdue_count(*, authority: str, actor: Actor, at: datetime) -> int:
    """Return how many visible applications are past their deadline."""
    rows = applications_visible_to(authority=authority, actor=actor)
    return rows.filter(due_at__lt=at).exclude(state=ApplicationState.ISSUED).count()


def inspections_to_plan(*, authority: str, limit: int = PAGE) -> tuple[Inspection, ...]:
    """Return the inspections that wait for the planner, earliest deadline first."""
    rows = _inspections(authority).filter(state__in=_TO_PLAN)
    return tuple(rows.order_by(F("due_at").asc(nulls_last=True), "id")[:limit])


def inspections_of_inspector(
    *, authority: str, inspector: str, on: date | None = None, limit: int = PAGE
) -> tuple[Inspection, ...]:
    """Return an inspector's visits that are not finished, by day and slot."""
    rows = _inspections(authority).filter(inspector=inspector, state__in=_VISITS)
    if on is not None:
        rows = rows.filter(planned_on=on)
    return tuple(rows.order_by("planned_on", "slot", "id")[:limit])


def inspections_of_exporter(*, authority: str, organisation: str, limit: int = PAGE) -> tuple[Inspection, ...]:
    """Return the booked visits of an exporter, by day."""
    rows = _inspections(authority).filter(application__organisation=organisation, state__in=_VISITS)
    return tuple(rows.order_by("planned_on", "slot", "id")[:limit])


def _inspections(authority: str) -> QuerySet[Inspection]:
    heavy = [f"application__{column}" for column in _HEAVY]
    return Inspection.objects.filter(authority=authority).select_related("application").defer("record", *heavy)


def inspection_acts_for(inspection: Inspection, *, actor: Actor) -> tuple[InspectionAct, ...]:
    """Return the acts on offer to somebody, guards not yet asked."""
    return allowed_acts(INSPECTION_TABLE, InspectionState(inspection.state), actor.roles)


def returned_fields_of(application: Application) -> tuple[ReturnedField, ...]:
    """Return the fields of the last return, with the examiner's comments."""
    return tuple(application.returned_fields.filter(round=application.return_round).order_by("id"))


def timeline_for(*, authority: str, object_kind: str, object_id: str) -> tuple[EventView, ...]:
    """Return the events of an application, inspection or certificate, oldest first. One query."""
    return events_for(authority=authority, object_kind=object_kind, object_id=object_id)


def names_in(*, authority: str, events: Iterable[EventView]) -> Mapping[str, str]:
    """Return the names of the people in a timeline, by opaque id. One query."""
    return names_by_id(
        authority=authority, ids={part for event in events for part in (event.actor, event.on_behalf_of)}
    )


def agents_in(*, authority: str, events: Iterable[EventView]) -> Mapping[str, str]:
    """Return the names of agents and of those they acted for, by id; no query where no agent acted."""
    told = [event for event in events if event.role == Role.TRADE_AGENT]
    ids = {part for event in told for part in (event.on_behalf_of, str((event.payload or {}).get("agent", "")))}
    return organisation_names(authority=authority, ids=ids) if ids else {}


def audit(authority: str) -> tuple[Problem, ...]:
    """Return where a stored state differs from what its events say, and tables left unprotected; the doctor asks."""
    applications = Application.objects.filter(authority=authority).values_list("reference", "state")
    inspections = Inspection.objects.filter(authority=authority).values_list("reference", "state")
    certificates = _certificate_states(authority)
    templates = CertificateTemplate.objects.filter(authority=authority).values_list("pk", "state")
    return (
        *(Problem("guard_missing", trigger) for trigger in missing_triggers()),
        *projection_problems(authority=authority, object_kind=APPLICATION, states=dict(applications)),
        *projection_problems(authority=authority, object_kind=INSPECTION, states=dict(inspections)),
        *projection_problems(authority=authority, object_kind=CERTIFICATE, states=certificates),
        *projection_problems(
            authority=authority, object_kind=TEMPLATE_KIND, states={str(pk): state for pk, state in templates}
        ),
    )


def _certificate_states(authority: str) -> dict[str, str]:
    rows = Application.objects.filter(authority=authority, certificate__isnull=False)
    return dict(rows.values_list("certificate__number", "certificate__state"))
