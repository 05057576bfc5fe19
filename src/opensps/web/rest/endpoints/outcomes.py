"""What the importing authority decided about goods under our certificate. Source: `exchange.md` 3.4, 5.2."""

from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from opensps.certification.errors import NotFound, OutcomeRefused
from opensps.certification.outcomes import ALERTS, BorderMeasure, LineQuantity, Outcome, OutcomeReport
from opensps.certification.services.outcomes import outcome_record
from opensps.exchange.queries.for_callers import versions_for_caller
from opensps.web.rest.answering import answered
from opensps.web.rest.asking import request_id_of
from opensps.web.rest.calling import LARGE, ApiRequest, Count
from opensps.web.rest.forms.envelopes import LARGEST_SIGNATURE
from opensps.web.rest.forms.parts import Base64, Given, LongText, Number, ShortText, octets
from opensps.web.rest.forms.times import GivenTime, Time
from opensps.web.rest.operations import operation
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Outcomes"])
_WORDS = Literal["PRESENTED", "HELD", "ACCEPTED", "ACCEPTED_PARTLY", "REJECTED", "FORWARDED", "ANNULLED"]
_MEASURES = Literal[
    "RELEASE", "RELEASE_OTHER_GROUND", "TREATMENT", "RE_EXPORT", "TRANSFORMATION", "OTHER_USE", "QUARANTINE",
    "SEIZURE", "DESTRUCTION",
]  # fmt: skip


class Quantity(Given):
    """How much of a line was accepted."""

    line: Annotated[int, Field(ge=1, le=100_000)]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}(\.[0-9]{1,4})?$")]
    unit_code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
    """UNECE Rec 20."""


class NewOutcome(Given):
    """A decision about goods that were presented with a certificate of ours."""

    number: Number
    outcome: _WORDS
    decided_at: GivenTime
    location: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")] | None = None
    """UN/LOCODE."""

    office_reference: ShortText | None = None
    reason_code: ShortText | None = None
    reason_text: LongText | None = None
    reason_language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    measure: _MEASURES | None = None
    quantity: Annotated[list[Quantity], Field(default_factory=list, max_length=1_000)]
    acknowledgement: Annotated[Base64, Field(max_length=LARGEST_SIGNATURE)] | None = None


class AlertForm(Schema):
    """What deserves a second look; the outcome is recorded all the same."""

    code: str
    message: str


class OutcomeForm(Schema):
    """A recorded outcome."""

    outcome_number: str
    recorded_at: Time
    alert: list[AlertForm]


@operation(
    router, "POST", "outcomes", scope="outcomes:write", response={201: OutcomeForm}, summary="Report an outcome",
    count=Count.WRITES, creates=True, largest=LARGE,
)  # fmt: skip
def submit_outcome(request: ApiRequest, outcome: NewOutcome) -> HttpResponse:
    """Only for certificates you were told of."""
    partner = request.auth.caller.partner
    versions_for_caller(partner=partner, number=outcome.number)
    try:
        recorded = outcome_record(
            authority=partner.authority,
            reporter=partner.code,
            request_id=request_id_of(request),
            number=outcome.number,
            report=_report(outcome),
            at=request.auth.at,
        )
    except NotFound as exc:
        raise Problem("NOT_FOUND") from exc
    except OutcomeRefused as exc:
        raise _refusal(exc) from exc
    alerts = [AlertForm(code=code, message=ALERTS.get(code, code)) for code in recorded.alerts]
    form = OutcomeForm(outcome_number=recorded.outcome_number, recorded_at=recorded.recorded_at, alert=alerts)
    return answered(form, status=201)


def _report(given: NewOutcome) -> OutcomeReport:
    return OutcomeReport(
        outcome=Outcome(given.outcome.lower()),
        decided_at=given.decided_at,
        location=given.location or "",
        office_reference=given.office_reference or "",
        reason_code=given.reason_code or "",
        reason_text=given.reason_text or "",
        reason_language=given.reason_language or "",
        measure=BorderMeasure(given.measure.lower()) if given.measure else None,
        quantities=tuple(LineQuantity(each.line, Decimal(each.value), each.unit_code) for each in given.quantity),
        acknowledgement=octets(given.acknowledgement) if given.acknowledgement else None,
    )


def _refusal(exc: OutcomeRefused) -> Problem:
    if exc.reason == "request_reused":
        return Problem("REQUEST_ID_REUSED")
    return Problem("SCHEMA_INVALID", faults=(Fault("MISSING", "partly accepted: how much?", pointer="/quantity"),))
