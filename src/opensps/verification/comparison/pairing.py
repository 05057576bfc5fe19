"""Which item of one side is compared with which of the other: lines, seals, packages, texts, whatever comes in a tuple.

First those that mean the same, then those that are the same thing (same container, same language), then the rest as
they stand. Lines of goods are matched by what they have in common. Symmetric: turned round, the same pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from opensps.certificate import Code, Identifier, Measure, OfficialTime, Text, TradeLineItem
from opensps.codes import in_base
from opensps.verification.comparison.fields import SAME_THING
from opensps.verification.comparison.folding import bare, folded

Pair = tuple[int | None, int | None]
"""Places on the left and on the right; ``None`` where a side has no partner for the item."""

_MOST_CELLS = 250_000
"""Pairs of unequal lines that are weighed; beyond that they are taken as they stand."""

_FEATURES = (
    *((name, 4) for name in ("scientific_names", "descriptions", "classifications")),
    *((name, 3) for name in ("common_names", "batches", "net_weight", "net_volume", "count", "animals")),
    *((name, 2) for name in ("gross_weight", "packages", "package_text", "declarations", "establishments")),
    *((name, 1) for name in ("origins", "intended_uses", "treatments")),
)
"""Fields of a line and what it weighs that two lines have it in common."""


def meaning(value: Any) -> Hashable:
    """Return a key that two writings of the same thing share; labels, order and line numbers are left out."""
    kind: Any = type(value)
    special = _MEANINGS.get(kind)
    if special is not None:
        return special(value)
    if isinstance(value, tuple):
        return frozenset(Counter(map(meaning, value)).items())
    if is_dataclass(value):
        held = ((name, getattr(value, name)) for name in _names(kind))
        return (kind, *((name, meaning(inner)) for name, inner in held if inner not in (None, ())))
    return value  # type: ignore[no-any-return]  # numbers, dates, flags and kinds are their own key


def _labelled(value: Any) -> Hashable:
    """Return the meaning with the scheme, list or language beside it: among equal values these pair first."""
    return (meaning(value), *(getattr(value, name, None) for name in ("scheme", "agency", "list_id", "language")))


_MEANINGS: dict[type, Callable[[Any], Hashable]] = {
    str: folded,
    Text: lambda value: folded(value.value),
    Code: lambda value: folded(value.value),
    Identifier: lambda value: bare(value.value) or value.value,
    Measure: lambda value: in_base(value.value, value.unit),
    OfficialTime: lambda value: value.on,
}


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name != "sequence")


def by_position(left: Sequence[Any], right: Sequence[Any]) -> list[Pair]:
    """Return the items place by place."""
    return _joined(list(range(len(left))), list(range(len(right))))


def _joined(lefts: list[int], rights: list[int]) -> list[Pair]:
    both = min(len(lefts), len(rights))
    pairs: list[Pair] = list(zip(lefts[:both], rights[:both], strict=True))
    return [*pairs, *((place, None) for place in lefts[both:]), *((None, place) for place in rights[both:])]


def paired(left: Sequence[Any], right: Sequence[Any]) -> list[Pair]:
    """Return the pairs of a tuple's items, in the order of the left; what only the right has comes last."""
    pairs: list[Pair] = [(place, place) for place in range(min(len(left), len(right))) if left[place] == right[place]]
    equal = {place for place, _ in pairs}
    lefts, rights = ([place for place in range(len(side)) if place not in equal] for side in (left, right))
    if lefts and rights:
        pairs += _matched(lefts, rights, left, right)
    if _are_translations(lefts, rights, left, right):
        pairs += [*((place, None) for place in lefts), *((None, place) for place in rights)]
    else:
        pairs += _joined(lefts, rights)
    return sorted(pairs, key=lambda pair: (pair[0] is None, pair[0] if pair[0] is not None else pair[1]))


def _matched(lefts: list[int], rights: list[int], left: Sequence[Any], right: Sequence[Any]) -> list[Pair]:
    """Pair what means the same, then what is the same thing, then lines that are alike; take it out of the places."""
    if len(lefts) == len(rights) == 1 and not isinstance(left[0], Text):
        return []
    pairs = _taken(lefts, rights, *([_labelled(each) for each in side] for side in (left, right)))
    pairs += _taken(lefts, rights, *([meaning(each) for each in side] for side in (left, right)))
    pairs += _taken(lefts, rights, *(_things(side) for side in (left, right)))
    return pairs + _alike(lefts, rights, left, right) if isinstance(left[0], TradeLineItem) else pairs


def _things(side: Sequence[Any]) -> list[Hashable]:
    """Return for each item what makes it the same thing as another; a place of its own where nothing does."""
    found: list[Hashable] = []
    for each in side:
        same = SAME_THING.get(type(each))
        found.append((type(each), same(each)) if same is not None else None)
    return found


def _taken(lefts: list[int], rights: list[int], keys: list[Hashable], others: list[Hashable]) -> list[Pair]:
    """Pair what has the same key, first come first served, and take it out of both lists of places."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in rights:
        waiting[others[place]].append(place)
    pairs: list[Pair] = []
    for place in list(lefts):
        key = keys[place]
        if key is not None and waiting[key]:
            partner = waiting[key].pop(0)
            pairs.append((place, partner))
            lefts.remove(place)
            rights.remove(partner)
    return pairs


def _alike(lefts: list[int], rights: list[int], left: Sequence[Any], right: Sequence[Any]) -> list[Pair]:
    """Pair the lines that have most in common, best first; those with nothing in common stay."""
    if len(lefts) * len(rights) > _MOST_CELLS:
        return []
    one, other = (
        {place: _features(side[place]) for place in places} for places, side in ((lefts, left), (rights, right))
    )
    weighed = [(_weight(one[a], other[b]), a, b) for a in lefts for b in rights]
    pairs: list[Pair] = []
    for weight, a, b in sorted(weighed, key=lambda each: (-each[0], abs(each[1] - each[2]), each[1] + each[2])):
        if weight and a in lefts and b in rights:
            pairs.append((a, b))
            lefts.remove(a)
            rights.remove(b)
    return pairs


def _features(line: TradeLineItem) -> list[tuple[Hashable, int]]:
    held = ((getattr(line, name), weight) for name, weight in _FEATURES)
    return [(meaning(value), weight) if value else (None, weight) for value, weight in held]


def _weight(one: list[tuple[Hashable, int]], other: list[tuple[Hashable, int]]) -> int:
    pairs = zip(one, other, strict=True)
    return sum(weight for (key, weight), (against, _) in pairs if key is not None and key == against)


def _are_translations(lefts: list[int], rights: list[int], left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Tell whether what is left over are texts, each in a language the other side does not have."""
    rest = [left[place] for place in lefts] + [right[place] for place in rights]
    return len(lefts) < len(left) and all(is_translation(each, (*left, *right)) for each in rest)


def is_translation(value: Any, among: Sequence[Any]) -> bool:
    """Tell whether a text is the only one of both sides in its language."""
    if not isinstance(value, Text) or value.language is None:
        return False
    return sum(each.language == value.language for each in among if isinstance(each, Text)) == 1
