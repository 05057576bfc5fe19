"""Claims of a code: what is signed is what is read; goods and marks give way, nothing else does."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.formats import cbor, cose, qr, qr_text
from opensps.formats.errors import FormatError
from opensps.formats.qr_payload import (
    MAX_MESSAGE,
    Claims,
    GoodsLine,
    fitted,
    read_claims,
    shortest,
    sign_claims,
    write_claims,
)
from tests.factories.signing import signer

ISSUED = datetime(2026, 11, 20, 10, 16, tzinfo=UTC)
LINE = GoodsLine("Citrus sinensis", Decimal("1000.5"), "KGM")
CLAIMS = Claims(
    issuer="XA",
    number="XA-2026-014-0004512-0",
    issued_at=ISSUED,
    digest=bytes(32),
    type_code="851",
    import_country="XB",
    valid_until=datetime(2027, 1, 1, tzinfo=UTC),
    goods=(LINE,),
    position=(b"log1", 5),
    salt=bytes(16),
    marks=("MSKU1234565",),
    copy=1,
    page=(1, 2),
    block="B-7",
)

lines = st.builds(
    GoodsLine,
    st.text("abc é锦", max_size=60),
    st.decimals(0, 10**12, allow_nan=False, places=3),
    st.sampled_from(["KGM", "H87", "MTQ"]),
)


def plain(claims: Claims = CLAIMS) -> dict[Any, Any]:
    whole: Any = cbor.loads(write_claims(claims))
    return {**whole, -70001: dict(whole[-70001])}


def refusal(whole: Any) -> tuple[str, str]:
    with pytest.raises(FormatError) as caught:
        read_claims(cbor.dumps(whole))
    return caught.value.code, caught.value.path


def test_what_is_signed_is_what_is_read() -> None:
    assert read_claims(write_claims(CLAIMS)) == CLAIMS
    least = shortest(replace(CLAIMS, salt=None, copy=None, page=None, block=""))
    assert read_claims(write_claims(least)) == least


def test_whole_quantities_are_written_as_numbers() -> None:
    goods = (LINE, replace(LINE, quantity=Decimal("1000.00")))
    assert [line[1] for line in plain(replace(CLAIMS, goods=goods))[-70001][4]] == ["1000.5", 1000]


@given(st.lists(lines, max_size=5).map(tuple), st.lists(st.text("ABC123", max_size=20), max_size=20).map(tuple))
def test_whatever_is_on_board_the_code_keeps_its_size(goods: tuple[GoodsLine, ...], marks: tuple[str, ...]) -> None:
    whole = replace(CLAIMS, goods=goods, marks=marks)
    message = sign_claims(whole, kid=bytes(8), sign=lambda _: bytes(64))
    assert len(message) <= MAX_MESSAGE
    kept = read_claims(cose.read_sign1(message).payload)
    assert kept.goods == goods[: len(kept.goods)]
    assert kept.marks == marks[: len(kept.marks)]
    assert replace(kept, goods=(), marks=()) == replace(whole, goods=(), marks=())
    if len(kept.marks) < len(marks):
        assert not kept.goods


def test_the_largest_code_is_of_version_13() -> None:
    big = replace(CLAIMS, goods=(LINE, LINE, LINE), marks=tuple(f"MSKU123456{n}" for n in range(9)))
    message = sign_claims(big, kid=signer().kid, sign=signer().sign)
    text = qr_text.write_code(message + bytes(MAX_MESSAGE - len(message)), host="v.ecert.example", token="0" * 20)
    assert len(qr.modules(text, level="M")) == 17 + 4 * 13


def test_claims_that_can_never_fit_are_refused() -> None:
    with pytest.raises(FormatError, match="too_large"):
        fitted(CLAIMS, limit=100)


@pytest.mark.parametrize("key", [1, 2, 6, -70001])
def test_what_must_be_there_is(key: int) -> None:
    assert refusal({name: value for name, value in plain().items() if name != key})[1] == str(key)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (1, "xa", "identifier"),
        (1, 5, "claims"),
        (2, "XA-1\u202e2", "identifier"),
        (2, "XA  1", "identifier"),
        (2, "", "identifier"),
        (4, -1, "date"),
        (4, "soon", "date"),
        (6, 2**60, "date"),
        (-70001, (1,), "claims"),
    ],
)
def test_claims_of_another_kind_are_refused(key: int, value: Any, code: str) -> None:
    assert refusal(plain() | {key: value}) == (code, str(key))


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (1, bytes(31), "claims"),
        (1, None, "claims"),
        (2, "851", "claims"),
        (2, -1, "claims"),
        (3, "zz", "identifier"),
        (4, 1, "claims"),
        (4, ((1,),), "claims"),
        (4, (1,), "claims"),
        (4, (("a", 1, "KGM"),) * 4, "claims"),
        (4, (("a", -1, "KGM"),), "number"),
        (4, (("a", "1e9", "KGM"),), "number"),
        (4, (("a", None, "KGM"),), "number"),
        (4, (("\u202ea", 1, "KGM"),), "identifier"),
        (4, (("a" * 201, 1, "KGM"),), "identifier"),
        (5, (b"log", 1), "claims"),
        (5, (b"log1", -1), "claims"),
        (5, 7, "claims"),
        (6, bytes(15), "claims"),
        (7, ("a\n",), "identifier"),
        (7, (1,), "identifier"),
        (8, -1, "claims"),
        (9, (2, 1), "claims"),
        (9, (1, 100), "claims"),
        (9, 1, "claims"),
        (10, 5, "identifier"),
    ],
)
def test_our_own_claims_of_another_kind_are_refused(key: int, value: Any, code: str) -> None:
    assert refusal(plain() | {-70001: plain()[-70001] | {key: value}}) == (code, str(key))


def test_unknown_claims_are_ignored() -> None:
    assert read_claims(cbor.dumps(plain() | {99: "new", -70001: plain()[-70001] | {99: ("new",)}})) == CLAIMS


def test_claims_are_a_map() -> None:
    assert refusal((1, 2))[0] == "claims"


def test_the_worked_claims_are_ours(reference: Path) -> None:
    worked = json.loads((reference / "trust" / "formats" / "vectors.json").read_text())["qr"]
    claims = read_claims(bytes.fromhex(worked["claims_cbor"]))
    assert claims.marks == ("MSKU1234565",)
    assert claims.page == (1, 1)
    assert write_claims(claims).hex() == worked["claims_cbor"]
