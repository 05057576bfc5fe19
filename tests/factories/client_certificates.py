"""Certificates with which partners' programs show themselves: self-signed, as they usually are."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from opensps.exchange.transports.http_tls import ClientIdentity


def client_identity(name: str = "xb", *, at: datetime | None = None, days: int = 30) -> ClientIdentity:
    """Return a self-signed certificate on P-256 and its key, made at ``at`` (default: now)."""
    begin = at or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - timedelta(hours=1))
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return ClientIdentity(certificate.public_bytes(Encoding.PEM), pem)


def der_of(identity: ClientIdentity) -> bytes:
    """Return the certificate as DER."""
    return x509.load_pem_x509_certificate(identity.certificate_pem).public_bytes(Encoding.DER)
