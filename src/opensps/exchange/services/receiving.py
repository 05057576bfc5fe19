"""Taking one envelope from a partner: examined, decided, stored and answered for together (`exchange.md` 8.4).

The answer is what the channel may say once this has returned, and not before. What came before gets the answer it got
then: by its delivery number, by its content, for ever. Content is examined before the transaction, which stays short.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from opensps.events.services import event_write, lock
from opensps.exchange.acknowledging import has_remarks, hub_tracking, receipt_text
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.examining import MAX_FIELD, Examined
from opensps.exchange.findings import from_plain, to_plain
from opensps.exchange.inbound_rules import found
from opensps.exchange.models import Decision as MessageDecision
from opensps.exchange.models import Envelope, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.queries.receiving import (
    connection_for,
    header_facts,
    same_content,
)
from opensps.exchange.services.acknowledging import (
    acknowledgement_queue,
    acknowledgement_send_again,
    acknowledges_by_message,
    content_keep,
    new_delivery_number,
)
from opensps.exchange.services.examined_deliveries import Delivery, Prepared, came_before, prepared
from opensps.exchange.services.handing_on import answered_by, hand_on
from opensps.exchange.services.incoming import incoming_apply, incoming_locked, replaces
from opensps.exchange.services.records import change_sequence_next
from opensps.exchange.services.setting_aside import message_set_aside
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import WORD_OF_CODE, AcknowledgementCode, ReceiptState, Role, TrackingInfo
from opensps.lifecycle.receipt import Decision, result_of
from opensps.rules import Finding

logger = structlog.get_logger()

_STATES = {
    AcknowledgementCode.RECEIVED: ReceiptState.RECEIVED,
    AcknowledgementCode.RECEIVED_REMARKS: ReceiptState.RECEIVED_REMARKS,
    AcknowledgementCode.UNREADABLE: ReceiptState.UNREADABLE,
    AcknowledgementCode.REJECTED: ReceiptState.REJECTED,
}

_REMARKS = {
    Decision.CONFLICT: "EXCHANGE-CONFLICT",
    Decision.OLDER: "EXCHANGE-OLDER",
    Decision.UNKNOWN_STATUS: "EXCHANGE-STATUS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAnswer:
    """What may be said about an envelope, now that it is kept."""

    delivery_number: str
    """Ours."""

    result: AcknowledgementCode
    findings: tuple[Finding, ...] = ()
    text: str = ""
    """English, at most 1,000 characters; empty where there is nothing to say."""

    is_new: bool = True
    """Whether it had not come before."""

    @property
    def tracking(self) -> TrackingInfo:
        """The word for it on our own channels."""
        return WORD_OF_CODE[self.result]


def envelope_receive(
    *,
    authority: str,
    partner: Partner,
    channel: str,
    header: EnvelopeHeader,
    content: bytes,
    terms: ReceivingTerms,
    at: datetime,
    remote_number: str = "",
    version: int | None = None,
    detached_signature: bytes | None = None,
    requires_seal: bool = False,
    is_copy: bool = False,
    beforehand: tuple[Finding, ...] = (),
    connection: PartnerConnection | None = None,
    message: ReceivedMessage | None = None,
) -> ReceiptAnswer:
    """Take one envelope of a known partner and return what may be answered, after the commit of this call.

    `content` is decoded once (`contracts.content`). `remote_number` is the delivery number the other side gave; without
    one, the same content again is the same envelope. `message` is the raw message it came in, if that was stored
    before. `requires_seal`: only a seal proves the sender on this channel. `beforehand`: findings of the channel.
    `is_copy`: it was forwarded to us, and may be made out for another country.
    """
    used = connection or connection_for(partner=partner, channel=channel, from_code=header.from_code)
    given = Delivery(
        authority=authority,
        partner=partner,
        connection=used,
        channel=channel,
        header=header,
        content=content,
        remote_number=remote_number,
        version=version,
        signature=detached_signature,
        beforehand=beforehand,
        message=message,
        terms=terms,
        at=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    examined = prepared(given, is_copy=is_copy, requires_seal=requires_seal)
    with transaction.atomic():
        return envelope_take(examined)


def envelope_take(delivery: Prepared) -> ReceiptAnswer:
    """Decide, store and answer what was looked at, in the transaction of the caller."""
    if isinstance(delivery.found, Examined):
        return _receive(delivery.given, delivery.found)
    return _again(delivery.given, delivery.found)


def _receive(given: Delivery, examined: Examined) -> ReceiptAnswer:
    # The same envelope twenty times at once: one is taken, the others wait here and find it.
    lock("received", given.authority, given.partner.code, given.channel, given.remote_number or examined.sha256)
    incoming_locked(
        authority=given.authority,
        partner=given.partner,
        numbers=(examined.number, replaces(examined), given.header.number),
    )
    before = _before(given, examined)
    if before is not None:
        return before
    original = same_content(
        partner=given.partner, header=given.header, digest=examined.digest, is_refused=examined.refusal is not None
    )
    envelope = _stored(given, examined, original)
    answer = _decided(given, envelope, examined, is_known=original is not None)
    _conclude(given, envelope, answer)
    return answer


def _before(given: Delivery, examined: Examined) -> ReceiptAnswer | None:
    """Return the answer to a delivery that came before; ``None`` for a new one."""
    before = came_before(given)
    if before is None:
        return None
    if before.sha256 != examined.sha256 and before.content_digest != examined.digest:
        return _set_aside(given, before, examined)
    return _again(given, before)


def _again(given: Delivery, earlier: Envelope) -> ReceiptAnswer:
    """Acknowledge again what came before, as it was."""
    if acknowledges_by_message(earlier):
        acknowledgement_send_again(envelope=earlier, at=given.at)
    _mark(given, MessageDecision.ANSWERED, earlier)
    return answer_of(earlier)


def answer_of(envelope: Envelope) -> ReceiptAnswer:
    """Return what was answered for an envelope that came before."""
    return ReceiptAnswer(
        delivery_number=envelope.delivery_number,
        result=AcknowledgementCode(envelope.result),
        findings=from_plain(envelope.findings),
        text=envelope.tracking_text,
        is_new=False,
    )


def _set_aside(given: Delivery, earlier: Envelope, examined: Examined) -> ReceiptAnswer:
    """Quarantine what came under a delivery number that was given to something else."""
    message = given.message or ReceivedMessage.objects.create(
        authority=given.authority,
        channel=given.channel,
        connection=given.connection,
        raw=given.content,
        sha256=examined.sha256,
        size_bytes=len(given.content),
        message_key=given.remote_number,
        facts={"header": header_facts(given.header), "remote_number": given.remote_number},
        received_at=given.at,
    )
    if message.decision == MessageDecision.ARRIVED:
        message.partner, message.envelope = given.partner, earlier
        message.save(update_fields=["partner", "envelope"])
        message_set_aside(message, reason="REPLAY", at=given.at)
    findings = (found("EXCHANGE-REUSED"),)
    return ReceiptAnswer(
        delivery_number=earlier.delivery_number,
        result=AcknowledgementCode.RECEIVED_REMARKS,
        findings=findings,
        text=receipt_text(findings),
    )


def _stored(given: Delivery, examined: Examined, original: Envelope | None) -> Envelope:
    header, content = given.header, content_keep(authority=given.authority, data=given.content, at=given.at)
    goods = examined.certificate.consignment if examined.certificate is not None else None
    return Envelope.objects.create(
        authority=given.authority,
        delivery_number=new_delivery_number(given.at),
        direction="in",
        kind=Kind.RESPONSE if examined.acknowledgement is not None else Kind.CERTIFICATE,
        partner=given.partner,
        connection=given.connection,
        channel=given.channel,
        from_code=_kept(header.from_code),
        to_code=_kept(header.to_code),
        number=_kept(header.number),
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        version=given.version or 1,
        said_version=given.version,
        issued_at=examined.issued_at,
        export_country=(goods.export_country.code or "")[:2] if goods is not None else "",
        import_country=(goods.import_country.code or "")[:2] if goods is not None else "",
        sha256=examined.sha256,
        content_digest=examined.digest,
        size_bytes=len(given.content),
        content=content,
        detached_signature=given.signature,
        state=ReceiptState.ARRIVED,
        remote_number=given.remote_number,
        queued_at=given.at,
        changed_at=given.at,
        duplicate_of=original,
        in_reply_to=_answered(given) if examined.acknowledgement is not None else None,
    )


def _answered(given: Delivery) -> Envelope | None:
    return answered_by(authority=given.authority, partner_id=given.partner.pk, number=given.header.number)


def _kept(text: str) -> str:
    """Return a field of a header as a column can hold it; what had to be cut is refused by a finding."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:MAX_FIELD])


