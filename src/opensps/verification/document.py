"""The document under check: parsed within the limits, its digest, and the few fields the checks themselves need.

Everything else is read only after the seal has been found to hold (`trust.md` 7.1).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError
from opensps.formats.structure import SPS_CERTIFICATE
from opensps.formats.xml_input import parse
from opensps.signing.xmldsig import DS, SIGNATURE
from opensps.verification.aspects import Aspect

_STRUCTURAL = frozenset({"dtd", "comment", "pi", "cdata", "encoding", "limits", "relative_namespace", "root"})
"""What a sealed document can only have got after sealing."""

_UNREADABLE = frozenset({"not_well_formed", "too_large"})


class Refused(Exception):
    """A document is refused before or without cryptography. It does not leave the room."""

    def __init__(self, aspect: Aspect, reason: str) -> None:
        super().__init__(f"{aspect}.{reason}")
        self.aspect = aspect
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """A certificate as XML, not yet trusted."""

    root: etree._Element
    digest: bytes
    """D, 32 bytes."""

    @property
    def number(self) -> str:
        """The number it says it has, exactly as written; empty when there is none or more than one."""
        found = self.root.findall("{*}SPSExchangedDocument/{*}ID")
        return (found[0].text or "") if len(found) == 1 else ""

    @property
    def issued_at(self) -> datetime | None:
        """The time of issue it says it has; ``None`` when it cannot be read."""
        return moment(self.root.findtext("{*}SPSExchangedDocument/{*}IssueDateTime/{*}*") or "")


def moment(text: str) -> datetime | None:
    """Return an ISO 8601 date or time as a moment in UTC, which it is without an offset; ``None`` for anything else."""
    try:
        read = datetime.fromisoformat(text.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):  # such as the first hours of the year 1 east of Greenwich
        return None


def open_document(xml: bytes, *, is_sealed: bool) -> Document:
    """Return the document; raise `Refused` with aspect input.

    A document with a signature inside is sealed, whatever the caller thinks.
    """
    is_sealed = is_sealed or DS.encode() in xml
    try:
        root = parse(xml, sealed=is_sealed, root=SPS_CERTIFICATE)
        return Document(root, content_digest(root))
    except FormatError as error:
        raise Refused(Aspect.INPUT, _reason(error.code, is_sealed=is_sealed)) from None


def without_signature(root: etree._Element) -> etree._Element:
    """Return the root without its signature: what was signed, for reading."""
    for signature in root.findall(SIGNATURE):
        root.remove(signature)
    return root


def _reason(code: str, *, is_sealed: bool) -> str:
    if code in _UNREADABLE or (is_sealed and code in _STRUCTURAL):
        return code
    return "not_a_certificate"
