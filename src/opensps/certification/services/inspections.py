"""Planning, recording and signing inspections (`lifecycles.md` 8).

A signed report, a waiver or a cancellation moves its application back to examination in the same transaction.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor, grants_for
from opensps.certification.deadlines import REPORT_VALID_DAYS
from opensps.certification.findings import (
    IDENTITY_CHECKS,
    InspectionRecord,
    from_plain,
    to_plain,
    unmeasured,
    without_unit,
)
from opensps.certification.models import Application, Inspection
from opensps.certification.queries.judging import actor_facts
from opensps.certification.queries.rows import application_value
from opensps.certification.services.steps import (
    Told,
    application_move,
    inspection_move,
    locked_inspection,
    system_for,
)
from opensps.lifecycle import SATISFYING_RESULTS, ApplicationAct, ApplicationState, Facts, InspectionAct


def _facts(inspection: Inspection, *, actor: Actor, at: datetime, **given: Any) -> Facts:
    application = inspection.application
    own: dict[str, Any] = {
        "organisation": application.organisation,
        "applicants": frozenset(application.applicants),
        "inspector": inspection.inspector,
        "is_confirmed": inspection.confirmed_at is not None,
        "is_unannounced": inspection.is_unannounced,
        "was_rescheduled": inspection.reschedule_count > 0,
        "inspection_result": inspection.result,
        "open_samples": 0,
    }
    return replace(actor_facts(actor=actor, at=at), **(own | given))


def _organisation_of(authority: str, person: str) -> str | None:
    grants = grants_for(authority=authority, person_id=person)
    return next((grant.organisation_id.hex for grant in grants if grant.organisation_id), None)


@transaction.atomic
def inspection_plan(
    *,
    authority: str,
    reference: str,
    inspector_id: str,
    planned_on: date,
    place: str,
    slot: str = "",
    is_unannounced: bool = False,
    actor: Actor,
    at: datetime,
) -> Inspection:
    """Name inspector, day and place; the exporter confirms unless the visit is unannounced."""
    inspection = locked_inspection(authority=authority, reference=reference)
    facts = _facts(
        inspection,
        actor=actor,
        at=at,
        inspector=inspector_id,
        inspector_organisation=_organisation_of(authority, inspector_id),
        planned_on=planned_on,
        place=place,
    )
    inspection_move(
        inspection,
        InspectionAct.PLAN,
        actor=actor,
        at=at,
        facts=facts,
        told=Told(payload={"inspector": inspector_id, "on": planned_on.isoformat(), "place": place, "slot": slot}),
        inspector=inspector_id,
        planned_on=planned_on,
        place=place,
        slot=slot,
        is_unannounced=is_unannounced,
        confirmed_at=None,
        due_at=None,
    )
    return inspection


@transaction.atomic
def inspection_confirm(*, authority: str, reference: str, actor: Actor, at: datetime) -> Inspection:
    """Say that somebody will be there."""
    inspection = locked_inspection(authority=authority, reference=reference)
    facts = _facts(inspection, actor=actor, at=at)
    inspection_move(inspection, InspectionAct.CONFIRM, actor=actor, at=at, facts=facts, confirmed_at=at)
    return inspection


@transaction.atomic
def inspection_reschedule(
    *, authority: str, reference: str, reason: str = "", actor: Actor, at: datetime
) -> Inspection:
    """Ask for another day; once is free."""
    inspection = locked_inspection(authority=authority, reference=reference)
    inspection_move(
        inspection,
        InspectionAct.RESCHEDULE,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at),
        told=Told(payload={"reason": reason}),
        reschedule_count=inspection.reschedule_count + 1,
        planned_on=None,
        confirmed_at=None,
    )
    return inspection


@transaction.atomic
def inspection_start(*, authority: str, reference: str, actor: Actor, at: datetime) -> Inspection:
    """Begin the visit."""
    inspection = locked_inspection(authority=authority, reference=reference)
    facts = _facts(inspection, actor=actor, at=at)
    inspection_move(inspection, InspectionAct.START, actor=actor, at=at, facts=facts, started_at=at)
    return inspection


@transaction.atomic
def inspection_nobody_there(*, authority: str, reference: str, reason: str, actor: Actor, at: datetime) -> Inspection:
    """Record that nobody was there, with what shows it."""
    inspection = locked_inspection(authority=authority, reference=reference)
    inspection_move(
        inspection,
        InspectionAct.NOBODY_THERE,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at, reason=reason),
        told=Told(payload={"reason": reason}),
    )
    return inspection


@transaction.atomic
def inspection_record(
    *, authority: str, reference: str, record: InspectionRecord, actor: Actor, at: datetime
) -> Inspection:
    """Keep what was found so far; the record replaces the one before. Every quantity has its unit and method."""
    inspection = locked_inspection(authority=authority, reference=reference)
    missing = without_unit(record)
    if record.identity and record.identity not in IDENTITY_CHECKS:
        missing = (*missing, "identity")
    if record.identity == "not_done" and not record.identity_remark.strip():
        missing = (*missing, "identity_remark")
    plain = to_plain(record)
    inspection_move(
        inspection,
        InspectionAct.RECORD,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at, values_without_unit=missing),
        told=Told(payload=plain),
        record=plain,
    )
    return inspection


@transaction.atomic
def inspection_conclude(
    *, authority: str, reference: str, result: str, remarks: str = "", actor: Actor, at: datetime
) -> Inspection:
    """Say what the inspection came to: one of `lifecycle.INSPECTION_RESULTS`."""
    inspection = locked_inspection(authority=authority, reference=reference)
    inspection_move(
        inspection,
        InspectionAct.CONCLUDE,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at, inspection_result=result),
        told=Told(reason_code=result, payload={"remarks": remarks} if remarks else None),
        result=result,
        remarks=remarks,
        concluded_at=at,
    )
    return inspection


@transaction.atomic
def inspection_order_treatment(
    *, authority: str, reference: str, reason: str, actor: Actor, at: datetime
) -> Inspection:
    """Ask for treatment of the goods and a new visit after it."""
    inspection = locked_inspection(authority=authority, reference=reference)
    is_possible = inspection.result == "not_satisfactory"
    inspection_move(
        inspection,
        InspectionAct.ORDER_TREATMENT,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at, reason=reason, is_treatment_possible=is_possible),
        told=Told(payload={"reason": reason}),
        result="",
        concluded_at=None,
        planned_on=None,
        confirmed_at=None,
    )
    return inspection


@transaction.atomic
def inspection_sign_report(*, authority: str, reference: str, actor: Actor, at: datetime) -> Inspection:
    """Sign the report: its lots and quantities become the ceiling of the certificate (I70).

    A report that satisfies must measure every line; others need not.
    """
    inspection = locked_inspection(authority=authority, reference=reference)
    application = inspection.application
    is_satisfying = inspection.result in SATISFYING_RESULTS
    record = from_plain(inspection.record)
    missing = unmeasured(application_value(application), record) if is_satisfying else ()
    inspection_move(
        inspection,
        InspectionAct.SIGN_REPORT,
        actor=actor,
        at=at,
        facts=_facts(inspection, actor=actor, at=at, unmeasured_lines=missing),
        told=Told(reason_code=inspection.result, payload={"record": inspection.record}),
        signed_at=at,
        signed_by=actor.id,
        valid_until=at.date() + timedelta(days=REPORT_VALID_DAYS),
    )
    _application_returns(
        application,
        ApplicationAct.INSPECTION_PASSED if is_satisfying else ApplicationAct.INSPECTION_FAILED,
        actor=actor,
        at=at,
    )
    return inspection


@transaction.atomic
def inspection_waive(
    *,
    authority: str,
    reference: str,
    reason_code: str,
    law_forces_inspection: bool = False,
    actor: Actor,
    at: datetime,
) -> Inspection:
    """Do without an inspection: one of `lifecycle.WAIVER_REASONS`, never where the law forces it."""
    inspection = locked_inspection(authority=authority, reference=reference)
    facts = _facts(inspection, actor=actor, at=at, reason_code=reason_code, law_forces_inspection=law_forces_inspection)
    inspection_move(
        inspection,
        InspectionAct.WAIVE,
        actor=actor,
        at=at,
        facts=facts,
        told=Told(reason_code=reason_code),
        end_reason_code=reason_code,
        due_at=None,
    )
    _application_returns(inspection.application, ApplicationAct.INSPECTION_ENDED, actor=actor, at=at)
    return inspection


def _application_returns(application: Application, act: ApplicationAct, *, actor: Actor, at: datetime) -> None:
    """Move the application back to examination, unless it ended meanwhile."""
    if application.state != ApplicationState.IN_INSPECTION:
        return
    system, told = system_for(actor)
    application_move(application, act, actor=system, at=at, told=told)
