"""The signature on a PDF of ours: asked for, and judged (`trust.md` 6.15).

`check_pdf_seal` is our own reading, with the key the signature carries: is there one, does it cover every byte, does it
hold. Who may sign is the question of the seal inside; a PDF without a signature is no worse than the seal in it.
"""

import hashlib
import importlib
import re
from datetime import datetime

from asn1crypto import cms

from opensps.signing.errors import SealError
from opensps.signing.keys import Signer, public_key_of
from opensps.signing.service_signer import ServiceSigner
from opensps.signing.signatures import from_der, is_signature

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_TRACE = re.compile(rb"/ETSI\.(CAdES|RFC3161)|/adbe\.|/Type\s*/Sig\b|/FT\s*/Sig\b")
"""What tells of a signature whose range cannot be read."""

_MAX_CMS = 64 * 1024
_DIGEST = "message_digest"


def seal_pdf(pdf: bytes, *, signer: Signer, at: datetime) -> bytes:
    """Return the PDF of a sealed certificate, signed; a service signs by its own clock.

    Raises `KeyFileError` (pdf), `ServiceRefused`, `TryLater`, and what the signer raises.
    """
    if isinstance(signer, ServiceSigner):
        return signer.seal_pdf(pdf)
    signed: bytes = importlib.import_module("opensps.signing.pades").sign_pdf(pdf, signer, at)
    return signed


def check_pdf_seal(pdf: bytes) -> bool:
    """Return whether a PDF carries a signature, which then covers all of it and holds. Raises as `pdf_sealed_by`."""
    return pdf_sealed_by(pdf) is not None


def pdf_sealed_by(pdf: bytes) -> bytes | None:
    """Return the public key (SPKI, DER) whose signature covers all of a PDF and holds; None where it carries none.

    Raises `SealError` (aspect input): pdf_updated, something was changed or added after signing; pdf_signature, the
    signature is not one of ours in form, or does not hold.
    """
    ranges = _RANGE.findall(pdf)
    if not ranges:
        if _TRACE.search(pdf):
            raise SealError("input", "pdf_updated")
        return None
    first, before, second, after = map(int, ranges[0])
    if len(ranges) != 1 or first != 0 or second + after != len(pdf) or not before < second:
        raise SealError("input", "pdf_updated")
    covered = pdf[:before] + pdf[second:]
    return _check(_contents(pdf[before:second]), covered)


def _contents(gap: bytes) -> bytes:
    """Return the CMS in the gap: one hexadecimal string, zeros at its end."""
    if not gap.startswith(b"<") or not gap.endswith(b">") or len(gap) > 2 * _MAX_CMS:
        raise SealError("input", "pdf_updated")
    try:
        return bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        raise SealError("input", "pdf_updated") from None


def _check(data: bytes, covered: bytes) -> bytes:
    key = b""
    try:
        signed = cms.ContentInfo.load(data)["content"]
        (info,) = signed["signer_infos"]
        attributes = {each["type"].native: each["values"].native for each in info["signed_attrs"]}
        issuer, number = info["sid"].chosen["issuer"], info["sid"].chosen["serial_number"].native
        (own,) = (
            each.chosen
            for each in signed["certificates"]
            if each.chosen.issuer == issuer and each.chosen.serial_number == number
        )
        octets, signature = info["signed_attrs"].untag().dump(), info["signature"].native
        key = public_key_of(own.dump())
        is_rsa = own.public_key.algorithm == "rsa"
        holds = attributes[_DIGEST] == [hashlib.sha256(covered).digest()] and is_signature(
            signature if is_rsa else from_der(signature), octets, spki_der=key
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        holds = False
    if not holds:
        raise SealError("input", "pdf_signature")
    return key
