"""Attacks 4, 18 and 21 on what comes from authorities: tampered, replayed, in wrong order, of another sender."""

import pytest

from opensps.exchange.models import IncomingCertificate
from opensps.exchange.services import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode
from tests.factories import mail as mails
from tests.factories import mail_exchange as northland
from tests.factories.desk import ARRIVED_AT
from tests.factories.incoming import NUMBER, header, theirs
from tests.factories.partners import live_partner

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
