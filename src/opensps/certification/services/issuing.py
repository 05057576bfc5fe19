"""The issue of a certificate: prepare, intend, seal, issue (`architecture.md` 4, `trust.md` 4).

Three short transactions with the sealing between the second and the third, so that a slow device holds no lock. After
a crash anything between them can be seen in `open_intentions` and is completed by `issue_resume` with the same bytes.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from django.db import transaction

from opensps import formats
from opensps.accounts.queries import SYSTEM, Actor, office_by_code
from opensps.certificate import TYPE_CODES, CertificateKind, CertificateNumber, parse_number
from opensps.certification.completing import IssueFacts, completed, on_template
from opensps.certification.deadlines import office_day
from opensps.certification.errors import (
    BytesChanged,
    CertificationError,
    NotConfigured,
    NotFound,
    ReadBackDiffers,
    RulesBroken,
)
from opensps.certification.models import Application, Certificate, IssueApproval, IssueIntention
from opensps.certification.names import CERTIFICATE as CERTIFICATE_KIND
from opensps.certification.projection import Projection, project
from opensps.certification.queries.judging import Asked
from opensps.certification.queries.log import newest_moment, refuse_while_stopped
from opensps.certification.services.approving import (
    ApprovalEvidence,
    approval_take,
    approvals_of,
    is_risky,
)
from opensps.certification.services.numbering import number_take
from opensps.certification.services.sourcing import sources_move, sources_reserve
from opensps.certification.services.steps import (
    Told,
    application_move,
    event_of_birth,
    judge_application,
    locked_application,
)
from opensps.formats import FormatError, carriers, content_digest
from opensps.formats.xml_input import parse
from opensps.lifecycle import (
    CERTIFICATE,
    ActNotAllowed,
    ApplicationAct,
    CertificateAct,
    Facts,
    Role,
    failed_guards,
    next_state,
)
from opensps.rules import Finding, Level
from opensps.signing import (
    Signer,
    SigningError,
    TrustList,
    check_signer,
    issuing_country,
    seal_approved,
    type_code,
    verify_seal,
)

logger = structlog.get_logger()

Seals = Callable[[bytes], bytes]
"""XML -> .xades."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the certifying officer is shown and approves."""

    number: CertificateNumber
    digest: bytes
    """D, 32 bytes."""

    xml: bytes
    findings: tuple[Finding, ...]
    """Warnings and remarks; a SEVERE finding stops the preparation."""

    columns: Projection
    """From the value as it was read back."""


@transaction.atomic
def issue_prepare(*, authority: str, reference: str, actor: Actor, at: datetime) -> Prepared:
    """Render the certificate once, read it back, judge it, and keep the bytes with their digest.

    Takes a number, or uses the one the application has. Another preparation replaces this one until sealing is
    attempted. Raises `ActNotAllowed`, `RulesBroken`, `ReadBackDiffers`, `NotConfigured`, `NotFound`, and `LogError`
    read_only while a witness has seen more of our log than we have: numbers given since might be given again.
    """
    refuse_while_stopped(authority)
    application = locked_application(authority=authority, reference=reference)
    asked = Asked(application, at)
    decided = judge_application(application, ApplicationAct.PREPARE_ISSUE, actor=actor, at=at, asked=asked)
    sources_reserve(application, ApplicationAct.PREPARE_ISSUE, actor=actor, at=at)
    prepared = _rendered(asked, _issue_facts(asked, actor=actor))
    former = asked.intention
    if former is not None:
        former.state = IssueIntention.DISCARDED
        former.save(update_fields=["state"])
    IssueIntention.objects.create(
        authority=authority,
        application=application,
        number=prepared.number,
        xml=prepared.xml,
        digest=prepared.digest,
        needs_second=_needs_second(asked, prepared),
        projection=asdict(prepared.columns),
        prepared_by=actor.id,
        prepared_at=at,
        office=_office_code(application, actor),
    )
    application_move(
        application,
        ApplicationAct.PREPARE_ISSUE,
        actor=actor,
        at=at,
        told=Told(payload={"number": prepared.number, "digest": prepared.digest.hex()}),
        decided=decided,
        number=prepared.number,
    )
    return prepared


def _needs_second(asked: Asked, prepared: Prepared) -> bool:
    kind = CertificateKind(asked.application.certificate_kind)
    listed = tuple(asked.profile.two_officers)
    return is_risky(listed, prepared.columns, kind=str(kind).lower(), type_code=TYPE_CODES[kind])


def _office_code(application: Application, actor: Actor) -> str:
    """Return the office of the number once there is one; until then the officer's own, else the application's."""
    return parse_number(application.number).office if application.number else actor.office or application.office


