"""Declarations, notes, references and signatories as a dialect carries them (`domain.md` 4.1, 4.4, 5.4)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from opensps.certificate import (
    AdditionalDeclaration,
    Attachment,
    Attestation,
    Code,
    Declarations,
    Note,
    OfficialTime,
    ReferencedDocument,
    Replacement,
    Signatory,
    SignatoryRole,
    Text,
)
from opensps.formats import clauses, replacing
from opensps.formats.carrying.load import (
    DECLARATION_CODE,
    EMPTY,
    NO_CONTENT,
    PERMIT,
    REPLACED,
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
from opensps.formats.carrying.vocabulary import Lists, document_lists, kept
from opensps.formats.coded_notes import REASON, inspection, is_fact
from opensps.formats.kind_on_wire import is_plant
from opensps.formats.media import media_type_of
from opensps.formats.statements import is_standard
from opensps.formats.structure import LIST_IDS
from opensps.formats.tags import PERMIT_RELATION, PERMIT_TYPE
from opensps.rules import Level

_NO_DECLARATIONS = Declarations()


def declarations(load: Load, value: Declarations, path: str, lists: Lists) -> Declarations:
    """Return declarations, of a coded dialect without import permits; as tags their codes do not travel."""
    if value == _NO_DECLARATIONS:
        return value
    is_coded = load.dialect.is_coded
    if not is_coded and any(one.code for one in value.additional):
        load.say(Level.INFO, f"{path}.additional", DECLARATION_CODE)
    permits = tuple(one for one in map(folded, value.import_permits) if one is not None)
    additional = tuple(_declaration(one, is_coded=is_coded) for one in value.additional)
    inspections = tuple(one for one in map(_inspection, value.inspections) if one is not None)
    said = {
        "ADDITIONAL_DECLARATION": ("additional", additional),
        "OFFICIAL_INFORMATION": ("official_information", value.official_information),
        "INSPECTION": ("inspections", inspections),
        "DISTINGUISHING_MARKS": ("distinguishing_marks", value.distinguishing_marks),
    }
    fitted: dict[str, Any] = {
        name: kept(load, subject, values, f"{path}.{name}", lists) for subject, (name, values) in said.items()
    }
    return Declarations(import_permits=permits, **fitted)


def _declaration(value: AdditionalDeclaration, *, is_coded: bool) -> AdditionalDeclaration:
    return AdditionalDeclaration(value.text, stripped(value.code) if is_coded else None)


def permits(load: Load, value: Declarations, path: str) -> tuple[Declarations, tuple[ReferencedDocument, ...]]:
    """Return declarations without import permits where those are references, and the references."""
    numbers = tuple(one for one in map(folded, value.import_permits) if one is not None)
    if not load.dialect.is_coded or not numbers:
        return value, ()
    load.say(Level.INFO, f"{path}.import_permits", PERMIT)
    relationship, kind = Code(PERMIT_RELATION, LIST_IDS["K1153"]), Code(PERMIT_TYPE, LIST_IDS["K1001"])
    return replace(value, import_permits=()), tuple(ReferencedDocument(relationship, one, kind) for one in numbers)


def _inspection(value: OfficialTime | Text) -> OfficialTime | Text | None:
    if isinstance(value, OfficialTime):
        return time(value)
    return inspection(value)


def replacement(
    load: Load, value: Replacement | None, references: tuple[ReferencedDocument, ...], type_code: str
) -> tuple[Replacement | None, tuple[ReferencedDocument, ...]]:
    """Return which certificate is replaced, ``None`` if that says nothing, and the references read beside it."""
    path = "exchanged_document.replacement"
    if not load.dialect.is_coded:
        fitted = None if value is None else replace(value, issued=time(value.issued))
        return (None if fitted == Replacement() else fitted), references
    if is_plant(type_code):
        load.no_place(path, value)
        return None, references
    reasons = () if value is None else kept(load, REASON, value.reasons, f"{path}.reasons", document_lists(load))
    if value is not None:
        _judge_replacement(load, value, path)
        value = replace(value, issued=time(value.issued))
    return replacing.read(replacing.written(value, references, type_code), reasons, type_code)


def _judge_replacement(load: Load, value: Replacement, path: str) -> None:
    """Say what a reference to the replaced certificate cannot say."""
    if value.number is None:
        load.no_place(f"{path}.issued", value.issued)
        load.no_place(f"{path}.has_statement", value.has_statement)
    elif not value.has_statement:
        load.say(Level.INFO, f"{path}.has_statement", REPLACED)


def notes_beside(known: frozenset[str], subjects: frozenset[str]) -> Callable[[Load, Note, str], Note | None]:
    """Return the fitting of notes for a level where the known tags and subjects belong to fields."""

    def note(load: Load, value: Note, path: str) -> Note | None:
        fitted = Note(
            subject=folded(value.subject),
            subject_code=code(value.subject_code, "C"),
            content_codes=codes(value.content_codes, "C"),
            texts=value.texts,
        )
        if is_fact(fitted, subjects) or (fitted.subject in known and not _is_coded(fitted, subjects)):
            load.no_place(path, value=True)
            return None
        return None if fitted == Note() else fitted

    return note


def _is_coded(value: Note, subjects: frozenset[str]) -> bool:
    return value.subject_code is not None and value.subject_code.value in subjects


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
    is_coded = load.dialect.is_coded
    if value.role not in {None, SignatoryRole.CERTIFYING} and not is_coded:
        load.say(Level.WARNING, f"{path}.role", ROLE)
    return Signatory(
        provider=party(load, value.provider, f"{path}.provider"),
        role=value.role if is_coded else None,
        authenticated=time(value.authenticated),
        place=location(load, value.place, f"{path}.place"),
        location_provider=optional_party(load, value.location_provider, f"{path}.location_provider"),
        attestations=load.each(value.attestations, f"{path}.attestations", attest),
    )


def _attestation(load: Load, value: Attestation, path: str) -> Attestation | None:
    """Return a clause; where facts are tags, it has neither coded value nor scheme."""
    vocabulary = load.dialect.vocabulary
    own_id, own_code = stripped(value.id), folded(value.code)
    texts = load.filler_texts(value.texts, f"{path}.texts")
    contents = texts if own_code is None else (Text(own_code), *texts)
    scheme = (value.scheme or vocabulary.attestation_scheme) if vocabulary is not None else None
    coded, said = clauses.said(own_id, scheme if own_id else None, contents)
    fitted = Attestation(own_id, coded, scheme if own_id else None, said)
    if fitted == Attestation():
        load.say(Level.INFO, path, EMPTY)
        return None
    if vocabulary is None or not own_id:
        load.no_place(f"{path}.scheme", value.scheme)
    load.no_place(f"{path}.code", own_code is not None and coded != own_code)
    return fitted


def _standard_attestation(load: Load, value: Attestation, path: str) -> Attestation | None:
    fitted = _attestation(load, value, path)
    if fitted is None or not fitted.texts or load.dialect.is_coded:
        return fitted
    if fitted.id is None:
        load.no_place(f"{path}.texts", fitted.texts)
        return None
    if not all(is_standard(fitted.id, text.value) for text in fitted.texts):
        load.say(Level.SEVERE, f"{path}.texts", STATEMENT, code=fitted.id)
    return Attestation(id=fitted.id)
