"""The signing page: two officers where it matters, a passkey for the password, plain words when neither holds."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from opensps.accounts.queries import SYSTEM, Actor, passkeys_of
from opensps.accounts.services import authority_set_approvals, password_set
from opensps.certification.models import Certificate, IssueApproval, IssueIntention
from opensps.signing import DeviceUnavailable
from opensps.signing.passkeys import RelyingParty, decoded, encoded
from opensps.signing.pdf_seals import check_pdf_seal
from tests.factories import certification
from tests.factories.certification import Cast, Story
from tests.factories.passkeys import Passkey
from tests.integration.web_workflow.conftest import PASSWORD, SINCE, Enter

pytestmark = pytest.mark.django_db
PARTY = RelyingParty("testserver", "https://testserver")


def policy(*listed: str, allows_password: bool = True) -> None:
    actor = replace(SYSTEM, authority="XA")
    authority_set_approvals(
        authority="XA", two_officers=listed, allows_password=allows_password, actor=actor, at=datetime.now(UTC)
    )


def ready(people: Cast) -> Story:
    story = Story(people, at=SINCE)
    story("submit", "open", "order", "inspect", "mark_ready")
    return story


@pytest.fixture
def colleague(people: Cast) -> Actor:
    """The second certifying officer, who knows a password too."""
    password_set(authority="XA", person_id=people.officer2.id, password=PASSWORD, actor=SYSTEM, at=datetime.now(UTC))
    return people.officer2


def test_a_second_officer_finds_it_in_the_queue_and_seals_it(
    people: Cast, enter: Enter, officer: Actor, colleague: Actor
) -> None:
    policy("851")
    story = ready(people)
    story.prepare(officer)
    address = f"/queue/{story.reference}/sign"
    first = enter(officer).open(address)
    assert "needs two officers" in first.words
    page = first.send(password=PASSWORD)
    assert "A second officer has to approve" in page.words
    assert not page.root.xpath("//main//form")
    assert not Certificate.objects.exists()
    assert enter(officer).post(
        address, {"digest": bytes(IssueIntention.objects.get().digest).hex(), "password": PASSWORD}
    )
    assert not Certificate.objects.exists()
    second = enter(colleague)
    assert story.reference in second.open("/queue").text
    shown = second.open(f"/queue/{story.reference}").link("Continue the issue")
    assert "as second officer" in shown.words
    assert shown.send(password=PASSWORD).status == 200
    assert Certificate.objects.get().state == "in_force"
    assert [each.officer for each in IssueApproval.objects.order_by("rank")] == [officer.id, colleague.id]


def registered(enter: Enter, officer: Actor) -> Passkey:
    """Register a passkey as a browser would."""
    page = enter(officer).open("/passkeys")
    assert "no passkey yet" in page.words
    options = json.loads(page.root.xpath("//@data-options")[0])
    key = Passkey(officer.id, PARTY)
    page = page.send(former=PASSWORD, registration=key.registration(decoded(options["challenge"])))
    assert "Fingerprint" in page.words
    return key


def signed_by(key: Passkey, options: dict[str, Any]) -> str:
    """Return what the browser sends back for these options."""
    digest = bytes(IssueIntention.objects.get().digest)
    made = key.approve(digest, at=datetime.now(UTC))
    assert encoded(made.challenge) == options["challenge"]
    parts = {
        "id": made.credential_id,
        "authenticatorData": made.authenticator_data,
        "clientDataJSON": made.client_data,
        "signature": made.signature,
    }
    return json.dumps({name: encoded(data) for name, data in parts.items()})


def test_an_officer_signs_with_a_passkey_where_no_password_counts(people: Cast, enter: Enter, officer: Actor) -> None:
    policy(allows_password=False)
    story = ready(people)
    story.prepare(officer)
    address = f"/queue/{story.reference}/sign"
    assert "Register one under Passkeys" in enter(officer).open(address).words
    key = registered(enter, officer)
    page = enter(officer).open(address)
    options = json.loads(page.root.xpath("//*[@data-passkey='approve']/@data-options")[0])
    stranger = Passkey(officer.id, PARTY)
    for wrong in ("", "[]", "{}", "x" * 100):
        assert page.send(assertion=wrong).status in {200, 409}
    assert page.send(assertion=signed_by(stranger, options)).status == 409
    assert not Certificate.objects.exists()
    assert page.send(assertion=signed_by(key, options)).status == 200
    assert Certificate.objects.get().state == "in_force"
    assert IssueApproval.objects.get().method == "webauthn"


def test_a_passkey_is_removed_by_its_owner(people: Cast, enter: Enter, officer: Actor) -> None:
    key = registered(enter, officer)
    page = enter(officer).open("/passkeys")
    assert enter(officer).post("/passkeys/remove", {"id": "AA", "former": PASSWORD}).status == 404
    page = page.link("Remove").send(former=PASSWORD)
    assert "no passkey yet" in page.words
    assert not passkeys_of(authority="XA", person_id=officer.id)
    page = enter(officer).open("/passkeys")
    options = json.loads(page.root.xpath("//@data-options")[0])
    again = page.send(former=PASSWORD, registration=key.registration(decoded(options["challenge"])))
    assert "registered already" in again.words
    assert "not registered" in enter(officer).open("/passkeys").send(former=PASSWORD, registration="{}").words


def test_K7_a_key_that_does_not_answer_is_said_and_the_approval_is_kept(
    people: Cast, enter: Enter, officer: Actor, keys: certification.Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        kid, certificate_der, chain_der = keys.signer.kid, keys.signer.certificate_der, keys.signer.chain_der

        def sign(self, data: bytes) -> bytes:
            raise DeviceUnavailable(f"{len(data)} bytes")

    story = ready(people)
    story.prepare(officer)
    with monkeypatch.context() as patch:
        patch.setattr("opensps.web.html.keys.signer", Gone)
        page = enter(officer).open(f"/queue/{story.reference}/sign").send(password=PASSWORD)
    assert page.status == 409
    assert "you need not approve again" in page.words
    assert IssueIntention.objects.get().state == IssueIntention.INTENDED
    page = enter(officer).open(f"/queue/{story.reference}/sign").send(password=PASSWORD)
    number = Certificate.objects.get().number
    paper = enter(officer).file(f"/certificates/{number}/file.pdf").content
    assert check_pdf_seal(paper)
    assert enter(officer).file(f"/certificates/{number}/file.pdf").content == paper
