"""Partners as callers of our own services: by client certificate, and over which connection they agreed to come.

Source: `exchange.md` 3.6. Known by the SHA-256 of the certificate: two during a change, within their dates.
"""

from datetime import datetime

from opensps.exchange.models import Partner, PartnerConnection
from opensps.exchange.queries.for_callers import connections_of
from opensps.exchange.queries.hub_directory import credential_holder
from opensps.exchange.transports.transport import Channel

__all__ = ["Partner", "PartnerConnection", "partner_by_fingerprint", "service_connection"]


def partner_by_fingerprint(*, authority: str, sha256_hex: str, at: datetime) -> Partner | None:
    """Return the partner whose client certificate it is."""
    held = credential_holder(authority=authority, fingerprint=sha256_hex, at=at)
    return held.partner if held is not None else None


def service_connection(partner: Partner) -> PartnerConnection | None:
    """Return the connection over which a partner uses our CertificateService."""
    found = (connection for connection in connections_of(partner) if connection.channel == Channel.SOAP)
    return next(found, None)
