"""Messages of inquiries on their way to partners."""

import uuid
from collections.abc import Iterable

from opensps.exchange.models import Envelope, Way
from opensps.exchange.transports.transport import Kind


def last_message(*, authority: str, event_ids: Iterable[uuid.UUID]) -> Envelope | None:
    """Return the newest message that was queued for one of these events of an inquiry; None where none was."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY)
    return rows.filter(event_id__in=tuple(event_ids)).order_by("-pk").first()
