"""What may become of an envelope on its way to a partner, and of one that arrives. Source: `exchange.md` 8, 1.4.

Pure: one table says what follows what. A proven acknowledgement is believed wherever we had given up waiting for it,
so it also leads out of states in which our own clocks had closed the delivery.
"""

from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, Transition, row
from opensps.lifecycle.roles import Role


class DeliveryState(StrEnum):
    """Where an envelope of ours stands (`exchange.md` 8.1)."""

    QUEUED = "queued"
    BLOCKED = "blocked"
    SENDING = "sending"
    RETRYING = "retrying"
    UNCERTAIN = "uncertain"
    WAITING = "waiting"
    SENT = "sent"
    RECEIVED = "received"
    RECEIVED_REMARKS = "received_remarks"
    UNREADABLE = "unreadable"
    REJECTED = "rejected"
    EXPIRED = "expired"
    DEAD = "dead"
    NOT_NEEDED = "not_needed"


class DeliveryEvent(StrEnum):
    """What can happen to an envelope of ours (`exchange.md` 8.2)."""

    QUEUE = "queue"
    BLOCK = "block"
    FREE = "free"
    OFFER = "offer"
    """A pull channel: it waits to be collected."""

    LEASE = "lease"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"
    LOST = "lost"
    """The connection or the lease ended after the first byte: nobody knows."""

    FOUND = "found"
    """The other side was asked, and has it."""

    NOT_FOUND = "not_found"
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGED_REMARKS = "acknowledged_remarks"
    NOT_READABLE = "not_readable"
    REJECTED = "rejected"
    SEND_AGAIN = "send_again"
    """By itself, the first time they could not read it."""

    EXPIRE = "expire"
    GIVE_UP = "give_up"
    REVIVE = "revive"
    RETRY_NOW = "retry_now"
    NOT_NEEDED = "not_needed"


class ReceiptState(StrEnum):
    """Where an envelope stands that came to us (`exchange.md` 8.4)."""

    ARRIVED = "arrived"
    CHECKED = "checked"
    RECEIVED = "received"
    RECEIVED_REMARKS = "received_remarks"
    UNREADABLE = "unreadable"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


class TrackingInfo(StrEnum):
    """The six words of the Hub; on the wire exactly these."""

    PENDING_DELIVERY = "PendingDelivery"
    DELIVERED = "Delivered"
    DELIVERED_WITH_WARNINGS = "DeliveredWithWarnings"
    DELIVERED_NOT_READABLE = "DeliveredNotReadable"
    FAILED_DELIVERY = "FailedDelivery"
    ENVELOPE_NOT_EXISTS = "EnvelopeNotExists"


class AcknowledgementCode(StrEnum):
    """The result of an acknowledgement, as our own channels write it (`exchange.md` 3.3)."""

    RECEIVED = "RECEIVED"
    RECEIVED_REMARKS = "RECEIVED_REMARKS"
    UNREADABLE = "UNREADABLE"
    REJECTED = "REJECTED"


_State, _Event = DeliveryState, DeliveryEvent
_SYSTEM, _CLOCK = Role.SYSTEM, Role.CLOCK

DELIVERY_STAFF = frozenset({Role.SENIOR_OFFICER, Role.MANAGER, Role.ADMINISTRATOR})
"""Who decides what becomes of a delivery that does not go by itself."""

ACKNOWLEDGEABLE = (
    _State.SENDING,
    _State.RETRYING,
    _State.UNCERTAIN,
    _State.WAITING,
    _State.SENT,
    _State.EXPIRED,
    _State.DEAD,
)
"""The partner may have it in all of these, whatever we know."""

DELIVERY_ENDS = frozenset({_State.RECEIVED, _State.RECEIVED_REMARKS, _State.NOT_NEEDED})
"""Nothing leads out of these."""

HOLDING_BACK = frozenset({_State.QUEUED, _State.SENDING, _State.RETRYING, _State.UNCERTAIN})
"""An earlier version in one of these holds back the later ones of its certificate and partner."""

ON_THEIR_SIDE = (_State.SENT, _State.WAITING)
"""We did our part; the clocks of 24 hours and of 15 days run."""

_REVIVABLE = (_State.DEAD, _State.EXPIRED, _State.REJECTED, _State.UNREADABLE)
_WORDS = {
    _Event.ACKNOWLEDGED: _State.RECEIVED,
    _Event.ACKNOWLEDGED_REMARKS: _State.RECEIVED_REMARKS,
    _Event.NOT_READABLE: _State.UNREADABLE,
    _Event.REJECTED: _State.REJECTED,
}

