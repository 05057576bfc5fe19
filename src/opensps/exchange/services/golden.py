"""Golden messages leave through the ordinary outbox, over whatever channel, wrong on purpose where they must be.

Source: `exchange.md` 7.4. They are no certificates of ours: never checked, never on a certificate's history, and they
keep the order of their conversation instead of that of versions.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.golden import Step
from opensps.exchange.models import Content, Envelope, PartnerConnection
from opensps.exchange.permissions import partner_role
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import DeliveryState, OnboardingState

STEP_WAITS = timedelta(seconds=30)
"""So long a step waits for the word on the one before it, at most."""

TESTED = (
    OnboardingState.PROFILE_SET,
    OnboardingState.SANDBOX,
    OnboardingState.CERTIFIED,
    OnboardingState.PARALLEL,
    OnboardingState.LIVE,
)
_DONE = (
    *(DeliveryState.RECEIVED, DeliveryState.RECEIVED_REMARKS, DeliveryState.UNREADABLE, DeliveryState.REJECTED),
    *(DeliveryState.EXPIRED, DeliveryState.DEAD, DeliveryState.NOT_NEEDED),
)


@transaction.atomic
def envelopes_queue_golden(
    *, authority: str, connection_id: int, run: str, steps: Iterable[Step], actor: Actor, at: datetime
) -> tuple[str, ...]:
    """Queue the steps of one conversation in their order; return their delivery numbers.

    Raises `NotAllowed`, `RecordRefused` connection, state.
    """
    partner_role(actor, authority=authority)
    rows = PartnerConnection.objects.select_related("partner").filter(authority=authority, pk=connection_id)
    connection = rows.first()
    if connection is None:
        raise RecordRefused("connection")
    if connection.partner.state not in TESTED:
        raise RecordRefused("state", connection.partner.state)
    numbers = []
    for place, step in enumerate(steps):
        content = content_keep(authority=authority, data=step.content, at=at)
        row = _row(connection, step, content, run, at)
        row.queued_at = row.changed_at = at
        row.due_at = at + place * STEP_WAITS
        row.duplicate_of = _same(row)
        row.save(force_insert=True)
        numbers.append(row.delivery_number)
    return tuple(numbers)


def _row(connection: PartnerConnection, step: Step, content: Content, run: str, at: datetime) -> Envelope:
    return Envelope(
        authority=connection.authority,
        delivery_number=new_delivery_number(at),
        direction="out",
        kind=Kind.CERTIFICATE.value,
        partner=connection.partner,
        connection=connection,
        channel=connection.channel,
        from_code=connection.own_code,
        to_code=connection.connection_code,
        number=step.number,
        type_code=step.type_code,
        status_code=step.status_code,
        version=step.version,
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        detached_signature=step.signature,
        state=DeliveryState.QUEUED.value,
        golden_run=run,
        golden_step=step.name,
    )


def _same(row: Envelope) -> Envelope | None:
    """Return the first envelope with the same domain key: a repeat on purpose says what it repeats."""
    same = Envelope.objects.filter(
        authority=row.authority,
        direction=row.direction,
        partner=row.partner,
        from_code=row.from_code,
        to_code=row.to_code,
        number=row.number,
        type_code=row.type_code,
        status_code=row.status_code,
        version=row.version,
        sha256=row.sha256,
        duplicate_of=None,
    )
    return same.order_by("pk").first()


def golden_next(*, authority: str, run: str, at: datetime) -> int:
    """Let the next step go at once when every step before it has its last word; return how many steps still wait."""
    rows = list(Envelope.objects.filter(authority=authority, golden_run=run, direction="out").order_by("pk"))
    waiting = [row for row in rows if row.state == DeliveryState.QUEUED]
    before = rows[: rows.index(waiting[0])] if waiting else rows
    if waiting and all(row.state in _DONE for row in before):
        Envelope.objects.filter(pk=waiting[0].pk, state=DeliveryState.QUEUED, due_at__gt=at).update(due_at=at)
    return len(waiting)
