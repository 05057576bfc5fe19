"""What a partner is told when staff reject a mail that was set aside (`exchange.md` 4.7).

A row of the outbox, addressed to the partner's listed address; an address that only a mail names gets nothing.
"""

from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.models import Envelope, PartnerConnection, ReceivedMessage
from opensps.exchange.services.acknowledging import acknowledgement_queue, new_delivery_number
from opensps.exchange.services.messages import message_reject
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import AcknowledgementCode, ReceiptState


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
