"""SPSExchangedDocument into a value, and both halves into a certificate with its kind."""

from lxml import etree

from opensps.certificate import (
    TYPE_CODES,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Consignment,
    ExchangedDocument,
    TradeLineItem,
    certificate_number,
)
from opensps.formats.digest import SIGNATURE
from opensps.formats.reading import leaves, notes
from opensps.formats.reading.consignment import consignment
from opensps.formats.reading.parties import each, first, party
from opensps.formats.reading.references import referenced, signatory
from opensps.formats.reading.trail import Elements, Trail, local, plan
from opensps.formats.statements import is_standard
from opensps.formats.structure import RAM, RSM

PATH = "exchanged_document"
_DOCUMENT, _CONSIGNMENT = f"{{{RSM}}}SPSExchangedDocument", f"{{{RSM}}}SPSConsignment"
_KINDS = {code: kind for kind, code in TYPE_CODES.items() if code != "853"}
_LIVE_UNITS = {"H87", "HEA"}
_LIVE_CHAPTER = "01"


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
    document = exchanged_document(trail, parts[_DOCUMENT])
    goods = consignment(trail, parts[_CONSIGNMENT]) if _CONSIGNMENT in parts else Consignment()
    value = Certificate(kind=_kind(trail, document, goods), exchanged_document=document, consignment=goods)
    _judge_statements(trail, value)
    return Certificate(value.kind, document, goods, residue=tuple(trail.residue))


def _other_part(trail: Trail, child: etree._Element) -> None:
    if child.tag == SIGNATURE:
        trail.say("READ-SIGNATURE-INSIDE", trail.xpath(child))
        return
    rule = "READ-SECOND-SINGLE" if child.tag in {_DOCUMENT, _CONSIGNMENT} else "READ-UNKNOWN-ELEMENT"
    trail.say(rule, trail.xpath(child), element=local(child))
    trail.keep(child)


def _number(trail: Trail, elements: Elements, path: str) -> CertificateNumber | None:
    trail.keep_attributes(elements[0])
    written = leaves.raw(trail, elements[0], path)
    return leaves.shaped(trail, elements[0], path, written, certificate_number) if written else None


_DOCUMENT_PLAN = plan(
    "ExchangedDocument",
    {
        "Name": ("titles", leaves.fillers),
        "ID": ("number", _number),
        "Description": ("descriptions", leaves.texts),
        "TypeCode": ("type_code", leaves.code_value("K1001")),
        "StatusCode": ("status_code", leaves.code_value("K4405")),
        "IssueDateTime": ("issued", leaves.first_time),
        "CopyIndicator": ("is_copy", leaves.indicator),
        "IssuerSPSParty": ("issuer", first(party)),
        "RecipientSPSParty": ("recipients", each(party)),
        "IncludedSPSNote": ("_notes", lambda trail, elements, _path: notes.document_notes(trail, elements, PATH)),
        "ReferenceSPSReferencedDocument": ("references", each(referenced)),
        "SignatorySPSAuthentication": ("signatories", each(signatory)),
    },
)


def exchanged_document(trail: Trail, element: etree._Element) -> ExchangedDocument:
    """Return the header of the certificate."""
    values = trail.record(element, _DOCUMENT_PLAN, PATH)
    if "number" not in values:
        _say_no_number(trail, element)
    for name, field in (("TypeCode", "type_code"), ("StatusCode", "status_code")):
        if field not in values:
            trail.say("READ-NO-TYPE-CODE", f"{PATH}.{field}", element=name)
            values[field] = ""
    said = values.pop("_notes", None) or notes.Notes(trail, PATH)
    return ExchangedDocument(
        declarations=notes.document_declarations(said),
        has_financial_liability_clause=notes.has_financial_clause(said),
        replacement=notes.replacement(said),
        other_notes=tuple(said.others),
        **values,
    )


def _say_no_number(trail: Trail, element: etree._Element) -> None:
    written = element.find(f"{{{RAM}}}ID")
    if written is None or not "".join(written.itertext()).strip():
        trail.say("READ-EMPTY-NUMBER", f"{PATH}.number")


def _kind(trail: Trail, document: ExchangedDocument, goods: Consignment) -> CertificateKind:
    if document.type_code != TYPE_CODES[CertificateKind.ANIMAL_HEALTH]:
        return _KINDS.get(document.type_code, CertificateKind.OTHER)
    for note in document.other_notes:
        if note.subject_code is not None and note.subject_code.value == "CERTIFICATE_KIND":
            for code in note.content_codes:
                if code.value in CertificateKind.__members__:
                    return CertificateKind(code.value)
    trail.say("CORE-KIND-GUESSED", "kind")
    is_live = any(_is_live(item_line) for one in goods.items for item_line in one.trade_line_items)
    return CertificateKind.ANIMAL_HEALTH if is_live else CertificateKind.VETERINARY_HEALTH


def _is_live(line: TradeLineItem) -> bool:
    if line.count is not None and line.count.unit in _LIVE_UNITS:
        return True
    return any(
        one.system.value == "HS" and (one.class_code or "").startswith(_LIVE_CHAPTER) for one in line.classifications
    )


def _judge_statements(trail: Trail, value: Certificate) -> None:
    """Say where statements of the other kind of phytosanitary certificate stand."""
    has_re_export = any(line.re_export is not None for line in value.lines)
    clauses = [one.id for signatory_ in value.exchanged_document.signatories for one in signatory_.attestations]
    is_odd = has_re_export if value.kind is CertificateKind.PHYTOSANITARY else any(clauses)
    if value.kind in {CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT} and is_odd:
        trail.say("READ-STATEMENT-KIND", "kind", type=value.exchanged_document.type_code)
    if value.kind is CertificateKind.PHYTOSANITARY:
        _judge_texts(trail, value)


def _judge_texts(trail: Trail, value: Certificate) -> None:
    for index, one in enumerate(value.exchanged_document.signatories):
        for clause in one.attestations:
            for text in clause.texts:
                if clause.id is not None and not is_standard(clause.id, text.value):
                    path = f"{PATH}.signatories[{index}].attestations"
                    trail.say("READ-STATEMENT-TEXT", path, text=text.value[:80])
