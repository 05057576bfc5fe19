"""What a dialect carries of a certificate, told before writing; nothing is dropped silently (`domain.md` 2.5).

One walk fits the value to the dialect and says what it loses. SEVERE losses are refused by the writer, the others are
shown. The fitted value is exactly what our reader gives back for the written bytes.
"""

from opensps.certificate import (
    Acknowledgement,
    Certificate,
    CertificateKind,
    Consignment,
    ConsignmentItem,
    ExchangedDocument,
    ModelRef,
    Party,
    TransportCondition,
)
from opensps.formats.carrying.goods import fitted_totals, item
from opensps.formats.carrying.load import (
    CAPACITY_MESSAGES,
    MISSING,
    NO_PLACE,
    RESIDUE,
    Load,
    identifier,
    stripped,
    time,
)
from opensps.formats.carrying.parties import country, location, optional_party, party
from opensps.formats.carrying.statements import (
    declarations,
    document_signatory,
    notes_beside,
    permits,
    referenced,
    replacement,
    signatory,
)
from opensps.formats.carrying.transport import equipment, main_carriage
from opensps.formats.carrying.vocabulary import document_lists
from opensps.formats.coded_notes import CONDITION, KIND, kind_beside, model_as_said
from opensps.formats.dialects import DOCUMENT_SUBJECTS
from opensps.formats.dialects import dialect as row_of
from opensps.formats.kind_on_wire import kind_of
from opensps.formats.tags import DOCUMENT_TAGS
from opensps.rules import Finding, Level

__all__ = ["CAPACITY_MESSAGES", "as_carried", "capacity", "fitted", "fitted_acknowledgement"]

_TEXT_ONLY = (
    "id", "availability_due", "export_exit", "is_ship_stores", "re_export_countries", "storage_places",
    "transit_places", "place_of_loading", "consignee_receipt_place", "examination_place", "carrier", "despatch_party",
    "delivery_party", "customs_transit_agent",
)  # fmt: skip
_DOCUMENT_TEXT_ONLY = ("descriptions", "is_copy", "recipients", "other_notes")

_note = notes_beside(DOCUMENT_TAGS, DOCUMENT_SUBJECTS)


def capacity(value: Certificate, *, dialect: str = "ephyto") -> tuple[Finding, ...]:
    """Return what the dialect cannot carry of the value, before anything is written."""
    return fitted(value, dialect=dialect)[1]


def as_carried(value: Certificate, *, dialect: str = "ephyto") -> Certificate:
    """Return the value after the losses of the dialect: what reading the written bytes gives."""
    return fitted(value, dialect=dialect)[0]


def fitted(value: Certificate, *, dialect: str) -> tuple[Certificate, tuple[Finding, ...]]:
    """Return the value as carried and what is lost; raise `FormatError` for a dialect we do not write."""
    load = Load(row_of(dialect))
    goods = _consignment(load, value.consignment)
    type_code = stripped(value.exchanged_document.type_code) or ""
    kind, model = _kind(load, value, type_code, goods)
    if value.residue:
        load.say(Level.WARNING, "residue", RESIDUE, count=str(len(value.residue)))
    document = _document(load, value.exchanged_document, kind)
    return Certificate(kind, document, goods, model), tuple(load.findings)


def fitted_acknowledgement(value: Acknowledgement, *, dialect: str) -> tuple[Acknowledgement, tuple[Finding, ...]]:
    """Return an acknowledgement as carried, and what is lost of it."""
    load = Load(row_of(dialect))
    status, issued = stripped(value.status_code) or "", time(value.issued)
    references = load.each(value.references, "acknowledgement.references", referenced)
    for name, said in (("status_code", status), ("issued", issued), ("references", references)):
        if not said:
            load.say(Level.SEVERE, f"acknowledgement.{name}", MISSING)
    if value.residue:
        load.say(Level.WARNING, "residue", RESIDUE, count=str(len(value.residue)))
    return Acknowledgement(status, issued, value.reasons, references), tuple(load.findings)


def _kind(
    load: Load, value: Certificate, type_code: str, goods: Consignment
) -> tuple[CertificateKind, ModelRef | None]:
    """Return the kind the document will be read as, and the template where it says one."""
    has_note = KIND in (document_lists(load) or {}) and value.kind is not CertificateKind.OTHER
    lines = (line for one in goods.items for line in one.trade_line_items)
    noted = kind_beside(value.exchanged_document.other_notes)
    kind, _ = kind_of(type_code, value.kind if has_note else noted, lines)
    is_plants = kind in {CertificateKind.PHYTOSANITARY, CertificateKind.PHYTOSANITARY_REEXPORT}
    load.no_place("kind", kind is not value.kind or not (is_plants or load.dialect.is_coded))
    if value.model is None:
        return kind, None
    said = model_as_said(value.model) if has_note and kind is not CertificateKind.OTHER else None
    if said != value.model:
        load.say(Level.WARNING if load.dialect.is_coded else Level.SEVERE, "model", NO_PLACE)
    return kind, said


