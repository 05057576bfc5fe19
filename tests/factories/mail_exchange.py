"""Northland (XB) writes to Examplia (XA) by mail: the partner's record, and mails as theirs would be."""

from typing import Any

from opensps.exchange.mail import building
from opensps.exchange.mail.building import Built, Files, Letter, Protection
from opensps.exchange.mail.fields import SpsFields, sha256_hex
from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import CredentialUse, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.services.mail_processing import MailProcessor
from opensps.exchange.services.messages import message_process, message_receive, processor_register
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from tests.factories.incoming import NUMBER
from tests.factories.mail import NOW, SECRET, XA, XB, certificate_pem, exchange_key, pinned
from tests.factories.partners import confirmed_key, live_partner

THEIR_DELIVERY = "01JD00000000000000000000B1"
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
MAIL = MailTerms(address=XA, secret=SECRET, keys=(exchange_key(XA, "rsa"),))


def mail_partner(code: str = "XB", *, address: str = XB, pins: bool = True, **options: Any) -> Partner:
    """Return a partner in live exchange by mail, whose exchange certificate is pinned."""
    partner = live_partner(code, channel=Channel.SMTP, address=address, options=options)
    if pins:
        pin(partner, exchange_key(address))
    return partner


def pin(partner: Partner, key: ExchangeKey) -> None:
    """Pin one more exchange certificate of a partner."""
    confirmed_key(
        partner,
        use=CredentialUse.SMIME_SIGN,
        fingerprint=pinned(key).fingerprint,
        material=certificate_pem(key).decode("ascii"),
    )


def connection_of(partner: Partner) -> PartnerConnection:
    """Return the mail connection of a partner as it stands."""
    return PartnerConnection.objects.get(partner=partner, channel=Channel.SMTP)


def their_letter(**changes: Any) -> Letter:
    """Return a letter of XB to XA."""
    given: dict[str, Any] = {
        "sender": XB,
        "sender_name": "SPS exchange XB",
        "recipient": XA,
        "message_id": "m1@ecert.xb.example",
        "subject": "SPS certificate issued",
        "dated_at": NOW,
    }
    return Letter(**(given | changes))


def their_fields(content: bytes, **changes: str) -> SpsFields:
    """Return the fields of a message of XB with this content."""
    given = {
        "action": "issue",
        "delivery": THEIR_DELIVERY,
        "sender": "XB",
        "recipient": "XA",
        "certificate": NUMBER,
        "type_code": "851",
        "status_code": "70",
        "version": "1",
        "content_digest": sha256_hex(content),
    }
    return SpsFields(**(given | changes))


def their_mail(
    content: bytes, *, key: ExchangeKey | None = None, letter: dict[str, Any] | None = None, **said: str
) -> Built:
    """Return a certificate mail of XB."""
    return building.certificate_mail(
        their_letter(**(letter or {})),
        their_fields(content, **said),
        Files(content=content),
        text="A certificate.",
        protection=Protection(key=key or exchange_key(XB)),
    )


def their_answer(
    delivery: str, result: str = "RECEIVED", *, document: bytes = b"", key: ExchangeKey | None = None, **said: str
) -> Built:
    """Return an acknowledgement mail of XB about a delivery of ours."""
    given = {"action": "acknowledge", "result": result, "answers_delivery": delivery, "version": ""} | said
    fields = their_fields(document, **given)
    letter = their_letter(
        message_id=f"ack-{len(delivery)}-{delivery[-4:].strip(chr(0)).lower()}-{result}@ecert.xb.example",
        submitted=building.AUTO_REPLIED,
    )
    return building.acknowledgement_mail(
        letter, fields, document, text="", protection=Protection(key=key or exchange_key(XB))
    )


def arrive(raw: bytes, *, mail: MailTerms = MAIL, terms: ReceivingTerms = TERMS, **facts: Any) -> ReceivedMessage:
    """Let a mail arrive and be processed; return what is kept of it."""
    from opensps.exchange.mail.reading import outer_message_id  # noqa: PLC0415  as the listener does

    given = {"mail_from": "bounce@ecert.xb.example", "rcpt_to": XA, "peer": "127.0.0.1", "tls": True} | facts
    kept = message_receive(
        authority="XA", channel=Channel.SMTP, raw=raw, facts=given, message_key=outer_message_id(raw), at=NOW
    )
    return process(kept, mail=mail, terms=terms)


def process(kept: ReceivedMessage, *, mail: MailTerms = MAIL, terms: ReceivingTerms = TERMS) -> ReceivedMessage:
    """Process a mail that is kept."""
    processor_register(Channel.SMTP, MailProcessor(lambda: mail))
    return message_process(received_id=kept.pk, terms=terms, at=NOW)
