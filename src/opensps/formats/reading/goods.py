"""Consignment items and trade lines into values (IncludedSPSTradeLineItem)."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from opensps.certificate import (
    Classification,
    Code,
    ConsignmentItem,
    Measure,
    OfficialTime,
    Package,
    Text,
    TradeLineItem,
)
from opensps.formats.reading import leaves
from opensps.formats.reading.notes import line_declarations, line_notes, other_quantity, re_export
from opensps.formats.reading.parties import country, each, location
from opensps.formats.reading.processes import processes
from opensps.formats.reading.references import referenced, signatory
from opensps.formats.reading.trail import Kids, Trail
from opensps.formats.reading.transport import equipment
from opensps.formats.tags import SYSTEMS
from opensps.formats.units import VolumePlace, volume_place

_HS_LENGTH = 6
_SYSTEMS = {name: system for system, name in SYSTEMS.items()}


@dataclass(frozen=True, slots=True)
class _Quantities:
    net_weight: Measure | None
    gross_weight: Measure | None
    net_volume: Measure | None
    gross_volume: Measure | None
    count: Measure | None


def item(trail: Trail, element: etree._Element, path: str) -> ConsignmentItem:
    """Return a group of trade lines."""
    kids = trail.children(element, "ConsignmentItem")
    cargo = each(trail, kids.pop("NatureIdentificationSPSCargo", ()), f"{path}.cargo_types", _cargo)
    elements = kids.pop("IncludedSPSTradeLineItem", ())
    lines = [line(trail, one, f"{path}.trade_line_items[{index}]", index + 1) for index, one in enumerate(elements)]
    trail.rest(kids)
    return ConsignmentItem(tuple(lines), cargo)


def _cargo(trail: Trail, element: etree._Element, path: str) -> Code | None:
    kids = trail.children(element, "Cargo")
    value = leaves.first_code(trail, kids.pop("TypeCode", ()), path, "K7085")
    trail.rest(kids)
    return value


def line(trail: Trail, element: etree._Element, path: str, position: int) -> TradeLineItem:
    """Return one trade line; `position` counts from 1 and stands in for a number that is none."""
    kids = trail.children(element, "TradeLineItem")
    done = processes(trail, kids.pop("AppliedSPSProcess", ()), path)
    said = line_notes(trail, (*kids.pop("AdditionalInformationSPSNote", ()), *done.notes), path)
    packages = each(trail, kids.pop("PhysicalSPSPackage", ()), f"{path}.packages", package)
    package_text = leaves.texts(trail, said.contents("OPTND"), f"{path}.package_text")
    if packages and package_text:
        trail.say("READ-PACKAGES-TWICE", f"{path}.packages")
    amounts = _quantities(trail, kids, path)
    value = TradeLineItem(
        sequence=_sequence(trail, kids.pop("SequenceNumeric", ()), f"{path}.sequence", position),
        descriptions=leaves.texts(trail, kids.pop("Description", ()), f"{path}.descriptions"),
        common_names=leaves.texts(trail, kids.pop("CommonName", ()), f"{path}.common_names"),
        scientific_names=leaves.texts(trail, kids.pop("ScientificName", ()), f"{path}.scientific_names"),
        intended_uses=leaves.texts(trail, kids.pop("IntendedUse", ()), f"{path}.intended_uses"),
        batches=each(trail, kids.pop("ProductionBatchID", ()), f"{path}.batches", leaves.identifier),
        expiries=each(trail, kids.pop("ExpiryDateTime", ()), f"{path}.expiries", _expiry),
        net_weight=amounts.net_weight,
        gross_weight=amounts.gross_weight,
        net_volume=amounts.net_volume,
        gross_volume=amounts.gross_volume,
        count=amounts.count,
        other_quantity=other_quantity(said),
        declarations=line_declarations(said),
        classifications=each(
            trail, kids.pop("ApplicableSPSClassification", ()), f"{path}.classifications", classification
        ),
        packages=packages,
        package_text=package_text,
        transport_equipment=each(
            trail, kids.pop("AssociatedSPSTransportEquipment", ()), f"{path}.transport_equipment", equipment
        ),
        origins=each(trail, kids.pop("OriginSPSCountry", ()), f"{path}.origins", country),
        origin_places=each(trail, kids.pop("OriginSPSLocation", ()), f"{path}.origin_places", location),
        treatments=tuple(done.treatments),
        processes=tuple(done.others),
        re_export=re_export(said),
        signatories=each(trail, kids.pop("AssertedSPSAuthentication", ()), f"{path}.signatories", signatory),
        references=each(trail, kids.pop("ReferenceSPSReferencedDocument", ()), f"{path}.references", referenced),
        other_notes=tuple(said.others),
    )
    trail.rest(kids)
    return value


def _expiry(trail: Trail, element: etree._Element, path: str) -> OfficialTime | None:
    return leaves.time(trail, element, path)


def _sequence(trail: Trail, elements: Iterable[etree._Element], path: str, position: int) -> int:
    for element in elements:
        number = leaves.decimal(trail, element, path)
        if number is not None:
            trail.keep_attributes(element)
            if number == number.to_integral_value():
                return int(number)
            trail.not_converted(element, path)
    return position


def _quantities(trail: Trail, kids: Kids, path: str) -> _Quantities:
    net = kids.pop("NetVolumeMeasure", [])
    gross = kids.pop("GrossVolumeMeasure", [])
    net_volume, count = _volume(trail, net, f"{path}.net_volume")
    gross_volume, gross_count = _volume(trail, gross, f"{path}.gross_volume")
    if gross_count is not None:
        trail.keep(gross[0])
    return _Quantities(
        net_weight=leaves.measure(trail, kids.pop("NetWeightMeasure", ()), f"{path}.net_weight"),
        gross_weight=leaves.measure(trail, kids.pop("GrossWeightMeasure", ()), f"{path}.gross_weight"),
        net_volume=net_volume,
        gross_volume=gross_volume,
        count=count,
    )


def _volume(trail: Trail, elements: list[etree._Element], path: str) -> tuple[Measure | None, Measure | None]:
    """Return a volume, or the count that came as one; a measure of another dimension goes to the residue."""
    value = leaves.measure(trail, elements, path)
    if value is None:
        return None, None
    place = volume_place(value.unit)
    if place is VolumePlace.VOLUME:
        return value, None
    trail.say("READ-COUNT-IN-VOLUME", path, unit=value.unit or "")
    if place is VolumePlace.COUNT:
        return None, value
    trail.keep(elements[0])
    return None, None


def classification(trail: Trail, element: etree._Element, path: str) -> Classification | None:
    """Return a classification; its system is named by SystemID, or by a SystemName of the dialect."""
    kids = trail.children(element, "Classification")
    own_ids = kids.pop("SystemID", [])
    own_id = leaves.first_identifier(trail, own_ids, f"{path}.system")
    if own_id is not None:
        trail.keep_attributes(own_ids[0], "schemeID")
    names = leaves.texts(trail, kids.pop("SystemName", ()), f"{path}.system")
    system = _system(own_id.value if own_id else None, own_id.scheme if own_id else None, names)
    code = leaves.token(trail, kids.pop("ClassCode", ()), f"{path}.class_code")
    class_names = leaves.fillers(trail, kids.pop("ClassName", ()), f"{path}.class_names")
    trail.rest(kids)
    if system is None:
        trail.not_converted(element, path)
        return None
    return _judged(trail, Classification(system, code, class_names), path)


def _system(own_id: str | None, scheme: str | None, names: tuple[Text, ...]) -> Code | None:
    name = names[0].value if names else None
    if own_id is not None:
        return Code(own_id, scheme, name)
    return Code(_SYSTEMS.get(name, name)) if name is not None else None


def _judged(trail: Trail, value: Classification, path: str) -> Classification | None:
    if value.system.value != "HS":
        return value
    if value.class_code is None:
        trail.say("READ-HS-EMPTY", path)
        return None
    if len(value.class_code) != _HS_LENGTH:
        trail.say("READ-HS-LENGTH", f"{path}.class_code", code=value.class_code)
    return value


def package(trail: Trail, element: etree._Element, path: str) -> Package | None:
    """Return packages of one type; without type or number they go to the residue."""
    kids = trail.children(element, "Package")
    type_code = leaves.first_code(trail, kids.pop("TypeCode", ()), f"{path}.type_code", "Krec21")
    numbers = kids.pop("ItemQuantity", ())
    count = next((leaves.decimal(trail, one, f"{path}.count") for one in numbers), None)
    if type_code is None or count is None:
        trail.not_converted(element, path)
        return None
    for one in numbers:
        trail.keep_attributes(one)
    value = Package(
        level=leaves.token(trail, kids.pop("LevelCode", ()), f"{path}.level") or "0",
        type_code=type_code,
        count=count,
        gross_weight=leaves.measure(trail, kids.pop("NominalGrossWeightMeasure", ()), f"{path}.gross_weight"),
        gross_volume=leaves.measure(trail, kids.pop("NominalGrossVolumeMeasure", ()), f"{path}.gross_volume"),
        marks=tuple(
            text
            for group in each(trail, kids.pop("PhysicalSPSShippingMarks", ()), f"{path}.marks", _marks)
            for text in group
        ),
    )
    trail.rest(kids)
    return value


def _marks(trail: Trail, element: etree._Element, path: str) -> tuple[Text, ...]:
    kids = trail.children(element, "ShippingMarks")
    marks = leaves.texts(trail, kids.pop("Marking", ()), path)
    trail.rest(kids)
    return marks
