"""Declarations, notes, references and signatories as the ephyto dialect carries them (`domain.md` 4.1, 4.4)."""

import hashlib
from collections.abc import Callable

from opensps.certificate import (
    AdditionalDeclaration,
    Attachment,
    Attestation,
    Declarations,
    Note,
    OfficialTime,
    ReferencedDocument,
    Replacement,
    Signatory,
    SignatoryRole,
    Text,
)
from opensps.formats.carrying.load import (
    DECLARATION_CODE,
    EMPTY,
    NO_CONTENT,
    ROLE,
    STATEMENT,
    Load,
    code,
    codes,
    folded,
    stripped,
    time,
)
from opensps.formats.carrying.parties import location, optional_party, party
from opensps.formats.media import media_type_of
from opensps.formats.statements import is_standard
from opensps.formats.times import parse_time
from opensps.rules import Level

_NO_DECLARATIONS = Declarations()


def declarations(load: Load, value: Declarations, path: str) -> Declarations:
    """Return declarations; their codes do not travel."""
    if value == _NO_DECLARATIONS:
        return value
    if any(one.code for one in value.additional):
        load.say(Level.INFO, f"{path}.additional", DECLARATION_CODE)
    return Declarations(
        additional=tuple(AdditionalDeclaration(one.text) for one in value.additional),
        official_information=value.official_information,
        import_permits=tuple(one for one in map(folded, value.import_permits) if one is not None),
        inspections=tuple(one for one in map(_inspection, value.inspections) if one is not None),
        distinguishing_marks=value.distinguishing_marks,
    )


def _inspection(value: OfficialTime | Text) -> OfficialTime | Text | None:
    if isinstance(value, OfficialTime):
        return time(value)
    return (parse_time(value.value) if value.language is None else None) or value


def replacement(value: Replacement | None) -> Replacement | None:
    """Return which certificate is replaced, ``None`` if that says nothing."""
    if value is None:
        return None
    fitted = Replacement(value.number, time(value.issued), value.reasons, value.has_statement)
    return None if fitted == Replacement() else fitted


def notes_beside(known: frozenset[str]) -> Callable[[Load, Note, str], Note | None]:
    """Return the fitting of notes for a level where the known tags belong to fields."""

    def note(load: Load, value: Note, path: str) -> Note | None:
        fitted = Note(
            subject=folded(value.subject),
            subject_code=code(value.subject_code, "C"),
            content_codes=codes(value.content_codes, "C"),
            texts=value.texts,
        )
        if fitted.subject in known:
            load.no_place(path, value=True)
            return None
        return None if fitted == Note() else fitted

    return note


def referenced(load: Load, value: ReferencedDocument, path: str) -> ReferencedDocument | None:
    """Return a referenced document; without relationship or identifier it has no place."""
    relationship, own_id = code(value.relationship, "K1153"), stripped(value.id)
    if relationship is None or own_id is None:
        load.no_place(path, value=True)
        return None
    return ReferencedDocument(
        relationship=relationship,
        id=own_id,
        type_code=code(value.type_code, "K1001"),
        issuing_country=value.issuing_country,
        issued=time(value.issued),
        information=value.information,
        attachments=load.each(value.attachments, f"{path}.attachments", _attachment),
    )


def _attachment(load: Load, value: Attachment, path: str) -> Attachment | None:
    name, uri = value.filename or None, value.uri or None
    if value.content:
        digest = hashlib.sha256(value.content).digest()
        return Attachment(name, media_type_of(value.content), value.content, uri, digest)
    if value.sha256 is not None and uri is None:
        load.say(Level.WARNING, path, NO_CONTENT, name=name or "?")
    if uri is not None:
        return Attachment(filename=name, media_type=value.media_type or None, uri=uri)
    return Attachment(filename=name) if name is not None else None


def document_signatory(load: Load, value: Signatory, path: str) -> Signatory:
    """Return a signatory of a phytosanitary certificate: of a statement only the code travels."""
    return _signatory(load, value, path, _standard_attestation)


def signatory(load: Load, value: Signatory, path: str) -> Signatory:
    """Return a signatory; no role travels."""
    return _signatory(load, value, path, _attestation)


def _signatory(
    load: Load, value: Signatory, path: str, attest: Callable[[Load, Attestation, str], Attestation | None]
) -> Signatory:
    if value.role not in {None, SignatoryRole.CERTIFYING}:
        load.say(Level.WARNING, f"{path}.role", ROLE)
    return Signatory(
        provider=party(load, value.provider, f"{path}.provider"),
        authenticated=time(value.authenticated),
        place=location(load, value.place, f"{path}.place"),
        location_provider=optional_party(load, value.location_provider, f"{path}.location_provider"),
        attestations=load.each(value.attestations, f"{path}.attestations", attest),
    )


def _attestation(load: Load, value: Attestation, path: str) -> Attestation | None:
    load.no_place(f"{path}.code", value.code)
    load.no_place(f"{path}.scheme", value.scheme)
    fitted = Attestation(id=stripped(value.id), texts=load.filler_texts(value.texts, f"{path}.texts"))
    if fitted == Attestation():
        load.say(Level.INFO, path, EMPTY)
        return None
    return fitted


def _standard_attestation(load: Load, value: Attestation, path: str) -> Attestation | None:
    fitted = _attestation(load, value, path)
    if fitted is None or not fitted.texts:
        return fitted
    if fitted.id is None:
        load.no_place(f"{path}.texts", fitted.texts)
        return None
    if not all(is_standard(fitted.id, text.value) for text in fitted.texts):
        load.say(Level.SEVERE, f"{path}.texts", STATEMENT, code=fitted.id)
    return Attestation(id=fitted.id)
