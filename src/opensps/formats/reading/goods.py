"""Consignment items and trade lines into values (IncludedSPSTradeLineItem)."""

from decimal import Decimal

from lxml import etree

from opensps.certificate import (
    Classification,
    Code,
    ConsignmentItem,
    Measure,
    Package,
    Texts,
    TradeLineItem,
)
from opensps.formats.reading import leaves
from opensps.formats.reading.notes import line_declarations, line_notes, other_quantity, re_export
from opensps.formats.reading.parties import country, each, flat, location
from opensps.formats.reading.processes import processes
from opensps.formats.reading.references import referenced, signatory
from opensps.formats.reading.trail import Elements, Trail, plan
from opensps.formats.reading.transport import equipment
from opensps.formats.tags import SYSTEMS
from opensps.formats.units import VolumePlace, volume_place

_HS_LENGTH = 6
_SYSTEMS = {name: system for system, name in SYSTEMS.items()}


_CARGO = plan("Cargo", {"TypeCode": ("code", leaves.first_code("K7085"))})


def _cargo(trail: Trail, element: etree._Element, path: str) -> Code | None:
    return trail.record(element, _CARGO, path).get("code")


def _sequence(trail: Trail, elements: Elements, path: str) -> int | None:
    number = leaves.decimal(trail, elements[0], path)
    if number is None:
        return None
    trail.keep_attributes(elements[0])
    if number == number.to_integral_value():
        return int(number)
    trail.not_converted(elements[0], path)
    return None


def _net_volume(trail: Trail, elements: Elements, path: str) -> tuple[str, Measure] | None:
    """Return a net volume, or the count that came as one, with its field."""
    value = _volume(trail, elements, path)
    if value is None:
        return None
    return ("count" if volume_place(value.unit) is VolumePlace.COUNT else "net_volume"), value


def _gross_volume(trail: Trail, elements: Elements, path: str) -> Measure | None:
    value = _volume(trail, elements, path)
    if value is None or volume_place(value.unit) is VolumePlace.VOLUME:
        return value
    trail.keep(elements[0])
    return None


def _volume(trail: Trail, elements: Elements, path: str) -> Measure | None:
    """Return a volume or count; a measure of another dimension goes to the residue."""
    value = leaves.measure(trail, elements, path)
    if value is None:
        return None
    place = volume_place(value.unit)
    if place is not VolumePlace.VOLUME:
        trail.say("READ-COUNT-IN-VOLUME", path, unit=value.unit or "")
    if place is VolumePlace.NOWHERE:
        trail.keep(elements[0])
        return None
    return value


_CLASSIFICATION = plan(
    "Classification",
    {
        "SystemID": ("_system", leaves.identifier_of_scheme),
        "SystemName": ("_system_name", leaves.first_text),
        "ClassCode": ("class_code", leaves.token),
        "ClassName": ("class_names", leaves.fillers),
    },
)


def _classification(trail: Trail, element: etree._Element, path: str) -> Classification | None:
    """Return a classification; its system is named by SystemID, or by a SystemName of the dialect."""
    values = trail.record(element, _CLASSIFICATION, path)
    own, name = values.pop("_system", None), values.pop("_system_name", None)
    if own is not None:
        values["system"] = Code(own.value, own.scheme, name.value if name else None)
    elif name is not None:
        values["system"] = Code(_SYSTEMS.get(name.value, name.value))
    else:
        trail.not_converted(element, path)
        return None
    return _judged(trail, Classification(**values), path)


def _judged(trail: Trail, value: Classification, path: str) -> Classification | None:
    if value.system.value != "HS":
        return value
    if value.class_code is None:
        trail.say("READ-HS-EMPTY", path)
        return None
    if len(value.class_code) != _HS_LENGTH:
        trail.say("READ-HS-LENGTH", f"{path}.class_code", code=value.class_code)
    return value


def _package_count(trail: Trail, elements: Elements, path: str) -> Decimal | None:
    trail.keep_attributes(elements[0])
    return leaves.decimal(trail, elements[0], path)


_MARKS = plan("ShippingMarks", {"Marking": ("marks", leaves.texts)})


