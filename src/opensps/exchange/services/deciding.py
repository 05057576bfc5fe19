"""What people decide about deliveries that stand still, and what a changed record frees (`exchange.md` 8.1).

Every decision has a reason and is an event of the envelope; the certificate's history shows what came of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.events.services import event_write
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import Envelope, Partner
from opensps.exchange.names import ENVELOPE, FREED, NOT_NEEDED, RETRIED, REVIVED
from opensps.exchange.permissions import delivery_role
from opensps.exchange.services.moving import SYSTEM, locked_envelope, moved
from opensps.exchange.services.queueing import connection_for
from opensps.lifecycle import EXCHANGING, DeliveryEvent, DeliveryState

_ANEW: dict[str, Any] = {
    "tries": 0,
    "asked": 0,
    "first_attempt_at": None,
    "final_at": None,
    "late_at": None,
    "alarmed_at": None,
    "was_sent_again": False,
}
"""What a new round begins with; the attempts made stay written down."""


def _decided(
    act: str,
    event: DeliveryEvent,
    changes: Callable[[Envelope], dict[str, Any]],
    *,
    authority: str,
    delivery_number: str,
    actor: Actor,
    reason: str,
    at: datetime,
) -> DeliveryState:
    role = delivery_role(actor, authority=authority)
    if not reason.strip():
        raise RecordRefused("no_reason")
    row = locked_envelope(authority=authority, delivery_number=delivery_number)
    state = moved(row, event, at=at, roles=frozenset({role}), text=reason, **changes(row))
    event_write(
        authority=authority,
        object_kind=ENVELOPE,
        object_id=delivery_number,
        act=act,
        actor=actor.id,
        role=role,
        at=at,
        payload={"reason": reason, "partner": row.partner.code, "number": row.number},
    )
    return state


@transaction.atomic
def envelope_revive(*, authority: str, delivery_number: str, actor: Actor, reason: str, at: datetime) -> DeliveryState:
    """Send again what was given up, refused, unreadable or expired; a new round of tries under the same number.

    Raises `ActNotAllowed`, `NotAllowed`, `EnvelopeNotFound`, `RecordRefused` no_reason.
    """
    return _decided(
        REVIVED,
        DeliveryEvent.REVIVE,
        lambda row: {**_ANEW, "due_at": at, "resent": row.resent + 1, "checked_at": None},
        authority=authority,
        delivery_number=delivery_number,
        actor=actor,
        reason=reason,
        at=at,
    )


@transaction.atomic
def envelope_retry_now(
    *, authority: str, delivery_number: str, actor: Actor, reason: str, at: datetime
) -> DeliveryState:
    """Try now what waits for its next try."""
    return _decided(
        RETRIED,
        DeliveryEvent.RETRY_NOW,
        lambda _: {"due_at": at},
        authority=authority,
        delivery_number=delivery_number,
        actor=actor,
        reason=reason,
        at=at,
    )


@transaction.atomic
def envelope_not_needed(
    *, authority: str, delivery_number: str, actor: Actor, reason: str, at: datetime
) -> DeliveryState:
    """Take an envelope out for good."""
    return _decided(
        NOT_NEEDED,
        DeliveryEvent.NOT_NEEDED,
        lambda _: {"due_at": None},
        authority=authority,
        delivery_number=delivery_number,
        actor=actor,
        reason=reason,
        at=at,
    )


@transaction.atomic
def envelope_free(*, authority: str, delivery_number: str, actor: Actor, reason: str, at: datetime) -> DeliveryState:
    """Send a blocked envelope in spite of what blocked it; the person answers for it. Not without a channel."""

    def changes(row: Envelope) -> dict[str, Any]:
        return {"due_at": at, "checked_at": row.checked_at or at, **_way(row)}

    return _decided(
        FREED,
        DeliveryEvent.FREE,
        changes,
        authority=authority,
        delivery_number=delivery_number,
        actor=actor,
        reason=reason,
        at=at,
    )


def _way(row: Envelope) -> dict[str, Any]:
    """Return the columns of the way an envelope takes now; raises `RecordRefused` no_channel."""
    cleared = {"blocked_reason": "", "blocked_text": ""}
    if row.connection_id is not None:
        return cleared
    connection = connection_for(row.partner)
    if connection is None:
        raise RecordRefused("no_channel")
    return {**cleared, "connection": connection, "channel": connection.channel, "to_code": connection.connection_code}


@transaction.atomic
def envelopes_revive(
    *, authority: str, partner: str, actor: Actor, reason: str, at: datetime, limit: int = 1000
) -> int:
    """Send again everything of a partner that was given up or expired; return how many."""
    rows = Envelope.objects.filter(
        authority=authority,
        partner__code=partner,
        direction="out",
        state__in=(DeliveryState.DEAD, DeliveryState.EXPIRED),
    )
    numbers = list(rows.order_by("pk").values_list("delivery_number", flat=True)[:limit])
    for number in numbers:
        envelope_revive(authority=authority, delivery_number=number, actor=actor, reason=reason, at=at)
    return len(numbers)


@transaction.atomic
def envelopes_free(*, authority: str, partner: str, at: datetime) -> int:
    """Queue what a partner's records had blocked and now allow; return how many. Findings wait for a person."""
    row = Partner.objects.prefetch_related("connections", "allowed_documents").get(authority=authority, code=partner)
    if row.state not in EXCHANGING:
        return 0
    blocked = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    found = blocked.filter(
        authority=authority,
        partner=row,
        direction="out",
        state=DeliveryState.BLOCKED,
        blocked_reason__in=("partner_suspended", "pair_not_allowed", "no_channel"),
    )
    pairs = {
        (each.type_code, each.status_code)
        for each in row.allowed_documents.all()
        if each.active and each.direction == "out"
    }
    freed = 0
    for envelope in found.order_by("pk"):
        if (envelope.type_code, envelope.status_code) not in pairs:
            continue
        try:
            way = _way(envelope)
        except RecordRefused:
            continue
        moved(envelope, DeliveryEvent.FREE, at=at, roles=SYSTEM, due_at=at, checked_at=None, **way)
        freed += 1
    return freed