def _decided(given: Delivery, envelope: Envelope, examined: Examined, *, is_known: bool) -> ReceiptAnswer:
    """Apply what can be applied and return the answer."""
    findings = examined.findings
    if examined.refusal is not None:
        result = examined.refusal
    elif examined.certificate is None:
        said = hand_on(
            envelope,
            acknowledgement=examined.acknowledgement,
            content=given.content,
            terms=given.terms,
            at=given.at,
        )
        findings = (*findings, *said)
        result = result_of(Decision.APPLIED, has_remarks=has_remarks(findings))
    elif examined.is_misnumbered:
        result = AcknowledgementCode.RECEIVED_REMARKS
    else:
        decision = incoming_apply(envelope=envelope, examined=examined, at=given.at)
        findings = (*findings, *_remark(decision, examined))
        is_repeat = is_known or decision is Decision.DUPLICATE
        result = result_of(Decision.DUPLICATE if is_repeat else decision, has_remarks=has_remarks(findings))
    text = "" if result is AcknowledgementCode.RECEIVED else receipt_text(findings)
    return ReceiptAnswer(
        delivery_number=envelope.delivery_number, result=result, findings=findings, text=text, is_new=not is_known
    )


def _remark(decision: Decision, examined: Examined) -> Iterable[Finding]:
    rule = _REMARKS.get(decision)
    if rule is None:
        return ()
    return (found(rule, status=examined.status_code),)