def _marks(trail: Trail, element: etree._Element, path: str) -> Texts:
    marks: Texts = trail.record(element, _MARKS, path).get("marks", ())
    return marks


_PACKAGE = plan(
    "Package",
    {
        "LevelCode": ("level", leaves.token),
        "TypeCode": ("type_code", leaves.first_code("Krec21")),
        "ItemQuantity": ("count", _package_count),
        "NominalGrossWeightMeasure": ("gross_weight", leaves.measure),
        "NominalGrossVolumeMeasure": ("gross_volume", leaves.measure),
        "PhysicalSPSShippingMarks": ("marks", flat(_marks)),
    },
)


def _package(trail: Trail, element: etree._Element, path: str) -> Package | None:
    """Return packages of one type; without type or number they go to the residue."""
    values = trail.record(element, _PACKAGE, path)
    if "type_code" not in values or "count" not in values:
        trail.not_converted(element, path)
        return None
    return Package(**({"level": "0"} | values))


_LINE = plan(
    "TradeLineItem",
    {
        "SequenceNumeric": ("sequence", _sequence),
        "Description": ("descriptions", leaves.texts),
        "CommonName": ("common_names", leaves.texts),
        "ScientificName": ("scientific_names", leaves.texts),
        "ProductionBatchID": ("batches", each(leaves.identifier)),
        "IntendedUse": ("intended_uses", leaves.texts),
        "ExpiryDateTime": ("expiries", each(leaves.time)),
        "NetWeightMeasure": ("net_weight", leaves.measure),
        "GrossWeightMeasure": ("gross_weight", leaves.measure),
        "NetVolumeMeasure": ("_net_volume", _net_volume),
        "GrossVolumeMeasure": ("gross_volume", _gross_volume),
        "AdditionalInformationSPSNote": ("_notes", leaves.untouched),
        "ApplicableSPSClassification": ("classifications", each(_classification)),
        "PhysicalSPSPackage": ("packages", each(_package)),
        "AssociatedSPSTransportEquipment": ("transport_equipment", each(equipment)),
        "OriginSPSCountry": ("origins", each(country)),
        "OriginSPSLocation": ("origin_places", each(location)),
        "AppliedSPSProcess": ("_processes", leaves.untouched),
        "AssertedSPSAuthentication": ("signatories", each(signatory)),
        "ReferenceSPSReferencedDocument": ("references", each(referenced)),
    },
)


def _line(trail: Trail, element: etree._Element, path: str, position: int) -> TradeLineItem:
    """Return one trade line; `position` counts from 1 and stands in for a number that is none."""
    values = trail.record(element, _LINE, path)
    done = processes(trail, values.pop("_processes", ()), path)
    said = line_notes(trail, (*values.pop("_notes", ()), *done.notes), path)
    values.setdefault("sequence", position)
    field, amount = values.pop("_net_volume", ("count", None))
    values[field] = amount
    package_text = leaves.texts(trail, said.contents("OPTND"), f"{path}.package_text")
    if package_text and "packages" in values:
        trail.say("READ-PACKAGES-TWICE", f"{path}.packages")
    return TradeLineItem(
        other_quantity=other_quantity(said),
        declarations=line_declarations(said),
        package_text=package_text,
        treatments=tuple(done.treatments),
        processes=tuple(done.others),
        re_export=re_export(said),
        other_notes=tuple(said.others),
        **values,
    )


def _lines(trail: Trail, elements: Elements, path: str) -> tuple[TradeLineItem, ...]:
    return tuple([_line(trail, one, f"{path}[{index}]", index + 1) for index, one in enumerate(elements)])


_ITEM = plan(
    "ConsignmentItem",
    {
        "NatureIdentificationSPSCargo": ("cargo_types", each(_cargo)),
        "IncludedSPSTradeLineItem": ("trade_line_items", _lines),
    },
)


def item(trail: Trail, element: etree._Element, path: str) -> ConsignmentItem:
    """Return a group of trade lines."""
    return ConsignmentItem(**trail.record(element, _ITEM, path))
