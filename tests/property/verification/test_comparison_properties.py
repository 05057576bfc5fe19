"""Comparison by meaning: nothing equal differs, nothing changed goes unnamed, nothing material is explained away."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from opensps.certificate import Certificate
from opensps.verification.comparison import Kind, compare
from tests.factories.alterations import leaves, one_more, put, written
from tests.factories.rewriting import rewritten
from tests.property.strategies import carried_certificates, certificates

LABELS = frozenset({"language", "name", "scheme_name", "sequence"})
"""Last steps of fields that only say how to read another one: `Code.name`, `Text.language` ..."""

SOFT = (
    "consignment.main_carriages",
    "consignment.point_of_entry",
    "consignment.availability_due",
    "exchanged_document.titles",
    "exchanged_document.descriptions",
    "exchanged_document.is_copy",
)
"""Fields whose change a rule of `fraud.md` 4 explains."""

TRADERS = ("consignor", "consignee", "carrier", "despatch_party", "delivery_party", "customs_transit_agent")


def _must_be_material(path: tuple[str | int, ...], text: str) -> bool:
    """Names of people and traders may differ by a slip or an initial; that is for a person to see."""
    is_label = path[-1] in LABELS and isinstance(path[-1], str)
    is_name = path[-1] == "name" and (path[-2] in TRADERS or path[-2] == "person")
    is_country_name = "names" in path and any(str(step).endswith(("country", "countries", "origins")) for step in path)
    is_help = "class_names" in path or path[-1] == "country_name" or is_country_name
    is_soft = text.startswith(SOFT)
    return not (is_label or is_name or is_help or is_soft)


def _named(value: Certificate, other: Certificate, text: str) -> list[Any]:
    found = compare(value, other).differences
    return [each for each in found if text.startswith(each.field) or each.field.startswith(text)]


@settings(max_examples=5)
@given(certificates())
def test_a_value_compared_with_itself_has_no_difference(value: Certificate) -> None:
    assert compare(value, value).differences == ()


@settings(max_examples=15)
@given(carried_certificates(), st.randoms(use_true_random=False))
def test_every_field_changed_by_one_unit_is_named_and_never_explained_away(
    value: Certificate, choice: random.Random
) -> None:
    found = list(leaves(value))
    for path, held in choice.sample(found, min(30, len(found))):
        other = put(value, path, one_more(held))
        named = _named(value, other, written(path))
        assert named, written(path)
        if _must_be_material(path, written(path)):
            assert Kind.MATERIAL in {each.kind for each in named}, (written(path), held, named)


@settings(max_examples=20)
@given(certificates(), st.randoms(use_true_random=False))
def test_any_value_at_all_changed_in_one_place_differs(value: Certificate, choice: random.Random) -> None:
    path, held = choice.choice(list(leaves(value)))
    other = put(value, path, one_more(held))
    assert bool(compare(value, other).differences) == (value != other)


def _turned(found: Any, *, is_turned: bool) -> Counter[tuple[str, str, Kind]]:
    pairs = ((each.field, each.right_field or each.field, each.kind) for each in found)
    return Counter((right, left, kind) if is_turned else (left, right, kind) for left, right, kind in pairs)


@settings(max_examples=20)
@given(carried_certificates(), st.randoms(use_true_random=False))
def test_turned_round_the_same_fields_differ_as_much(value: Certificate, choice: random.Random) -> None:
    other = value
    for _ in range(3):
        path, held = choice.choice(list(leaves(other)))
        if "areas" not in path:
            other = put(other, path, one_more(held))
    item = other.consignment.items[0]
    lines = tuple(choice.sample(item.trade_line_items, len(item.trade_line_items)))
    other = put(other, ("consignment", "items", 0), replace(item, trade_line_items=lines))
    one, back = compare(value, other), compare(other, value)
    assert one.kind == back.kind
    assert _turned(one.differences, is_turned=False) == _turned(back.differences, is_turned=True)


@settings(max_examples=20)
@given(carried_certificates(), st.randoms(use_true_random=False))
def test_the_same_certificate_in_another_writing_is_never_called_different(
    value: Certificate, choice: random.Random
) -> None:
    found = compare(value, rewritten(value, choice))
    assert [each for each in found.differences if each.kind is not Kind.IDENTICAL] == []


@settings(max_examples=15)
@given(carried_certificates(), st.randoms(use_true_random=False))
def test_lines_in_another_order_mean_the_same(value: Certificate, choice: random.Random) -> None:
    item = value.consignment.items[0]
    lines = tuple(choice.sample(item.trade_line_items, len(item.trade_line_items)))
    other = put(value, ("consignment", "items", 0), replace(item, trade_line_items=lines))
    assert compare(value, other).kind is Kind.IDENTICAL
