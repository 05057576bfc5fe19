"""Whether a seal holds, and whether its key may speak: the aspects `integrity` and `signer` of `trust.md` 7.1.

A check that fails raises `SealError`, so that nobody who forgets the result can go on.
"""

import hashlib
from datetime import datetime

from lxml import etree

from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError
from opensps.formats.xml_input import parse
from opensps.signing.errors import SealError
from opensps.signing.keys import Signer
from opensps.signing.seals import Seal
from opensps.signing.shape import read_seal
from opensps.signing.signatures import is_signature
from opensps.signing.signer_certificate import SignerCertificate, read_signer_certificate
from opensps.signing.speaking import Evidence, speaking_key
from opensps.signing.trust_entries import LogPosition, TrustedKey
from opensps.signing.trust_list import TrustList


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
    if not is_signature(seal.signature, seal.signed_info, spki_der=seal.signer.spki_der):
        raise SealError("integrity", "signature")


def judge_signer(
    seal: Seal,
    *,
    trust: TrustList,
    country: str,
    type_code: str,
    claimed_at: datetime,
    now: datetime,
    proven_at: datetime | None = None,
    position: LogPosition | None = None,
) -> TrustedKey:
    """Return the listed key that sealed, if it may speak for this country and type at that time.

    `claimed_at` is what the document says; `proven_at` the time of its issue in a register one may believe;
    `position` that of its issue leaf, proven. Raises `SealError`. Reasons: list_missing, list_expired, unknown_key,
    other_authority, use, type, retired (outside its period), distrusted, and position_unknown: the key was retired or
    distrusted since, and nothing proves that the seal is older (`trust.md` 5.1).
    """
    return _listed(seal.signer, trust, country, type_code, Evidence(claimed_at, now, proven_at, position))


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
    key = _listed(certificate, trust, country, type_code, Evidence(at, now=at, proven_at=at))
    _refuse_training(key, accepts_training=accepts_training)


def _refuse_training(key: TrustedKey, *, accepts_training: bool) -> None:
    if key.is_training and not accepts_training:
        raise SealError("signer", "training")


def _listed(
    signer: SignerCertificate, trust: TrustList, country: str, type_code: str, evidence: Evidence
) -> TrustedKey:
    key = speaking_key(
        trust.keys_like(signer.spki_der),
        trust=trust,
        use="xml",
        type_code=type_code,
        evidence=evidence,
        is_speaker=lambda each: each.country == country,
    )
    if not signer.may_sign:
        raise SealError("signer", "use")
    return key


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
