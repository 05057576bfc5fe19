"""Referenced documents with their attachments, signatories with what they attest."""

import base64
import binascii
import hashlib
from types import MappingProxyType

from lxml import etree

from opensps.certificate import (
    Attachment,
    Attestation,
    OfficialTime,
    Party,
    ReferencedDocument,
    Signatory,
    SignatoryRole,
    Texts,
    country_code,
)
from opensps.formats.media import media_type_of
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import each, first, location, party
from opensps.formats.reading.trail import Trail
from opensps.formats.times import parse_time

ROLES = MappingProxyType({"1": SignatoryRole.CERTIFYING, "4": SignatoryRole.APPLICANT, "8": SignatoryRole.CONTROL})
"""UNCL 9417 to the roles a signatory may have."""


def referenced(trail: Trail, element: etree._Element, path: str) -> ReferencedDocument | None:
    """Return a referenced document; one without relationship or identifier goes to the residue."""
    kids = trail.children(element, "ReferencedDocument")
    relationship = leaves.first_code(trail, kids.get("RelationshipTypeCode", ()), f"{path}.relationship", "K1153")
    own_id = leaves.first_identifier(trail, kids.get("ID", ()), f"{path}.id")
    if relationship is None or own_id is None:
        trail.not_converted(element, path)
        return None
    trail.keep_attributes(kids["ID"][0], "schemeAgencyID")
    issuing = None
    if own_id.agency is not None:
        issuing = leaves.shaped(trail, kids["ID"][0], f"{path}.issuing_country", own_id.agency, country_code)
    informed = leaves.texts(trail, kids.pop("Information", ()), f"{path}.information")
    value = ReferencedDocument(
        relationship=relationship,
        id=own_id.value,
        type_code=leaves.first_code(trail, kids.pop("TypeCode", ()), f"{path}.type_code", "K1001"),
        issuing_country=issuing,
        issued=first(trail, kids.pop("IssueDateTime", ()), f"{path}.issued", _plain_date),
        information=informed[0] if informed else None,
        attachments=each(trail, kids.pop("AttachmentBinaryObject", ()), f"{path}.attachments", attachment),
    )
    del kids["RelationshipTypeCode"], kids["ID"]
    trail.rest(kids)
    return value


def _plain_date(trail: Trail, element: etree._Element, path: str) -> OfficialTime | None:
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


def attachment(trail: Trail, element: etree._Element, path: str) -> Attachment | None:
    """Return an attachment with its decoded content, or the pointer to one; the type is decided from the bytes."""
    name, uri = element.get("filename") or None, element.get("uri") or None
    written = leaves.raw(trail, element, path)
    trail.keep_attributes(element, "filename", "uri", *(() if written else ("mimeCode",)))
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


def _pointer(trail: Trail, element: etree._Element, path: str, name: str | None, uri: str | None) -> Attachment | None:
    if uri is None:
        return None if name is None else Attachment(filename=name)
    trail.say("READ-ATTACHMENT-URL", path)
    return Attachment(filename=name, media_type=element.get("mimeCode") or None, uri=uri)


def signatory(trail: Trail, element: etree._Element, path: str) -> Signatory:
    """Return who signed, where, when and what; a type code we have no role for goes to the residue."""
    kids = trail.children(element, "Authentication")
    value = Signatory(
        provider=first(trail, kids.pop("ProviderSPSParty", ()), f"{path}.provider", party) or Party(),
        role=first(trail, kids.pop("TypeCode", ()), f"{path}.role", _role),
        authenticated=leaves.first_time(trail, kids.pop("ActualDateTime", ()), f"{path}.authenticated"),
        place=first(trail, kids.pop("IssueSPSLocation", ()), f"{path}.place", location),
        location_provider=first(trail, kids.pop("LocationProviderSPSParty", ()), f"{path}.location_provider", party),
        attestations=each(trail, kids.pop("IncludedSPSClause", ()), f"{path}.attestations", _attestation),
    )
    trail.rest(kids)
    return value


def _role(trail: Trail, element: etree._Element, path: str) -> SignatoryRole | None:
    received = leaves.code(trail, element, path, "K9417")
    role = ROLES.get(received.value) if received else None
    if received is not None and role is None:
        trail.not_converted(element, path)
    return role


def _attestation(trail: Trail, element: etree._Element, path: str) -> Attestation | None:
    """Return a clause. Where its id has a scheme, a first content without language is the coded value."""
    kids = trail.children(element, "Clause")
    ids = kids.pop("ID", [])
    own = leaves.first_identifier(trail, ids, path)
    if own is not None:
        trail.keep_attributes(ids[0], "schemeID")
    contents = kids.pop("Content", [])
    coded: str | None = None
    if own is not None and own.scheme and len(contents) > 1 and not contents[0].get("languageID"):
        coded = leaves.string(trail, contents[:1], path)
        contents = contents[1:]
    said: Texts = leaves.fillers(trail, contents, path)
    trail.rest(kids)
    value = Attestation(own.value if own else None, coded, own.scheme if own else None, said)
    return None if value == Attestation() else value
