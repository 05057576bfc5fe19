"""Inquiries of partners, and their answers to ours, as they come by mail: taken in, or set aside and not believed.

Source: `lifecycles.md` 5.2, `fraud.md` 3 no. 21. Only mail that a partner's exchange key signed comes so far. What an
answer finds is taken from the signed reply in it alone, and only where a key of that authority made it; a reply to a
question we never put to this partner, or older than the question, counts for nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction

from opensps.accounts.queries import SYSTEM
from opensps.border.errors import InquiryRefused
from opensps.border.inquiries import BY_MAIL
from opensps.border.inquiry_documents import BY_ANSWERER, DocumentUnreadable, InquiryDocument, read_document
from opensps.border.inquiry_values import Decision, File, Question, Saying
from opensps.border.queries import Inquiry
from opensps.border.queries.inquiries import inquiry_of_asker, inquiry_to, number_there
from opensps.border.replies import Reply, ReplyNotAuthentic, read_reply
from opensps.border.services.for_partners import Asking
from opensps.border.services.inquiring import inquiry_act, inquiry_open
from opensps.border.services.inquiry_machine import machine_of
from opensps.border.services.inquiry_measures import answer_follow
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import versions_for_caller
from opensps.exchange.queries.partners import partner_by_code
from opensps.exchange.terms import InboundMessage, MessageRefused
from opensps.lifecycle.inquiry import InquiryAct, InquiryFinding, InquiryMeasure, InquiryParty
from opensps.project.keys import own_trust
from opensps.web.documents import proof_of

REPLY_NOT_AUTHENTIC, UNREADABLE, OUT_OF_TURN = "REPLY_NOT_AUTHENTIC", "INQUIRY_UNREADABLE", "INQUIRY_OUT_OF_TURN"
"""Reasons under which a message of an inquiry is set aside; permanent."""

_JSON: Final = "application/json"
_SKEW: Final = timedelta(minutes=5)
_SILENT: Final = frozenset({InquiryAct.MACHINE_FINDING, InquiryAct.ACKNOWLEDGE, InquiryAct.ROUTE})
"""Acts of the answerer that say how far it is: one that comes late or twice changes nothing."""


def inquiry_take(message: InboundMessage) -> bool:
    """Take one message of an inquiry; false for what is none. Raises `MessageRefused` for what is not believed."""
    documents = [each.data for each in message.enclosed if each.kind == _JSON]
    if not message.is_signed or not documents:
        return False
    files = {hashlib.sha256(each.data).hexdigest(): each.data for each in message.enclosed if each.kind != _JSON}
    said = _read(documents, files)
    if said.sender != message.partner:
        raise MessageRefused(REPLY_NOT_AUTHENTIC, "it speaks for another authority than the one that signed it")
    try:
        if said.act in BY_ANSWERER:
            _answered(message, said)
        elif said.act is InquiryAct.OPEN:
            _opened(message, said)
        else:
            _moved(message, said)
    except InquiryRefused as refused:
        raise MessageRefused(OUT_OF_TURN, refused.reason) from None
    return True


def _read(documents: list[bytes], files: Mapping[str, bytes]) -> InquiryDocument:
    if len(documents) != 1:
        raise MessageRefused(UNREADABLE, "not exactly one document of an inquiry")
    try:
        return read_document(documents[0], files=files)
    except DocumentUnreadable as exc:
        raise MessageRefused(UNREADABLE, f"not a message of an inquiry: {exc.part}") from None


def _opened(message: InboundMessage, said: InquiryDocument) -> None:
    """Open an inquiry of the partner; our register answers in the same moment."""
    asking = _asking(message, said.presented)
    question = Question(
        number=said.certificate,
        subject=said.subject,
        priority=said.priority,
        location=said.location,
        presented=said.presented,
    )
    if not said.texts:
        raise MessageRefused(UNREADABLE, "a question without words")
    inquiry_open(
        authority=message.authority,
        asker=message.partner,
        question=question,
        saying=_saying(said, f"{BY_MAIL}{said.inquiry}"),
        machinery=lambda: machine_of(question.number, asking),
        at=message.at,
    )


def _moved(message: InboundMessage, said: InquiryDocument) -> None:
    """Do a further act of the asker on the inquiry it opened by mail."""
    opened = f"{BY_MAIL}{said.inquiry}"
    inquiry = inquiry_of_asker(authority=message.authority, asker=message.partner, request_id=opened)
    if inquiry is None:
        raise MessageRefused(OUT_OF_TURN, "it speaks of an inquiry this partner did not open by mail")
    inquiry_act(
        authority=message.authority,
        inquiry_number=inquiry.inquiry_number,
        act=said.act,
        party=InquiryParty.ASKER,
        saying=_saying(said, f"{opened}:{said.sequence}"[:64]),
        actor=f"partner:{message.partner}",
        asker=message.partner,
        decision=Decision(action=said.action),
        at=message.at,
    )


def _answered(message: InboundMessage, said: InquiryDocument) -> None:
    """Note how far the partner is with a question of ours, or what it answers."""
    inquiry = inquiry_to(authority=message.authority, answerer=message.partner, inquiry_number=said.inquiry)
    if inquiry is None:
        raise MessageRefused(REPLY_NOT_AUTHENTIC, "it answers nothing that this partner was asked")
    theirs = number_there(inquiry)
    if theirs and said.theirs != theirs:
        raise MessageRefused(REPLY_NOT_AUTHENTIC, "it speaks of another inquiry than the one that was opened there")
    if said.act is InquiryAct.SEND:
        reply = proven_reply(inquiry, said.statement, theirs=said.theirs)
        answer_record(inquiry, reply, statement=said.statement, files=said.files, theirs=said.theirs, at=message.at)
        return
    progress_note(inquiry, said.act, saying=_saying(said, ""), theirs=said.theirs, at=message.at)


def progress_note(inquiry: Inquiry, act: InquiryAct, *, saying: Saying, theirs: str = "", at: datetime) -> None:
    """Note how far the partner is; an act that only says so and comes late or twice changes nothing."""
    try:
        inquiry_act(
            authority=inquiry.authority,
            inquiry_number=inquiry.inquiry_number,
            act=act,
            party=InquiryParty.SYSTEM if act is InquiryAct.MACHINE_FINDING else InquiryParty.PARTNER,
            saying=saying,
            actor=f"partner:{inquiry.answerer}",
            theirs=theirs,
            at=at,
        )
    except InquiryRefused:
        if act not in _SILENT:
            raise


@transaction.atomic
def answer_record(
    inquiry: Inquiry, reply: Reply, *, statement: bytes, files: tuple[File, ...] = (), theirs: str = "", at: datetime
) -> None:
    """Record a proven reply of a partner, and do what follows from it. Raises `InquiryRefused` state."""
    done = inquiry_act(
        authority=inquiry.authority,
        inquiry_number=inquiry.inquiry_number,
        act=InquiryAct.RECORD_ANSWER,
        party=InquiryParty.PARTNER,
        saying=Saying(texts=reply.texts, files=files),
        actor=f"partner:{inquiry.answerer}",
        decision=decision_of(reply),
        statement=statement,
        theirs=theirs,
        at=at,
    )
    answer_follow(done, sender=SYSTEM, at=at)


def proven_reply(
    inquiry: Inquiry,
    statement: bytes,
    *,
    theirs: str,
    names: frozenset[str] = frozenset(),
    numbers: frozenset[str] = frozenset(),
    is_earlier_known: bool = False,
) -> Reply:
    """Return the reply that the authority itself signed to this question. Raises `MessageRefused`.

    ``theirs`` is their number of it; ``names`` and ``numbers`` are what else than our code and our number they may
    know us and the inquiry by. With ``is_earlier_known`` a reply of an earlier round is returned too.
    """
    try:
        reply = read_reply(
            statement, authority=inquiry.answerer, trust=own_trust(), accepts_training=settings.OPENSPS_DEMO
        )
    except ReplyNotAuthentic as exc:
        raise MessageRefused(REPLY_NOT_AUTHENTIC, f"the reply is not signed by this authority: {exc}") from None
    is_about_it = (reply.certificate, reply.inquiry_number) == (inquiry.number, theirs)
    is_of_round = reply.round == inquiry.rounds or (is_earlier_known and 0 <= reply.round < inquiry.rounds)
    is_to_us = (reply.asker is None or reply.asker in {inquiry.authority, *names}) and (
        reply.asked_as is None or reply.asked_as in {inquiry.inquiry_number, *numbers}
    )
    if not (is_about_it and is_of_round and is_to_us) or reply.sent_at < inquiry.opened_at - _SKEW:
        raise MessageRefused(REPLY_NOT_AUTHENTIC, "the signed reply answers another question")
    return reply


def decision_of(reply: Reply) -> Decision:
    """Return what a signed reply decides. Raises `MessageRefused` for words nobody knows."""
    try:
        measures = tuple(InquiryMeasure(each) for each in reply.measures)
        return Decision(finding=InquiryFinding(reply.finding), measures=measures)
    except ValueError:
        raise MessageRefused(UNREADABLE, "a finding or measure that is none") from None


def _saying(said: InquiryDocument, request_id: str) -> Saying:
    return Saying(texts=said.texts, files=said.files, request_id=request_id)


def _asking(message: InboundMessage, presented: Mapping[str, str]) -> Asking:
    """Return who asks: what was sent to the partner is answered in full, all else as to a stranger."""
    partner = partner_by_code(authority=message.authority, code=message.partner)

    def was_sent(number: str) -> bool:
        try:
            return bool(number) and bool(versions_for_caller(partner=partner, number=number))
        except EnvelopeNotFound:
            return False

    return Asking(
        authority=message.authority,
        partner=message.partner,
        at=message.at,
        trust=own_trust(),
        may_see=cache(was_sent),
        accepts_training=settings.OPENSPS_DEMO,
        proofs=proof_of,
        presented=presented,
        country=next(iter(partner.countries), ""),
    )


def is_by_mail(request_id: str) -> bool:
    """Tell whether the request of an inquiry's first message came by mail."""
    return request_id.startswith(BY_MAIL)


def their_number(request_id: str) -> str:
    """Return the asker's own number of an inquiry that came by mail."""
    return request_id.removeprefix(BY_MAIL)
