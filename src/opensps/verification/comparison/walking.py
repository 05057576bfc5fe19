"""The walk over two values side by side, which names every field the two do not write alike."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any

from opensps.certificate import (
    Address,
    Attachment,
    CertificateKind,
    Consignment,
    CountryArea,
    Party,
    Text,
    TradeLineItem,
    TransportEquipment,
)
from opensps.formats.json_form import to_plain
from opensps.verification.comparison.fields import (
    BY_FIELD,
    BY_POSITION,
    BY_TYPE,
    FEWER,
    LABELS,
    SOFT,
    STATEMENTS,
    TOTALS,
    TRADERS,
)
from opensps.verification.comparison.leaves import Judge, is_same_address, judge_exact, judge_trader
from opensps.verification.comparison.pairing import Pair, by_position, is_translation, paired
from opensps.verification.comparison.results import NOTED, REASONS, FieldDifference, Kind, Terms

EMPTY = (None, ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stands on both sides, and what its fields inherit."""

    left: str = ""
    right: str = ""
    soft: str = ""
    """Reason that takes the place of a material one here."""

    is_trader: bool = False

    def field(self, name: str) -> "Place":
        """Return the place of a field of the record here."""
        return replace(
            self,
            left=f"{self.left}.{name}" if self.left else name,
            right=f"{self.right}.{name}" if self.right else name,
        )

    def item(self, one: int | None, other: int | None) -> "Place":
        """Return the place of a pair of items; a side without one keeps the other's path."""
        left = f"{self.left}[{one}]" if one is not None else f"{self.right}[{other}]"
        right = f"{self.right}[{other}]" if other is not None else f"{self.left}[{one}]"
        return replace(self, left=left, right=right)


