"""The one way an envelope of ours changes its state: ask the table, write the row, tell the certificate's history."""

from datetime import datetime
from typing import Any

import structlog

from opensps.certification.services import certificate_note
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Envelope, Way
from opensps.exchange.names import DELIVERED
from opensps.exchange.services.records import change_sequence_next
from opensps.exchange.services.webhook_telling import envelopes_told
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import (
    DELIVERY,
    DELIVERY_ENDS,
    ON_THEIR_SIDE,
    TRACKING,
    DeliveryEvent,
    DeliveryState,
    Role,
    next_state,
)

log = structlog.get_logger("opensps.exchange")

SYSTEM = frozenset({Role.SYSTEM})
CLOCK = frozenset({Role.CLOCK})
_ON_HISTORY = frozenset(DeliveryState(state) for state in DELIVERED if state != "late")
_VISIBLE = (DELIVERY_ENDS | _ON_HISTORY | frozenset(ON_THEIR_SIDE)) - {DeliveryState.BLOCKED}
"""States a partner can see: each change into one gets its place in the partner's change sequence."""

_FINAL = DELIVERY_ENDS | {DeliveryState.REJECTED, DeliveryState.UNREADABLE, DeliveryState.EXPIRED, DeliveryState.DEAD}


def locked_envelope(*, authority: str, delivery_number: str) -> Envelope:
    """Return an envelope that goes out or through, locked: of two words about it the second sees the first."""
    rows = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    found = rows.filter(
        authority=authority, delivery_number=delivery_number, direction__in=(Way.OUT, Way.THROUGH)
    ).first()
    if found is None:
        raise EnvelopeNotFound(delivery_number)
    return found


def moved(
    envelope: Envelope,
    event: DeliveryEvent,
    *,
    at: datetime,
    roles: frozenset[Role] = SYSTEM,
    text: str = "",
    **changes: Any,
) -> DeliveryState:
    """Move a locked envelope by one event, in the caller's transaction; return its new state.

    Raises `ActNotAllowed` and then writes nothing. States the exporter should know go onto the certificate's history.
    """
    state = next_state(DELIVERY, DeliveryState(envelope.state), event, roles=roles)
    columns: dict[str, Any] = {"lease": None, "lease_until": None, **changes, "state": state.value, "changed_at": at}
    if state in TRACKING:
        columns["tracking"] = TRACKING[state].value
    if state in _FINAL:
        columns |= {"final_at": at, "due_at": None}
    if state in _VISIBLE and envelope.kind in (Kind.CERTIFICATE, Kind.RESPONSE):
        columns["change_sequence"] = change_sequence_next(envelope.partner_id)
    for column, value in columns.items():
        setattr(envelope, column, value)
    envelope.save(update_fields=sorted(columns))
    if state in _VISIBLE:
        envelopes_told((envelope,), at=at)
    if state in _ON_HISTORY:
        told(envelope, state.value, at=at, text=text)
    return state


def told(envelope: Envelope, what: str, *, at: datetime, text: str = "", role: str = "system") -> None:
    """Write what became of a delivery onto the history of our certificate; nothing for what is none of ours."""
    log.info("delivery", state=what, delivery_number=envelope.delivery_number, partner=envelope.partner.code)
    if envelope.direction != Way.OUT or envelope.kind != Kind.CERTIFICATE or envelope.golden_run:
        return
    certificate_note(
        authority=envelope.authority,
        number=envelope.number,
        act=DELIVERED[what],
        actor="system",
        role=role,
        at=at,
        payload={
            "partner": envelope.partner.code,
            "delivery_number": envelope.delivery_number,
            "version": envelope.version,
            "text": text,
        },
    )
