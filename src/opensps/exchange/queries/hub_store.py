"""Envelopes on our own hub, as its participants see them: what waits for them, and what became of what they sent.

Source: `exchange.md` 2.4. One table: what participants send each other goes ``through``, what we send them waits as
``out``, what they send us came ``in``.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.models import ChannelRule, Envelope, PartnerConnection, Side, Way
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import DeliveryState, TrackingInfo

MOST_HEADERS = 1_000
MOST_ENVELOPES = 50
MOST_BYTES = 40 * 1024 * 1024
WAITING = (
    *(DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.RETRYING, DeliveryState.UNCERTAIN),
    *(DeliveryState.WAITING, DeliveryState.SENT),
)
"""Pending to whoever sent it; what is pushed may be pulled as well."""

_OFFERED = (*WAITING[1:],)
"""Of what we send ourselves, what has passed our own checks."""


def addressed_to(caller: PartnerConnection) -> QuerySet[Envelope]:
    """Return the envelopes of which a participant is the addressee, by delegation too."""
    ours = Q(direction=Way.OUT, connection__side=Side.HOST, to_code=caller.connection_code)
    through = Q(direction=Way.THROUGH, connection=caller)
    kinds = (Kind.CERTIFICATE, Kind.RESPONSE)
    return Envelope.objects.filter(ours | through, authority=caller.authority, channel=Channel.HUB, kind__in=kinds)


def sent_by(caller: PartnerConnection) -> QuerySet[Envelope]:
    """Return the envelopes a participant sent over our hub, copies too."""
    through = Q(direction=Way.THROUGH, sender_partner_id=caller.partner_id)
    to_us = Q(direction=Way.IN, partner_id=caller.partner_id, connection__side=Side.HOST)
    return Envelope.objects.filter(through | to_us, authority=caller.authority, channel=Channel.HUB)


def pending(caller: PartnerConnection, *, to_code: str = "") -> QuerySet[Envelope]:
    """Return what waits for a participant, oldest first; `to_code` asks for one addressee it receives for."""
    through = Q(direction=Way.THROUGH, state__in=WAITING)
    rows = addressed_to(caller).filter(through | Q(direction=Way.OUT, state__in=_OFFERED))
    return (rows.filter(to_code=to_code) if to_code else rows).order_by("queued_at", "pk")


def channel_rules(*, partner_id: int, direction: str, at: datetime) -> tuple[ChannelRule, ...]:
    """Return the rules of a participant that apply at a moment, in their order."""
    valid = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    rows = ChannelRule.objects.filter(valid, partner_id=partner_id, direction=direction, active=True)
    return tuple(rows.order_by("number"))


def header_of(row: Envelope) -> EnvelopeHeader:
    """Return the header of an envelope as participants see it."""
    return EnvelopeHeader(
        from_code=row.from_code,
        to_code=row.to_code,
        type_code=_whole(row.type_code),
        status_code=_whole(row.status_code),
        number=row.number,
        delivery_number=row.delivery_number,
        tracking=row.tracking or TrackingInfo.PENDING_DELIVERY,
        error_message=row.tracking_text,
        forwardings=tuple(Forwarding(one["code"], one.get("delivery_number", "")) for one in row.forwardings),
    )


def _whole(code: str) -> int:
    return int(code) if code.isascii() and code.isdecimal() else 0


def unknown_header(number: str) -> EnvelopeHeader:
    """Return what is said about a number that is none of the caller's (`exchange.md` 2.4); not a fault."""
    return EnvelopeHeader(
        from_code="",
        to_code="",
        type_code=0,
        status_code=0,
        number="",
        delivery_number=number,
        tracking=TrackingInfo.ENVELOPE_NOT_EXISTS,
    )


def hub_pending(*, caller: PartnerConnection, country_code: str = "") -> tuple[EnvelopeHeader, ...]:
    """Return the headers of what waits for a participant, oldest first, at most 1,000."""
    return tuple(map(header_of, pending(caller, to_code=country_code)[:MOST_HEADERS]))


def hub_tracking(*, caller: PartnerConnection, number: str) -> EnvelopeHeader:
    """Return the fate of an envelope the caller sent or was sent; `EnvelopeNotExists` for any other number."""
    mine = sent_by(caller).filter(delivery_number=number).first()
    row = mine or addressed_to(caller).filter(delivery_number=number).first()
    return header_of(row) if row is not None else unknown_header(number)


def hub_under_delivery(*, caller: PartnerConnection) -> tuple[EnvelopeHeader, ...]:
    """Return the headers of what a participant sent and nobody has acknowledged, oldest first, at most 1,000."""
    rows = sent_by(caller).filter(direction=Way.THROUGH, state__in=WAITING, forwarded_from__isnull=True)
    return tuple(map(header_of, rows.order_by("queued_at", "pk")[:MOST_HEADERS]))
