"""The caller's final word about envelopes for it. Source: `exchange.md` 3.4, 5.2: the first one stays."""

import hmac
from collections.abc import Sequence

import structlog
from django.http import HttpResponse
from ninja import Router

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import Envelope, envelope_for_caller, tracking_of
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.lifecycle import WORD_OF_CODE, TrackingInfo
from opensps.web.rest.answering import answered
from opensps.web.rest.calling import ApiRequest, Count
from opensps.web.rest.forms.envelopes import (
    AcknowledgementResult,
    AcknowledgementResults,
    Acknowledgements,
    GivenAcknowledgement,
    GivenFinding,
)
from opensps.web.rest.operations import operation

log = structlog.get_logger("opensps.api")
router = Router(tags=["Envelopes"])
SCOPE = "envelopes:acknowledge"
_LONGEST = 1_000


@operation(
    router,
    "POST",
    "envelopes/{delivery_number}/acknowledgement",
    scope=SCOPE,
    response=AcknowledgementResult,
    summary="Acknowledge an envelope",
    count=Count.WRITES,
)
def acknowledge_envelope(
    request: ApiRequest, delivery_number: str, acknowledgement: GivenAcknowledgement
) -> HttpResponse:
    """Say what became of it. The first final word stays; a repeat changes nothing."""
    row = envelope_for_caller(partner=request.auth.caller.partner, delivery_number=delivery_number)
    return answered(_applied(request, row, acknowledgement))


@operation(
    router,
    "POST",
    "acknowledgements",
    scope=SCOPE,
    response=AcknowledgementResults,
    summary="Acknowledge up to 100 envelopes",
    count=Count.WRITES,
)
def acknowledge_envelopes(request: ApiRequest, acknowledgements: Acknowledgements) -> HttpResponse:
    """Each is judged alone; the answers are in the order of the request."""
    results = []
    for item in acknowledgements.item:
        try:
            row = envelope_for_caller(partner=request.auth.caller.partner, delivery_number=item.delivery_number)
            results.append(_applied(request, row, item))
        except EnvelopeNotFound:
            results.append(_result(item.delivery_number, TrackingInfo.ENVELOPE_NOT_EXISTS, message="not found"))
    return answered(AcknowledgementResults(item=results))


def _applied(request: ApiRequest, row: Envelope, given: GivenAcknowledgement) -> AcknowledgementResult:
    if row.direction != "out":
        raise EnvelopeNotFound(row.delivery_number)
    if given.sha256 and not hmac.compare_digest(given.sha256, row.sha256):
        log.error("acknowledged_other_content", delivery_number=row.delivery_number, partner=row.partner_id)
        return _result(row.delivery_number, tracking_of(row), message="the digest is not that of the content")
    outcome = envelope_outcome(
        authority=row.authority,
        delivery_number=row.delivery_number,
        word=WORD_OF_CODE[given.result],
        text=_text(given.message or "", given.findings),
        at=request.auth.at,
    )
    return _result(row.delivery_number, outcome.word, changed=outcome.changed)


def _result(
    delivery_number: str, word: TrackingInfo, *, changed: bool = False, message: str | None = None
) -> AcknowledgementResult:
    return AcknowledgementResult(delivery_number=delivery_number, tracking_info=word, changed=changed, message=message)


def _text(message: str, findings: Sequence[GivenFinding]) -> str:
    """Return their words in one line, as the Hub writes them (`exchange.md` 1.4)."""
    said = [f"{each.level} {each.area} {each.field or ''}".rstrip() + f": {each.message}" for each in findings]
    whole = "; ".join(filter(None, [message.strip(), *said]))
    return "".join(sign if sign.isprintable() else " " for sign in whole)[:_LONGEST]
