"""Trade lines and what was done to the goods as elements (`domain.md` 4.3, 4.5)."""

from dataclasses import replace

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Classification,
    Code,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Establishment,
    Measure,
    Package,
    Party,
    Text,
    Texts,
    Totals,
    TradeLineItem,
    Treatment,
)
from opensps.codes import country_name
from opensps.formats.decimals import plain
from opensps.formats.summary import TOTALS_WORDS
from opensps.formats.tags import SYSTEMS
from opensps.formats.writing.emit import (
    Parts,
    Pen,
    attributes,
    closed_code,
    identifiers,
    leaf,
    measure,
    text,
    texts,
)
from opensps.formats.writing.parties import country, equipment, location, party
from opensps.formats.writing.statements import line_notes, referenced, signatory


def items(pen: Pen, name: str, values: tuple[ConsignmentItem, ...], totals: Totals | None) -> str:
    """Return the groups of lines; the line of totals, where there is one, is the first of the first."""
    summed = "" if totals is None else _totals(pen, totals)
    groups = values or ((ConsignmentItem(),) if summed else ())
    return "".join([_item(pen, name, one, summed if index == 0 else "") for index, one in enumerate(groups)])


def _totals(pen: Pen, value: Totals) -> str:
    return pen.record(
        "TradeLineItem",
        _LINE,
        {
            "SequenceNumeric": leaf("SequenceNumeric", "0"),
            "Description": leaf("Description", TOTALS_WORDS),
            "NetWeightMeasure": measure("NetWeightMeasure", value.net_weight),
            "GrossWeightMeasure": measure("GrossWeightMeasure", value.gross_weight),
            "NetVolumeMeasure": measure("NetVolumeMeasure", value.count),
            "PhysicalSPSPackage": pen.each("PhysicalSPSPackage", value.packages, _package),
        },
    )


def _item(pen: Pen, name: str, value: ConsignmentItem, summed: str) -> str:
    return pen.record(
        "ConsignmentItem",
        name,
        {
            "NatureIdentificationSPSCargo": pen.each("NatureIdentificationSPSCargo", value.cargo_types, _cargo),
            _LINE: summed + pen.each(_LINE, value.trade_line_items, line),
        },
    )


_LINE = "IncludedSPSTradeLineItem"


def _cargo(pen: Pen, name: str, value: Code) -> str:
    return pen.record("Cargo", name, {"TypeCode": closed_code("TypeCode", value)})


def line(pen: Pen, name: str, value: TradeLineItem) -> str:
    """Return one line of goods; a count travels as its net volume."""
    processes = pen.each("AppliedSPSProcess", value.treatments, _treatment)
    processes += pen.each("AppliedSPSProcess", value.establishments, _establishment)
    return pen.record(
        "TradeLineItem",
        name,
        {
            "SequenceNumeric": leaf("SequenceNumeric", str(value.sequence)),
            "Description": texts("Description", value.descriptions),
            "CommonName": texts("CommonName", value.common_names),
            "ScientificName": texts("ScientificName", value.scientific_names),
            "ProductionBatchID": identifiers("ProductionBatchID", value.batches),
            "IntendedUse": texts("IntendedUse", value.intended_uses),
            "ExpiryDateTime": "".join([pen.moment("ExpiryDateTime", one) for one in value.expiries]),
            "NetWeightMeasure": measure("NetWeightMeasure", value.net_weight),
            "GrossWeightMeasure": measure("GrossWeightMeasure", value.gross_weight),
            "NetVolumeMeasure": measure("NetVolumeMeasure", value.count or value.net_volume),
            "GrossVolumeMeasure": measure("GrossVolumeMeasure", value.gross_volume),
            "AdditionalInformationSPSNote": line_notes(pen, "AdditionalInformationSPSNote", value),
            "ApplicableSPSClassification": pen.each(
                "ApplicableSPSClassification", value.classifications, _classification
            ),
            "PhysicalSPSPackage": pen.each("PhysicalSPSPackage", value.packages, _package),
            "AssociatedSPSTransportEquipment": pen.each(
                "AssociatedSPSTransportEquipment", value.transport_equipment, equipment
            ),
            "OriginSPSCountry": pen.each("OriginSPSCountry", value.origins, country),
            "OriginSPSLocation": pen.each("OriginSPSLocation", value.origin_places, location),
            "AppliedSPSProcess": processes + pen.each("AppliedSPSProcess", value.processes, _process),
            "AssertedSPSAuthentication": pen.each("AssertedSPSAuthentication", value.signatories, signatory),
            "ReferenceSPSReferencedDocument": pen.each("ReferenceSPSReferencedDocument", value.references, referenced),
        },
    )


def _classification(pen: Pen, name: str, value: Classification) -> str:
    system, vocabulary = value.system, pen.dialect.vocabulary
    own = SYSTEMS.get(system.value) if vocabulary is None else None
    code = system.value if vocabulary is None else vocabulary.systems.get(system.value, system.value)
    return pen.record(
        "Classification",
        name,
        {
            "SystemID": "" if own else leaf("SystemID", code, attributes(schemeID=system.list_id)),
            "SystemName": leaf("SystemName", own or system.name),
            "ClassCode": leaf("ClassCode", value.class_code),
            "ClassName": texts("ClassName", value.class_names),
        },
    )


