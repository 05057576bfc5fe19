"""A worker takes envelopes: leased, with their attempt written, before the first byte leaves (`exchange.md` 8.2).

PostgreSQL skips rows another worker is taking; on SQLite the write lock makes workers follow each other. A lease that
runs out says nothing about what arrived: the envelope becomes uncertain, and the other side is asked.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Max, Min, QuerySet, Value, When
from django.db.models.functions import Coalesce

from opensps.exchange.models import Attempt, Delivery, Envelope, PartnerConnection, Way
from opensps.exchange.queries.due import free_to_go
from opensps.exchange.schedule import LEASE
from opensps.exchange.services.connections import PROBE_FIRST
from opensps.exchange.services.moving import SYSTEM, moved
from opensps.lifecycle import DELIVERY, DeliveryEvent, DeliveryState, next_state

AT_ONCE = 4
"""Envelopes on their way over one connection at once, where its limits say nothing else."""

_NOBODY: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Lease:
    """One envelope in a worker's hands."""

    id: uuid.UUID
    envelope: Envelope
    attempt_id: int
    is_question: bool
    """The other side is asked what became of it, instead of being sent it again."""


def leases_take(*, authority: str, at: datetime, limit: int, busy: Mapping[int, int] = _NOBODY) -> tuple[Lease, ...]:
    """Take up to `limit` envelopes that may go, urgent ones first, not too many of one connection.

    `busy`: connection id -> envelopes this worker has on their way over it already.
    """
    taken: list[Lease] = []
    for connection in _connections(authority, at):
        room = min(_at_once(connection) - busy.get(connection.pk, 0), limit - len(taken))
        if room > 0:
            taken += _take(authority, connection, at, room)
    return tuple(taken)


def _pushed(authority: str, at: datetime) -> QuerySet[Envelope]:
    return free_to_go(authority=authority, at=at).filter(connection__delivery=Delivery.PUSH)


def _connections(authority: str, at: datetime) -> Sequence[PartnerConnection]:
    """Return the connections over which something may go, those with the most pressing envelope first."""
    pressing = Case(When(urgent=True, then=1), default=0, output_field=IntegerField())
    rows = _pushed(authority, at).order_by().values("connection_id")
    rows = rows.annotate(pressing=Max(pressing), first=Min("due_at")).order_by("-pressing", "first", "connection_id")
    ids = list(rows.values_list("connection_id", flat=True))
    found = PartnerConnection.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _at_once(connection: PartnerConnection) -> int:
    return 1 if connection.breaker_opened_at else int(connection.limits.get("at_once", AT_ONCE))


@transaction.atomic
def _take(authority: str, connection: PartnerConnection, at: datetime, room: int) -> list[Lease]:
    rows = _pushed(authority, at).filter(connection_id=connection.pk).order_by("-urgent", "due_at", "pk")
    locked = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:room])
    if connection.breaker_opened_at and not (locked and _may_probe(connection, at)):
        return []
    claim = uuid.uuid4()
    attempts = [_leased(row, connection, claim, at) for row in locked]
    _write(locked, attempts, at)
    return [Lease(claim, row, attempt.pk, attempt.kind == "ask") for row, attempt in zip(locked, attempts, strict=True)]


def _write(locked: Sequence[Envelope], attempts: Sequence[Attempt], at: datetime) -> None:
    """Write the leases and their attempts; rows that were taken in the same way share a statement."""
    for kind in ("send", "ask"):
        rows = [row for row, attempt in zip(locked, attempts, strict=True) if attempt.kind == kind]
        if rows:
            first = rows[0]
            Envelope.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=first.state,
                lease=first.lease,
                lease_until=first.lease_until,
                due_at=first.due_at,
                attempts=F("attempts") + 1,
                tries=F("tries") + (1 if kind == "send" else 0),
                first_attempt_at=Coalesce("first_attempt_at", Value(at)),
                **({"asked_at": first.asked_at} if kind == "ask" else {}),
            )
    Attempt.objects.bulk_create(attempts)


def _may_probe(connection: PartnerConnection, at: datetime) -> bool:
    """One worker probes an open connection; the next probe waits."""
    rows = PartnerConnection.objects.filter(pk=connection.pk, breaker_probe_at__lte=at)
    return rows.update(breaker_probe_at=at + PROBE_FIRST) == 1


def _leased(row: Envelope, connection: PartnerConnection, claim: uuid.UUID, at: datetime) -> Attempt:
    is_question = row.state == DeliveryState.UNCERTAIN
    if not is_question:
        row.state = next_state(DELIVERY, DeliveryState(row.state), DeliveryEvent.LEASE, roles=SYSTEM).value
        row.tries += 1
    row.asked_at = at if is_question else row.asked_at
    row.lease, row.lease_until, row.due_at = claim, at + LEASE, at + LEASE
    row.attempts += 1
    row.first_attempt_at = row.first_attempt_at or at
    return Attempt(
        authority=row.authority,
        envelope=row,
        ordinal=row.attempts,
        kind="ask" if is_question else "send",
        channel=connection.channel,
        address=connection.address,
        started_at=at,
        trace=secrets.token_hex(16),
    )


@transaction.atomic
def leases_end(*, authority: str, at: datetime, limit: int = 100) -> int:
    """Take back what a worker that died had taken; return how many. Its attempts say that the lease was lost."""
    rows = Envelope.objects.filter(
        authority=authority, direction__in=(Way.OUT, Way.THROUGH), lease__isnull=False, lease_until__lte=at
    ).filter(state__in=(DeliveryState.SENDING, DeliveryState.UNCERTAIN))
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("partner")
    found = list(locked.order_by("pk")[:limit])
    ended: dict[str, Any] = {"ended_at": at, "result": "lease_lost"}
    Attempt.objects.filter(authority=authority, envelope__in=found, ended_at__isnull=True).update(**ended)
    for row in found:
        if row.state == DeliveryState.SENDING:
            moved(row, DeliveryEvent.LOST, at=at, due_at=at)
        else:
            row.lease, row.lease_until, row.due_at = None, None, at
            row.save(update_fields=["lease", "lease_until", "due_at"])
    return len(found)
