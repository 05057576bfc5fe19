"""The authority's acts on an application: open, return, order an inspection, make ready, refuse (`lifecycles.md` 3)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import CLOCK, Actor
from opensps.certificate import Attestation
from opensps.certification.attesting import with_attestations
from opensps.certification.deadlines import (
    ANSWER_DAYS,
    APPEAL_DAYS,
    EXAMINATION_WORKING_DAYS,
    PLANNING_WORKING_DAYS,
    SIGNING_WORKING_DAYS,
    after_days,
    after_working_days,
)
from opensps.certification.errors import VersionConflict
from opensps.certification.models import Application, Inspection, ReturnedField
from opensps.certification.names import INSPECTION as INSPECTION_KIND
from opensps.certification.queries.judging import Asked
from opensps.certification.queries.rows import application_digest, application_value
from opensps.certification.queries.templates import template_reference
from opensps.certification.reasons import REFUSAL_REASONS
from opensps.certification.services import numbering
from opensps.certification.services.ending import application_end, inspections_end, intention_discard
from opensps.certification.services.office_time import office_offset
from opensps.certification.services.sourcing import sources_reserve
from opensps.certification.services.steps import (
    Told,
    acting_role,
    application_move,
    event_of_birth,
    locked_application,
)
from opensps.formats import json_form
from opensps.lifecycle import INSPECTION, ApplicationAct, InspectionAct, InspectionState, transition


@transaction.atomic
def application_open(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Begin the examination; the assignee is shown."""
    application = locked_application(authority=authority, reference=reference)
    opened_at = application.opened_at or at
    application_move(application, ApplicationAct.OPEN, actor=actor, at=at, examiner=actor.id, opened_at=opened_at)
    return application


@transaction.atomic
def application_return_for_changes(
    *,
    authority: str,
    reference: str,
    reason_text: str,
    fields: Mapping[str, str],
    actor: Actor,
    at: datetime,
) -> Application:
    """Ask for changes, all at once: `fields` maps the path of a field in the draft (or ``documents``) to a comment.

    A path is a JSON pointer into `formats.json_form`. The answer is due in 30 days.
    """
    application = locked_application(authority=authority, reference=reference)
    told = Told(payload={"reason": reason_text, "fields": dict(fields)})
    application_move(
        application,
        ApplicationAct.RETURN_FOR_CHANGES,
        actor=actor,
        at=at,
        told=told,
        facts={"reason": reason_text, "returned_fields": frozenset(fields)},
        returned_at=at,
        returned_reason=reason_text,
        returned_value=application.value,
        return_round=application.return_round + 1,
        due_at=after_days(at, ANSWER_DAYS, offset_minutes=office_offset(authority)),
    )
    ReturnedField.objects.bulk_create(
        ReturnedField(
            authority=authority, application=application, round=application.return_round, path=path, comment=comment
        )
        for path, comment in fields.items()
    )
    return application


@transaction.atomic
def application_word_attestations(
    *,
    authority: str,
    reference: str,
    attestations: tuple[Attestation, ...],
    version: int,
    actor: Actor,
    at: datetime,
) -> Application:
    """Put the statements of a draft in these words before the review; nothing else of it changes.

    Raises `VersionConflict` when the draft changed since `version` was read, `ActNotAllowed`, `NotFound`.
    """
    application = locked_application(authority=authority, reference=reference)
    if version != application.version:
        raise VersionConflict(given=version, stored=application.version)
    value = with_attestations(application_value(application), attestations)
    worded = {each.id or "": [text.value for text in each.texts] for each in attestations}
    application_move(
        application,
        ApplicationAct.WORD_ATTESTATIONS,
        actor=actor,
        at=at,
        told=Told(payload={"attestations": worded}),
        value=json_form.dumps(value),
        version=application.version + 1,
    )
    return application


@transaction.atomic
def application_order_inspection(
    *, authority: str, reference: str, cause: str = "required", actor: Actor, at: datetime
) -> Inspection:
    """Ask the planner for an inspection; `cause` is required, risk, random or hold."""
    application = locked_application(authority=authority, reference=reference)
    due_at = after_working_days(at, PLANNING_WORKING_DAYS, offset_minutes=office_offset(authority))
    application_move(
        application,
        ApplicationAct.ORDER_INSPECTION,
        actor=actor,
        at=at,
        told=Told(reason_code=cause),
        facts={"cause": cause},
        due_at=due_at,
    )
    row = transition(INSPECTION, None, InspectionAct.REQUEST, roles=actor.roles)
    inspection = Inspection.objects.create(
        authority=authority,
        reference=numbering.reference_take(authority=authority, name=numbering.INSPECTION, letter="I", year=at.year),
        application=application,
        state=InspectionState.REQUESTED,
        cause=cause,
        requested_at=at,
        due_at=due_at,
    )
    event_of_birth(
        INSPECTION_KIND,
        inspection.reference,
        InspectionAct.REQUEST,
        inspection,
        actor=actor,
        role=acting_role(row.roles, actor.roles),
        at=at,
        told=Told(reason_code=cause, payload={"application": reference}),
    )
    return inspection


