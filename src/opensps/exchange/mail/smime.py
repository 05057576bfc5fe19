"""S/MIME (RFC 8551): signing and sealing with `cryptography`, who signed, and opening what was sealed for us.

GCM (authEnvelopedData) is not offered: `cryptography` writes CBC only, and its envelopes reach RSA keys only; both are
refused in words instead of sent in another way.
"""

import importlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
    PKCS7SignatureBuilder,
    pkcs7_decrypt_der,
)

from opensps.exchange.mail.certificates import ExchangeCertificate
from opensps.exchange.mail.errors import MailNotBuilt

MAX_SIGNATURE_BYTES = 64 * 1024
ENCRYPTIONS = ("none", "aes256-cbc")
"""What a partner's profile may ask for."""


@dataclass(frozen=True, slots=True)
class ExchangeKey:
    """The exchange key of the authority: signs mails, opens mails; never the key that seals certificates."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate_der: bytes


def detached(signed: bytes, key: ExchangeKey) -> bytes:
    """Return the CMS signature over exactly these bytes: SHA-256, signing time, DER.

    Raises `MailNotBuilt` (certificate) where the certificate cannot be used.
    """
    try:
        certificate = x509.load_der_x509_certificate(key.certificate_der)
        builder = PKCS7SignatureBuilder().set_data(signed).add_signer(certificate, key.key, hashes.SHA256())
        return builder.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MailNotBuilt("certificate", type(error).__name__) from None


def enveloped(entity: bytes, *, recipient_der: bytes, encryption: str) -> bytes:
    """Return the entity encrypted for the certificate, DER.

    Raises `MailNotBuilt`: encryption for a way not offered, recipient for a certificate without an RSA key.
    """
    if encryption != "aes256-cbc":
        raise MailNotBuilt("encryption", encryption)
    try:
        recipient = x509.load_der_x509_certificate(recipient_der)
        builder = PKCS7EnvelopeBuilder().set_data(entity).add_recipient(recipient)
        return builder.set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [PKCS7Options.Binary])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MailNotBuilt("recipient", type(error).__name__) from None


def opened(envelope_der: bytes, keys: Iterable[ExchangeKey]) -> bytes | None:
    """Return the decrypted entity, ``None`` where none of our keys opens it. CBC proves nothing about who wrote it."""
    for held in keys:
        if not isinstance(held.key, rsa.RSAPrivateKey):
            continue
        try:
            certificate = x509.load_der_x509_certificate(held.certificate_der)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pkcs7_decrypt_der(envelope_der, certificate, held.key, [])
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
    return None


def signer_of(signed: bytes, signature_der: bytes, pinned: Iterable[ExchangeCertificate]) -> ExchangeCertificate | None:
    """Return which pinned certificate signed exactly these bytes, ``None`` for none of them."""
    if len(signature_der) > MAX_SIGNATURE_BYTES:
        return None
    found: ExchangeCertificate | None = importlib.import_module("opensps.exchange.mail.cms_check").signed_by(
        signed, signature_der, tuple(pinned)
    )
    return found
