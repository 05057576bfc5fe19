"""An authority with its people, and applications, inspections and certificates in any state, reached through services.

    people = cast()
    application = application_in(people, ApplicationState.READY)
    certificate = certificate_in(people, CertificateState.ON_HOLD)

Everything happens at `START` and the minutes after it; the seal is the untrusted test signer's. One file for the whole
way of an application, since each state is reached through the one before it.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind, actor_for
from opensps.accounts.services import authority_create, office_create, organisation_create, person_create, role_grant
from opensps.certificate import Certificate as CertificateValue
from opensps.certificate import CertificateKind
from opensps.certification import services
from opensps.certification.models import Application, ApplicationDocument, Certificate, Inspection
from opensps.certification.queries import (
    InspectionRecord,
    LineFinding,
    application_by_reference,
    application_value,
    certificate_by_number,
    inspection_by_reference,
)
from opensps.lifecycle import ApplicationState, CertificateState, InspectionState, Role
from opensps.signing import Signer, TrustList
from tests.factories import certificates as values
from tests.factories import kinds, signing
from tests.factories.remembered import remembered

START = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
"""A Tuesday morning."""

AUTHORITY = "XA"
OFFICE = "014"
TEMPLATE_DIGEST = b"\x11" * 32
PASSWORD_SHOWN = services.ApprovalEvidence(method="password", template_digest=TEMPLATE_DIGEST)
_emails = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who plays a part."""

    exporter: Actor
    stranger: Actor
    """An exporter of another organisation."""

    examiner: Actor
    reviewer: Actor
    planner: Actor
    inspector: Actor
    officer: Actor
    officer2: Actor
    senior: Actor
    authority: str = AUTHORITY


def person(
    name: str,
    *roles: Role,
    authority: str = AUTHORITY,
    organisation: str | None = None,
    office: str | None = None,
    at: datetime = START,
) -> Actor:
    """Return somebody with these roles."""
    created = person_create(
        authority=authority,
        email=f"person{next(_emails)}@example.org",
        name=name,
        password=None,
        actor=replace(SYSTEM, authority=authority),
        at=at,
    )
    for role in roles:
        role_grant(
            authority=authority,
            person_id=created.opaque_id,
            role=role,
            organisation_id=organisation if role in {Role.EXPORTER, Role.LIAISON} else None,
            office_code=office,
            actor=replace(SYSTEM, authority=authority),
            at=at,
        )
    return actor_for(created, at)


def organisation(name: str, *, authority: str = AUTHORITY, at: datetime = START) -> str:
    """Return the id of a new exporter."""
    created = organisation_create(
        authority=authority,
        kind=OrganisationKind.EXPORTER,
        name=name,
        country=authority[:2],
        actor=replace(SYSTEM, authority=authority),
        at=at,
    )
    return created.id.hex


def cast(*, authority: str = AUTHORITY, at: datetime = START, four_eyes: bool = True) -> Cast:
    """Create the authority with one office and everybody in it."""
    key = ("cast", authority, at, four_eyes)
    return remembered(key, lambda: _cast(authority=authority, at=at, four_eyes=four_eyes))


def _cast(*, authority: str, at: datetime, four_eyes: bool) -> Cast:
    system = replace(SYSTEM, authority=authority)
    authority_create(
        authority=authority,
        name_en="Plant and Animal Health Service of Examplia",
        name_zh="示例国动植物检疫局",
        country=authority[:2],
        place_en="Port City",
        place_zh="港城",
        offset_minutes=480,
        check_host="v.ecert.example",
        four_eyes=four_eyes,
        actor=system,
        at=at,
    )
    office_create(
        authority=authority,
        code=OFFICE,
        name_en="Port Office",
        name_zh="口岸办事处",
        place_en="Port City",
        place_zh="港城",
        actor=system,
        at=at,
    )
    here: dict[str, Any] = {"authority": authority, "at": at}
    own = organisation("Green Valley Export Co.", **here)
    other = organisation("Red River Trading", **here)
    return Cast(
        exporter=person("Mei Lin", Role.EXPORTER, organisation=own, **here),
        stranger=person("Otto Berg", Role.EXPORTER, organisation=other, **here),
        examiner=person("Ada Okoro", Role.EXAMINER, office=OFFICE, **here),
        reviewer=person("Ravi Nair", Role.REVIEWER, office=OFFICE, **here),
        planner=person("Pia Lund", Role.PLANNER, office=OFFICE, **here),
        inspector=person("Ines Cruz", Role.INSPECTOR, office=OFFICE, **here),
        officer=person("Lin Chen", Role.CERTIFYING_OFFICER, office=OFFICE, **here),
        officer2=person("Tomas Reyes", Role.CERTIFYING_OFFICER, office=OFFICE, **here),
        senior=person("Sara Holm", Role.SENIOR_OFFICER, office=OFFICE, **here),
        authority=authority,
    )


@dataclass(frozen=True, slots=True)
class Keys:
    """Who seals, and who believes it."""

    signer: Signer
    trust: TrustList


