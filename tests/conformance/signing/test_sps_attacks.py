"""Every case of the reference's attack set gets its expected verdict; no exception leaves the room."""

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from opensps.signing import TrustedAuthority, TrustedKey, TrustList
from opensps.verification import Aspect, Outcome, Verdict, check_file, unpack
from tests.limits import beyond_limits

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NUMBER = "AA-2026-0001234"
CASES = 58


@dataclass(frozen=True)
class Case:
    """One row of the manifest."""

    name: str
    expect: str
    data: bytes


@pytest.fixture(scope="module")
def folder(reference: Path) -> Path:
    return reference / "trust" / "sps-attacks"


@pytest.fixture(scope="module")
def cases(folder: Path) -> tuple[Case, ...]:
    rows = json.loads((folder / "manifest.json").read_text())["cases"]
    return tuple(Case(row["file"], row["expect"], (folder / row["file"]).read_bytes()) for row in rows)


@pytest.fixture(scope="module")
def trust(folder: Path) -> TrustList:
    """The seals of AA and BB as their authorities would list them: periods after the certificates of their keys.

    The two unfit keys of AA are listed as well, so that it is their unfitness that is noticed.
    """
    listed = {"sealAA": "AA", "expired": "AA", "noku": "AA", "sealBB": "BB"}
    keys = tuple(_key(folder / "pki" / f"{name}.cert.pem", authority) for name, authority in listed.items())
    return TrustList((TrustedAuthority("AA", "Authority AA"), TrustedAuthority("BB", "Authority BB")), keys)


def _key(path: Path, authority: str) -> TrustedKey:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return TrustedKey(
        authority=authority,
        spki_der=certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        uses=frozenset({"xml"}),
        types=frozenset({"851"}),
        from_at=certificate.not_valid_before_utc,
        to_at=certificate.not_valid_after_utc,
        algorithm="RS256",
    )


def is_accepted(verdict: Verdict) -> bool:
    """Whether everything about the sealed document was found good; offline nobody can know the status."""
    asked = {Aspect.INPUT, Aspect.SEAL_SHAPE, Aspect.SIGNER, Aspect.INTEGRITY, Aspect.CONTENT}
    good = {each.aspect for each in verdict.fragments if each.outcome is Outcome.VALID}
    return asked <= good and verdict.result == "offline_ok"


def is_refused(verdict: Verdict) -> bool:
    """Whether it was refused with a reason, and nothing of it would be shown as a fact."""
    has_reason = any(each.reason for each in verdict.fragments)
    return verdict.exit_code in {4, 5} and has_reason and verdict.certificate is None


def is_unsigned(verdict: Verdict) -> bool:
    """Whether it was refused for lack of a seal alone."""
    return [(each.aspect, each.reason) for each in verdict.fragments] == [(Aspect.SEAL_SHAPE, "missing")]


def is_as_expected(expect: str, verdict: Verdict) -> bool:
    refused = is_refused(verdict)
    return {
        "accept": is_accepted(verdict) and verdict.number == NUMBER,
        "reject": refused and not is_unsigned(verdict),
        "unsigned": is_unsigned(verdict),
        "reject-or-same-content": refused or (is_accepted(verdict) and verdict.number == NUMBER),
        "no-fetch": refused,
        "no-collision": refused or verdict.number != NUMBER,
        "policy": refused,
    }[expect]


def test_every_attack_gets_its_expected_verdict(cases: tuple[Case, ...], trust: TrustList) -> None:
    verdicts = {case: check_file(unpack(case.name, case.data), trust=trust, now=NOW) for case in cases}
    wrong = {
        case.name: (case.expect, verdict.result, verdict.fragments)
        for case, verdict in verdicts.items()
        if not is_as_expected(case.expect, verdict)
    }
    assert not wrong
    assert len(verdicts) == CASES
    assert not [case.name for case, verdict in verdicts.items() if verdict.result == "unavailable"]


@pytest.mark.needs("xmlsec1")
def test_xmlsec1_agrees_on_every_document_that_is_accepted(
    tmp_path: Path, folder: Path, cases: tuple[Case, ...], trust: TrustList
) -> None:
    accepted = [case for case in cases if is_accepted(check_file(unpack(case.name, case.data), trust=trust, now=NOW))]
    refused = []
    for case in accepted:
        (document,) = (unpack(case.name, case.data).xml,)
        assert document is not None
        (tmp_path / "sealed.xml").write_bytes(document)
        command = ["xmlsec1", "--verify", "--verification-gmt-time", f"{NOW:%Y-%m-%d %H:%M:%S}"]
        for authority in ("AA", "BB"):
            command += ["--trusted-pem", str(folder / "pki" / f"ca{authority}.cert.pem")]
        done = subprocess.run([*command, "sealed.xml"], cwd=tmp_path, capture_output=True, check=False, timeout=60)
        refused += [case.name] if done.returncode else []
    assert len(accepted) >= 2
    assert refused == []


def test_no_attack_costs_much_and_nothing_is_raised(cases: tuple[Case, ...], trust: TrustList) -> None:
    def checked(case: Case) -> object:
        return check_file(unpack(case.name, case.data), trust=trust, now=NOW)

    assert beyond_limits({case.name: partial(checked, case) for case in cases}) == {}


def test_the_same_content_in_other_bytes_is_the_same_content(cases: tuple[Case, ...], trust: TrustList) -> None:
    accepted = [
        verdict.certificate
        for case in cases
        if case.expect in {"accept", "reject-or-same-content"}
        and is_accepted(verdict := check_file(unpack(case.name, case.data), trust=trust, now=NOW))
    ]
    assert len(accepted) >= 2
    assert all(each == accepted[0] for each in accepted)
