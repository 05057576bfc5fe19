"""Referenced documents with their attachments, signatories with what they attest."""

import base64
import binascii
import hashlib
from types import MappingProxyType

from lxml import etree

from opensps.certificate import (
    Attachment,
    Attestation,
    Identifier,
    OfficialTime,
    ReferencedDocument,
    Signatory,
    SignatoryRole,
    country_code,
)
from opensps.formats import clauses
from opensps.formats.media import media_type_of
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import location, party
from opensps.formats.reading.trail import Path, Trail, plan
from opensps.formats.tags import LINK_FORMAT
from opensps.formats.times import parse_time

ROLES = MappingProxyType({"1": SignatoryRole.CERTIFYING, "4": SignatoryRole.APPLICANT, "8": SignatoryRole.CONTROL})
"""UNCL 9417 to the roles a signatory may have."""


def _plain_date(trail: Trail, element: etree._Element, path: Path) -> OfficialTime | None:
    if len(element):
        trail.say("READ-NESTED-REFERENCE-DATE", path)
        return leaves.time(trail, element, path)
    written = leaves.raw(trail, element, path)
    read = parse_time(written)
    if written and read is None:
        trail.not_converted(element, path)
    if read is not None and read.at is None and read.text is not None:
        leaves.say_time(trail, read, path)
    return read


def attachment(trail: Trail, element: etree._Element, path: Path) -> Attachment | None:
    """Return an attachment with its decoded content, or the pointer to one; the type is decided from the bytes."""
    name, uri = element.get("filename") or None, element.get("uri") or None
    written = leaves.raw(trail, element, path)
    is_link = element.get("format") == LINK_FORMAT and uri is not None and not written
    trail.keep_attributes(
        element, "filename", "uri", *(() if written else ("mimeCode",)), *(("format",) if is_link else ())
    )
    if not written:
        return _pointer(trail, element, path, name, uri)
    try:
        content = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError):
        trail.say("READ-ATTACHMENT-BROKEN", path, name=name or "?")
        return Attachment(filename=name, uri=uri, sha256=hashlib.sha256(written.encode()).digest())
    if name is not None and "." not in name:
        trail.say("READ-ATTACHMENT-NAME", path, name=name)
    return Attachment(name, media_type_of(content), content, uri, hashlib.sha256(content).digest())


def _pointer(trail: Trail, element: etree._Element, path: Path, name: str | None, uri: str | None) -> Attachment | None:
    if uri is None:
        return None if name is None else Attachment(filename=name)
    trail.say("READ-ATTACHMENT-URL", path)
    return Attachment(filename=name, media_type=element.get("mimeCode") or None, uri=uri)


_REFERENCED = plan(
    "ReferencedDocument",
    {
        "RelationshipTypeCode": ("relationship", leaves.code_of("K1153")),
        "ID": ("_id", leaves.untouched),
        "TypeCode": ("type_code", leaves.code_of("K1001")),
        "IssueDateTime": ("issued", _plain_date),
        "Information": ("information", leaves.text),
        "AttachmentBinaryObject": ("attachments", attachment),
    },
)


def referenced(trail: Trail, element: etree._Element, path: Path) -> ReferencedDocument | None:
    """Return a referenced document; one without relationship or identifier goes to the residue."""
    values = trail.record(element, _REFERENCED, path)
    id_element = values.pop("_id", None)
    own_id = None if id_element is None else leaves.identifier(trail, id_element, (path, ".id"))
    if own_id is None or "relationship" not in values:
        trail.not_converted(element, path)
        return None
    if own_id.scheme or own_id.scheme_name:
        trail.keep_attributes(id_element, "schemeAgencyID")
    issuing = None
    if own_id.agency is not None:
        issuing = leaves.shaped(trail, id_element, (path, ".issuing_country"), own_id.agency, country_code)
    return ReferencedDocument(id=own_id.value, issuing_country=issuing, **values)


def _role(trail: Trail, element: etree._Element, path: Path) -> SignatoryRole | None:
    received = leaves.code(trail, element, path, "K9417")
    role = ROLES.get(received.value) if received else None
    if received is not None and role is None:
        trail.not_converted(element, path)
    return role


_CLAUSE = plan("Clause", {"ID": ("_id", leaves.identifier_of_scheme), "Content": ("_texts", leaves.filler)})


def _attestation(trail: Trail, element: etree._Element, path: Path) -> Attestation | None:
    """Return a clause with its coded value and its texts."""
    values = trail.record(element, _CLAUSE, path)
    own = values.get("_id", _NO_ID)
    coded, said = clauses.said(own.value or None, own.scheme, values.get("_texts", ()))
    value = Attestation(own.value or None, coded, own.scheme, said)
    return None if value == Attestation() else value


_NO_ID = Identifier("")
_SIGNATORY = plan(
    "Authentication",
    {
        "TypeCode": ("role", _role),
        "ActualDateTime": ("authenticated", leaves.time),
        "IssueSPSLocation": ("place", location),
        "ProviderSPSParty": ("provider", party),
        "LocationProviderSPSParty": ("location_provider", party),
        "IncludedSPSClause": ("attestations", _attestation),
    },
)


def signatory(trail: Trail, element: etree._Element, path: Path) -> Signatory:
    """Return who signed, where, when and what; a type code we have no role for goes to the residue."""
    return Signatory(**trail.record(element, _SIGNATORY, path))
