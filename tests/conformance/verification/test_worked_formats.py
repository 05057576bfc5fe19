"""The worked example of all formats: list, seal, proof, code and status list agree on one certificate."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opensps.signing import Roots, TrustList
from opensps.signing.approvals import challenge_of
from opensps.verification import Aspect, AtHand, Outcome, Upload, check_code, check_file, gather, verify_file
from tests.limits import beyond_limits

pytestmark = pytest.mark.needs("reference")
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.fixture
def folder(reference: Path) -> Path:
    return reference / "trust" / "formats"


@pytest.fixture
def vectors(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "vectors.json").read_text())
    return read


@pytest.fixture
def trust(folder: Path, vectors: dict[str, Any]) -> TrustList:
    roots = Roots.read("\n".join(vectors["trust_list_root_vkeys"]))
    return TrustList.load_signed((folder / "trust-list.note").read_bytes(), roots=roots)


@pytest.fixture
def hand(folder: Path) -> AtHand:
    return AtHand(((folder / "status.cwt").read_bytes(),))


def files(folder: Path) -> Upload:
    return gather(
        (name, (folder / name).read_bytes()) for name in ("certificate.xml", "certificate.xades", "bundle.tlog-proof")
    )


def test_every_question_is_answered_well_without_any_server(folder: Path, trust: TrustList, hand: AtHand) -> None:
    verdict = check_file(files(folder), trust=trust, now=NOW, at_hand=hand)
    assert verdict.result == "in_force"
    asked = {each.aspect: each.outcome for each in verdict.fragments}
    for aspect in (Aspect.SIGNER, Aspect.INTEGRITY, Aspect.LOGGED, Aspect.WITNESSED, Aspect.STATUS, Aspect.FRESHNESS):
        assert asked[aspect] is Outcome.VALID


def test_the_document_without_its_proof_waits_a_day_and_no_longer(folder: Path, trust: TrustList) -> None:
    path = folder / "certificate.xml"
    assert verify_file(path, trust=trust, now=NOW).result == "unavailable"
    assert verify_file(path, trust=trust, now=NOW + timedelta(days=2)).result == "not_recorded"


def test_the_printed_code_says_the_same(vectors: dict[str, Any], trust: TrustList, hand: AtHand) -> None:
    for text in (vectors["qr"]["url"], vectors["qr"]["bare"]):
        verdict = check_code(text, trust=trust, now=NOW, at_hand=hand)
        assert (verdict.result, verdict.tone, verdict.number) == ("offline_ok", "ok", "AA-2026-0001234")


def test_when_the_list_has_expired_nothing_can_be_told(folder: Path, trust: TrustList, hand: AtHand) -> None:
    late = NOW + timedelta(days=31)
    assert check_file(files(folder), trust=trust, now=late, at_hand=hand).result == "offline_unknown"


def test_an_officer_signs_the_worked_challenge(vectors: dict[str, Any]) -> None:
    digest = bytes.fromhex(vectors["D"])
    assert challenge_of(vectors["approval"]["act"], [digest]).hex() == vectors["approval"]["challenge_sha256"]


def test_no_worked_value_costs_much(folder: Path, vectors: dict[str, Any], trust: TrustList, hand: AtHand) -> None:
    texts = (vectors["qr"]["url"], vectors["qr"]["bare"], *vectors["qr"]["must_fail"].values())
    works: dict[str, Callable[[], object]] = {
        f"code {place}": partial(check_code, text, trust=trust, now=NOW, at_hand=hand)
        for place, text in enumerate(texts)
    }
    works["files"] = partial(check_file, files(folder), trust=trust, now=NOW, at_hand=hand)
    assert beyond_limits(works) == {}
