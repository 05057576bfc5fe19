"""Good certificates for one receiver each: entry documents for TRACES and the United Kingdom, an export in INTERCOM.

On each of them the rules of its receiver find nothing. Countries are real ones where the receiver takes no others.
"""

from dataclasses import replace
from typing import Any

from opensps.certificate import (
    Area,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    ExchangedDocument,
    Identifier,
    Location,
    Note,
    Party,
    Text,
    TradeLineItem,
    profile_of,
)
from tests.factories.certificates import changed, country, phytosanitary, reexport, text
from tests.factories.kinds import health, sanitary

LINE = "consignment__items__0__trade_line_items__0__"


def note(subject: str, *, code: str | None = None, words: str | None = None, list_id: str | None = None) -> Note:
    """Return a coded note."""
    return Note(
        subject_code=Code(subject, list_id),
        content_codes=(Code(code),) if code else (),
        texts=(Text(words),) if words else (),
    )


def clause(name: str, value: str) -> Attestation:
    """Return a clause with a coded value."""
    return Attestation(id=name, code=value, scheme="ched_consignment_clause")


def customs(code: str) -> Classification:
    """Return a class of the Combined Nomenclature."""
    return Classification(Code("CN"), code, text("As the nomenclature has it"))


def _traded(name: str, number: str) -> Party:
    return Party(name=name, ids=(Identifier(number, "operator_activity_id"),))


def traces_entry(**changes: Any) -> Certificate:
    """Return an entry document for TRACES: food of animal origin."""
    value = sanitary(
        exchanged_document__type_code="636",
        exchanged_document__other_notes=(note("CHED_TYPE", code="P", list_id="ched_note_subject_code"),),
        exchanged_document__signatories__0__attestations=(
            clause("PURPOSE", "INTERNAL_MARKET"),
            clause("GOODS_CERTIFIED_AS", "HUMAN_CONSUMPTION"),
        ),
        consignment__consignor=_traded("Examplia Foods Co.", "10731"),
        consignment__consignee=_traded("Northland Traders", "88214"),
        **{f"{LINE}classifications": (customs("03044100"),)},
    )
    return changed(replace(value, kind=health().kind), **changes)


def uk_entry(**changes: Any) -> Certificate:
    """Return an entry document for the United Kingdom: plants (CHEDPP)."""
    value = phytosanitary(
        exchanged_document__type_code="636",
        exchanged_document__has_financial_liability_clause=False,
        exchanged_document__other_notes=(note("CHED_TYPE", code="CHEDPP"), note("CONFORMS_TO_EU", code="TRUE")),
        exchanged_document__signatories__0__attestations=(clause("PURPOSE", "INTERNAL_MARKET"),),
    )
    (item,) = value.consignment.items
    line = replace(
        item.trade_line_items[0],
        classifications=(customs("07032000"), Classification(Code("EPPO"), "ALLSA")),
        origins=(CountryArea(country("XA").code, areas=(Area("XA-07"),)),),
        other_notes=(note("quantity", code="BLB", words="2400"),),
        treatments=(),
    )
    items = (replace(item, trade_line_items=(line,)),)
    return changed(replace(value, kind=health().kind, consignment=replace(value.consignment, items=items)), **changes)


def intercom_export(**changes: Any) -> Certificate:
    """Return an 851 of Colombia for Peru."""
    value = phytosanitary(
        exchanged_document__number=CertificateNumber("202600417CO"),
        exchanged_document__references=(),
        consignment__export_country=country("CO"),
        consignment__import_country=country("PE"),
        consignment__transit_countries=(country("EC"),),
        consignment__point_of_entry=Location(id=Identifier("PE", "iso_3166_1"), names=text("Callao")),
        consignment__items__0__trade_line_items__0__origins=(country("CO"),),
        consignment__items__0__trade_line_items__1__origins=(country("CO"),),
    )
    return changed(value, **changes)


def intercom_reexport(**changes: Any) -> Certificate:
    """Return a 657 of Colombia for Peru; its original is attached by number."""
    value = reexport(
        exchanged_document__number=CertificateNumber("202600418CO"),
        exchanged_document__references__0__attachments=(),
        consignment__export_country=country("CO"),
        consignment__import_country=country("PE"),
        consignment__point_of_entry=Location(id=Identifier("PE", "iso_3166_1"), names=text("Callao")),
    )
    return changed(value, **changes)


def in_real_countries() -> Certificate:
    """Return an 851 whose countries the published schema knows."""
    return intercom_export(consignment__consignor__address__country=country("CO").code)


def empty(kind: CertificateKind) -> Certificate:
    """Return a certificate with one line that says nothing at all."""
    line = ConsignmentItem(trade_line_items=(TradeLineItem(sequence=1),))
    document = ExchangedDocument(type_code=profile_of(kind).type_code or "", status_code="")
    return Certificate(kind, document, Consignment(items=(line,)))
