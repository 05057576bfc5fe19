"""What an officer reads on the paper, held field by field against what was signed (`fraud.md` 4).

Each field that was typed is judged alone, by the rules of `comparison`; what was not typed is not compared, and nobody
is told otherwise. A number that can be read in two ways is never guessed: it is handed back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opensps.certificate import (
    Certificate,
    CertificateNumber,
    Code,
    Consignment,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Party,
    Seal,
    Text,
    TradeLineItem,
    TransportEquipment,
)
from opensps.verification import paper_fields
from opensps.verification.comparison import FieldDifference, Terms, Word, compare
from opensps.verification.paper_fields import NotSaid, parts_of

_HELPS = frozenset({"product"})
"""Fields that only help to read the codes beside them."""

_WEIGHT = {word: weight for weight, word in enumerate(Word)}
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)
_MEASURE = re.compile(r"(\d{1,20}(?:\.\d{1,20})?)(?: +|(?=[A-Z]))([A-Z0-9]{2,3})", re.ASCII)


class TypedError(ValueError):
    """A typed field cannot be read: `reason` is date, ambiguous, measure, line or field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """One field of the paper and what the comparison says of it."""

    field: str
    typed: str
    recorded: str
    """What was signed, where the two are not written alike; else ``""``."""

    word: Word
    """Equal, noted, explained or differs."""

    reason: str = ""
    """Code of `comparison.REASONS`; empty when both are written alike."""


def compare_paper(
    recorded: Certificate, typed: Mapping[str, str], *, terms: Terms | None = None
) -> tuple[FieldAnswer, ...]:
    """Return an answer for every typed field that is not empty, in the order given.

    Fields: those of `PAPER_FIELDS`; fields of a line of goods end in its number, counted from 1: ``net_weight.2``.
    A measure is written with its unit of UNECE Rec 20: ``24000 KGM``. Raises `TypedError`.
    """
    given = {field: text.strip() for field, text in typed.items() if text.strip()}
    return tuple(_answer(recorded, field, text, terms) for field, text in given.items())


def _answer(recorded: Certificate, field: str, text: str, terms: Terms | None) -> FieldAnswer:
    try:
        presented = _written(recorded, field, text)
    except NotSaid:
        return FieldAnswer(field, text, "", Word.EXPLAINED, "not_said")
    found = compare(recorded, presented, terms=terms) if terms is not None else compare(recorded, presented)
    if not found.differences:
        return FieldAnswer(field, text, "", Word.EQUAL)
    worst: FieldDifference = max(found.differences, key=lambda each: _WEIGHT[each.word])
    if field.partition(".")[0] in _HELPS and worst.word is Word.DIFFERS:
        return FieldAnswer(field, text, worst.left or "", Word.EXPLAINED, "help_text")
    return FieldAnswer(field, text, worst.left or "", worst.word, worst.reason)


def _written(recorded: Certificate, field: str, text: str) -> Certificate:
    """Return the record as if it said what was typed."""
    name, _, place = field.partition(".")
    if name in _OF_DOCUMENT and not place:
        return _OF_DOCUMENT[name](recorded, text)
    if name in _OF_CONSIGNMENT and not place:
        return replace(recorded, consignment=_OF_CONSIGNMENT[name](recorded.consignment, text))
    if name not in _OF_LINE:
        raise TypedError(field, "field")
    return _with_line(recorded, field, place or "1", lambda line: _OF_LINE[name](line, text, field))


def _with_line(
    recorded: Certificate, field: str, place: str, change: Callable[[TradeLineItem], TradeLineItem]
) -> Certificate:
    wanted = int(place) if place.isascii() and place.isdigit() else 0
    if not 1 <= wanted <= len(recorded.lines):
        raise TypedError(field, "line")
    meant, items = recorded.lines[wanted - 1], []
    for item in recorded.consignment.items:
        lines = tuple(change(line) if line is meant else line for line in item.trade_line_items)
        items.append(replace(item, trade_line_items=lines))
    return replace(recorded, consignment=replace(recorded.consignment, items=tuple(items)))


def _number(value: Certificate, text: str) -> Certificate:
    return replace(value, exchanged_document=replace(value.exchanged_document, number=CertificateNumber(text)))


def _issued_on(value: Certificate, text: str) -> Certificate:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TypedError("issued_on", "date") from None
    issued = value.exchanged_document.issued
    same = issued is not None and issued.on == day
    stamp = issued if same else OfficialTime(day)
    return replace(value, exchanged_document=replace(value.exchanged_document, issued=stamp))


def _country(name: str) -> Callable[[Consignment, str], Consignment]:
    def write(goods: Consignment, text: str) -> Consignment:
        changes: dict[str, Any] = {name: replace(getattr(goods, name), code=text.upper())}
        return replace(goods, **changes)

    return write