class Walk:
    """One comparison under way."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.found: list[FieldDifference] = []
        self.not_compared: list[str] = []

    @property
    def _count(self) -> int:
        return len(self.found) + len(self.not_compared)

    def values(self, left: Any, right: Any, place: Place, judge: Judge | None = None) -> None:
        """Compare two values of one field."""
        if type(left) is type(right) and left == right:
            return
        if left in EMPTY or right in EMPTY:
            self._one_sided(left, right, place)
        elif isinstance(left, tuple):
            self._items(left, right, place, judge)
        elif judge is None and is_dataclass(left) and type(left) not in BY_TYPE:
            self._record(left, right, place)
        else:
            known = judge or BY_TYPE.get(type(left), judge_exact)
            self._differ(left, right, place, known(left, right, self.terms))

    def _record(self, left: Any, right: Any, place: Place) -> None:
        kind: Any = type(left)
        if kind is Address and is_same_address(left, right):
            self._differ(left, right, place, "address_form")
            return
        for name in _field_names(kind):
            one, other = getattr(left, name), getattr(right, name)
            if one is other or (one in EMPTY and other in EMPTY):
                continue
            inner = self._inside(kind, name, place)
            if kind is Consignment and name == "items":
                self._lines(one, other, inner)
            elif (one in EMPTY or other in EMPTY) and (reason := self._harmless(kind, name, left, right)):
                self._differ(one, other, inner, reason)
            else:
                self.values(one, other, inner, _judge_of(kind, name, place))

    def _inside(self, kind: type, name: str, place: Place) -> Place:
        inner = place.field(name)
        soft = SOFT.get((kind, name), "") or self._softened(kind, name)
        if soft:
            inner = replace(inner, soft=soft)
        if kind is Consignment:
            inner = replace(inner, is_trader=name in TRADERS)
        return inner

    def _softened(self, kind: type, name: str) -> str:
        """Return the reason customs gave for a change of seal or container, if any."""
        if kind is not TransportEquipment:
            return ""
        if name == "seals" and self.terms.customs_reference:
            return "seal_replaced"
        return "transhipment" if name == "id" and self.terms.has_transhipment else ""

    def _harmless(self, kind: type, name: str, left: Any, right: Any) -> str:
        """Return the reason why a field may be missing on one side of a record, else ""."""
        if name in LABELS.get(kind, ()):
            return "label"
        if (kind, name) == TOTALS:
            return "derived"
        is_wider = kind is CountryArea and name == "areas" and right.areas == () and left.code == right.code
        return "wider_region" if is_wider else ""

    def _one_sided(self, left: Any, right: Any, place: Place) -> None:
        if right in EMPTY and self.terms.is_partial:
            self.not_compared.append(place.left)
            return
        self._differ(left, right, place, "missing" if right in EMPTY else "added")

    def _items(self, left: tuple[Any, ...], right: tuple[Any, ...], place: Place, judge: Judge | None) -> None:
        name = place.left.rpartition(".")[2]
        pairs = by_position(left, right) if name in BY_POSITION else paired(left, right)
        self._pairs(left, right, pairs, place, judge)

    def _pairs(
        self,
        left: tuple[Any, ...],
        right: tuple[Any, ...],
        pairs: list[tuple[int | None, int | None]],
        place: Place,
        judge: Judge | None,
    ) -> None:
        before, count, name = len(self.found), self._count, place.left.rpartition(".")[2]
        for one, other in pairs:
            inner = place.item(one, other)
            here, there = None if one is None else left[one], None if other is None else right[other]
            if here is not None and there is not None:
                self.values(here, there, inner, judge)
            elif name not in STATEMENTS and len(pairs) > 1 and is_translation(here or there, (*left, *right)):
                self._differ(here, there, inner, "translation")
            else:
                self._extra(here, there, inner, name)
        matched = [other for one, other in pairs if one is not None and other is not None]
        if matched != sorted(matched) or (self._count == count and left != right):
            self.found.insert(before, FieldDifference(place.left, _shown(left), _shown(right), "order"))

    def _extra(self, left: Any, right: Any, inner: Place, name: str) -> None:
        """Say that one side has an item the other lacks."""
        is_fewer = right is None and self.terms.presented_may_be_less and name in FEWER
        self._differ(left, right, inner, "less_presented" if is_fewer else "missing" if right is None else "added")

    def _lines(self, left: Any, right: Any, place: Place) -> None:
        """Compare the lines of all items, wherever they stand, then what the items say beside them."""
        lines, others = (_lines_of(side) for side in (left, right))
        paths, right_paths = (_paths_of(side, place.left) for side in (left, right))
        count = self._count
        pairs = paired(lines, others)
        for one, other in pairs:
            at = Place(
                paths[one] if one is not None else right_paths[other or 0],
                right_paths[other] if other is not None else paths[one or 0],
            )
            if one is None or other is None:
                self._extra(None if one is None else lines[one], None if other is None else others[other], at, "items")
            else:
                self.values(lines[one], others[other], at)
        for one, other in _paired_items(left, right, pairs):
            cargo, other_cargo = (
                side[number].cargo_types if number is not None else () for side, number in ((left, one), (right, other))
            )
            if cargo or other_cargo:
                self.values(cargo, other_cargo, place.item(one, other).field("cargo_types"))
        if self._count == count and left != right:
            self.found.append(FieldDifference(place.left, _numbers_of(left), _numbers_of(right), "order"))

    def _differ(self, left: Any, right: Any, place: Place, reason: str) -> None:
        is_material = REASONS[reason].kind is Kind.MATERIAL
        if is_material and place.soft:
            reason = place.soft
        note = _note(self.terms, place.left) if REASONS[reason].kind is not Kind.IDENTICAL else ""
        moved = place.right if place.right != place.left else ""
        if isinstance(left, Text) and isinstance(right, Text) and left.language == right.language:
            left, right = left.value, right.value
        self.found.append(
            FieldDifference(place.left, _shown(left), _shown(right), NOTED if note else reason, moved, note)
        )


def _judge_of(kind: type, name: str, place: Place) -> Judge | None:
    if kind is Party and name == "name" and place.is_trader:
        return judge_trader
    if (kind, name) == (TradeLineItem, "sequence"):
        return _judge_line_number
    return BY_FIELD.get((kind, name))


def _judge_line_number(_left: object, _right: object, _terms: Terms) -> str:
    return "line_number"


def _note(terms: Terms, path: str) -> str:
    covering = (text for at, text in terms.annotations.items() if path == at or path.startswith((f"{at}.", f"{at}[")))
    return next(covering, "")


def _lines_of(items: Any) -> tuple[TradeLineItem, ...]:
    return tuple(line for item in items for line in item.trade_line_items)


def _numbers_of(items: Any) -> str:
    """Return the numbers of the lines as they stand, item by item: what is enough to see another order."""
    return "; ".join(", ".join(str(line.sequence) for line in item.trade_line_items) for item in items)


def _items_of(items: Any) -> list[int]:
    """Return for every line the place of the item it stands in."""
    return [place for place, item in enumerate(items) for _ in item.trade_line_items]


def _paired_items(left: Any, right: Any, lines: list[Pair]) -> list[Pair]:
    """Return which items belong together: those that share a line, then what is left as it stands."""
    at, at_right = _items_of(left), _items_of(right)
    partner: dict[int, int] = {}
    for one, other in lines:
        if one is not None and other is not None and at_right[other] not in partner.values():
            partner.setdefault(at[one], at_right[other])
    rest = [place for place in range(len(right)) if place not in partner.values()]
    free = iter(rest)
    pairs: list[Pair] = [
        (place, partner[place] if place in partner else next(free, None)) for place in range(len(left))
    ]
    return [*pairs, *((None, place) for place in free)]


def _paths_of(items: Any, at: str) -> list[str]:
    return [
        f"{at}[{place}].trade_line_items[{line}]"
        for place, item in enumerate(items)
        for line in range(len(item.trade_line_items))
    ]


@cache
def _field_names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def _shown(value: Any) -> str | None:
    """Return a value as a person would compare it: the plain parts of a record one after the other."""
    if value in EMPTY:
        return None
    if isinstance(value, Attachment):
        return f"{value.filename or ''} {value.sha256.hex() if value.sha256 else value.uri or ''}".strip()
    if isinstance(value, CertificateKind):
        return value.value
    return " ".join(_parts(to_plain(value)))


def _parts(plain: Any) -> Iterator[str]:
    if isinstance(plain, dict):
        for inner in plain.values():
            yield from _parts(inner)
    elif isinstance(plain, list):
        for inner in plain:
            yield from _parts(inner)
    else:
        yield str(plain)
