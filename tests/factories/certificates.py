"""Good certificates of fictional traders between Examplia (XA), Northland (XB) and Westmark (XC).

`phytosanitary()` and `reexport()` return complete values on which no rule finds anything. Changes are given by the
path of a field, with `__` between the steps and a number for a place in a tuple:

    phytosanitary(consignment__items__0__trade_line_items__1__net_weight=None)
"""

from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar, cast

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    Area,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Declarations,
    ExchangedDocument,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    OtherQuantity,
    Package,
    Party,
    Person,
    ReExportStatement,
    ReferencedDocument,
    Seal,
    Signatory,
    SignatoryRole,
    Text,
    TradeLineItem,
    TransportEquipment,
    Treatment,
    named,
)

_V = TypeVar("_V")

ISSUED_AT = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
ISSUED = OfficialTime.moment(ISSUED_AT, offset_minutes=480)
NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""Half an hour after the issue: the moment tests judge at."""

NUMBER = CertificateNumber("XA-2026-014-0004512-0")
REEXPORT_NUMBER = CertificateNumber("XA-2026-014-0004513-6")
ORIGINAL_NUMBER = CertificateNumber("XB/PC/2026/00917")
SMALL_PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def text(value: str, language: str | None = "en") -> tuple[Text, ...]:
    """Return one text as the value model wants it."""
    return (Text(value, language),)


def kilograms(value: str) -> Measure:
    """Return a weight."""
    return Measure(Decimal(value), "KGM")


def hs(code: str) -> Classification:
    """Return a customs classification."""
    return Classification(Code("HS"), class_code=code)


def ippc(system: str, name: str) -> Classification:
    """Return a classification of the IPPC: IPPC_PLANT_PART or IPPC_CONDITION."""
    return Classification(Code(system), class_names=text(name))


def country(code: str, area: str | None = None) -> CountryArea:
    """Return a country, with one area in it if named."""
    areas = (Area(names=text(area)),) if area else ()
    return CountryArea(code=CountryCode(code), areas=areas)


def boxes(count: str, type_code: str = "CT") -> Package:
    """Return packages on the outermost level."""
    return Package(level="1", type_code=Code(type_code, "un_rec21"), count=Decimal(count))


def cold_treatment() -> Treatment:
    """Return a treatment with every fact told twice, in fields and in words."""
    return Treatment(
        process_code=Code("ZZZ", "un_7187"),
        type_level_1=Code("CHT"),
        type_level_2=Code("FG"),
        active_ingredients=(Text("Methyl bromide"),),
        started=OfficialTime.moment(datetime(2026, 11, 15, 1, 0, tzinfo=UTC), offset_minutes=480),
        ended=OfficialTime.moment(datetime(2026, 11, 16, 1, 0, tzinfo=UTC), offset_minutes=480),
        duration=Measure(Decimal(24), "HUR"),
        temperature=Measure(Decimal(21), "CEL"),
        concentration=Measure(Decimal(48), "A93"),
        additional_information=text("Under gas-tight sheets"),
        full_text=text("Fumigation with methyl bromide, 48 g/m³, 24 h at 21 °C, 15 November 2026"),
    )


def garlic() -> TradeLineItem:
    """Return line 1: treated, in coded packages."""
    return TradeLineItem(
        sequence=1,
        descriptions=text("Fresh garlic"),
        common_names=text("Garlic"),
        scientific_names=text("Allium sativum", None),
        intended_uses=text("Consumption"),
        net_weight=kilograms("24000"),
        gross_weight=kilograms("25200.5"),
        declarations=Declarations(distinguishing_marks=text("LOT 8888", None)),
        classifications=(hs("070320"), ippc("IPPC_PLANT_PART", "Bulbs"), ippc("IPPC_CONDITION", "Fresh")),
        packages=(boxes("2400"),),
        origins=(country("XA", "River Province"),),
        treatments=(cold_treatment(),),
    )


def ginger() -> TradeLineItem:
    """Return line 2: untreated, packages in words, a quantity in words beside the weight."""
    return TradeLineItem(
        sequence=2,
        descriptions=text("Fresh ginger"),
        scientific_names=text("Zingiber officinale", None),
        intended_uses=text("Consumption"),
        net_weight=kilograms("500"),
        other_quantity=OtherQuantity(Decimal(50), "crates"),
        declarations=Declarations(
            additional=(AdditionalDeclaration(Text("Free from Meloidogyne enterolobii", "en")),),
            inspections=(OfficialTime(date(2026, 11, 16)),),
        ),
        classifications=(hs("091011"),),
        package_text=text("50 crates on 2 pallets"),
        origins=(country("XA"),),
    )


def consignment(*lines: TradeLineItem) -> Consignment:
    """Return the goods on their way from Examplia to Northland."""
    return Consignment(
        consignor=Party(
            name="Green Valley Export Co.",
            ids=(Identifier("XA-EXP-00731", "exporter_registration"),),
            address=Address(lines=("1 Orchard Road", "Greenville"), country=CountryCode("XA")),
        ),
        consignee=Party(name="Northland Foods", address=Address(lines=("2 Harbour Street", "Port North"))),
        export_country=country("XA"),
        import_country=country("XB"),
        transit_countries=(country("XC"),),
        point_of_entry=Location(id=Identifier("XBPNO", "un_locode"), names=text("Port North")),
        main_carriages=(MainCarriage(Code("1", "un_rec19"), Identifier("Voyage 18"), Text("MV Example")),),
        transport_equipment=(TransportEquipment(id=Identifier("ZZZU1234564"), seals=(Seal("G2382564"),)),),
        items=(ConsignmentItem(trade_line_items=lines),),
    )


def signatory(*attestations: Attestation) -> Signatory:
    """Return the certifying officer's signature block."""
    return Signatory(
        provider=Party(person=Person("Lin Chen")),
        role=SignatoryRole.CERTIFYING,
        authenticated=ISSUED,
        place=named("Port City", "en"),
        attestations=attestations,
    )


