"""How far inquiries of ours are that went to partners over REST: asked for by the worker, every minute.

Source: `lifecycles.md` 5.2, `exchange.md` 5.2. The partner's server is known by its certificate; its answer still
counts only with the signed reply in it, as by mail.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import structlog

from opensps.border.errors import InquiryRefused
from opensps.border.inquiry_values import Saying
from opensps.border.queries import Inquiry, thread_of
from opensps.border.queries.inquiries import inquiries_unanswered
from opensps.border.services.alerts import alert_raise
from opensps.events.queries import events_for
from opensps.exchange.queries.connections import connection_with_keys
from opensps.exchange.queries.inquiries import first_message
from opensps.exchange.terms import MessageRefused
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.transport import Channel, Connection, Unreachable
from opensps.lifecycle.inquiry import InquiryAct, InquiryState
from opensps.project.partner_inquiries import answer_record, progress_note, proven_reply
from opensps.project.trying import partner_guard
from opensps.rules.watching import CHECK_RULES
from opensps.web.html.protection import secret_box

log = structlog.get_logger("opensps.worker")

Ask = Callable[[Connection, str], Mapping[str, Any] | Unreachable]
"""(connection, their number) -> what their server says."""

_S = InquiryState
_STEPS: Final[Mapping[tuple[str, str], InquiryAct]] = MappingProxyType(
    {
        (_S.OPEN, "ACKNOWLEDGED"): InquiryAct.ACKNOWLEDGE,
        (_S.OPEN, "WITH_OFFICE"): InquiryAct.ROUTE,
        (_S.ACKNOWLEDGED, "WITH_OFFICE"): InquiryAct.ROUTE,
        **{(state, "WAITING_ASKER"): InquiryAct.ASK_BACK for state in (_S.OPEN, _S.ACKNOWLEDGED, _S.WITH_OFFICE)},
    }
)
"""(our state, theirs) -> what to note."""


def partners_ask(*, authority: str, at: datetime, ask: Ask | None = None) -> int:
    """Ask after every inquiry of ours that went over REST and has no answer; return how many moved."""
    asking = ask or RestTransport(guard=partner_guard()).inquiry
    return sum(_asked(each, asking, at) for each in inquiries_unanswered(authority=authority))


def _asked(inquiry: Inquiry, ask: Ask, at: datetime) -> bool:
    told = events_for(authority=inquiry.authority, object_kind="inquiry", object_id=inquiry.inquiry_number)
    sent = first_message(authority=inquiry.authority, event_id=told[0].id) if told else None
    if sent is None or sent.channel != Channel.REST or not sent.remote_number or sent.connection is None:
        return False
    said = ask(connection_with_keys(sent.connection, box=secret_box()), sent.remote_number)
    if isinstance(said, Unreachable):
        log.info("inquiry_not_asked_after", inquiry=inquiry.inquiry_number, code=said.code)
        return False
    try:
        return _applied(inquiry, said, sent.remote_number, at)
    except InquiryRefused:
        return False
    except MessageRefused as refused:
        _alert(inquiry, refused, at)
        return False


def _applied(inquiry: Inquiry, said: Mapping[str, Any], theirs: str, at: datetime) -> bool:
    """Note what is new; only an answer with its signed reply ends the waiting."""
    spoken = [each for each in said.get("message") or () if isinstance(each, Mapping)]
    if said.get("machine_finding") and all(each.act != InquiryAct.MACHINE_FINDING for each in thread_of(inquiry)):
        progress_note(inquiry, InquiryAct.MACHINE_FINDING, saying=_said(spoken, "SYSTEM"), at=at)
    state = str(said.get("state", ""))
    statement = _octets(said.get("reply"))
    if state in ("ANSWERED", "CLOSED") and statement:
        reply = proven_reply(inquiry, statement, theirs=theirs)
        answer_record(inquiry, reply, statement=statement, at=at)
        return True
    act = _STEPS.get((inquiry.state, state))
    if act is None:
        return False
    saying = _said(spoken, "AUTHORITY") if act is InquiryAct.ASK_BACK else Saying()
    progress_note(inquiry, act, saying=saying, at=at)
    return True


def _said(spoken: list[Mapping[str, Any]], party: str) -> Saying:
    """Return the words of the last message of one side."""
    theirs = [each for each in spoken if each.get("from") == party]
    words = theirs[-1].get("text") or () if theirs else ()
    texts = [(str(each.get("language") or ""), str(each.get("text") or "")) for each in words]
    return Saying(texts=tuple((language[:20], text[:4_000]) for language, text in texts if text)[:5])


def _octets(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _alert(inquiry: Inquiry, refused: MessageRefused, at: datetime) -> None:
    rule = CHECK_RULES["S12"]
    row = {"subject": inquiry.inquiry_number, "reason": refused.reason, "detail": refused.detail}
    alert_raise(
        authority=inquiry.authority,
        rule=rule.code,
        level=rule.level.value,
        subject=inquiry.inquiry_number,
        period=f"{at:%Y-%m-%d}",
        limit=dict(rule.limit),
        rows=[{**row, "partner": inquiry.answerer, "channel": "rest"}],
        at=at,
    )
