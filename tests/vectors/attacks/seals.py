"""Hostile seals, as classes: each takes a good seal or document and tries one trick. Origin: `ORIGINS.md`."""

import base64
import re
from collections.abc import Callable

from lxml import etree

from opensps.formats.digest import canonical
from opensps.formats.xml_input import parse
from opensps.signing import seal
from opensps.signing.xmldsig import ENVELOPED as ENVELOPED_TRANSFORM
from opensps.signing.xmldsig import EXCLUSIVE_C14N, SIGNATURE, ds
from tests.factories.signing import SEALED_AT, UntrustedTestSigner, document, signer

Bend = Callable[[bytes], bytes]


def _put(old: str, new: str, count: int = 1) -> Bend:
    """Return a bend that replaces text which must be there."""

    def bend(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), count)

    return bend


def _cut(pattern: str) -> Bend:
    """Return a bend that takes out the first match, which must be there."""

    def bend(data: bytes) -> bytes:
        bent, count = re.subn(pattern.encode(), b"", data, count=1, flags=re.DOTALL)
        assert count, pattern
        return bent

    return bend


def _other_certificate(data: bytes) -> bytes:
    encoded = base64.b64encode(UntrustedTestSigner.make().certificate_der)
    return re.sub(rb"(?<=<ds:X509Certificate>)[^<]*", encoded, data)


_TRANSFORM = f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"/>'
_OBJECT_END = "</ds:Object>"
_HMAC = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
_SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_CERTIFICATE = "<ds:X509Certificate>AAAA</ds:X509Certificate>"
_XPATH = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>1=1</ds:XPath></ds:Transform>'
)
_XSLT = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_EXTRA_REFERENCE = (
    f'<ds:Reference URI="file:///etc/hostname"><ds:Transforms>{_TRANSFORM}</ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{_SHA256}"/><ds:DigestValue>{base64.b64encode(bytes(32)).decode()}</ds:DigestValue>'
    "</ds:Reference>"
)

