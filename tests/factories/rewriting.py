"""Another honest writing of the same certificate: other units, cases, quotes, offsets, orders, labels, legal forms."""

import random
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from opensps.certificate import (
    AnimalGroup,
    Certificate,
    Code,
    Consignment,
    ConsignmentItem,
    Identifier,
    Measure,
    OfficialTime,
    Party,
    ReExportStatement,
    Text,
    TradeLineItem,
    TransportEquipment,
)

UNITS = {"KGM": ("GRM", 1000), "TNE": ("KGM", 1000), "MTQ": ("LTR", 1000), "HUR": ("MIN", 60), "DAY": ("HUR", 24)}
"""Unit to a smaller one and how many of it make one."""

UNORDERED = {
    Consignment: ("transit_countries", "transport_equipment"),
    TransportEquipment: ("seals",),
    TradeLineItem: ("batches", "classifications", "packages", "origins", "treatments", "establishments"),
    ConsignmentItem: ("trade_line_items",),
    AnimalGroup: ("identifications",),
    ReExportStatement: ("origin_countries",),
}
_BINOMIAL = re.compile(r"[A-Z][a-z]{3,} [a-z]{3,}")


def rewritten(value: Certificate, choice: random.Random) -> Certificate:
    """Return the same certificate in another writing, everywhere about one thing in three."""
    again: Certificate = _again(value, choice)
    return again


def _again(value: Any, choice: random.Random) -> Any:
    if isinstance(value, tuple):
        return tuple(_again(each, choice) for each in value)
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value, choice) if choice.random() < 1 / 3 else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    held = {field.name: _again(getattr(value, field.name), choice) for field in fields(value)}
    for name in UNORDERED.get(type(value), ()):
        held[name] = tuple(choice.sample(held[name], len(held[name])))
    if isinstance(value, TradeLineItem):
        held["scientific_names"] = tuple(_with_author(each) for each in value.scientific_names)
    if isinstance(value, Party) and value.name and value.name.isascii() and value.person is None:
        held["name"] = value.name.swapcase()
    return replace(value, **held)


def _with_author(name: Text) -> Text:
    return replace(name, value=f"{name.value} L.") if _BINOMIAL.fullmatch(name.value) else name


def _measure(value: Measure, _choice: random.Random) -> Measure:
    smaller, times = UNITS.get(value.unit or "", (value.unit, 1))
    return Measure(value.value * Decimal(times), smaller)


def _text(value: Text, _choice: random.Random) -> Text:
    return replace(value, value=value.value.swapcase().replace('"', "”")) if value.value.isascii() else value


def _time(value: OfficialTime, choice: random.Random) -> OfficialTime:
    if value.at is None:
        return value
    return OfficialTime.moment(value.at, offset_minutes=choice.choice((0, 60, 330, -180)))


def _identifier(value: Identifier, _choice: random.Random) -> Identifier:
    return replace(value, value=value.value.swapcase()) if value.value.isascii() else value


def _code(value: Code, _choice: random.Random) -> Code:
    return replace(value, name="another label")


_WRITERS: dict[type, Callable[[Any, random.Random], Any]] = {
    Measure: _measure,
    Text: _text,
    OfficialTime: _time,
    Identifier: _identifier,
    Code: _code,
}