def _issue_facts(asked: Asked, *, actor: Actor) -> IssueFacts:
    application, profile, at = asked.application, asked.profile, asked.at
    office = office_by_code(authority=application.authority, code=_office_code(application, actor))
    if office is None:
        raise NotConfigured("office")
    year = office_day(at, offset_minutes=profile.offset_minutes).year
    number = application.number or number_take(authority=application.authority, office=office.code, year=year)
    return IssueFacts(
        number=CertificateNumber(number),
        issued_at=at,
        offset_minutes=profile.offset_minutes,
        issuer=profile.name_en,
        officer=actor.name,
        place=office.place_en,
        authority=application.authority,
        office=office.name_en,
        office_code=office.code,
    )


def _rendered(asked: Asked, facts: IssueFacts) -> Prepared:
    """Write, read back, compare and judge; nothing is stored here."""
    value = on_template(completed(asked.draft, facts), asked.application.template)
    dialect = formats.dialect_of(value)
    xml = formats.write_certificate(value, dialect=dialect)
    reading = formats.read_certificate(xml)
    if (
        reading.certificate is None
        or reading.root is None
        or reading.certificate != formats.as_carried(value, dialect=dialect)
    ):
        raise ReadBackDiffers(asked.application.reference)
    findings = asked.findings(reading.certificate, "issue")
    severe = tuple(each for each in findings if each.level is Level.SEVERE)
    if severe:
        raise RulesBroken(severe)
    columns = project(reading.certificate)
    return Prepared(facts.number, content_digest(reading.root), xml, findings, columns)


def issue_key_check(
    *, authority: str, reference: str, signer: Signer, trust: TrustList, at: datetime, accepts_training: bool = False
) -> None:
    """Raise `SealError` unless this key may seal what stands prepared (guard key_valid of `lifecycles.md` 3).

    Asked before the approval is kept: an intention that no key can complete costs its number. Where nothing stands,
    `issue_intend` says so.
    """
    rows = IssueIntention.objects.filter(authority=authority, application__reference=reference)
    standing = rows.exclude(state=IssueIntention.DISCARDED).first()
    if standing is None:
        return
    root = parse(bytes(standing.xml), sealed=True)
    check_signer(
        signer,
        trust=trust,
        country=issuing_country(root),
        type_code=type_code(root),
        at=at,
        accepts_training=accepts_training,
    )


@transaction.atomic
def issue_intend(
    *, authority: str, reference: str, digest: bytes, evidence: ApprovalEvidence, actor: Actor, at: datetime
) -> None:
    """Keep the officer's approval of exactly this digest; sealing counts as attempted from here.

    Raises `ActNotAllowed`: another digest stands, another officer prepared it, no approval.
    """
    intention = approval_take(
        ApplicationAct.INTEND_ISSUE,
        IssueApproval.FIRST,
        authority=authority,
        reference=reference,
        digest=digest,
        evidence=evidence,
        actor=actor,
        at=at,
    )
    intention.state = IssueIntention.INTENDED
    intention.approved_at = at
    intention.approval_method = evidence.method
    intention.approval_template_digest = evidence.template_digest
    intention.save(update_fields=["state", "approved_at", "approval_method", "approval_template_digest"])


