"""X.509 around a sealing key: the authority's root, and the certificate it gives a key (`trust.md` 9).

The root signs certificates of keys and nothing else; it lives offline. Outsiders judge seals by this chain, we judge
them by the trust list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from opensps.signing.errors import KeyFileError

LIFE = timedelta(days=365)
"""A sealing key is used for a year; the next one begins 30 days before its end."""

OVERLAP = timedelta(days=30)
ROOT_LIFE = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class Root:
    """The authority's root with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificates they are."""

    authority: str
    """Country code, one more sign where a country has several authorities."""

    organisation: str
    words: str = ""
    """Put before the common names; DEMO for a demo."""


def make_root(holder: Holder, *, at: datetime) -> Root:
    """Make a new root, valid from `at` for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(holder, f"root {holder.authority}")
    builder = _builder(subject, subject, key.public_key(), at=at, until=at + ROOT_LIFE)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_root=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Root(key, certificate)


def certify(spki_der: bytes, *, root: Root, holder: Holder, at: datetime) -> x509.Certificate:
    """Return the certificate of a sealing key, valid from `at` for a year; raise `KeyFileError` (key)."""
    public = sealing_key(spki_der)
    names = [x509.UniformResourceIdentifier(f"urn:ecert:authority:{holder.authority}")]
    subject = _subject(holder, f"certificate seal {holder.authority} {at.year}")
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    return (
        _builder(subject, root.certificate.subject, public, at=at, until=at + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_root=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(root.key, hashes.SHA256())
    )


def sealing_key(spki_der: bytes) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """Return a public key of a kind that seals: P-256 or RSA; raise `KeyFileError` (key)."""
    try:
        public = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError("key", "not a public key") from None
    if isinstance(public, rsa.RSAPublicKey):
        return public
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return public
    raise KeyFileError("key", "neither P-256 nor RSA")


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    *,
    at: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(until)
    )


def _subject(holder: Holder, words: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, holder.authority[:2]),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, holder.organisation),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{holder.words} {words}".strip()),
        ]
    )


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
