"""Messages of inquiries on their way to partners."""

import uuid
from collections.abc import Iterable
from typing import Final

from opensps.exchange.models import Delivery, Envelope, Partner, PartnerConnection, Way
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import DeliveryState

CARRIERS: Final = frozenset({Channel.SMTP, Channel.REST})
"""Channels that carry inquiries."""

_UNDERWAY = tuple(
    each.value
    for each in (
        *(DeliveryState.QUEUED, DeliveryState.BLOCKED, DeliveryState.SENDING, DeliveryState.RETRYING),
        *(DeliveryState.UNCERTAIN, DeliveryState.WAITING),
    )
)


def carrier_of(partner: Partner, *, channels: frozenset[Channel] = CARRIERS) -> PartnerConnection | None:
    """Return the connection inquiries to a partner take: active, outward, pushed, the lowest rank; None for none."""
    rows = PartnerConnection.objects.filter(authority=partner.authority, partner=partner, is_active=True)
    rows = rows.filter(channel__in=channels, direction__in=("out", "both"), delivery=Delivery.PUSH)
    return rows.exclude(address="").order_by("rank", "pk").first()


def is_carried(*, authority: str, partner: str) -> bool:
    """Tell whether inquiries to a partner, by its code, go by themselves now."""
    found = Partner.objects.filter(authority=authority, code=partner).first()
    return found is not None and carrier_of(found) is not None


def last_message(*, authority: str, event_ids: Iterable[uuid.UUID]) -> Envelope | None:
    """Return the newest message that was queued for one of these events of an inquiry; None where none was."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY)
    return rows.filter(event_id__in=tuple(event_ids)).order_by("-pk").first()


def first_message(*, authority: str, event_id: uuid.UUID) -> Envelope | None:
    """Return the message that opened an inquiry at a partner, with its connection; None where none went out."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY, event_id=event_id)
    return rows.select_related("connection", "partner").first()


def messages_underway(*, authority: str, event_ids: Iterable[uuid.UUID]) -> bool:
    """Tell whether a message that was queued for one of these events has not arrived and may still do."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY, state__in=_UNDERWAY)
    return rows.filter(event_id__in=tuple(event_ids)).exists()


def partners_asked_over(*, authority: str, channel: Channel) -> frozenset[str]:
    """Return the codes of partners that inquiries went to over a channel, and that gave them a number."""
    rows = Envelope.objects.filter(authority=authority, direction=Way.OUT, kind=Kind.INQUIRY, channel=channel)
    return frozenset(rows.exclude(remote_number="").values_list("partner__code", flat=True).distinct())
