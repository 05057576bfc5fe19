"""Damm's check digit finds every wrong digit and every swap of neighbours, wherever it happens."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from opensps.certificate import IssuedNumber, NumberTypo, normalised, parse_number
from tests.property.strategies import SIGNS

issued_numbers = st.builds(
    IssuedNumber,
    st.sampled_from(("XA", "XB", "XA1")),
    st.integers(2000, 2099),
    st.integers(0, 9999).map(lambda office: f"{office:03d}"),
    st.integers(1, 999_999_999),
    is_training=st.booleans(),
)


@given(issued_numbers)
def test_a_number_is_read_back_as_it_was_written(number: IssuedNumber) -> None:
    assert parse_number(str(number)) == number


@given(issued_numbers, st.data())
def test_one_wrong_digit_is_found(number: IssuedNumber, data: st.DataObject) -> None:
    written = str(number)
    start = written.index("-", 3)
    places = [place for place, sign in enumerate(written) if sign.isdigit() and place > start]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != written[place])
    with pytest.raises(NumberTypo):
        parse_number(written[:place] + digit + written[place + 1 :])


@given(issued_numbers, st.data())
def test_two_neighbours_swapped_are_found(number: IssuedNumber, data: st.DataObject) -> None:
    written = str(number)
    digits = [place for place, sign in enumerate(written) if sign.isdigit() and place > written.index("-", 3)]
    pairs = [(one, two) for one, two in pairwise(digits) if written[one] != written[two]]
    assume(pairs)
    one, two = data.draw(st.sampled_from(pairs))
    swapped = list(written)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    with pytest.raises(NumberTypo):
        parse_number("".join(swapped))


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_a_number_or_a_typing_error(typed: str) -> None:
    try:
        number = parse_number(typed)
    except NumberTypo:
        return
    assert parse_number(str(number)) == number


@given(st.text(SIGNS, max_size=30))
def test_folding_a_text_twice_is_folding_it_once(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
