"""Which judge looks at which field, what softens a difference there, and by what two items are the same thing.

Source: the table of `fraud.md` 4. Read it beside this file: what is not named here differs when it is not equal.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from opensps.certificate import (
    Address,
    AnimalIdentification,
    Attachment,
    Attestation,
    Characteristic,
    Classification,
    Code,
    Consignment,
    CountryArea,
    Declarations,
    Establishment,
    ExchangedDocument,
    Identifier,
    MainCarriage,
    Measure,
    Note,
    OfficialTime,
    Package,
    Party,
    Person,
    ReExportStatement,
    ReferencedDocument,
    Replacement,
    Seal,
    Signatory,
    Text,
    TradeLineItem,
    TransportEquipment,
    Treatment,
)
from opensps.verification.comparison import leaves
from opensps.verification.comparison.leaves import Judge, identified

BY_TYPE: Mapping[type, Judge] = MappingProxyType(
    {
        str: leaves.judge_wording,
        Text: leaves.judge_text,
        Code: leaves.judge_code,
        Identifier: identified(leaves.judge_identifier),
        Measure: leaves.judge_measure,
        OfficialTime: leaves.judge_time,
        Classification: leaves.judge_classification,
        Attachment: leaves.judge_attachment,
    }
)
"""Judge of a value by its type, where its field has none of its own."""

BY_FIELD: Mapping[tuple[type, str], Judge] = MappingProxyType(
    {
        (ExchangedDocument, "number"): leaves.judge_number,
        (ExchangedDocument, "issued"): leaves.judge_day,
        (ExchangedDocument, "type_code"): leaves.judge_exact,
        (ExchangedDocument, "status_code"): leaves.judge_exact,
        (Replacement, "number"): leaves.judge_number,
        (Replacement, "issued"): leaves.judge_day,
        (ReExportStatement, "original_numbers"): leaves.judge_number,
        (ReferencedDocument, "id"): leaves.judge_number,
        (ReferencedDocument, "issued"): leaves.judge_day,
        (Signatory, "authenticated"): leaves.judge_day,
        (Declarations, "inspections"): leaves.judge_inspection,
        (Declarations, "import_permits"): leaves.judge_identifier,
        (Person, "name"): leaves.judge_person,
        (Seal, "id"): leaves.judge_identifier,
        (Seal, "maximum_id"): leaves.judge_identifier,
        (TransportEquipment, "id"): identified(leaves.judge_identifier),
        (TradeLineItem, "scientific_names"): leaves.judge_taxon,
        (TradeLineItem, "batches"): identified(leaves.judge_lot),
        (AnimalIdentification, "value"): leaves.judge_lot,
        (Package, "count"): leaves.judge_amount,
        (Package, "level"): leaves.judge_exact,
        (Treatment, "type_level_1"): leaves.judge_code_or_text,
        (Treatment, "type_level_2"): leaves.judge_code_or_text,
        (Treatment, "active_ingredients"): leaves.judge_code_or_text,
        (Treatment, "duration"): leaves.judge_treatment_measure,
        (Treatment, "temperature"): leaves.judge_treatment_measure,
        (Treatment, "concentration"): leaves.judge_treatment_measure,
        (Characteristic, "value"): leaves.judge_treatment_measure,
        (CountryArea, "code"): leaves.judge_exact,
        (Establishment, "country"): leaves.judge_exact,
        (Address, "country"): leaves.judge_exact,
    }
)
"""Judge of a field; of each item where the field holds several."""

TRADERS = frozenset({"consignor", "consignee", "carrier", "despatch_party", "delivery_party", "customs_transit_agent"})
"""Fields of the consignment whose parties are traders: their names are judged as such."""

LABELS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        Signatory: frozenset({"role"}),
        Address: frozenset({"country_name", "type_code"}),
        CountryArea: frozenset({"names"}),
        Party: frozenset({"role"}),
        TradeLineItem: frozenset({"sequence"}),
        ReferencedDocument: frozenset({"type_code"}),
    }
)
"""Record to fields that may be given on one side only: what they say follows from the rest."""

SOFT: Mapping[tuple[type, str], str] = MappingProxyType(
    {
        (Consignment, "main_carriages"): "journey_changed",
        (Consignment, "point_of_entry"): "journey_changed",
        (Consignment, "availability_due"): "journey_changed",
        (ExchangedDocument, "titles"): "help_text",
        (ExchangedDocument, "descriptions"): "help_text",
        (ExchangedDocument, "is_copy"): "copy",
        (CountryArea, "names"): "help_text",
        (Address, "country_name"): "help_text",
    }
)
"""Field to the reason that takes the place of a material one in it and below it."""

FEWER = frozenset({"items", "trade_line_items", "batches", "identifications", "packages"})
"""Fields of which the presented side may hold fewer, where less is allowed."""

STATEMENTS = frozenset({"official_information", "distinguishing_marks", "marks", "inspections"})
"""Fields whose texts are facts of their own, whatever their language: one more is never a translation."""

BY_POSITION = frozenset({"signatories", "lines"})
"""Fields whose items are compared place by place: the first signatory certifies, address lines run on."""

SAME_THING: Mapping[type, Callable[[Any], Any]] = MappingProxyType(
    {
        Text: lambda value: value.language,
        Code: lambda value: value.list_id,
        Classification: lambda value: value.system.value,
        Package: lambda value: (value.level, value.type_code.value),
        CountryArea: lambda value: value.code,
        TransportEquipment: lambda value: value.id.value if value.id else None,
        Establishment: lambda value: value.approval_number.value,
        AnimalIdentification: lambda value: (value.animal, value.system.value),
        ReferencedDocument: lambda value: value.id,
        Attestation: lambda value: value.id,
        MainCarriage: lambda value: value.mode.value,
        Note: lambda value: (value.subject, value.subject_code and value.subject_code.value),
        Treatment: lambda value: value.type_level_1,
        Characteristic: lambda value: value.code and value.code.value,
    }
)
"""Type to what makes two items the same thing though something in them differs."""

TOTALS: tuple[type, str] = (Consignment, "totals")
"""Follows from the lines, and may be missing on one side."""
