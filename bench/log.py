"""The transparency log: building a tree anew, and proofs from trees of a thousand to ten million leaves.

The tiles of the large trees are synthetic: a proof reads and hashes them as it would real ones, so the work is one.
The aim is a cost that grows no faster than the logarithm of the size.
"""

import math
import time
from collections.abc import Callable

from bench.timing import Row, medians
from opensps.transparency.merkle import HASH_BYTES, leaf_hash
from opensps.transparency.tiles import Tile
from opensps.transparency.tree import MemoryTiles, TreeView, grown

SIZES = (10**3, 10**5, 10**7)
LEAF_BYTES = 100
_TILE = bytes(range(256)) * HASH_BYTES


class SyntheticTiles:
    """Tiles of any tree, made of nothing."""

    def read(self, tile: Tile) -> bytes:
        """Return as many hashes as the tile holds."""
        return _TILE[: tile.width * HASH_BYTES]


def _proof(size: int) -> Callable[[], object]:
    """Return what makes a proof of inclusion in a tree of `size` leaves, each time of another leaf."""
    place = 0

    def prove() -> object:
        nonlocal place
        place = (place + 7_654_321) % size
        return TreeView(SyntheticTiles(), size).inclusion_path(place)

    return prove


def proofs(*, rounds: int) -> list[Row]:
    """Return the cost of a proof for each size; the ratio is against the smallest."""
    taken = medians({f"{size:,}": _proof(size) for size in SIZES}, rounds=rounds)
    least = taken[f"{SIZES[0]:,}"]
    return [
        Row(
            f"proof among {size:,} leaves (logarithm: {math.log(size) / math.log(SIZES[0]):.2f} x)",
            taken[f"{size:,}"],
            taken[f"{size:,}"] / least,
        )
        for size in SIZES
    ]


def rebuilt(*, leaves: int) -> str:
    """Return how long a tree takes that is built anew from its leaves: hashes of leaves, all tiles, root."""
    data = [number.to_bytes(LEAF_BYTES, "big") for number in range(leaves)]
    begun = time.perf_counter()
    growth = grown(MemoryTiles(), size=0, leaves=[leaf_hash(each) for each in data])
    seconds = time.perf_counter() - begun
    return f"tree of {leaves:,} leaves built anew: {seconds:.1f} s, {len(growth.tiles):,} tiles"
