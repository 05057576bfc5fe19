"""Where in a document the certificate is: at the root, in a SOAP body, or as text inside another document.

Source: `domain.md` 9.1, step 3. A root in a foreign namespace counts when its children are official; the same names
in another version's namespaces do not.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from opensps.formats.errors import FormatError
from opensps.formats.messages import read_finding
from opensps.formats.reading.trail import xpath
from opensps.formats.structure import ROOTS, RSM, RSM_ACKNOWLEDGEMENT
from opensps.formats.xml_input import parse_noting
from opensps.rules import Finding

BASE64: Final = "base64"
_NAMES = {"SPSCertificate", "SPSAcknowledgement"}
_PARTS = {
    f"{{{RSM}}}SPSExchangedDocument",
    f"{{{RSM}}}SPSConsignment",
    f"{{{RSM_ACKNOWLEDGEMENT}}}SPSAcknowledgementDocument",
}
_DECLARATION = re.compile(r"\A<\?xml\s[^>]*\?>")
_BLANK = b" \t\r\n\xef\xbb\xbf"
_ENCODED_XML = frozenset({b"PD94", b"77u/", b"PHJz", b"PFNQ", b"PHNv", b"PFNP", b"PHM6", b"PFM6"})
"""How base64 begins of an XML declaration, a byte order mark, and the usual roots."""

_SHORTEST = 200
"""A certificate in text is never shorter."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The element that is the certificate or acknowledgement, and how it was carried."""

    root: etree._Element
    name: str
    carried: str | None = None
    noticed: int = 0


def find_payload(root: etree._Element) -> Payload | Finding:
    """Return the payload, or the one SEVERE finding that says why there is none.

    Raises `FormatError` where the only candidate is text that is no XML within the limits.
    """
    if root.tag in ROOTS:
        return Payload(root, etree.QName(root).localname)
    named = list(root.iter("{*}SPSCertificate", "{*}SPSAcknowledgement"))
    for element in named:
        if element.tag in ROOTS or any(child.tag in _PARTS for child in element):
            return Payload(element, etree.QName(element).localname)
    if named:
        namespace = next((etree.QName(child).namespace for child in named[0]), etree.QName(named[0]).namespace)
        return read_finding("READ-OTHER-VERSION", xpath(named[0]), {"namespace": namespace or ""})
    for text in _candidates(root):
        found = _in_text(text)
        if found is not None:
            return found
    return read_finding("READ-NO-CERTIFICATE", "", {})


def unwrapped(data: bytes) -> bytes | None:
    """Return the document that a file of nothing but base64 holds; ``None`` for any other file."""
    if data.lstrip(_BLANK)[:4] not in _ENCODED_XML:
        return None
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _candidates(root: etree._Element) -> Iterator[str]:
    """Yield texts long enough to hold a document, in document order."""
    for element in root.iter():
        text = (element.text or "").strip()
        if len(text) >= _SHORTEST and not len(element):
            yield text


def _in_text(text: str) -> Payload | None:
    """Return the payload a text holds, base64 tried first; ``None`` if it is something else.

    Text is already decoded: what its XML declaration says of an encoding no longer counts.
    """
    try:
        data, carried = base64.b64decode("".join(text.split()), validate=True), BASE64
    except (binascii.Error, ValueError):
        data, carried = _DECLARATION.sub("", text).encode("utf-8"), None
    if carried is None and not text.startswith("<"):
        return None
    try:
        parsed = parse_noting(data)
    except FormatError:
        if carried is None:
            raise
        return None
    found = find_payload(parsed.root)
    if isinstance(found, Finding):
        return None
    return Payload(found.root, found.name, carried or found.carried, len(parsed.noticed) + found.noticed)
