"""Keys of partners, and ours towards them, are announced before they end: 60, 30 and 7 days (`exchange.md` 3.6)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from opensps.accounts.queries import CLOCK
from opensps.exchange.models import CredentialStatus, PartnerCredential
from opensps.exchange.names import KEY_EXPIRING
from opensps.exchange.services.records import partner_event

WARNED_BEFORE = (timedelta(days=60), timedelta(days=30), timedelta(days=7))


def keys_warn(*, authority: str, at: datetime) -> int:
    """Write an event for each key in use that came nearer to its end than the next limit; return how many."""
    rows = PartnerCredential.objects.filter(authority=authority, status=CredentialStatus.ACTIVE, valid_to__gt=at)
    due = Q(pk__in=())
    for limit in WARNED_BEFORE:
        due |= Q(valid_to__lte=at + limit) & (Q(warned_at=None) | Q(warned_at__lt=F("valid_to") - limit))
    pks = list(rows.filter(due).order_by("valid_to", "pk").values_list("pk", flat=True))
    return sum(_warned(pk, at) for pk in pks)


@transaction.atomic
def _warned(pk: int, at: datetime) -> int:
    rows = PartnerCredential.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    key = rows.get(pk=pk)
    if key.valid_to is None or (key.warned_at is not None and key.warned_at >= at):
        return 0
    key.warned_at = at
    key.save(update_fields=["warned_at"])
    told = {"use": key.use, "fingerprint": key.fingerprint, "is_ours": key.is_ours, "ends": key.valid_to.isoformat()}
    partner_event(key.partner, KEY_EXPIRING, actor=CLOCK, at=at, payload=told)
    return 1
