"""The applicant's acts: create, edit, hand in files, submit, take back, answer, cancel, delete (`lifecycles.md` 3)."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor, authority_profile, offices
from opensps.certificate import ISSUED_KINDS, CertificateKind
from opensps.certificate import Certificate as CertificateValue
from opensps.certification.completing import draft_form, empty_draft
from opensps.certification.deadlines import EXAMINATION_WORKING_DAYS, after_working_days
from opensps.certification.errors import CertificationError, NotConfigured, VersionConflict
from opensps.certification.models import Application
from opensps.certification.names import APPLICATION as APPLICATION_KIND
from opensps.certification.projection import project
from opensps.certification.queries.judging import Asked, actor_facts, answer_differences, mandate_facts
from opensps.certification.queries.templates import template_reference
from opensps.certification.services import numbering
from opensps.certification.services.ending import application_end
from opensps.certification.services.office_time import office_offset
from opensps.certification.services.sourcing import sources_free, sources_reserve
from opensps.certification.services.steps import (
    Told,
    acting_role,
    application_move,
    event_of_birth,
    locked_application,
    own_authority,
)
from opensps.formats import json_form
from opensps.lifecycle import APPLICATION, ApplicationAct, Facts, failed_guards, next_state, transition
from opensps.rules import ALL_RULES

RULE_VERSION = f"{len(ALL_RULES)} rules"
"""Frozen at submission; says with how many rules the draft was judged."""


class KindDiffers(CertificationError):
    """A draft cannot become a certificate of another kind, and only some kinds are issued."""


def _office(authority: str, code: str | None) -> str:
    found = [office.code for office in offices(authority=authority) if code in {None, office.code}]
    if not found:
        raise NotConfigured(f"office {code or ''}".strip())
    return found[0]


@transaction.atomic
def application_create(
    *,
    authority: str,
    kind_of_application: str = Application.NEW,
    certificate_kind: CertificateKind = CertificateKind.PHYTOSANITARY,
    value: CertificateValue | None = None,
    office: str | None = None,
    principal: str | None = None,
    actor: Actor,
    at: datetime,
) -> Application:
    """Begin a draft for the actor's organisation; without a value it knows its kind and exporting country only.

    An agent names the organisation whose mandate he acts under as ``principal``. The office is the authority's first
    one unless named. Raises `ActNotAllowed`, `KindDiffers`, `NotConfigured`.
    """
    own_authority(authority, actor)
    row = transition(APPLICATION, None, ApplicationAct.CREATE, roles=actor.roles)
    organisation = principal or actor.organisation or ""
    facts = _facts_of_creation(authority, organisation, certificate_kind, actor=actor, at=at)
    failed = failed_guards(row.guards, facts)
    target = next_state(APPLICATION, None, ApplicationAct.CREATE, roles=actor.roles, failed_guards=failed)
    if certificate_kind not in ISSUED_KINDS or (value is not None and value.kind is not certificate_kind):
        raise KindDiffers(certificate_kind)
    is_reexport = certificate_kind is CertificateKind.PHYTOSANITARY_REEXPORT
    if kind_of_application != (Application.RE_EXPORT if is_reexport else Application.NEW):
        raise KindDiffers(kind_of_application)
    profile = authority_profile(authority)
    if profile is None:
        raise NotConfigured("authority")
    draft = draft_form(value or empty_draft(certificate_kind, export_country=profile.country))
    application = Application.objects.create(
        authority=authority,
        reference=numbering.reference_take(authority=authority, name=numbering.APPLICATION, letter="A", year=at.year),
        kind=kind_of_application,
        certificate_kind=certificate_kind,
        state=target,
        organisation=organisation,
        office=_office(authority, office),
        created_by=actor.id,
        applicants=[actor.id],
        value=json_form.dumps(draft),
        created_at=at,
        changed_at=at,
        **asdict(project(draft)),
    )
    role = acting_role(row.roles, actor.roles)
    event_of_birth(
        APPLICATION_KIND, application.reference, ApplicationAct.CREATE, application, actor=actor, role=role, at=at
    )
    return application


def _facts_of_creation(
    authority: str, organisation: str, kind: CertificateKind, *, actor: Actor, at: datetime
) -> Facts:
    mandate = mandate_facts(
        authority=authority,
        organisation=organisation,
        certificate_kind=kind,
        state=None,
        act=ApplicationAct.CREATE,
        actor=actor,
        at=at,
        holds=True,
    )
    return replace(actor_facts(actor=actor, at=at), organisation=organisation, **mandate)


def _written(application: Application, value: CertificateValue, *, version: int, actor: Actor) -> dict[str, Any]:
    """Return the columns of a changed draft; raise `VersionConflict` or `KindDiffers`."""
    if version != application.version:
        raise VersionConflict(given=version, stored=application.version)
    if value.kind != application.certificate_kind:
        raise KindDiffers(value.kind)
    draft = draft_form(value)
    return {
        "value": json_form.dumps(draft),
        "version": application.version + 1,
        "applicants": sorted({*application.applicants, actor.id}),
        **asdict(project(draft)),
    }


@transaction.atomic
def application_edit(
    *, authority: str, reference: str, value: CertificateValue, version: int, actor: Actor, at: datetime
) -> Application:
    """Replace the draft, if nobody else changed it since `version` was read.

    Raises `VersionConflict`, `KindDiffers`, `ActNotAllowed`, `NotFound`.
    """
    application = locked_application(authority=authority, reference=reference)
    columns = _written(application, value, version=version, actor=actor)
    application_move(application, ApplicationAct.EDIT, actor=actor, at=at, **columns)
    return application


@transaction.atomic
def application_submit(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Hand the draft in: the duty to inspect, rules and template are frozen, the examination clock starts."""
    application = locked_application(authority=authority, reference=reference)
    asked = Asked(application, at)
    application_move(
        application,
        ApplicationAct.SUBMIT,
        asked=asked,
        template=template_reference(application, day=asked.day),
        actor=actor,
        at=at,
        submitted_at=at,
        due_at=after_working_days(at, EXAMINATION_WORKING_DAYS, offset_minutes=office_offset(authority)),
        rule_version=RULE_VERSION,
        is_inspection_required=True,
    )
    sources_reserve(application, ApplicationAct.SUBMIT, actor=actor, at=at)
    return application


