"""Signing keys: what a signer is, and the one that keeps its key in a file.

A key file is for demos, courses and small offices; `device` holds the `Signer` of a device, `providers` finds the one
that an address names.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from opensps.signing.errors import KeyFileError
from opensps.signing.signatures import from_der

KEY_FILE, CERTIFICATE_FILE, CHAIN_FILE = "seal.key.pem", "seal.cert.pem", "chain.pem"
"""Names inside the directory that a `file:` address names."""

MIN_RSA_BITS = 3072
"""What we sign with for partners that need RSA (`trust.md` 9); smaller keys are read, never used."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Signer(Protocol):
    """Somebody who seals with one key: P-256, or RSA where a partner needs it."""

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the key's SubjectPublicKeyInfo."""

    @property
    def certificate_der(self) -> bytes:
        """X.509 certificate of the key."""

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """At most three issuers above it, nearest first."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of the data: r and s, 32 bytes each; PKCS #1 v1.5 for an RSA key.

        Raises `SigningError`; `DeviceUnavailable` and `ServiceUnavailable` mean: try again later.
        """


def kid_of(spki_der: bytes) -> bytes:
    """Return the 8-byte name of a key (`trust.md` 6.11). It may collide; the whole key decides."""
    return hashlib.sha256(spki_der).digest()[:8]


def spki_of(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    """Return the DER of SubjectPublicKeyInfo."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A signer whose key lies in a PEM file (PKCS#8), loaded once."""

    key: PrivateKey
    certificate_der: bytes
    chain_der: tuple[bytes, ...] = ()

    @classmethod
    def load(cls, *, key_path: Path, certificate_path: Path, chain_path: Path | None = None) -> "FileSigner":
        """Return the signer of these files.

        Raises `KeyFileError`: missing, permissions (others may read the key), key, certificate, mismatch.
        """
        _check_private(key_path)
        key = _private_key(_bytes(key_path))
        certificate = _certificates(_bytes(certificate_path))[0]
        chain = _certificates(_bytes(chain_path)) if chain_path is not None else ()
        if certificate.public_key() != key.public_key():
            raise KeyFileError("mismatch", "the certificate belongs to another key")
        return cls(key, _der(certificate), tuple(_der(each) for each in chain))

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the public key."""
        return kid_of(spki_of(self.key.public_key()))

    def public_der(self) -> bytes:
        """Return SubjectPublicKeyInfo, DER."""
        return spki_of(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of the data."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return from_der(self.key.sign(data, ec.ECDSA(hashes.SHA256())))


def certificates_in(directory: Path) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the signer_certificate of a directory and its chain, DER; raise `KeyFileError`: missing, certificate."""
    certificate = _certificates(_bytes(directory / CERTIFICATE_FILE))[0]
    chain_path = directory / CHAIN_FILE
    chain = _certificates(_bytes(chain_path)) if chain_path.exists() else ()
    return _der(certificate), tuple(_der(each) for each in chain)


@lru_cache(maxsize=16)
def public_key_of(certificate_der: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate, DER."""
    key = x509.load_der_x509_certificate(certificate_der).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise KeyFileError("missing", path.name) from None


def _check_private(path: Path) -> None:
    """Refuse a key that anybody but its owner may read."""
    try:
        mode = path.stat().st_mode
    except OSError:
        raise KeyFileError("missing", path.name) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError("permissions", f"{path.name} must be readable by its owner only")


def _private_key(pem: bytes) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise KeyFileError("key", "not an open PKCS#8 key") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        return key
    raise KeyFileError("key", "neither a P-256 key nor RSA of 3072 bits")


def _certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise KeyFileError("certificate", "no certificate in it") from None
