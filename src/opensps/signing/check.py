"""Whether a seal holds, and whether its key may speak: the aspects `integrity` and `signer` of `trust.md` 7.1.

A check that fails raises `SealError`, so that nobody who forgets the result can go on.
"""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from lxml import etree

from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError
from opensps.formats.xml_input import parse
from opensps.signing.errors import SealError
from opensps.signing.keys import Signer
from opensps.signing.seals import Seal
from opensps.signing.shape import read_seal
from opensps.signing.signer_certificate import SignerCertificate, read_signer_certificate
from opensps.signing.trust_entries import TrustedKey
from opensps.signing.trust_list import TrustList

_HALF = 32
"""Bytes of r and of s on P-256."""


def issuing_country(root: etree._Element) -> str:
    """Return the country a certificate is said to come from: the exporting or the re-exporting one."""
    return (root.findtext("{*}SPSConsignment/{*}ExportSPSCountry/{*}ID") or "").strip()


def type_code(root: etree._Element) -> str:
    """Return the UNCL 1001 code of a certificate."""
    return (root.findtext("{*}SPSExchangedDocument/{*}TypeCode") or "").strip()


def check_integrity(seal: Seal, *, digest: bytes) -> None:
    """Raise `SealError` unless the seal is over this content digest and its signature holds.

    Reasons: digest, signature. The key is the one the seal carries; who may use it is `judge_signer`'s question.
    """
    if seal.digest != digest:
        raise SealError("integrity", "digest")
    if seal.properties is not None and hashlib.sha256(seal.properties).digest() != seal.properties_digest:
        raise SealError("integrity", "digest")
    try:
        _verify(seal)
    except (InvalidSignature, ValueError):
        raise SealError("integrity", "signature") from None


def _verify(seal: Seal) -> None:
    key = _public_key(seal.signer.spki_der)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(seal.signature, seal.signed_info, padding.PKCS1v15(), hashes.SHA256())
        return
    on_p256 = cast("ec.EllipticCurvePublicKey", key)  # the reader lets no third kind through
    on_p256.verify(_as_der(seal.signature), seal.signed_info, ec.ECDSA(hashes.SHA256()))


@lru_cache(maxsize=64)
def _public_key(spki_der: bytes) -> PublicKeyTypes:
    return load_der_public_key(spki_der)


def _as_der(signature: bytes) -> bytes:
    if len(signature) != 2 * _HALF:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))


def judge_signer(
    seal: Seal,
    *,
    trust: TrustList,
    country: str,
    type_code: str,
    claimed_at: datetime,
    now: datetime,
    proven_at: datetime | None = None,
) -> TrustedKey:
    """Return the listed key that sealed, if it may speak for this country and type at that time.

    `claimed_at` is what the document says; `proven_at` the time of its issue in a register one may believe.
    Raises `SealError`. Reasons: list_missing, unknown_key, other_authority, use, type, retired (outside its
    period), distrusted, and position_unknown: the key was retired or distrusted since, and nothing proves that the
    seal is older (`trust.md` 5.1).
    """
    return _listed(seal.signer, trust, country, type_code, claimed_at=claimed_at, now=now, proven_at=proven_at)


def check_signer(
    signer: Signer, *, trust: TrustList, country: str, type_code: str, at: datetime, accepts_training: bool = False
) -> None:
    """Raise `SealError` unless a seal of this signer, made now, would be believed: asked before anybody approves.

    Reasons: those of `judge_signer`, and training outside a demo or course.
    """
    try:
        certificate = read_signer_certificate(signer.certificate_der)
    except ValueError:
        raise SealError("seal_shape", "keyinfo") from None
    key = _listed(certificate, trust, country, type_code, claimed_at=at, now=at, proven_at=at)
    _refuse_training(key, accepts_training=accepts_training)


def _refuse_training(key: TrustedKey, *, accepts_training: bool) -> None:
    if key.is_training and not accepts_training:
        raise SealError("signer", "training")


def _listed(
    signer: SignerCertificate,
    trust: TrustList,
    country: str,
    type_code: str,
    *,
    claimed_at: datetime,
    now: datetime,
    proven_at: datetime | None,
) -> TrustedKey:
    if not trust.keys:
        raise SealError("signer", "list_missing")
    listed = tuple(trust.keys_like(signer.spki_der))
    if not listed:
        raise SealError("signer", "unknown_key")
    speaking = [key for key in listed if key.country == country]
    if not speaking:
        raise SealError("signer", "other_authority")
    reasons = [_objection(key, signer, type_code, claimed_at, now, proven_at) for key in speaking]
    for key, reason in zip(speaking, reasons, strict=True):
        if not reason:
            return key
    raise SealError("signer", reasons[0])


def _objection(
    key: TrustedKey,
    signer: SignerCertificate,
    type_code: str,
    claimed_at: datetime,
    now: datetime,
    proven_at: datetime | None,
) -> str:
    """Return why a key may not speak, "" if it may."""
    if not key.may("xml") or not signer.may_sign:
        return "use"
    if type_code not in key.types:
        return "type"
    at = proven_at or claimed_at
    if at < key.from_at or (key.to_at is not None and at >= key.to_at):
        return "retired"
    return _doubt(key, now, proven_at)


def _doubt(key: TrustedKey, now: datetime, proven_at: datetime | None) -> str:
    """Return what an end of the key means for a seal inside its period."""
    if proven_at is None:
        is_retired = key.to_at is not None and now >= key.to_at
        return "position_unknown" if is_retired or key.distrusted_from is not None else ""
    is_distrusted = key.distrusted_from is not None and proven_at >= key.distrusted_from
    return "distrusted" if is_distrusted else ""


def verify_seal(
    xml: bytes, xades: bytes, *, trust: TrustList, sealed_at: datetime, accepts_training: bool = False
) -> TrustedKey:
    """Return the key that sealed these bytes at a time we know: the check of our own output before it is kept.

    Raises `SealError`; outside a demo or course a training key is refused with signer.training.
    """
    try:
        root = parse(xml, sealed=True)
        digest = content_digest(root)
    except FormatError as error:
        raise SealError("input", error.code) from None
    read = read_seal(xades)
    check_integrity(read, digest=digest)
    key = judge_signer(
        read,
        trust=trust,
        country=issuing_country(root),
        type_code=type_code(root),
        claimed_at=sealed_at,
        now=sealed_at,
        proven_at=sealed_at,
    )
    _refuse_training(key, accepts_training=accepts_training)
    return key
