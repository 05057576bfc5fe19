"""The ceremony of a demo or a course: a root, a sealing key under it, and the trust file that names it.

Everything made here says DEMO. The root's key signs one certificate and is never written anywhere. A real
authority's keys are made on a device, by people, under another ceremony.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from opensps.signing.errors import KeyFileError
from opensps.signing.keys import CERTIFICATE_FILE, CHAIN_FILE, KEY_FILE, spki_of
from opensps.signing.trust_entries import TRAINING, TrustedAuthority, TrustedKey
from opensps.signing.trust_list import TrustList

TRUST_FILE = "trust.txt"
LIFE = timedelta(days=365)

_BACKING = timedelta(days=10 * 365)
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """Where a ceremony left its files."""

    key_uri: str
    """For `signer_from`."""

    root_path: Path
    """The root, for `xmlsec1 --trusted-pem`."""

    trust_path: Path


def make_demo_keys(
    directory: Path,
    *,
    authority: str,
    at: datetime,
    name: str = "",
    hosts: tuple[str, ...] = (),
    types: frozenset[str] = frozenset({"851", "657"}),
) -> DemoKeys:
    """Make a demo root, a sealing key valid from `at` for a year, and a trust file that lists it for training only.

    Files are readable by their owner alone. Raises `KeyFileError` (exists) rather than overwrite a key.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (directory / KEY_FILE).exists():
        raise KeyFileError("exists", "this directory already holds a key")
    root_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _root(root_key, authority=authority, at=at)
    certificate = _seal_certificate(seal_key, root, root_key, authority=authority, at=at)
    trust = TrustList(
        (TrustedAuthority(authority, name or f"DEMO authority {authority}", hosts),),
        (
            TrustedKey(
                authority=authority,
                spki_der=spki_of(seal_key.public_key()),
                uses=frozenset({TRAINING}),
                types=types,
                from_at=at.replace(microsecond=0),
            ),
        ),
    )
    _write(directory / CHAIN_FILE, root.public_bytes(serialization.Encoding.PEM))
    _write(directory / CERTIFICATE_FILE, certificate.public_bytes(serialization.Encoding.PEM))
    _write(directory / TRUST_FILE, trust.dump().encode())
    _write(directory / KEY_FILE, _pem(seal_key))
    return DemoKeys(f"file:{directory}", directory / CHAIN_FILE, directory / TRUST_FILE)


def _subject(authority: str, words: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, authority[:2]),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, f"DEMO authority {authority} - no legal value"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, words),
        ]
    )


def _root(key: ec.EllipticCurvePrivateKey, *, authority: str, at: datetime) -> x509.Certificate:
    subject = _subject(authority, f"DEMO root {authority}")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + _BACKING)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_root=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _seal_certificate(
    key: ec.EllipticCurvePrivateKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    authority: str,
    at: datetime,
) -> x509.Certificate:
    names = [x509.UniformResourceIdentifier(f"urn:ecert:authority:{authority}")]
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(authority, f"DEMO certificate seal {authority} {at.year}"))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_root=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
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


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first moment on."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(opened, "wb") as file:
        file.write(data)