_ROWS: dict[tuple[DeliveryState | None, DeliveryEvent], Transition[DeliveryState]] = {
    (None, _Event.QUEUE): row(_SYSTEM, _State.QUEUED),
    (_State.QUEUED, _Event.BLOCK): row(_SYSTEM, _State.BLOCKED),
    (_State.RETRYING, _Event.BLOCK): row(_SYSTEM, _State.BLOCKED),
    (_State.BLOCKED, _Event.FREE): row(DELIVERY_STAFF | {_SYSTEM}, _State.QUEUED),
    (_State.QUEUED, _Event.OFFER): row(_SYSTEM, _State.WAITING),
    (_State.QUEUED, _Event.LEASE): row(_SYSTEM, _State.SENDING),
    (_State.RETRYING, _Event.LEASE): row(_SYSTEM, _State.SENDING),
    (_State.SENDING, _Event.ACCEPTED): row(_SYSTEM, _State.SENT),
    (_State.SENDING, _Event.REFUSED): row(_SYSTEM, _State.REJECTED),
    (_State.SENDING, _Event.NOT_REACHED): row(_SYSTEM, _State.RETRYING),
    (_State.SENDING, _Event.LOST): row(_SYSTEM, _State.UNCERTAIN),
    (_State.UNCERTAIN, _Event.FOUND): row(_SYSTEM, _State.SENT),
    (_State.UNCERTAIN, _Event.NOT_FOUND): row(_SYSTEM, _State.RETRYING),
    (_State.UNCERTAIN, _Event.REFUSED): row(_SYSTEM, _State.REJECTED),
    **{(state, event): row(_SYSTEM, word) for state in ACKNOWLEDGEABLE for event, word in _WORDS.items()},
    (_State.UNREADABLE, _Event.SEND_AGAIN): row(_SYSTEM, _State.QUEUED),
    (_State.SENT, _Event.NOT_REACHED): row(_SYSTEM, _State.RETRYING),
    (_State.SENT, _Event.EXPIRE): row(_CLOCK, _State.EXPIRED),
    (_State.WAITING, _Event.EXPIRE): row(_CLOCK, _State.EXPIRED),
    (_State.RETRYING, _Event.GIVE_UP): row(_CLOCK, _State.DEAD),
    (_State.UNCERTAIN, _Event.GIVE_UP): row(_CLOCK, _State.DEAD),
    (_State.RETRYING, _Event.RETRY_NOW): row(DELIVERY_STAFF, _State.RETRYING),
    **{(state, _Event.REVIVE): row(DELIVERY_STAFF, _State.QUEUED) for state in _REVIVABLE},
    **{
        (state, _Event.NOT_NEEDED): row(DELIVERY_STAFF, _State.NOT_NEEDED)
        for state in _State
        if state not in DELIVERY_ENDS
    },
}

DELIVERY: Table[DeliveryState, DeliveryEvent] = MappingProxyType(_ROWS)
"""(state, event) -> who, target. ``sent`` goes back to ``retrying`` where a mail server later reports a failure."""

TRACKING = MappingProxyType(
    {
        _State.WAITING: TrackingInfo.PENDING_DELIVERY,
        _State.SENT: TrackingInfo.PENDING_DELIVERY,
        _State.RECEIVED: TrackingInfo.DELIVERED,
        _State.RECEIVED_REMARKS: TrackingInfo.DELIVERED_WITH_WARNINGS,
        _State.UNREADABLE: TrackingInfo.DELIVERED_NOT_READABLE,
        _State.REJECTED: TrackingInfo.FAILED_DELIVERY,
        _State.EXPIRED: TrackingInfo.FAILED_DELIVERY,
        _State.DEAD: TrackingInfo.FAILED_DELIVERY,
    }
)
"""The word of the Hub that stands for a state; the others have none."""

SHOWN = MappingProxyType(
    {
        **{state: str(state) for state in _State},
        _State.BLOCKED: "failed",
        _State.SENDING: "queued",
        _State.UNCERTAIN: "retrying",
        _State.WAITING: "sent",
        _State.EXPIRED: "failed",
        _State.DEAD: "failed",
    }
)
"""State -> code of the word people see (`ux.md` 4, delivery)."""

WORD_EVENTS = MappingProxyType(
    {
        TrackingInfo.DELIVERED: _Event.ACKNOWLEDGED,
        TrackingInfo.DELIVERED_WITH_WARNINGS: _Event.ACKNOWLEDGED_REMARKS,
        TrackingInfo.DELIVERED_NOT_READABLE: _Event.NOT_READABLE,
        TrackingInfo.FAILED_DELIVERY: _Event.REJECTED,
    }
)
"""What a tracking word is to the table; the two others change nothing by themselves."""

WORD_OF_CODE = MappingProxyType(
    {
        AcknowledgementCode.RECEIVED: TrackingInfo.DELIVERED,
        AcknowledgementCode.RECEIVED_REMARKS: TrackingInfo.DELIVERED_WITH_WARNINGS,
        AcknowledgementCode.UNREADABLE: TrackingInfo.DELIVERED_NOT_READABLE,
        AcknowledgementCode.REJECTED: TrackingInfo.FAILED_DELIVERY,
    }
)
"""Result of an acknowledgement -> tracking word."""


def tracking_word(text: str) -> TrackingInfo | None:
    """Return the word that a whole trimmed text is, ``None`` when it is none of the six: never by "contains"."""
    try:
        return TrackingInfo(text.strip())
    except ValueError:
        return None
