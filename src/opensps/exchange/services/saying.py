"""Messages of inquiries as rows of the outbox: over mail or REST, whichever of them the partner's record names first.

Source: `exchange.md` 4.2, 5.2, 8.2. What they say is made elsewhere: to this room a message is bytes about a number. A
hub carries no inquiries, and whoever only collects asks for theirs; then nothing is queued.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from opensps.exchange.models import Envelope, Partner, Way
from opensps.exchange.queries.inquiries import CARRIERS, carrier_of
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import DELIVERY, DeliveryEvent, Role, next_state

_SYSTEM: Final = frozenset({Role.SYSTEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message that is to go to a partner."""

    authority: str
    partner: str
    """Code of the partner."""

    number: str
    """Of the certificate it is about; may be empty."""

    content: bytes
    event_id: uuid.UUID
    opened_by: uuid.UUID | None = None
    """Event of the message that opened the inquiry, where it went out too."""

    channels: frozenset[Channel] = CARRIERS
    at: datetime


@transaction.atomic
def message_queue(said: Said) -> Envelope | None:
    """Put a message into the outbox; None where no channel to the partner carries it, or it stands there already."""
    partner = Partner.objects.filter(authority=said.authority, code=said.partner).first()
    connection = carrier_of(partner, channels=said.channels) if partner is not None else None
    rows = Envelope.objects.filter(authority=said.authority, kind=Kind.INQUIRY, direction=Way.OUT)
    if partner is None or connection is None or rows.filter(event_id=said.event_id).exists():
        return None
    content = content_keep(authority=said.authority, data=said.content, at=said.at)
    first = rows.filter(event_id=said.opened_by, partner=partner).first() if said.opened_by is not None else None
    return Envelope.objects.create(
        authority=said.authority,
        delivery_number=new_delivery_number(said.at),
        direction=Way.OUT,
        kind=Kind.INQUIRY,
        partner=partner,
        connection=connection,
        channel=connection.channel,
        from_code=connection.own_code,
        to_code=connection.connection_code,
        number=said.number,
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state=next_state(DELIVERY, None, DeliveryEvent.QUEUE, roles=_SYSTEM).value,
        urgent=True,
        queued_at=said.at,
        due_at=said.at,
        changed_at=said.at,
        in_reply_to=first,
        event_id=said.event_id,
    )