def _party(name: str) -> Callable[[Consignment, str], Consignment]:
    def write(goods: Consignment, text: str) -> Consignment:
        changes: dict[str, Any] = {name: replace(getattr(goods, name) or Party(), name=text)}
        return replace(goods, **changes)

    return write


def _point_of_entry(goods: Consignment, text: str) -> Consignment:
    place = goods.point_of_entry or Location()
    is_code = place.id is not None and place.id.value == text.upper()
    return goods if is_code else replace(goods, point_of_entry=replace(place, names=(Text(text),)))


def _conveyance(goods: Consignment, text: str) -> Consignment:
    first, *others = goods.main_carriages or (MainCarriage(Code("")),)
    return replace(goods, main_carriages=(replace(first, means_name=Text(text)), *others))


def _containers(goods: Consignment, text: str) -> Consignment:
    held = {each.id.value: each for each in goods.transport_equipment if each.id is not None}
    seals = next((each.seals for each in goods.transport_equipment if each.seals), ())
    made = [held.get(number) or TransportEquipment(Identifier(number), seals) for number in parts_of(text)]
    return replace(goods, transport_equipment=tuple(made))


def _seals(goods: Consignment, text: str) -> Consignment:
    """Let each container keep the seals that were typed too; the others are those of the first one."""
    typed = parts_of(text)
    kept = [
        replace(each, seals=tuple(seal for seal in each.seals if seal.id in typed))
        for each in goods.transport_equipment
    ] or [TransportEquipment()]
    known = {seal.id for each in kept for seal in each.seals}
    new = tuple(Seal(number) for number in typed if number not in known)
    kept[0] = replace(kept[0], seals=(*kept[0].seals, *new))
    return replace(goods, transport_equipment=tuple(kept))


def _scientific_name(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    return replace(line, scientific_names=(Text(text), *line.scientific_names[1:]))


def _read_measure(text: str, field: str) -> Measure:
    if _AMBIGUOUS.match(text):
        raise TypedError(field, "ambiguous")
    read = _MEASURE.fullmatch(text.upper())
    if read is None:
        raise TypedError(field, "measure")
    return Measure(Decimal(read[1]), read[2])


def _measure(name: str) -> Callable[[TradeLineItem, str, str], TradeLineItem]:
    def write(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
        changes: dict[str, Any] = {name: _read_measure(text, field)}
        return replace(line, **changes)

    return write


def _volume(name: str) -> Callable[[TradeLineItem, str, str], TradeLineItem]:
    def write(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
        if getattr(line, name) is None:
            raise NotSaid(field)
        return _measure(name)(line, text, field)

    return write


def _packages(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
    if _AMBIGUOUS.match(text):
        raise TypedError(field, "ambiguous")
    try:
        return paper_fields.packages(line, text, field)
    except NotSaid:
        raise
    except ValueError:
        raise TypedError(field, "measure") from None


def _treatment(name: str) -> Callable[[TradeLineItem, str, str], TradeLineItem]:
    return paper_fields.treatment(name, lambda _first, text, field: _read_measure(text, field))


_OF_DOCUMENT: Mapping[str, Callable[[Certificate, str], Certificate]] = MappingProxyType(
    {"number": _number, "issued_on": _issued_on, **paper_fields.OF_DOCUMENT}
)
_OF_CONSIGNMENT: Mapping[str, Callable[[Consignment, str], Consignment]] = MappingProxyType(
    {
        "consignor": _party("consignor"),
        "consignee": _party("consignee"),
        "export_country": _country("export_country"),
        "import_country": _country("import_country"),
        "point_of_entry": _point_of_entry,
        "conveyance": _conveyance,
        "containers": _containers,
        "seals": _seals,
        **paper_fields.OF_CONSIGNMENT,
    }
)
_OF_LINE: Mapping[str, Callable[[TradeLineItem, str, str], TradeLineItem]] = MappingProxyType(
    {
        "scientific_name": _scientific_name,
        "net_weight": _measure("net_weight"),
        "gross_weight": _measure("gross_weight"),
        "count": _measure("count"),
        "net_volume": _volume("net_volume"),
        "gross_volume": _volume("gross_volume"),
        **paper_fields.OF_LINE,
        "packages": _packages,
        "treatment_concentration": _treatment("concentration"),
        "treatment_temperature": _treatment("temperature"),
        "treatment_duration": _treatment("duration"),
    }
)
PAPER_FIELDS = (*_OF_DOCUMENT, *_OF_CONSIGNMENT, *_OF_LINE)
"""What can be typed, in the order of a form."""
