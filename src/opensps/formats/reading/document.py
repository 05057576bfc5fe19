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
from opensps.formats.reading.trail import Kids, Trail, local
from opensps.formats.statements import is_standard
from opensps.formats.structure import RSM

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


def exchanged_document(trail: Trail, element: etree._Element) -> ExchangedDocument:
    """Return the header of the certificate."""
    kids = trail.children(element, "ExchangedDocument")
    said = notes.document_notes(trail, kids.pop("IncludedSPSNote", ()), PATH)
    value = ExchangedDocument(
        type_code=_required_code(trail, kids, "TypeCode", "K1001", "type_code"),
        status_code=_required_code(trail, kids, "StatusCode", "K4405", "status_code"),
        number=_number(trail, kids),
        issued=leaves.first_time(trail, kids.pop("IssueDateTime", ()), f"{PATH}.issued"),
        titles=leaves.fillers(trail, kids.pop("Name", ()), f"{PATH}.titles"),
        descriptions=leaves.texts(trail, kids.pop("Description", ()), f"{PATH}.descriptions"),
        is_copy=leaves.indicator(trail, kids.pop("CopyIndicator", ()), f"{PATH}.is_copy"),
        issuer=first(trail, kids.pop("IssuerSPSParty", ()), f"{PATH}.issuer", party),
        recipients=each(trail, kids.pop("RecipientSPSParty", ()), f"{PATH}.recipients", party),
        declarations=notes.document_declarations(said),
        has_financial_liability_clause=notes.has_financial_clause(said),
        replacement=notes.replacement(said),
        references=each(trail, kids.pop("ReferenceSPSReferencedDocument", ()), f"{PATH}.references", referenced),
        signatories=each(trail, kids.pop("SignatorySPSAuthentication", ()), f"{PATH}.signatories", signatory),
        other_notes=tuple(said.others),
    )
    trail.rest(kids)
    return value


def _required_code(trail: Trail, kids: Kids, name: str, kind: str, field: str) -> str:
    found = leaves.first_code(trail, kids.pop(name, ()), f"{PATH}.{field}", kind)
    if found is None:
        trail.say("READ-NO-TYPE-CODE", f"{PATH}.{field}", element=name)
        return ""
    return found.value


def _number(trail: Trail, kids: Kids) -> CertificateNumber | None:
    for element in kids.pop("ID", ()):
        trail.keep_attributes(element)
        written = leaves.raw(trail, element, f"{PATH}.number")
        if written:
            return leaves.shaped(trail, element, f"{PATH}.number", written, certificate_number)
    trail.say("READ-EMPTY-NUMBER", f"{PATH}.number")
    return None


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
