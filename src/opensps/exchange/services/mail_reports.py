"""What bounces and receipts change: the tables of `exchange.md` 4.5 and 4.6, applied to our deliveries.

A bounce is believed as far as our own return path proves that it speaks of that delivery, and never as a receipt.
"""

from datetime import datetime

import structlog
from django.db import transaction

from opensps.exchange.mail.building import delivery_of_message
from opensps.exchange.mail.reading import ReportMail
from opensps.exchange.mail.reports import DispositionReport, delivery_report, disposition_report
from opensps.exchange.mail.signals import NOTHING, Effect, Signal, of_delivery_report, of_disposition
from opensps.exchange.mail.tokens import delivery_of
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import Decision, Envelope, ReceivedMessage
from opensps.exchange.queries.mail import BOUNCE, UNPROVEN, mail_delivery, reports_since
from opensps.exchange.services.connections import FAILURES_TO_OPEN, connection_doubted, connection_failed
from opensps.exchange.services.outcomes import envelope_failed, envelope_noted, envelope_outcome
from opensps.exchange.services.setting_aside import message_decide
from opensps.lifecycle import TrackingInfo

log = structlog.get_logger("opensps.exchange.mail")

BOUNCES_TO_OPEN = 10
"""In an hour, of one connection."""

UNPROVEN_ALARM = 20
"""Receipts and bounces an hour that prove nothing."""

_FACTS = {Effect.HANDED_OVER: "handed_over", Effect.LATE: "late", Effect.OPENED: "opened"}
_WORDS = {
    Effect.RECEIVED: TrackingInfo.DELIVERED,
    Effect.RECEIVED_REMARKS: TrackingInfo.DELIVERED_WITH_WARNINGS,
    Effect.UNREADABLE: TrackingInfo.DELIVERED_NOT_READABLE,
}
_FAILURES = {Effect.RETRY: False, Effect.REJECTED: True}


@transaction.atomic
def report_apply(message: ReceivedMessage, got: ReportMail, *, mail: MailTerms, at: datetime) -> None:
    """Apply a bounce or receipt to the delivery it proves to speak of, and write the decision."""
    envelope, signal = _judged(message, got, mail)
    if envelope is None or signal.effect is Effect.NONE:
        _unproven(message, at)
        return
    _applied(envelope, signal, is_receipt=disposition_report(got.part) is not None, at=at)
    message_decide(
        message,
        Decision.REPORT,
        at=at,
        partner=envelope.partner,
        envelope=envelope,
        connection_id=envelope.connection_id,
        reason=BOUNCE if signal.is_bounce else "",
        reason_text=signal.text,
    )
    if envelope.connection_id is not None:
        _told(envelope, signal, envelope.connection_id, at)


def _judged(message: ReceivedMessage, got: ReportMail, mail: MailTerms) -> tuple[Envelope | None, Signal]:
    bounce, receipt = delivery_report(got.part), disposition_report(got.part)
    if bounce is not None:
        token = _token(message, mail)
        envelope = mail_delivery(authority=message.authority, delivery_number=token) if token else None
        return envelope, of_delivery_report(bounce, delivery_in_token=token)
    return _receipt(message, got, receipt, mail) if receipt is not None else (None, NOTHING)


def _token(message: ReceivedMessage, mail: MailTerms) -> str | None:
    """Return the delivery whose return path a mail came to: the address of the conversation, not one in the mail."""
    return delivery_of(str(message.facts.get("rcpt_to", "")), domain=mail.domain, secret=mail.secret)


def _receipt(
    message: ReceivedMessage, got: ReportMail, receipt: DispositionReport, mail: MailTerms
) -> tuple[Envelope | None, Signal]:
    number = delivery_of_message(receipt.original_message_id, domain=mail.domain)
    envelope = mail_delivery(authority=message.authority, delivery_number=number) if number else None
    if envelope is None:
        return None, NOTHING
    is_proven = bool(got.signer) and got.partner == envelope.partner.code
    return envelope, of_disposition(receipt, is_proven=is_proven, our_mic=envelope.message_mic)


def _applied(envelope: Envelope, signal: Signal, *, is_receipt: bool, at: datetime) -> None:
    which = {"authority": envelope.authority, "delivery_number": envelope.delivery_number}
    if signal.effect in _FACTS:
        envelope_noted(**which, fact=_FACTS[signal.effect], at=at)
    elif signal.effect in _WORDS:
        envelope_outcome(**which, word=_WORDS[signal.effect], text=signal.text, at=at)
    elif is_receipt:
        envelope_outcome(**which, word=TrackingInfo.FAILED_DELIVERY, text=signal.text, at=at)
    else:
        envelope_failed(**which, text=signal.text, is_final=_FAILURES[signal.effect], at=at)


def _told(envelope: Envelope, signal: Signal, connection_id: int, at: datetime) -> None:
    """Let the connection know: some failures pause it, many bounces open its breaker."""
    if signal.pause:
        connection_doubted(
            authority=envelope.authority, connection_id=connection_id, reason=signal.pause, text=signal.text, at=at
        )
    if not signal.is_bounce:
        return
    bounces = reports_since(authority=envelope.authority, reason=BOUNCE, at=at, connection_id=connection_id)
    if bounces >= BOUNCES_TO_OPEN:
        for _each in range(FAILURES_TO_OPEN):
            if connection_failed(authority=envelope.authority, connection_id=connection_id, at=at):
                break


def _unproven(message: ReceivedMessage, at: datetime) -> None:
    """Keep and count what proves nothing; many of them are an attack or a wrong address somewhere."""
    message_decide(message, Decision.IGNORED, at=at, reason=UNPROVEN)
    count = reports_since(authority=message.authority, reason=UNPROVEN, at=at)
    level = log.error if count >= UNPROVEN_ALARM else log.info
    level("mail_report_unproven", message=message.pk, in_the_last_hour=count)
