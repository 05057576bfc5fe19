"""Consignment items and trade lines into values (IncludedSPSTradeLineItem); the line of totals apart."""

from decimal import Decimal
from typing import Any

from lxml import etree

from opensps.certificate import (
    Classification,
    Code,
    ConsignmentItem,
    Measure,
    Package,
    Text,
    Totals,
    TradeLineItem,
)
from opensps.formats.coded_notes import PACKAGES, QUANTITY
from opensps.formats.dialects import SYSTEM_NAMES
from opensps.formats.reading import leaves
from opensps.formats.reading.notes import Notes, declarations, line_notes, other_quantity, re_export
from opensps.formats.reading.parties import country, location
from opensps.formats.reading.processes import processes
from opensps.formats.reading.references import referenced, signatory
from opensps.formats.reading.trail import Path, Trail, local, plan
from opensps.formats.reading.transport import equipment
from opensps.formats.structure import RAM
from opensps.formats.summary import TOTALS_WORDS, is_totals_words
from opensps.formats.tags import SYSTEMS
from opensps.formats.units import VolumePlace, volume_place

_HS_LENGTH = 6
_SYSTEMS = {name: system for system, name in SYSTEMS.items()}


_CARGO = plan("Cargo", {"TypeCode": ("code", leaves.code_of("K7085"))})


def _cargo(trail: Trail, element: etree._Element, path: Path) -> Code | None:
    return trail.record(element, _CARGO, path).get("code")


def _sequence(trail: Trail, element: etree._Element, path: Path) -> int | None:
    number = leaves.decimal(trail, element, path)
    if number is None:
        return None
    if element.keys():
        trail.keep_attributes(element)
    if number == number.to_integral_value():
        return int(number)
    trail.not_converted(element, path)
    return None


def _net_volume(trail: Trail, element: etree._Element, path: Path) -> tuple[str, Measure] | None:
    """Return a net volume, or the count that came as one, with its field."""
    value = _volume(trail, element, path)
    if value is None:
        return None
    return ("count" if volume_place(value.unit) is VolumePlace.COUNT else "net_volume"), value


def _gross_volume(trail: Trail, element: etree._Element, path: Path) -> Measure | None:
    value = _volume(trail, element, path)
    if value is None or volume_place(value.unit) is VolumePlace.VOLUME:
        return value
    trail.keep(element)
    return None


def _volume(trail: Trail, element: etree._Element, path: Path) -> Measure | None:
    """Return a volume or count; a measure of another dimension goes to the residue."""
    value = leaves.measure(trail, element, path)
    if value is None:
        return None
    place = volume_place(value.unit)
    if place is not VolumePlace.VOLUME:
        trail.say("READ-COUNT-IN-VOLUME", path, unit=value.unit or "")
    if place is VolumePlace.NOWHERE:
        trail.keep(element)
        return None
    return value


_CLASSIFICATION = plan(
    "Classification",
    {
        "SystemID": ("_system", leaves.identifier_of_scheme),
        "SystemName": ("_system_name", leaves.text),
        "ClassCode": ("class_code", leaves.token),
        "ClassName": ("class_names", leaves.filler),
    },
)


def _classification(trail: Trail, element: etree._Element, path: Path) -> Classification | None:
    """Return a classification; its system is named by SystemID, or by a SystemName of the dialect."""
    values = trail.record(element, _CLASSIFICATION, path)
    own, names = values.pop("_system", None), values.pop("_system_name", ())
    if own is not None:
        system = SYSTEM_NAMES.get(own.value, own.value)
        values["system"] = Code(system, own.scheme, names[0].value if names else None)
    elif names:
        values["system"] = Code(_SYSTEMS.get(names[0].value, names[0].value))
    else:
        trail.not_converted(element, path)
        return None
    return _judged(trail, Classification(**values), path)


def _judged(trail: Trail, value: Classification, path: Path) -> Classification | None:
    if value.system.value != "HS":
        return value
    if value.class_code is None:
        trail.say("READ-HS-EMPTY", path)
        return None
    if len(value.class_code) != _HS_LENGTH:
        trail.say("READ-HS-LENGTH", (path, ".class_code"), code=value.class_code)
    return value


def _package_count(trail: Trail, element: etree._Element, path: Path) -> Decimal | None:
    if element.keys():
        trail.keep_attributes(element)
    return leaves.decimal(trail, element, path)


_MARKS = plan("ShippingMarks", {"Marking": ("marks", leaves.text)})


def _marks(trail: Trail, element: etree._Element, path: Path) -> Text | None:
    return trail.record(element, _MARKS, path).get("marks")


_PACKAGE = plan(
    "Package",
    {
        "LevelCode": ("level", leaves.token),
        "TypeCode": ("type_code", leaves.code_of("Krec21")),
        "ItemQuantity": ("count", _package_count),
        "NominalGrossWeightMeasure": ("gross_weight", leaves.measure),
        "NominalGrossVolumeMeasure": ("gross_volume", leaves.measure),
        "PhysicalSPSShippingMarks": ("marks", _marks),
    },
)


def _package(trail: Trail, element: etree._Element, path: Path) -> Package | None:
    """Return packages of one type; without type or number they go to the residue."""
    values = trail.record(element, _PACKAGE, path)
    if "type_code" not in values or "count" not in values:
        trail.not_converted(element, path)
        return None
    values.setdefault("level", "0")
    return Package(**values)


