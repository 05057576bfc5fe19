"""Attacks 4, 18 and 21 on what comes from authorities: tampered, replayed, in wrong order, of another sender."""

import base64
import json
from typing import Any

import pytest

from opensps.exchange.models import IncomingCertificate
from opensps.exchange.services import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode
from opensps.web.rest.bodies import content_digest
from tests.attacks.desks import DeskDoor, own_officer
from tests.factories import mail as mails
from tests.factories import mail_exchange as northland
from tests.factories.certification import cast
from tests.factories.desk import ARRIVED_AT
from tests.factories.incoming import NUMBER, header, theirs
from tests.factories.partners import live_partner
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))


def come(partner: object, content: bytes, *, status: int = 70, remote: str) -> AcknowledgementCode:
    answer = envelope_receive(
        authority="XA",
        partner=partner,
        channel=Channel.TEST,
        header=header(NUMBER, status=status),
        content=content,
        terms=TERMS,
        at=ARRIVED_AT,
        remote_number=remote,
    )
    return answer.result


def held() -> IncomingCertificate:
    return IncomingCertificate.objects.get(number=NUMBER)


def test_attack_18_an_old_in_force_after_a_withdrawal_is_kept_acknowledged_and_not_applied() -> None:
    partner = live_partner("XB")
    genuine = theirs()
    come(partner, genuine, remote="R1")
    come(partner, theirs(status="40"), status=40, remote="R2")
    for turn in range(3):
        assert come(partner, genuine, remote=f"replay {turn}") in {
            AcknowledgementCode.RECEIVED,
            AcknowledgementCode.RECEIVED_REMARKS,
        }
        assert held().state == "withdrawn"


def test_attack_18_one_byte_changed_on_the_way_is_not_accepted() -> None:
    northland.mail_partner()
    good = northland.their_mail(theirs()).data
    place = good.index(b"\r\n\r\n") + 400
    altered = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    kept = northland.arrive(altered)
    assert kept.reason in {"SIGNATURE", "STRUCTURE", "DECRYPTION"}, kept.reason
    assert not IncomingCertificate.objects.exists()


def test_attack_21_mail_of_a_stranger_or_without_a_signature_changes_nothing() -> None:
    northland.mail_partner()
    made = northland.their_mail(theirs()).data
    for raw in (
        made.replace(mails.XB.encode(), b"evil@ecert.xc.example"),
        northland.their_mail(theirs(), key=mails.exchange_key(mails.XB, "rsa")).data,
        mails.plain_mail("Content-Type: application/xml", body="<a/>", sender=mails.XB),
    ):
        assert northland.arrive(raw).reason in {"UNKNOWN_SENDER", "SIGNATURE"}
    assert not IncomingCertificate.objects.exists()


def test_attack_04_two_contents_under_one_number_of_a_partner_are_listed_and_none_applies() -> None:
    partner = live_partner("XB")
    come(partner, theirs(), remote="R1")
    assert come(partner, theirs(goods="Others"), remote="R2") is AcknowledgementCode.RECEIVED_REMARKS
    assert (held().state, held().has_conflict) == ("conflict", True)


@pytest.fixture
def program(settings: Any) -> ApiVisitor:
    """A program of Northland, which delivers by REST."""
    settings.OPENSPS_DEMO = True
    cast()
    return ApiVisitor.of(partner_of("XB"))


def delivered(program: ApiVisitor, content: bytes, *, status: str, delivery: str) -> dict[str, Any]:
    """Post an envelope as a partner's program does; return the receipt."""
    told = {"from": "XB", "to": "XA", "type_code": "851", "status_code": status, "number": NUMBER}
    whole = {**told, "delivery_number": delivery, "content": base64.b64encode(content).decode()}
    answer = program.post("/envelopes", whole)
    assert answer.status_code < 500, answer.content
    said: dict[str, Any] = answer.json()
    return said


def test_attack_18_over_rest_an_old_message_never_revives_what_was_withdrawn(program: ApiVisitor) -> None:
    """Told again under its own delivery number and under new ones: taken, answered, not applied."""
    delivered(program, theirs(), status="70", delivery="one")
    delivered(program, theirs(status="40"), status="40", delivery="two")
    assert held().state == "withdrawn"
    for delivery in ("one", "three", "four"):
        assert delivered(program, theirs(), status="70", delivery=delivery)["result"].startswith("RECEIVED")
        assert held().state == "withdrawn"
    found = DeskDoor(own_officer()).number(NUMBER)
    assert found is not None
    assert (found.verdict_class, found.result, found.kind) == ("red", "withdrawn", "invalid")


def test_attack_04_two_contents_under_one_number_are_red_at_our_border(program: ApiVisitor) -> None:
    delivered(program, theirs(), status="70", delivery="one")
    assert delivered(program, theirs(goods="Others"), status="70", delivery="two")["result"] == "RECEIVED_REMARKS"
    found = DeskDoor(own_officer()).number(NUMBER)
    assert found is not None
    assert (found.verdict_class, found.result, found.kind) == ("red", "duplicate_number", "suspected_fraud")


def test_attack_18_over_rest_a_content_that_is_not_the_one_that_was_announced_is_refused(program: ApiVisitor) -> None:
    good = theirs()
    told = {"from": "XB", "to": "XA", "type_code": "851", "status_code": "70", "number": NUMBER}
    whole = json.dumps({**told, "content": base64.b64encode(good).decode()}).encode()
    digest = f"sha-256=:{content_digest(whole)}:"
    for place in (60, len(whole) // 2, len(whole) - 40):
        altered = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        answer = program.post("/envelopes", altered, Content_Digest=digest)
        assert 400 <= answer.status_code < 500, answer.content
    assert not IncomingCertificate.objects.exists()
