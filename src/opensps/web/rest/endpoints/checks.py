"""Checks of certificates, one or many: the same answer as the page gives. Source: `exchange.md` 3.4, 5.2."""

import hmac
from typing import Annotated, Any, Literal, Self

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints, model_validator

from opensps.accounts.queries import keyed_digest
from opensps.border.errors import TypingError
from opensps.border.queries import StoredResult, list_by_id, result_by_id
from opensps.border.services import CheckedLine, check_code, check_file, check_number, list_kept
from opensps.web.html.installation import installation
from opensps.web.html.keys import trust_list
from opensps.web.html.views.proof import proof_of
from opensps.web.rest.answering import answered
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.envelopes import LARGEST_CONTENT
from opensps.web.rest.forms.parts import Base64, Given, octets
from opensps.web.rest.operations import operation
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Checks"])
SCOPE = "checks:write"
MOST = 500
_SEAL = 16

Typed = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Language = Literal["en", "zh"]


class NewCheck(Given):
    """One thing to check: a number with its code, the text of a printed code, or a document."""

    number: Typed | None = None
    verification_code: Typed | None = None
    qr_payload: Annotated[str, StringConstraints(min_length=1, max_length=8_000)] | None = None
    content: Annotated[Base64, Field(max_length=LARGEST_CONTENT)] | None = None
    language: Language = "en"

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(each is not None for each in (self.number, self.qr_payload, self.content)) != 1:
            raise ValueError("exactly one of number, qr_payload, content")
        if (self.number is None) != (self.verification_code is None):
            raise ValueError("number and verification_code go together")
        return self


class BatchItem(Given):
    """One of many: a number with its code, or the text of a printed code."""

    number: Typed | None = None
    verification_code: Typed | None = None
    qr_payload: Annotated[str, StringConstraints(min_length=1, max_length=8_000)] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.qr_payload is None) == (self.number is None):
            raise ValueError("exactly one of number, qr_payload")
        if (self.number is None) != (self.verification_code is None):
            raise ValueError("number and verification_code go together")
        return self


class NewBatch(Given):
    """Up to 500 checks; each is counted and limited like one."""

    item: Annotated[list[BatchItem], Field(min_length=1, max_length=MOST)]
    language: Language = "en"


class FragmentForm(Schema):
    """One aspect of a check."""

    aspect: str
    outcome: str
    reason_code: str


class DifferenceForm(Schema):
    """A field that is presented otherwise than recorded."""

    field: str
    presented: str
    recorded: str
    kind: str
    reason: str
    sentence: str


class FactForm(Schema):
    """A fact of the certificate that whoever holds the paper may see."""

    key: str
    label: str
    value: str


class CheckForm(Schema):
    """The answer to a check; open words may be added."""

    check_number: str
    verdict: str
    result: str
    heading: str
    sentence: str
    next: str
    fragment: list[FragmentForm]
    number: str | None = None
    signer: str | None = None
    facts: list[FactForm]
    difference: list[DifferenceForm]
    checked_at: str | None = None
    status_as_of: str | None = None


class JobItem(Schema):
    """One line of a batch, in the order of the request."""

    check: CheckForm | None = None
    error: str | None = None
    """``number`` or ``code``: mistyped, not looked up; ``left_out``: not asked, for too many before it were wrong."""


class JobForm(Schema):
    """A batch and its answers; kept for a day."""

    id: str
    state: Literal["done"] = "done"
    item: list[JobItem]


@operation(
    router, "POST", "checks", scope=SCOPE, response={201: CheckForm}, summary="Check a certificate",
    count=Count.CHECKS, creates=True, largest=LARGE,
)  # fmt: skip
def check_certificate(request: ApiRequest, check: NewCheck) -> HttpResponse:
    """Recorded as an attempt; the answer is kept for a day."""
    try:
        found = _checked(request, check)
    except TypingError as exc:
        raise Problem("SCHEMA_INVALID", faults=(_mistyped(exc),)) from exc
    form = _form(request, found, check.language)
    return answered(form, status=201, headers={"Location": f"/api/v1/checks/{form.check_number}"})


@operation(router, "GET", "checks/{check_number}", scope=SCOPE, response=CheckForm, summary="Read a check")
def read_check(request: ApiRequest, check_number: str) -> HttpResponse:
    """The answer you got; for a day, and to you alone."""
    found = result_by_id(
        authority=installation().authority, result_id=_opened(request, check_number), at=request.auth.at
    )
    if found is None:
        raise Problem("NOT_FOUND")
    return answered(_form(request, found, "en"))