def certificate_issue(
    *,
    authority: str,
    reference: str,
    signer: Signer,
    trust: TrustList,
    at: datetime,
    accepts_training: bool = False,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> Certificate:
    """Seal what was intended and issue it; safe to repeat: an issued certificate is returned as it is.

    Sealing runs outside any transaction. `accepts_training`: the installation is a demo or course, so its training
    key counts. Raises `ActNotAllowed`, `SigningError`, `BytesChanged`, `NotFound`, `LogError`; nothing is issued then,
    and the intention stays.
    """
    refuse_while_stopped(authority)
    intention = _intention(authority, reference)
    if intention.state == IssueIntention.ISSUED:
        return Certificate.objects.get(authority=authority, number=intention.number)
    xml = bytes(intention.xml)
    if content_digest(parse(xml, sealed=True)) != bytes(intention.digest):
        raise BytesChanged(reference)
    if intention.needs_second and not intention.second_approved_by:
        raise ActNotAllowed("guard", guard="second_approved", detail="second_officer_missing")
    _refuse_with_clock_behind(intention.authority, at)
    xades = seal_approved(xml, signer=signer, approvals=approvals_of(intention), at=at)
    verify_seal(xml, xades, trust=trust, sealed_at=at, accepts_training=accepts_training)
    return _issued(reference, intention, Sealed(xml, xades, carriers.new_salt(random)), at=at)


def _refuse_with_clock_behind(authority: str, at: datetime) -> None:
    """Raise `ActNotAllowed` before anything is sealed at a time that has passed already."""
    facts = Facts(at=at, newest_at=newest_moment(authority), is_newest_known=True)
    for guard, reason in failed_guards(("clock_runs_on",), facts).items():
        raise ActNotAllowed("guard", act=ApplicationAct.ISSUE, guard=guard, detail=reason)


def _intention(authority: str, reference: str) -> IssueIntention:
    rows = IssueIntention.objects.filter(authority=authority, application__reference=reference)
    found = rows.filter(state__in=[IssueIntention.INTENDED, IssueIntention.ISSUED]).first()
    if found is None:
        raise NotFound(reference)
    return found


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes into the last transaction."""

    xml: bytes
    xades: bytes
    salt: bytes


@transaction.atomic
def _issued(reference: str, intention: IssueIntention, sealed: Sealed, *, at: datetime) -> Certificate:
    """Store the sealed certificate with its events, if the same intention still stands; the last transaction."""
    application = locked_application(authority=intention.authority, reference=reference)
    intention = IssueIntention.objects.select_for_update().get(pk=intention.pk)
    if intention.state == IssueIntention.ISSUED:  # somebody else was faster, with the same bytes
        return Certificate.objects.get(authority=intention.authority, number=intention.number)
    is_same = intention.state == IssueIntention.INTENDED and bytes(intention.xml) == sealed.xml
    asked = Asked(application, at)
    asked.intention = intention
    told = Told(on_behalf_of=intention.prepared_by)
    application_move(
        application,
        ApplicationAct.ISSUE,
        actor=SYSTEM,
        at=at,
        told=told,
        facts={"is_output_verified": is_same},
        asked=asked,
        due_at=None,
    )
    sources_move(application, number=intention.number, actor=SYSTEM, at=at)
    certificate = _stored(application, intention, sealed, at=at)
    event_of_birth(
        CERTIFICATE_KIND,
        certificate.number,
        CertificateAct.ISSUE,
        certificate,
        actor=SYSTEM,
        role=Role.SYSTEM,
        at=at,
        told=Told(
            on_behalf_of=intention.prepared_by, payload={"application": reference, "digest": intention.digest.hex()}
        ),
    )
    intention.state = IssueIntention.ISSUED
    intention.save(update_fields=["state"])
    return certificate


def _stored(application: Application, intention: IssueIntention, sealed: Sealed, *, at: datetime) -> Certificate:
    digest, salt = bytes(intention.digest), sealed.salt
    kind = CertificateKind(application.certificate_kind)
    failed = failed_guards(CERTIFICATE[None, CertificateAct.ISSUE].guards, Facts(is_output_verified=True))
    state = next_state(CERTIFICATE, None, CertificateAct.ISSUE, roles=frozenset({Role.SYSTEM}), failed_guards=failed)
    return Certificate.objects.create(
        authority=application.authority,
        number=intention.number,
        application=application,
        state=state,
        xml=sealed.xml,
        seal=sealed.xades,
        digest=digest,
        salt=salt,
        token=carriers.token(salt, digest),
        code=carriers.verification_code(salt, intention.number),
        kind=kind,
        type_code=TYPE_CODES[kind],
        office=intention.office,
        issued_at=intention.prepared_at,
        officer=intention.prepared_by,
        organisation=application.organisation,
        sealed_at=at,
        changed_at=at,
        template=application.template,
        **intention.projection,
    )


def issue_resume(
    *, authority: str, signer: Signer, trust: TrustList, at: datetime, accepts_training: bool = False
) -> tuple[Certificate, ...]:
    """Complete every intention that a crash or a broken device left open; called by the worker.

    One that cannot be completed stays, is logged, and holds back no other.
    """
    rows = IssueIntention.objects.filter(authority=authority, state=IssueIntention.INTENDED)
    rows = rows.exclude(needs_second=True, second_approved_by="")  # those wait for a person
    references = rows.order_by("id").values_list("application__reference", flat=True)
    issued = []
    for reference in list(references):
        try:
            issued.append(
                certificate_issue(
                    authority=authority,
                    reference=reference,
                    signer=signer,
                    trust=trust,
                    at=at,
                    accepts_training=accepts_training,
                )
            )
        except (ActNotAllowed, CertificationError, FormatError, SigningError) as error:
            logger.warning("issue_not_resumed", reference=reference, kind=type(error).__name__)
    return tuple(issued)
