"""What we say by mail beside the first acknowledgement: the same one again, and the refusal of what was set aside.

Both are rows of the outbox, addressed to the partner's listed address; an address that only a mail names gets nothing.
"""

from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.models import Envelope, PartnerConnection, ReceivedMessage
from opensps.exchange.services.acknowledging import acknowledgement_queue, new_delivery_number
from opensps.exchange.services.messages import message_reject
from opensps.exchange.services.moving import locked_envelope, moved
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import AcknowledgementCode, DeliveryEvent, DeliveryState, ReceiptState


@transaction.atomic
def acknowledgement_again(*, authority: str, delivery_number: str, at: datetime) -> bool:
    """Send the acknowledgement of an envelope that came again once more, under a new Message-ID.

    Returns whether one was due: an answer that is still on its way goes only once.
    """
    rows = Envelope.objects.filter(
        authority=authority,
        kind=Kind.ACKNOWLEDGEMENT,
        in_reply_to__delivery_number=delivery_number,
        channel=Channel.SMTP,
        state=DeliveryState.SENT,
    )
    number = rows.values_list("delivery_number", flat=True).first()
    if number is None:
        return False
    row = locked_envelope(authority=authority, delivery_number=number)
    if row.state != DeliveryState.SENT:
        return False
    moved(row, DeliveryEvent.NOT_REACHED, at=at, due_at=at, tries=0, first_attempt_at=at, resent=row.resent + 1)
    return True


@transaction.atomic
def mail_reject(*, authority: str, message_id: int, actor: Actor, reason: str, at: datetime) -> ReceivedMessage:
    """Reject a mail that was set aside, for good, and tell the partner whose listed address it came from.

    `reason` is English and goes out. A stranger is told nothing, and automatic mail is never answered.
    """
    message = message_reject(authority=authority, message_id=message_id, actor=actor, reason=reason, at=at)
    if message.connection is None or not message.facts.get("mail_from"):
        return message
    refused = _refused(message, message.connection, at)
    message.envelope = refused
    message.save(update_fields=["envelope"])
    acknowledgement_queue(envelope=refused, result=AcknowledgementCode.REJECTED, text=reason, at=at)
    return message


def _refused(message: ReceivedMessage, connection: PartnerConnection, at: datetime) -> Envelope:
    """Return the envelope that stands for what was refused, for the answer to refer to."""
    return Envelope.objects.create(
        authority=message.authority,
        delivery_number=new_delivery_number(at),
        direction="in",
        kind=Kind.RESPONSE,
        partner_id=connection.partner_id,
        connection=connection,
        channel=Channel.SMTP,
        from_code=connection.connection_code,
        to_code=connection.own_code,
        sha256=message.sha256,
        size_bytes=message.size_bytes,
        state=ReceiptState.REJECTED,
        result=AcknowledgementCode.REJECTED,
        queued_at=at,
        final_at=at,
        changed_at=at,
    )
