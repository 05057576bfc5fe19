"""Inquiries between two authorities: asked, found, asked back, supplied and answered by signed mail, and over REST."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.border.inquiry_documents import InquiryDocument, write_document
from opensps.border.inquiry_values import Decision, File, Question, Saying
from opensps.border.models import Inquiry, InquiryAttachment, InquiryReply
from opensps.border.queries import messages_of
from opensps.border.services.inquiring import inquiry_act, inquiry_open
from opensps.certification.models import Certificate
from opensps.events.services import worker_run_until_idle
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import Envelope, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.services.mail_processing import MailProcessor
from opensps.exchange.services.messages import messages_process_due, processor_register
from opensps.exchange.services.saying import Said, message_queue
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.transport import Credential, Kind, Sent
from opensps.lifecycle.inquiry import InquiryAct, InquiryParty, InquiryPriority, InquirySubject
from opensps.project.inquiry_asking import partners_ask
from opensps.project.partner_inquiries import inquiry_take
from tests.databases import Fresh
from tests.factories import mail as mails
from tests.factories import signing
from tests.factories.certification import cast, certificate_in
from tests.factories.https_servers import HttpsServer, server_files
from tests.factories.partners import live_partner
from tests.factories.rest import partner_of, registered_secret, waiting_envelope
from tests.factories.rest_installation import installation
from tests.integration.border.test_inquiries import BOTH, DESK, EXAMINER, GENUINE, done
from tests.integration.exchange import test_mail_both_sides as by_mail
from tests.integration.exchange.test_mail_both_sides import Sides
from tests.integration.exchange.test_rest_transport import connected, outbound

sides = by_mail.sides
"""XA and XB, each with a listener."""

SEAL = File("seal.png", "image/png", b"\x89PNG\r\n\x1a\n seal")
SHORTLY = timedelta(minutes=1)


class Talk:
    """Both sides at work on one inquiry of XB about a certificate of XA."""

    def __init__(self, sides: Sides, certificate: Certificate) -> None:
        self.sides, self.certificate = sides, certificate
        self.asked = inquiry_open(
            authority="XB",
            asker="XB",
            question=Question(
                number=certificate.number,
                subject=InquirySubject.CONTENT,
                priority=InquiryPriority.PERISHABLE,
                presented={"import_country": "XB"},
                direction=Inquiry.OUTBOUND,
                answerer="XA",
                asked_by="b" * 32,
            ),
            saying=Saying(texts=(("en", "Is the seal right?"),)),
            machinery=None,
            at=mails.NOW,
        )

    def carry(self) -> None:
        """Let everything that waits go over and be taken in, both ways, until nothing waits."""
        for _ in range(3):
            worker_run_until_idle(at=mails.NOW + SHORTLY)
            for side in ("XA", "XB"):
                self.sides.deliver(side, mails.NOW + SHORTLY)
            for side in ("XA", "XB"):
                mail = MailTerms(address=by_mail.ADDRESSES[side], secret=mails.SECRET)
                processor_register(Channel.SMTP, MailProcessor(lambda mail=mail: mail))  # type: ignore[misc]  # bound
                terms = ReceivingTerms(extra_countries=by_mail.COUNTRIES, handlers=(inquiry_take,))
                messages_process_due(authority=side, terms=terms, at=mails.NOW + SHORTLY)
        assert not ReceivedMessage.objects.filter(decision="quarantined").values("reason", "reason_text")

    @property
    def there(self) -> Inquiry:
        """The inquiry as XA has it."""
        return Inquiry.objects.get(authority="XA")

    def here(self) -> Inquiry:
        """The inquiry as XB has it."""
        self.asked.refresh_from_db()
        return self.asked

    def say(self, act: InquiryAct, text: str, *files: File, **further: Any) -> None:
        """Do an act of XB."""
        inquiry_act(
            authority="XB", inquiry_number=self.asked.inquiry_number, act=act, party=InquiryParty.ASKER,
            saying=Saying(texts=(("en", text),), files=files), actor="b" * 32, asker="XB",
            at=mails.NOW + SHORTLY, **further,
        )  # fmt: skip


@pytest.fixture
def _seals(tmp_path: Path, settings: Any) -> None:
    """Both sides believe the seal of XA."""
    (tmp_path / "seals.note").write_bytes(signing.signed_list(signing.trust_list().entries))
    (tmp_path / "roots.txt").write_text("\n".join(str(each) for each in signing.root_keys().keys))
    settings.OPENSPS_TRUST_FILE, settings.OPENSPS_TRUST_ROOTS = tmp_path / "seals.note", tmp_path / "roots.txt"


@pytest.mark.usefixtures("_seals")
def test_an_inquiry_goes_over_by_mail_and_the_signed_reply_comes_back_by_itself(sides: Sides) -> None:
    certificate = certificate_in(cast())
    worker_run_until_idle(at=mails.NOW)
    sides.deliver("XA")
    talk = Talk(sides, certificate)
    talk.carry()
    assert (talk.there.asker, talk.there.subject, talk.there.priority) == ("XB", "content", "perishable")
    assert talk.there.machine_finding == "fields_match", "what was sent to the asker is compared at once"
    assert [each.act for each in messages_of(talk.here())] == ["open", "machine_finding"], "and the finding was sent"

    at = {"at": mails.NOW + SHORTLY}
    done(talk.there, DESK, InquiryAct.ROUTE, decision=Decision(office="014"), **at)
    done(talk.there, EXAMINER, InquiryAct.ASK_BACK, Saying(texts=(("en", "Send a picture."),)), **at)
    talk.carry()
    assert talk.here().state == "waiting_asker"
    talk.say(InquiryAct.SUPPLY, "Here it is.", SEAL)
    talk.carry()
    assert talk.there.state == "with_office"
    given = InquiryAttachment.objects.get(authority="XA")
    assert (given.file_name, bytes(given.content)) == (SEAL.name, SEAL.content)

    done(talk.there, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE, **at)
    done(talk.there, DESK, InquiryAct.SEND, **at)
    talk.carry()
    assert (talk.here().state, talk.here().finding, talk.here().measures) == (
        "answered", "genuine", ["release_advised"],
    )  # fmt: skip
    statements = {bytes(each.statement) for each in InquiryReply.objects.all()}
    assert len(statements) == 1, "the asker holds the reply as it was signed"
    assert messages_of(talk.here())[-1].texts == [list(each) for each in BOTH.texts]

    talk.say(InquiryAct.REPORT_ACTION, "Released.", decision=Decision(action="released"))
    talk.carry()
    assert (talk.there.state, talk.there.action) == ("closed", "released")


@pytest.mark.django_db
def test_what_no_channel_carries_is_not_queued_and_nothing_is_queued_twice() -> None:
    from uuid import uuid4  # noqa: PLC0415  only here an event is made up

    live_partner("XB", channel=Channel.HUB)
    said = Said(authority="XA", partner="XB", number="N", content=b"{}", event_id=uuid4(), at=mails.NOW)
    assert message_queue(said) is None, "a hub carries no inquiries"
    live_partner("XC", channel=Channel.SMTP, address="exchange@ecert.xc.example")
    again = Said(authority="XA", partner="XC", number="N", content=b"{}", event_id=uuid4(), at=mails.NOW)
    assert message_queue(again) is not None
    assert message_queue(again) is None
    assert Envelope.objects.count() == 1


@pytest.mark.usefixtures("_seals")
def test_an_inquiry_goes_over_rest_and_its_answer_is_asked_for(
    fresh_database: Fresh, tmp_path: Path, settings: Any
) -> None:
    settings.OPENSPS_DEMO = True
    files, certificate, partner = server_files(tmp_path), certificate_in(cast()), partner_of()
    waiting_envelope(partner, number=certificate.number, content=bytes(certificate.xml or b""))
    secret = registered_secret(partner, name="xb").encode()
    _our_side_of_xb()
    asked = asked_of_xa(certificate.number)
    worker_run_until_idle(at=mails.NOW)
    message = Envelope.objects.get(authority="XB", kind="inquiry")
    assert message.content is not None
    transport = RestTransport()
    with HttpsServer(files, installation) as server:
        here = connected(server, files, Credential(use="oauth_client", name="xb", secret=secret, is_ours=True))
        sending = outbound(
            here, bytes(message.content.data or b""), kind=Kind.INQUIRY, delivery_number=message.delivery_number
        )
        sent, again = transport.send(sending), transport.send(sending)
        assert isinstance(sent, Sent), sent
        assert sent == again
        there = Inquiry.objects.get(authority="XA")
        assert (there.asker, sent.remote_number) == ("XB", there.inquiry_number), "a repeat asks nothing twice"
        Envelope.objects.filter(pk=message.pk).update(state="sent", sent_at=mails.NOW, remote_number=sent.remote_number)

        def ask() -> str:
            partners_ask(
                authority="XB", at=mails.NOW + SHORTLY, ask=lambda _here, number: transport.inquiry(here, number)
            )
            asked.refresh_from_db()
            return asked.state

        assert ask() == "open"
        done(there, DESK, InquiryAct.ROUTE, decision=Decision(office="014"), at=mails.NOW)
        assert ask() == "with_office"
        done(there, EXAMINER, InquiryAct.ASK_BACK, Saying(texts=(("en", "Which seal?"),)), at=mails.NOW)
        assert ask() == "waiting_asker"
        supplied = write_document(replace(supply_of(asked), files=(SEAL,)))
        more = outbound(here, supplied, kind=Kind.INQUIRY, delivery_number="M2", in_reply_to_remote=sent.remote_number)
        assert isinstance(transport.send(more), Sent)
        inquiry_act(
            authority="XB", inquiry_number=asked.inquiry_number, act=InquiryAct.SUPPLY, party=InquiryParty.ASKER,
            saying=Saying(), actor="b" * 32, at=mails.NOW,
        )  # fmt: skip
        worker_run_until_idle(at=mails.NOW + SHORTLY)
        Envelope.objects.filter(authority="XB", state="queued").update(state="sent", sent_at=mails.NOW)
        done(there, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE, at=mails.NOW)
        done(there, DESK, InquiryAct.SEND, at=mails.NOW)
        assert ask() == "answered"
    assert asked.finding == "genuine"
    assert InquiryReply.objects.filter(authority="XB").count() == 1
    assert [each.act for each in messages_of(asked)] == ["open", "machine_finding", "ask_back", "record_answer"]


def asked_of_xa(number: str) -> Inquiry:
    """Return what XB's border asks XA."""
    question = Question(
        number=number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE,
        presented={"net_weight.1": "1000 KGM"}, direction=Inquiry.OUTBOUND, answerer="XA", asked_by="b" * 32,
    )  # fmt: skip
    said = Saying(texts=(("en", "Did you issue it?"),))
    return inquiry_open(authority="XB", asker="XB", question=question, saying=said, machinery=None, at=mails.NOW)


def supply_of(asked: Inquiry) -> InquiryDocument:
    """Return what XB supplies."""
    return InquiryDocument(
        sender="XB", inquiry=asked.inquiry_number, act=InquiryAct.SUPPLY, sequence=4, sent_at=mails.NOW,
        texts=(("en", "This one."),),
    )  # fmt: skip


def _our_side_of_xb() -> None:
    """Write down, on XB's side, that XA is reached over REST."""
    xa = Partner.objects.create(
        authority="XB", code="XA", name_en="XA", countries=["XA"], state="live", created_at=mails.NOW,
        changed_at=mails.NOW,
    )  # fmt: skip
    PartnerConnection.objects.create(
        authority="XB", partner=xa, channel="rest", connection_code="XA", own_code="XB", side="client",
        address="https://ecert.xa.example/api/v1", changed_at=mails.NOW,
    )  # fmt: skip
