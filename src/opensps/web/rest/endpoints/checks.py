"""Checks of certificates by officials of the caller's authority, one or many. Source: `exchange.md` 3.4, 5.2."""

from collections.abc import Iterator

from django.http import HttpResponse
from ninja import Router

from opensps.border.errors import PresentationRefused, TypingError
from opensps.border.queries import StoredResult, list_by_id, result_by_id
from opensps.border.services import CheckedLine, list_kept
from opensps.border.services.for_partners import (
    Asking,
    partner_check_code,
    partner_check_content,
    partner_check_number,
)
from opensps.border.services.partner_presentations import presentation_record
from opensps.verification import TypedError
from opensps.web.html.installation import installation
from opensps.web.rest.answering import answered
from opensps.web.rest.asking import asking_for, request_id_of, unreadable_field
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.checks import BatchItem, CheckForm, JobForm, JobItem, NewBatch, NewCheck
from opensps.web.rest.forms.parts import octets
from opensps.web.rest.operations import operation
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Checks"])
SCOPE, RECORDS = "checks:write", "outcomes:write"


@operation(
    router, "POST", "checks", scope=SCOPE, response={201: CheckForm}, summary="Check a certificate",
    count=Count.CHECKS, creates=True, largest=LARGE,
)  # fmt: skip
def check_certificate(request: ApiRequest, check: NewCheck) -> HttpResponse:
    """Recorded as an attempt, or as a presentation; the answer is kept for a day."""
    if check.presentation:
        _may_present(request)
    asking = asking_for(request, presented=check.presented_field)
    try:
        found = _presented(request, asking, check) if check.presentation else _checked(asking, check)
    except TypingError as exc:
        raise Problem("SCHEMA_INVALID", faults=(_mistyped(exc),)) from exc
    except TypedError as exc:
        raise unreadable_field(exc) from exc
    except PresentationRefused as exc:
        raise Problem("REQUEST_ID_REUSED") from exc
    form = CheckForm.of(found, language=check.language)
    return answered(form, status=201, headers={"Location": f"/api/v1/checks/{form.check_number}"})


@operation(
    router, "POST", "checks/batches", scope=SCOPE, response={202: JobForm}, summary="Check up to 500 certificates",
    count=Count.CHECKS, creates=True, largest=LARGE,
)  # fmt: skip
def check_batch(request: ApiRequest, batch: NewBatch) -> HttpResponse:
    """The answers stand in the job, which is done when this is answered."""
    lines = tuple(_lines(asking_for(request), batch))
    kept = list_kept(lines, authority=installation().authority, at=request.auth.at, checker=_viewer(request))
    items = [JobItem.of(line.result, _why(line), language=batch.language) for line in lines]
    return answered(JobForm(id=kept.id, item=items), status=202, headers={"Location": f"/api/v1/jobs/{kept.id}"})


@operation(router, "GET", "checks/{check_number}", scope=SCOPE, response=CheckForm, summary="Read a check")
def read_check(request: ApiRequest, check_number: str) -> HttpResponse:
    """The answer you got; for a day, and to you alone."""
    found = _kept(request, check_number)
    if found is None:
        raise Problem("NOT_FOUND")
    return answered(CheckForm.of(found))


@operation(router, "GET", "jobs/{job_id}", scope=SCOPE, response=JobForm, summary="Read a batch")
def read_job(request: ApiRequest, job_id: str) -> HttpResponse:
    """The answers of a batch; for a day, and to you alone."""
    found = list_by_id(authority=installation().authority, list_id=job_id, at=request.auth.at, viewer=_viewer(request))
    if found is None:
        raise Problem("NOT_FOUND")
    items = [JobItem.of(line.result, "left_out" if line.is_left_out else line.error) for line in found]
    return answered(JobForm(id=job_id, item=items))


def _may_present(request: ApiRequest) -> None:
    """Refuse a program whose account was not approved to record what arrived. Raises `Problem`."""
    caller = request.auth.caller
    if caller.official is not None and RECORDS not in caller.scopes:
        raise Problem("SCOPE_MISSING", f"needs {RECORDS}")


def _viewer(request: ApiRequest) -> str:
    """Return what results of the caller are kept for."""
    return asking_for(request).official


def _kept(request: ApiRequest, check_number: str) -> StoredResult | None:
    found = result_by_id(
        authority=installation().authority,
        result_id=check_number,
        at=request.auth.at,
        viewer=_viewer(request),
    )
    return found if found is not None and found.checker else None


def _checked(asking: Asking, check: NewCheck | BatchItem) -> StoredResult:
    if check.qr_payload is not None:
        return partner_check_code(asking, text=check.qr_payload)
    if check.number is not None:
        return partner_check_number(asking, number=check.number, code=check.verification_code or "")
    content = check.content if isinstance(check, NewCheck) else None
    return partner_check_content(asking, data=octets(content or ""))


def _presented(request: ApiRequest, asking: Asking, check: NewCheck) -> StoredResult:
    question = {
        "number": check.number or "",
        "code": check.verification_code or "",
        "qr": check.qr_payload or "",
        "content": check.content or "",
    }
    kept = presentation_record(
        asking,
        request_id=request_id_of(request),
        location=check.location or "",
        question=question,
        check=lambda given: _checked(given, check),
    )
    found = _kept(request, kept.check_number)
    if found is None:  # a repeat after the answer was kept no longer
        raise Problem("REMOVED")
    return found


def _mistyped(exc: TypingError) -> Fault:
    place = "verification_code" if exc.field == "code" else "number"
    return Fault("MISTYPED", "its check signs do not fit; nothing was looked up", pointer=f"/{place}")


def _lines(asking: Asking, batch: NewBatch) -> Iterator[CheckedLine]:
    is_waiting = False
    for place, item in enumerate(batch.item, start=1):
        number = item.number or ""
        if is_waiting:
            yield CheckedLine(place, number, is_left_out=True)
            continue
        try:
            result = _checked(asking, item)
        except TypingError as exc:
            yield CheckedLine(place, number, typing_error=exc.field)
            continue
        is_waiting = result.result == "too_many_tries"
        yield CheckedLine(place, number, result=result)


def _why(line: CheckedLine) -> str:
    return "left_out" if line.is_left_out else line.typing_error
