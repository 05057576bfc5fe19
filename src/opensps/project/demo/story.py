"""What happened in the demonstration: applications taken as far as asked, through the same services the pages use.

No table is written here. Each step happens at its own moment, so that lists, deadlines and timelines look lived in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from opensps.accounts.queries import Actor
from opensps.certificate import Certificate, CertificateKind
from opensps.certification.findings import InspectionRecord, LineFinding
from opensps.certification.services import (
    ApprovalEvidence,
    application_create,
    application_document_add,
    application_mark_ready,
    application_open,
    application_order_inspection,
    application_submit,
    certificate_issue,
    inspection_conclude,
    inspection_confirm,
    inspection_plan,
    inspection_record,
    inspection_sign_report,
    inspection_start,
    issue_intend,
    issue_prepare,
)
from opensps.formats.layouts import LAYOUT_OF_KIND
from opensps.formats.pdf import Mark, render
from opensps.project.demo.people import Cast
from opensps.signing import Signer, TrustList

_STEP = timedelta(minutes=7)


@dataclass(slots=True)
class Clock:
    """The moment of the story; every step takes some minutes."""

    now: datetime

    def tick(self, by: timedelta = _STEP) -> datetime:
        """Move on and return the new moment."""
        self.now += by
        return self.now


@dataclass(frozen=True, slots=True)
class Storyteller:
    """Takes an application through its life; each method goes one stage further and returns the reference."""

    authority: str
    cast: Cast
    signer: Signer
    trust: TrustList
    random: Random

    def drafted(self, value: Certificate, exporter: Actor, clock: Clock) -> str:
        """Begin an application with a complete draft, its papers attached."""
        application = application_create(
            authority=self.authority,
            kind_of_application="re_export" if value.kind is CertificateKind.PHYTOSANITARY_REEXPORT else "new",
            certificate_kind=value.kind,
            value=value,
            actor=exporter,
            at=clock.tick(),
        )
        if value.kind is CertificateKind.PHYTOSANITARY_REEXPORT:
            application_document_add(
                authority=self.authority,
                reference=application.reference,
                filename="original-certificate.pdf",
                data=_paper(value),
                purpose="original_certificate",
                actor=exporter,
                at=clock.tick(),
            )
        return application.reference

    def submitted(self, value: Certificate, exporter: Actor, clock: Clock) -> str:
        """Hand a draft in."""
        reference = self.drafted(value, exporter, clock)
        application_submit(authority=self.authority, reference=reference, actor=exporter, at=clock.tick())
        return reference

    def opened(self, value: Certificate, exporter: Actor, clock: Clock) -> str:
        """Begin the examination of an application."""
        reference = self.submitted(value, exporter, clock)
        examiner = self.cast["examiner"]
        clock.tick(timedelta(hours=3))
        application_open(authority=self.authority, reference=reference, actor=examiner, at=clock.tick())
        return reference

    def inspection_ordered(self, value: Certificate, exporter: Actor, clock: Clock) -> tuple[str, str]:
        """Ask for an inspection; return the references of application and inspection."""
        reference = self.opened(value, exporter, clock)
        inspection = application_order_inspection(
            authority=self.authority, reference=reference, actor=self.cast["examiner"], at=clock.tick()
        )
        return reference, inspection.reference

    def inspection_booked(self, value: Certificate, exporter: Actor, clock: Clock, *, days: int = 1) -> tuple[str, str]:
        """Plan and confirm a visit some days ahead."""
        reference, inspection = self.inspection_ordered(value, exporter, clock)
        clock.tick(timedelta(hours=2))
        inspection_plan(
            authority=self.authority,
            reference=inspection,
            inspector_id=self.cast["inspector"].id,
            planned_on=(clock.now + timedelta(days=days)).date(),
            place=self.random.choice(("Warehouse 3, Port Alma", "Cold store, Hillmere", "Packing house, Greenville")),
            slot=self.random.choice(("08:00-10:00", "10:00-12:00", "13:00-15:00")),
            actor=self.cast["planner"],
            at=clock.tick(),
        )
        inspection_confirm(authority=self.authority, reference=inspection, actor=exporter, at=clock.tick())
        return reference, inspection

    def inspected(self, value: Certificate, exporter: Actor, clock: Clock, *, result: str = "satisfactory") -> str:
        """Inspect the goods and sign the report."""
        reference, inspection = self.inspection_booked(value, exporter, clock)
        clock.tick(timedelta(days=1))
        inspector = self.cast["inspector"]
        inspection_start(authority=self.authority, reference=inspection, actor=inspector, at=clock.tick())
        inspection_record(
            authority=self.authority,
            reference=inspection,
            record=_found(value, result),
            actor=inspector,
            at=clock.tick(),
        )
        inspection_conclude(
            authority=self.authority,
            reference=inspection,
            result=result,
            remarks="" if result == "satisfactory" else "Live larvae found in three of forty cartons.",
            actor=inspector,
            at=clock.tick(),
        )
        inspection_sign_report(authority=self.authority, reference=inspection, actor=inspector, at=clock.tick())
        return reference

    def ready(self, value: Certificate, exporter: Actor, clock: Clock) -> str:
        """Review an inspected application."""
        reference = self.inspected(value, exporter, clock)
        clock.tick(timedelta(hours=1))
        reviewer = self.cast["reviewer"]
        application_mark_ready(authority=self.authority, reference=reference, actor=reviewer, at=clock.tick())
        return reference

    def issued(self, value: Certificate, exporter: Actor, clock: Clock, *, officer: str = "officer") -> str:
        """Sign a certificate; return its number."""
        reference = self.ready(value, exporter, clock)
        signing = self.cast[officer]
        prepared = issue_prepare(authority=self.authority, reference=reference, actor=signing, at=clock.tick())
        issue_intend(
            authority=self.authority,
            reference=reference,
            digest=prepared.digest,
            evidence=ApprovalEvidence(method="password", template_digest=bytes(32)),
            actor=signing,
            at=clock.tick(timedelta(minutes=1)),
        )
        certificate = certificate_issue(
            authority=self.authority,
            reference=reference,
            signer=self.signer,
            trust=self.trust,
            at=clock.tick(timedelta(seconds=1)),
            accepts_training=True,
            random=self.random.randbytes,
        )
        return certificate.number


def _found(value: Certificate, result: str) -> InspectionRecord:
    """Return what the inspector saw: every line as declared, animals counted."""
    lines = tuple(
        LineFinding(
            line=line.sequence,
            quantity=measure.value,
            unit=measure.unit or "",
            method="weighed" if line.net_weight else "counted",
            lots=(
                *(mark.value for mark in line.declarations.distinguishing_marks),
                *(batch.value for batch in line.batches),
            ),
        )
        for line in value.lines
        if (measure := line.net_weight or line.count)
    )
    has_animals = any(line.animals for line in value.lines)
    return InspectionRecord(
        lines=lines,
        documents_checked=True,
        identity="full",
        physical="Every animal examined, marks compared with the list."
        if has_animals
        else "Forty cartons opened and examined.",
        pests="" if result == "satisfactory" else "Lepidoptera larvae",
    )


def _paper(value: Certificate) -> bytes:
    """Return a made-up scan of the certificate the goods came in with."""
    return render(value, layout=LAYOUT_OF_KIND[value.kind], mark=Mark.SPECIMEN, is_demo=True)
