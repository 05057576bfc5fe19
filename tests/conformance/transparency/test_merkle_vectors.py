"""The 518 published cases of inclusion and consistency, for trees and for subtrees: each gets its verdict."""

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opensps.transparency import merkle
from opensps.transparency.errors import ProofError
from tests.limits import beyond_limits

pytestmark = pytest.mark.needs("reference")

COUNTS = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def _path(case: dict[str, Any]) -> list[bytes]:
    return [_bytes(each) for each in case["proof"] or []]


def _inclusion(case: dict[str, Any]) -> None:
    merkle.verify_inclusion(
        _bytes(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        path=_path(case),
        root=_bytes(case["root"]),
    )


def _consistency(case: dict[str, Any]) -> None:
    merkle.verify_consistency(
        old_size=case["size1"],
        new_size=case["size2"],
        old_root=_bytes(case["root1"]),
        new_root=_bytes(case["root2"]),
        path=_path(case),
    )


def _subtree_inclusion(case: dict[str, Any]) -> None:
    merkle.verify_subtree_inclusion(
        _bytes(case["leafHash"]),
        index=case["leafIdx"],
        start=case["start"],
        end=case["end"],
        path=_path(case),
        root=_bytes(case["root"]),
    )


def _subtree_consistency(case: dict[str, Any]) -> None:
    merkle.verify_subtree_consistency(
        start=case["start"],
        end=case["end"],
        size=case["size"],
        subtree_root=_bytes(case["root1"]),
        root=_bytes(case["root2"]),
        path=_path(case),
    )


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeinclusion": _subtree_inclusion,
    "subtreeconsistency": _subtree_consistency,
}


def _cases(reference: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    base = reference / "trust/merkle-rfc6962/testdata"
    for path in sorted((base / kind).rglob("*.json")):
        yield str(path.relative_to(base)), json.loads(path.read_text(encoding="utf-8"))


def _is_refused(check: Callable[[dict[str, Any]], None], case: dict[str, Any]) -> bool:
    try:
        check(case)
    except ProofError:
        return True
    return False


def _is_refused_on_purpose(case: dict[str, Any]) -> bool:
    """What the authors of the set take and we do not: a root of 12 bytes, a subtree without a leaf."""
    roots = [_bytes(case[name]) for name in ("root1", "root2") if name in case]
    return any(len(each) != merkle.HASH_BYTES for each in roots) or case.get("start", 0) == case.get("end")


@pytest.mark.parametrize("kind", COUNTS)
def test_every_published_proof_gets_its_verdict(reference: Path, kind: str) -> None:
    cases = tuple(_cases(reference, kind))
    assert len(cases) == COUNTS[kind]
    differing = {name: case for name, case in cases if _is_refused(CHECKS[kind], case) != case["wantErr"]}
    assert all(_is_refused_on_purpose(case) and not case["wantErr"] for case in differing.values()), sorted(differing)
    assert len(differing) == {"consistency": 1, "subtreeconsistency": 7}.get(kind, 0)


@pytest.mark.parametrize("kind", COUNTS)
def test_no_published_proof_costs_much_and_nothing_but_a_refusal_is_raised(reference: Path, kind: str) -> None:
    works = {name: partial(_is_refused, CHECKS[kind], case) for name, case in _cases(reference, kind)}
    assert beyond_limits(works) == {}