@operation(
    router, "POST", "checks/batches", scope=SCOPE, response={202: JobForm}, summary="Check up to 500 certificates",
    count=Count.CHECKS, creates=True, largest=LARGE,
)  # fmt: skip
def check_batch(request: ApiRequest, batch: NewBatch) -> HttpResponse:
    """The answers stand in the job, which is done when this is answered."""
    lines = tuple(_lines(request, batch))
    kept = list_kept(lines, authority=installation().authority, at=request.auth.at)
    job = _sealed(request, kept.id)
    form = JobForm(id=job, item=[_item(request, line.result, _why(line), batch.language) for line in lines])
    return answered(form, status=202, headers={"Location": f"/api/v1/jobs/{job}"})


@operation(router, "GET", "jobs/{job_id}", scope=SCOPE, response=JobForm, summary="Read a batch")
def read_job(request: ApiRequest, job_id: str) -> HttpResponse:
    """The answers of a batch; for a day, and to you alone."""
    found = list_by_id(authority=installation().authority, list_id=_opened(request, job_id), at=request.auth.at)
    if found is None:
        raise Problem("NOT_FOUND")
    items = [_item(request, line.result, "left_out" if line.is_left_out else line.error, "en") for line in found]
    return answered(JobForm(id=job_id, item=items))


def _circumstances(request: ApiRequest) -> dict[str, Any]:
    """Return what every check needs. Wrong codes count against the network of the caller, as on the page."""
    place = installation()
    return {
        "authority": place.authority,
        "network": request.META.get("REMOTE_ADDR") or "",
        "at": request.auth.at,
        "trust": trust_list(),
        "accepts_training": place.is_demo,
        "proofs": proof_of,
    }


def _checked(request: ApiRequest, check: NewCheck | BatchItem) -> StoredResult:
    given = _circumstances(request)
    if check.qr_payload is not None:
        return check_code(text=check.qr_payload, **given)
    if check.number is not None:
        return check_number(number_typed=check.number, code_typed=check.verification_code or "", **given)
    content = check.content if isinstance(check, NewCheck) else None
    return check_file(files=[("document.xml", octets(content or ""))], **given)


def _mistyped(exc: TypingError) -> Fault:
    place = "verification_code" if exc.field == "code" else "number"
    return Fault("MISTYPED", "its check signs do not fit; nothing was looked up", pointer=f"/{place}")


def _lines(request: ApiRequest, batch: NewBatch) -> Any:
    is_waiting = False
    for place, item in enumerate(batch.item, start=1):
        number = item.number or ""
        if is_waiting:
            yield CheckedLine(place, number, is_left_out=True)
            continue
        try:
            result = _checked(request, item)
        except TypingError as exc:
            yield CheckedLine(place, number, typing_error=exc.field)
            continue
        is_waiting = result.result == "too_many_tries"
        yield CheckedLine(place, number, result=result)


def _why(line: CheckedLine) -> str:
    return "left_out" if line.is_left_out else line.typing_error


def _item(request: ApiRequest, result: StoredResult | None, error: str, language: str) -> JobItem:
    return JobItem(check=_form(request, result, language) if result is not None else None, error=error or None)


def _form(request: ApiRequest, found: StoredResult, language: str) -> CheckForm:
    said = found.answer(language)
    return CheckForm(
        check_number=_sealed(request, found.id),
        verdict=str(said["class"]).upper(),
        result=said["result"],
        heading=said["heading"],
        sentence=said["sentence"],
        next=said["next"],
        fragment=[
            FragmentForm(aspect=each["aspect"], outcome=each["outcome"], reason_code=each["reason"])
            for each in said["fragments"]
        ],
        number=said["number"],
        signer=said["signer"],
        facts=[FactForm(**each) for each in said["facts"]],
        difference=[DifferenceForm(**each) for each in said["differences"]],
        checked_at=said["checked_at"],
        status_as_of=said["as_of"],
    )


def _sealed(request: ApiRequest, result_id: str) -> str:
    """Return the number of a result for this caller: with any other caller's it opens nothing."""
    return result_id + keyed_digest("rest.results", request.auth.caller.partner.code, result_id)[:_SEAL]


def _opened(request: ApiRequest, number: str) -> str:
    result_id = number[:-_SEAL]
    if not number.isascii() or not hmac.compare_digest(number, _sealed(request, result_id)):
        raise Problem("NOT_FOUND")
    return result_id
