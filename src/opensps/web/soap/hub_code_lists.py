"""The ten code list operations of the Hub dialect, answered from our own code lists: one item per language held.

Source: `exchange.md` 1.2, 1.3 and 2.4. What a list lost stays in it, not active. Dates are those of the list's edition
unless an entry has its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

from opensps import codes
from opensps.codes import CodeEntry, CodeList

_UNIT_TYPES = MappingProxyType(
    {
        "mass": "WEIGHT",
        "volume": "VOLUME",
        "time": "DURATION",
        "temperature": "TEMPERATURE",
        "concentration": "CONCENTRATION",
        "area": "AREA",
        "length": "DISTANCE",
    }
)
"""Dimension of a unit to the Hub's word; other dimensions have none there."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """How one list is said."""

    item: str
    """Element of the items in the response."""

    list_id: str
    fields: Callable[[CodeEntry, str], Item]
    """An entry and its text in one language, as the children that only this list has."""

    has_language: bool = True


def code_list(operation: str, *, on: date) -> dict[str, tuple[Item, ...]]:
    """Return the response of a code list operation on that day."""
    said = _LISTS[operation]
    held = codes.get(said.list_id)
    return {said.item: tuple(item for entry in held.entries.values() for item in _items(said, held, entry, on))}


def _items(said: _List, held: CodeList, entry: CodeEntry, on: date) -> Iterator[Item]:
    usual = {
        "active": held.was_in_use(entry.code, on),
        "lastModified": datetime.combine(entry.withdrawn_on or entry.since or held.valid_from, time.min, UTC),
    }
    if not said.has_language or not entry.names:
        yield usual | said.fields(entry, entry.names.get("en", ""))
        return
    for language, text in entry.names.items():
        yield usual | {"lang": language} | said.fields(entry, text)


def _named(entry: CodeEntry, text: str) -> Item:
    return {"code": entry.code} | _if_said("name", text)


def _described(entry: CodeEntry, text: str) -> Item:
    return {"code": entry.code} | _if_said("description", text)


def _worded(entry: CodeEntry, text: str) -> Item:
    return {"code": entry.code} | _if_said("text", text)


def _statement(entry: CodeEntry, text: str) -> Item:
    return _worded(entry, text) | {"docTypeOnly": int(entry.group) if entry.group.isdecimal() else 0}


def _treatment(entry: CodeEntry, text: str) -> Item:
    return _described(entry, text) | {"level": 2 if entry.group else 1} | _if_said("parentCode", entry.group)


def _transport(entry: CodeEntry, text: str) -> Item:
    code = {"modeCode": int(entry.code)} if entry.code.isdecimal() else {}
    return code | _if_said("usedTransportMean", text)


def _unit(entry: CodeEntry, text: str) -> Item:
    return _named(entry, text) | _if_said("type", _UNIT_TYPES.get(entry.group, ""))


def _if_said(name: str, text: str) -> Item:
    return {name: text} if text else {}


_LISTS: Mapping[str, _List] = MappingProxyType(
    {
        "GetAdditionalDeclarations": _List(
            item="AdditionalDeclaration", list_id="ippc_additional_declarations", fields=_worded
        ),
        "GetConditions": _List(item="Condition", list_id="ippc_conditions", fields=_named),
        "GetIntendedUses": _List(item="IntendedUse", list_id="ippc_intended_uses", fields=_named),
        "GetMeanOfTransports": _List(item="MeanOfTransport", list_id="un_rec19", fields=_transport),
        "GetPackageTypes": _List(item="PackageType", list_id="un_rec21", fields=_described),
        "GetPesticides": _List(item="Pesticide", list_id="codex_pesticides", fields=_described, has_language=False),
        "GetProductDescriptions": _List(item="ProductDescription", list_id="ippc_plant_parts", fields=_named),
        "GetStatements": _List(item="Statement", list_id="ippc_statements", fields=_statement),
        "GetTreatmentTypes": _List(item="TreatmentType", list_id="ippc_treatment_types", fields=_treatment),
        "GetUnitMeasures": _List(item="UnitMeasure", list_id="un_rec20", fields=_unit, has_language=False),
    }
)
OPERATIONS = tuple(_LISTS)
