"""The officers' approvals of an issue: kept as evidence, judged by the lifecycle, handed to whoever seals.

Source: `trust.md` 6.14, `reliability.md` 4.3. What an authority calls risky needs a second officer over the same D; the
database refuses that both are one person, and an issue without the second.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor, authority_profile, passkeys_of
from opensps.accounts.services import passkey_count
from opensps.certification.errors import NotConfigured, NotFound
from opensps.certification.models import IssueApproval, IssueIntention
from opensps.certification.projection import Projection
from opensps.certification.queries.judging import Asked
from opensps.certification.services.steps import Told, application_move, locked_application
from opensps.lifecycle import ActNotAllowed, ApplicationAct
from opensps.signing import Approval, EvidenceRefused, Method
from opensps.signing.passkeys import Credential, RelyingParty, verify_approval


@dataclass(frozen=True, slots=True)
class ApprovalEvidence:
    """That the officer approved this D (`trust.md` 6.14)."""

    method: str
    """``password``: entered again on the signing page. ``webauthn``: signed with a passkey, see `passkey`."""

    template_digest: bytes
    """SHA-256 of the page template on which it was shown."""

    passkey: Approval | None = None
    """What the passkey signed; checked again before it is kept."""

    party: RelyingParty | None = None
    """The address at which the passkey was asked."""


def is_risky(listed: tuple[str, ...], columns: Projection, *, kind: str, type_code: str) -> bool:
    """Return whether an authority's list asks for a second officer: by kind, type code or destination."""
    return not {kind, type_code, f"to:{columns.import_country}"}.isdisjoint(listed)


def approval_check(
    evidence: ApprovalEvidence, *, authority: str, digest: bytes, actor: Actor, at: datetime
) -> Approval:
    """Return the evidence as it is kept; raise `ActNotAllowed` (no_approval) where it does not hold.

    A password counts only where the authority allows it.
    """
    profile = authority_profile(authority)
    if profile is None:
        raise NotConfigured("authority")
    if evidence.method == Method.PASSWORD and profile.allows_password:
        return Approval(Method.PASSWORD, actor.id, at, (digest,), evidence.template_digest)
    signed = evidence.passkey
    if evidence.method != Method.WEBAUTHN or signed is None or evidence.party is None or digest not in signed.digests:
        raise ActNotAllowed("guard", guard="approval_given", detail="no_approval")
    _check_passkey(signed, evidence.party, authority=authority, actor=actor)
    return signed


def _check_passkey(signed: Approval, party: RelyingParty, *, authority: str, actor: Actor) -> None:
    for each in passkeys_of(authority=authority, person_id=actor.id):
        known = Credential(bytes(each.credential_id), actor.id, bytes(each.public_key), each.sign_count)
        if known.id != signed.credential_id:
            continue
        try:
            verified = verify_approval(signed, known, party=party)
        except EvidenceRefused:
            break
        passkey_count(authority=authority, credential_id=known.id, sign_count=verified.sign_count)
        return
    raise ActNotAllowed("guard", guard="approval_given", detail="no_approval")


def approval_keep(intention: IssueIntention, approval: Approval, *, rank: int) -> None:
    """Store an approval; ``IntegrityError`` when this officer approved before (A3)."""
    IssueApproval.objects.create(
        authority=intention.authority,
        intention=intention,
        officer=approval.officer,
        rank=rank,
        method=str(approval.method),
        at=approval.at,
        digests=[each.hex() for each in approval.digests],
        template_digest=approval.template_digest,
        credential_id=approval.credential_id,
        authenticator_data=approval.authenticator_data,
        client_data=approval.client_data,
        signature=approval.signature,
    )


def approvals_of(intention: IssueIntention) -> tuple[Approval, ...]:
    """Return the evidence that goes with the seal, first officer first."""
    return tuple(
        Approval(
            method=Method(row.method),
            officer=row.officer,
            at=row.at,
            digests=tuple(bytes.fromhex(each) for each in row.digests),
            template_digest=bytes(row.template_digest),
            credential_id=bytes(row.credential_id),
            authenticator_data=bytes(row.authenticator_data),
            client_data=bytes(row.client_data),
            signature=bytes(row.signature),
        )
        for row in intention.approvals.order_by("rank")
    )


def approval_take(
    act: ApplicationAct,
    rank: int,
    *,
    authority: str,
    reference: str,
    digest: bytes,
    evidence: ApprovalEvidence,
    actor: Actor,
    at: datetime,
) -> IssueIntention:
    """Do an act that approves exactly this digest, keep the approval, return the intention it belongs to.

    In the caller's transaction. Raises `ActNotAllowed`: what the lifecycle refuses, another digest, no approval.
    """
    application = locked_application(authority=authority, reference=reference)
    asked = Asked(application, at)
    application_move(
        application,
        act,
        actor=actor,
        at=at,
        asked=asked,
        told=Told(payload={"digest": digest.hex(), "method": evidence.method}),
        facts={"shown_digest": digest.hex(), "approval_method": evidence.method},
    )
    intention = asked.intention
    if intention is None:
        raise NotFound(reference)
    approval = approval_check(evidence, authority=authority, digest=digest, actor=actor, at=at)
    approval_keep(intention, approval, rank=rank)
    return intention


@transaction.atomic
def issue_approve_second(
    *, authority: str, reference: str, digest: bytes, evidence: ApprovalEvidence, actor: Actor, at: datetime
) -> None:
    """Keep a second officer's approval of exactly the digest the first one approved.

    Raises `ActNotAllowed`: the same officer, another digest, none is awaited, no approval.
    """
    intention = approval_take(
        ApplicationAct.APPROVE_SECOND,
        IssueApproval.SECOND,
        authority=authority,
        reference=reference,
        digest=digest,
        evidence=evidence,
        actor=actor,
        at=at,
    )
    intention.second_approved_by, intention.second_approved_at = actor.id, at
    intention.save(update_fields=["second_approved_by", "second_approved_at"])
