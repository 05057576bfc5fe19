"""OpenInquiry and GetInquiry: questions of the caller about certificates (`exchange.md` 3.2, 3.4)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from opensps.border.errors import InquiryRefused
from opensps.border.queries import Inquiry, InquiryMessage, inquiry_for, messages_of
from opensps.border.services.inquiring import File, Question, Saying, inquiry_act, inquiry_open
from opensps.border.services.inquiry_machine import machine_of
from opensps.exchange.contracts.tables import Record
from opensps.formats.xml_stream import LongText
from opensps.lifecycle.inquiry import (
    InquiryAct,
    InquiryParty,
    InquiryPriority,
    InquiryState,
    InquirySubject,
)
from opensps.web.html.installation import installation
from opensps.web.soap.binary import octets_of
from opensps.web.soap.callers import PartnerCaller
from opensps.web.soap.face import Call
from opensps.web.soap.service_checks import asking_of, latest_of, presented_fields
from opensps.web.soap.service_envelopes import summary_of
from opensps.web.soap.service_faults import refused

MOST_FILES: Final = 5
MOST_FILE: Final = 3_000_000
MOST_FILES_TOGETHER: Final = 10_000_000
BEGINNINGS: Final = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/xml": b"<",
}


def open_inquiry(call: Call[Any], caller: PartnerCaller) -> Record:
    """Open an inquiry, or do another act of the asker on one."""
    asked = call.record
    saying = Saying(
        texts=tuple((each.get("@languageID", ""), each["#text"]) for each in asked["text"]),
        files=_files(call),
        request_id=asked["requestId"],
    )
    try:
        act = InquiryAct(asked["act"].lower())
        inquiry = _opened(call, caller, saying) if act is InquiryAct.OPEN else _moved(call, caller, act, saying)
    except InquiryRefused as error:
        raise _refused(error, call.trace) from None
    return {"inquiry": _inquiry(inquiry, messages_of(inquiry), call, caller)}


def _opened(call: Call[Any], caller: PartnerCaller, saying: Saying) -> Inquiry:
    asked = call.record
    if "inquiryNumber" in asked or "subject" not in asked or "priority" not in asked:
        message = "OPEN needs subject and priority, and no inquiryNumber."
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message=message)
    question = Question(
        number=asked.get("number", ""),
        subject=InquirySubject(asked["subject"].lower()),
        priority=InquiryPriority(asked["priority"].lower()),
        location=asked.get("location", ""),
        wanted_by=asked.get("replyWantedBy"),
        presented=presented_fields(call),
    )
    asking = asking_of(call, caller)
    return inquiry_open(
        authority=installation().authority,
        asker=caller.code,
        question=question,
        saying=saying,
        machinery=lambda: machine_of(question.number, asking),
        at=call.at,
    )


def _moved(call: Call[Any], caller: PartnerCaller, act: InquiryAct, saying: Saying) -> Inquiry:
    if "inquiryNumber" not in call.record:
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message=f"{act.value.upper()} needs inquiryNumber.")
    return inquiry_act(
        authority=installation().authority,
        inquiry_number=call.record["inquiryNumber"],
        act=act,
        party=InquiryParty.ASKER,
        saying=saying,
        actor=f"partner:{caller.code}",
        asker=caller.code,
        at=call.at,
    )


def _files(call: Call[Any]) -> tuple[File, ...]:
    given = call.record["attachment"]
    if len(given) > MOST_FILES:
        raise refused("TOO_MANY_ITEMS", trace=call.trace, message=f"At most {MOST_FILES} attachments.")
    files = tuple(_file(each, call.trace) for each in given)
    if sum(len(each.content) for each in files) > MOST_FILES_TOGETHER:
        raise refused("BODY_TOO_LARGE", trace=call.trace, message="The attachments have more than 10 MB together.")
    return files


def _file(given: Record, trace: str) -> File:
    held: bytes | LongText = given.get("content", b"")
    content = octets_of(held)
    if len(content) > MOST_FILE:
        raise refused("BODY_TOO_LARGE", trace=trace, message="An attachment has more than 3 MB.")
    is_as_said = given.get("sha256") in (None, hashlib.sha256(content).hexdigest())
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(BEGINNINGS[given["mediaType"]]) or not is_as_said:
        message = "An attachment is not what its mediaType or sha256 says."
        raise refused("VALUE_OUT_OF_RANGE", trace=trace, message=message)
    return File(given["fileName"], given["mediaType"], content)


def get_inquiry(call: Call[Any], caller: PartnerCaller) -> Record:
    """Return an inquiry of the caller with its messages; the bytes of files only on request."""
    asked = call.record
    found = inquiry_for(authority=installation().authority, asker=caller.code, inquiry_number=asked["inquiryNumber"])
    if found is None:
        raise refused("INQUIRY_NOT_FOUND", trace=call.trace)
    messages = messages_of(found, since=asked.get("sinceMessage", 0))
    with_files = bool(asked.get("includeAttachments"))
    return {"inquiry": _inquiry(found, messages, call, caller, with_files=with_files)}


def _inquiry(
    inquiry: Inquiry,
    messages: Sequence[InquiryMessage],
    call: Call[Any],
    caller: PartnerCaller,
    *,
    with_files: bool = False,
) -> Record:
    is_answered = inquiry.state in (InquiryState.ANSWERED, InquiryState.CLOSED)
    envelope = latest_of(caller, inquiry.number)
    return {
        "inquiryNumber": inquiry.inquiry_number,
        "number": inquiry.number or None,
        "state": _state(inquiry.state),
        "priority": inquiry.priority.upper(),
        "openedAt": inquiry.opened_at,
        "replyDueAt": inquiry.reply_due_at,
        "flag": _flags(inquiry, call.at),
        "machineFinding": inquiry.machine_finding.upper() or None,
        "message": tuple(_message(each, with_files=with_files) for each in messages),
        "finding": inquiry.finding.upper() or None if is_answered else None,
        "measure": tuple(each.upper() for each in inquiry.measures) if is_answered else (),
        "certificate": summary_of(envelope) if envelope is not None else None,
    }


def _state(state: str) -> str:
    """Return the word for the asker: a reply that is only drafted is still with the office."""
    return (InquiryState.WITH_OFFICE if state == InquiryState.REPLY_DRAFTED else InquiryState(state)).value.upper()


def _flags(inquiry: Inquiry, at: datetime) -> tuple[str, ...]:
    is_open = inquiry.state not in (InquiryState.ANSWERED, InquiryState.CLOSED)
    flags = {
        "OVERDUE": is_open and at > inquiry.reply_due_at,
        "ASKED_AGAIN": inquiry.rounds > 0,
        "ESCALATED": inquiry.is_escalated,
    }
    return tuple(name for name, is_raised in flags.items() if is_raised)


def _message(message: InquiryMessage, *, with_files: bool) -> Record:
    return {
        "sequence": message.sequence,
        "from": message.party.upper(),
        "sentAt": message.sent_at,
        "text": tuple({"#text": text, "@languageID": language} for language, text in message.texts),
        "attachment": tuple(
            {
                "fileName": each.file_name,
                "mediaType": each.media_type,
                "sha256": each.sha256,
                "sizeBytes": each.size_bytes,
                "content": bytes(each.content) if with_files else None,
            }
            for each in message.attachments.all()
        ),
    }


def _refused(error: InquiryRefused, trace: str) -> Exception:
    code = {"not_found": "INQUIRY_NOT_FOUND", "request_reused": "REQUEST_ID_REUSED"}.get(error.reason, "INQUIRY_STATE")
    message = f"This act is not possible now: {error.detail}." if code == "INQUIRY_STATE" else ""
    return refused(code, trace=trace, message=message)
