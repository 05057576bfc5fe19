"""Mail of partners, from the stored bytes to the certificate, the delivery, the quarantine and the answer.

Every kind of mail comes through the one way set up here, hence its length.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opensps.exchange import services
from opensps.exchange.acknowledging import receipt_document
from opensps.exchange.mail import building, writing
from opensps.exchange.mail.building import Protection
from opensps.exchange.mail.tokens import return_path
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import Decision, Envelope, IncomingCertificate, ReceivedMessage
from opensps.exchange.services.acknowledging import new_delivery_number
from opensps.exchange.services.mail_answers import mail_reject
from opensps.exchange.services.messages import message_release
from opensps.exchange.terms import InboundMessage, ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import AcknowledgementCode, DeliveryState, OnboardingAct
from tests.factories import mail as mails
from tests.factories import mail_exchange as northland
from tests.factories import records, signing
from tests.factories.incoming import NUMBER, theirs
from tests.factories.partners import MANAGER

pytestmark = pytest.mark.django_db

XML = theirs()


def answers() -> list[Envelope]:
    """Return our acknowledgements in the outbox."""
    return list(Envelope.objects.filter(kind=Kind.ACKNOWLEDGEMENT, direction="out").order_by("pk"))


def out(partner: Any, state: DeliveryState = DeliveryState.SENT, **columns: Any) -> Envelope:
    """Return an envelope of ours that went to a partner by mail."""
    connection = northland.connection_of(partner)
    number = new_delivery_number(mails.NOW)
    given = {
        "authority": "XA",
        "delivery_number": number,
        "direction": "out",
        "partner": partner,
        "connection": connection,
        "channel": Channel.SMTP,
        "from_code": "XA",
        "to_code": partner.code,
        "number": "XA-2026-014-0000318-4",
        "type_code": "851",
        "status_code": "70",
        "sha256": f"{Envelope.objects.count():064x}",
        "state": state,
        "sent_at": mails.NOW,
        "queued_at": mails.NOW,
        "changed_at": mails.NOW,
        "golden_run": "test",
        "message_mic": building.mic_of(b"as sent"),
        "remote_number": f"{number.lower()}.sps@ecert.xa.example",
    }
    return Envelope.objects.create(**(given | columns))


def state_of(envelope: Envelope) -> str:
    """Return the state of an envelope as it stands."""
    envelope.refresh_from_db()
    return envelope.state


def test_a_signed_certificate_is_filed_and_acknowledged_to_the_listed_address() -> None:
    northland.mail_partner()
    kept = northland.arrive(northland.their_mail(XML).data)
    assert (kept.decision, kept.reason_text) == (Decision.APPLIED, "")
    assert IncomingCertificate.objects.get(number=NUMBER).state == "in_force"
    (answer,) = answers()
    assert (answer.channel, answer.result, answer.state) == ("smtp", "RECEIVED", "queued")
    assert answer.connection is not None
    assert answer.connection.address == mails.XB
    assert answer.in_reply_to is not None
    assert answer.in_reply_to.remote_number == northland.THEIR_DELIVERY


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ({"recipient": "XC"}, "REJECTED"),
        ({"sender": "XC"}, "REJECTED"),
        ({"content_digest": "0" * 64}, "REJECTED"),
        ({"certificate": "XB/PC/2026/00009"}, "REJECTED"),
        ({"type_code": "657"}, "REJECTED"),
        ({"status_code": "40"}, "REJECTED"),
        ({"type_code": "many"}, "REJECTED"),
        ({"delivery": "a\0b"}, "REJECTED"),
        ({"delivery": "x" * 400}, "REJECTED"),
    ],
)
def test_a_message_that_says_another_thing_than_it_holds_is_rejected_in_words(
    said: dict[str, str], result: str
) -> None:
    northland.mail_partner()
    northland.arrive(northland.their_mail(XML, **said).data)
    assert not IncomingCertificate.objects.exists()
    (answer,) = answers()
    assert answer.result == result
    assert answer.tracking_text


def test_strangers_wrong_keys_and_unsigned_mail_are_set_aside_and_get_no_answer() -> None:
    northland.mail_partner()
    made = northland.their_mail(XML).data
    reasons = [
        northland.arrive(raw).reason
        for raw in (
            made.replace(mails.XB.encode(), b"evil@ecert.xc.example"),
            northland.their_mail(XML, key=mails.exchange_key(mails.XB, "rsa")).data,
            mails.plain_mail("Content-Type: application/xml", body="<a/>", sender=mails.XB),
            b"nonsense",
        )
    ]
    assert reasons == ["UNKNOWN_SENDER", "SIGNATURE", "SIGNATURE", "STRUCTURE"]
    assert not answers()
    assert not IncomingCertificate.objects.exists()


def test_a_suspended_partner_is_a_stranger() -> None:
    partner = northland.mail_partner()
    services.partner_advance(
        authority="XA", code=partner.code, act=OnboardingAct.SUSPEND, actor=MANAGER, reason="abuse", at=mails.NOW
    )
    assert northland.arrive(northland.their_mail(XML).data).reason == "UNKNOWN_SENDER"


def test_a_key_that_was_not_confirmed_or_is_another_than_was_compared_proves_nothing() -> None:
    partner = northland.mail_partner()
    from opensps.exchange.models import PartnerCredential  # noqa: PLC0415  only here a record is made wrong

    other = mails.certificate_pem(mails.exchange_key(mails.XB, "rsa")).decode()
    PartnerCredential.objects.filter(partner=partner).update(material=other)
    made = northland.their_mail(XML, key=mails.exchange_key(mails.XB, "rsa")).data
    assert northland.arrive(made).reason == "SIGNATURE"


def test_the_same_mail_again_is_acknowledged_again_and_makes_no_second_record() -> None:
    northland.mail_partner()
    northland.arrive(northland.their_mail(XML).data)
    (answer,) = answers()
    Envelope.objects.filter(pk=answer.pk).update(state=DeliveryState.SENT, sent_at=mails.NOW)
    again = northland.arrive(northland.their_mail(XML).data)
    assert again.decision == Decision.ANSWERED
    (answer,) = answers()
    assert (answer.state, answer.resent) == (DeliveryState.RETRYING, 1)
    northland.arrive(northland.their_mail(XML).data)
    assert [each.resent for each in answers()] == [1]
    assert Envelope.objects.filter(direction="in").count() == 1


def test_the_same_content_under_a_new_message_id_makes_no_second_record() -> None:
    northland.mail_partner()
    northland.arrive(northland.their_mail(XML).data)
    again = {"message_id": "m2@ecert.xb.example"}
    northland.arrive(northland.their_mail(XML, letter=again, delivery="01JD00000000000000000000B2").data)
    assert IncomingCertificate.objects.count() == 1
    assert [each.result for each in answers()] == ["RECEIVED", "RECEIVED"]


def test_the_same_message_id_with_other_content_is_a_replay() -> None:
    northland.mail_partner()
    northland.arrive(northland.their_mail(XML).data)
    other = theirs(goods="Somebody Else")
    assert northland.arrive(northland.their_mail(other).data).reason == "REPLAY"
    assert len(answers()) == 1


def test_an_unproven_mail_cannot_spoil_a_message_id() -> None:
    northland.mail_partner()
    northland.arrive(northland.their_mail(XML, key=mails.exchange_key(mails.XB, "rsa")).data)
    assert northland.arrive(northland.their_mail(XML).data).decision == Decision.APPLIED


@pytest.mark.parametrize("fails", ["found", "raises"])
def test_what_the_scan_finds_or_cannot_say_is_set_aside_before_anything_is_applied(fails: str) -> None:
    northland.mail_partner()

    def scan(data: bytes, kind: str) -> bool:
        if fails == "raises":
            raise OSError("no scanner")
        return kind != "application/xml"

    terms = MailTerms(address=mails.XA, secret=mails.SECRET, scan=scan)
    assert northland.arrive(northland.their_mail(XML).data, mail=terms).reason == "MALWARE"
    assert not IncomingCertificate.objects.exists()
    clean = MailTerms(address=mails.XA, secret=mails.SECRET, scan=lambda _data, _kind: True)
    assert northland.arrive(northland.their_mail(XML).data, mail=clean).decision == Decision.APPLIED


def test_released_mail_runs_again_and_is_filed_once_the_record_is_right() -> None:
    partner = northland.mail_partner(pins=False)
    kept = northland.arrive(northland.their_mail(XML).data)
    assert kept.reason == "SIGNATURE"
    northland.pin(partner, mails.exchange_key(mails.XB))
    released = message_release(authority="XA", message_id=kept.pk, actor=MANAGER, at=mails.NOW)
    assert northland.process(released).decision == Decision.APPLIED


def test_rejecting_tells_the_listed_address_and_nobody_else() -> None:
    northland.mail_partner(pins=False)
    kept = northland.arrive(northland.their_mail(XML).data)
    mail_reject(authority="XA", message_id=kept.pk, actor=MANAGER, reason="unknown key", at=mails.NOW)
    (answer,) = answers()
    assert (answer.result, answer.tracking_text) == (AcknowledgementCode.REJECTED, "unknown key")
    assert answer.connection is not None
    assert answer.connection.address == mails.XB
    stranger = northland.arrive(mails.plain_mail(sender="evil@evil.example"))
    mail_reject(authority="XA", message_id=stranger.pk, actor=MANAGER, reason="stranger", at=mails.NOW)
    assert len(answers()) == 1


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("RECEIVED", DeliveryState.RECEIVED),
        ("RECEIVED_REMARKS", DeliveryState.RECEIVED_REMARKS),
        ("REJECTED", DeliveryState.REJECTED),
    ],
)
def test_a_signed_acknowledgement_is_believed(result: str, state: DeliveryState) -> None:
    partner = northland.mail_partner()
    sent = out(partner)
    document = receipt_document(
        number=sent.number,
        type_code="851",
        status_code="70",
        result=AcknowledgementCode(result),
        text="their words",
        at=mails.NOW,
    )
    kept = northland.arrive(northland.their_answer(sent.delivery_number, result, document=document).data)
    assert kept.decision == Decision.REPORT, kept.reason_text
    assert state_of(sent) == state
    assert not answers()
    assert sent.tracking_text == "their words"


def test_an_acknowledgement_of_a_stranger_for_another_or_without_signature_changes_nothing() -> None:
    northland.mail_partner()
    other = northland.mail_partner("XC", address="exchange@ecert.xc.example")
    sent = out(other)
    for raw in (
        northland.their_answer(sent.delivery_number).data,
        northland.their_answer(sent.delivery_number, key=mails.exchange_key(mails.XB, "rsa")).data,
        northland.their_answer("01JD0000000000000000000099").data,
        northland.their_answer(sent.delivery_number, "PERFECT").data,
        northland.their_answer("\0").data,
    ):
        assert northland.arrive(raw).decision == Decision.QUARANTINED
    assert state_of(sent) == DeliveryState.SENT


def bounce(action: str, status: str, envelope_id: str) -> bytes:
    """Return a delivery status notification of some server."""
    body = (
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.xb.example\r\nOriginal-Envelope-Id: {envelope_id}\r\n\r\n"
        f"Final-Recipient: rfc822; {mails.XB}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; no\r\n--B--"
    )
    return mails.plain_mail('Content-Type: multipart/report; report-type=delivery-status; boundary="B"', body=body)


def path_of(envelope: Envelope) -> str:
    """Return the return path of a delivery."""
    return return_path(envelope.delivery_number, domain="ecert.xa.example", secret=mails.SECRET)


@pytest.mark.parametrize(
    ("action", "status", "state", "paused"),
    [
        ("delivered", "2.0.0", "sent", ""),
        ("delayed", "4.4.7", "sent", ""),
        ("failed", "4.4.7", "retrying", ""),
        ("failed", "5.1.1", "retrying", "mail_address"),
        ("failed", "5.7.1", "retrying", "mail_policy"),
        ("failed", "5.6.0", "rejected", ""),
    ],
)
def test_a_bounce_with_our_token_reaches_the_outbox(action: str, status: str, state: str, paused: str) -> None:
    partner = northland.mail_partner()
    sent = out(partner)
    kept = northland.arrive(bounce(action, status, sent.delivery_number), rcpt_to=path_of(sent), mail_from="")
    assert kept.decision == Decision.REPORT
    assert state_of(sent) == state
    assert northland.connection_of(partner).paused_reason == paused
    assert (sent.handed_over_at is not None, sent.late_at is not None) == (action == "delivered", action == "delayed")
    assert not answers()


def test_a_bounce_without_our_token_is_kept_and_counted_and_changes_nothing() -> None:
    partner = northland.mail_partner()
    sent, other = out(partner), out(partner)
    for rcpt_to in (mails.XA, path_of(other), path_of(sent).replace("@", "a@")):
        kept = northland.arrive(bounce("failed", "5.6.0", sent.delivery_number), rcpt_to=rcpt_to, mail_from="")
        assert (kept.decision, kept.reason) == (Decision.IGNORED, "unproven")
    assert (state_of(sent), state_of(other)) == ("sent", "sent")


def test_ten_bounces_an_hour_open_the_breaker() -> None:
    partner = northland.mail_partner()
    for number in range(10):
        assert northland.connection_of(partner).breaker_opened_at is None, number
        sent = out(partner)
        northland.arrive(bounce("failed", "5.6.0", sent.delivery_number), rcpt_to=path_of(sent), mail_from="")
    assert northland.connection_of(partner).breaker_opened_at is not None


def receipt(envelope: Envelope, disposition: str, *, mic: str = "", key: Any = None) -> bytes:
    """Return a disposition notification of XB."""
    return building.receipt_mail(
        northland.their_letter(submitted=building.AUTO_REPLIED),
        original_message_id=envelope.remote_number,
        disposition=disposition,
        mic=mic,
        text="Read.",
        protection=Protection(key=key or mails.exchange_key(mails.XB)),
    ).data


def test_receipts_count_when_the_partner_signed_them() -> None:
    partner = northland.mail_partner()
    opened, received, unreadable, forged = out(partner), out(partner), out(partner), out(partner)
    northland.arrive(receipt(opened, "displayed"), mail_from="")
    northland.arrive(receipt(received, "processed", mic=received.message_mic), mail_from="")
    northland.arrive(receipt(unreadable, "processed/failure"), mail_from="")
    northland.arrive(receipt(forged, "processed", mic=forged.message_mic, key=mails.exchange_key(mails.XB, "rsa")))
    assert (state_of(opened), opened.opened_at) == ("sent", mails.NOW)
    assert [state_of(each) for each in (received, unreadable, forged)] == ["received", "rejected", "sent"]


def test_a_receipt_of_another_partner_or_with_another_digest_proves_nothing() -> None:
    northland.mail_partner()
    other = northland.mail_partner("XC", address="exchange@ecert.xc.example")
    theirs_, ours = out(other), out(northland.connection_of(other).partner)
    northland.arrive(receipt(theirs_, "processed", mic=theirs_.message_mic))
    northland.arrive(receipt(ours, "processed", mic=building.mic_of(b"else")))
    assert [state_of(each) for each in (theirs_, ours)] == ["sent", "sent"]


def test_inquiries_go_to_whoever_takes_them_and_notices_wait_for_a_person() -> None:
    northland.mail_partner()
    taken: list[InboundMessage] = []

    def handler(message: InboundMessage) -> bool:
        taken.append(message)
        return True

    def letter(action: str, number: str) -> bytes:
        return building.notice_mail(
            northland.their_letter(message_id=f"{number}@ecert.xb.example"),
            northland.their_fields(b"", action=action),
            text="Is it genuine?",
            protection=Protection(key=mails.exchange_key(mails.XB)),
        ).data

    assert northland.arrive(letter("inquiry", "i1")).reason == "CONTENT"
    terms = ReceivingTerms(handlers=(handler,))
    assert northland.arrive(letter("inquiry", "i2"), terms=terms).decision == Decision.HANDED_ON
    again = letter("inquiry", "i2").replace(b"Message-ID: <i2@", b"Message-ID: <i9@")
    assert northland.arrive(again, terms=terms).reason == "repeat"
    assert [(each.partner, each.number) for each in taken] == [("XB", NUMBER)]
    assert northland.arrive(letter("collect", "i3")).reason == "COLLECT"
    assert not answers()


def test_automatic_mail_is_kept_and_never_answered() -> None:
    northland.mail_partner()
    raw = mails.plain_mail("Auto-Submitted: auto-replied", sender=mails.XB)
    assert northland.arrive(raw).decision == Decision.IGNORED
    signed = northland.their_mail(XML, letter={"submitted": building.AUTO_REPLIED}).data
    assert northland.arrive(signed).reason == "CONTENT"
    assert northland.arrive(northland.their_mail(XML).data, mail_from="").reason == "CONTENT"
    assert not answers()


def test_a_receipt_is_prepared_for_partners_that_agreed_on_it() -> None:
    northland.mail_partner(gives_receipts=True)
    made = northland.their_mail(XML, letter={"asks_receipt": True})
    northland.arrive(made.data)
    assert Envelope.objects.get(direction="in").message_mic == made.mic


@pytest.mark.needs("reference")
def test_the_hostile_mails_of_the_reference_make_at_most_one_record_and_no_answer_goes_astray(reference: Path) -> None:
    """Their sender is a partner whose seal is relied on; no trust list knows it, so nothing may be in force."""
    northland.mail_partner("AA", address="ecert@aa.example", pins=False, signature="seal")
    folder = reference / "trust" / "mail-attacks"
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["messages"]
    for each in listed:
        northland.arrive((folder / each["file"]).read_bytes(), mail_from="ecert@aa.example")
    assert not IncomingCertificate.objects.filter(state="in_force").exists()
    assert {each.connection.address for each in answers() if each.connection} <= {"ecert@aa.example"}
    silent = ReceivedMessage.objects.filter(decision__in=[Decision.ARRIVED])
    assert not silent.exists()


def sealed_mail(xml: bytes, seal: bytes | None) -> bytes:
    """Return a mail without a signature, as a person's program writes it, with XML and seal attached."""
    parts = [writing.text_part("Attached."), writing.file_part("application/xml", "a.xml", xml)]
    if seal is not None:
        parts.append(writing.file_part("application/octet-stream", "a.xades", seal))
    body = writing.multipart(parts, "B").decode()
    return mails.plain_mail("Content-Type: multipart/mixed; boundary=B", body=body, sender=mails.XB)


