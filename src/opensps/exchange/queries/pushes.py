"""What has to be known about a push by a hub: whether it is one of the hubs we use, and whether it came before.

Source: `exchange.md` 2.3. A hub is known by a client certificate that was recorded for our connection to it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from opensps.exchange.models import PartnerConnection, ReceivedMessage, Side
from opensps.exchange.queries.clients import is_served
from opensps.exchange.queries.hub_directory import credential_holder
from opensps.exchange.transports.transport import Channel

REQUIRES = "push_requires_certificate"
"""Option of a connection to a hub: pushes without its certificate are refused."""


@dataclass(frozen=True, slots=True)
class Pushing:
    """Who may be pushing."""

    hub: PartnerConnection | None
    """Our connection to the hub that shows its certificate."""

    takes_hints: bool
    """Whether a push by somebody unknown is worth looking into."""


def pushing_hub(*, authority: str, fingerprint: str, at: datetime) -> Pushing:
    """Return which hub of ours shows this certificate, "" for none shown."""
    held = credential_holder(authority=authority, fingerprint=fingerprint, at=at) if fingerprint else None
    ours = PartnerConnection.objects.filter(
        authority=authority, channel=Channel.HUB, side=Side.CLIENT, is_active=True
    ).select_related("partner")
    if held is not None and held.connection_id and is_served(held.partner):
        found = ours.filter(pk=held.connection_id).first()
        if found is not None:
            return Pushing(found, takes_hints=True)
    return Pushing(None, takes_hints=any(not one.options.get(REQUIRES, False) for one in ours))


def was_pushed(*, authority: str, hub: PartnerConnection | None, number: str, raw: bytes) -> bool:
    """Say whether the same number came with the same content from the same hub before."""
    rows = ReceivedMessage.objects.filter(authority=authority, channel=Channel.HUB, connection=hub, message_key=number)
    return bool(number) and rows.filter(sha256=hashlib.sha256(raw).hexdigest()).exists()
