"""Good certificates of animals and food, between the fictional countries of `certificates`.

`veterinary()`, `animals()`, `sanitary()` and `health()` return complete values on which no rule finds anything; changes
are given by path, as there.
"""

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
    Establishment,
    ExchangedDocument,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
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
    named,
    profile_of,
)
from tests.factories.certificates import ISSUED, boxes, changed, country, hs, kilograms, text

ANIMAL_NUMBER = CertificateNumber("XA-2026-021-0000117-1")
LEAVES = OfficialTime.moment(datetime(2026, 11, 19, 6, 0, tzinfo=UTC), offset_minutes=480)
ARRIVES = OfficialTime.moment(datetime(2026, 11, 28, 6, 0, tzinfo=UTC), offset_minutes=480)
EXPIRY = OfficialTime(date(2027, 5, 1))


def _attestation(number: str, words: str) -> Attestation:
    return Attestation(id=number, scheme="opensps_attestation", texts=text(words))


def official(*attestations: Attestation) -> Signatory:
    """Return the signature block of an official of the veterinary or food authority."""
    return Signatory(
        provider=Party(
            name="Port City Office",
            ids=(Identifier("021", "office_id"),),
            role=Code("AM", "un_3035"),
            person=Person("Mei Ling Chen", text("Official Veterinarian")),
        ),
        role=SignatoryRole.CERTIFYING,
        authenticated=ISSUED,
        place=named("Port City", "en"),
        attestations=attestations,
    )


def _document(kind: CertificateKind, *attestations: Attestation) -> ExchangedDocument:
    profile = profile_of(kind)
    return ExchangedDocument(
        type_code=profile.type_code or "",
        status_code="70",
        number=ANIMAL_NUMBER,
        issued=ISSUED,
        titles=text(profile.titles[0]),
        issuer=Party(
            name="Veterinary and Food Authority of Examplia",
            ids=(Identifier("XA-VFA", "authority_id"),),
            role=Code("RA", "un_3035"),
        ),
        signatories=(official(*attestations),),
    )


def plant(name: str, number: str, activity: str = "37") -> Establishment:
    """Return an approved establishment of Examplia."""
    return Establishment(
        activity=Code(activity, "un_7187"),
        approval_number=Identifier(number, "approval_number"),
        name=name,
        country=CountryCode("XA"),
        role=Code("ZZZ", "un_3035"),
    )


def reefer(lowest: str) -> TransportEquipment:
    """Return a sealed refrigerated container."""
    return TransportEquipment(
        id=Identifier("ZZZU7654321", "container_number"),
        seals=(Seal("XA-S-20417"),),
        temperatures=(Temperature(minimum=Measure(Decimal(lowest), "CEL"), type_code=Code("2", "un_6245")),),
    )


def _consignment(*lines: TradeLineItem, condition: TransportCondition | None) -> Consignment:
    return Consignment(
        export_exit=LEAVES,
        availability_due=ARRIVES,
        consignor=Party(
            name="Examplia Foods Co.", address=Address(lines=("5 Quay Road", "Port City"), country=CountryCode("XA"))
        ),
        consignee=Party(
            name="Northland Traders", address=Address(lines=("9 Market Place", "Port North"), country=CountryCode("XB"))
        ),
        export_country=country("XA"),
        import_country=country("XB"),
        place_of_loading=Location(id=Identifier("XAPCY", "un_locode"), names=text("Port City")),
        point_of_entry=Location(id=Identifier("XBPNO", "un_locode"), names=text("Port North")),
        main_carriages=(MainCarriage(Code("1", "un_rec19"), Identifier("Voyage 31"), Text("MV Example")),),
        transport_equipment=(reefer("-18"),) if condition else (),
        transport_condition=condition,
        items=(ConsignmentItem(trade_line_items=lines),),
    )


def _whole(kind: CertificateKind, document: ExchangedDocument, goods: Consignment, changes: Any) -> Certificate:
    return changed(Certificate(kind, document, goods), **changes)


def veterinary(**changes: Any) -> Certificate:
    """Return a complete veterinary (health) certificate (853): frozen beef."""
    line = TradeLineItem(
        sequence=1,
        descriptions=text("Frozen boneless beef"),
        scientific_names=text("Bos taurus", None),
        intended_uses=text("Human consumption"),
        batches=(Identifier("L-2026-311"),),
        net_weight=kilograms("18000"),
        gross_weight=kilograms("18900"),
        classifications=(hs("020230"),),
        packages=(boxes("900"),),
        origins=(country("XA"),),
        establishments=(plant("Green Valley Slaughterhouse", "XA-M-104", "12"),),
    )
    kind = CertificateKind.VETERINARY_HEALTH
    document = _document(
        kind, _attestation("II.1", "The products come from animals of an area without restrictions for their health.")
    )
    return _whole(kind, document, _consignment(line, condition=TransportCondition.FROZEN), changes)


def animals(**changes: Any) -> Certificate:
    """Return a complete animal health certificate (853): two heifers, each with an ear tag."""
    line = TradeLineItem(
        sequence=1,
        descriptions=text("Breeding heifers"),
        scientific_names=text("Bos taurus", None),
        count=Measure(Decimal(2), "HEA"),
        classifications=(hs("010221"),),
        origins=(country("XA", "Zone 3"),),
        animals=AnimalGroup(
            breed=Text("Holstein", "en"),
            sex=Code("FEMALE", "opensps_sex"),
            age=Measure(Decimal(18), "MON"),
            category=Code("BREEDING", "opensps_animal_category"),
            identifications=tuple(
                AnimalIdentification(number, Code("EAR_TAG", "opensps_identification_system"), f"XA 0001 000{number}")
                for number in (1, 2)
            ),
        ),
    )
    kind = CertificateKind.ANIMAL_HEALTH
    document = _document(
        kind,
        _attestation("II.1", "The animals showed no sign of disease on the day of examination."),
    )
    return _whole(kind, document, _consignment(line, condition=None), changes)


def _food(kind: CertificateKind, line: TradeLineItem, changes: Any) -> Certificate:
    document = _document(kind, _attestation("16.1", "The food comes from establishments under official control."))
    return _whole(kind, document, _consignment(line, condition=TransportCondition.CHILLED), changes)


def sanitary(**changes: Any) -> Certificate:
    """Return a complete sanitary certificate (852): chilled fish."""
    line = TradeLineItem(
        sequence=1,
        descriptions=text("Chilled salmon fillets"),
        scientific_names=text("Salmo salar", None),
        intended_uses=text("Human consumption"),
        batches=(Identifier("B-77"),),
        expiries=(EXPIRY,),
        net_weight=kilograms("2400"),
        classifications=(hs("030441"),),
        packages=(boxes("240"),),
        origins=(country("XA"),),
        establishments=(plant("Blue Bay Fish Plant", "XA-F-31"),),
    )
    return _food(CertificateKind.SANITARY, line, changes)


def health(**changes: Any) -> Certificate:
    """Return a complete health certificate (636): milk, by volume."""
    line = TradeLineItem(
        sequence=1,
        descriptions=text("Pasteurised milk"),
        net_volume=Measure(Decimal(9000), "LTR"),
        classifications=(hs("040120"),),
        package_text=text("9000 cartons of one litre"),
        origins=(country("XA"),),
    )
    return _food(CertificateKind.HEALTH, line, changes)
