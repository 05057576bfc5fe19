"""Connections with partners: set, paused, resumed; their breaker opens and closes (`exchange.md` 7.1, 8.2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from opensps.accounts.queries import SYSTEM, Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import Delivery, Direction, PartnerConnection, Side
from opensps.exchange.names import (
    BREAKER_CLOSED,
    BREAKER_OPENED,
    CONNECTION_PAUSED,
    CONNECTION_RESUMED,
    CONNECTION_SET,
)
from opensps.exchange.queries.keys_missing import keys_missing
from opensps.exchange.services.deciding import envelopes_free
from opensps.exchange.services.records import changing, partner_event
from opensps.exchange.transports.transport import Channel

FAILURES_TO_OPEN = 5
"""In a row."""

BELIEVED_AT = {"forbidden": 3}
"""Reason for a pause -> how often in a row it must come; every other pauses at once."""

FIRST_PROBES, PROBE_FIRST, PROBE_LATER = 5, timedelta(minutes=1), timedelta(minutes=5)
"""One probe a minute, after five of them one every five minutes."""

KEY_ENDED = "key_ended"
"""Reason of the pause by the clock when the last key of a kind has ended."""

OPTIONAL = (*("rank", "tls_policy", "authentication", "send_operation", "limits", "options", "is_active"),)
"""Further columns `connection_set` takes."""


@transaction.atomic
def connection_set(
    *,
    authority: str,
    partner: str,
    channel: Channel,
    connection_code: str,
    own_code: str,
    address: str | None = None,
    side: Side | None = None,
    delivery: Delivery | None = None,
    direction: Direction | None = None,
    connection_id: int | None = None,
    actor: Actor,
    at: datetime,
    **further: Any,
) -> PartnerConnection:
    """Add a connection, or change one of this partner by its id; what is ``None`` stays as it was.

    Raises `RecordRefused` field, connection (another partner's), address, connection_taken.
    """
    row = changing(authority=authority, code=partner, actor=actor)
    if further.keys() - set(OPTIONAL):
        raise RecordRefused("field", ", ".join(sorted(further.keys() - set(OPTIONAL))))
    connection = PartnerConnection(authority=authority, partner=row, side=Side.CLIENT.value)
    connection.delivery, connection.direction = Delivery.PUSH.value, Direction.BOTH.value
    if connection_id is not None:
        connection = _locked(authority, connection_id)
        if connection.partner_id != row.pk:
            raise RecordRefused("connection")
    columns: dict[str, Any] = {
        "channel": channel.value,
        "connection_code": connection_code,
        "own_code": own_code,
        "address": connection.address if address is None else address,
        "side": str(side or connection.side),
        "delivery": str(delivery or connection.delivery),
        "direction": str(direction or connection.direction),
        "changed_at": at,
        **further,
    }
    if columns["delivery"] == Delivery.PUSH and not columns["address"]:
        raise RecordRefused("address")
    for column, value in columns.items():
        setattr(connection, column, value)
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError:
        raise RecordRefused("connection_taken", connection_code) from None
    told = {name: columns[name] for name in ("channel", "connection_code", "address", "side", "delivery", "direction")}
    partner_event(row, CONNECTION_SET, actor=actor, at=at, payload={"connection": connection.pk, **told})
    envelopes_free(authority=authority, partner=partner, at=at)
    return connection


def _locked(authority: str, connection_id: int) -> PartnerConnection:
    rows = PartnerConnection.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    found = rows.filter(authority=authority, pk=connection_id).first()
    if found is None:
        raise RecordRefused("connection")
    return found


def _told(connection: PartnerConnection, **more: Any) -> Mapping[str, Any]:
    return {"connection": connection.pk, "channel": connection.channel, **more}


@transaction.atomic
def connection_pause(
    *, authority: str, connection_id: int, reason: str, text: str = "", actor: Actor = SYSTEM, at: datetime
) -> None:
    """Send nothing more over a connection until a person resumes it. A second pause changes nothing."""
    connection = _locked(authority, connection_id)
    if connection.paused_reason:
        return
    connection.paused_reason, connection.paused_text, connection.paused_at = reason, text, at
    connection.save(update_fields=["paused_reason", "paused_text", "paused_at"])
    told = _told(connection, text=text)
    partner_event(connection.partner, CONNECTION_PAUSED, actor=actor, at=at, reason_code=reason, payload=told)


@transaction.atomic
def connection_resume(*, authority: str, connection_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Send again over a paused connection, and close its breaker. Raises `RecordRefused` key_ended, connection."""
    connection = _locked(authority, connection_id)
    changing(authority=authority, code=connection.partner.code, actor=actor)
    if keys_missing(connection, at=at):
        raise RecordRefused(KEY_ENDED)
    connection.paused_reason, connection.paused_text, connection.paused_at = "", "", None
    _closed(connection)
    connection.save(update_fields=["paused_reason", "paused_text", "paused_at", *_BREAKER])
    told = _told(connection, reason=reason)
    partner_event(connection.partner, CONNECTION_RESUMED, actor=actor, at=at, payload=told)


_BREAKER = ("breaker_failures", "breaker_opened_at", "breaker_probe_at", "breaker_probes", "doubt", "doubts")


def _closed(connection: PartnerConnection) -> None:
    connection.breaker_failures, connection.breaker_probes = 0, 0
    connection.doubt, connection.doubts = "", 0
    connection.breaker_opened_at = connection.breaker_probe_at = None


def connection_failed(*, authority: str, connection_id: int, at: datetime) -> bool:
    """Count a failure, in the caller's transaction; the fifth in a row opens the breaker. Return whether it is open."""
    connection = _locked(authority, connection_id)
    connection.breaker_failures += 1
    if connection.breaker_opened_at is not None:
        connection.breaker_probes += 1
        early = connection.breaker_probes < FIRST_PROBES
        connection.breaker_probe_at = at + (PROBE_FIRST if early else PROBE_LATER)
    elif connection.breaker_failures >= FAILURES_TO_OPEN:
        _opened(connection, at)
    connection.save(update_fields=_BREAKER)
    return connection.breaker_opened_at is not None


@transaction.atomic
def breaker_open(*, authority: str, connection_id: int, at: datetime) -> None:
    """Open the breaker for a reason that no single envelope shows: a burst of bounces."""
    connection = _locked(authority, connection_id)
    if connection.breaker_opened_at is None:
        connection.breaker_failures = FAILURES_TO_OPEN
        _opened(connection, at)
        connection.save(update_fields=_BREAKER)


def _opened(connection: PartnerConnection, at: datetime) -> None:
    connection.breaker_opened_at, connection.breaker_probe_at = at, at + PROBE_FIRST
    told = _told(connection, failures=connection.breaker_failures)
    partner_event(connection.partner, BREAKER_OPENED, actor=SYSTEM, at=at, payload=told)


def connection_doubted(*, authority: str, connection_id: int, reason: str, text: str = "", at: datetime) -> bool:
    """Count a reason to pause, in the caller's transaction; return whether the connection is paused now."""
    connection = _locked(authority, connection_id)
    connection.doubts = connection.doubts + 1 if connection.doubt == reason else 1
    connection.doubt = reason
    connection.save(update_fields=["doubt", "doubts"])
    if connection.doubts >= BELIEVED_AT.get(reason, 1):
        connection_pause(authority=authority, connection_id=connection_id, reason=reason, text=text, at=at)
        return True
    return False


def connection_reached(*, authority: str, connection_id: int, at: datetime) -> None:
    """Note that the other side answered, in the caller's transaction: the breaker closes."""
    marked = Q(breaker_failures__gt=0) | Q(doubts__gt=0)
    if not PartnerConnection.objects.filter(
        marked, authority=authority, pk=connection_id
    ).exists():  # the ordinary case takes no lock
        return
    connection = _locked(authority, connection_id)
    if connection.breaker_opened_at is not None:
        partner_event(connection.partner, BREAKER_CLOSED, actor=SYSTEM, at=at, payload=_told(connection))
    _closed(connection)
    connection.save(update_fields=_BREAKER)
