"""How far inquiries of ours are that went to partners over REST: asked for by the worker, every minute.

Source: `lifecycles.md` 5.2, `exchange.md` 5.2. The partner's server is known by its certificate; its answer still
counts only with the signed reply in it, as by mail. What it says before our own last words reached it is not news.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from opensps.border.errors import InquiryRefused
from opensps.border.inquiry_documents import BY_ASKER, is_plain
from opensps.border.inquiry_values import Saying
from opensps.border.queries import Inquiry, thread_of
from opensps.border.queries.inquiries import inquiries_unanswered
from opensps.border.services.alerts import alert_raise
from opensps.events.queries import due_event_ids, events_for
from opensps.exchange.errors import where
from opensps.exchange.queries.connections import connection_with_keys
from opensps.exchange.queries.inquiries import first_message, messages_underway, partners_asked_over
from opensps.exchange.terms import MessageRefused
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.transport import Channel, Connection, Unreachable
from opensps.lifecycle.inquiry import InquiryAct, InquiryState
from opensps.project.inquiry_sending import INQUIRY_SENDING_CONSUMER
from opensps.project.partner_inquiries import answer_record, progress_note, proven_reply
from opensps.project.trying import partner_guard
from opensps.rules.watching import CHECK_RULES
from opensps.web.html.protection import secret_box

log = structlog.get_logger("opensps.worker")

MOST_IN_A_ROUND: Final = 50
"""Inquiries asked after in one round; the others have their turn in the next."""

_NUMBERLESS: Final = frozenset({""})
"""Over REST we give our inquiries no number of ours: the number they gave is bound to the call."""

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


@dataclass(slots=True)
class PartnersAsked:
    """Asks after inquiries of ours that went over REST, so many a round, each after the others."""

    authority: str
    ask: Ask | None = None
    most: int = MOST_IN_A_ROUND
    _after: int = 0
    """Row asked after last; the next round goes on behind it, and from the beginning after the last."""

    def run(self, at: datetime) -> int:
        """Do one round; return how many inquiries moved. A partner that is not reached is left alone until the next."""
        asking = self.ask or RestTransport(guard=partner_guard()).inquiry
        answerers = partners_asked_over(authority=self.authority, channel=Channel.REST)
        rows = inquiries_unanswered(
            authority=self.authority, answerers=answerers, after=self._after, limit=self.most + 1
        )
        self._after = rows[self.most - 1].pk if len(rows) > self.most else 0
        moved, silent = 0, set[str]()
        for inquiry in rows[: self.most]:
            if inquiry.answerer not in silent:
                outcome = _guarded(inquiry, asking, at)
                moved += outcome is _Asked.MOVED
                silent |= {inquiry.answerer} if outcome is _Asked.SILENT else set()
        return moved


class _Asked(Enum):
    """What came of asking after one inquiry."""

    MOVED = auto()
    NOTHING = auto()
    SILENT = auto()
    """Their server was not reached."""


def partners_ask(*, authority: str, at: datetime, ask: Ask | None = None) -> int:
    """Ask once after inquiries of ours that went over REST and have no answer; return how many moved."""
    return PartnersAsked(authority, ask).run(at)


def _guarded(inquiry: Inquiry, ask: Ask, at: datetime) -> _Asked:
    """Ask after one inquiry; whatever one server says holds up no other."""
    try:
        return _asked(inquiry, ask, at)
    except (OperationalError, InterfaceError):
        raise
    except InquiryRefused:
        return _Asked.NOTHING
    except MessageRefused as refused:
        _alert(inquiry, refused, at)
    except Exception as error:  # noqa: BLE001  one inquiry of many: logged by kind and place, and the next one is asked
        log.warning(
            "inquiry_not_asked_after", inquiry=inquiry.inquiry_number, code=type(error).__name__, where=where(error)
        )
    return _Asked.NOTHING


def _asked(inquiry: Inquiry, ask: Ask, at: datetime) -> _Asked:
    told = events_for(authority=inquiry.authority, object_kind="inquiry", object_id=inquiry.inquiry_number)
    sent = first_message(authority=inquiry.authority, event_id=told[0].id) if told else None
    if sent is None or sent.channel != Channel.REST or not sent.remote_number or sent.connection is None:
        return _Asked.NOTHING
    if _is_underway(inquiry, [each.id for each in told if each.act.rpartition(".")[2] in BY_ASKER]):
        return _Asked.NOTHING
    said = ask(connection_with_keys(sent.connection, box=secret_box()), sent.remote_number)
    if isinstance(said, Unreachable):
        log.info("inquiry_not_asked_after", inquiry=inquiry.inquiry_number, code=said.code)
        is_here = said.code.isdigit() and int(said.code) < HTTPStatus.INTERNAL_SERVER_ERROR
        return _Asked.NOTHING if is_here else _Asked.SILENT
    names = frozenset({inquiry.authority, sent.connection.own_code})
    return _Asked.MOVED if _applied(inquiry, said, sent.remote_number, names, at) else _Asked.NOTHING


def _is_underway(inquiry: Inquiry, events: list[UUID]) -> bool:
    """Tell whether something we said has not reached them: what they say until then answers what was before."""
    if due_event_ids(authority=inquiry.authority, consumer=INQUIRY_SENDING_CONSUMER.name, among=events):
        return True
    return messages_underway(authority=inquiry.authority, event_ids=events)


def _applied(inquiry: Inquiry, said: Mapping[str, Any], theirs: str, names: frozenset[str], at: datetime) -> bool:
    """Note what is new; only an answer with its signed reply ends the waiting."""
    spoken = [each for each in _list(said.get("message")) if isinstance(each, Mapping)]
    _note_finding(inquiry, said.get("machine_finding"), spoken, at)
    state = str(said.get("state", ""))
    statement = _octets(said.get("reply"))
    if state in ("ANSWERED", "CLOSED") and statement:
        reply = proven_reply(inquiry, statement, theirs=theirs, names=names, numbers=_NUMBERLESS, is_earlier_known=True)
        if reply.round < inquiry.rounds:
            return False
        answer_record(inquiry, reply, statement=statement, theirs=theirs, at=at)
        return True
    act = _STEPS.get((inquiry.state, state))
    if act is None or (act is InquiryAct.ASK_BACK and _is_behind(inquiry, spoken)):
        return False
    saying = _said(spoken, "AUTHORITY") if act is InquiryAct.ASK_BACK else Saying()
    progress_note(inquiry, act, saying=saying, theirs=theirs, at=at)
    return True


def _note_finding(inquiry: Inquiry, finding: Any, spoken: list[Mapping[str, Any]], at: datetime) -> None:
    """Note what their register found, once."""
    saying = _said(spoken, "SYSTEM")
    if not finding or not saying.texts or any(each.act == InquiryAct.MACHINE_FINDING for each in thread_of(inquiry)):
        return
    progress_note(inquiry, InquiryAct.MACHINE_FINDING, saying=saying, at=at)


def _is_behind(inquiry: Inquiry, spoken: list[Mapping[str, Any]]) -> bool:
    """Tell whether their thread lacks something of ours: they wait for what we have said already."""
    ours = len([each for each in thread_of(inquiry) if each.party == each.CALLER])
    theirs = len([each for each in spoken if each.get("from") == "CALLER"])
    return 0 < theirs < ours


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _said(spoken: list[Mapping[str, Any]], party: str) -> Saying:
    """Return the words of the last message of one side; what is no text is left out."""
    theirs = [each for each in spoken if each.get("from") == party]
    words = [each for each in _list(theirs[-1].get("text")) if isinstance(each, Mapping)] if theirs else []
    texts = [(each.get("language") or "", each.get("text")) for each in words]
    kept = [(language[:20], text[:4_000]) for language, text in texts if is_plain(language) and is_plain(text) and text]
    return Saying(texts=tuple(kept[:5]))


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
