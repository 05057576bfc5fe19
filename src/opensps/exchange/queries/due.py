"""Which envelopes may go now (`exchange.md` 8.2): due, checked, in order, over a connection that is open."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from opensps.exchange.models import Envelope, Way
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import EXCHANGING, HOLDING_BACK, DeliveryState, OnboardingState

TAKEN_UP = (DeliveryState.QUEUED, DeliveryState.RETRYING, DeliveryState.UNCERTAIN)


def free_to_go(*, authority: str, at: datetime) -> QuerySet[Envelope]:
    """Return the envelopes that may be taken up at a moment, over connections that are neither paused nor open.

    An earlier version of the same certificate for the same partner that is still under way holds a later one back; one
    that is blocked, rejected, expired or dead does not. Messages of a test keep the order of their conversation.
    """
    earlier = Envelope.objects.filter(
        authority=OuterRef("authority"),
        partner=OuterRef("partner"),
        number=OuterRef("number"),
        direction=OuterRef("direction"),
        kind=Kind.CERTIFICATE,
        golden_run="",
        version__lt=OuterRef("version"),
        state__in=HOLDING_BACK,
    )
    is_own = Q(kind=Kind.CERTIFICATE, golden_run="")
    rows = Envelope.objects.filter(
        authority=authority, direction__in=(Way.OUT, Way.THROUGH), state__in=TAKEN_UP, due_at__lte=at
    )
    rows = rows.filter(connection__is_active=True, connection__paused_reason="")
    rows = rows.exclude(connection__breaker_probe_at__gt=at)
    rows = rows.filter(Q(partner__state__in=EXCHANGING) | ~is_own).exclude(partner__state=OnboardingState.SUSPENDED)
    rows = rows.filter(~is_own | Q(checked_at__isnull=False) | Q(direction=Way.THROUGH))
    return rows.filter(~is_own | ~Exists(earlier))
