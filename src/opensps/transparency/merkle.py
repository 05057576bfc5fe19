"""The Merkle tree of RFC 6962: hashes, and checking that a proof leads where it should.

Source: RFC 6962, 2.1; the algorithms are those of RFC 9162, 2.1.3.2 and 2.1.4.2, and for subtrees those of
draft-ietf-plants-merkle-tree-certs, 4.4 (`trust.md` 6.6). Making proofs is in `tree`. Sizes stay below 2**63, so no
proof has more than 63 hashes.
"""

import hashlib
from collections.abc import Iterable, Sequence

from opensps.transparency.errors import ProofError

HASH_BYTES = 32
MAX_SIZE = 2**63
MAX_PATH = 63
"""Hashes of the longest proof of inclusion."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, keeping only the right edge of the tree in memory."""
    peaks: list[tuple[int, bytes]] = []
    for each in leaves:
        height, hashed = 0, each
        while peaks and peaks[-1][0] == height:
            hashed = node_hash(peaks.pop()[1], hashed)
            height += 1
        peaks.append((height, hashed))
    return fold([hashed for _, hashed in peaks])


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root over the roots of the perfect subtrees a tree splits into, largest first."""
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError("hash", "not 32 bytes")


def root_from_path(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root to which a path leads; nearest sibling first (RFC 9162, 2.1.3.2).

    Raises `ProofError` range, hash, too_long, too_short.
    """
    if not 0 <= index < size < MAX_SIZE:
        raise ProofError("range")
    _check_hashes((leaf, *path))
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("too_long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("too_short")
    return found


def verify_inclusion(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise `ProofError` unless the path leads from the leaf's hash to the root."""
    if root_from_path(leaf, index=index, size=size, path=path) != root:
        raise ProofError("root")


def verify_subtree_inclusion(
    leaf: bytes, *, index: int, start: int, end: int, path: Sequence[bytes], root: bytes
) -> None:
    """Raise `ProofError` unless the leaf at `index` lies in the subtree of leaves `start` to `end` with this root."""
    _check_subtree(start, end)
    verify_inclusion(leaf, index=index - start, size=end - start, path=path, root=root)


def _check_subtree(start: int, end: int) -> None:
    """Raise `ProofError` unless these leaves are one subtree of every tree that holds them."""
    if not 0 <= start < end < MAX_SIZE or start % (1 << (end - start - 1).bit_length()):
        raise ProofError("range", "not a subtree")


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise `ProofError` unless the tree of `new_size` begins with that of `old_size` (RFC 9162, 2.1.4.2).

    Every tree begins with the empty one; an empty old root is not compared then, for it says nothing.
    """
    if not 0 <= old_size <= new_size < MAX_SIZE:
        raise ProofError("sizes")
    if 0 < old_size < new_size:
        verify_subtree_consistency(
            start=0, end=old_size, size=new_size, subtree_root=old_root, root=new_root, path=path
        )
        return
    _check_hashes((old_root, new_root))
    if path:
        raise ProofError("too_long")
    if old_size == new_size and old_root != new_root:
        raise ProofError("root")


def verify_subtree_consistency(
    *, start: int, end: int, size: int, subtree_root: bytes, root: bytes, path: Sequence[bytes]
) -> None:
    """Raise `ProofError` unless the tree of `size` holds the subtree of leaves `start` to `end` with this root."""
    _check_subtree(start, end)
    if not end <= size < MAX_SIZE:
        raise ProofError("sizes")
    _check_hashes((subtree_root, root, *path))
    first, last, edge = _raised(start, end - 1, size - 1)
    if first == last:
        begin, rest = subtree_root, tuple(path)
    elif path:
        begin, rest = path[0], tuple(path[1:])
    else:
        raise ProofError("too_short")
    if _both_roots(first, last, edge, begin=begin, path=rest) != (subtree_root, root):
        raise ProofError("root")


def _both_roots(first: int, last: int, edge: int, *, begin: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of subtree and tree to which a path leads from the node they share."""
    small = large = begin
    for sibling in path:
        if edge == 0:
            raise ProofError("too_long")
        if last & 1 or last == edge:
            small = node_hash(sibling, small) if first < last else small
            large = node_hash(sibling, large)
            first, last, edge = _lifted(first, last, edge)
        else:
            large = node_hash(large, sibling)
        first, last, edge = first >> 1, last >> 1, edge >> 1
    if edge:
        raise ProofError("too_short")
    return small, large


def _raised(first: int, last: int, edge: int) -> tuple[int, int, int]:
    """Go up to the node that the subtree and the tree share."""
    while first != last and (last == edge or last & 1):
        first, last, edge = first >> 1, last >> 1, edge >> 1
    return first, last, edge


def _lifted(first: int, last: int, edge: int) -> tuple[int, int, int]:
    """Go up past the levels on which the right edge has no sibling."""
    while not last & 1 and last:
        first, last, edge = first >> 1, last >> 1, edge >> 1
    return first, last, edge
