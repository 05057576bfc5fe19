"""Every case of the hostile QR codes gets its expected verdict, in both forms (`trust.md` 6.13)."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opensps.formats.errors import FormatError
from opensps.formats.qr_text import read_code, write_code
from opensps.signing import TrustedAuthority, TrustedKey, TrustList
from opensps.verification import Outcome, check_code
from tests.limits import beyond_limits

NOW = datetime.fromtimestamp(1795168500, UTC)
HOST, TOKEN = "v.ecert.example", "CNJDQET660X0STG7JNY3"

ACCEPTED = {"in_force", "offline_ok"}
"""Good as far as can be told without a status list."""

EXPECTED = {
    "valid": ACCEPTED,
    "valid-with-goods-shown": ACCEPTED,
    "revoked-when-status-says": ACCEPTED,
    "expired": {"expired"},
    "unknown-key": {"offline_unknown"},
}
REFUSED = {"file_altered", "malformed", "foreign_signature", "key_not_valid", "unreadable", "fields_differ"}


@pytest.fixture(scope="module")
def material(reference: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference / "trust" / "qr-attacks" / "cases.json").read_text())
    return found


@pytest.fixture(scope="module")
def trust(material: dict[str, Any]) -> TrustList:
    keys = tuple(
        TrustedKey(
            issuer, base64.b64decode(spki), frozenset({"qr"}), frozenset({"851"}), NOW - timedelta(9), None, None, alg
        )
        for issuer, alg, spki in material["keys"].values()
    )
    return TrustList((TrustedAuthority("AA", "A", (HOST,)), TrustedAuthority("BB", "B")), keys)


def rewritten(text: str) -> str | None:
    """Return the same message behind an official address, where there is a message at all."""
    try:
        message = read_code(text).message
    except FormatError:
        return None
    return write_code(message, host=HOST, token=TOKEN) if message else None


def both_forms(material: dict[str, Any]) -> Iterator[tuple[dict[str, str], str]]:
    """Yield each case with its text as given, and as it would be printed."""
    for case in material["cases"]:
        for text in filter(None, (case["text"], rewritten(case["text"]))):
            yield case, text


@pytest.mark.needs("reference")
def test_every_case_gets_its_verdict_in_both_forms(material: dict[str, Any], trust: TrustList) -> None:
    wrong = []
    for case, text in both_forms(material):
        verdict = check_code(text, trust=trust, now=NOW)
        expected = EXPECTED.get(case["expect"], REFUSED)
        if verdict.result not in expected or verdict.result == "unavailable":
            wrong.append((case["name"], case["expect"], verdict.result, verdict.fragments))
    assert not wrong
    assert len(material["cases"]) >= 37


@pytest.mark.needs("reference")
def test_no_case_costs_much_and_nothing_is_raised(material: dict[str, Any], trust: TrustList) -> None:
    works = {
        f"{case['name']}, {text[:4]}": partial(check_code, text, trust=trust, now=NOW)
        for case, text in both_forms(material)
    }
    assert len(works) >= len(material["cases"])
    assert beyond_limits(works) == {}


@pytest.mark.needs("reference")
def test_a_refusal_names_its_reason(material: dict[str, Any], trust: TrustList) -> None:
    for case in material["cases"]:
        verdict = check_code(case["text"], trust=trust, now=NOW)
        if verdict.result in REFUSED:
            assert next(each.reason for each in verdict.fragments if each.outcome is not Outcome.VALID)
            assert verdict.claims is None or verdict.result == "malformed"


def worked(reference: Path) -> tuple[dict[str, Any], TrustList]:
    vectors = json.loads((reference / "trust" / "formats" / "vectors.json").read_text())
    key = TrustedKey(
        "AA",
        base64.b64decode(vectors["seal_spki_base64"]),
        frozenset({"qr"}),
        frozenset({"851"}),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    return vectors["qr"], TrustList((TrustedAuthority("AA", "A", (HOST,)),), (key,))


@pytest.mark.needs("reference")
def test_the_worked_code_is_good_and_its_counter_examples_are_not(reference: Path) -> None:
    codes, trust = worked(reference)
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for good in (codes["url"], codes["bare"]):
        assert check_code(good, trust=trust, now=now).result == "offline_ok"
    expected = {
        "token of another certificate": "fields_differ",
        "number changed, signed by another key": "file_altered",
        "other host": "address_not_official",
    }
    for name, text in codes["must_fail"].items():
        assert check_code(text, trust=trust, now=now).result == expected.get(name, "unreadable"), name
