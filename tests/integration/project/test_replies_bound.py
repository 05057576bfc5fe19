"""A signed reply counts for the very question it was given to: not for another asker's, nor for another of ours."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opensps.border.inquiry_documents import InquiryDocument, write_document
from opensps.border.inquiry_values import Decision, Question, Saying
from opensps.border.models import Inquiry, InquiryReply
from opensps.border.replies import Reply, sign_reply
from opensps.border.services.inquiring import inquiry_open
from opensps.exchange.terms import Enclosed, InboundMessage, MessageRefused
from opensps.exchange.transports import Channel
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject
from opensps.project.partner_inquiries import inquiry_take
from tests.factories import mail as mails
from tests.factories import signing
from tests.factories.certification import cast, certificate_in
from tests.factories.partners import live_partner
from tests.integration.border.test_inquiries import BOTH, DESK, EXAMINER, GENUINE, NOW, WESTMARK, done
from tests.integration.border.test_inquiries import asked as asked_by_page


def signed_reply(inquiry: Inquiry, **changes: Any) -> bytes:
    """Return what XA signs to an inquiry of XB."""
    reply = Reply(
        authority="XA", inquiry_number="XA-Q-7", certificate=inquiry.number, round=0, finding="genuine",
        measures=("release_advised",), texts=(("en", "It is genuine."),), evidence=bytes(32), sent_at=mails.NOW,
        asker="XB", asked_as=inquiry.inquiry_number,
    )  # fmt: skip
    return sign_reply(replace(reply, **changes), signer=signing.signer())


@pytest.fixture
def number(db: None, tmp_path: Path, settings: Any) -> str:
    """Return the number of a certificate of XA; XB believes the seal of XA."""
    (tmp_path / "seals.note").write_bytes(signing.signed_list(signing.trust_list().entries))
    (tmp_path / "roots.txt").write_text("\n".join(str(each) for each in signing.root_keys().keys))
    settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS = tmp_path / "seals.note", tmp_path / "roots.txt"
    settings.OPENSPS_DEMO = True
    return certificate_in(cast()).number


def ours(number: str) -> Inquiry:
    """Return what XB asks XA."""
    question = Question(
        number=number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE,
        direction=Inquiry.OUTBOUND, answerer="XA", asked_by="b" * 32,
    )  # fmt: skip
    said = Saying(texts=(("en", "Did you issue it?"),))
    return inquiry_open(authority="XB", asker="XB", question=question, saying=said, machinery=None, at=NOW)


def come(authority: str, partner: str, document: InquiryDocument) -> None:
    """Hand a signed mail to an authority."""
    message = InboundMessage(
        authority=authority, partner=partner, delivery_number="D", number=document.certificate, type_code="",
        status_code="", content=b"", at=NOW, enclosed=(Enclosed("application/json", write_document(document)),),
        is_signed=True,
    )  # fmt: skip
    assert inquiry_take(message)


def there(inquiry: Inquiry) -> Inquiry:
    """Let an inquiry of XB come to XA by mail; return what XA opened."""
    live_partner("XB", channel=Channel.SMTP, address="exchange@ecert.xb.example")
    question = InquiryDocument(
        sender="XB", inquiry=inquiry.inquiry_number, act=InquiryAct.OPEN, sequence=1, sent_at=NOW,
        certificate=inquiry.number, texts=(("en", "Did you issue it?"),),
    )  # fmt: skip
    come("XA", "XB", question)
    return Inquiry.objects.filter(authority="XA").latest("pk")


def answered(inquiry: Inquiry) -> tuple[str, bytes]:
    """Return number and signed reply of an inquiry that XA answers."""
    done(inquiry, DESK, InquiryAct.ROUTE, decision=Decision(office="014"))
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)
    done(inquiry, DESK, InquiryAct.SEND)
    return inquiry.inquiry_number, bytes(InquiryReply.objects.filter(authority="XA").latest("pk").statement)


def give(inquiry: Inquiry, theirs: str, statement: bytes, act: InquiryAct = InquiryAct.SEND) -> None:
    """Let a mail of XA come to XB in answer to an inquiry."""
    said = InquiryDocument(
        sender="XA", inquiry=inquiry.inquiry_number, theirs=theirs, act=act, sequence=2, sent_at=NOW,
        certificate=inquiry.number, statement=statement,
    )  # fmt: skip
    come("XB", "XA", said)


def test_a_reply_meant_for_another_country_answers_nothing_of_ours(number: str) -> None:
    inquiry = ours(number)
    theirs, statement = answered(asked_by_page(number, actor=WESTMARK))
    with pytest.raises(MessageRefused):
        give(inquiry, theirs, statement)
    inquiry.refresh_from_db()
    assert inquiry.state == "open"


def test_a_reply_to_another_inquiry_of_ours_about_that_number_answers_not_this_one(number: str) -> None:
    first, second = ours(number), ours(number)
    theirs, statement = answered(there(second))
    with pytest.raises(MessageRefused):
        give(first, theirs, statement)
    give(second, theirs, statement)
    second.refresh_from_db()
    assert (second.state, second.finding) == ("answered", "genuine")


def test_the_number_they_gave_first_stands(number: str) -> None:
    inquiry = ours(number)
    give(inquiry, "XA-Q-1", b"", InquiryAct.ACKNOWLEDGE)
    old = {"asker": None, "asked_as": None}
    with pytest.raises(MessageRefused):
        give(inquiry, "XA-Q-7", signed_reply(inquiry, **old))
    with pytest.raises(MessageRefused):
        give(inquiry, "XA-Q-7", b"", InquiryAct.ROUTE)
    give(inquiry, "XA-Q-1", signed_reply(inquiry, inquiry_number="XA-Q-1", sent_at=NOW, **old))
    inquiry.refresh_from_db()
    assert inquiry.state == "answered", "a statement without the new claims counts where nothing contradicts it"


@pytest.mark.parametrize("wrong", [{"asker": "XC"}, {"asker": ""}, {"asked_as": "XB-Q-OTHER"}, {"asked_as": ""}])
def test_a_claim_that_contradicts_is_refused(number: str, wrong: dict[str, str]) -> None:
    inquiry = ours(number)
    with pytest.raises(MessageRefused):
        give(inquiry, "XA-Q-7", signed_reply(inquiry, sent_at=NOW, **wrong))
    give(inquiry, "XA-Q-7", signed_reply(inquiry, sent_at=NOW))
