"""Inquiries on their way to partners: what we ask goes over their channel, what they asked by mail is answered by mail.

Source: `lifecycles.md` 5.2, `exchange.md` 4.2, 5.2. It follows the events of `border` and fills the outbox of
`exchange`; the two rooms do not know each other. Who asked over REST or SOAP reads the answer there and is told by
webhook; officials read it on their pages.
"""

from typing import Final

from opensps.border.inquiries import SENDING
from opensps.border.inquiry_documents import (
    BEGINNINGS,
    BY_ANSWERER,
    BY_ASKER,
    MOST_FILES,
    InquiryDocument,
    write_document,
)
from opensps.border.inquiry_values import File
from opensps.border.queries import Inquiry
from opensps.border.queries.inquiries import Spoken, spoken
from opensps.events.queries import EventView, events_for
from opensps.exchange.queries.inquiries import CARRIERS
from opensps.exchange.services.saying import Said, message_queue
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject, MachineFinding
from opensps.project.partner_inquiries import is_by_mail, their_number

_INQUIRY: Final = "inquiry"
MOST_TOGETHER: Final = 6_500_000
"""Octets of the files of one message: more does not fit into a mail of 10 MiB."""

LEFT_OUT: Final = (
    ("en", "Some files are too large to be sent with this message. Ask us for them."),
    ("zh", "部分附件过大，未随本信件发送，请向我方索取。"),
)
_MAIL_ONLY: Final = frozenset({Channel.SMTP})


class InquirySendingConsumer:
    """Follows inquiries."""

    name = SENDING
    kinds = frozenset({_INQUIRY})

    def handle(self, event: EventView) -> None:
        """Queue the message of one event; nothing where it goes to nobody by these ways."""
        act = _act(event)
        said = event.payload or {}
        if act is None:
            return
        found = spoken(
            authority=event.authority,
            inquiry_number=event.object_id,
            sequence=int(said.get("message", 0)),
            round_=int(said.get("round", 0)),
        )
        if found is None or found.inquiry.kind != Inquiry.CERTIFICATE:
            return
        if found.inquiry.direction == Inquiry.OUTBOUND and act in BY_ASKER:
            self._queue(event, found, _document(event, found, act, ours=event.object_id), found.inquiry.answerer)
        elif found.inquiry.direction == Inquiry.INBOUND and is_by_mail(found.request_id) and act in BY_ANSWERER:
            document = _document(event, found, act, ours=their_number(found.request_id))
            self._queue(event, found, document, found.inquiry.asker)

    def _queue(self, event: EventView, found: Spoken, document: InquiryDocument, partner: str) -> None:
        opened = events_for(authority=event.authority, object_kind=_INQUIRY, object_id=event.object_id)[0]
        is_ours = found.inquiry.direction == Inquiry.OUTBOUND
        message_queue(
            Said(
                authority=event.authority,
                partner=partner,
                number=found.inquiry.number,
                content=write_document(document),
                event_id=event.id,
                opened_by=opened.id if opened.id != event.id else None,
                channels=CARRIERS if is_ours else _MAIL_ONLY,
                at=event.at,
            )
        )


def _act(event: EventView) -> InquiryAct | None:
    """Return the act that an event tells the other side of."""
    name = event.act.rpartition(".")[2]
    return next((each for each in BY_ASKER | BY_ANSWERER if each == name), None)


def _document(event: EventView, found: Spoken, act: InquiryAct, *, ours: str) -> InquiryDocument:
    inquiry = found.inquiry
    files = _files(found)
    is_asker = act in BY_ASKER
    finding = inquiry.machine_finding if act is InquiryAct.MACHINE_FINDING else ""
    return InquiryDocument(
        sender=event.authority,
        inquiry=ours,
        theirs="" if is_asker else inquiry.inquiry_number,
        act=act,
        sequence=int((event.payload or {}).get("message", 0)),
        sent_at=event.at,
        certificate=inquiry.number,
        subject=InquirySubject(inquiry.subject),
        priority=InquiryPriority(inquiry.priority),
        location=inquiry.location,
        presented=inquiry.evidence.get("presented") or {} if act is InquiryAct.OPEN else {},
        texts=found.texts if len(files) == len(found.files) else (*found.texts, *LEFT_OUT),
        files=files,
        action=inquiry.action if act is InquiryAct.REPORT_ACTION else "",
        machine_finding=MachineFinding(finding) if finding else None,
        statement=found.statement if act is InquiryAct.SEND else b"",
    )


def _files(found: Spoken) -> tuple[File, ...]:
    """Return the files that fit, in their order."""
    kept: list[File] = []
    for each in found.files[:MOST_FILES]:
        if each.media_type in BEGINNINGS and sum(len(one.content) for one in (*kept, each)) <= MOST_TOGETHER:
            kept.append(each)
    return tuple(kept)


INQUIRY_SENDING_CONSUMER = InquirySendingConsumer()
