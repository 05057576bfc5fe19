"""Who approved what: evidence over the very bytes, by two people where the authority calls it risky (A3, A6)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts.errors import NotFound
from opensps.accounts.queries import SYSTEM, Actor, authority_profile, passkeys_of
from opensps.accounts.services import authority_set_approvals, passkey_register, passkey_remove
from opensps.certification import services
from opensps.certification.models import Certificate, IssueApproval, IssueIntention, SignedPaper
from opensps.certification.services.approving import ApprovalEvidence, approvals_of, issue_approve_second
from opensps.certification.services.issuing import Prepared
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed
from opensps.signing import DeviceUnavailable, Method
from opensps.signing.pdf_seals import check_pdf_seal
from tests.factories.certification import PASSWORD_SHOWN, Cast, Story, certificate_in
from tests.factories.certification import keys as keys_of
from tests.factories.passkeys import PARTY, Passkey

pytestmark = pytest.mark.django_db

KEYS = keys_of()


def policy(*listed: str, allows_password: bool = True) -> None:
    authority_set_approvals(
        authority="XA",
        two_officers=listed,
        allows_password=allows_password,
        actor=replace(SYSTEM, authority="XA"),
        at=datetime.fromisoformat("2026-11-17T02:00:00Z"),
    )


def prepared(people: Cast) -> tuple[Story, Prepared]:
    story = Story(people)
    story("submit", "open", "order", "inspect", "mark_ready")
    return story, story.prepare()


def second(story: Story, shown: Prepared, actor: Actor, evidence: ApprovalEvidence = PASSWORD_SHOWN) -> None:
    issue_approve_second(reference=story.reference, digest=shown.digest, evidence=evidence, **story.by(actor))


def seal(story: Story) -> Certificate:
    by = story.by(SYSTEM)
    return services.certificate_issue(
        authority="XA", reference=story.reference, signer=KEYS.signer, trust=KEYS.trust, at=by["at"]
    )


@pytest.mark.parametrize("flag", ["phytosanitary", "851", "to:XB"])
def test_a_risky_certificate_waits_for_a_second_officer(people: Cast, flag: str) -> None:
    policy(flag)
    story, shown = prepared(people)
    story.intend(shown)
    with pytest.raises(ActNotAllowed) as refused:
        seal(story)
    assert refused.value.detail == "second_officer_missing"
    assert not services.issue_resume(authority="XA", signer=KEYS.signer, trust=KEYS.trust, at=story.at)
    second(story, shown, people.officer2)
    certificate = seal(story)
    assert certificate.officer == people.officer.id
    kept = approvals_of(IssueIntention.objects.get())
    assert [each.officer for each in kept] == [people.officer.id, people.officer2.id]
    assert {each.digests for each in kept} == {(shown.digest,)}
    acts = [each.act for each in events_for(authority="XA", object_kind="application", object_id=story.reference)]
    assert acts[-3:] == ["application.issue_intended", "application.issue_approved_second", "application.issued"]


def test_what_is_not_risky_needs_one_officer(people: Cast) -> None:
    policy("653", "to:XC")
    story, shown = prepared(people)
    story.intend(shown)
    with pytest.raises(ActNotAllowed, match="no_second_awaited"):
        second(story, shown, people.officer2)
    seal(story)


def test_A3_the_same_person_never_approves_twice(people: Cast) -> None:
    policy("851")
    story, shown = prepared(people)
    with pytest.raises(ActNotAllowed, match="no_intention"):
        second(story, shown, people.officer2)
    story.intend(shown)
    with pytest.raises(ActNotAllowed, match="same_officer"):
        second(story, shown, people.officer)
    with pytest.raises(ActNotAllowed, match="other_digest"):
        second(story, replace(shown, digest=bytes(32)), people.officer2)
    intention = IssueIntention.objects.get()
    first = intention.approvals.get()
    changes: tuple[dict[str, Any], ...] = (
        {"second_approved_by": people.officer.id},
        {"needs_second": False},
        {"state": IssueIntention.ISSUED},
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            IssueIntention.objects.filter(pk=intention.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueApproval.objects.create(
            authority="XA",
            intention=intention,
            officer=people.officer.id,
            rank=2,
            method="password",
            at=story.at,
            digests=first.digests,
            template_digest=bytes(first.template_digest),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueApproval.objects.filter(pk=first.pk).update(officer=people.officer2.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        first.delete()


def test_a_second_officer_may_not_have_reviewed_or_applied(people: Cast) -> None:
    policy("851")
    story, shown = prepared(people)
    story.intend(shown)
    with pytest.raises(ActNotAllowed, match="role"):
        second(story, shown, people.examiner)


def enrolled(actor: Actor, story: Story) -> Passkey:
    key = Passkey(actor.id)
    passkey_register(credential_id=key.id, public_key=key.cose, sign_count=0, **story.by(actor))
    return key


def with_passkey(key: Passkey, *digests: bytes, at: datetime) -> ApprovalEvidence:
    return ApprovalEvidence("webauthn", bytes(32), key.approve(*digests, at=at), PARTY)


def test_an_officer_approves_with_a_passkey(people: Cast) -> None:
    policy(allows_password=False)
    story, shown = prepared(people)
    key = enrolled(people.officer, story)
    by = story.by(people.officer)
    with pytest.raises(ActNotAllowed, match="no_approval"):
        story.intend(shown)
    evidence = with_passkey(key, shown.digest, at=by["at"])
    services.issue_intend(reference=story.reference, digest=shown.digest, evidence=evidence, **by)
    assert seal(story).state == "in_force"
    (kept,) = approvals_of(IssueIntention.objects.get())
    assert kept == evidence.passkey
    assert kept.method is Method.WEBAUTHN
    assert passkeys_of(authority="XA", person_id=people.officer.id)[0].sign_count == 1


def test_A6_a_passkey_approves_the_document_that_was_shown_and_no_other(people: Cast) -> None:
    story, shown = prepared(people)
    key, at = enrolled(people.officer, story), story.at
    stolen = Passkey(people.officer.id)
    for evidence in (
        with_passkey(key, bytes(32), at=at),
        with_passkey(stolen, shown.digest, at=at),
        replace(with_passkey(key, shown.digest, at=at), party=None),
        replace(with_passkey(key, shown.digest, at=at), passkey=None),
        replace(
            with_passkey(key, shown.digest, at=at),
            passkey=replace(key.approve(bytes(32), at=at), digests=(shown.digest,)),
        ),
    ):
        with pytest.raises(ActNotAllowed, match="no_approval"):
            services.issue_intend(
                reference=story.reference, digest=shown.digest, evidence=evidence, **story.by(people.officer)
            )
    assert IssueIntention.objects.get().state == IssueIntention.PREPARED


def test_a_removed_passkey_approves_nothing(people: Cast) -> None:
    story, shown = prepared(people)
    key = enrolled(people.officer, story)
    passkey_remove(credential_id=key.id, **story.by(people.officer))
    evidence = with_passkey(key, shown.digest, at=story.at)
    with pytest.raises(ActNotAllowed, match="no_approval"):
        services.issue_intend(
            reference=story.reference, digest=shown.digest, evidence=evidence, **story.by(people.officer)
        )
    with pytest.raises(NotFound):
        passkey_remove(credential_id=key.id, **story.by(people.officer))
    with pytest.raises(NotFound):
        passkey_remove(credential_id=key.id, **story.by(SYSTEM))
    with pytest.raises(IntegrityError), transaction.atomic():
        passkey_register(credential_id=key.id, public_key=key.cose, sign_count=0, **story.by(people.officer2))


def test_K7_while_the_device_is_down_the_intention_stays_and_nothing_else_seals(people: Cast) -> None:
    story, shown = prepared(people)
    story.intend(shown)

    class Gone:
        kid, certificate_der, chain_der = KEYS.signer.kid, KEYS.signer.certificate_der, KEYS.signer.chain_der

        def sign(self, data: bytes) -> bytes:
            raise DeviceUnavailable(f"{len(data)} bytes")

    with pytest.raises(DeviceUnavailable):
        services.certificate_issue(
            authority="XA", reference=story.reference, signer=Gone(), trust=KEYS.trust, at=story.at
        )
    assert not services.issue_resume(authority="XA", signer=Gone(), trust=KEYS.trust, at=story.at)
    assert IssueIntention.objects.get().state == IssueIntention.INTENDED
    (issued,) = services.issue_resume(authority="XA", signer=KEYS.signer, trust=KEYS.trust, at=story.at)
    assert bytes(issued.digest) == shown.digest


def test_a_paper_is_signed_once_and_handed_out_again(people: Cast) -> None:
    certificate = certificate_in(people)
    named: dict[str, Any] = {"authority": "XA", "number": certificate.number, "signer": KEYS.signer}
    first = services.certificate_paper(at=certificate.sealed_at, **named)
    assert check_pdf_seal(first)
    assert services.certificate_paper(at=certificate.changed_at, **named) == first
    other = services.certificate_paper(at=certificate.sealed_at, is_demo=True, **named)
    assert other != first
    assert services.certificate_paper(at=certificate.sealed_at, is_demo=True, **named) == other
    assert SignedPaper.objects.count() == 1


def test_the_policy_of_an_authority_is_an_act(people: Cast) -> None:
    policy("851", "to:XB")
    profile = authority_profile("XA")
    assert profile is not None
    assert (profile.two_officers, profile.allows_password) == (["851", "to:XB"], True)
    found = events_for(authority="XA", object_kind="authority", object_id="XA")
    assert found[-1].act == "authority.approvals_set"