@transaction.atomic
def application_mark_ready(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Finish the review: what the reviewer saw is fixed by its digest; the signed report has done its work.

    It is made on the template in force that day, where one was agreed with the destination.
    """
    application = locked_application(authority=authority, reference=reference)
    digest = application_digest(application)
    asked = Asked(application, at)
    application_move(
        application,
        ApplicationAct.MARK_READY,
        asked=asked,
        template=template_reference(application, day=asked.day),
        actor=actor,
        at=at,
        told=Told(payload={"digest": digest}),
        reviewer=actor.id,
        reviewed_digest=digest,
        due_at=after_working_days(at, SIGNING_WORKING_DAYS, offset_minutes=office_offset(authority)),
    )
    sources_reserve(application, ApplicationAct.MARK_READY, actor=actor, at=at)
    inspections_end(application, actor=actor, at=at)
    return application


@transaction.atomic
def application_send_back(*, authority: str, reference: str, reason: str, actor: Actor, at: datetime) -> Application:
    """Send a ready application back to examination.

    Prepared bytes are discarded; the number stays, or is burnt when its sealing was attempted.
    """
    application = locked_application(authority=authority, reference=reference)
    application_move(
        application,
        ApplicationAct.SEND_BACK,
        actor=actor,
        at=at,
        told=Told(payload={"reason": reason}),
        facts={"reason": reason},
        reviewer="",
        reviewed_digest="",
        due_at=after_working_days(at, EXAMINATION_WORKING_DAYS, offset_minutes=office_offset(authority)),
    )
    if intention_discard(application):
        numbering.number_burn(application, reason_code="sent_back_after_intention", at=at)
        application.save(update_fields=["number"])
    return application


@transaction.atomic
def application_refuse(
    *,
    authority: str,
    reference: str,
    reason_code: str,
    legal_ground: str,
    text: str = "",
    actor: Actor,
    at: datetime,
) -> Application:
    """Refuse a certificate, with a published reason and its legal ground; an appeal is possible for 30 days."""
    application = locked_application(authority=authority, reference=reference)
    application_end(
        application,
        ApplicationAct.REFUSE,
        actor=actor,
        at=at,
        told=Told(reason_code=reason_code, payload={"legal_ground": legal_ground, "text": text}),
        facts={
            "reason_code": reason_code,
            "known_reason_codes": frozenset(REFUSAL_REASONS),
            "legal_ground": legal_ground,
        },
        end_reason_code=reason_code,
        end_legal_ground=legal_ground,
        end_reason=text,
        appeal_until=after_days(at, APPEAL_DAYS, offset_minutes=office_offset(authority)),
        reviewed_digest="",
    )
    return application


@transaction.atomic
def application_reopen(
    *, authority: str, reference: str, new_examiner: str, reason: str = "", actor: Actor, at: datetime
) -> Application:
    """Reopen a refusal on appeal; another examiner takes it over."""
    application = locked_application(authority=authority, reference=reference)
    application_move(
        application,
        ApplicationAct.REOPEN_ON_APPEAL,
        actor=actor,
        at=at,
        told=Told(payload={"reason": reason}),
        facts={"new_examiner": new_examiner},
        examiner=new_examiner,
        reviewer="",
        end_reason_code="",
        end_legal_ground="",
        end_reason="",
        appeal_until=None,
        due_at=after_working_days(at, EXAMINATION_WORKING_DAYS, offset_minutes=office_offset(authority)),
    )
    return application


@transaction.atomic
def application_agree_to_cancel(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Let the applicant cancel although an inspection was ordered."""
    application = locked_application(authority=authority, reference=reference)
    application_move(application, ApplicationAct.AGREE_TO_CANCEL, actor=actor, at=at, has_cancel_consent=True)
    return application


@transaction.atomic
def application_lapse(*, authority: str, reference: str, at: datetime) -> Application:
    """Close a returned application whose answer did not come in time."""
    application = locked_application(authority=authority, reference=reference)
    application_end(
        application, ApplicationAct.ANSWER_CLOCK_ENDS, actor=CLOCK, at=at, told=Told(reason_code="no_answer"), facts={}
    )
    return application
