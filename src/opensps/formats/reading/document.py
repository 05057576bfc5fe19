"""SPSExchangedDocument into a value, and both halves into a certificate with its kind."""

from lxml import etree

from opensps.certificate import (
    Certificate,
    CertificateKind,
    CertificateNumber,
    Consignment,
    ExchangedDocument,
    ReferencedDocument,
    Replacement,
    certificate_number,
)
from opensps.formats import replacing
from opensps.formats.coded_notes import CONDITION, KIND, REASON, kind_beside
from opensps.formats.digest import SIGNATURE
from opensps.formats.kind_on_wire import is_plant, kind_of
from opensps.formats.reading import leaves, notes
from opensps.formats.reading.consignment import consignment
from opensps.formats.reading.parties import party
from opensps.formats.reading.references import referenced, signatory
from opensps.formats.reading.trail import Path, Trail, local, plan, start
from opensps.formats.statements import is_standard
from opensps.formats.structure import RAM, RSM

PATH = start("exchanged_document")
_DOCUMENT, _CONSIGNMENT = f"{{{RSM}}}SPSExchangedDocument", f"{{{RSM}}}SPSConsignment"


def certificate(trail: Trail, root: etree._Element) -> Certificate | None:
    """Return the certificate of a payload root; ``None`` where it has no document part."""
    parts: dict[str, etree._Element] = {}
    for child in root:
        if child.tag in {_DOCUMENT, _CONSIGNMENT} and child.tag not in parts:
            parts[child.tag] = child
        else:
            _other_part(trail, child)
    trail.keep_attributes(root)
    if _DOCUMENT not in parts:
        trail.say("READ-NO-CERTIFICATE", "")
        return None
    document, said = exchanged_document(trail, parts[_DOCUMENT])
    condition = said.coded.one(CONDITION)
    if _CONSIGNMENT in parts:
        goods = consignment(trail, parts[_CONSIGNMENT], condition)
    else:
        goods = Consignment(transport_condition=condition)
    noted, model = said.coded.one(KIND) or (kind_beside(document.other_notes), None)
    lines = [line for one in goods.items for line in one.trade_line_items]
    kind, is_guess = kind_of(document.type_code, noted, lines)
    if is_guess:
        trail.say("CORE-KIND-GUESSED", "kind")
    value = Certificate(kind, document, goods, model)
    _judge_statements(trail, value)
    return Certificate(kind, document, goods, model, residue=tuple(trail.residue))


def _other_part(trail: Trail, child: etree._Element) -> None:
    if child.tag == SIGNATURE:
        trail.say("READ-SIGNATURE-INSIDE", trail.xpath(child))
        return
    rule = "READ-SECOND-SINGLE" if child.tag in {_DOCUMENT, _CONSIGNMENT} else "READ-UNKNOWN-ELEMENT"
    trail.say(rule, trail.xpath(child), element=local(child))
    trail.keep(child)


def _number(trail: Trail, element: etree._Element, path: Path) -> CertificateNumber | None:
    if element.keys():
        trail.keep_attributes(element)
    written = leaves.raw(trail, element, path)
    return leaves.shaped(trail, element, path, written, certificate_number) if written else None


_DOCUMENT_PLAN = plan(
    "ExchangedDocument",
    {
        "Name": ("titles", leaves.filler),
        "ID": ("number", _number),
        "Description": ("descriptions", leaves.text),
        "TypeCode": ("type_code", leaves.code_value("K1001")),
        "StatusCode": ("status_code", leaves.code_value("K4405")),
        "IssueDateTime": ("issued", leaves.time),
        "CopyIndicator": ("is_copy", leaves.indicator),
        "IssuerSPSParty": ("issuer", party),
        "RecipientSPSParty": ("recipients", party),
        "IncludedSPSNote": ("_notes", leaves.untouched),
        "ReferenceSPSReferencedDocument": ("references", referenced),
        "SignatorySPSAuthentication": ("signatories", signatory),
    },
)


def exchanged_document(trail: Trail, element: etree._Element) -> tuple[ExchangedDocument, notes.Notes]:
    """Return the header of the certificate, and its notes: some speak of the consignment."""
    values = trail.record(element, _DOCUMENT_PLAN, PATH)
    if "number" not in values:
        _say_no_number(trail, element)
    for name, field in (("TypeCode", "type_code"), ("StatusCode", "status_code")):
        if field not in values:
            trail.say("READ-NO-TYPE-CODE", (PATH, f".{field}"), element=name)
            values[field] = ""
    said = notes.document_notes(trail, values.pop("_notes", ()), PATH)
    replacement, references = _replaced(said, values.pop("references", ()), values["type_code"])
    document = ExchangedDocument(
        declarations=notes.declarations(said),
        has_financial_liability_clause=notes.has_financial_clause(said),
        replacement=replacement,
        references=references,
        other_notes=tuple(said.others),
        **values,
    )
    return document, said


def _replaced(
    said: notes.Notes, references: tuple[ReferencedDocument, ...], type_code: str
) -> tuple[Replacement | None, tuple[ReferencedDocument, ...]]:
    reasons = said.coded.every(REASON)
    in_notes = notes.replacement(said)
    if in_notes is not None:
        return replacing.with_reasons(in_notes, reasons), references
    if is_plant(type_code):
        return replacing.read((), reasons, type_code)[0], references
    return replacing.read(references, reasons, type_code)


def _say_no_number(trail: Trail, element: etree._Element) -> None:
    written = element.find(f"{{{RAM}}}ID")
    if written is None or not "".join(written.itertext()).strip():
        trail.say("READ-EMPTY-NUMBER", (PATH, ".number"))


def _judge_statements(trail: Trail, value: Certificate) -> None:
    """Say where statements of the other kind of phytosanitary certificate stand."""
    if value.kind not in {CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT}:
        return
    has_re_export = any(line.re_export is not None for line in value.lines)
    clauses = [one.id for signatory_ in value.exchanged_document.signatories for one in signatory_.attestations]
    is_odd = has_re_export if value.kind is CertificateKind.PHYTOSANITARY else any(clauses)
    if is_odd:
        trail.say("READ-STATEMENT-KIND", "kind", type=value.exchanged_document.type_code)
    if value.kind is CertificateKind.PHYTOSANITARY:
        _judge_texts(trail, value)


def _judge_texts(trail: Trail, value: Certificate) -> None:
    for index, one in enumerate(value.exchanged_document.signatories):
        for place, clause in enumerate(one.attestations):
            for text in clause.texts:
                if clause.id is not None and not is_standard(clause.id, text.value):
                    path: Path = (((((PATH, ".signatories"), index), ".attestations"), place), ".texts")
                    trail.say("READ-STATEMENT-TEXT", path, text=text.value[:80])
