"""People in inquiries: who may ask, who may do which act, and the answer signed before it leaves.

Source: `lifecycles.md` 5.2, 5.3. The machine is `inquiring`; nobody gets past it. A person who may not see an inquiry
is answered like one who asks for an inquiry that does not exist.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from opensps.accounts.queries import Actor, office_by_code
from opensps.border.errors import InquiryRefused
from opensps.border.inquiry_parties import OPENING, may_read, party_for
from opensps.border.inquiry_values import NOTHING_DECIDED, Decision, Machinery, Question, Saying
from opensps.border.models import Inquiry
from opensps.border.queries.inquiries import asker_number, thread_of
from opensps.border.replies import Reply, evidence_digest, sign_reply
from opensps.border.services.inquiring import inquiry_act, inquiry_open
from opensps.border.services.inquiry_measures import answer_follow
from opensps.lifecycle import FOREIGN, Role
from opensps.lifecycle.access import AccessScope
from opensps.lifecycle.inquiry import InquiryAct, InquiryParty
from opensps.signing import Signer

ENGLISH, CHINESE = "en", "zh"
HOUR, MOST_IN_AN_HOUR = timedelta(hours=1), 60
"""So many inquiries one person opens; a desk that asks more has a machine account."""

MOST_MESSAGES = 200
"""In one inquiry."""

_SAYS_SOMETHING: Final = frozenset(
    {
        *(InquiryAct.ASK_BACK, InquiryAct.SUPPLY, InquiryAct.REWORK, InquiryAct.CONTEST, InquiryAct.REPORT_ACTION),
        *(InquiryAct.WITHDRAW_INQUIRY, InquiryAct.RECORD_ANSWER, InquiryAct.DRAFT_REPLY, InquiryAct.MEASURE_DONE),
    }
)


def inquiry_ask(
    *, authority: str, actor: Actor, question: Question, saying: Saying, machinery: Machinery | None, at: datetime
) -> Inquiry:
    """Open an inquiry for a person.

    Raises `InquiryRefused` not_found, text_missing, number_missing, request_reused, too_many.

    Officials of another country ask us, our border officers ask a partner; the enquiry point writes down what came by
    mail.
    """
    if not saying.texts:
        raise InquiryRefused("text_missing")
    asker, direction = _asking(authority, actor, question)
    if (
        Inquiry.objects.filter(authority=authority, asked_by=actor.id, opened_at__gt=at - HOUR).count()
        >= MOST_IN_AN_HOUR
    ):
        raise InquiryRefused("too_many")
    if question.kind == Inquiry.QUESTION or direction == Inquiry.OUTBOUND:
        machinery = None
    asked = replace(question, direction=direction, asked_by=actor.id)
    if direction == Inquiry.OUTBOUND and not (asked.answerer and asked.number):
        raise InquiryRefused("number_missing")
    return inquiry_open(authority=authority, asker=asker, question=asked, saying=saying, machinery=machinery, at=at)


def _asking(authority: str, actor: Actor, question: Question) -> tuple[str, str]:
    """Return as whom somebody asks, and which way."""
    if actor.authority != authority:
        raise InquiryRefused("not_found")
    if actor.roles & FOREIGN or actor.country:
        if Role.FOREIGN_OFFICER not in actor.roles or actor.lacks(AccessScope.INQUIRE) or not actor.country:
            raise InquiryRefused("not_found")
        return actor.country, Inquiry.INBOUND
    if question.kind == Inquiry.QUESTION:
        if Role.ENQUIRY_DESK not in actor.roles or not question.answerer:
            raise InquiryRefused("not_found")
        return question.answerer, Inquiry.INBOUND
    if not actor.roles & OPENING:
        raise InquiryRefused("not_found")
    return authority, Inquiry.OUTBOUND


def inquiry_do(
    *,
    authority: str,
    actor: Actor,
    inquiry_number: str,
    act: InquiryAct,
    saying: Saying,
    decision: Decision = NOTHING_DECIDED,
    signer: Signer | None = None,
    at: datetime,
) -> Inquiry:
    """Do one act of a person.

    SEND needs the signer: the reply is signed over what was drafted, before any row is locked. Raises `InquiryRefused`:
    not_found, state, text_missing, office_missing, reply_missing, other_person; and what the signer raises.
    """
    inquiry = Inquiry.objects.filter(authority=authority, inquiry_number=inquiry_number).first()
    if inquiry is None or not may_read(actor, inquiry):
        raise InquiryRefused("not_found", inquiry_number)
    party = party_for(actor, inquiry, act)
    if party is None:
        raise InquiryRefused("state", act.value)
    if inquiry.messages.count() >= MOST_MESSAGES:
        raise InquiryRefused("too_many")
    _check(inquiry, act, saying, decision)
    statement = b""
    if act is InquiryAct.SEND:
        saying, statement = _signed(inquiry, saying, signer, at)
    with transaction.atomic():
        done = inquiry_act(
            authority=authority,
            inquiry_number=inquiry_number,
            act=act,
            party=party,
            saying=saying,
            actor=actor.id,
            asker=inquiry.asker if party is InquiryParty.ASKER else "",
            decision=decision,
            statement=statement,
            expected=(inquiry.state, inquiry.changed_at),
            at=at,
        )
        if act in (InquiryAct.SEND, InquiryAct.RECORD_ANSWER):
            answer_follow(done, sender=actor, at=at)
    return done


def _check(inquiry: Inquiry, act: InquiryAct, saying: Saying, decision: Decision) -> None:
    """Ask the guards of an act (`lifecycles.md` 5.2, column guard)."""
    is_mute = not any(text.strip() for _language, text in saying.texts)
    if (act in _SAYS_SOMETHING or (act is InquiryAct.SEND and inquiry.kind == Inquiry.QUESTION)) and is_mute:
        raise InquiryRefused("text_missing")
    if act is InquiryAct.DRAFT_REPLY and {language for language, _text in saying.texts} != {ENGLISH, CHINESE}:
        raise InquiryRefused("text_missing", "both languages")
    if act is InquiryAct.ROUTE and inquiry.direction == Inquiry.INBOUND and not _is_place(inquiry, decision.office):
        raise InquiryRefused("office_missing", decision.office)
    if act is InquiryAct.ESTIMATE and decision.estimate_at is None:
        raise InquiryRefused("text_missing", "day")


def _is_place(inquiry: Inquiry, named: str) -> bool:
    """Tell whether an inquiry can be routed there: an office of ours; of a question any body that is named."""
    if inquiry.kind == Inquiry.QUESTION:
        return bool(named.strip())
    return office_by_code(authority=inquiry.authority, code=named) is not None


def _signed(inquiry: Inquiry, saying: Saying, signer: Signer | None, at: datetime) -> tuple[Saying, bytes]:
    """Return what is said to the asker, and the statement over it: of an inquiry what was drafted, nothing else."""
    said = saying if inquiry.kind == Inquiry.QUESTION else _drafted(inquiry, saying)
    if signer is None:
        raise InquiryRefused("not_signed")
    reply = Reply(
        authority=inquiry.authority,
        inquiry_number=inquiry.inquiry_number,
        certificate=inquiry.number,
        round=inquiry.rounds,
        finding=inquiry.finding,
        measures=tuple(inquiry.measures),
        texts=said.texts,
        evidence=evidence_digest(inquiry.evidence),
        sent_at=at.replace(microsecond=0),
        asker=inquiry.asker,
        asked_as=asker_number(inquiry),
    )
    return said, sign_reply(reply, signer=signer)


def _drafted(inquiry: Inquiry, saying: Saying) -> Saying:
    drafts = [each for each in thread_of(inquiry) if each.act == InquiryAct.DRAFT_REPLY]
    if not drafts:
        raise InquiryRefused("reply_missing")
    return Saying(texts=tuple((language, text) for language, text in drafts[-1].texts), request_id=saying.request_id)
