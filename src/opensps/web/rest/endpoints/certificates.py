"""Our certificates for the caller, by number: the newest the caller was told of each. Source: `exchange.md` 5.2."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps.exchange.queries.for_callers import (
    Asked,
    Box,
    Envelope,
    envelopes_for_caller,
    versions_for_caller,
)
from opensps.web.documents import seal_of
from opensps.web.rest.answering import answered, tagged
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.endpoints.envelopes import (
    BUNDLE,
    PDF,
    XML,
    content_of,
    pdf_document,
    proof_document,
    signature_of,
)
from opensps.web.rest.forms.envelopes import EnvelopeForm
from opensps.web.rest.forms.parts import Country, Number
from opensps.web.rest.forms.times import GivenTime
from opensps.web.rest.operations import operation
from opensps.web.rest.paging import MOST, USUAL, Page, cut, link_next, position

router = Router(tags=["Certificates"])
READ = "certificates:read"


class Filter(Schema):
    """What a list of certificates is asked for."""

    number: Number | None = None
    export_country: Annotated[list[Country], Field(default_factory=list, max_length=20)]
    import_country: Annotated[list[Country], Field(default_factory=list, max_length=20)]
    updated_since: GivenTime | None = None
    updated_until: GivenTime | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=512)] = ""

    def question(self) -> dict[str, Any]:
        """Return what a cursor is bound to."""
        return self.model_dump(mode="json", exclude={"cursor", "limit"})


class Versions(Schema):
    """Everything the caller was told of one certificate, oldest first."""

    data: list[EnvelopeForm]


@operation(router, "GET", "certificates", scope=READ, response=Page[EnvelopeForm], summary="List certificates")
def list_certificates(request: ApiRequest, asked: Query[Filter]) -> HttpResponse:
    """Every change of every certificate for you, acknowledged or not, in the order of the changes."""
    caller = request.auth.caller
    start = position(
        cursor=asked.cursor, caller=caller.client_id, question={"list": "certificates", **asked.question()}
    )
    rows = envelopes_for_caller(
        partner=caller.partner,
        asked=Asked(
            boxes=(Box.WAITING, Box.RECEIVED),
            after=start.after,
            limit=asked.limit,
            export_countries=tuple(asked.export_country),
            import_countries=tuple(asked.import_country),
            number=asked.number or "",
            updated_since=asked.updated_since,
            updated_until=asked.updated_until,
        ),
    )
    shown, has_more = cut(rows, limit=asked.limit)
    cursor = start.at(int(shown[-1].change_sequence or 0) if shown else start.after).cursor()
    page = Page[EnvelopeForm](data=[EnvelopeForm.of(row) for row in shown], next_cursor=cursor, has_more=has_more)
    return answered(page, headers=link_next(request, cursor) if has_more else {})


def _newest(request: ApiRequest, number: str) -> Envelope:
    return versions_for_caller(partner=request.auth.caller.partner, number=number)[-1]


@operation(router, "GET", "certificates/{number}", scope=READ, response=EnvelopeForm, summary="Read a certificate")
def read_certificate(request: ApiRequest, number: str) -> HttpResponse:
    """The newest version you were told of."""
    return tagged(request, answered(EnvelopeForm.of(_newest(request, number))))


@operation(router, "GET", "certificates/{number}/versions", scope=READ, response=Versions, summary="List its versions")
def list_versions(request: ApiRequest, number: str) -> HttpResponse:
    """Everything you were told of it, oldest first."""
    rows = versions_for_caller(partner=request.auth.caller.partner, number=number)
    return tagged(request, answered(Versions(data=[EnvelopeForm.of(row) for row in rows])))


@operation(
    router, "GET", "certificates/{number}/content", scope=READ, response=None, summary="Read the signed bytes",
    document=XML, errors=(410,),
)  # fmt: skip
def read_certificate_content(request: ApiRequest, number: str) -> HttpResponse:
    """Of the newest version, exactly as signed."""
    return content_of(request, _newest(request, number))


@operation(
    router, "GET", "certificates/{number}/signature", scope=READ, response=None,
    summary="Read the detached signature", document=XML,
)  # fmt: skip
def read_certificate_signature(request: ApiRequest, number: str) -> HttpResponse:
    """Of the newest version that has one."""
    rows = versions_for_caller(partner=request.auth.caller.partner, number=number)
    return signature_of(request, next((row for row in reversed(rows) if seal_of(row)), rows[-1]))


@operation(
    router, "GET", "certificates/{number}/proof", scope=READ, response=None, summary="Read the proof", document=BUNDLE
)
def read_certificate_proof(request: ApiRequest, number: str) -> HttpResponse:
    """The proof bundle, once the log has it."""
    return proof_document(request, _newest(request, number))


@operation(
    router, "GET", "certificates/{number}/pdf", scope=READ, response=None, summary="Read the paper", document=PDF
)
def read_certificate_pdf(request: ApiRequest, number: str) -> HttpResponse:
    """The signed PDF."""
    return pdf_document(request, _newest(request, number))
