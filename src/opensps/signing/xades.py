"""The thin signer: one detached XAdES-B signature of fixed structure beside the certificate (`trust.md` 6.2).

The time is an argument. Exclusive C14N is declared on every reference, or nobody else could verify the file.
"""

import hashlib
from datetime import UTC, datetime

from lxml import etree

from opensps.formats.digest import canonical, content_digest
from opensps.formats.xml_input import parse
from opensps.signing.keys import Signer
from opensps.signing.xmldsig import DOCUMENT, DS, EXCLUSIVE_C14N, SIGNATURE, SIGNED_PROPERTIES_TYPE, XADES, ds, xades
from opensps.signing.xmldsig_writing import add_certificates, add_digest, add_methods, add_reference, text

_SEAL_ID, _DOCUMENT_ID, _PROPERTIES_ID = "seal", "document", "properties"


def seal(xml: bytes, *, signer: Signer, at: datetime) -> bytes:
    """Return the signature file (`.xades`) of these certificate bytes, sealed at an aware time.

    Raises `FormatError` when the bytes may not be sealed (`formats.xml_input`), and what the signer raises.
    """
    return seal_digest(content_digest(parse(xml, sealed=True)), signer=signer, at=at)


def seal_digest(digest: bytes, *, signer: Signer, at: datetime) -> bytes:
    """Return the signature file over a content digest D."""
    root = etree.Element(SIGNATURE, {"Id": _SEAL_ID}, nsmap={"ds": DS})
    signed_info = etree.SubElement(root, ds("SignedInfo"))
    value = etree.SubElement(root, ds("SignatureValue"))
    add_certificates(root, signer)
    properties = _add_properties(root, signer, at)
    add_methods(signed_info, signer)
    add_reference(signed_info, {"Id": _DOCUMENT_ID, "URI": DOCUMENT}, (EXCLUSIVE_C14N,), digest)
    inner = {"Type": SIGNED_PROPERTIES_TYPE, "URI": f"#{_PROPERTIES_ID}"}
    add_reference(signed_info, inner, (EXCLUSIVE_C14N,), hashlib.sha256(canonical(properties)).digest())
    value.text = text(signer.sign(canonical(signed_info)))
    return etree.tostring(root)


def _add_properties(root: etree._Element, signer: Signer, at: datetime) -> etree._Element:
    """Add the one Object and return its SignedProperties."""
    qualifying = etree.SubElement(
        etree.SubElement(root, ds("Object")),
        xades("QualifyingProperties"),
        {"Target": f"#{_SEAL_ID}"},
        nsmap={"xades": XADES},
    )
    signed = etree.SubElement(qualifying, xades("SignedProperties"), {"Id": _PROPERTIES_ID})
    about_signature = etree.SubElement(signed, xades("SignedSignatureProperties"))
    signing_time = etree.SubElement(about_signature, xades("SigningTime"))
    signing_time.text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    certificate = etree.SubElement(etree.SubElement(about_signature, xades("SigningCertificateV2")), xades("Cert"))
    add_digest(etree.SubElement(certificate, xades("CertDigest")), hashlib.sha256(signer.certificate_der).digest())
    about_document = etree.SubElement(signed, xades("SignedDataObjectProperties"))
    described = etree.SubElement(about_document, xades("DataObjectFormat"), {"ObjectReference": f"#{_DOCUMENT_ID}"})
    etree.SubElement(described, xades("MimeType")).text = "application/xml"
    return signed
