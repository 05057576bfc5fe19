"""The published values for notes, keys and checkpoints, and the worked trust list: read in place."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opensps.formats.checkpoint import read_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import read_key
from opensps.formats.signed_note import read_note, verify_note
from tests.limits import beyond_limits

pytestmark = pytest.mark.needs("reference")


@pytest.fixture(scope="module")
def vectors(reference: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference / "trust/c2sp/vectors.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def worked(reference: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference / "trust/formats/vectors.json").read_text(encoding="utf-8"))
    return found


def _accepts(read: Any, value: Any) -> bool:
    try:
        read(value)
    except NoteError:
        return False
    return True


def test_every_published_key_is_read_and_every_wrong_one_refused(vectors: dict[str, Any]) -> None:
    assert [str(read_key(text)) for text in vectors["vkeys_valid"]] == vectors["vkeys_valid"]
    assert [text for text in vectors["vkeys_invalid"] if _accepts(read_key, text)] == []


def test_every_published_checkpoint_is_read_and_every_wrong_one_refused(vectors: dict[str, Any]) -> None:
    assert all(_accepts(read_checkpoint, text) for text in vectors["checkpoints_valid"])
    assert [why for why, text in vectors["checkpoints_invalid"].items() if _accepts(read_checkpoint, text)] == []


def test_every_published_note_verifies_and_every_wrong_one_does_not(vectors: dict[str, Any]) -> None:
    key = read_key(vectors["note_vkey"])

    def opened(text: str) -> None:
        verify_note(read_note(text.encode()), keys=[key])

    assert all(_accepts(opened, text) for text in vectors["notes_valid"].values())
    assert [why for why, text in vectors["notes_invalid"].items() if _accepts(opened, text)] == []


def test_no_published_value_costs_much_and_nothing_but_a_refusal_is_raised(vectors: dict[str, Any]) -> None:
    key = read_key(vectors["note_vkey"])

    def opened(text: str) -> None:
        verify_note(read_note(text.encode()), keys=[key])

    works = {f"key {n}": partial(_accepts, read_key, text) for n, text in enumerate(_all(vectors, "vkeys"))}
    works |= {f"note {n}": partial(_accepts, opened, text) for n, text in enumerate(_all(vectors, "notes"))}
    works |= {
        f"checkpoint {n}": partial(_accepts, read_checkpoint, text)
        for n, text in enumerate(_all(vectors, "checkpoints"))
    }
    assert len(works) >= 40
    assert beyond_limits(works) == {}


def _all(vectors: dict[str, Any], what: str) -> list[str]:
    """Return the good values of a kind, and the wrong ones."""
    found: list[str] = []
    for part in (vectors[f"{what}_valid"], vectors[f"{what}_invalid"]):
        found += part.values() if isinstance(part, dict) else part
    return found


def test_the_worked_checkpoint_is_signed_by_log_and_both_kinds_of_witness(
    reference: Path, worked: dict[str, Any]
) -> None:
    raw = (reference / "trust/formats/bundle.tlog-proof").read_bytes()
    note = read_note(raw.partition(b"\n\n")[2])
    found = verify_note(note, keys=[read_key(text) for text in worked["vkeys"].values()])
    assert [each.at for each in found] == [None, worked["witness_time"], worked["witness_time"]]


def test_the_worked_trust_list_is_signed_by_two_of_its_roots(reference: Path, worked: dict[str, Any]) -> None:
    roots = [read_key(text) for text in worked["trust_list_root_vkeys"]]
    counts = {
        name: len(verify_note(read_note((reference / "trust/formats" / name).read_bytes()), keys=roots))
        for name in ("trust-list.note", "trust-list-one-signature.note")
    }
    assert counts == {"trust-list.note": 2, "trust-list-one-signature.note": 1}
