"""What a partner's program may see: envelopes for it and from it, never those of anybody else.

Source: `exchange.md` 3.4, 5.2. Unknown and not theirs are the same. Order is that of the partner's change sequence,
given under the partner's lock, so that whoever follows a cursor misses nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Envelope, Partner, PartnerConnection
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import DeliveryState, TrackingInfo

__all__ = [
    "Asked",
    "Box",
    "Envelope",
    "Partner",
    "box_of",
    "carries_own",
    "connections_of",
    "envelope_by_remote_number",
    "envelope_for_caller",
    "envelopes_for_caller",
    "tracking_of",
    "versions_for_caller",
]

_STATE = DeliveryState
WAITING = (_STATE.WAITING, _STATE.SENT, _STATE.SENDING, _STATE.RETRYING, _STATE.UNCERTAIN, _STATE.EXPIRED, _STATE.DEAD)
"""Not acknowledged yet, whatever our own clocks say."""

ANSWERED = (_STATE.RECEIVED, _STATE.RECEIVED_REMARKS, _STATE.UNREADABLE, _STATE.REJECTED)
_WORDS = {
    str(_STATE.RECEIVED): TrackingInfo.DELIVERED,
    str(_STATE.RECEIVED_REMARKS): TrackingInfo.DELIVERED_WITH_WARNINGS,
    str(_STATE.UNREADABLE): TrackingInfo.DELIVERED_NOT_READABLE,
    str(_STATE.REJECTED): TrackingInfo.FAILED_DELIVERY,
}
"""The same names in both directions; everything else is pending."""


class Box(StrEnum):
    """A list of envelopes, as the caller sees it."""

    WAITING = "waiting"
    """For the caller, not acknowledged."""

    RECEIVED = "received"
    """For the caller, acknowledged."""

    SENT = "sent"
    """By the caller, to us."""


_COLLECTED = (Kind.CERTIFICATE, Kind.RESPONSE)
"""What waits to be collected: certificates of ours, and what our border decided about theirs."""

_BOXES = {
    Box.WAITING: Q(direction="out", kind__in=_COLLECTED, state__in=WAITING),
    Box.RECEIVED: Q(direction="out", kind__in=_COLLECTED, state__in=ANSWERED),
    Box.SENT: Q(direction="in"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for; empty filters let everything through."""

    boxes: tuple[Box, ...]
    after: int = 0
    """Change sequence of the last row seen."""

    limit: int = 50
    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    from_codes: tuple[str, ...] = ()
    to_codes: tuple[str, ...] = ()
    export_countries: tuple[str, ...] = ()
    import_countries: tuple[str, ...] = ()
    number: str = ""
    updated_since: datetime | None = None
    updated_until: datetime | None = None


def envelopes_for_caller(*, partner: Partner, asked: Asked) -> tuple[Envelope, ...]:
    """Return up to ``limit`` + 1 envelopes in the order of their changes; one too many says that there are more."""
    boxes = Q()
    for box in asked.boxes:
        boxes |= _BOXES[box]
    rows = _of(partner).filter(boxes, change_sequence__gt=asked.after).filter(_filters(asked))
    return tuple(rows.order_by("change_sequence")[: asked.limit + 1])


def _filters(asked: Asked) -> Q:
    given = {
        "type_code__in": asked.types,
        "status_code__in": asked.statuses,
        "from_code__in": asked.from_codes,
        "to_code__in": asked.to_codes,
        "export_country__in": asked.export_countries,
        "import_country__in": asked.import_countries,
        "number": asked.number,
        "changed_at__gte": asked.updated_since,
        "changed_at__lte": asked.updated_until,
    }
    return Q(**{name: value for name, value in given.items() if value})


def _of(partner: Partner) -> QuerySet[Envelope]:
    return Envelope.objects.filter(authority=partner.authority, partner=partner)


def envelope_for_caller(*, partner: Partner, delivery_number: str) -> Envelope:
    """Return one envelope of the caller's boxes, with its bytes. Raises `EnvelopeNotFound`."""
    boxes = _BOXES[Box.WAITING] | _BOXES[Box.RECEIVED] | _BOXES[Box.SENT]
    found = _of(partner).filter(boxes, delivery_number=delivery_number).select_related("content").first()
    if found is None:
        raise EnvelopeNotFound(delivery_number)
    return found


def versions_for_caller(*, partner: Partner, number: str) -> tuple[Envelope, ...]:
    """Return everything the caller was told of one certificate of ours, oldest first. Raises `EnvelopeNotFound`."""
    rows = _of(partner).filter(_BOXES[Box.WAITING] | _BOXES[Box.RECEIVED], number=number, kind=Kind.CERTIFICATE)
    found = tuple(rows.select_related("content").order_by("version", "pk"))
    if not found:
        raise EnvelopeNotFound(number)
    return found


def envelope_by_remote_number(*, partner: Partner, remote_number: str) -> Envelope | None:
    """Return what a partner sent us under its own delivery number."""
    return _of(partner).filter(direction="in", remote_number=remote_number).first() if remote_number else None


def tracking_of(envelope: Envelope) -> TrackingInfo:
    """Return the word for the fate of an envelope, as the caller reads it."""
    return _WORDS.get(envelope.state, TrackingInfo.PENDING_DELIVERY)


def box_of(envelope: Envelope) -> Box:
    """Return the box an envelope lies in."""
    if envelope.direction == "in":
        return Box.SENT
    return Box.RECEIVED if envelope.state in ANSWERED else Box.WAITING


def carries_own(envelope: Envelope) -> bool:
    """Tell whether an envelope carries a certificate of ours, whose seal, proof and paper may go with it."""
    return envelope.direction == "out" and envelope.kind == Kind.CERTIFICATE


def connections_of(partner: Partner) -> tuple[PartnerConnection, ...]:
    """Return the connections in use with a partner."""
    rows = PartnerConnection.objects.filter(authority=partner.authority, partner=partner, is_active=True)
    return tuple(rows.order_by("rank", "pk"))
