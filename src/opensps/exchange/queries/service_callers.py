"""Partners as callers of our own services: by client certificate, and over which connection they agreed to come.

Source: `exchange.md` 3.6. Known by the SHA-256 of the certificate: two during a change, within their dates. Every call
asks, so only what a call needs is read.
"""

from datetime import datetime

from opensps.exchange.models import CredentialUse, Partner, PartnerConnection, PartnerCredential
from opensps.exchange.queries.clients import in_use
from opensps.exchange.transports.transport import Channel

__all__ = ["Partner", "PartnerConnection", "partner_by_fingerprint", "service_connection"]


def partner_by_fingerprint(*, authority: str, sha256_hex: str, at: datetime) -> Partner | None:
    """Return the partner whose client certificate it is."""
    keys = PartnerCredential.objects.filter(
        in_use(at), authority=authority, use=CredentialUse.CLIENT_TLS, is_ours=False, fingerprint=sha256_hex
    )
    rows = Partner.objects.filter(authority=authority, pk__in=keys.values("partner_id"))
    return rows.only("authority", "code", "state").first()


def service_connection(partner: Partner) -> PartnerConnection | None:
    """Return the connection over which a partner uses our CertificateService."""
    rows = PartnerConnection.objects.filter(partner=partner, channel=Channel.SOAP, is_active=True)
    return rows.only("authentication", "limits").order_by("rank", "pk").first()
