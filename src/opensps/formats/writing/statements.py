"""Notes with their tags, references and signatories as elements (`domain.md` 4.1, 4.4)."""

import base64
from collections.abc import Iterator, Mapping

from opensps.certificate import (
    AdditionalDeclaration,
    Attachment,
    Attestation,
    Certificate,
    Declarations,
    ExchangedDocument,
    Note,
    OfficialTime,
    ReExportStatement,
    ReferencedDocument,
    Signatory,
    Text,
    TradeLineItem,
)
from opensps.formats import coded_notes
from opensps.formats.decimals import plain
from opensps.formats.reading.references import ROLES
from opensps.formats.tags import (
    BOXES,
    DOCUMENT_DECLARATIONS,
    FINANCIAL_CLAUSE,
    LINE_DECLARATIONS,
    LINK_FORMAT,
    RE_EXPORT_STATEMENT,
    REPLACEMENT_STATEMENT,
)
from opensps.formats.times import written
from opensps.formats.writing.emit import (
    Pen,
    attributes,
    closed_code,
    leaf,
    open_code,
    open_codes,
    text,
    texts,
)
from opensps.formats.writing.parties import location, party

_Said = tuple[str, str | Text]


def document_notes(pen: Pen, name: str, value: Certificate) -> str:
    """Return the notes of the document in their order: clause, declarations, replacement, marks, others."""
    document = value.exchanged_document
    vocabulary = pen.dialect.vocabulary
    if vocabulary is not None:
        return pen.each(name, (*coded_notes.document_notes(value, vocabulary), *document.other_notes), note)
    said = [*_clause(document), *_declared(document.declarations, DOCUMENT_DECLARATIONS, "ADEDL", "ADIPEDL", "ADDIEDL")]
    said += _declared(document.declarations, DOCUMENT_DECLARATIONS, "ADAOEDL")
    said += _replacement(document)
    said += _declared(document.declarations, DOCUMENT_DECLARATIONS, "DMCL")
    return _tagged(name, said) + pen.each(name, document.other_notes, note)


def line_notes(pen: Pen, name: str, value: TradeLineItem) -> str:
    """Return the notes of a line in their order: packages, re-export, other quantity, marks, declarations, others."""
    vocabulary = pen.dialect.vocabulary
    if vocabulary is not None:
        return pen.each(name, (*coded_notes.line_notes(value, vocabulary), *value.other_notes), note)
    said: list[_Said] = [("OPTND", one) for one in value.package_text]
    if value.re_export is not None:
        said += _re_export(value.re_export, pen.dialect.ticks)
    if value.other_quantity is not None:
        said += [("OQV", plain(value.other_quantity.value)), ("OQU", value.other_quantity.unit_text)]
    order = ("DMTLIL", "ADTLIL", "ADIPTLIL", "ADDITLIL", "ADAOTLIL")
    said += _declared(value.declarations, LINE_DECLARATIONS, *order)
    return _tagged(name, said) + pen.each(name, value.other_notes, note)


def _tagged(name: str, said: list[_Said]) -> str:
    return "".join(
        [
            f"<ram:{name}><ram:Subject>{tag}</ram:Subject>"
            f"{text('Content', words) if isinstance(words, Text) else leaf('Content', words)}</ram:{name}>"
            for tag, words in said
        ]
    )


def _clause(value: ExchangedDocument) -> Iterator[_Said]:
    if value.has_financial_liability_clause:
        yield "SPSFL", FINANCIAL_CLAUSE


def _declared(value: Declarations, tags: Mapping[str, str], *order: str) -> Iterator[_Said]:
    fields = {tag: field for field, tag in tags.items()}
    for tag in order:
        for one in getattr(value, fields[tag]):
            yield tag, _words(one)


def _words(one: OfficialTime | AdditionalDeclaration | Text | str) -> str | Text:
    if isinstance(one, OfficialTime):
        return written(one)
    return one.text if isinstance(one, AdditionalDeclaration) else one


def _replacement(value: ExchangedDocument) -> Iterator[_Said]:
    replaced = value.replacement
    if replaced is None:
        return
    if replaced.has_statement:
        yield "ADRP", REPLACEMENT_STATEMENT
    if replaced.number is not None:
        yield "ADRPN", replaced.number
    for reason in replaced.reasons:
        yield "ADRPR", reason
    if replaced.issued is not None:
        yield "ADRD", written(replaced.issued)


def _re_export(value: ReExportStatement, ticks: tuple[str, str]) -> Iterator[_Said]:
    if value.has_statement:
        yield "RPCST", RE_EXPORT_STATEMENT
    for country in value.origin_countries:
        yield "RPCCO", country
    for number in value.original_numbers:
        yield "RPCRF", number
    for tag, name in BOXES.items():
        yield tag, ticks[bool(getattr(value, name))]


def note(pen: Pen, name: str, value: Note) -> str:
    """Return a note without a field of its own."""
    return pen.record(
        "Note",
        name,
        {
            "Subject": leaf("Subject", value.subject),
            "ContentCode": open_codes("ContentCode", value.content_codes),
            "Content": texts("Content", value.texts),
            "SubjectCode": open_code("SubjectCode", value.subject_code),
        },
    )


def referenced(pen: Pen, name: str, value: ReferencedDocument) -> str:
    """Return a referenced document; its date is plain, but where a dialect nests it."""
    if pen.dialect.has_nested_reference_date:
        issued = pen.moment("IssueDateTime", value.issued)
    else:
        issued = leaf("IssueDateTime", written(value.issued) if value.issued is not None else None)
    return pen.record(
        "ReferencedDocument",
        name,
        {
            "IssueDateTime": issued,
            "TypeCode": closed_code("TypeCode", value.type_code),
            "RelationshipTypeCode": closed_code("RelationshipTypeCode", value.relationship),
            "ID": leaf("ID", value.id, attributes(schemeAgencyID=value.issuing_country)),
            "AttachmentBinaryObject": pen.each("AttachmentBinaryObject", value.attachments, _attachment),
            "Information": text("Information", value.information),
        },
    )


def _attachment(pen: Pen, name: str, value: Attachment) -> str:
    content = base64.b64encode(value.content).decode("ascii") if value.content else ""
    kind = value.media_type if not content else None
    form = LINK_FORMAT if pen.dialect.is_coded and value.uri is not None and not content else None
    return leaf(name, content, attributes(format=form, mimeCode=kind, uri=value.uri, filename=value.filename))


def signatory(pen: Pen, name: str, value: Signatory) -> str:
    """Return who signed, where, when and what; the coded dialects say in which role."""
    role = _ROLES[value.role] if pen.dialect.is_coded and value.role is not None else None
    return pen.record(
        "Authentication",
        name,
        {
            "TypeCode": leaf("TypeCode", role),
            "ActualDateTime": pen.moment("ActualDateTime", value.authenticated),
            "IssueSPSLocation": pen.optional("IssueSPSLocation", value.place, location),
            "ProviderSPSParty": party(pen, "ProviderSPSParty", value.provider),
            "LocationProviderSPSParty": pen.optional("LocationProviderSPSParty", value.location_provider, party),
            "IncludedSPSClause": pen.each("IncludedSPSClause", value.attestations, _clause_element),
        },
    )


_ROLES = {role: code for code, role in ROLES.items()}


def _clause_element(pen: Pen, name: str, value: Attestation) -> str:
    contents = leaf("Content", value.code) + texts("Content", value.texts)
    return pen.record(
        "Clause", name, {"ID": leaf("ID", value.id, attributes(schemeID=value.scheme)), "Content": contents}
    )