def test_where_the_seal_is_relied_on_it_alone_files_a_certificate_in_force() -> None:
    """Unsigned mail proves no sender: without a seal that holds nothing is filed, and nothing ends what is in force."""
    northland.mail_partner(pins=False, signature="seal")
    sealer, stranger = (
        signing.UntrustedTestSigner.make(authority="XB"),
        signing.UntrustedTestSigner.make(authority="XB"),
    )
    trust = signing.trust_list(signing.trusted(sealer, authority="XB"))
    terms = replace(northland.TERMS, trust=trust)
    ended = theirs("XB/PC/2026/00003", status="40")

    def arrive(xml: bytes, who: Any, number: int) -> ReceivedMessage:
        made = records.sealed(xml, who).seal if who is not None else None
        raw = sealed_mail(xml, made).replace(b"<m1@", b"<m%d@" % number)
        return northland.arrive(raw, terms=terms)

    other = theirs("XB/PC/2026/00002")
    assert arrive(other, None, 1).decision == Decision.ANSWERED
    assert arrive(theirs("XB/PC/2026/00004"), stranger, 2).decision == Decision.ANSWERED
    assert not IncomingCertificate.objects.filter(state="in_force").exists()
    assert [each.result for each in answers()] == ["REJECTED", "REJECTED"]
    assert arrive(XML, sealer, 3).decision == Decision.APPLIED
    assert IncomingCertificate.objects.get(state="in_force").number == NUMBER
    assert arrive(ended, None, 4).reason == "SIGNATURE"
