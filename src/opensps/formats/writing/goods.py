"""Trade lines and what was done to the goods as elements (`domain.md` 4.3, 4.5)."""

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Classification,
    Code,
    ConsignmentItem,
    Measure,
    Package,
    Text,
    Texts,
    TradeLineItem,
    Treatment,
)
from opensps.formats.decimals import plain
from opensps.formats.tags import SYSTEMS
from opensps.formats.writing.emit import (
    Parts,
    attributes,
    closed_code,
    each,
    identifier,
    leaf,
    measure,
    moment,
    optional,
    record,
    text,
    texts,
)
from opensps.formats.writing.parties import country, equipment, location, party
from opensps.formats.writing.statements import line_notes, referenced, signatory


def item(name: str, value: ConsignmentItem) -> str:
    """Return a group of lines."""
    return record(
        "ConsignmentItem",
        name,
        {
            "NatureIdentificationSPSCargo": each("NatureIdentificationSPSCargo", value.cargo_types, _cargo),
            "IncludedSPSTradeLineItem": each("IncludedSPSTradeLineItem", value.trade_line_items, line),
        },
    )


def _cargo(name: str, value: Code) -> str:
    return record("Cargo", name, {"TypeCode": closed_code("TypeCode", value)})


def line(name: str, value: TradeLineItem) -> str:
    """Return one line of goods; a count travels as its net volume."""
    processes = each("AppliedSPSProcess", value.treatments, _treatment)
    return record(
        "TradeLineItem",
        name,
        {
            "SequenceNumeric": leaf("SequenceNumeric", str(value.sequence)),
            "Description": texts("Description", value.descriptions),
            "CommonName": texts("CommonName", value.common_names),
            "ScientificName": texts("ScientificName", value.scientific_names),
            "ProductionBatchID": each("ProductionBatchID", value.batches, identifier),
            "IntendedUse": texts("IntendedUse", value.intended_uses),
            "ExpiryDateTime": each("ExpiryDateTime", value.expiries, moment),
            "NetWeightMeasure": measure("NetWeightMeasure", value.net_weight),
            "GrossWeightMeasure": measure("GrossWeightMeasure", value.gross_weight),
            "NetVolumeMeasure": measure("NetVolumeMeasure", value.count or value.net_volume),
            "GrossVolumeMeasure": measure("GrossVolumeMeasure", value.gross_volume),
            "AdditionalInformationSPSNote": line_notes("AdditionalInformationSPSNote", value),
            "ApplicableSPSClassification": each("ApplicableSPSClassification", value.classifications, _classification),
            "PhysicalSPSPackage": each("PhysicalSPSPackage", value.packages, _package),
            "AssociatedSPSTransportEquipment": each(
                "AssociatedSPSTransportEquipment", value.transport_equipment, equipment
            ),
            "OriginSPSCountry": each("OriginSPSCountry", value.origins, country),
            "OriginSPSLocation": each("OriginSPSLocation", value.origin_places, location),
            "AppliedSPSProcess": processes + each("AppliedSPSProcess", value.processes, _process),
            "AssertedSPSAuthentication": each("AssertedSPSAuthentication", value.signatories, signatory),
            "ReferenceSPSReferencedDocument": each("ReferenceSPSReferencedDocument", value.references, referenced),
        },
    )


def _classification(name: str, value: Classification) -> str:
    system = value.system
    dialect = SYSTEMS.get(system.value)
    return record(
        "Classification",
        name,
        {
            "SystemID": "" if dialect else leaf("SystemID", system.value, attributes(schemeID=system.list_id)),
            "SystemName": leaf("SystemName", dialect or system.name),
            "ClassCode": leaf("ClassCode", value.class_code),
            "ClassName": texts("ClassName", value.class_names),
        },
    )


def _package(name: str, value: Package) -> str:
    return record(
        "Package",
        name,
        {
            "LevelCode": leaf("LevelCode", value.level),
            "TypeCode": closed_code("TypeCode", value.type_code),
            "ItemQuantity": leaf("ItemQuantity", plain(value.count)),
            "NominalGrossWeightMeasure": measure("NominalGrossWeightMeasure", value.gross_weight),
            "NominalGrossVolumeMeasure": measure("NominalGrossVolumeMeasure", value.gross_volume),
            "PhysicalSPSShippingMarks": each("PhysicalSPSShippingMarks", value.marks, _mark),
        },
    )


def _mark(name: str, value: Text) -> str:
    return record("ShippingMarks", name, {"Marking": text("Marking", value)})


def _period(value: Treatment | AppliedProcess) -> str:
    if value.started is None:
        return ""
    return record(
        "Period",
        "CompletionSPSPeriod",
        {
            "StartDateTime": moment("StartDateTime", value.started),
            "EndDateTime": moment("EndDateTime", value.ended),
            "DurationMeasure": measure("DurationMeasure", value.duration),
        },
    )


def _framed(name: str, value: Treatment | AppliedProcess, characteristics: str) -> str:
    parts: Parts = {
        "TypeCode": closed_code("TypeCode", value.process_code),
        "CompletionSPSPeriod": _period(value),
        "ApplicableSPSProcessCharacteristic": characteristics,
        "OperationSPSCountry": optional("OperationSPSCountry", value.country, country),
        "OperatorSPSParty": optional("OperatorSPSParty", value.operator, party),
    }
    return record("Process", name, parts)


def _treatment(name: str, value: Treatment) -> str:
    facts = [
        *(_fact(tag, one) for tag, one in (("TTL1", value.type_level_1), ("TTL2", value.type_level_2)) if one),
        *(_fact("TTCH", one) for one in value.active_ingredients),
        _measured("TTTM", value.temperature),
        _measured("TTCO", value.concentration),
        _worded("TTAI", value.additional_information),
        _worded("TTFT", value.full_text),
    ]
    return _framed(name, value, "".join(facts))


_CHARACTERISTIC = "ApplicableSPSProcessCharacteristic"


def _fact(tag: str, value: Code | Text) -> str:
    said = value if isinstance(value, Text) else Text(value.value)
    return _worded(tag, (said,))


def _worded(tag: str, values: Texts) -> str:
    if not values:
        return ""
    described = leaf("Description", tag) + texts("Description", values)
    return record("ProcessCharacteristic", _CHARACTERISTIC, {"Description": described})


def _measured(tag: str, value: Measure | None) -> str:
    if value is None:
        return ""
    parts = {"Description": leaf("Description", tag), "ValueMeasure": measure("ValueMeasure", value)}
    return record("ProcessCharacteristic", _CHARACTERISTIC, parts)


def _process(name: str, value: AppliedProcess) -> str:
    return _framed(name, value, each(_CHARACTERISTIC, value.characteristics, _characteristic))


def _characteristic(name: str, value: Characteristic) -> str:
    return record(
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
