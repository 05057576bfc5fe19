"""Partners as callers of our own services: by client certificate, over which connection, and the envelope they fetch.

Source: `exchange.md` 3.6. Known by the SHA-256 of the certificate: two during a change, within their dates. In SQL,
because every call asks: composing the same queries anew takes several times as long as their answers.
"""

from datetime import datetime

from django.db import connection

from opensps.exchange.models import Content, CredentialUse, Envelope, Partner, PartnerConnection, PartnerCredential
from opensps.exchange.queries.for_callers import ANSWERED, WAITING
from opensps.exchange.transports.transport import Channel

__all__ = [
    "Partner",
    "PartnerConnection",
    "PartnerCredential",
    "envelope_to_fetch",
    "partner_by_fingerprint",
    "service_connection",
]

_HOLDER = """
    SELECT p.id, p.authority, p.code, p.state FROM exchange_partner p
    JOIN exchange_partnercredential k ON k.partner_id = p.id
    WHERE k.authority = %s AND k."use" = %s AND k.is_ours = %s AND k.fingerprint = %s
      AND (k.status = 'active' OR k.status = 'next' AND k.confirmed_at IS NOT NULL)
      AND k.valid_from <= %s AND (k.valid_to IS NULL OR k.valid_to > %s)
    ORDER BY k.id LIMIT 1
"""
"""The same as `clients.in_use` says."""

_CONNECTION = """
    SELECT id, authentication, limits FROM exchange_partnerconnection
    WHERE partner_id = %s AND channel = %s AND is_active = %s ORDER BY rank, id LIMIT 1
"""
_ENVELOPE = """
    SELECT * FROM exchange_envelope
    WHERE authority = %s AND delivery_number = %s AND partner_id = %s AND direction = 'out'
      AND kind IN ('certificate', 'response')
"""
_CONTENT = "SELECT * FROM exchange_content WHERE id = %s"


def partner_by_fingerprint(*, authority: str, sha256_hex: str, at: datetime) -> Partner | None:
    """Return the partner whose client certificate it is."""
    moment = connection.ops.adapt_datetimefield_value(at)
    asked = [authority, str(CredentialUse.CLIENT_TLS), False, sha256_hex, moment, moment]
    return next(iter(Partner.objects.raw(_HOLDER, asked)), None)


def service_connection(partner: Partner) -> PartnerConnection | None:
    """Return the connection over which a partner uses our CertificateService."""
    rows = PartnerConnection.objects.raw(_CONNECTION, [partner.pk, str(Channel.SOAP), True])
    return next(iter(rows), None)


def envelope_to_fetch(*, partner: Partner, delivery_number: str) -> Envelope | None:
    """Return an envelope for the caller, waiting or answered, with its bytes; None for any other."""
    found = next(iter(Envelope.objects.raw(_ENVELOPE, [partner.authority, delivery_number, partner.pk])), None)
    if found is None or found.state not in (*WAITING, *ANSWERED):
        return None
    if found.content_id is not None:
        found.content = next(iter(Content.objects.raw(_CONTENT, [found.content_id])))
    return found
