"""What a dialect carries of a certificate, told before writing; nothing is dropped silently (`domain.md` 2.5).

One walk fits the value to the dialect and says what it loses. SEVERE losses are refused by the writer, the others are
shown. The fitted value is exactly what our reader gives back for the written bytes.
"""

from opensps.certificate import Certificate, CertificateKind, Consignment, ExchangedDocument
from opensps.formats.carrying.goods import item
from opensps.formats.carrying.load import (
    CAPACITY_MESSAGES,
    RESIDUE,
    TOTALS,
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
    referenced,
    replacement,
    signatory,
)
from opensps.formats.carrying.transport import equipment, main_carriage
from opensps.formats.errors import FormatError
from opensps.formats.tags import DOCUMENT_TAGS
from opensps.rules import Finding, Level

__all__ = ["CAPACITY_MESSAGES", "DIALECTS", "as_carried", "capacity", "fitted"]

DIALECTS = ("ephyto",)
_KINDS = {"851": CertificateKind.PHYTOSANITARY, "657": CertificateKind.PHYTOSANITARY_REEXPORT}
_TEXT_ONLY = (
    "id", "availability_due", "export_exit", "is_ship_stores", "re_export_countries", "storage_places",
    "transit_places", "place_of_loading", "consignee_receipt_place", "examination_place", "carrier", "despatch_party",
    "delivery_party", "customs_transit_agent",
)  # fmt: skip
_DOCUMENT_TEXT_ONLY = ("descriptions", "is_copy", "recipients", "other_notes")

_note = notes_beside(DOCUMENT_TAGS)


def capacity(value: Certificate, *, dialect: str = "ephyto") -> tuple[Finding, ...]:
    """Return what the dialect cannot carry of the value, before anything is written."""
    return fitted(value, dialect=dialect)[1]


def as_carried(value: Certificate, *, dialect: str = "ephyto") -> Certificate:
    """Return the value after the losses of the dialect: what reading the written bytes gives."""
    return fitted(value, dialect=dialect)[0]


def fitted(value: Certificate, *, dialect: str) -> tuple[Certificate, tuple[Finding, ...]]:
    """Return the value as carried and what is lost; raise `FormatError` for a dialect we do not write."""
    if dialect not in DIALECTS:
        raise FormatError("dialect", detail=dialect[:80])
    load = Load()
    kind = _KINDS.get(value.exchanged_document.type_code.strip(), CertificateKind.OTHER)
    load.no_place("kind", kind is CertificateKind.OTHER or kind is not value.kind)
    load.no_place("model", value.model)
    if value.residue:
        load.say(Level.WARNING, "residue", RESIDUE, count=str(len(value.residue)))
    document = _document(load, value.exchanged_document, kind)
    goods = _consignment(load, value.consignment)
    return Certificate(kind, document, goods), tuple(load.findings)


def _document(load: Load, value: ExchangedDocument, kind: CertificateKind) -> ExchangedDocument:
    path = "exchanged_document"
    for name in _DOCUMENT_TEXT_ONLY:
        load.text_only(f"{path}.{name}", getattr(value, name))
    fit = document_signatory if kind is CertificateKind.PHYTOSANITARY else signatory
    return ExchangedDocument(
        type_code=stripped(value.type_code) or "",
        status_code=stripped(value.status_code) or "",
        number=value.number,
        issued=time(value.issued),
        titles=load.filler_texts(value.titles, f"{path}.titles"),
        descriptions=value.descriptions,
        is_copy=value.is_copy,
        issuer=optional_party(load, value.issuer, f"{path}.issuer"),
        recipients=load.each(value.recipients, f"{path}.recipients", party),
        declarations=declarations(load, value.declarations, f"{path}.declarations"),
        has_financial_liability_clause=value.has_financial_liability_clause,
        replacement=replacement(value.replacement),
        references=load.each(value.references, f"{path}.references", referenced),
        signatories=load.each(value.signatories, f"{path}.signatories", fit),
        other_notes=load.each(value.other_notes, f"{path}.other_notes", _note),
    )


def _consignment(load: Load, value: Consignment) -> Consignment:
    path = "consignment"
    for name in _TEXT_ONLY:
        load.text_only(f"{path}.{name}", getattr(value, name))
    load.no_place(f"{path}.transport_condition", value.transport_condition)
    if value.totals is not None:
        load.say(Level.INFO, f"{path}.totals", TOTALS)
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
        items=load.each(value.items, f"{path}.items", item),
    )