def keys() -> Keys:
    """Return the test signer of XA with a trust list that names it."""
    return Keys(signing.signer(), signing.trust_list())


_PATHS: dict[ApplicationState, tuple[str, ...]] = {
    ApplicationState.DRAFT: (),
    ApplicationState.DELETED: ("delete",),
    ApplicationState.SUBMITTED: ("submit",),
    ApplicationState.IN_EXAMINATION: ("submit", "open"),
    ApplicationState.RETURNED: ("submit", "open", "send_for_changes"),
    ApplicationState.LAPSED: ("submit", "open", "send_for_changes", "lapse"),
    ApplicationState.IN_INSPECTION: ("submit", "open", "order"),
    ApplicationState.READY: ("submit", "open", "order", "inspect", "mark_ready"),
    ApplicationState.ISSUED: ("submit", "open", "order", "inspect", "mark_ready", "issue"),
    ApplicationState.REFUSED: ("submit", "open", "refuse"),
    ApplicationState.CANCELLED: ("submit", "cancel"),
}


class Story:
    """One application, moved from act to act."""

    def __init__(
        self,
        people: Cast,
        *,
        value: CertificateValue | None = None,
        kind: CertificateKind = CertificateKind.PHYTOSANITARY,
        at: datetime = START,
    ) -> None:
        self.people, self.at = people, at
        is_reexport = kind is CertificateKind.PHYTOSANITARY_REEXPORT
        given = value or draft_value(kind)
        self.reference = services.application_create(
            kind_of_application=Application.RE_EXPORT if is_reexport else Application.NEW,
            certificate_kind=kind,
            value=given,
            **self.by(people.exporter),
        ).reference
        if is_reexport:
            services.application_document_add(
                reference=self.reference,
                filename="original.pdf",
                data=values.SMALL_PDF,
                purpose=ApplicationDocument.ORIGINAL,
                **self.by(people.exporter),
            )

    def by(self, actor: Actor) -> dict[str, Any]:
        """Return who acts for whom, one minute later than the act before."""
        self.at += timedelta(minutes=1)
        return {"authority": self.people.authority, "actor": actor, "at": self.at}

    def __call__(self, *steps: str) -> Application:
        """Do these steps and return the application."""
        for step in steps:
            method: Callable[[], Any] = getattr(self, step)
            method()
        return self.application

    @property
    def application(self) -> Application:
        """The application as stored now."""
        return application_by_reference(authority=self.people.authority, reference=self.reference)

    @property
    def inspection(self) -> Inspection:
        """The newest inspection."""
        return self.application.inspections.latest("id")

    def submit(self) -> None:
        services.application_submit(reference=self.reference, **self.by(self.people.exporter))

    def delete(self) -> None:
        services.application_delete(reference=self.reference, **self.by(self.people.exporter))

    def open(self) -> None:
        services.application_open(reference=self.reference, **self.by(self.people.examiner))

    def send_for_changes(self) -> None:
        services.application_return_for_changes(
            reference=self.reference,
            reason_text="Please name the consignee as in the import permit.",
            fields={"/consignment/consignee/name": "Not the name on the permit."},
            **self.by(self.people.examiner),
        )

    def answer(self) -> None:
        value = application_value(self.application)
        named = values.changed(value, consignment__consignee__name="Northland Foods Ltd")
        services.application_answer(reference=self.reference, value=named, **self.by(self.people.exporter))

    def lapse(self) -> None:
        services.application_lapse(
            authority=self.people.authority, reference=self.reference, at=self.at + timedelta(days=40)
        )

    def order(self) -> None:
        services.application_order_inspection(reference=self.reference, **self.by(self.people.examiner))

    def plan(self) -> None:
        services.inspection_plan(
            reference=self.inspection.reference,
            inspector_id=self.people.inspector.id,
            planned_on=date(2026, 11, 18),
            place="Warehouse 4, Port City",
            slot="09:00-11:00",
            **self.by(self.people.planner),
        )

    def confirm(self) -> None:
        services.inspection_confirm(reference=self.inspection.reference, **self.by(self.people.exporter))

    def start(self) -> None:
        services.inspection_start(reference=self.inspection.reference, **self.by(self.people.inspector))

    def record(self) -> None:
        record = record_of(application_value(self.application))
        services.inspection_record(reference=self.inspection.reference, record=record, **self.by(self.people.inspector))

    def conclude(self) -> None:
        services.inspection_conclude(
            reference=self.inspection.reference, result="satisfactory", **self.by(self.people.inspector)
        )

    def conclude_badly(self) -> None:
        services.inspection_conclude(
            reference=self.inspection.reference, result="not_satisfactory", **self.by(self.people.inspector)
        )

    def sign_report(self) -> None:
        services.inspection_sign_report(reference=self.inspection.reference, **self.by(self.people.inspector))

    def nobody_there(self) -> None:
        services.inspection_nobody_there(
            reference=self.inspection.reference, reason="Gate closed, photo taken.", **self.by(self.people.inspector)
        )

    def waive(self) -> None:
        services.inspection_waive(
            reference=self.inspection.reference, reason_code="not_safe", **self.by(self.people.senior)
        )

    def inspect(self) -> None:
        self("plan", "confirm", "start", "record", "conclude", "sign_report")

    def mark_ready(self) -> None:
        services.application_mark_ready(reference=self.reference, **self.by(self.people.reviewer))

    def refuse(self) -> None:
        services.application_refuse(
            reference=self.reference,
            reason_code="requirement_not_met",
            legal_ground="Plant Health Act, section 7",
            **self.by(self.people.examiner),
        )

    def cancel(self) -> None:
        services.application_cancel(
            reference=self.reference, reason="The order was withdrawn.", **self.by(self.people.exporter)
        )

    def prepare(self, officer: Actor | None = None) -> services.Prepared:
        return services.issue_prepare(reference=self.reference, **self.by(officer or self.people.officer))

    def intend(self, prepared: services.Prepared | None = None, officer: Actor | None = None) -> None:
        shown = prepared or self.prepare(officer)
        services.issue_intend(
            reference=self.reference,
            digest=shown.digest,
            evidence=PASSWORD_SHOWN,
            **self.by(officer or self.people.officer),
        )

    def seal(self) -> Certificate:
        self.at += timedelta(minutes=1)
        found = keys()
        return services.certificate_issue(
            authority=self.people.authority,
            reference=self.reference,
            signer=found.signer,
            trust=found.trust,
            at=self.at,
        )

    def issue(self) -> Certificate:
        self.intend()
        return self.seal()


