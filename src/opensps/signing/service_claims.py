"""What a COSE Sig_structure is about, read by the signing service before it signs it (RFC 9052 4.4, `trust.md` 6.13).

Anything else, a bare digest above all, is refused: the service knows what it signs.
"""

from collections.abc import Mapping

from opensps.formats import cbor
from opensps.formats.errors import FormatError
from opensps.signing.errors import ServiceRefused

STATUS_LIST = "application/statuslist+cwt"
INQUIRY_REPLY = "application/sps-inquiry-reply+cbor"
"""A reply to an inquiry: `opensps.border.replies` writes it."""

_CONTENT_TYPE = 16
_CERTIFICATE_CLAIMS, _DIGEST = -70001, 1
_PARTS = 4
_DIGEST_LENGTH = 32


def _read(data: bytes) -> tuple[Mapping[cbor.Plain, cbor.Plain], Mapping[cbor.Plain, cbor.Plain]]:
    """Return protected header and claims."""
    try:
        parts = cbor.loads(data)
        if not isinstance(parts, tuple) or len(parts) != _PARTS or parts[0] != "Signature1" or parts[2] != b"":
            raise ServiceRefused("not_a_document")
        header, claims = (cbor.loads(each) if isinstance(each, bytes) else None for each in (parts[1], parts[3]))
    except FormatError:
        raise ServiceRefused("not_a_document") from None
    if not isinstance(header, Mapping) or not isinstance(claims, Mapping):
        raise ServiceRefused("not_a_document")
    return header, claims


def is_status_list(data: bytes) -> bool:
    """Return whether it is about a status list; raise `ServiceRefused` (not_a_document) when it is about nothing."""
    return _read(data)[0].get(_CONTENT_TYPE) == STATUS_LIST


def replying_authority(data: bytes) -> str:
    """Return for which authority it answers an inquiry; empty where it is no reply. Raises `ServiceRefused`."""
    header, claims = _read(data)
    named = claims.get("authority")
    return named if header.get(_CONTENT_TYPE) == INQUIRY_REPLY and isinstance(named, str) else ""


def claimed_digest(data: bytes) -> bytes:
    """Return the D of the certificate it is about; raise `ServiceRefused` (not_a_document)."""
    inner = _read(data)[1].get(_CERTIFICATE_CLAIMS)
    digest = inner.get(_DIGEST) if isinstance(inner, Mapping) else None
    if not isinstance(digest, bytes) or len(digest) != _DIGEST_LENGTH:
        raise ServiceRefused("not_a_document")
    return digest
