"""Messages of inquiries on their way to partners."""

import uuid
from collections.abc import Iterable

from opensps.exchange.models import Envelope, Way
from opensps.exchange.transports.transport import Kind


def last_message(*, authority: str, event_ids: Iterable[uuid.UUID]) -> Envelope | None:
    """Return the newest message that was queued for one of these events of an inquiry; None where none was."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY)
    return rows.filter(event_id__in=tuple(event_ids)).order_by("-pk").first()


def first_message(*, authority: str, event_id: uuid.UUID) -> Envelope | None:
    """Return the message that opened an inquiry at a partner, with its connection; None where none went out."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY, event_id=event_id)
    return rows.select_related("connection", "partner").first()