def _conclude(given: Delivery, envelope: Envelope, answer: ReceiptAnswer) -> None:
    """Write the decision, the event of a refusal and the acknowledgement together."""
    envelope.state, envelope.result = _STATES[answer.result], answer.result
    envelope.tracking = hub_tracking(answer.result) if given.channel == Channel.HUB else answer.tracking
    envelope.tracking_text, envelope.findings = answer.text, to_plain(answer.findings)
    envelope.checked_at = envelope.final_at = envelope.changed_at = given.at
    envelope.change_sequence = change_sequence_next(envelope.partner_id)
    if not acknowledges_by_message(envelope):
        envelope.acknowledged_at = given.at
    envelope.save()
    acknowledgement_queue(envelope=envelope, result=answer.result, text=answer.text, at=given.at)
    is_refused = answer.result in (AcknowledgementCode.UNREADABLE, AcknowledgementCode.REJECTED)
    _mark(given, MessageDecision.ANSWERED if is_refused or not answer.is_new else MessageDecision.APPLIED, envelope)
    if is_refused:
        _tell_refusal(envelope, answer, given.at)


def _mark(given: Delivery, decision: MessageDecision, envelope: Envelope) -> None:
    """Write what was made of the raw message; what was decided before stays."""
    if given.message is None:
        return
    undecided = ReceivedMessage.objects.filter(pk=given.message.pk, decision=MessageDecision.ARRIVED)
    undecided.update(partner=given.partner, decision=decision, envelope=envelope, decided_at=given.at, due_at=None)


def _tell_refusal(envelope: Envelope, answer: ReceiptAnswer, at: datetime) -> None:
    logger.warning(
        "envelope_refused",
        delivery_number=envelope.delivery_number,
        partner=envelope.partner.code,
        result=answer.result,
    )
    event_write(
        authority=envelope.authority,
        object_kind="envelope",
        object_id=envelope.delivery_number,
        act="envelope.refused",
        to_state=envelope.state,
        actor="system",
        role=Role.SYSTEM,
        at=at,
        reason_code=next((one.rule for one in answer.findings), ""),
        payload={"partner": envelope.partner.code, "number": envelope.number, "text": answer.text},
    )
