"""A leaf says nothing about trade, and nothing that could be read in two ways."""

import dataclasses
from typing import Any

import pytest

from opensps.formats import cbor
from opensps.transparency.errors import LeafError
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf, write_leaf

ISSUE = Leaf(LeafEvent.ISSUE, "XA", 498_658, bytes(32), bytes(8), bytes(32))
WITHDRAWAL = dataclasses.replace(ISSUE, event=LeafEvent.WITHDRAW, prev_index=7, handle=bytes(16))
HEAD = Leaf(LeafEvent.AUDIT_HEAD, "XA", 498_658, bytes(32))
FIELDS: tuple[Any, ...] = (1, 1, "XA", 498_658, bytes(32), bytes(8), bytes(32), None, None)


@pytest.mark.parametrize("leaf", [ISSUE, WITHDRAWAL, HEAD], ids=lambda leaf: leaf.event.name)
def test_a_leaf_is_read_back(leaf: Leaf) -> None:
    assert read_leaf(write_leaf(leaf)) == leaf


def test_an_issue_may_name_the_certificate_of_an_older_log_it_replaces() -> None:
    assert read_leaf(write_leaf(dataclasses.replace(ISSUE, handle=bytes(16)))).handle == bytes(16)


@pytest.mark.parametrize(
    ("leaf", "change"),
    [
        (ISSUE, {"issuer": ""}),
        (ISSUE, {"issuer": "X" * 65}),
        (ISSUE, {"hour": -1}),
        (ISSUE, {"prev_index": -1}),
        (ISSUE, {"prev_index": 2**63}),
        (ISSUE, {"commitment": bytes(31)}),
        (ISSUE, {"seal_kid": None}),
        (ISSUE, {"handle": bytes(15)}),
        (WITHDRAWAL, {"handle": None}),
        (HEAD, {"seal_kid": bytes(8)}),
        (HEAD, {"handle": bytes(16)}),
    ],
)
def test_a_leaf_has_exactly_the_fields_of_its_event(leaf: Leaf, change: dict[str, Any]) -> None:
    with pytest.raises(LeafError):
        dataclasses.replace(leaf, **change)


@pytest.mark.parametrize(
    "fields",
    [
        (2, *FIELDS[1:]),
        (1, 99, *FIELDS[2:]),
        FIELDS[:-1],
        (*FIELDS, None),
        (*FIELDS[:4], "text", *FIELDS[5:]),
        "leaf",
    ],
)
def test_anything_else_is_not_a_leaf(fields: Any) -> None:
    with pytest.raises(LeafError):
        read_leaf(cbor.dumps(fields))


def test_another_writing_of_a_leaf_is_not_a_leaf() -> None:
    for data in (b"", write_leaf(ISSUE) + b"\x00", b"\x98\x09" + write_leaf(ISSUE)[1:]):
        with pytest.raises(LeafError):
            read_leaf(data)
