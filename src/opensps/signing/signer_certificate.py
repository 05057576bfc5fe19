"""What a seal says about its signer: the X.509 certificate in it, read once and safely.

The certificate proves nothing by itself: whether its key may speak is for the trust list to say. Its dates are
evidence for outsiders only (`trust.md` 5.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from opensps.signing.trust_lines import key_algorithm

_NAMED_BY = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
_MAX_NAME = 120
_REMEMBERED = 64
"""A country seals with one key for a year; what it says need not be read again for every certificate."""


@dataclass(frozen=True, slots=True)
class SignerCertificate:
    """The parts of a signer's X.509 certificate that count."""

    der: bytes
    spki_der: bytes
    algorithm: str
    """ES256 or RS256."""

    name: str
    """Common name and organisation, on one line."""

    may_sign: bool
    """Whether the key usage, if there is one, allows signatures on documents."""


@lru_cache(maxsize=_REMEMBERED)
def read_signer_certificate(der: bytes) -> SignerCertificate:
    """Return the certificate's parts; raise `ValueError` when it cannot be read or its key is of another kind."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        words = [_words(certificate.subject.get_attributes_for_oid(oid)) for oid in _NAMED_BY]
        may_sign = _may_sign(certificate)
    except (
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise ValueError(str(error)) from None
    return SignerCertificate(der, spki, key_algorithm(spki), ", ".join(filter(None, words)), may_sign)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _words(attributes: Iterable[x509.NameAttribute[str | bytes]]) -> str:
    return " ".join(" ".join(str(each.value).split())[:_MAX_NAME] for each in attributes)
