"""A dry run of a document: everything the reader, the schema and the rules would find. Source: `exchange.md` 5.2."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from opensps.formats import validate
from opensps.rules import PROFILES, Level, Policy
from opensps.web.html.receiving import receiving_terms
from opensps.web.rest.answering import answered
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.envelopes import LARGEST_CONTENT
from opensps.web.rest.forms.parts import Base64, FindingForm, Given, findings_of, octets
from opensps.web.rest.operations import operation

router = Router(tags=["Validations"])


class NewValidation(Given):
    """A document to look at; it is not kept."""

    content: Annotated[Base64, Field(max_length=LARGEST_CONTENT)]


class ValidationForm(Schema):
    """What was found; accepted as it is when nothing is SEVERE."""

    is_acceptable: bool
    findings: list[FindingForm]


@operation(
    router,
    "POST",
    "validations",
    scope="envelopes:write",
    response=ValidationForm,
    summary="Validate a document without delivering it",
    count=Count.WRITES,
    largest=LARGE,
)
def validate_document(request: ApiRequest, validation: NewValidation) -> HttpResponse:
    """Nothing is stored and nothing is acknowledged."""
    policy = Policy(now=request.auth.at, extra_countries=receiving_terms().extra_countries)
    found = validate(octets(validation.content), profile=PROFILES["read"], policy=policy).findings
    is_acceptable = not any(one.level is Level.SEVERE for one in found)
    return answered(ValidationForm(is_acceptable=is_acceptable, findings=findings_of(found)))
