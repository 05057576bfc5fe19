"""What the doctor asks of exchange: is it protected, what stands still, which keys end. A few queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from opensps.events.problems import Problem
from opensps.exchange.immutable import missing_triggers
from opensps.exchange.models import CredentialStatus, Envelope, PartnerConnection, PartnerCredential
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import DeliveryState

KEYS_END_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Health:
    """What a person should look at."""

    standing_still: int = 0
    """Envelopes of ours that only a person or a changed record moves: blocked, given up, expired."""

    closed: tuple[str, ...] = ()
    """Connections that are paused or whose breaker is open: ``XB smtp``."""

    keys_ending: tuple[str, ...] = ()
    """Keys in use that end within 30 days, or ended: ``XB client_tls``."""

    secrets: int = 0
    """Secrets that lie encrypted."""


def audit(authority: str) -> tuple[Problem, ...]:
    """Return the tables of exchange that the database does not protect any more."""
    del authority
    return tuple(Problem("guard_missing", trigger) for trigger in missing_triggers())


def health(*, authority: str, at: datetime) -> Health:
    """Return what stands still or ends soon. Three queries."""
    still = Envelope.objects.filter(
        authority=authority,
        direction="out",
        kind=Kind.CERTIFICATE,
        golden_run="",
        state__in=(DeliveryState.BLOCKED, DeliveryState.DEAD, DeliveryState.EXPIRED),
    )
    rows = PartnerConnection.objects.filter(authority=authority, is_active=True).select_related("partner")
    closed = rows.filter(~Q(paused_reason="") | Q(breaker_opened_at__isnull=False)).order_by("pk")
    keys = PartnerCredential.objects.filter(authority=authority).exclude(status=CredentialStatus.RETIRED)
    ending = keys.filter(status=CredentialStatus.ACTIVE, valid_to__lte=at + KEYS_END_SOON).select_related("partner")
    return Health(
        standing_still=still.count(),
        closed=tuple(f"{row.partner.code} {row.channel}" for row in closed),
        keys_ending=tuple(f"{row.partner.code} {row.use}" for row in ending.order_by("valid_to", "pk")),
        secrets=keys.aggregate(kept=Count("pk", filter=Q(secret__isnull=False)))["kept"],
    )
