"""From what happened to messages that wait to be told: one for each endpoint that asked for that kind of news.

Source: `exchange.md` 5.3. Written in the transaction of what happened; the same cause is told an endpoint once.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from opensps.exchange.delivery_numbers import RANDOM_BYTES, delivery_number
from opensps.exchange.models import Envelope, Way, WebhookEndpoint, WebhookMessage
from opensps.exchange.transports.transport import Kind
from opensps.exchange.webhook_notices import Notice, Telling, body_of
from opensps.lifecycle import DeliveryState, TrackingInfo

_OFFERED = frozenset({DeliveryState.WAITING, DeliveryState.SENT})
_TO_SENDER = {
    DeliveryState.RECEIVED: Notice.ENVELOPE_DELIVERED,
    DeliveryState.RECEIVED_REMARKS: Notice.ENVELOPE_DELIVERED,
    DeliveryState.UNREADABLE: Notice.ENVELOPE_FAILED,
    DeliveryState.REJECTED: Notice.ENVELOPE_FAILED,
    DeliveryState.DEAD: Notice.ENVELOPE_FAILED,
    DeliveryState.EXPIRED: Notice.ENVELOPE_EXPIRED,
}
_OF_CERTIFICATE = {
    "replaced": Notice.CERTIFICATE_REPLACED,
    "withdrawn": Notice.CERTIFICATE_WITHDRAWN,
    "on_hold": Notice.CERTIFICATE_HELD,
}


def webhook_tell(*, authority: str, partner_id: int, tellings: Iterable[Telling]) -> int:
    """Write what a partner's endpoints are to be told; return how many messages. One query where nobody listens."""
    endpoints = list(listening(authority).filter(partner_id=partner_id))
    if not endpoints:
        return 0
    rows = [
        _message(endpoint, telling)
        for telling in tellings
        for endpoint in endpoints
        if not endpoint.events or str(telling.notice) in endpoint.events
    ]
    WebhookMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def listening(authority: str) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints that are told anything at all."""
    return WebhookEndpoint.objects.filter(authority=authority, is_active=True, deleted_at__isnull=True)


def _message(endpoint: WebhookEndpoint, telling: Telling) -> WebhookMessage:
    message_id = "msg_" + delivery_number(at=telling.at, random=secrets.token_bytes(RANDOM_BYTES))
    return WebhookMessage(
        authority=endpoint.authority,
        endpoint=endpoint,
        message_id=message_id,
        event_type=str(telling.notice),
        cause=telling.cause[:100],
        body=body_of(telling, message_id=message_id, as_cloudevent=endpoint.as_cloudevent),
        occurred_at=telling.at,
        due_at=telling.at,
    )


def test_message(endpoint: WebhookEndpoint, *, at: datetime) -> str:
    """Write a message that only tries the way, to one endpoint; return its id."""
    telling = Telling(Notice.TEST, f"test {secrets.token_hex(8)}", at, {"endpoint": str(endpoint.pk)})
    row = _message(endpoint, telling)
    row.save()
    return row.message_id


def envelopes_told(rows: Sequence[Envelope], *, at: datetime) -> None:
    """Tell partners what became of envelopes that concern them; the rows are of one authority, as they stand now."""
    by_partner: dict[int, list[Telling]] = {}
    for row in rows:
        if row.kind in (Kind.CERTIFICATE, Kind.RESPONSE):
            for partner_id, telling in _concerning(row, at):
                by_partner.setdefault(partner_id, []).append(telling)
    for partner_id, tellings in sorted(by_partner.items()):
        webhook_tell(authority=rows[0].authority, partner_id=partner_id, tellings=tellings)


def _concerning(row: Envelope, at: datetime) -> Iterable[tuple[int, Telling]]:
    state = DeliveryState(row.state)
    if state is DeliveryState.WAITING:
        yield row.partner_id, _telling(row, Notice.ENVELOPE_WAITING, "", at)
    if state in _OFFERED and row.direction == Way.OUT and (notice := _of_certificate(row)) is not None:
        yield row.partner_id, _telling(row, notice, "", at)
    if state is DeliveryState.EXPIRED:
        yield row.partner_id, _telling(row, Notice.ENVELOPE_EXPIRED, "", at)
    if state in _TO_SENDER and row.sender_partner_id is not None:
        yield row.sender_partner_id, _telling(row, _TO_SENDER[state], str(state), at)


def _of_certificate(row: Envelope) -> Notice | None:
    if row.certificate_state == "in_force":
        return Notice.CERTIFICATE_ISSUED if row.version == 1 else Notice.CERTIFICATE_LIFTED
    return _OF_CERTIFICATE.get(row.certificate_state)


def _telling(row: Envelope, notice: Notice, state: str, at: datetime) -> Telling:
    return Telling(
        notice,
        f"{row.delivery_number} {state}".rstrip(),
        at,
        {
            "delivery_number": row.delivery_number,
            "number": row.number,
            "version": row.version,
            "type_code": row.type_code,
            "status_code": row.status_code,
            "tracking_info": row.tracking or str(TrackingInfo.PENDING_DELIVERY),
            "link": f"/api/v1/envelopes/{row.delivery_number}",
        },
    )