SHAPES: dict[str, tuple[str, Bend]] = {
    "not_xml": ("children", lambda _: b"not xml"),
    "too_large": ("children", lambda data: data + b" " * (128 * 1024)),
    "a_comment": ("children", _put("<ds:SignedInfo>", "<!-- --><ds:SignedInfo>")),
    "another_root": ("children", lambda data: b"<r>" + data + b"</r>"),
    "no_key_info": ("children", _cut("<ds:KeyInfo>.*</ds:KeyInfo>")),
    "no_object": ("children", _cut("<ds:Object>.*</ds:Object>")),
    "second_object": ("children", _put(_OBJECT_END, f"{_OBJECT_END}<ds:Object/>")),
    "a_foreign_child": ("children", _put(_OBJECT_END, f'{_OBJECT_END}<x xmlns="urn:x"/>')),
    "an_attribute_of_its_own": ("children", _put('Id="seal"', 'Id="seal" lang="en"')),
    "no_signature_method": ("children", _cut("<ds:SignatureMethod[^>]*>")),
    "no_signature_value": ("children", _cut("(?<=<ds:SignatureValue>)[^<]*")),
    "signature_value_not_base64": ("children", _put("<ds:SignatureValue>", "<ds:SignatureValue>!")),
    "signature_value_with_children": ("children", _put("</ds:SignatureValue>", "<ds:x/></ds:SignatureValue>")),
    "a_stranger_in_signed_info": ("children", _put("</ds:SignedInfo>", "<ds:Object/></ds:SignedInfo>")),
    "signature_in_signature": ("placement", _put(_OBJECT_END, f"<ds:Signature/>{_OBJECT_END}")),
    "no_reference": ("references", _cut("<ds:Reference.*</ds:Reference>")),
    "three_references": ("references", _put("</ds:SignedInfo>", f"{_EXTRA_REFERENCE}</ds:SignedInfo>")),
    "three_thousand_references": (
        "references",
        _put("</ds:SignedInfo>", f"{'<ds:Reference/>' * 3000}</ds:SignedInfo>"),
    ),
    "a_reference_to_a_file": ("references", _put("urn:ecert:document", "file:///etc/hostname")),
    "a_reference_to_the_network": ("references", _put("urn:ecert:document", "http://127.0.0.1:9/")),
    "a_reference_without_address": ("references", _put(' URI="urn:ecert:document"', "")),
    "no_digest_method": ("references", _cut("<ds:DigestMethod[^>]*>")),
    "a_short_digest": ("references", _put("<ds:DigestValue>", "<ds:DigestValue>AAAA")),
    "a_digest_that_is_not_base64": ("references", _put("<ds:DigestValue>", "<ds:DigestValue>é")),
    "only_its_own_properties": ("coverage", _cut('<ds:Reference Id="document".*?</ds:Reference>')),
    "the_document_twice": ("coverage", _put('URI="#properties"', 'URI="urn:ecert:document"')),
    "the_properties_twice": ("coverage", _put('URI="urn:ecert:document"', 'URI="#properties"')),
    "xpath": ("transform", _put(_TRANSFORM, _XPATH)),
    "xslt": ("transform", _put(_TRANSFORM, _XSLT)),
    "no_transform": ("transform", _put(_TRANSFORM, "")),
    "two_thousand_transforms": ("transform", _put(_TRANSFORM, _XSLT * 1500)),
    "something_else_for_a_transform": ("transform", _put(_TRANSFORM, "<ds:Object/>")),
    "inclusive_namespaces": (
        "transform",
        _put(
            _TRANSFORM,
            f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"><c:InclusiveNamespaces xmlns:c="{EXCLUSIVE_C14N}"'
            ' PrefixList="x"/></ds:Transform>',
        ),
    ),
    "enveloped_in_a_detached_seal": (
        "transform",
        _put(_TRANSFORM, f'<ds:Transform Algorithm="{ENVELOPED_TRANSFORM}"/>{_TRANSFORM}'),
    ),
    "hmac": ("algorithm", _put(_ECDSA, _HMAC)),
    "hmac_length": ("algorithm", _put(f'"{_ECDSA}"/>', f'"{_ECDSA}"><ds:x/></ds:SignatureMethod>')),
    "rsa_over_an_ecdsa_key": ("algorithm", _put(_ECDSA, _RSA)),
    "sha1": ("algorithm", _put(_SHA256, _SHA1)),
    "another_canonical_form": ("algorithm", _put(EXCLUSIVE_C14N, _INCLUSIVE)),
    "a_method_with_two_attributes": ("algorithm", _put(f'"{_ECDSA}"', f'"{_ECDSA}" Id="m"')),
    "the_same_id_twice": ("duplicate_id", _put('Id="properties"', 'Id="seal"')),
    "the_same_id_in_other_spelling": ("duplicate_id", _put("<ds:KeyInfo>", '<ds:KeyInfo xml:id="seal">')),
    "a_key_value": ("keyinfo", _put("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyValue/>")),
    "a_retrieval_method": (
        "keyinfo",
        _put("<ds:KeyInfo>", '<ds:KeyInfo><ds:RetrievalMethod URI="http://127.0.0.1:9/"/>'),
    ),
    "no_certificate": ("keyinfo", _cut("<ds:X509Certificate>.*</ds:X509Certificate>")),
    "five_certificates": ("keyinfo", _put("</ds:X509Data>", f"{_CERTIFICATE * 4}</ds:X509Data>")),
    "a_thousand_certificates": ("keyinfo", _put("</ds:X509Data>", f"{_CERTIFICATE * 1000}</ds:X509Data>")),
    "a_certificate_that_is_none": ("keyinfo", _put("<ds:X509Certificate>", _CERTIFICATE + "<ds:X509Certificate>")),
    "a_subject_name": ("keyinfo", _put("<ds:X509Data>", "<ds:X509Data><ds:X509SubjectName>CN=XA</ds:X509SubjectName>")),
    "target_elsewhere": ("properties", _put('Target="#seal"', 'Target="#other"')),
    "no_id_to_target": ("properties", _put(' Id="seal"', "")),
    "two_signed_properties": (
        "properties",
        _put("<xades:SignedProperties ", '<xades:SignedProperties Id="more"/><xades:SignedProperties '),
    ),
    "unsigned_properties": (
        "properties",
        _put("</xades:SignedProperties>", "</xades:SignedProperties><xades:UnsignedProperties/>"),
    ),
    "another_object": ("properties", _put("<ds:Object>", "<ds:Object><ds:Manifest/>")),
    "the_reference_points_elsewhere": ("properties", _put('URI="#properties"', 'URI="#seal"')),
    "the_reference_has_another_type": ("properties", _put("01903#SignedProperties", "01903#Other")),
    "signed_properties_for_another_document": (
        "properties",
        _put('ObjectReference="#document"', 'ObjectReference="#x"'),
    ),
    "the_certificate_of_another_signer": ("properties", _other_certificate),
    "another_digest_of_the_certificate": (
        "properties",
        _put("<xades:CertDigest><ds:DigestMethod", "<xades:CertDigest><ds:x/><ds:DigestMethod"),
    ),
    "no_signing_certificate": ("properties", _cut("<xades:SigningCertificateV2>.*</xades:SigningCertificateV2>")),
    "no_signing_time": ("properties", _cut("<xades:SigningTime>.*</xades:SigningTime>")),
    "two_signing_times": ("properties", _put("<xades:SigningTime>", "<xades:SigningTime/><xades:SigningTime>")),
    "an_empty_signing_time": ("properties", _cut("(?<=<xades:SigningTime>)[^<]*")),
    "a_local_signing_time": ("properties", _put("10:16:00Z", "10:16:00")),
    "a_day_that_does_not_exist": ("properties", _put("2026-11-20T10:16:00Z", "2026-11-31T10:16:00Z")),
}
"""What it tries -> (reason expected, how a good detached seal is bent)."""


