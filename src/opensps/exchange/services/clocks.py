"""What the clock does to deliveries: late, expired, given up, alarms; and what is kept no longer (`exchange.md` 8.2).

A clock never decides for the partner: what they acknowledge afterwards is still believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from opensps.exchange.models import Content, Envelope, Way
from opensps.exchange.names import LATE
from opensps.exchange.schedule import (
    ALARM_AFTER,
    ALARM_AFTER_URGENT,
    CONTENT_KEPT,
    EXPIRES_AFTER,
    GIVE_UP_AFTER,
    LATE_AFTER,
    LATE_AFTER_URGENT,
)
from opensps.exchange.services.moving import CLOCK, moved, told
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import ON_THEIR_SIDE, DeliveryEvent, DeliveryState, OnboardingState

log = structlog.get_logger("opensps.exchange")

BATCH = 200
"""Rows of one kind in one run; the next run takes the rest."""

_NOT_BEGUN = (DeliveryState.QUEUED, DeliveryState.BLOCKED)
_TRYING = (DeliveryState.RETRYING, DeliveryState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class ClockReport:
    """What the clock found, in envelopes."""

    late: int = 0
    expired: int = 0
    given_up: int = 0
    alarmed: int = 0


def clocks_run(*, authority: str, at: datetime) -> ClockReport:
    """Do what is due by the clock. Several workers may do the same: each row is locked and asked again."""
    own = Envelope.objects.filter(
        authority=authority, direction__in=(Way.OUT, Way.THROUGH), kind=Kind.CERTIFICATE, golden_run=""
    ).exclude(partner__state=OnboardingState.SUSPENDED)
    theirs = own.filter(state__in=ON_THEIR_SIDE)
    return ClockReport(
        late=_each(theirs.filter(_older("sent_at", at, LATE_AFTER, LATE_AFTER_URGENT), late_at=None), _late, at),
        expired=_each(theirs.filter(sent_at__lte=at - EXPIRES_AFTER), _expire, at),
        given_up=_each(
            own.filter(
                state__in=_TRYING,
                first_attempt_at__lte=at - GIVE_UP_AFTER,
                lease=None,
            ),
            _give_up,
            at,
        ),
        alarmed=_each(own.filter(_stands_still(at), alarmed_at=None), _alarm, at),
    )


def _older(column: str, at: datetime, usual: timedelta, urgent: timedelta) -> Q:
    return Q(**{"urgent": False, f"{column}__lte": at - usual}) | Q(**{"urgent": True, f"{column}__lte": at - urgent})


def _stands_still(at: datetime) -> Q:
    """What has not begun since it was queued, freed or blocked, or is tried since long in its present round."""
    waits = _older("changed_at", at, ALARM_AFTER, ALARM_AFTER_URGENT) & Q(state__in=_NOT_BEGUN)
    tries = _older("first_attempt_at", at, ALARM_AFTER, ALARM_AFTER_URGENT) & Q(state__in=_TRYING)
    return waits | tries


def _each(rows: QuerySet[Envelope], act: Callable[[Envelope, datetime], None], at: datetime) -> int:
    """Do one act on each row in a transaction of its own."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_one(rows, pk, act, at) for pk in pks)


@transaction.atomic
def _one(rows: QuerySet[Envelope], pk: int, act: Callable[[Envelope, datetime], None], at: datetime) -> int:
    locked = rows.filter(pk=pk).select_for_update(of=("self",), no_key=True).select_related("partner").first()
    if locked is None:  # somebody was quicker
        return 0
    act(locked, at)
    return 1


def _late(row: Envelope, at: datetime) -> None:
    row.late_at = at
    row.save(update_fields=["late_at"])
    log.warning(LATE, delivery_number=row.delivery_number, partner=row.partner.code)
    told(row, "late", at=at, role="clock")


def _expire(row: Envelope, at: datetime) -> None:
    text = "not collected in 15 days" if row.state == DeliveryState.WAITING else "not acknowledged in 15 days"
    log.error("envelope_expired", delivery_number=row.delivery_number, partner=row.partner.code)
    moved(row, DeliveryEvent.EXPIRE, at=at, roles=CLOCK, text=text, tracking_text=text)


def _give_up(row: Envelope, at: datetime) -> None:
    log.error("envelope_given_up", delivery_number=row.delivery_number, partner=row.partner.code)
    moved(row, DeliveryEvent.GIVE_UP, at=at, roles=CLOCK, text=row.tracking_text)


def _alarm(row: Envelope, at: datetime) -> None:
    row.alarmed_at = at
    row.save(update_fields=["alarmed_at"])
    log.error("envelope_undelivered", state=row.state, delivery_number=row.delivery_number, partner=row.partner.code)


def contents_purge(*, authority: str, at: datetime) -> int:
    """Remove bytes we sent whose last envelope had its last word long ago; header and digest stay. Return how many.

    What others sent us stays: it is their certificate as it counts here.
    """
    undone = Envelope.objects.filter(content=OuterRef("pk")).exclude(
        direction__in=(Way.OUT, Way.THROUGH), final_at__lte=at - CONTENT_KEPT
    )
    rows = Content.objects.filter(authority=authority, data__isnull=False, stored_at__lte=at - CONTENT_KEPT)
    pks = list(rows.filter(~Exists(undone), envelopes__isnull=False).values_list("pk", flat=True).distinct()[:BATCH])
    return Content.objects.filter(pk__in=pks).update(data=None, removed_at=at)
