"""Acknowledgements in both directions: ours as rows of the outbox, theirs applied to what we sent.

Source: `exchange.md` 1.4, 8.2, 8.4. One envelope that came has one acknowledgement for ever: the database says so, so a
second run sends no second one.
"""

import hashlib
import secrets
from datetime import datetime

from opensps.exchange.acknowledging import receipt_document
from opensps.exchange.delivery_numbers import RANDOM_BYTES, delivery_number
from opensps.exchange.models import Content, Envelope, Side
from opensps.exchange.transports.transport import Channel, Kind
from opensps.formats import FormatError
from opensps.lifecycle import AcknowledgementCode, DeliveryState

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
