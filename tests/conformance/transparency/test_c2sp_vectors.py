"""The published values for hashes, tiles, proofs and the witness, and the worked leaves and bundle: read in place."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opensps.formats.errors import NoteError
from opensps.formats.note_keys import TIME_BYTES, KeyType, NoteSigner, read_key
from opensps.formats.signed_note import read_signature_line
from opensps.transparency import merkle
from opensps.transparency.bundle import check_bundle, read_bundle, write_bundle
from opensps.transparency.cosignature import Quorum, WitnessKey
from opensps.transparency.errors import BundleError, TileError
from opensps.transparency.leaf import LeafEvent, read_leaf, write_leaf
from opensps.transparency.tiles import Tile, read_tile_path, tiles_of
from opensps.transparency.witness import Agreement, Refusal, Seen, cosign, decide, read_request
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


def test_hashes_are_those_of_the_specification(vectors: dict[str, Any]) -> None:
    assert vectors["hasher"] == {
        "empty_root": merkle.EMPTY_ROOT.hex(),
        "empty_leaf": merkle.leaf_hash(b"").hex(),
        'leaf "L123456"': merkle.leaf_hash(b"L123456").hex(),
        'node "N123","N456"': merkle.node_hash(b"N123", b"N456").hex(),
    }


def test_tile_paths_are_those_of_the_specification(vectors: dict[str, Any]) -> None:
    for level, index, width, path in vectors["tile_paths"]:
        tile = Tile(-1 if level == "entries" else level, index, width)
        assert tile.path == path
        assert read_tile_path(path) == tile


def test_no_other_writing_of_a_tile_path_is_read(vectors: dict[str, Any]) -> None:
    for text in vectors["tile_paths_invalid"]:
        with pytest.raises(TileError):
            read_tile_path(f"tile/0/{text}")


def test_a_tree_has_the_tiles_of_the_specification(vectors: dict[str, Any]) -> None:
    for size, wanted in vectors["tiles_for_size"].items():
        found: Counter[str] = Counter()
        for tile in tiles_of(int(size)):
            found[f"L{tile.level} {'full' if tile.is_full else 'partial'}"] += 1 if tile.is_full else tile.width
        assert found == Counter(wanted)


def test_every_wrong_proof_file_is_refused(vectors: dict[str, Any]) -> None:
    for text in vectors["tlog_proofs_invalid"].values():
        with pytest.raises(BundleError):
            read_bundle(text.encode())


def test_the_time_of_the_published_cosignature_is_read(vectors: dict[str, Any]) -> None:
    given = vectors["cosignature_timestamp"]
    line = read_signature_line(f"— witness.example {given['signature_base64']}")
    assert int.from_bytes(line.signature[:TIME_BYTES], "big") == given["time"]


def test_no_published_value_costs_much_and_nothing_but_a_refusal_is_raised(vectors: dict[str, Any]) -> None:
    works = {
        f"proof {why}": partial(_answer, read_bundle, text.encode())
        for why, text in vectors["tlog_proofs_invalid"].items()
    }
    works |= {
        f"path {text!r}": partial(_answer, read_tile_path, f"tile/0/{text}") for text in vectors["tile_paths_invalid"]
    }
    works |= {
        f"exchange {place}": partial(_answer, read_request, each["request_body"].encode())
        for place, each in enumerate(vectors["witness"]["exchanges_in_order"])
    }
    assert beyond_limits(works) == {}


def _answer(read: Callable[[Any], object], value: Any) -> object:
    """Return what a reader makes of a value; its own refusals are answers too."""
    try:
        return read(value)
    except (BundleError, NoteError, TileError) as refusal:
        return refusal


def test_a_witness_answers_the_published_exchanges_in_order(vectors: dict[str, Any]) -> None:
    log = vectors["witness"]
    logs = {log["log_origin"]: (read_key(log["log_vkey"]),)}
    signer = NoteSigner("example.com/witness", KeyType.COSIGNATURE, bytes(32))
    seen, answers = Seen(), []
    for exchange in log["exchanges_in_order"]:
        try:
            answer = decide(read_request(exchange["request_body"].encode()), logs=logs, seen=seen)
        except NoteError:
            answers.append((400, ""))
            continue
        if isinstance(answer, Refusal):
            answers.append((answer.status, answer.text))
            continue
        assert isinstance(answer, Agreement)
        seen = answer.after
        answers.append((200, cosign(answer.text, signers=[signer], at=1).decode()))
    assert [status for status, _ in answers] == [each["status_current_spec"] for each in log["exchanges_in_order"]]
    assert [text for status, text in answers if status == 409] == ["3\n", "5\n"]
    assert all("— example.com/witness " in text for status, text in answers if status == 200)


def test_the_worked_leaves_are_read_and_written_alike(reference: Path, worked: dict[str, Any]) -> None:
    proposal = json.loads((reference / "trust/c2sp/ecert-leaf-proposal.json").read_text(encoding="utf-8"))
    texts = [*worked["all_leaves_cbor"], proposal["issue_leaf_cbor"], proposal["withdraw_leaf_cbor"]]
    leaves = [bytes.fromhex(text) for text in texts]
    assert [write_leaf(read_leaf(leaf)) for leaf in leaves] == leaves
    assert merkle.leaf_hash(leaves[-2]).hex() == proposal["issue_leaf_hash"]
    assert merkle.leaf_hash(leaves[-1]).hex() == proposal["withdraw_leaf_hash"]


def test_the_worked_tree_has_the_worked_root(worked: dict[str, Any]) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in worked["all_leaves_cbor"]]
    assert merkle.root(leaves).hex() == worked["root"]


def test_the_worked_bundle_proves_its_certificate_to_two_organisations(reference: Path, worked: dict[str, Any]) -> None:
    raw = (reference / "trust/formats/bundle.tlog-proof").read_bytes()
    bundle = read_bundle(raw)
    assert bundle.leaf.event is LeafEvent.ISSUE
    assert (
        write_bundle(
            salt=bundle.salt, leaf=bundle.leaf, index=bundle.index, path=bundle.path, checkpoint=bundle.checkpoint
        )
        == raw
    )
    names = {"witness.bb.example": "BB", "witness.zz.example": "ZZ"}
    checked = check_bundle(
        bundle,
        digest=bytes.fromhex(worked["D"]),
        log_keys=[read_key(worked["vkeys"]["log"])],
        witness_keys=[WitnessKey(code, read_key(worked["vkeys"][name])) for name, code in names.items()],
        quorum=Quorum(2, frozenset(names.values())),
    )
    assert (checked.logged, checked.witnessed) == (None, None)
    assert checked.seen_by is not None
    assert (checked.seen_by.organisations, checked.seen_by.at) == (("BB", "ZZ"), worked["witness_time"])
