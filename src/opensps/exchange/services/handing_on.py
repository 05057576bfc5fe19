"""Handing on what is no certificate: answers of importing authorities to their record, the rest to whoever takes it.

Source: `exchange.md` 0, 2 and 1.2 (DeliverCountryResponseEnvelope), `lifecycles.md` 2 (wire rules). Rooms that do not
know each other meet by handlers named in a setting; what nobody takes is kept and said to be taken by nobody.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from types import MappingProxyType

from opensps.certificate import Acknowledgement, OfficialTime
from opensps.certification.errors import NotFound, OutcomeRefused
from opensps.certification.outcomes import LineQuantity, Outcome, OutcomeReport
from opensps.certification.services.outcomes import outcome_record
from opensps.exchange.inbound_rules import found
from opensps.exchange.models import Envelope, Way
from opensps.exchange.terms import InboundMessage, ReceivingTerms
from opensps.exchange.transports.transport import Kind
from opensps.rules import Finding

_OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {"39": Outcome.ACCEPTED, "41": Outcome.REJECTED, "42": Outcome.HELD, "122": Outcome.ACCEPTED_PARTLY}
)
"""UNCL 4405 of an answer -> what was decided about the goods."""

_REASON = 2_000
_MOST_LINES = 500
_LINE = re.compile(r"(?:^|; )line ([0-9]{1,6}): ([0-9]{1,18}(?:\.[0-9]{1,9})?) ([A-Z0-9]{2,3})(?=;|$)")
"""One line of an answer to which less was accepted than was claimed: number, quantity, unit."""


def hand_on(
    envelope: Envelope,
    *,
    acknowledgement: Acknowledgement | None,
    content: bytes,
    terms: ReceivingTerms,
    at: datetime,
) -> Iterable[Finding]:
    """Record an outcome, or offer the message to the handlers, in the transaction of its receipt.

    Returns what is to be said about it: nothing where somebody took it.
    """
    if acknowledgement is not None and _recorded(envelope, acknowledgement, content, at):
        return ()
    message = InboundMessage(
        authority=envelope.authority,
        partner=envelope.partner.code,
        delivery_number=envelope.delivery_number,
        number=envelope.number,
        type_code=envelope.type_code,
        status_code=envelope.status_code,
        content=content,
        at=at,
    )
    return () if any(handler(message) for handler in terms.handlers) else (found("EXCHANGE-OTHER"),)


def answered_by(*, authority: str, partner_id: int, number: str) -> Envelope | None:
    """Return our last envelope about a certificate to a partner: what an answer of theirs speaks of."""
    rows = Envelope.objects.filter(
        authority=authority, direction=Way.OUT, kind=Kind.CERTIFICATE, partner_id=partner_id, number=number
    )
    return rows.order_by("-pk").first()


def _recorded(envelope: Envelope, answer: Acknowledgement, content: bytes, at: datetime) -> bool:
    """Record what an importing authority decided about a certificate we sent it; false where it is no such answer."""
    outcome = _OUTCOMES.get(answer.status_code)
    names_it = any(one.id == envelope.number for one in answer.references)
    if outcome is None or not names_it or envelope.in_reply_to_id is None:
        return False
    reason = answer.reasons[0] if answer.reasons else None
    report = OutcomeReport(
        outcome=outcome,
        decided_at=_moment(answer.issued) or at,
        reason_text=reason.value[:_REASON] if reason is not None else "",
        reason_language=(reason.language or "") if reason is not None else "",
        quantities=_quantities(reason.value if reason is not None else ""),
        acknowledgement=content,
    )
    try:
        outcome_record(
            authority=envelope.authority,
            reporter=envelope.partner.code,
            request_id=envelope.sha256,
            number=envelope.number,
            report=report,
            at=at,
        )
    except (NotFound, OutcomeRefused):
        return False
    return True


def _quantities(text: str) -> tuple[LineQuantity, ...]:
    """Return what was accepted of each line, where the words of an answer say it as ours do (`answering`)."""
    named = _LINE.findall(text[:_REASON])[:_MOST_LINES]
    return tuple(LineQuantity(int(line), Decimal(value), unit) for line, value, unit in named)


def _moment(issued: OfficialTime | None) -> datetime | None:
    if issued is None:
        return None
    return issued.at or datetime.combine(issued.on, time.min, UTC)
