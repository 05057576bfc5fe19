"""Seals inside the certificate, for partners whose profile names such a variant (`trust.md` 6.3).

One plain XML Signature as last child of the root. It has no signed properties, so the only statement of time is that
of the certificate itself. The register keeps the detached seal; this one is made for sending.
"""

import re
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from lxml import etree

from opensps.formats.digest import canonical, content_digest, inclusive_digest
from opensps.formats.xml_input import parse
from opensps.signing.errors import SealError
from opensps.signing.keys import Signer
from opensps.signing.seals import Variant
from opensps.signing.xmldsig import DS, ENVELOPED, EXCLUSIVE_C14N, SIGNATURE, ds
from opensps.signing.xmldsig_writing import add_certificates, add_methods, add_reference, text

EnvelopedVariant = Literal["enveloped", "enveloped-no-uri"]

_FORMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    Variant.ENVELOPED: ({"URI": ""}, (ENVELOPED, EXCLUSIVE_C14N)),
    Variant.ENVELOPED_NO_URI: ({}, (ENVELOPED,)),
}
"""Attributes and transforms of the one Reference."""

_END = re.compile(rb"</[^<>]*>\s*\Z")


def seal_enveloped(xml: bytes, *, signer: Signer, at: datetime, variant: EnvelopedVariant = "enveloped") -> bytes:
    """Return the certificate with a signature as its last child; every other byte stays as it is.

    The method follows the signer's key: ecdsa-sha256 or rsa-sha256. Raises `FormatError` when the bytes may not be
    sealed, `SealError`: placement (a signature is there already), retired (at that time the signer's certificate is
    not valid, and partners of these variants have nothing else to judge by), and what the signer raises.
    """
    root = parse(xml, sealed=True)
    if root.find(f".//{SIGNATURE}") is not None:
        raise SealError("seal_shape", "placement")
    _check_period(signer, at)
    digest = document_digest(root, Variant(variant))
    end = _END.search(xml)
    if end is None:
        raise SealError("seal_shape", "placement")
    return xml[: end.start()] + _signature(digest, signer, variant) + xml[end.start() :]


def document_digest(root: etree._Element, variant: Variant) -> bytes:
    """Return what a seal of this variant states of the document: D, or its digest in C14N 1.0.

    Raises `FormatError` where it cannot be formed.
    """
    return inclusive_digest(root) if variant is Variant.ENVELOPED_NO_URI else content_digest(root)


def _signature(digest: bytes, signer: Signer, variant: EnvelopedVariant) -> bytes:
    attributes, transforms = _FORMS[variant]
    signature = etree.Element(SIGNATURE, nsmap={"ds": DS})
    signed_info = etree.SubElement(signature, ds("SignedInfo"))
    value = etree.SubElement(signature, ds("SignatureValue"))
    add_methods(signed_info, signer)
    add_reference(signed_info, attributes, transforms, digest)
    add_certificates(signature, signer)
    value.text = text(signer.sign(canonical(signed_info)))
    return etree.tostring(signature)


def _check_period(signer: Signer, at: datetime) -> None:
    certificate = x509.load_der_x509_certificate(signer.certificate_der)
    if not certificate.not_valid_before_utc <= at.astimezone(UTC) <= certificate.not_valid_after_utc:
        raise SealError("signer", "retired")
