"""Attack 21 through the SMTP listener: forged replies and endorsements by mail have no effect and raise an alert."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from opensps.accounts.models import AccessRequest
from opensps.border.inquiry_documents import InquiryDocument, write_document
from opensps.border.inquiry_values import Question, Saying
from opensps.border.models import Alert, Inquiry, InquiryReply
from opensps.border.replies import Reply, sign_reply
from opensps.border.services.inquiring import inquiry_open
from opensps.events.services import worker_run_until_idle
from opensps.exchange.mail import building
from opensps.exchange.mail.building import Protection
from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.models import Decision, ReceivedMessage
from opensps.exchange.services.messages import message_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject
from opensps.project.partner_inquiries import inquiry_take
from opensps.project.serving.mail_server import Incoming
from opensps.signing.trust_entries import TrustedAuthority
from opensps.signing.trust_lines import Entries
from tests.databases import Fresh
from tests.factories import access, mail_exchange, signing
from tests.factories import mail as mails
from tests.factories.accounts import make_authority
from tests.factories.mail_listeners import Listener, listening
from tests.factories.mail_listeners import sent as smtp

XC = "exchange@ecert.xc.example"
PAPER = "XB/PC/2026/00318"
SEALS = {code: signing.UntrustedTestSigner.make(authority=code) for code in ("XB", "XC")}
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}), handlers=(inquiry_take,))


@dataclass
class Border:
    """Our installation with a question to Northland (XB), and its listener."""

    listener: Listener
    inquiry: Inquiry
    reference: str
    """Of a request for access that waits for its embassy."""

    count: int = 0

    def post(self, raw: bytes, *, mail_from: str = "bounce@ecert.xb.example") -> ReceivedMessage:
        """Hand a mail to our listener as any program does, let the workers work, return what was made of it."""
        self.count += 1
        smtp(self.listener, mail_from, mails.XA, raw)
        kept = ReceivedMessage.objects.latest("pk")
        assert bytes(kept.raw or b"") == raw
        made = mail_exchange.process(kept, terms=TERMS)
        worker_run_until_idle(at=mails.NOW)
        return made

    def mail(
        self,
        said: dict[str, Any] | None = None,
        *,
        sender: str = mails.XB,
        key: ExchangeKey | None = None,
        to: str = "XA",
        statement: bytes | None = None,
    ) -> bytes:
        """Return the mail with which a partner answers; each part of it can be forged."""
        given: dict[str, Any] = {
            "sender": "XB",
            "inquiry": self.inquiry.inquiry_number,
            "theirs": "XB-Q-2026-7",
            "act": InquiryAct.SEND,
            "sequence": 3,
            "sent_at": mails.NOW,
            "certificate": PAPER,
            "texts": (("en", "It is genuine."),),
            "statement": self.statement() if statement is None else statement,
        }
        parts = building.inquiry_parts(write_document(InquiryDocument(**(given | (said or {})))))
        code = sender.partition("@ecert.")[2][:2].upper()
        fields = mail_exchange.their_fields(
            parts.document, action="inquiry", sender=code, recipient=to, type_code="", status_code="", version=""
        )
        letter = mail_exchange.their_letter(sender=sender, message_id=f"q{self.count}@ecert.xb.example")
        text = f"About your inquiry {self.inquiry.inquiry_number}."
        held = Protection(key=key or mails.exchange_key(sender))
        return building.inquiry_mail(letter, fields, parts, text=text, protection=held).data

    def statement(self, *, by: str = "XB", **changes: Any) -> bytes:
        """Return a signed reply."""
        reply = Reply(
            authority=by,
            inquiry_number="XB-Q-2026-7",
            certificate=PAPER,
            round=0,
            finding="genuine",
            measures=("release_advised",),
            texts=(("en", "It is genuine."),),
            evidence=bytes(32),
            sent_at=mails.NOW,
        )
        return sign_reply(replace(reply, **changes), signer=SEALS[by])


@pytest.fixture
def border(fresh_database: Fresh, tmp_path: Path, settings: Any) -> Iterator[Border]:
    """Northland and Westmark write by mail, their seals are on our trust list, Northland was asked."""
    make_authority()
    reference = access.sent(access.desk("XB"))
    mail_exchange.mail_partner("XB")
    mail_exchange.mail_partner("XC", address=XC)
    known = tuple(TrustedAuthority(code, f"Authority {code}", ()) for code in SEALS)
    listed = Entries(known, tuple(signing.trusted(seal, authority=code) for code, seal in SEALS.items()))
    (tmp_path / "seals.note").write_bytes(signing.signed_list(listed))
    settings.OPENSPS_TRUST_FILE = tmp_path / "seals.note"
    question = Question(
        number=PAPER, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE,
        direction=Inquiry.OUTBOUND, answerer="XB", asked_by="a" * 32,
    )  # fmt: skip
    said = Saying(texts=(("en", "Did you issue this?"),))
    asked = inquiry_open(authority="XA", asker="XA", question=question, saying=said, machinery=None, at=mails.NOW)
    with listening(None, ours=mails.XA, store=_kept) as listener:
        yield Border(listener, asked, reference)


def _kept(mail: Incoming) -> None:
    try:
        facts = {"mail_from": mail.mail_from, "rcpt_to": mail.rcpt_to, "tls": mail.is_tls}
        message_receive(authority="XA", channel="smtp", raw=mail.raw, facts=facts, at=mails.NOW)
    finally:
        connections.close_all()


def test_attack_21_forged_replies_by_mail_have_no_effect_and_the_true_one_has(border: Border) -> None:
    stranger = "minister@ecert.xd.example"
    other = border.statement(certificate="XB/PC/2026/1")
    old = border.statement(sent_at=mails.NOW.replace(year=2025))
    altered = border.statement().replace(b"genuine", b"altered")
    plain = mails.plain_mail(body=f"Re {border.inquiry.inquiry_number}: genuine, release it.", sender=mails.XB)
    forged: tuple[tuple[str, bytes], ...] = (
        ("SIGNATURE", plain),
        ("UNKNOWN_SENDER", border.mail(sender=stranger)),
        ("SIGNATURE", border.mail(key=mails.exchange_key(mails.XB, "rsa"))),
        ("SIGNATURE", border.mail(key=mails.exchange_key(XC))),
        ("SIGNATURE", border.mail().replace(b'"act":"send"', b'"act":"none"').replace(b"SPS-Action", b"SPS-Actiom")),
        ("REPLY_NOT_AUTHENTIC", border.mail({"sender": "XC"}, sender=XC, statement=border.statement(by="XC"))),
        ("REPLY_NOT_AUTHENTIC", border.mail(sender=XC)),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=border.statement(by="XC"))),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=altered)),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=b"")),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=other)),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=old)),
        ("REPLY_NOT_AUTHENTIC", border.mail(statement=border.statement(round=1))),
        ("CONTENT", border.mail(to="XC")),
    )
    for reason, raw in forged:
        Alert.objects.all().delete()
        kept = border.post(raw)
        assert (kept.decision, kept.reason) == (Decision.QUARANTINED, reason), kept.reason_text
        border.inquiry.refresh_from_db()
        assert (border.inquiry.state, border.inquiry.finding) == ("open", ""), reason
        assert not InquiryReply.objects.exists()
        alert = Alert.objects.get()
        assert (alert.rule, alert.subject) == ("S12", border.inquiry.inquiry_number), reason
        assert alert.rows[0]["reason"] == reason

    Alert.objects.all().delete()
    true = border.mail()
    assert border.post(true).decision == Decision.HANDED_ON
    border.inquiry.refresh_from_db()
    assert (border.inquiry.state, border.inquiry.finding) == ("answered", "genuine")
    assert InquiryReply.objects.count() == 1
    again = border.post(true)
    assert again.decision == Decision.IGNORED, "the same letter again says nothing new"
    assert not Alert.objects.exists()


def test_attack_21_an_endorsement_by_mail_has_no_effect_and_raises_an_alert(border: Border) -> None:
    body = f"The embassy of Northland confirms the request {border.reference}."
    signed = building.notice_mail(
        mail_exchange.their_letter(message_id="note@ecert.xb.example"),
        mail_exchange.their_fields(b"", action="inquiry", type_code="", status_code="", version=""),
        text=body,
        protection=Protection(key=mails.exchange_key(mails.XB)),
    ).data
    for raw in (mails.plain_mail(body=body, sender="embassy@xb.example"), signed):
        Alert.objects.all().delete()
        assert border.post(raw).decision == Decision.QUARANTINED
        assert AccessRequest.objects.get(reference=border.reference).state == "with_embassy"
        assert Alert.objects.get().subject == border.reference