def enveloped(xml: bytes | None = None, who: UntrustedTestSigner | None = None) -> bytes:
    """Return a document with a good enveloped signature: last child of the root, exclusive C14N, no XAdES."""
    who, root = who or signer(), parse(xml or document(), sealed=True)
    made = parse(seal(xml or document(), signer=who, at=SEALED_AT), sealed=True)
    made.remove(made[3])
    info = made[0]
    info.remove(info[3])
    reference = info[2]
    reference.attrib.pop("Id")
    reference.set("URI", "")
    reference[0].insert(0, etree.Element(ds("Transform"), {"Algorithm": ENVELOPED_TRANSFORM}))
    root.append(made)
    made[1].text = base64.b64encode(who.sign(canonical(info))).decode()
    return etree.tostring(root)


def _tree(bend: Callable[[etree._Element, etree._Element], object]) -> Bend:
    """Return a bend of the tree, given the root and its signature; the bend may return another root."""

    def bent(data: bytes) -> bytes:
        root = parse(data, sealed=True)
        signature = root.find(SIGNATURE)
        assert signature is not None
        other = bend(root, signature)
        return etree.tostring(other if isinstance(other, etree._Element) else root)

    return bent


def _evil(root: etree._Element) -> etree._Element:
    """Return a copy of the document with other goods, without a signature."""
    evil = parse(etree.tostring(root).replace(b"Garlic", b"Saffron"), sealed=True)
    for each in evil.findall(SIGNATURE):
        evil.remove(each)
    return evil


def _wrap_original_in_object(root: etree._Element, signature: etree._Element) -> etree._Element:
    evil = _evil(root)
    evil.append(signature)
    etree.SubElement(signature, ds("Object")).append(root)
    return evil


