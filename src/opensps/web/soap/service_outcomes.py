"""SubmitOutcome: what the caller decided about goods at its border, recorded once (`exchange.md` 3.2, 3.4)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from opensps.certification.errors import NotFound, OutcomeRefused
from opensps.certification.outcomes import ALERTS, BorderMeasure, LineQuantity, Outcome, OutcomeReport
from opensps.certification.services.outcomes import outcome_record
from opensps.exchange.contracts.tables import Record
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import versions_for_caller
from opensps.formats.xml_stream import LongText
from opensps.web.soap.binary import octets_of
from opensps.web.soap.callers import PartnerCaller
from opensps.web.soap.face import Call
from opensps.web.soap.service_faults import refused

_NO_TEXT: Mapping[str, Any] = {"#text": "", "@languageID": ""}


def submit_outcome(call: Call[Any], caller: PartnerCaller) -> Record:
    """Record one report and return its number and what deserves a second look."""
    asked = call.record
    try:
        versions_for_caller(partner=caller.partner, number=asked["number"])
        done = outcome_record(
            authority=settings.OPENSPS_AUTHORITY,
            reporter=caller.code,
            request_id=asked["requestId"],
            number=asked["number"],
            report=_report(asked),
            at=call.at,
        )
    except (EnvelopeNotFound, NotFound):
        raise refused("CERTIFICATE_NOT_FOUND", trace=call.trace) from None
    except OutcomeRefused as error:
        if error.reason == "request_reused":
            raise refused("REQUEST_ID_REUSED", trace=call.trace) from None
        message = "ACCEPTED_PARTLY says how much: give quantity for each line."
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message=message) from None
    return {
        "outcomeNumber": done.outcome_number,
        "recordedAt": done.recorded_at,
        "alert": tuple(
            {"code": code, "message": {"#text": ALERTS.get(code, code), "@languageID": "en"}} for code in done.alerts
        ),
    }


def _report(asked: Record) -> OutcomeReport:
    reason = asked.get("reasonText", _NO_TEXT)
    acknowledgement: bytes | LongText | None = asked.get("acknowledgement")
    return OutcomeReport(
        outcome=Outcome(asked["outcome"].lower()),
        decided_at=asked["decidedAt"],
        location=asked.get("location", ""),
        office_reference=asked.get("officeReference", ""),
        reason_code=asked.get("reasonCode", "")[:60],
        reason_text=reason["#text"],
        reason_language=reason.get("@languageID", ""),
        measure=BorderMeasure(asked["measure"].lower()) if "measure" in asked else None,
        quantities=tuple(LineQuantity(each["line"], each["value"], each["unitCode"]) for each in asked["quantity"]),
        acknowledgement=octets_of(acknowledgement) if acknowledgement is not None else None,
    )
