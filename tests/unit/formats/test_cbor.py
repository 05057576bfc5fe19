"""Deterministic CBOR has one writing for each value; every other one is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.formats import cbor
from opensps.formats.errors import FormatError

KEYS = st.one_of(st.integers(-(2**64), 2**64 - 1), st.binary(max_size=9), st.text(max_size=9))
VALUES = st.recursive(
    st.one_of(st.none(), KEYS),
    lambda inner: st.one_of(st.lists(inner, max_size=4).map(tuple), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


def refusal(data: bytes, **given: Any) -> str:
    with pytest.raises(FormatError) as caught:
        cbor.loads(data, **given)
    assert caught.value.code == "cbor"
    return caught.value.detail


def depth(value: Any) -> int:
    inside = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, tuple) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_what_is_written_is_read_back_and_has_no_second_writing(value: Any) -> None:
    data = cbor.dumps(value)
    read = cbor.loads(data)
    assert read == value
    assert cbor.dumps(read) == data


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else_and_what_is_read_is_written_as_it_was(data: bytes) -> None:
    try:
        value = cbor.loads(data)
    except FormatError:
        return
    assert cbor.dumps(value) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("1817", "a number written longer than it is"),
        ("190018", "a number written longer than it is"),
        ("1a0000ffff", "a number written longer than it is"),
        ("1b00000000ffffffff", "a number written longer than it is"),
        ("5f4101ff", "an indefinite length"),
        ("f816", "a number written longer than it is"),
        ("f5", "a tag, a float or a truth value"),
        ("f93c00", "a tag, a float or a truth value"),
        ("c24101", "a tag, a float or a truth value"),
        ("5bffffffffffffffff", "cut short"),
        ("9bffffffffffffffff", "cut short"),
        ("bb7fffffffffffffff", "cut short"),
        ("62c328", "not UTF-8"),
        ("a2010201", "cut short"),
        ("a201020103", "keys out of order"),
        ("a202010101", "keys out of order"),
        ("a1f600", "a key that is no number, bytes or text"),
        ("a18000", "a key that is no number, bytes or text"),
        ("0000", "something follows"),
        ("", "cut short"),
        ("81" * 9 + "00", "too deep"),
    ],
)
def test_every_other_spelling_is_refused_without_much_work(data: str, why: str) -> None:
    assert refusal(bytes.fromhex(data)) == why


def test_eight_arrays_inside_each_other_are_read() -> None:
    assert cbor.dumps(cbor.loads(bytes.fromhex("81" * 8 + "00"))).hex() == "81" * 8 + "00"


def test_a_tag_stands_where_it_is_asked_for_and_nowhere_else() -> None:
    assert cbor.loads(cbor.dumps(("a",), tag=18), tag=18) == ("a",)
    assert refusal(cbor.dumps(("a",)), tag=18) == "tag 18 expected"
    assert refusal(cbor.dumps(("a",), tag=18)) == "a tag, a float or a truth value"


@pytest.mark.parametrize("value", [True, 1.5, 2**64, -(2**64) - 1, [1]])
def test_what_has_no_form_here_is_not_written(value: Any) -> None:
    with pytest.raises(FormatError):
        cbor.dumps(value)
