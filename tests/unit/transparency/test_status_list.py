"""The status list: a function of the log, and "not covered" is never "in force" (`trust.md` 6.12)."""

import base64
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.formats import cbor, cose
from opensps.formats.errors import FormatError
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf
from opensps.transparency.status_list import (
    CONTENT_TYPE,
    MAX_BYTES,
    MAX_INFLATED,
    Status,
    StatusList,
    read_status_list,
    statuses,
    write_status_list,
)
from tests.factories.signing import signer

ISSUED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LOG_ID = b"log1"
NEWS = (LeafEvent.REPLACE, LeafEvent.WITHDRAW, LeafEvent.HOLD, LeafEvent.LIFT)


def issue(n: int = 0) -> Leaf:
    return Leaf(LeafEvent.ISSUE, "XA", 1, n.to_bytes(32, "big"), bytes(8), bytes(32))


def news(event: LeafEvent, about: int | None, n: int | None = None) -> Leaf:
    which = n if n is not None else about or 0
    return Leaf(event, "XA", 2, which.to_bytes(32, "big"), bytes(8), bytes(32), about, bytes(16))


def listed(*leaves: Leaf, **given: Any) -> StatusList:
    return StatusList(
        "https://l.example/status", ISSUED, ISSUED + timedelta(7), LOG_ID, len(leaves), statuses(leaves, **given)
    )


def signed(claims: dict[Any, Any], **given: Any) -> bytes:
    content_type = given.get("content_type", CONTENT_TYPE)
    return cose.write_sign1(cbor.dumps(claims), kid=bytes(8), sign=lambda _: bytes(64), content_type=content_type)


def claims(value: StatusList) -> dict[Any, Any]:
    plain: Any = cbor.loads(cose.read_sign1(write_status_list(value, kid=bytes(8), sign=lambda _: bytes(64))).payload)
    return dict(plain)


ONE = claims(listed(issue()))


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((), Status.IN_FORCE),
        ((LeafEvent.WITHDRAW,), Status.WITHDRAWN),
        ((LeafEvent.HOLD,), Status.ON_HOLD),
        ((LeafEvent.REPLACE,), Status.REPLACED),
        ((LeafEvent.HOLD, LeafEvent.LIFT), Status.IN_FORCE),
        ((LeafEvent.HOLD, LeafEvent.LIFT, LeafEvent.HOLD), Status.ON_HOLD),
        ((LeafEvent.HOLD, LeafEvent.WITHDRAW), Status.WITHDRAWN),
        ((LeafEvent.WITHDRAW, LeafEvent.LIFT), Status.WITHDRAWN),
        ((LeafEvent.WITHDRAW, LeafEvent.REPLACE), Status.WITHDRAWN),
        ((LeafEvent.REPLACE, LeafEvent.HOLD), Status.REPLACED),
        ((LeafEvent.REPLACE, LeafEvent.WITHDRAW), Status.WITHDRAWN),
    ],
)
def test_the_last_word_counts_but_nothing_brings_back_the_dead(events: tuple[LeafEvent, ...], status: Status) -> None:
    value = listed(issue(0), issue(1), *(news(event, 1) for event in events))
    assert value.status(1) is status
    assert value.status(0) is Status.IN_FORCE
    frozen = listed(issue(0), issue(1), later=[(1, event) for event in events])
    assert frozen.status(1) is status


@pytest.mark.parametrize(
    "leaf",
    [
        news(LeafEvent.WITHDRAW, 0, n=7),
        news(LeafEvent.WITHDRAW, 1, n=1),
        news(LeafEvent.WITHDRAW, 5),
        news(LeafEvent.WITHDRAW, None),
    ],
    ids=["another commitment", "itself", "a leaf to come", "a leaf of another log"],
)
def test_an_event_that_fits_no_issue_before_it_says_nothing(leaf: Leaf) -> None:
    assert statuses([issue(0), leaf]) == b"\x00"


