"""A key of ours for one conversation: RSA 2048 with a certificate it signs itself, as hubs take them. Pure.

Source: `exchange.md` 1.1, 2.2. Whoever calls this keeps the private part encrypted; it is shown to nobody.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

LIFE: Final = timedelta(days=730)
_BITS: Final = 2048
_EXPONENT: Final = 65_537


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A new key."""

    private_pem: bytes = field(repr=False)
    certificate_pem: str


def own_key(*, name: str, at: datetime) -> OwnKey:
    """Make a key and its certificate, good from five minutes ago for two years."""
    key = rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + LIFE)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OwnKey(private, made.public_bytes(Encoding.PEM).decode("ascii"))
