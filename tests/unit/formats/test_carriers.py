"""Token, verification code and check address (trust.md 6.4): what paper carries beside the text."""

import contextlib
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.formats import carriers

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
salts = st.binary(min_size=16, max_size=16)
numbers = st.from_regex(r"XA-20[0-9]{2}-[0-9]{3}-[0-9]{7}-[0-9]", fullmatch=True)


def test_the_worked_example_of_the_reference_is_met(reference: Path) -> None:
    vectors = json.loads((reference / "trust/formats/vectors.json").read_text())
    salt, digest = bytes.fromhex(vectors["inputs"]["salt"]), bytes.fromhex(vectors["D"])
    number = vectors["inputs"]["number"]
    assert carriers.commitment(salt, digest).hex() == vectors["commitment"]
    assert carriers.handle(salt, issuer=vectors["inputs"]["issuer"], number=number).hex() == vectors["handle"]
    assert carriers.token(salt, digest) == vectors["token"]
    assert carriers.grouped(carriers.verification_code(salt, number)) == vectors["verification_code"]
    for typed in vectors["verification_code_equal_inputs"]:
        assert carriers.parse_code(typed) == "0A1S5HDRANA5"
    for typed in vectors["verification_code_typing_errors"]:
        with pytest.raises(carriers.CodeTypo):
            carriers.parse_code(typed)


def test_our_own_vector_holds_without_the_reference() -> None:
    salt, digest = bytes(range(16)), hashlib.sha256(b"example").digest()
    assert carriers.token(salt, digest) == "VPJCXP48AKXHQZY72MBE"
    assert carriers.verification_code(salt, "XA-2026-014-0004512-0") == "9CN4QP0YXYQD"


@given(salts, numbers, st.integers(0, 11), st.sampled_from(SYMBOLS))
def test_every_wrong_symbol_is_a_typing_error(salt: bytes, number: str, place: int, wrong: str) -> None:
    code = carriers.verification_code(salt, number)
    typed = code[:place] + wrong + code[place + 1 :]
    if typed != code:
        with pytest.raises(carriers.CodeTypo):
            carriers.parse_code(typed)


@given(salts, numbers, st.integers(0, 10), st.integers(1, 2))
def test_every_swap_of_symbols_next_or_one_apart_is_a_typing_error(
    salt: bytes, number: str, place: int, distance: int
) -> None:
    code = list(carriers.verification_code(salt, number))
    if place + distance > 11 or code[place] == code[place + distance]:
        return
    code[place], code[place + distance] = code[place + distance], code[place]
    with pytest.raises(carriers.CodeTypo):
        carriers.parse_code("".join(code))


@given(salts, numbers)
def test_people_may_type_blanks_hyphens_small_letters_and_look_alikes(salt: bytes, number: str) -> None:
    code = carriers.verification_code(salt, number)
    assert carriers.parse_code(carriers.grouped(code)) == code
    assert carriers.parse_code(f" {carriers.grouped(code).lower()} ".replace("-", " ")) == code
    assert carriers.parse_code(code.replace("0", "o").replace("1", "l")) == code
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert carriers.parse_code(full_width) == code


@given(st.text(max_size=40))
def test_anything_else_typed_is_a_typing_error_and_nothing_worse(typed: str) -> None:
    for parse in (carriers.parse_code, carriers.parse_token):
        with contextlib.suppress(carriers.CodeTypo):
            assert set(parse(typed)) <= set(SYMBOLS)


def test_the_check_address_is_upper_case_so_that_the_code_stays_small() -> None:
    assert carriers.check_url("v.ecert.example", "CNJDQET660X0STG7JNY3") == (
        "HTTPS://V.ECERT.EXAMPLE/C/CNJDQET660X0STG7JNY3"
    )


def test_a_salt_comes_from_the_given_source() -> None:
    assert carriers.new_salt(lambda count: b"\x07" * count) == b"\x07" * 16
