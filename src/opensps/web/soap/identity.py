"""Who calls a machine's address: the client certificate of the connection, and the partner it belongs to.

Source: `exchange.md` 2.4, 3.6. The certificate comes from the partner port in the WSGI environment, or, where a proxy
ends TLS, in the header ``Client-Cert`` (RFC 9440, or a URL-encoded PEM as nginx writes it). The header is believed only
when the connection itself comes from an address listed in ``OPENSPS_PARTNER_PROXIES``. A certificate is known by its
SHA-256; names and issuers mean nothing.
"""

import binascii
import hashlib
import ipaddress
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import HttpRequest

PORT_KEY = "opensps.client_certificate"
"""In the WSGI environment, put there by the partner port: DER."""

PEER_KEY = "opensps.peer_address"
"""In the WSGI environment, put there by the first middleware: the other end of the connection, whatever headers say."""

_LONGEST = 20_000


class Standing(StrEnum):
    """What the certificate alone says; whether it is known says the register."""

    CURRENT = "current"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """The client certificate of a connection; its key was proved in the handshake."""

    fingerprint: str
    """SHA-256 of the DER octets, hexadecimal."""

    standing: Standing

    @property
    def is_current(self) -> bool:
        """Whether its own dates allow it now."""
        return self.standing is Standing.CURRENT


def shown_certificate(request: HttpRequest, *, at: datetime) -> ShownCertificate | None:
    """Return the client certificate of the caller; None when it showed none, or no proxy we believe says so."""
    der = request.META.get(PORT_KEY)
    if der is None and _comes_from_our_proxy(request):
        der = _told(request.headers.get("Client-Cert", ""))
    return None if der is None else ShownCertificate(hashlib.sha256(der).hexdigest(), _standing(der, at))


def _comes_from_our_proxy(request: HttpRequest) -> bool:
    """Tell whether the connection itself, not what a header claims, comes from a listed proxy."""
    try:
        peer = ipaddress.ip_address(request.META.get(PEER_KEY) or "")
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(each, strict=False) for each in settings.OPENSPS_PARTNER_PROXIES)


def _told(header: str) -> bytes | None:
    """Return the DER octets that a proxy's header carries; None when it carries nothing, or nothing of the kind."""
    if not header or len(header) > _LONGEST:
        return None
    try:
        if header.startswith(":") and header.endswith(":"):
            return b64decode(header[1:-1], validate=True)
        return x509.load_pem_x509_certificate(unquote(header).encode("ascii")).public_bytes(Encoding.DER)
    except (ValueError, binascii.Error):
        return None


def _standing(der: bytes, at: datetime) -> Standing:
    try:
        shown = x509.load_der_x509_certificate(der)
        begins, ends = shown.not_valid_before_utc, shown.not_valid_after_utc
    except ValueError:
        return Standing.UNREADABLE
    if at < begins:
        return Standing.NOT_YET
    return Standing.EXPIRED if at > ends else Standing.CURRENT