def test_an_event_about_an_event_says_nothing() -> None:
    assert statuses([issue(0), news(LeafEvent.HOLD, 0), news(LeafEvent.WITHDRAW, 1, n=0)]) == b"\x02"


def test_a_leaf_behind_the_tree_is_not_covered() -> None:
    value = listed(issue(0))
    assert value.status(0) is Status.IN_FORCE
    assert value.status(1) is value.status(-1) is None


@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(NEWS)), max_size=20))
def test_what_is_signed_is_what_is_read(count: int, told: list[tuple[int, LeafEvent]]) -> None:
    value = listed(*map(issue, range(count)), *(news(event, about) for about, event in told))
    message, read = read_status_list(write_status_list(value, kid=signer().kid, sign=signer().sign))
    assert read == value
    cose.check_signature(message, spki_der=signer().spki_der)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_status_list(data)


def bomb() -> bytes:
    return zlib.compress(bytes(MAX_INFLATED + 1))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({2: 5}, "claims"),
        ({4: None}, "date"),
        ({4: int(ISSUED.timestamp())}, "date"),
        ({4: int(ISSUED.timestamp()) + 8 * 86400}, "date"),
        ({6: 2**60}, "date"),
        ({65533: {"bits": 1, "lst": b""}}, "claims"),
        ({65533: {"bits": 2, "lst": zlib.compress(b"")}}, "claims"),
        ({65533: {"bits": 2, "lst": zlib.compress(b"\x04")}}, "claims"),
        ({65533: {"bits": 2, "lst": zlib.compress(b"\x00")[:-1]}}, "zlib"),
        ({65533: {"bits": 2, "lst": b"nonsense"}}, "zlib"),
        ({65533: {"bits": 2, "lst": bomb()}}, "zlib"),
        ({-70002: (b"log", 1)}, "claims"),
        ({-70002: (LOG_ID, -1)}, "claims"),
        ({-70002: (LOG_ID, 2**40)}, "claims"),
        ({-70002: 1}, "claims"),
    ],
)
def test_what_cannot_be_a_list_is_refused(change: dict[int, Any], code: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_status_list(signed(ONE | change))
    assert caught.value.code == code


def test_other_messages_and_floods_are_refused() -> None:
    for data, code in (
        (signed(ONE, content_type="text/plain"), "envelope"),
        (signed(ONE, content_type=None), "envelope"),
        (cose.write_sign1(cbor.dumps(5), kid=bytes(8), sign=lambda _: bytes(64), content_type=CONTENT_TYPE), "claims"),
        (bytes(MAX_BYTES + 1), "too_large"),
    ):
        with pytest.raises(FormatError) as caught:
            read_status_list(data)
        assert caught.value.code == code


def test_the_worked_list_is_read_and_follows_from_the_worked_log(reference: Path) -> None:
    folder = reference / "trust" / "formats"
    vectors = json.loads((folder / "vectors.json").read_text())
    message, value = read_status_list((folder / "status.cwt").read_bytes())
    cose.check_signature(message, spki_der=base64.b64decode(vectors["seal_spki_base64"]))
    expected = vectors["status_list"]["expected"]
    words = {Status.IN_FORCE: "in force", Status.WITHDRAWN: "withdrawn", Status.ON_HOLD: "on hold"}
    said = {str(n): words.get(value.status(n) or Status.IN_FORCE, "replaced") for n in range(value.size)}
    assert said == expected
    assert all(value.status(n) is None for n in vectors["status_list"]["not_covered"])
    leaves = [read_leaf(bytes.fromhex(leaf)) for leaf in vectors["all_leaves_cbor"]]
    named = {leaf.commitment: n for n, leaf in enumerate(leaves) if leaf.event is LeafEvent.ISSUE}
    linked = [
        leaf if leaf.event is LeafEvent.ISSUE else replace(leaf, prev_index=named[leaf.commitment]) for leaf in leaves
    ]
    assert statuses(linked) == value.packed
