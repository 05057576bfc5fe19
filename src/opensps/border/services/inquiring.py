"""Inquiries and questions: opened, answered at once by our register, moved by whoever the table allows.

Source: `lifecycles.md` 5.2, 5.3, `exchange.md` 3.4 (OpenInquiry). This is the machine alone: which person may act for
which party is asked in `inquiry_people`, clocks run in `inquiry_clocks`.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import authority_profile
from opensps.border.errors import InquiryRefused
from opensps.border.inquiries import INQUIRY, THEIRS
from opensps.border.inquiry_sentences import SENTENCES
from opensps.border.inquiry_terms import question_due_at, reply_due_at, step_due_at
from opensps.border.inquiry_values import NOTHING_DECIDED, Decision, File, Machine, Machinery, Question, Saying
from opensps.border.models import Inquiry, InquiryAttachment, InquiryMessage, InquiryReply
from opensps.certification.deadlines import after_working_days
from opensps.events.services import event_write, lock
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.inquiry import (
    INQUIRY as INBOUND,
)
from opensps.lifecycle.inquiry import (
    OUTBOUND,
    InquiryAct,
    InquiryFinding,
    InquiryMeasure,
    InquiryParty,
    InquiryPriority,
    InquiryState,
    needs_second_person,
    next_inquiry_state,
)
from opensps.lifecycle.question import QuestionState, next_question_state

__all__ = ["File", "Machine", "Question", "Saying", "inquiry_act", "inquiry_find", "inquiry_open", "offset_of"]

QUESTION_ANSWER_WORKING_DAYS = 5


def offset_of(authority: str) -> int:
    """Return the minutes east of UTC by the clock of the authority."""
    profile = authority_profile(authority)
    return profile.offset_minutes if profile is not None else 0


@transaction.atomic
def inquiry_open(
    *, authority: str, asker: str, question: Question, saying: Saying, machinery: Machinery | None, at: datetime
) -> Inquiry:
    """Open an inquiry with its evidence frozen and the register's own finding; a repeat returns what was opened.

    Without ``machinery`` the finding comes from `inquiry_find` later. Raises `InquiryRefused` request_reused.
    """
    lock("inquiry", authority, asker, saying.request_id)
    digest = saying.digest("open", question.number, question.subject, question.priority, dict(question.presented))
    earlier = _earlier(authority, asker, saying.request_id, digest)
    if earlier is not None:
        return earlier
    machine = machinery() if machinery is not None else None
    inquiry = _created(authority, asker, question, saying, machine, at)
    place = _say(
        inquiry, InquiryAct.OPEN, InquiryMessage.CALLER, saying, at=at, said_by=question.asked_by, digest=digest
    )
    actor = question.asked_by or f"partner:{asker}"
    _tell(inquiry, InquiryAct.OPEN, "", actor=actor, party=InquiryParty.ASKER, message=place, at=at)
    if machine is not None:
        _found(inquiry, at=at)
    return inquiry


def _created(
    authority: str, asker: str, question: Question, saying: Saying, machine: Machine | None, at: datetime
) -> Inquiry:
    offset = offset_of(authority)
    inquiry = Inquiry(
        authority=authority,
        inquiry_number=f"{authority}-Q-{at:%Y}-{secrets.token_hex(5).upper()}",
        kind=question.kind,
        direction=question.direction,
        asker=asker,
        answerer=question.answerer,
        asked_by=question.asked_by,
        asked_from_minutes=question.asked_from_minutes,
        procedure=question.procedure,
        number=question.number,
        subject=question.subject.value,
        priority=question.priority.value,
        location=question.location,
        state="",
        opened_at=at,
        reply_wanted_by=question.wanted_by,
        reply_due_at=_answer_due_at(question.kind, question.priority, at, offset),
        machine_finding=machine.finding.value if machine and machine.finding else "",
        found_at=at if machine is not None else None,
        evidence=_evidence(question, saying, machine),
        changed_at=at,
    )
    inquiry.state = _next(inquiry, InquiryAct.OPEN, InquiryParty.ASKER)
    inquiry.step_due_at = _step_due_at(inquiry, at, offset)
    inquiry.save()
    return inquiry


def _answer_due_at(kind: str, priority: InquiryPriority, at: datetime, offset: int) -> datetime:
    if kind == Inquiry.QUESTION:
        return after_working_days(at, QUESTION_ANSWER_WORKING_DAYS, offset_minutes=offset)
    return reply_due_at(priority, at, offset_minutes=offset)


def _step_due_at(inquiry: Inquiry, at: datetime, offset: int) -> datetime | None:
    if inquiry.kind == Inquiry.QUESTION:
        return question_due_at(QuestionState(inquiry.state), at=at, offset_minutes=offset)
    if inquiry.direction == Inquiry.OUTBOUND and inquiry.state in (InquiryState.OPEN, InquiryState.ACKNOWLEDGED):
        return None
    return step_due_at(
        InquiryState(inquiry.state), priority=InquiryPriority(inquiry.priority), at=at, offset_minutes=offset
    )


def _evidence(question: Question, saying: Saying, machine: Machine | None) -> Mapping[str, Any]:
    return {
        "presented": dict(question.presented),
        "files": [{"name": each.name, "sha256": each.sha256} for each in saying.files],
        "check": dict(machine.verdict) if machine is not None else {},
        "check_number": machine.check_number if machine is not None else "",
        "seen": dict(question.seen),
        "seen_number": question.seen_number,
    }


@transaction.atomic
def inquiry_find(*, authority: str, inquiry_number: str, machine: Machine, at: datetime) -> Inquiry:
    """Add the register's finding where opening could not get it; once it is there nothing changes.

    Raises `InquiryRefused` not_found.
    """
    inquiry = _locked(authority, inquiry_number, "")
    if inquiry.found_at is not None:
        return inquiry
    inquiry.found_at, inquiry.changed_at = at, at
    inquiry.machine_finding = machine.finding.value if machine.finding else ""
    inquiry.save()
    _found(inquiry, at=at)
    return inquiry


def _found(inquiry: Inquiry, *, at: datetime) -> None:
    """Say what the register found; the act is one of the state ``open`` alone, later it is said without a move."""
    english, chinese = SENTENCES[inquiry.machine_finding]
    answered = Saying(texts=(("en", english), ("zh", chinese)))
    place = _say(inquiry, InquiryAct.MACHINE_FINDING, InquiryMessage.SYSTEM, answered, at=at)
    found: dict[str, Any] = {"actor": "system", "party": InquiryParty.SYSTEM, "message": place}
    _tell(inquiry, InquiryAct.MACHINE_FINDING, inquiry.state, **found, at=at)


@transaction.atomic
def inquiry_act(
    *,
    authority: str,
    inquiry_number: str,
    act: InquiryAct,
    party: InquiryParty,
    saying: Saying,
    actor: str,
    asker: str = "",
    finding: InquiryFinding | None = None,
    measures: Sequence[InquiryMeasure] = (),
    decision: Decision = NOTHING_DECIDED,
    statement: bytes = b"",
    expected: tuple[str, datetime] | None = None,
    theirs: str = "",
    at: datetime,
) -> Inquiry:
    """Do one act and add its message. ``asker`` is given for the asker's acts and must be whose inquiry it is.

    ``theirs`` is the number the answerer of an inquiry of ours gave it.

    ``statement`` is the reply as signed, with SEND; ``expected`` are state and time of the last change as the act was
    prepared. Raises `InquiryRefused` not_found, state, changed, request_reused, reply_missing, other_person.
    """
    if finding is not None:
        decision = Decision(finding=finding, measures=tuple(measures))
    inquiry = _locked(authority, inquiry_number, asker)
    digest = saying.digest(act.value, inquiry_number)
    if asker and (earlier := _earlier(authority, asker, saying.request_id, digest)) is not None:
        return earlier
    if expected is not None and expected != (inquiry.state, inquiry.changed_at):
        raise InquiryRefused("changed", inquiry_number)
    before = inquiry.state
    inquiry.state = _next(inquiry, act, party)
    inquiry.changed_at = at
    _apply(inquiry, act, decision, actor=actor, at=at)
    if inquiry.state != before:
        inquiry.step_due_at, inquiry.reminded_at = _step_due_at(inquiry, at, offset_of(authority)), None
    inquiry.save()
    speaker = InquiryMessage.CALLER if party is InquiryParty.ASKER else InquiryMessage.AUTHORITY
    place = 0
    if saying.texts or saying.files:
        place = _say(inquiry, act, speaker, saying, at=at, said_by=actor, digest=digest)
    if statement:
        InquiryReply.objects.create(
            authority=authority, inquiry=inquiry, round=inquiry.rounds, statement=statement, sent_at=at
        )
    _tell(inquiry, act, before, actor=actor, party=party, message=place, at=at, theirs=theirs)
    return inquiry


def _locked(authority: str, inquiry_number: str, asker: str) -> Inquiry:
    rows = Inquiry.objects.select_for_update().filter(authority=authority, inquiry_number=inquiry_number)
    found = (rows.filter(asker=asker) if asker else rows).first()
    if found is None:
        raise InquiryRefused("not_found", inquiry_number)
    return found


def _next(inquiry: Inquiry, act: InquiryAct, party: InquiryParty) -> str:
    """Return the state after an act; an inquiry that is only being made has none before it."""
    try:
        if inquiry.kind == Inquiry.QUESTION:
            state = QuestionState(inquiry.state) if inquiry.state else None
            return next_question_state(state, act, party=party).value
        table = OUTBOUND if inquiry.direction == Inquiry.OUTBOUND else INBOUND
        now = InquiryState(inquiry.state) if inquiry.state else None
        return next_inquiry_state(now, act, party=party, rounds=inquiry.rounds, table=table).value
    except ActNotAllowed as refused:
        raise InquiryRefused("state", f"{act} in {inquiry.state}: {refused.reason}") from None


def _apply(inquiry: Inquiry, act: InquiryAct, decision: Decision, *, actor: str, at: datetime) -> None:
    """Change what an act changes besides the state."""
    change = {
        InquiryAct.ROUTE: _route,
        InquiryAct.DRAFT_REPLY: _draft,
        InquiryAct.RECORD_ANSWER: _draft,
        InquiryAct.SEND: _send,
        InquiryAct.CONTEST: _contest,
        InquiryAct.SUPPLY: _resume,
    }.get(act)
    if change is not None:
        change(inquiry, decision, actor, at)
    elif act is InquiryAct.ACKNOWLEDGE:
        inquiry.acknowledged_at = at
    elif act is InquiryAct.ASK_BACK:
        inquiry.paused_at = at
    elif act is InquiryAct.ASK_BACK_CLOCK_ENDS and inquiry.kind == Inquiry.CERTIFICATE:
        inquiry.finding, inquiry.measures = InquiryFinding.UNRESOLVED.value, [InquiryMeasure.NONE.value]
    elif act is InquiryAct.ANSWER_CLOCK_ENDS:
        inquiry.is_escalated = True
        inquiry.escalated_to = "embassy" if inquiry.escalated_to else "coordinator"
    elif act is InquiryAct.ESTIMATE and decision.estimate_at is not None:
        inquiry.reply_due_at = decision.estimate_at
    elif act is InquiryAct.WITHDRAW_INQUIRY:
        inquiry.is_withdrawn = True
    _stamp(inquiry, act, decision, at)


def _stamp(inquiry: Inquiry, act: InquiryAct, decision: Decision, at: datetime) -> None:
    if act in (InquiryAct.SEND, InquiryAct.RECORD_ANSWER):
        inquiry.answered_at, inquiry.paused_at = at, None
    if act is InquiryAct.REPORT_ACTION:
        inquiry.action = decision.action
    if inquiry.state == InquiryState.CLOSED:
        inquiry.closed_at, inquiry.step_due_at = inquiry.closed_at or at, None


def _route(inquiry: Inquiry, decision: Decision, _actor: str, at: datetime) -> None:
    inquiry.office = decision.office
    inquiry.acknowledged_at = inquiry.acknowledged_at or at


def _draft(inquiry: Inquiry, decision: Decision, actor: str, _at: datetime) -> None:
    if decision.finding is None or not decision.measures:
        raise InquiryRefused("reply_missing", "finding and measure")
    inquiry.finding, inquiry.measures = decision.finding.value, [each.value for each in decision.measures]
    inquiry.drafted_by, inquiry.sent_by = actor, ""
    is_ours = inquiry.direction == Inquiry.INBOUND
    inquiry.needs_second = is_ours and needs_second_person(decision.finding, decision.measures)


def _send(inquiry: Inquiry, _decision: Decision, actor: str, _at: datetime) -> None:
    if inquiry.needs_second and inquiry.drafted_by == actor:
        raise InquiryRefused("other_person", inquiry.inquiry_number)
    inquiry.sent_by = actor


def _contest(inquiry: Inquiry, _decision: Decision, _actor: str, at: datetime) -> None:
    inquiry.rounds += 1
    inquiry.is_escalated, inquiry.escalated_to = False, ""
    inquiry.reply_due_at = _answer_due_at(
        inquiry.kind, InquiryPriority(inquiry.priority), at, offset_of(inquiry.authority)
    )


def _resume(inquiry: Inquiry, _decision: Decision, _actor: str, at: datetime) -> None:
    """Let the answer clock go on where it stood."""
    if inquiry.paused_at is not None:
        inquiry.reply_due_at += max(at - inquiry.paused_at, at - at)
        inquiry.paused_at = None


def _earlier(authority: str, asker: str, request_id: str, digest: bytes) -> Inquiry | None:
    """Return the inquiry to which this very request led before."""
    if not request_id:
        return None
    rows = InquiryMessage.objects.filter(authority=authority, asker=asker, request_id=request_id)
    found = rows.select_related("inquiry").first()
    if found is not None and bytes(found.digest) != digest:
        raise InquiryRefused("request_reused")
    return found.inquiry if found is not None else None


def inquiry_note(inquiry: Inquiry, act: str, *, texts: tuple[tuple[str, str], ...], at: datetime) -> None:
    """Write something for our own people into a locked inquiry; ``act`` is one of `InquiryMessage.AMONG_US`."""
    _say(inquiry, act, InquiryMessage.SYSTEM, Saying(texts=texts), at=at)


def _say(
    inquiry: Inquiry,
    act: str,
    party: str,
    saying: Saying,
    *,
    at: datetime,
    said_by: str = "",
    digest: bytes = b"",
) -> int:
    """Add a message with its files and return its place, from 1."""
    message = InquiryMessage.objects.create(
        authority=inquiry.authority,
        inquiry=inquiry,
        sequence=inquiry.messages.count() + 1,
        party=party,
        act=str(act),
        sent_at=at,
        texts=[list(each) for each in saying.texts],
        said_by=said_by,
        asker=inquiry.asker if party == InquiryMessage.CALLER else "",
        request_id=saying.request_id,
        digest=digest,
    )
    InquiryAttachment.objects.bulk_create(
        InquiryAttachment(
            authority=inquiry.authority,
            message=message,
            file_name=each.name,
            media_type=each.media_type,
            sha256=each.sha256,
            content=each.content,
            size_bytes=len(each.content),
        )
        for each in saying.files
    )
    return message.sequence


def _tell(
    inquiry: Inquiry,
    act: InquiryAct,
    before: str,
    *,
    actor: str,
    party: InquiryParty,
    message: int,
    at: datetime,
    theirs: str = "",
) -> None:
    event_write(
        authority=inquiry.authority,
        object_kind=INQUIRY,
        object_id=inquiry.inquiry_number,
        act=f"inquiry.{act.value}",
        from_state=before,
        to_state=inquiry.state,
        actor=actor,
        role="partner" if actor.startswith("partner:") else party.value,
        at=at,
        payload={
            "asker": inquiry.asker,
            "number": inquiry.number,
            "message": message,
            "round": inquiry.rounds,
            "machine_finding": inquiry.machine_finding,
            "finding": inquiry.finding if inquiry.state in (InquiryState.ANSWERED, InquiryState.CLOSED) else "",
            **({THEIRS: theirs} if theirs else {}),
        },
    )
