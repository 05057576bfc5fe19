"""Tiles: the hashes of the tree in pieces of 256, and the leaves themselves in the same pieces.

Source: C2SP tlog-tiles (`trust.md` 6.8). A tile at level 0 holds 256 leaf hashes; one at level L + 1 holds the roots
of 256 full tiles of level L. A tile once written never changes; a wider one of the same place begins with it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opensps.transparency.errors import TileError
from opensps.transparency.merkle import HASH_BYTES, MAX_SIZE

TILE_WIDTH = 256
TILE_HEIGHT = 8
"""Levels of the tree in one tile."""

ENTRIES = "entries"
"""Stands for the level in the path of a piece with leaves."""

CHECKPOINT_PATH = "checkpoint"
MAX_ENTRY = 0xFFFF
"""Bytes of a leaf; its length is written in two."""

_GROUP = 1000
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/(?P<groups>(?:x[0-9]{3}/)*)(?P<last>[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Which tile: level (-1 for the leaves themselves), place from the left, and how many of 256 it holds."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where it is served, below the log's prefix: ``tile/0/x001/234.p/17``."""
        level = ENTRIES if self.level < 0 else str(self.level)
        return f"tile/{level}/{_index_path(self.index)}" + ("" if self.is_full else f".p/{self.width}")

    @property
    def is_full(self) -> bool:
        """A full tile never gets a wider one."""
        return self.width == TILE_WIDTH


def _index_path(index: int) -> str:
    """Return the place in groups of three digits, all but the last with ``x``: 1234067 is ``x001/x234/067``."""
    groups = [f"{index % _GROUP:03}"]
    while index >= _GROUP:
        index //= _GROUP
        groups.append(f"x{index % _GROUP:03}")
    return "/".join(reversed(groups))


def read_tile_path(path: str) -> Tile:
    """Return the tile of a path; raise `TileError` ``path`` for any other way of writing."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileError("path")
    level = -1 if found["level"] == ENTRIES else int(found["level"])
    index = int(found["groups"].replace("x", "").replace("/", "") + found["last"])
    tile = Tile(level, index, int(found["width"] or TILE_WIDTH))
    if index >= MAX_SIZE or tile.path != path:
        raise TileError("path")
    return tile


def width_at(size: int, *, level: int, index: int) -> int:
    """Return how many hashes of this tile a tree of `size` leaves has: 0 to 256."""
    nodes = size >> (TILE_HEIGHT * max(level, 0))
    return max(0, min(TILE_WIDTH, nodes - index * TILE_WIDTH))


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every hash tile of a tree of `size` leaves, level by level, left to right; the last one may be partial."""
    yield from new_tiles(0, size)


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield the hash tiles that a tree of `new_size` has and that of `old_size` has not, or not as wide."""
    level, old, new = 0, old_size, new_size
    while new:
        yield from _pieces(level, old, new)
        level, old, new = level + 1, old // TILE_WIDTH, new // TILE_WIDTH


def new_entries(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield the pieces with leaves that a log of `new_size` has and that of `old_size` has not, or not as wide."""
    yield from _pieces(-1, old_size, new_size)


def _pieces(level: int, old: int, new: int) -> Iterator[Tile]:
    if new > old:
        for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
            yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))


def write_entries(leaves: Iterable[bytes]) -> bytes:
    """Return leaves one behind the other, each with its length in two bytes; raise `TileError` ``entry``."""
    parts = []
    for leaf in leaves:
        if len(leaf) > MAX_ENTRY:
            raise TileError("entry", "too long")
        parts.append(len(leaf).to_bytes(2, "big") + leaf)
    return b"".join(parts)


def read_entries(data: bytes) -> tuple[bytes, ...]:
    """Return the leaves of a piece; raise `TileError` ``entry`` when it is cut short."""
    leaves, place = [], 0
    while place < len(data):
        start = place + 2
        end = start + int.from_bytes(data[place:start], "big")
        if start > len(data) or end > len(data):
            raise TileError("entry", "cut short")
        leaves.append(data[start:end])
        place = end
    return tuple(leaves)


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a tile's bytes; raise `TileError` ``hashes`` when they are not whole."""
    if len(data) % HASH_BYTES or len(data) > HASH_BYTES * TILE_WIDTH:
        raise TileError("hashes")
    return tuple(data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES))
