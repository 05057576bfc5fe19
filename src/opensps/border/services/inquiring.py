"""Inquiries: opened by another authority, answered at once by our register, moved by whoever the table allows.

Source: `lifecycles.md` 5.2, `exchange.md` 3.4 (OpenInquiry). Of our own side only the acts are here; the desk and its
pages decide when to do them.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.border.errors import InquiryRefused
from opensps.border.inquiries import INQUIRY
from opensps.border.models import Inquiry, InquiryAttachment, InquiryMessage, StoredResult
from opensps.certification.deadlines import day_end, office_day, working_day_after
from opensps.events.services import event_write, lock
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.inquiry import (
    InquiryAct,
    InquiryFinding,
    InquiryMeasure,
    InquiryParty,
    InquiryPriority,
    InquiryState,
    InquirySubject,
    MachineFinding,
    next_inquiry_state,
)

PERISHABLE_HOURS = timedelta(hours=4)
WORKING_DAYS = 5
_SENTENCES: Mapping[str, tuple[str, str]] = {
    MachineFinding.NEVER_ISSUED: (
        "Our register has no certificate with this number. Somebody will look at it.",
        "我方登记册中没有该编号的证书，将由工作人员核查。",
    ),
    MachineFinding.FIELDS_MATCH: (
        "The certificate is in force, and what you gave agrees with what was signed.",
        "证书有效，所提供的内容与签署内容一致。",
    ),
    MachineFinding.FIELDS_DIFFER: (
        "What you gave differs from what was signed.",
        "所提供的内容与签署内容不一致。",
    ),
    MachineFinding.REPLACED: ("The certificate was replaced.", "证书已被替换。"),
    MachineFinding.WITHDRAWN: ("The certificate was withdrawn.", "证书已撤回。"),
    MachineFinding.ON_HOLD: ("The certificate is on hold.", "证书已暂停使用。"),
    MachineFinding.ALREADY_ACCEPTED: (
        "Goods were accepted under this certificate before.",
        "该证书项下的货物此前已被接受。",
    ),
    MachineFinding.SIGNATURE_BAD: ("The signature of what we hold does not verify.", "我方所存文件的签名未通过验证。"),
    MachineFinding.CANNOT_TELL: (
        "Our register cannot answer this by itself. Somebody will look at it.",
        "登记册无法自动答复，将由工作人员核查。",
    ),
    "": (
        "The certificate is in our register and in force. No fields were given to compare.",
        "证书已在我方登记册中且有效；未提供可供核对的栏目。",
    ),
}
"""Machine finding -> what the asker reads, English and Chinese."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with a message."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What one party says with an act."""

    texts: tuple[tuple[str, str], ...]
    """Pairs of language and text."""

    files: tuple[File, ...] = ()
    request_id: str = ""

    def digest(self, *further: Any) -> bytes:
        """Return a SHA-256 over all of it and whatever goes with it."""
        said = [self.texts, [(each.name, each.media_type, each.sha256) for each in self.files], *further]
        return hashlib.sha256(json.dumps(said, default=str).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an inquiry is opened with."""

    number: str
    subject: InquirySubject
    priority: InquiryPriority
    location: str = ""
    wanted_by: datetime | None = None
    presented: Mapping[str, str] = field(default_factory=dict)
    """Field -> text, as it was read on the paper."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the register said at once."""

    finding: MachineFinding | None
    check: StoredResult | None = None


Machinery = Callable[[], Machine]
"""Asks the register about a question; called within the transaction that opens the inquiry."""


@transaction.atomic
def inquiry_open(
    *, authority: str, asker: str, question: Question, saying: Saying, machinery: Machinery, at: datetime
) -> Inquiry:
    """Open an inquiry with its evidence frozen and the register's own finding; a repeat returns what was opened.

    Raises `InquiryRefused` request_reused.
    """
    lock("inquiry", authority, asker, saying.request_id)
    digest = saying.digest("open", question.number, question.subject, question.priority, dict(question.presented))
    earlier = _earlier(authority, asker, saying.request_id, digest)
    if earlier is not None:
        return earlier
    machine = machinery()
    inquiry = Inquiry.objects.create(
        authority=authority,
        inquiry_number=f"{authority}-Q-{at:%Y}-{secrets.token_hex(5).upper()}",
        asker=asker,
        number=question.number,
        subject=question.subject.value,
        priority=question.priority.value,
        location=question.location,
        state=next_inquiry_state(None, InquiryAct.OPEN, party=InquiryParty.ASKER).value,
        opened_at=at,
        reply_wanted_by=question.wanted_by,
        reply_due_at=reply_due_at(question.priority, at),
        machine_finding=machine.finding.value if machine.finding else "",
        evidence=_evidence(question, saying, machine),
        changed_at=at,
    )
    _say(inquiry, InquiryAct.OPEN, InquiryMessage.CALLER, saying, at=at, asker=asker, digest=digest)
    _tell(inquiry, InquiryAct.OPEN, "", actor=f"partner:{asker}", party=InquiryParty.ASKER, at=at)
    english, chinese = _SENTENCES[inquiry.machine_finding]
    answered = Saying(texts=(("en", english), ("zh", chinese)))
    _say(inquiry, InquiryAct.MACHINE_FINDING, InquiryMessage.SYSTEM, answered, at=at)
    _tell(inquiry, InquiryAct.MACHINE_FINDING, inquiry.state, actor="system", party=InquiryParty.SYSTEM, at=at)
    return inquiry


