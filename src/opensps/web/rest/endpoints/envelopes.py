"""Envelopes for the caller and from it. Source: `exchange.md` 5.2. Reading never acknowledges."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.queries.for_callers import (
    Asked,
    Box,
    Envelope,
    carries_own,
    connections_of,
    envelope_for_caller,
    envelopes_for_caller,
)
from opensps.exchange.services.outcomes import envelopes_fetched
from opensps.exchange.services.receiving import envelope_receive
from opensps.web.documents import paper_of, proof_of, seal_of
from opensps.web.html.receiving import receiving_terms
from opensps.web.rest.answering import answered, document, tagged
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.envelopes import EnvelopeForm, NewEnvelope, Receipt
from opensps.web.rest.forms.parts import Code, ConnectionCode, Number, findings_of, octets
from opensps.web.rest.forms.times import GivenTime
from opensps.web.rest.operations import operation
from opensps.web.rest.paging import MOST, USUAL, Page, cut, link_next, position
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Envelopes"])
READ = "envelopes:read"
XML, BUNDLE, PDF = "application/xml", "text/plain", "application/pdf"


class Filter(Schema):
    """What a list of envelopes is asked for."""

    box: Annotated[list[Box], Field(default_factory=lambda: [Box.WAITING], max_length=3)]
    type: Annotated[list[Code], Field(default_factory=list, max_length=20)]
    status: Annotated[list[Code], Field(default_factory=list, max_length=20)]
    sender: Annotated[list[ConnectionCode], Field(default_factory=list, max_length=20, alias="from")]
    recipient: Annotated[list[ConnectionCode], Field(default_factory=list, max_length=20, alias="to")]
    number: Number | None = None
    updated_since: GivenTime | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=512)] = ""

    def question(self) -> dict[str, Any]:
        """Return what a cursor is bound to."""
        return self.model_dump(mode="json", exclude={"cursor", "limit"})


@operation(router, "GET", "envelopes", scope=READ, response=Page[EnvelopeForm], summary="List envelopes")
def list_envelopes(request: ApiRequest, asked: Query[Filter]) -> HttpResponse:
    """In the order of their changes; keep the cursor and ask again later for what is new."""
    caller = request.auth.caller
    start = position(cursor=asked.cursor, caller=caller.client_id, question=asked.question())
    rows = envelopes_for_caller(
        partner=caller.partner,
        asked=Asked(
            boxes=tuple(asked.box),
            after=start.after,
            limit=asked.limit,
            types=tuple(asked.type),
            statuses=tuple(asked.status),
            from_codes=tuple(asked.sender),
            to_codes=tuple(asked.recipient),
            number=asked.number or "",
            updated_since=asked.updated_since,
        ),
    )
    shown, has_more = cut(rows, limit=asked.limit)
    last = int(shown[-1].change_sequence or 0) if shown else start.after
    cursor = start.at(last).cursor()
    page = Page[EnvelopeForm](data=[EnvelopeForm.of(row) for row in shown], next_cursor=cursor, has_more=has_more)
    return answered(page, headers=link_next(request, cursor) if has_more else {})


@operation(
    router,
    "POST",
    "envelopes",
    scope="envelopes:write",
    response={202: Receipt},
    summary="Deliver an envelope to us",
    count=Count.WRITES,
    creates=True,
    largest=LARGE,
)
def deliver_envelope(request: ApiRequest, envelope: NewEnvelope) -> HttpResponse:
    """Answered after it is stored. The result is our acknowledgement; no other message follows."""
    caller = request.auth.caller
    codes = {each.connection_code for each in connections_of(caller.partner)}
    if envelope.sender not in codes:
        fault = Fault("CHANNEL_NOT_AGREED", "not a connection code of yours", pointer="/from")
        raise Problem("CHANNEL_NOT_AGREED", faults=(fault,))
    signature = envelope.detached_signature
    answer = envelope_receive(
        authority=caller.partner.authority,
        partner=caller.partner,
        channel="rest",
        header=EnvelopeHeader(
            from_code=envelope.sender,
            to_code=envelope.recipient,
            type_code=int(envelope.type_code),
            status_code=int(envelope.status_code),
            number=envelope.number,
        ),
        content=octets(envelope.content),
        terms=receiving_terms(),
        at=request.auth.at,
        remote_number=envelope.delivery_number or "",
        version=envelope.version,
        detached_signature=octets(signature) if signature else None,
    )
    stored = envelope_for_caller(partner=caller.partner, delivery_number=answer.delivery_number)
    receipt = Receipt(
        delivery_number=answer.delivery_number,
        tracking_info=answer.tracking,
        result=answer.result,
        sha256=stored.sha256,
        text=answer.text or None,
        findings=findings_of(answer.findings),
    )
    return answered(receipt, status=202, headers={"Location": f"/api/v1/envelopes/{answer.delivery_number}"})


def _theirs(request: ApiRequest, delivery_number: str) -> Envelope:
    return envelope_for_caller(partner=request.auth.caller.partner, delivery_number=delivery_number)


@operation(router, "GET", "envelopes/{delivery_number}", scope=READ, response=EnvelopeForm, summary="Read an envelope")
def read_envelope(request: ApiRequest, delivery_number: str) -> HttpResponse:
    """Without its content."""
    return tagged(request, answered(EnvelopeForm.of(_theirs(request, delivery_number))))


@operation(
    router, "GET", "envelopes/{delivery_number}/content", scope=READ, response=None, summary="Read the signed bytes",
    document=XML, errors=(410,),
)  # fmt: skip
def read_envelope_content(request: ApiRequest, delivery_number: str) -> HttpResponse:
    """Exactly as signed; ETag and Content-Digest are their SHA-256."""
    return content_of(request, _theirs(request, delivery_number))


@operation(
    router, "GET", "envelopes/{delivery_number}/signature", scope=READ, response=None,
    summary="Read the detached signature", document=XML,
)  # fmt: skip
def read_envelope_signature(request: ApiRequest, delivery_number: str) -> HttpResponse:
    """The detached signature, if there is one."""
    return signature_of(request, _theirs(request, delivery_number))


@operation(
    router, "GET", "envelopes/{delivery_number}/proof", scope=READ, response=None, summary="Read the proof",
    document=BUNDLE,
)  # fmt: skip
def read_envelope_proof(request: ApiRequest, delivery_number: str) -> HttpResponse:
    """The proof bundle of a certificate of ours, once the log has it."""
    return proof_document(request, _theirs(request, delivery_number))


@operation(
    router, "GET", "envelopes/{delivery_number}/pdf", scope=READ, response=None, summary="Read the paper", document=PDF
)
def read_envelope_pdf(request: ApiRequest, delivery_number: str) -> HttpResponse:
    """The signed PDF of a certificate of ours."""
    return pdf_document(request, _theirs(request, delivery_number))


def content_of(request: ApiRequest, row: Envelope) -> HttpResponse:
    """Return the bytes of an envelope and note that they were collected. Raises `Problem` where they are gone."""
    if row.content is None or row.content.data is None:
        raise Problem("REMOVED")
    if row.direction == "out":
        numbers = (row.delivery_number,)
        envelopes_fetched(authority=row.authority, delivery_numbers=numbers, at=request.auth.at)
    return document(request, bytes(row.content.data), media_type=XML)


def signature_of(request: ApiRequest, row: Envelope) -> HttpResponse:
    """Return the detached signature of an envelope."""
    if row.direction == "in":
        return _or_nothing(request, bytes(row.detached_signature or b""), XML)
    return _or_nothing(request, seal_of(row) if carries_own(row) else None, XML)


def proof_document(request: ApiRequest, row: Envelope) -> HttpResponse:
    """Return the proof bundle of a certificate of ours."""
    return _or_nothing(request, proof_of(row.number) if carries_own(row) else None, BUNDLE)


def pdf_document(request: ApiRequest, row: Envelope) -> HttpResponse:
    """Return the paper of a certificate of ours."""
    return _or_nothing(request, paper_of(row.number, at=request.auth.at) if carries_own(row) else None, PDF)


def _or_nothing(request: ApiRequest, data: bytes | None, media_type: str) -> HttpResponse:
    if not data:
        raise Problem("NOT_FOUND")
    return document(request, bytes(data), media_type=media_type)
