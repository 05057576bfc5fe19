"""The parts that every signature we write has: methods, references, digests, certificates (XML Signature 1.1)."""

import base64
from collections.abc import Iterable

from lxml import etree

from opensps.signing.errors import KeyFileError
from opensps.signing.keys import Signer
from opensps.signing.shape import MAX_CERTIFICATES
from opensps.signing.signer_certificate import read_signer_certificate
from opensps.signing.xmldsig import EXCLUSIVE_C14N, METHODS, SHA256, ds


def text(data: bytes) -> str:
    """Return base64 on one line."""
    return base64.b64encode(data).decode()


def add_methods(signed_info: etree._Element, signer: Signer) -> None:
    """Add canonicalisation and signature method; the signer's key decides the latter. Raises `KeyFileError`."""
    try:
        algorithm = read_signer_certificate(signer.certificate_der).algorithm
    except ValueError as error:
        raise KeyFileError("certificate", str(error)) from None
    etree.SubElement(signed_info, ds("CanonicalizationMethod"), {"Algorithm": EXCLUSIVE_C14N})
    etree.SubElement(signed_info, ds("SignatureMethod"), {"Algorithm": METHODS[algorithm]})


def add_reference(
    signed_info: etree._Element, attributes: dict[str, str], transforms: Iterable[str], digest: bytes
) -> None:
    """Add a Reference with these transforms and this SHA-256."""
    reference = etree.SubElement(signed_info, ds("Reference"), attributes)
    held = etree.SubElement(reference, ds("Transforms"))
    for each in transforms:
        etree.SubElement(held, ds("Transform"), {"Algorithm": each})
    add_digest(reference, digest)


def add_digest(parent: etree._Element, digest: bytes) -> None:
    """Add DigestMethod and DigestValue."""
    etree.SubElement(parent, ds("DigestMethod"), {"Algorithm": SHA256})
    etree.SubElement(parent, ds("DigestValue")).text = text(digest)


def add_certificates(signature: etree._Element, signer: Signer) -> None:
    """Add KeyInfo: the signer_certificate and at most three issuers above it, nothing else."""
    held = etree.SubElement(etree.SubElement(signature, ds("KeyInfo")), ds("X509Data"))
    for each in (signer.certificate_der, *signer.chain_der)[:MAX_CERTIFICATES]:
        etree.SubElement(held, ds("X509Certificate")).text = text(each)
