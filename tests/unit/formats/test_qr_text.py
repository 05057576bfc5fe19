"""The three forms of a printed code, read strictly: an unknown form is no form."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.formats import base45, qr, qr_text
from opensps.formats.errors import FormatError

TOKEN = "CNJDQET660X0STG7JNY3"
ADDRESS = f"HTTPS://V.ECERT.EXAMPLE/C/{TOKEN}"


def refusal(text: str) -> str:
    with pytest.raises(FormatError) as caught:
        qr_text.read_code(text)
    return caught.value.code


@given(st.binary(min_size=1, max_size=300))
def test_both_forms_carry_any_message(message: bytes) -> None:
    whole = qr_text.write_code(message, host="v.ecert.example", token=TOKEN)
    assert qr_text.read_code(whole) == qr_text.ScannedCode(message, "v.ecert.example", TOKEN)
    assert qr_text.read_code(qr_text.write_bare(message)) == qr_text.ScannedCode(message)


@given(st.text(max_size=80), st.sampled_from(["", "EC1:", f"{ADDRESS}#1", "HTTPS://"]))
def test_no_text_raises_anything_else(text: str, start: str) -> None:
    try:
        qr_text.read_code(start + text)
    except FormatError as error:
        found = error.code
    else:
        found = "read"
    assert found in {"read", "address", "version", "base32", "base45", "zlib"}


def test_a_plain_link_has_no_message() -> None:
    assert qr_text.read_code(ADDRESS) == qr_text.ScannedCode(None, "v.ecert.example", TOKEN)


def test_an_address_as_browsers_write_it_is_read() -> None:
    assert qr_text.read_code(f"https://v.ecert.example:8443/C/{TOKEN.lower()}").host == "v.ecert.example:8443"
    assert qr_text.read_code(f"https://[::1]:8443/C/{TOKEN}").host == "[::1]:8443"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A" * 4097, "too_large"),
        ("HTTP://V.ECERT.EXAMPLE/C/" + TOKEN, "address"),
        ("HTTPS://V.ECERT.EXAMPLE/D/" + TOKEN, "address"),
        ("HTTPS://A@V.ECERT.EXAMPLE/C/" + TOKEN, "address"),
        (f"{ADDRESS}?A=1", "address"),
        (f"{ADDRESS[:-1]}U", "address"),
        (f" {ADDRESS}", "address"),
        ("ec1:00", "address"),
        (f"{ADDRESS}#", "version"),
        (f"{ADDRESS}#2AA", "version"),
        (f"{ADDRESS}#1", "base32"),
        (f"{ADDRESS}#1AA======", "base32"),
        (f"{ADDRESS}#1aa", "base32"),
        (f"{ADDRESS}#1A", "base32"),
        (f"{ADDRESS}#1AB", "base32"),
        ("EC1:A", "base45"),
        ("EC1:a0", "base45"),
        ("EC1::::", "base45"),
        ("EC1:", "zlib"),
        ("EC1:" + base45.write_base45(zlib.compress(bytes(65537))), "zlib"),
        ("EC1:" + base45.write_base45(zlib.compress(b"a") + b"b"), "zlib"),
        ("EC1:" + base45.write_base45(zlib.compress(b"abc")[:-2]), "zlib"),
        ("EC1:" + base45.write_base45(b"nothing packed"), "zlib"),
    ],
)
def test_anything_else_is_refused(text: str, code: str) -> None:
    assert refusal(text) == code


def test_base45_is_that_of_its_standard() -> None:
    assert base45.write_base45(b"Hello!!") == "%69 VD92EX0"
    assert base45.read_base45("%69 VD92EX0") == b"Hello!!"


def test_the_worked_codes_are_read_and_written_alike(reference: Path) -> None:
    worked = json.loads((reference / "trust" / "formats" / "vectors.json").read_text())["qr"]
    scanned = qr_text.read_code(worked["url"])
    assert scanned.message is not None
    assert scanned.message.hex() == worked["cose_hex"]
    assert qr_text.write_code(scanned.message, host=scanned.host, token=scanned.token) == worked["url"]
    assert qr_text.write_bare(scanned.message) == worked["bare"]
    assert len(qr.modules(worked["url"], level="M")) == 17 + 4 * worked["version_at_level_m"]
