"""A seal as read: everything its check needs, taken out of a signature whose shape has been found right."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from opensps.signing.signer_certificate import SignerCertificate


class Variant(StrEnum):
    """How a seal stands to its document (`trust.md` 6.3). A partner's profile names it; nothing is guessed."""

    DETACHED = "detached"
    ENVELOPED = "enveloped"
    ENVELOPED_NO_URI = "enveloped-no-uri"


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature over one certificate."""

    variant: Variant
    digest: bytes
    """What the seal states of the document, 32 bytes: D, and for `enveloped-no-uri` its digest in C14N 1.0. The
    verifier computes its own."""

    algorithm: str
    """ES256 or RS256."""

    signed_info: bytes
    """Canonical bytes under the signature."""

    signature: bytes
    """As XML Signature writes it: r and s for ES256."""

    signer: SignerCertificate
    """Who the seal says signed it; what it claims, not what is trusted."""

    properties: bytes | None = None
    """Canonical bytes of the signed properties."""

    properties_digest: bytes | None = None
    signing_time: datetime | None = None
    """Aware; what the signer claims."""
