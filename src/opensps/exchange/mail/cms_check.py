"""Whether a detached CMS signature over exact bytes is one of the pinned certificates' (`exchange.md` 4.3).

The signature is checked by pyHanko (generic CMS) with the pinned certificate, never with one the message brings along;
trust is the pin, so no path is built and nothing is fetched. Importing this module takes half a second: ask through
`smime.signer_of`.
"""

import hashlib
from collections.abc import Iterable
from types import MappingProxyType

from asn1crypto import cms, x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from opensps.exchange.mail.certificates import ExchangeCertificate

_DIGESTS = {"sha256": hashlib.sha256}
_KEY_OF = MappingProxyType({"rsassa_pkcs1v15": "rsa", "rsassa_pss": "rsa", "ecdsa": "ec"})
"""Mechanism -> the kind of key it needs; pyHanko takes for granted that they fit."""

_NATIVE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, NotImplementedError)
"""What the readers of ASN.1 raise over broken bytes."""


def signed_by(signed: bytes, signature_der: bytes, pinned: Iterable[ExchangeCertificate]) -> ExchangeCertificate | None:
    """Return the pinned certificate whose key made the one detached signature over the bytes, else ``None``."""
    try:
        signer_info = _read(signature_der)
        digest = _DIGESTS[signer_info["digest_algorithm"]["algorithm"].native](signed).digest()
    except _NATIVE_ERRORS:
        return None
    return next((each for each in pinned if each.may_sign and _is_made_by(signer_info, each, digest)), None)


def _read(signature_der: bytes) -> cms.SignerInfo:
    """Return the one signer of a detached signature; raise one of `_NATIVE_ERRORS` for anything else."""
    content = cms.ContentInfo.load(signature_der, strict=True)
    if content["content_type"].native != "signed_data":
        raise ValueError("no signed data")
    signed_data = content["content"]
    signer_info = extract_signer_info(signed_data)
    inside = signed_data["encap_content_info"]
    # Without signed attributes the same signature could stand under other bytes (RFC 8933, 5).
    if inside["content_type"].native != "data" or inside["content"].native is not None:
        raise ValueError("not detached")
    if not signer_info["signed_attrs"].native:
        raise ValueError("no signed attributes")
    return signer_info


def _is_made_by(signer_info: cms.SignerInfo, pinned: ExchangeCertificate, digest: bytes) -> bool:
    try:
        held = x509.Certificate.load(pinned.der)
        if held.public_key.algorithm != _KEY_OF[signer_info["signature_algorithm"].signature_algo]:
            return False
        is_intact, is_valid = validate_sig_integrity(
            signer_info, held, expected_content_type="data", actual_digest=digest
        )
    except (SignatureValidationError, UnsupportedAlgorithm, *_NATIVE_ERRORS):
        return False
    return is_intact and is_valid