@transaction.atomic
def application_take_back(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Take an application back before anybody opened it."""
    application = locked_application(authority=authority, reference=reference)
    application_move(application, ApplicationAct.TAKE_BACK, actor=actor, at=at, due_at=None)
    sources_free(application, actor=actor, at=at)
    return application


@transaction.atomic
def application_answer(
    *,
    authority: str,
    reference: str,
    value: CertificateValue | None = None,
    version: int | None = None,
    actor: Actor,
    at: datetime,
) -> Application:
    """Answer a return: every named field must have been touched. A value given here replaces the draft first."""
    application = locked_application(authority=authority, reference=reference)
    columns: dict[str, Any] = {}
    if value is not None:
        columns = _written(application, value, version=application.version if version is None else version, actor=actor)
        application.value = columns["value"]
    changed = [difference.path for difference in answer_differences(application)]
    application_move(
        application,
        ApplicationAct.ANSWER,
        actor=actor,
        at=at,
        told=Told(payload={"changed": changed}),
        due_at=after_working_days(at, EXAMINATION_WORKING_DAYS, offset_minutes=office_offset(authority)),
        **columns,
    )
    sources_reserve(application, ApplicationAct.ANSWER, actor=actor, at=at)
    return application


@transaction.atomic
def application_cancel(*, authority: str, reference: str, reason: str, actor: Actor, at: datetime) -> Application:
    """Give an application up; once an inspection was ordered the examiner must have agreed."""
    application = locked_application(authority=authority, reference=reference)
    application_end(
        application,
        ApplicationAct.CANCEL,
        actor=actor,
        at=at,
        told=Told(payload={"reason": reason}),
        facts={"reason": reason},
        end_reason=reason,
    )
    return application


@transaction.atomic
def application_delete(*, authority: str, reference: str, actor: Actor, at: datetime) -> Application:
    """Erase a draft that was never submitted; id and events stay."""
    application = locked_application(authority=authority, reference=reference)
    application_move(
        application,
        ApplicationAct.DELETE,
        actor=actor,
        at=at,
        value="{}",
        consignor_name="",
        consignee_name="",
        export_country="",
        import_country="",
        goods="",
        line_count=0,
    )
    application.documents.all().delete()
    return application