def laboratory_report() -> ReferencedDocument:
    """Return an attached file."""
    return ReferencedDocument(
        relationship=Code("ZZZ", "un_1153"),
        id="LAB-2026-0917",
        issued=OfficialTime(date(2026, 11, 16)),
        information=Text("Laboratory report", "en"),
        attachments=(pdf("report.pdf"),),
    )


def original_certificate() -> ReferencedDocument:
    """Return the certificate the goods came in with, attached to a re-export."""
    return ReferencedDocument(
        relationship=Code("AWR", "un_1153"),
        id=ORIGINAL_NUMBER,
        issued=OfficialTime(date(2026, 10, 2)),
        information=Text("Original phytosanitary certificate", "en"),
        attachments=(pdf("original.pdf"),),
    )


def pdf(filename: str) -> Attachment:
    """Return a small PDF file."""
    return Attachment(filename, "application/pdf", SMALL_PDF, sha256=sha256(SMALL_PDF).digest())


def phytosanitary(**changes: Any) -> Certificate:
    """Return a complete phytosanitary certificate (851), with changes by path."""
    document = ExchangedDocument(
        type_code="851",
        status_code="70",
        number=NUMBER,
        issued=ISSUED,
        issuer=Party(name="Plant and Animal Health Service of Examplia"),
        declarations=Declarations(
            additional=(
                AdditionalDeclaration(Text("Ditylenchus dipsaci is absent from the place of production", "en")),
            ),
            official_information=text("Laboratory tested"),
            import_permits=("XB-IP-2026-948",),
            inspections=(OfficialTime(date(2026, 11, 16)),),
        ),
        has_financial_liability_clause=True,
        references=(laboratory_report(),),
        signatories=(signatory(Attestation(id="1"), Attestation(id="2")),),
    )
    whole = Certificate(CertificateKind.PHYTOSANITARY, document, consignment(garlic(), ginger()))
    return changed(whole, **changes)


def reexport(**changes: Any) -> Certificate:
    """Return a complete certificate for re-export (657): Northland's soybeans, from Examplia to Westmark."""
    document = ExchangedDocument(
        type_code="657",
        status_code="70",
        number=REEXPORT_NUMBER,
        issued=ISSUED,
        issuer=Party(name="Plant and Animal Health Service of Examplia"),
        references=(original_certificate(),),
        signatories=(signatory(),),
    )
    line = TradeLineItem(
        sequence=1,
        descriptions=text("Soybeans"),
        scientific_names=text("Glycine max", None),
        intended_uses=text("Processing"),
        net_weight=kilograms("5000"),
        classifications=(hs("120190"),),
        packages=(boxes("100", "BG"),),
        origins=(country("XB"),),
        re_export=ReExportStatement(
            origin_countries=(CountryCode("XB"),),
            original_numbers=(ORIGINAL_NUMBER,),
            is_original=True,
            is_packed=True,
            in_original_containers=True,
            based_on_original=True,
        ),
    )
    goods = replace(
        consignment(line),
        import_country=country("XC"),
        transit_countries=(),
        point_of_entry=Location(id=Identifier("XCWMK", "un_locode"), names=text("Westmark Harbour")),
    )
    return changed(Certificate(CertificateKind.PHYTOSANITARY_REEXPORT, document, goods), **changes)


def changed(value: _V, **changes: Any) -> _V:
    """Return the value with each field named by its path replaced; see the module's own words."""
    for path, new in changes.items():
        value = cast("_V", _put(value, path.split("__"), new))
    return value


def _put(value: Any, steps: list[str], new: Any) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if isinstance(value, tuple):
        place = int(step)
        return (*value[:place], _put(value[place], rest, new), *value[place + 1 :])
    if not is_dataclass(value):
        message = f"{step} of {value!r}"
        raise TypeError(message)
    return replace(value, **{step: _put(getattr(value, step), rest, new)})  # type: ignore[type-var]  # a dataclass instance, as just checked
