"""Exchange certificates: what of a pinned X.509 certificate counts for mail (`exchange.md` 4.3).

A pinned certificate is its own authority: no chain is built and nothing is fetched. Who pinned it, and by which second
way its fingerprint was confirmed, is in the partner's record.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

MIN_RSA_BITS = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1)


@dataclass(frozen=True, slots=True)
class ExchangeCertificate:
    """One certificate of a partner, or of ours."""

    der: bytes
    fingerprint: str
    """SHA-256 of the DER, 64 hexadecimal digits."""

    not_before: datetime
    not_after: datetime
    addresses: frozenset[str]
    """Mail addresses it names, lower case; none where it names none."""

    may_sign: bool
    """P-256, P-384 or RSA of 2048 bits and more, and a key usage that allows signatures."""

    def holds_at(self, at: datetime) -> bool:
        """Return whether the time lies within its dates."""
        return self.not_before <= at <= self.not_after


def read_pinned(data: bytes) -> ExchangeCertificate | None:
    """Return a certificate kept as PEM or DER; ``None`` where it cannot be read."""
    try:
        der = x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER) if data.startswith(b"-----") else data
    except ValueError:
        return None
    return _read(der)


@lru_cache(maxsize=256)
def _read(der: bytes) -> ExchangeCertificate | None:
    try:
        held = x509.load_der_x509_certificate(der)
        return ExchangeCertificate(
            der=der,
            fingerprint=hashlib.sha256(der).hexdigest(),
            not_before=held.not_valid_before_utc,
            not_after=held.not_valid_after_utc,
            addresses=_addresses(held),
            may_sign=_is_strong(held.public_key()) and _may_sign(held),
        )
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None


def _is_strong(key: object) -> bool:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, _CURVES)
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS


def _may_sign(held: x509.Certificate) -> bool:
    try:
        usage = held.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _addresses(held: x509.Certificate) -> frozenset[str]:
    try:
        names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = list(names.get_values_for_type(x509.RFC822Name))
    except x509.ExtensionNotFound:
        found = []
    in_subject = held.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)
    return frozenset(str(each).lower() for each in (*found, *(one.value for one in in_subject)))
