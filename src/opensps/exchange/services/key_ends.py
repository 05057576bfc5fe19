"""A connection that has lost its last key of a kind it needs is paused; a person resumes it with a new one.

Source: `exchange.md` 7.3. What waits is kept and nothing is sent; what the other side shows is refused where it is
looked at. The clock does this, once a minute.
"""

from datetime import datetime

from opensps.accounts.queries import CLOCK
from opensps.exchange.models import CredentialStatus, PartnerConnection, PartnerCredential
from opensps.exchange.queries.keys_missing import keys_missing
from opensps.exchange.services.connections import KEY_ENDED, connection_pause


def keys_end(*, authority: str, at: datetime) -> int:
    """Pause the connections whose key ended and was not followed by another; return how many."""
    ended = PartnerCredential.objects.filter(
        authority=authority, status=CredentialStatus.ACTIVE, valid_to__lte=at
    ).values("partner_id")
    rows = PartnerConnection.objects.filter(
        authority=authority, is_active=True, paused_reason="", partner_id__in=ended
    ).select_related("partner")
    return sum(_paused(row, at) for row in rows.order_by("pk"))


def _paused(row: PartnerConnection, at: datetime) -> int:
    missing = keys_missing(row, at=at)
    if not missing:
        return 0
    words = ", ".join(missing)
    connection_pause(authority=row.authority, connection_id=row.pk, reason=KEY_ENDED, text=words, actor=CLOCK, at=at)
    return 1
