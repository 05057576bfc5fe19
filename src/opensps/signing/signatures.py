"""Whether a signature holds: ECDSA on P-256 and RSA PKCS #1 v1.5, both over SHA-256, by the key and nothing else."""

from functools import lru_cache
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

HALF = 32
"""Bytes of r and of s on P-256."""


def is_signature(signature: bytes, data: bytes, *, spki_der: bytes) -> bool:
    """Return whether the key (SubjectPublicKeyInfo of a kind that is read) made this signature over the data."""
    key = _public_key(spki_der)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            on_p256 = cast("ec.EllipticCurvePublicKey", key)  # the readers let no third kind through
            on_p256.verify(as_der(signature), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(spki_der: bytes) -> PublicKeyTypes:
    return load_der_public_key(spki_der)


def as_der(signature: bytes) -> bytes:
    """Return r and s as X.509 writes them; raise `ValueError` when they are not 32 bytes each."""
    if len(signature) != 2 * HALF:
        raise ValueError("not a signature on P-256")
    return encode_dss_signature(int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big"))


def from_der(signature: bytes) -> bytes:
    """Return r and s as XML Signature and COSE write them, 32 bytes each."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
