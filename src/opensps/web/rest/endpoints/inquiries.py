"""Questions about certificates, and what became of them. Source: `exchange.md` 3.4, 5.2."""

import hashlib
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps.border.errors import InquiryRefused
from opensps.border.queries import Inquiry, inquiries_of, inquiry_for, messages_of, replies_of
from opensps.border.services.inquiring import File, Question, Saying, inquiry_act, inquiry_open
from opensps.border.services.inquiry_machine import machine_of
from opensps.lifecycle.inquiry import InquiryAct, InquiryParty, InquiryPriority, InquirySubject
from opensps.web.rest.answering import answered, tagged
from opensps.web.rest.asking import asking_for, request_id_of
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.inquiries import GivenFile, InquiryForm, NewInquiry, NewMessage
from opensps.web.rest.forms.parts import octets
from opensps.web.rest.operations import operation
from opensps.web.rest.paging import MOST, USUAL, Page, cut, link_next, position
from opensps.web.rest.problems import Fault, Problem
from opensps.web.soap.service_inquiries import BEGINNINGS, MOST_FILE, MOST_FILES_TOGETHER

router = Router(tags=["Inquiries"])
READ, WRITE = "inquiries:read", "inquiries:write"


class Pages(Schema):
    """Where in a list."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=512)] = ""


class Since(Schema):
    """From which message on."""

    since_message: Annotated[int, Field(ge=0, le=1_000_000)] = 0


@operation(router, "GET", "inquiries", scope=READ, response=Page[InquiryForm], summary="List inquiries")
def list_inquiries(request: ApiRequest, asked: Query[Pages]) -> HttpResponse:
    """Yours, oldest first, without their messages."""
    caller = request.auth.caller
    start = position(cursor=asked.cursor, caller=caller.client_id, question={"list": "inquiries"})
    rows = inquiries_of(
        authority=caller.partner.authority, asker=caller.partner.code, after=start.after, limit=asked.limit
    )
    shown, has_more = cut(rows, limit=asked.limit)
    cursor = start.at(shown[-1].pk if shown else start.after).cursor()
    forms = [InquiryForm.of(row, at=request.auth.at) for row in shown]
    page = Page[InquiryForm](data=forms, next_cursor=cursor, has_more=has_more)
    return answered(page, headers=link_next(request, cursor) if has_more else {})


@operation(
    router, "POST", "inquiries", scope=WRITE, response={201: InquiryForm}, summary="Open an inquiry",
    count=Count.WRITES, creates=True, largest=LARGE,
)  # fmt: skip
def open_inquiry(request: ApiRequest, inquiry: NewInquiry) -> HttpResponse:
    """What our register can say by itself stands in the answer."""
    asking = asking_for(request, presented=inquiry.presented_field)
    question = Question(
        number=inquiry.number or "",
        subject=InquirySubject(inquiry.subject.lower()),
        priority=InquiryPriority(inquiry.priority.lower()),
        location=inquiry.location or "",
        wanted_by=inquiry.reply_wanted_by,
        presented=asking.presented or {},
    )
    try:
        opened = inquiry_open(
            authority=asking.authority,
            asker=asking.partner,
            question=question,
            saying=_saying(request, inquiry),
            machinery=lambda: machine_of(question.number, asking),
            at=request.auth.at,
        )
    except InquiryRefused as exc:
        raise _refusal(exc) from exc
    here = f"/api/v1/inquiries/{opened.inquiry_number}"
    return answered(_form(request, opened), status=201, headers={"Location": here})


@operation(router, "GET", "inquiries/{inquiry_number}", scope=READ, response=InquiryForm, summary="Read an inquiry")
def read_inquiry(request: ApiRequest, inquiry_number: str, asked: Query[Since]) -> HttpResponse:
    """With its messages; files by name and digest."""
    partner = request.auth.caller.partner
    found = inquiry_for(authority=partner.authority, asker=partner.code, inquiry_number=inquiry_number)
    if found is None:
        raise Problem("NOT_FOUND")
    return tagged(request, answered(_form(request, found, since=asked.since_message)))


@operation(
    router, "POST", "inquiries/{inquiry_number}/messages", scope=WRITE, response={201: InquiryForm},
    summary="Say more to an inquiry", count=Count.WRITES, creates=True, largest=LARGE,
)  # fmt: skip
def add_inquiry_message(request: ApiRequest, inquiry_number: str, message: NewMessage) -> HttpResponse:
    """Supply what was asked for, report what was done, contest the answer, or withdraw the inquiry."""
    partner = request.auth.caller.partner
    try:
        moved = inquiry_act(
            authority=partner.authority,
            inquiry_number=inquiry_number,
            act=InquiryAct(message.act.lower()),
            party=InquiryParty.ASKER,
            saying=_saying(request, message),
            actor=f"partner:{partner.code}",
            asker=partner.code,
            at=request.auth.at,
        )
    except InquiryRefused as exc:
        raise _refusal(exc) from exc
    return answered(_form(request, moved), status=201)


def _form(request: ApiRequest, row: Inquiry, *, since: int = 0) -> InquiryForm:
    replies = replies_of(row)
    statement = bytes(replies[-1].statement) if replies else b""
    return InquiryForm.of(row, at=request.auth.at, messages=messages_of(row, since=since), statement=statement)


def _saying(request: ApiRequest, given: NewInquiry | NewMessage) -> Saying:
    files = tuple(_file(place, each) for place, each in enumerate(given.attachment))
    if sum(len(each.content) for each in files) > MOST_FILES_TOGETHER:
        raise Problem("BODY_TOO_LARGE", "the attachments have more than 10 MB together")
    texts = tuple((each.language or "", each.text) for each in given.text)
    return Saying(texts=texts, files=files, request_id=request_id_of(request))


def _file(place: int, given: GivenFile) -> File:
    content = octets(given.content)
    if len(content) > MOST_FILE:
        raise Problem("BODY_TOO_LARGE", "an attachment has more than 3 MB")
    is_as_said = given.sha256 in (None, hashlib.sha256(content).hexdigest())
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(BEGINNINGS[given.media_type]) or not is_as_said:
        detail = "it is not what its media_type or sha256 says"
        raise Problem("SCHEMA_INVALID", faults=(Fault("OTHER_CONTENT", detail, pointer=f"/attachment/{place}"),))
    return File(given.file_name, given.media_type, content)


def _refusal(exc: InquiryRefused) -> Problem:
    codes = {"not_found": "NOT_FOUND", "request_reused": "REQUEST_ID_REUSED"}
    code = codes.get(exc.reason, "STATE_CONFLICT")
    return Problem(code, exc.detail if code == "STATE_CONFLICT" else "")
