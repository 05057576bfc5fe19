"""Raw messages: kept before anything is answered, then processed, and set aside where that cannot be done.

Source: `exchange.md` 4.7, 8.4, `reliability.md` 2.4. Processing looks at the stored bytes only, so it can be run again;
a message that was decided is never decided anew by itself.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from opensps.accounts.queries import Actor
from opensps.exchange.contracts.content import content_bytes
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Decision, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.permissions import delivery_role
from opensps.exchange.queries.receiving import header_of, hub_partner
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.services.setting_aside import message_decide, message_set_aside, message_tell
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports.transport import Channel

logger = structlog.get_logger()

LEASE = timedelta(minutes=2)
MOST_TRIES = 12
KEPT = timedelta(days=90)
"""Raw bytes of what was set aside or decided."""

HINT_KEPT = timedelta(days=7)
"""Raw bytes of what anybody may send: pushes without a proof, asked for at their hub or not."""

HINT_ROW_KEPT = timedelta(days=30)
"""The row of such a push: by then whoever pushed it has given up."""

PIECE = 500

_HINTS = Q(channel=Channel.HUB, decision__in=(Decision.HINT, Decision.IGNORED))


class Processor(Protocol):
    """Makes of one stored message what its channel says it is, and writes the decision."""

    def __call__(self, message: ReceivedMessage, *, terms: ReceivingTerms, at: datetime) -> None:
        """Process; raise for what may go better later."""


_PROCESSORS: dict[str, Processor] = {}


def processor_register(channel: Channel, processor: Processor) -> None:
    """Let a channel have its own way of reading; the others hold one envelope per message."""
    _PROCESSORS[channel] = processor


def message_receive(
    *,
    authority: str,
    channel: str,
    raw: bytes,
    facts: Mapping[str, Any],
    at: datetime,
    connection: PartnerConnection | None = None,
    partner: Partner | None = None,
    peer: str = "",
    message_key: str = "",
    is_hint: bool = False,
) -> ReceivedMessage:
    """Store a message exactly as it came; it is durable when this call has returned.

    `facts`: what the channel knows, JSON-able: ``header``, ``remote_number``, ``connection`` (id) where an envelope
    came. A hint is never processed: its truth is asked for at its source, so only size and digest of its bytes stay.
    """
    connected = connection.pk if connection is not None else facts.get("connection")
    with transaction.atomic():
        return ReceivedMessage.objects.create(
            authority=authority,
            channel=channel,
            connection_id=connected,
            partner=partner,
            raw=b"" if is_hint else raw,
            sha256=hashlib.sha256(raw).hexdigest(),
            size_bytes=len(raw),
            peer=peer,
            message_key=message_key or str(facts.get("remote_number", "")),
            facts=dict(facts),
            received_at=at,
            decision=Decision.HINT if is_hint else Decision.ARRIVED,
            due_at=None if is_hint else at,
        )


def message_process(*, received_id: int, terms: ReceivingTerms, at: datetime) -> ReceivedMessage:
    """Process one stored message; one that was decided stays as it is. Returns it with its decision."""
    message = ReceivedMessage.objects.select_related("connection", "partner").get(pk=received_id)
    if message.decision == Decision.ARRIVED and message.raw is not None:
        _PROCESSORS.get(message.channel, _envelope)(message, terms=terms, at=at)
        message.refresh_from_db()
    return message


def _envelope(message: ReceivedMessage, *, terms: ReceivingTerms, at: datetime) -> None:
    """Take the one envelope a message of a hub holds."""
    header = header_of(message.facts)
    connection = message.connection
    partner = message.partner
    if partner is None or connection is None:
        connection = hub_partner(authority=message.authority, beside=connection, from_code=header.from_code)
        partner = connection.partner if connection is not None else None
    if partner is None:
        message_set_aside(message, reason="UNKNOWN_SENDER", at=at)
        return
    version = message.facts.get("version")
    envelope_receive(
        authority=message.authority,
        partner=partner,
        connection=connection,
        channel=message.channel,
        header=header,
        content=content_bytes(bytes(message.raw or b"")),
        remote_number=str(message.facts.get("remote_number", "")),
        version=int(version) if version else None,
        message=message,
        terms=terms,
        at=at,
    )


def messages_process_due(*, authority: str, terms: ReceivingTerms, at: datetime, limit: int = 50) -> int:
    """Process what arrived and has not been decided; several workers may do the same. Returns how many were done."""
    due = ReceivedMessage.objects.filter(authority=authority, decision=Decision.ARRIVED, due_at__lte=at)
    done = 0
    for message_id in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        # Of two workers one moves the time: the other finds it moved.
        claimed = due.filter(pk=message_id).update(due_at=at + LEASE, tries=F("tries") + 1)
        if claimed:
            done += _processed(message_id, terms, at)
    return done


def _processed(message_id: int, terms: ReceivingTerms, at: datetime) -> int:
    try:
        message_process(received_id=message_id, terms=terms, at=at)
    except Exception as error:  # noqa: BLE001 the worker's outer loop: one bad message holds back no other
        message = ReceivedMessage.objects.get(pk=message_id)
        logger.warning("message_failed", message=message_id, kind=type(error).__name__, tries=message.tries)
        if message.tries >= MOST_TRIES and message.decision == Decision.ARRIVED:
            message_set_aside(message, reason="PROCESSING", at=at, text=type(error).__name__)
        return 0
    return 1


@transaction.atomic
def message_release(*, authority: str, message_id: int, actor: Actor, at: datetime) -> ReceivedMessage:
    """Let a message that was set aside run through the pipeline again; recorded."""
    message = _set_aside(authority, message_id, actor)
    message_decide(message, Decision.ARRIVED, at=at, due_at=at, tries=0, reason="", decided_by=actor.id)
    message_tell(message, "released", actor=actor, at=at)
    return message


@transaction.atomic
def message_reject(*, authority: str, message_id: int, actor: Actor, reason: str, at: datetime) -> ReceivedMessage:
    """Close a message that was set aside for good; its sender is told by whoever knows an address of theirs."""
    message = _set_aside(authority, message_id, actor)
    message_decide(message, Decision.REJECTED, at=at, reason_text=reason, decided_by=actor.id)
    message_tell(message, "rejected", actor=actor, at=at)
    return message


def _set_aside(authority: str, message_id: int, actor: Actor) -> ReceivedMessage:
    delivery_role(actor, authority=authority)
    rows = ReceivedMessage.objects.select_for_update(of=("self",)).filter(authority=authority)
    found = rows.filter(pk=message_id, decision=Decision.QUARANTINED).first()
    if found is None:
        raise EnvelopeNotFound(str(message_id))
    return found


def messages_purge(*, authority: str, at: datetime) -> int:
    """Remove the raw bytes of what was decided 90 days ago and of hints after 7 days, and hints after 30 days.

    What was made of any other message stays, and so does its row with its few facts: the database refuses both the
    removal of a received message and any change of its facts (`exchange.immutable`). Returns how many lost something.
    """
    due = Q(decided_at__lt=at - KEPT) | _HINTS & Q(received_at__lt=at - HINT_KEPT)
    rows = ReceivedMessage.objects.filter(authority=authority)
    emptied = rows.filter(due, raw__isnull=False).update(raw=None, removed_at=at)
    return emptied + _hints_removed(rows.filter(_HINTS, envelope__isnull=True, received_at__lt=at - HINT_ROW_KEPT))


def _hints_removed(rows: QuerySet[ReceivedMessage]) -> int:
    """Remove rows piece by piece, so that nobody waits long for any of them."""
    removed = 0
    while piece := list(rows.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        removed += rows.filter(pk__in=piece).delete()[0]
    return removed