def draft_value(kind: CertificateKind = CertificateKind.PHYTOSANITARY) -> CertificateValue:
    """Return a draft on which no rule of the draft profile finds anything severe."""
    return _DRAFTS[kind]()


_DRAFTS: dict[CertificateKind, Callable[[], CertificateValue]] = {
    CertificateKind.PHYTOSANITARY: values.phytosanitary,
    CertificateKind.PHYTOSANITARY_REEXPORT: lambda: values.reexport(exchanged_document__references=()),
    CertificateKind.VETERINARY_HEALTH: kinds.veterinary,
    CertificateKind.ANIMAL_HEALTH: kinds.animals,
    CertificateKind.SANITARY: kinds.sanitary,
    CertificateKind.HEALTH: kinds.health,
}


def record_of(value: CertificateValue, *, factor: str = "1") -> InspectionRecord:
    """Return a record that found exactly what a draft declares, times a factor."""
    lines = tuple(
        LineFinding(
            line=line.sequence,
            quantity=measure.value * Decimal(factor),
            unit=measure.unit or "KGM",
            method="counted" if line.count else "weighed",
            lots=("L1",),
        )
        for line in value.lines
        if (measure := line.net_weight or line.count or line.net_volume) is not None
    )
    return InspectionRecord(lines=lines, documents_checked=True, identity="full", physical="No live pests found.")


def application_in(people: Cast, state: ApplicationState, **options: Any) -> Application:
    """Return a new application that reached this state."""
    return Story(people, **options)(*_PATHS[state])


_INSPECTIONS: dict[InspectionState, tuple[str, ...]] = {
    InspectionState.REQUESTED: (),
    InspectionState.INSPECTION_BOOKED: ("plan",),
    InspectionState.IN_PROGRESS: ("plan", "confirm", "start"),
    InspectionState.INSPECTED: ("plan", "confirm", "start", "record", "conclude"),
    InspectionState.REPORT_SIGNED: ("inspect",),
    InspectionState.NO_SHOW: ("plan", "nobody_there"),
    InspectionState.WAIVED: ("waive",),
    InspectionState.CANCELLED: ("agree_to_cancel", "cancel"),
    InspectionState.CLOSED: ("inspect", "mark_ready"),
}


def inspection_in(people: Cast, state: InspectionState, **options: Any) -> Inspection:
    """Return an inspection that reached this state."""
    story = Story(people, **options)
    story("submit", "open", "order")
    for step in _INSPECTIONS[state]:
        if step == "agree_to_cancel":
            services.application_agree_to_cancel(reference=story.reference, **story.by(people.examiner))
        else:
            story(step)
    return inspection_by_reference(authority=people.authority, reference=story.inspection.reference)


def certificate_in(people: Cast, state: CertificateState = CertificateState.IN_FORCE, **options: Any) -> Certificate:
    """Return an issued certificate that reached this state (not expired: those we issue have no end yet)."""
    story = Story(people, **options)
    story("submit", "open", "order", "inspect", "mark_ready")
    certificate = story.issue()
    named: dict[str, Any] = {"number": certificate.number}
    if state is CertificateState.ON_HOLD:
        services.certificate_hold(
            **named, reason_code="partner_question", decide_by=date(2026, 11, 25), **story.by(people.officer)
        )
    if state is CertificateState.WITHDRAWN:
        services.certificate_propose_withdrawal(**named, reason_code="not_exported", **story.by(people.officer))
        services.certificate_confirm_withdrawal(**named, **story.by(people.senior))
    return certificate_by_number(authority=people.authority, number=certificate.number)