def _wrap_original_first(root: etree._Element, _signature: etree._Element) -> etree._Element:
    evil = _evil(root)
    evil.insert(0, root)
    return evil


def _hide_copy_in_object(root: etree._Element, signature: etree._Element) -> None:
    etree.SubElement(signature, ds("Object")).append(_evil(root))


def _move_signature_down(root: etree._Element, signature: etree._Element) -> None:
    root[0].append(signature)


def _move_signature_first(root: etree._Element, signature: etree._Element) -> None:
    root.insert(0, signature)


def _double(root: etree._Element, signature: etree._Element) -> None:
    root.append(parse(etree.tostring(signature), sealed=True))


ENVELOPED: dict[str, tuple[str, Bend]] = {
    "original_in_an_object_of_an_evil_root": ("properties", _tree(_wrap_original_in_object)),
    "original_first_in_an_evil_root": ("placement", _tree(_wrap_original_first)),
    "evil_copy_in_an_object": ("properties", _tree(_hide_copy_in_object)),
    "signature_deeper_down": ("placement", _tree(_move_signature_down)),
    "signature_first": ("placement", _tree(_move_signature_first)),
    "two_signatures": ("placement", _tree(_double)),
    "by_id": ("coverage", _put('URI=""', 'URI="#SPSCERT"')),
    "without_address": ("references", _put(' URI=""', "")),
    "without_canonical_form": ("transform", _put(_TRANSFORM, "")),
    "transforms_in_other_order": (
        "transform",
        _put(
            f'<ds:Transform Algorithm="{ENVELOPED_TRANSFORM}"/>{_TRANSFORM}',
            f'{_TRANSFORM}<ds:Transform Algorithm="{ENVELOPED_TRANSFORM}"/>',
        ),
    ),
    "properties_nobody_has": (
        "references",
        _put("</ds:SignedInfo>", _EXTRA_REFERENCE.replace("file:///etc/hostname", "#x") + "</ds:SignedInfo>"),
    ),
    "an_id_twice": ("duplicate_id", _put("<ds:KeyInfo>", '<ds:KeyInfo Id="seal">')),
}
"""What it tries -> (reason expected, how a good enveloped document is bent)."""

INPUTS: dict[str, tuple[str, Bend]] = {
    "a_comment_in_the_number": ("comment", _put("-0004512", "-<!-- -->0004512")),
    "a_comment_in_the_weight": ("comment", _put(">1000<", ">1<!-- -->000<")),
    "a_processing_instruction": ("pi", _put("<ram:Name/>", "<?x y?><ram:Name/>")),
    "a_style_sheet": ("pi", lambda data: b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + data),
    "cdata": ("cdata", _put(">Garlic<", "><![CDATA[Garlic]]><")),
    "an_entity": ("dtd", lambda data: b'<!DOCTYPE x [<!ENTITY n "1">]>' + data.replace(b">1000<", b">&n;<")),
    "an_external_entity": ("dtd", lambda data: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + data),
    "another_encoding": ("encoding", lambda data: b'<?xml version="1.0" encoding="UTF-7"?>' + data),
    "bytes_that_are_not_utf8": ("encoding", lambda data: data.replace(b"Garlic", b"\xff")),
    "a_relative_namespace": ("relative_namespace", _put("<ram:Name/>", '<ram:Name xmlns:x="relative"/>')),
    "nested_too_deep": ("limits", _put("<ram:Name/>", "<ram:Name>" * 70 + "</ram:Name>" * 70)),
    "too_many_attributes": (
        "limits",
        _put("<ram:Name/>", "<ram:Name " + " ".join(f'a{n}="1"' for n in range(70)) + "/>"),
    ),
    "another_document": ("root", lambda data: data.replace(b"rsm:SPSCertificate", b"rsm:SPSReceipt")),
}
"""What it tries -> (reason expected, how good sealed bytes are bent)."""
