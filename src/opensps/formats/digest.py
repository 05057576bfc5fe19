"""The content digest D: what a seal signs and what identifies the content of a certificate (`trust.md` 6.1).

D = SHA-256 over exclusive C14N 1.0 without comments of the SPSCertificate element, after removing its ds:Signature
child. Compute it only from what `xml_input` let through.
"""

import copy
import hashlib

from lxml import etree

from opensps.formats.errors import FormatError

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def canonical(element: etree._Element) -> bytes:
    """Return exclusive C14N 1.0 without comments; raise `FormatError` where it cannot be formed."""
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    except (etree.LxmlError, ValueError) as error:
        raise FormatError("relative_namespace", detail=str(error)) from None


def content_digest(root: etree._Element) -> bytes:
    """Return D, 32 bytes. The element is left as it is."""
    if root.find(SIGNATURE) is not None:
        root = _without_signature(root)
    return hashlib.sha256(canonical(root)).digest()


def inclusive_digest(root: etree._Element) -> bytes:
    """Return SHA-256 over C14N 1.0 without comments of the element without its ds:Signature children.

    What an `enveloped-no-uri` seal states (`trust.md` 6.3); never the identity of a content.
    """
    bare = _without_signature(root)
    try:
        octets = etree.tostring(bare, method="c14n", exclusive=False, with_comments=False)
    except (etree.LxmlError, ValueError) as error:
        raise FormatError("relative_namespace", detail=str(error)) from None
    return hashlib.sha256(octets).digest()


def _without_signature(root: etree._Element) -> etree._Element:
    """Return a copy without ds:Signature children, keeping the text that follows each."""
    bare = copy.deepcopy(root)
    bare.tail = None
    for signature in bare.findall(SIGNATURE):
        previous, tail = signature.getprevious(), signature.tail or ""
        if previous is None:
            bare.text = (bare.text or "") + tail
        else:
            previous.tail = (previous.tail or "") + tail
        bare.remove(signature)
    return bare