def _package(pen: Pen, name: str, value: Package) -> str:
    return pen.record(
        "Package",
        name,
        {
            "LevelCode": leaf("LevelCode", value.level),
            "TypeCode": closed_code("TypeCode", value.type_code),
            "ItemQuantity": leaf("ItemQuantity", plain(value.count)),
            "NominalGrossWeightMeasure": measure("NominalGrossWeightMeasure", value.gross_weight),
            "NominalGrossVolumeMeasure": measure("NominalGrossVolumeMeasure", value.gross_volume),
            "PhysicalSPSShippingMarks": pen.each("PhysicalSPSShippingMarks", value.marks, _mark),
        },
    )


def _mark(pen: Pen, name: str, value: Text) -> str:
    return pen.record("ShippingMarks", name, {"Marking": text("Marking", value)})


def _period(pen: Pen, value: Treatment | AppliedProcess | Establishment) -> str:
    if value.started is None:
        return ""
    return pen.record(
        "Period",
        "CompletionSPSPeriod",
        {
            "StartDateTime": pen.moment("StartDateTime", value.started),
            "EndDateTime": pen.moment("EndDateTime", value.ended),
            "DurationMeasure": measure("DurationMeasure", getattr(value, "duration", None)),
        },
    )


def _framed(pen: Pen, name: str, value: Treatment | AppliedProcess, characteristics: str) -> str:
    parts: Parts = {
        "TypeCode": closed_code("TypeCode", value.process_code),
        "CompletionSPSPeriod": _period(pen, value),
        "ApplicableSPSProcessCharacteristic": characteristics,
        "OperationSPSCountry": pen.optional("OperationSPSCountry", value.country, country),
        "OperatorSPSParty": pen.optional("OperatorSPSParty", value.operator, party),
    }
    return pen.record("Process", name, parts)


def _treatment(pen: Pen, name: str, value: Treatment) -> str:
    facts = [
        *(_fact(pen, tag, one) for tag, one in (("TTL1", value.type_level_1), ("TTL2", value.type_level_2)) if one),
        *(_fact(pen, "TTCH", one) for one in value.active_ingredients),
        _measured(pen, "TTTM", value.temperature),
        _measured(pen, "TTCO", value.concentration),
        _worded(pen, "TTAI", value.additional_information),
        _worded(pen, "TTFT", value.full_text),
    ]
    return _framed(pen, name, value, "".join(facts))


def _establishment(pen: Pen, name: str, value: Establishment) -> str:
    """Return an establishment: its operator by number, its section as the label of its role."""
    role = None if value.role is None else replace(value.role, name=value.section)
    operator = Party(name=value.name, ids=(value.approval_number,), role=role)
    parts: Parts = {
        "TypeCode": closed_code("TypeCode", value.activity),
        "CompletionSPSPeriod": _period(pen, value),
        "OperationSPSCountry": pen.optional("OperationSPSCountry", value.country, _named_country),
        "OperatorSPSParty": party(pen, "OperatorSPSParty", operator),
    }
    return pen.record("Process", name, parts)


def _named_country(pen: Pen, name: str, value: CountryCode) -> str:
    """Return a country; the coded dialects name it, where we know its name."""
    known = country_name(value)
    names = (Text(known, "en"),) if pen.dialect.is_coded and known != value else ()
    return country(pen, name, CountryArea(value, names))


_CHARACTERISTIC = "ApplicableSPSProcessCharacteristic"


def _fact(pen: Pen, tag: str, value: Code | Text) -> str:
    said = value if isinstance(value, Text) else Text(value.value)
    return _worded(pen, tag, (said,))


def _worded(pen: Pen, tag: str, values: Texts) -> str:
    if not values:
        return ""
    described = leaf("Description", tag) + texts("Description", values)
    return pen.record("ProcessCharacteristic", _CHARACTERISTIC, {"Description": described})


def _measured(pen: Pen, tag: str, value: Measure | None) -> str:
    if value is None:
        return ""
    parts = {"Description": leaf("Description", tag), "ValueMeasure": measure("ValueMeasure", value)}
    return pen.record("ProcessCharacteristic", _CHARACTERISTIC, parts)


def _process(pen: Pen, name: str, value: AppliedProcess) -> str:
    return _framed(pen, name, value, pen.each(_CHARACTERISTIC, value.characteristics, _characteristic))


def _characteristic(pen: Pen, name: str, value: Characteristic) -> str:
    return pen.record(
        "ProcessCharacteristic",
        name,
        {
            "TypeCode": closed_code("TypeCode", value.code),
            "Description": texts("Description", value.texts),
            "ValueMeasure": measure("ValueMeasure", value.value),
            "MinimumValueMeasure": measure("MinimumValueMeasure", value.minimum),
            "MaximumValueMeasure": measure("MaximumValueMeasure", value.maximum),
        },
    )