_LINE = plan(
    "TradeLineItem",
    {
        "SequenceNumeric": ("sequence", _sequence),
        "Description": ("descriptions", leaves.text),
        "CommonName": ("common_names", leaves.text),
        "ScientificName": ("scientific_names", leaves.text),
        "ProductionBatchID": ("batches", leaves.identifier),
        "IntendedUse": ("intended_uses", leaves.text),
        "ExpiryDateTime": ("expiries", leaves.time),
        "NetWeightMeasure": ("net_weight", leaves.measure),
        "GrossWeightMeasure": ("gross_weight", leaves.measure),
        "NetVolumeMeasure": ("_net_volume", _net_volume),
        "GrossVolumeMeasure": ("gross_volume", _gross_volume),
        "AdditionalInformationSPSNote": ("_notes", leaves.untouched),
        "ApplicableSPSClassification": ("classifications", _classification),
        "PhysicalSPSPackage": ("packages", _package),
        "AssociatedSPSTransportEquipment": ("transport_equipment", equipment),
        "OriginSPSCountry": ("origins", country),
        "OriginSPSLocation": ("origin_places", location),
        "AppliedSPSProcess": ("_processes", leaves.untouched),
        "AssertedSPSAuthentication": ("signatories", signatory),
        "ReferenceSPSReferencedDocument": ("references", referenced),
    },
)


def _line(trail: Trail, element: etree._Element, path: Path) -> TradeLineItem | None:
    """Return one trade line; its place stands in for a number that is none. Totals are no line."""
    if _is_totals(element):
        _take_totals(trail, element)
        return None
    values = trail.record(element, _LINE, path)
    done = processes(trail, values.pop("_processes", ()), path)
    said = line_notes(trail, (*values.pop("_notes", ()), *done.notes), path)
    values.setdefault("sequence", int(path[1]) + 1)
    field, amount = values.pop("_net_volume", _NO_VOLUME)
    values[field] = amount
    package_text = (*said.each("OPTND", (path, ".package_text"), leaves.text), *said.coded.every(PACKAGES))
    if package_text and "packages" in values:
        trail.say("READ-PACKAGES-TWICE", (path, ".packages"))
    return TradeLineItem(
        other_quantity=_other_quantity(said),
        declarations=declarations(said),
        package_text=package_text,
        treatments=tuple(done.treatments),
        establishments=tuple(done.establishments),
        processes=tuple(done.others),
        animals=said.coded.animals() if said.coded.said else None,
        re_export=re_export(said),
        other_notes=tuple(said.others),
        **values,
    )


_NO_VOLUME = ("count", None)


def _other_quantity(said: Notes) -> Any:
    """Return the quantity in words, as tags or as a code."""
    return other_quantity(said) or said.coded.one(QUANTITY)


_NUMBER, _DESCRIPTION = f"{{{RAM}}}SequenceNumeric", f"{{{RAM}}}Description"
_TOTALS_PATH: Path = (None, "consignment.totals")


def _totals_words(trail: Trail, element: etree._Element, path: Path) -> Text | None:
    """Return what a line of totals is called; the usual words need no keeping."""
    said = leaves.text(trail, element, path)
    if said is not None and said.value != TOTALS_WORDS:
        trail.keep(element)
    return said


_SUMMARY = plan(
    "TradeLineItem",
    {
        "SequenceNumeric": ("_sequence", leaves.token),
        "Description": ("_words", _totals_words),
        "NetWeightMeasure": ("net_weight", leaves.measure),
        "GrossWeightMeasure": ("gross_weight", leaves.measure),
        "NetVolumeMeasure": ("_net_volume", _net_volume),
        "PhysicalSPSPackage": ("packages", _package),
    },
)


def _is_totals(element: etree._Element) -> bool:
    """Tell whether a line sums up the consignment: numbered 0, and described so."""
    number = element.find(_NUMBER)
    if number is None or (number.text or "").strip() != "0":
        return False
    return any(is_totals_words("".join(one.itertext())) for one in element.iterchildren(_DESCRIPTION))


def _take_totals(trail: Trail, element: etree._Element) -> None:
    """Take the totals; what else their line says, and a second such line, goes to the residue."""
    if trail.totals is not None:
        trail.say("READ-SECOND-SINGLE", trail.xpath(element), element=local(element))
        trail.keep(element)
        return
    values = trail.record(element, _SUMMARY, _TOTALS_PATH)
    field, amount = values.get("_net_volume", _NO_VOLUME)
    if field != "count":
        trail.keep(element.findall(f"{{{RAM}}}NetVolumeMeasure")[0])
        amount = None
    trail.totals = Totals(values.get("net_weight"), values.get("gross_weight"), amount, values.get("packages", ()))


_ITEM = plan(
    "ConsignmentItem",
    {
        "NatureIdentificationSPSCargo": ("cargo_types", _cargo),
        "IncludedSPSTradeLineItem": ("trade_line_items", _line),
    },
)


def item(trail: Trail, element: etree._Element, path: Path) -> ConsignmentItem:
    """Return a group of trade lines."""
    return ConsignmentItem(**trail.record(element, _ITEM, path))
