"""Acknowledgements in both directions: ours as rows of the outbox, theirs applied to what we sent.

Source: `exchange.md` 1.4, 8.2, 8.4. One envelope that came has one acknowledgement for ever: the database says so, so a
second run sends no second one.
"""

import hashlib
import secrets
from datetime import datetime

import structlog

from opensps.exchange.acknowledging import MAX_TEXT, receipt_document
from opensps.exchange.delivery_numbers import RANDOM_BYTES, delivery_number
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Content, Envelope, Partner, Side, Way
from opensps.exchange.services.moving import moved
from opensps.exchange.services.outcomes import Outcome, envelope_outcome
from opensps.exchange.transports.transport import Channel, Kind
from opensps.formats import FormatError
from opensps.lifecycle import (
    WORD_OF_CODE,
    AcknowledgementCode,
    DeliveryEvent,
    DeliveryState,
    TrackingInfo,
    tracking_word,
)

logger = structlog.get_logger()

_OWN_MESSAGE = frozenset({Channel.HUB, Channel.SMTP, Channel.TEST})
"""Channels on which an acknowledgement is a message of its own; on the others the sender reads it from the envelope."""


def acknowledges_by_message(envelope: Envelope) -> bool:
    """Whether our acknowledgement of an envelope has to be sent."""
    if envelope.channel == Channel.HUB:
        return envelope.connection is not None and envelope.connection.side == Side.CLIENT
    return envelope.channel in _OWN_MESSAGE


def acknowledgement_queue(*, envelope: Envelope, result: AcknowledgementCode, text: str, at: datetime) -> None:
    """Put our acknowledgement of an envelope into the outbox, in the transaction of the decision."""
    if not acknowledges_by_message(envelope):
        return
    data = _document(envelope, result, text, at)
    content = content_keep(authority=envelope.authority, data=data, at=at)
    Envelope.objects.create(
        authority=envelope.authority,
        delivery_number=new_delivery_number(at),
        direction="out",
        kind=Kind.ACKNOWLEDGEMENT,
        partner_id=envelope.partner_id,
        connection_id=envelope.connection_id,
        channel=envelope.channel,
        from_code=envelope.to_code,
        to_code=envelope.from_code,
        number=envelope.number,
        type_code=envelope.type_code,
        status_code=envelope.status_code,
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state=DeliveryState.QUEUED,
        result=result,
        tracking_text=text,
        queued_at=at,
        due_at=at,
        changed_at=at,
        in_reply_to=envelope,
    )


def _document(envelope: Envelope, result: AcknowledgementCode, text: str, at: datetime) -> bytes:
    given = {"number": envelope.number, "type_code": envelope.type_code, "status_code": envelope.status_code}
    try:
        return receipt_document(**given, result=result, text=text, at=at)
    except FormatError:  # a number or code no document can carry: the channel's own words say it all
        return b""


def content_keep(*, authority: str, data: bytes, at: datetime) -> Content:
    """Store bytes once by their digest; what was removed after its time stays removed."""
    digest = hashlib.sha256(data).hexdigest()
    stored, _ = Content.objects.get_or_create(
        authority=authority, sha256=digest, defaults={"data": data, "size_bytes": len(data), "stored_at": at}
    )
    return stored


def new_delivery_number(at: datetime) -> str:
    """Return a delivery number nobody has."""
    return delivery_number(at=at, random=secrets.token_bytes(RANDOM_BYTES))


MOST_REPEATS = 20
"""How often one acknowledgement is sent again because its envelope came again."""


def acknowledgement_send_again(*, envelope: Envelope, at: datetime) -> bool:
    """Send the acknowledgement of an envelope that came again once more: the same one, never another.

    Nothing happens while it is still on its way, or after many repeats. Runs in a transaction of the caller.
    """
    rows = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    row = rows.filter(in_reply_to=envelope, kind=Kind.ACKNOWLEDGEMENT, direction=Way.OUT).first()
    if row is None or row.state != DeliveryState.SENT or row.resent >= MOST_REPEATS:
        return False
    moved(row, DeliveryEvent.NOT_REACHED, at=at, due_at=at, resent=row.resent + 1)
    return True


def acknowledgement_apply(
    *,
    authority: str,
    partner: Partner,
    result: AcknowledgementCode,
    at: datetime,
    delivery_number: str = "",
    remote_number: str = "",
    sha256: str = "",
    text: str = "",
) -> Outcome:
    """Apply what a partner, proven by the channel, says of an envelope we sent them; the first final word stays.

    It is found by our delivery number, or by the number they gave it; whole values are compared. With a `sha256` that
    is not the content's nothing changes. Raises `EnvelopeNotFound`, also for what went to another partner.
    """
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, partner=partner)
    rows = rows.exclude(kind=Kind.ACKNOWLEDGEMENT)
    found = (
        rows.filter(delivery_number=delivery_number) if delivery_number else rows.filter(remote_number=remote_number)
    )
    row = found.order_by("-pk").first() if delivery_number or remote_number else None
    if row is None:
        raise EnvelopeNotFound(delivery_number or remote_number)
    if sha256 and sha256.lower() != row.sha256:
        logger.error("acknowledged_other_content", delivery_number=row.delivery_number, partner=partner.code)
        return Outcome(changed=False, word=tracking_word(row.tracking) or TrackingInfo.PENDING_DELIVERY)
    word, number = WORD_OF_CODE[result], row.delivery_number
    return envelope_outcome(authority=authority, delivery_number=number, word=word, text=text[:MAX_TEXT], at=at)
