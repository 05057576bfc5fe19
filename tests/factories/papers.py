"""Certificates of animals and food as they are printed: complete, short or very long, and one that says everything."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from opensps.certificate import (
    Address,
    AnimalGroup,
    AnimalIdentification,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Code,
    Consignment,
    ConsignmentItem,
    CountryCode,
    Declarations,
    Establishment,
    ExchangedDocument,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Package,
    Party,
    Person,
    Seal,
    Signatory,
    SignatoryRole,
    Temperature,
    Text,
    TradeLineItem,
    TransportCondition,
    TransportEquipment,
    Treatment,
    named,
)
from tests.factories.certificates import ISSUED, changed, country, hs, kilograms, text

NUMBER = CertificateNumber("XA-2026-014-0004498-3")


def both(english: str, chinese: str) -> tuple[Text, ...]:
    """Return a text in two languages."""
    return (Text(chinese, "zh"), Text(english, "en"))


def attested(prefix: str, *statements: tuple[str, str]) -> tuple[Attestation, ...]:
    """Return what the goods are certified for, then numbered statements in both languages."""
    purpose = Attestation("CERTIFIED_AS_OR_FOR", "HUMAN_CONSUMPTION", "opensps_attestation", text("Human consumption"))
    return (
        purpose,
        *(
            Attestation(f"{prefix}.{place}", None, "opensps_attestation", both(*words))
            for place, words in enumerate(statements, 1)
        ),
    )


VETERINARY = (
    (
        "The products were obtained from animals that came from an area free of notifiable diseases of the species.",
        "上述产品来自无该种动物须通报疫病地区的动物。",
    ),
    (
        "The animals passed ante-mortem and post-mortem inspection by an official veterinarian.",
        "上述动物经官方兽医宰前宰后检验合格。",
    ),
    ("The products are fit for human consumption.", "上述产品适合人类食用。"),
)
SANITARY = (
    (
        "The products were produced, processed and stored under sanitary conditions in approved establishments.",
        "上述产品在批准企业于卫生条件下生产、加工和储存。",
    ),
    ("The products are fit for human consumption.", "上述产品适合人类食用。"),
)
ANIMALS = (
    (
        "The animals were examined within 24 hours before departure and showed no sign of infectious disease.",
        "上述动物在启运前24小时内经官方兽医检查，无传染病临床症状。",
    ),
)


def document(kind: CertificateKind, type_code: str, attestations: tuple[Attestation, ...]) -> ExchangedDocument:
    """Return the head of a certificate of the service of Examplia."""
    return ExchangedDocument(
        type_code=type_code,
        status_code="70",
        number=NUMBER,
        issued=ISSUED,
        issuer=Party(
            name="Plant and Animal Health Service of Examplia",
            ids=(Identifier("XA-CA-1", "authority_id"),),
            address=Address(lines=("1 Capital Square",), city="Port Alma", country=CountryCode("XA")),
        ),
        declarations=Declarations(import_permits=("XB-IP-2026-1077",)),
        has_financial_liability_clause=True,
        signatories=(
            Signatory(
                provider=Party(
                    name="Port Alma Office",
                    ids=(Identifier("XA-014", "office_id"),),
                    person=Person("Lin Chen", (Text("Official veterinarian", "en"),)),
                ),
                role=SignatoryRole.CERTIFYING,
                authenticated=ISSUED,
                place=named("Port Alma", "en"),
                attestations=attestations,
            ),
        ),
    )


def goods(*lines: TradeLineItem) -> Consignment:
    """Return chilled or frozen goods on their way from Examplia to Northland."""
    return Consignment(
        consignor=Party(
            name="Greenfields Foods Co.",
            ids=(Identifier("XA-EXP-00731", "exporter_registration"),),
            address=Address(lines=("12 Harbour Road",), city="Port Alma", country=CountryCode("XA")),
        ),
        consignee=Party(
            name="Northland Provisions BV",
            address=Address(lines=("Quay 4",), city="Northport", country=CountryCode("XB")),
        ),
        export_country=country("XA"),
        import_country=country("XB"),
        place_of_loading=Location(id=Identifier("XAALM", "un_locode"), names=text("Port Alma")),
        point_of_entry=Location(id=Identifier("XBNTP", "un_locode"), names=text("Northport")),
        export_exit=OfficialTime.moment(datetime(2026, 11, 20, 14, 15, tzinfo=UTC), offset_minutes=480),
        main_carriages=(MainCarriage(Code("1", "un_rec19"), Identifier("Voyage 88"), Text("MV Aster")),),
        transport_equipment=(
            TransportEquipment(
                id=Identifier("ZZZU1234564", "container_number"),
                seals=(Seal("889911"),),
                temperatures=(Temperature(maximum=Measure(Decimal(-18), "CEL"), type_code=Code("2", "un_6245")),),
            ),
        ),
        transport_condition=TransportCondition.FROZEN,
        items=(ConsignmentItem(trade_line_items=lines),),
    )


def plant(number: str = "0417", name: str = "Alma Meats Ltd", activity: str = "12") -> Establishment:
    """Return an approved establishment."""
    return Establishment(Code(activity, "un_7187"), Identifier(number, "approval_number"), name, CountryCode("XA"))


def beef(sequence: int = 1) -> TradeLineItem:
    """Return a line of frozen beef."""
    return TradeLineItem(
        sequence=sequence,
        descriptions=both("Frozen boneless beef", "冻去骨牛肉"),
        scientific_names=text("Bos taurus", None),
        intended_uses=text("Human consumption"),
        batches=(Identifier(f"LOT 26-{310 + sequence}"),),
        expiries=(OfficialTime(date(2028, 5, 1)),),
        net_weight=kilograms(str(24000 + sequence)),
        gross_weight=kilograms(str(25000 + sequence)),
        classifications=(hs("020230"),),
        packages=(Package("1", Code("CT", "un_rec21"), Decimal(1200), marks=text("AM 417", None)),),
        origins=(country("XA", "Alma Valley"),),
        establishments=(plant(), plant("0533", "Alma Cold Stores", "43")),
    )


def cattle(animals: int = 2) -> TradeLineItem:
    """Return a line of live cattle, each animal with two marks."""
    return TradeLineItem(
        sequence=1,
        descriptions=both("Live bovine animals", "活牛"),
        common_names=text("Cattle"),
        scientific_names=text("Bos taurus", None),
        intended_uses=text("Breeding"),
        count=Measure(Decimal(animals), "HEA"),
        classifications=(hs("010221"),),
        origins=(country("XA", "Alma Valley"),),
        establishments=(plant("UT-Q-7", "Highland quarantine unit", "37"),),
        treatments=(
            Treatment(
                process_code=Code("ZZZ", "un_7187"),
                type_level_1=Text("Vaccination against lumpy skin disease", "en"),
                active_ingredients=(Text("Neethling strain, batch 77", "en"),),
                started=OfficialTime(date(2026, 10, 2)),
            ),
        ),
        animals=AnimalGroup(
            breed=Text("Angus", "en"),
            sex=Code("FEMALE", "opensps_sex"),
            age=Measure(Decimal(18), "MON"),
            category=Code("BREEDING", "opensps_animal_category"),
            identifications=tuple(
                AnimalIdentification(animal, Code(system, "opensps_identification_system"), f"{mark}{animal:04d}")
                for animal in range(1, animals + 1)
                for system, mark in (("EAR_TAG", "XA 0001 "), ("MICROCHIP", "90000000000"))
            ),
        ),
    )


def veterinary(lines: int = 1, **changes: Any) -> Certificate:
    """Return a veterinary (health) certificate for so many lines of beef."""
    head = document(CertificateKind.VETERINARY_HEALTH, "853", attested("II", *VETERINARY))
    consignment = goods(*(beef(place) for place in range(1, lines + 1)))
    return changed(Certificate(CertificateKind.VETERINARY_HEALTH, head, consignment), **changes)


def sanitary(lines: int = 1, kind: CertificateKind = CertificateKind.SANITARY, **changes: Any) -> Certificate:
    """Return a sanitary or health certificate for so many lines."""
    head = document(kind, "852" if kind is CertificateKind.SANITARY else "636", attested("16", *SANITARY))
    return changed(Certificate(kind, head, goods(*(beef(place) for place in range(1, lines + 1)))), **changes)


def live_animals(animals: int = 2, **changes: Any) -> Certificate:
    """Return an animal health certificate for so many cattle."""
    head = document(CertificateKind.ANIMAL_HEALTH, "853", attested("II", *ANIMALS))
    consignment = replace(goods(cattle(animals)), transport_condition=None, transport_equipment=())
    return changed(Certificate(CertificateKind.ANIMAL_HEALTH, head, consignment), **changes)