def reply_due_at(priority: InquiryPriority, at: datetime) -> datetime:
    """Return when an answer is due: four hours for what perishes, else the end of the fifth working day."""
    if priority is InquiryPriority.PERISHABLE:
        return at + PERISHABLE_HOURS
    return day_end(working_day_after(office_day(at), WORKING_DAYS))


def _evidence(question: Question, saying: Saying, machine: Machine) -> Mapping[str, Any]:
    return {
        "presented": dict(question.presented),
        "files": [{"name": each.name, "sha256": each.sha256} for each in saying.files],
        "check": machine.check.verdict if machine.check is not None else {},
        "check_number": machine.check.id if machine.check is not None else "",
    }


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
    at: datetime,
) -> Inquiry:
    """Do one act and add its message. ``asker`` is given for the asker's acts and must be whose inquiry it is.

    Raises `InquiryRefused` not_found, state, request_reused, reply_missing.
    """
    inquiry = _locked(authority, inquiry_number, asker)
    digest = saying.digest(act.value, inquiry_number)
    if asker and (earlier := _earlier(authority, asker, saying.request_id, digest)) is not None:
        return earlier
    before = inquiry.state
    inquiry.state = _next(inquiry, act, party).value
    inquiry.changed_at = at
    _apply(inquiry, act, finding=finding, measures=measures, at=at)
    inquiry.save()
    speaker = InquiryMessage.CALLER if party is InquiryParty.ASKER else InquiryMessage.AUTHORITY
    if saying.texts or saying.files:
        _say(inquiry, act, speaker, saying, at=at, asker=asker, digest=digest)
    _tell(inquiry, act, before, actor=actor, party=party, at=at)
    return inquiry


def _locked(authority: str, inquiry_number: str, asker: str) -> Inquiry:
    rows = Inquiry.objects.select_for_update().filter(authority=authority, inquiry_number=inquiry_number)
    found = (rows.filter(asker=asker) if asker else rows).first()
    if found is None:
        raise InquiryRefused("not_found", inquiry_number)
    return found


def _next(inquiry: Inquiry, act: InquiryAct, party: InquiryParty) -> InquiryState:
    try:
        return next_inquiry_state(InquiryState(inquiry.state), act, party=party, rounds=inquiry.rounds)
    except ActNotAllowed as refused:
        raise InquiryRefused("state", f"{act} in {inquiry.state}: {refused.reason}") from None


def _apply(
    inquiry: Inquiry,
    act: InquiryAct,
    *,
    finding: InquiryFinding | None,
    measures: Sequence[InquiryMeasure],
    at: datetime,
) -> None:
    """Change what an act changes besides the state."""
    if act is InquiryAct.DRAFT_REPLY:
        if finding is None or not measures:
            raise InquiryRefused("reply_missing", "finding and measure")
        inquiry.finding, inquiry.measures = finding.value, [each.value for each in measures]
    elif act is InquiryAct.ASK_BACK_CLOCK_ENDS:
        inquiry.finding, inquiry.measures = InquiryFinding.UNRESOLVED.value, [InquiryMeasure.NONE.value]
    elif act is InquiryAct.ANSWER_CLOCK_ENDS:
        inquiry.is_escalated = True
    elif act is InquiryAct.CONTEST:
        inquiry.rounds += 1
        inquiry.reply_due_at = reply_due_at(InquiryPriority(inquiry.priority), at)
    if inquiry.state == InquiryState.CLOSED:
        inquiry.closed_at = at


def _earlier(authority: str, asker: str, request_id: str, digest: bytes) -> Inquiry | None:
    """Return the inquiry to which this very request led before."""
    if not request_id:
        return None
    rows = InquiryMessage.objects.filter(authority=authority, asker=asker, request_id=request_id)
    found = rows.select_related("inquiry").first()
    if found is not None and bytes(found.digest) != digest:
        raise InquiryRefused("request_reused")
    return found.inquiry if found is not None else None


def _say(
    inquiry: Inquiry,
    act: InquiryAct,
    party: str,
    saying: Saying,
    *,
    at: datetime,
    asker: str = "",
    digest: bytes = b"",
) -> None:
    message = InquiryMessage.objects.create(
        authority=inquiry.authority,
        inquiry=inquiry,
        sequence=inquiry.messages.count() + 1,
        party=party,
        act=act.value,
        sent_at=at,
        texts=[list(each) for each in saying.texts],
        asker=asker,
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


def _tell(inquiry: Inquiry, act: InquiryAct, before: str, *, actor: str, party: InquiryParty, at: datetime) -> None:
    event_write(
        authority=inquiry.authority,
        object_kind=INQUIRY,
        object_id=inquiry.inquiry_number,
        act=f"inquiry.{act.value}",
        from_state=before,
        to_state=inquiry.state,
        actor=actor,
        role="partner" if party is InquiryParty.ASKER else party.value,
        at=at,
        payload={"asker": inquiry.asker, "number": inquiry.number, "machine_finding": inquiry.machine_finding},
    )
