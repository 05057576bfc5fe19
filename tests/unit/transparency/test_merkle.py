"""Proofs lead to their root or nowhere: the borders that no published case meets."""

import pytest

from opensps.transparency.errors import ProofError
from opensps.transparency.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    fold,
    leaf_hash,
    node_hash,
    root,
    root_from_path,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(3)]
ROOT = node_hash(node_hash(LEAVES[0], LEAVES[1]), LEAVES[2])


def _reason(caught: pytest.ExceptionInfo[ProofError]) -> str:
    return caught.value.reason


def test_an_empty_tree_has_a_root_of_its_own() -> None:
    assert root([]) == fold([]) == EMPTY_ROOT


def test_a_tree_splits_at_the_largest_power_of_two() -> None:
    assert root(LEAVES) == ROOT
    verify_inclusion(LEAVES[2], index=2, size=3, path=[node_hash(LEAVES[0], LEAVES[1])], root=ROOT)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, MAX_SIZE), (2**64 - 1, 2**64)])
def test_a_place_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="range"):
        root_from_path(LEAVES[0], index=index, size=size, path=[])


def test_a_path_of_the_wrong_length_or_width_is_refused() -> None:
    for path, reason in (
        ([], "too_short"),
        ([bytes(32)] * 3, "too_long"),
        ([bytes(31)], "hash"),
        ([bytes(32)] * 64, "too_long"),
    ):
        with pytest.raises(ProofError) as caught:
            root_from_path(LEAVES[0], index=0, size=3, path=path)
        assert _reason(caught) == reason


def test_the_proof_of_one_leaf_does_not_serve_another() -> None:
    path = [LEAVES[1], LEAVES[2]]
    verify_inclusion(LEAVES[0], index=0, size=3, path=path, root=ROOT)
    with pytest.raises(ProofError, match="root"):
        verify_inclusion(LEAVES[0], index=1, size=3, path=path, root=ROOT)


def test_leaves_that_are_no_subtree_are_refused() -> None:
    for start, end in ((1, 3), (2, 2), (-2, 0), (0, MAX_SIZE)):
        with pytest.raises(ProofError, match="range"):
            verify_subtree_inclusion(LEAVES[0], index=start, start=start, end=end, path=[], root=ROOT)


def test_a_subtree_beyond_the_tree_is_refused() -> None:
    with pytest.raises(ProofError, match="sizes"):
        verify_subtree_consistency(start=2, end=4, size=3, subtree_root=ROOT, root=ROOT, path=[])


@pytest.mark.parametrize(("old", "new"), [(4, 3), (-1, 3), (0, MAX_SIZE)])
def test_no_tree_begins_with_a_larger_one(old: int, new: int) -> None:
    with pytest.raises(ProofError, match="sizes"):
        verify_consistency(old_size=old, new_size=new, old_root=ROOT, new_root=ROOT, path=[])


def test_the_empty_tree_begins_every_tree_and_needs_no_proof() -> None:
    verify_consistency(old_size=0, new_size=3, old_root=EMPTY_ROOT, new_root=ROOT, path=[])
    with pytest.raises(ProofError, match="too_long"):
        verify_consistency(old_size=0, new_size=3, old_root=EMPTY_ROOT, new_root=ROOT, path=[ROOT])


def test_consistency_needs_each_of_its_hashes() -> None:
    first = node_hash(LEAVES[0], LEAVES[1])
    verify_consistency(old_size=2, new_size=3, old_root=first, new_root=ROOT, path=[LEAVES[2]])
    for old, path, reason in (
        (2, [], "too_short"),
        (1, [LEAVES[1]], "too_short"),
        (2, [LEAVES[2], LEAVES[2]], "too_long"),
        (2, [LEAVES[1]], "root"),
        (2, [b""], "hash"),
    ):
        with pytest.raises(ProofError) as caught:
            verify_consistency(old_size=old, new_size=3, old_root=first, new_root=ROOT, path=path)
        assert _reason(caught) == reason
    four = [*LEAVES, leaf_hash(b"\x03")]
    with pytest.raises(ProofError, match="too_short"):
        verify_consistency(old_size=3, new_size=4, old_root=ROOT, new_root=root(four), path=[])


def test_a_subtree_on_the_right_is_proved_too() -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(7)]
    first, second = root(leaves[:4]), root(leaves[4:6])
    verify_subtree_consistency(start=4, end=6, size=7, subtree_root=second, root=root(leaves), path=[leaves[6], first])
    verify_subtree_inclusion(leaves[5], index=5, start=4, end=6, path=[leaves[4]], root=second)
