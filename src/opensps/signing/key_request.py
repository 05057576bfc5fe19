"""The request for a certificate (PKCS #10, RFC 2986): a public key, and the proof that its asker holds the other half.

Written for a key in a file or in a device alike, because the key only signs. Outside authorities read it too.
"""

from typing import Protocol

from asn1crypto import csr, keys
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from opensps.signing.certifying import sealing_key
from opensps.signing.errors import KeyFileError
from opensps.signing.signatures import as_der


class HeldKey(Protocol):
    """A private key that signs and shows its public half; nothing is said about certificates."""

    def public_der(self) -> bytes:
        """Return SubjectPublicKeyInfo, DER."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of the data, as `keys.Signer` does."""


def write_request(key: HeldKey, *, authority: str) -> bytes:
    """Return the request of a key, PEM. Raises `KeyFileError` and what the key raises."""
    spki = key.public_der()
    is_rsa = isinstance(sealing_key(spki), rsa.RSAPublicKey)
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": _subject(authority),
            "subject_pk_info": keys.PublicKeyInfo.load(spki),
            "attributes": [],
        }
    )
    signed = key.sign(info.dump())
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": "sha256_rsa" if is_rsa else "sha256_ecdsa"},
            "signature": signed if is_rsa else as_der(signed),
        }
    )
    return x509.load_der_x509_csr(request.dump()).public_bytes(Encoding.PEM)


def read_request(pem: bytes) -> bytes:
    """Return the key of a request, SubjectPublicKeyInfo in DER, once it has proven to be held.

    Raises `KeyFileError`: certificate (no request), key, mismatch (the proof does not hold).
    """
    try:
        request = x509.load_pem_x509_csr(pem)
        spki = request.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        is_held = request.is_signature_valid
    except ValueError:
        raise KeyFileError("certificate", "no certificate request") from None
    if not is_held:
        raise KeyFileError("mismatch", "whoever asks does not hold this key")
    sealing_key(spki)
    return spki


def _subject(authority: str) -> object:
    return csr.Name.build({"country_name": authority[:2], "common_name": f"certificate seal {authority}"})
