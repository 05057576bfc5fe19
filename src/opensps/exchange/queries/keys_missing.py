"""Which keys a connection had and has no more. One query. Source: `exchange.md` 7.3."""

from collections.abc import Iterable
from datetime import datetime

from opensps.exchange.key_needs import Way, needs_of
from opensps.exchange.models import CredentialStatus, PartnerConnection, PartnerCredential, Side


def keys_missing(row: PartnerConnection, *, at: datetime) -> tuple[str, ...]:
    """Return the uses of keys a connection had and has no more: each ended, none in its place."""
    keys = tuple(
        each
        for each in PartnerCredential.objects.filter(
            authority=row.authority, partner_id=row.partner_id, official=None, status=CredentialStatus.ACTIVE
        ).defer("secret")
        if each.connection_id in (None, row.pk)
    )
    way = Way(
        channel=row.channel,
        is_host=row.side == Side.HOST,
        authentication=row.authentication,
        tls_policy=row.tls_policy,
        options=row.options,
    )
    found = ([key for key in keys if key.use in need.uses and key.is_ours == need.is_ours] for need in needs_of(way))
    return tuple(held[0].use for held in found if held and _are_over(held, at))


def _are_over(held: Iterable[PartnerCredential], at: datetime) -> bool:
    return all(each.valid_to is not None and each.valid_to <= at for each in held)