def _document(load: Load, value: ExchangedDocument, kind: CertificateKind) -> ExchangedDocument:
    path = "exchanged_document"
    for name in _DOCUMENT_TEXT_ONLY:
        load.text_only(f"{path}.{name}", getattr(value, name))
    for name in sorted(load.dialect.without):
        load.no_place(f"{path}.{name}", getattr(value, name) not in {None, ()})
    if load.dialect.is_coded:
        load.no_place(f"{path}.has_financial_liability_clause", value.has_financial_liability_clause)
    fit = document_signatory if kind is CertificateKind.PHYTOSANITARY else signatory
    type_code = stripped(value.type_code) or ""
    declared, permitted = permits(load, value.declarations, f"{path}.declarations")
    named = (*permitted, *load.each(value.references, f"{path}.references", referenced))
    replaced, references = replacement(load, value.replacement, named, type_code)
    return ExchangedDocument(
        type_code=type_code,
        status_code=stripped(value.status_code) or "",
        number=value.number,
        issued=time(value.issued),
        titles=load.filler_texts(value.titles, f"{path}.titles"),
        descriptions=value.descriptions,
        is_copy=None if "is_copy" in load.dialect.without else value.is_copy,
        issuer=optional_party(load, value.issuer, f"{path}.issuer"),
        recipients=() if "recipients" in load.dialect.without else _recipients(load, value, path),
        declarations=declarations(load, declared, f"{path}.declarations", document_lists(load)),
        has_financial_liability_clause=value.has_financial_liability_clause and not load.dialect.is_coded,
        replacement=replaced,
        references=references,
        signatories=load.each(value.signatories, f"{path}.signatories", fit),
        other_notes=load.each(value.other_notes, f"{path}.other_notes", _note),
    )


def _recipients(load: Load, value: ExchangedDocument, path: str) -> tuple[Party, ...]:
    return load.each(value.recipients, f"{path}.recipients", party)


def _consignment(load: Load, value: Consignment) -> Consignment:
    path = "consignment"
    for name in _TEXT_ONLY:
        load.text_only(f"{path}.{name}", getattr(value, name))
    items = load.each(value.items, f"{path}.items", item)
    totals = fitted_totals(load, value.totals, f"{path}.totals")
    if totals is not None:
        items = tuple(one for one in items if one != ConsignmentItem())
    return Consignment(
        id=identifier(value.id),
        availability_due=time(value.availability_due),
        export_exit=time(value.export_exit),
        is_ship_stores=value.is_ship_stores,
        consignor=party(load, value.consignor, f"{path}.consignor"),
        consignee=party(load, value.consignee, f"{path}.consignee"),
        export_country=country(load, value.export_country, f"{path}.export_country"),
        import_country=country(load, value.import_country, f"{path}.import_country"),
        re_export_countries=load.each(value.re_export_countries, f"{path}.re_export_countries", country),
        transit_countries=load.each(value.transit_countries, f"{path}.transit_countries", country),
        storage_places=load.each(value.storage_places, f"{path}.storage_places", location),
        transit_places=load.each(value.transit_places, f"{path}.transit_places", location),
        place_of_loading=location(load, value.place_of_loading, f"{path}.place_of_loading"),
        point_of_entry=location(load, value.point_of_entry, f"{path}.point_of_entry"),
        consignee_receipt_place=location(load, value.consignee_receipt_place, f"{path}.consignee_receipt_place"),
        examination_place=location(load, value.examination_place, f"{path}.examination_place"),
        carrier=optional_party(load, value.carrier, f"{path}.carrier"),
        despatch_party=optional_party(load, value.despatch_party, f"{path}.despatch_party"),
        delivery_party=optional_party(load, value.delivery_party, f"{path}.delivery_party"),
        customs_transit_agent=optional_party(load, value.customs_transit_agent, f"{path}.customs_transit_agent"),
        main_carriages=load.each(value.main_carriages, f"{path}.main_carriages", main_carriage),
        transport_equipment=load.each(value.transport_equipment, f"{path}.transport_equipment", equipment),
        transport_condition=_condition(load, value.transport_condition, f"{path}.transport_condition"),
        totals=totals,
        items=items,
    )


def _condition(load: Load, value: TransportCondition | None, path: str) -> TransportCondition | None:
    if value is None or CONDITION in (document_lists(load) or {}):
        return value
    load.no_place(path, value)
    return None
