"""The tree on its tiles: its root, its proofs and how it grows, without ever holding it in memory.

Source: `trust.md` 6.6 and 6.8; proofs as in RFC 9162, 2.1.3.1 and 2.1.4.1. A proof and an append read a few tiles of
each of the ``log256(size)`` levels, so their cost grows with the logarithm of the size. Tiles come from a `TileReader`;
who keeps them, and whether they are the right ones, is not decided here: a root says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from opensps.transparency.errors import ProofError, TileError
from opensps.transparency.merkle import HASH_BYTES, MAX_SIZE, fold, node_hash
from opensps.transparency.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, split_hashes, width_at

Span = tuple[int, int]
"""Leaves from one index up to another, without that one."""


class TileReader(Protocol):
    """Somebody who has the tiles of a tree."""

    def read(self, tile: Tile) -> bytes:
        """Return the bytes of the tile, 32 for each hash; one of the same place that is wider will do.

        Raises `TileError` ``missing``.
        """


class MemoryTiles:
    """Tiles in a dictionary, for building a tree anew and for tests."""

    def __init__(self, tiles: Mapping[Tile, bytes] = MappingProxyType({})) -> None:
        self.tiles = dict(tiles)

    def read(self, tile: Tile) -> bytes:
        """Return the tile, or what is missing of it from no other one."""
        try:
            return self.tiles[tile]
        except KeyError:
            raise TileError("missing", tile.path) from None


class TreeView:
    """A tree of one size, read from tiles; each tile is read once as long as the view lives."""

    def __init__(self, reader: TileReader, size: int) -> None:
        if not 0 <= size < MAX_SIZE:
            raise ProofError("range")
        self.size = size
        self._reader = reader
        self._known: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def root(self) -> bytes:
        """Return the root of the tree."""
        return self._span((0, self.size))

    def leaf(self, index: int) -> bytes:
        """Return the hash of a leaf."""
        return self._perfect(0, index)

    def inclusion_path(self, index: int) -> tuple[bytes, ...]:
        """Return the path of a leaf to the root, nearest sibling first; raise `ProofError` ``range``."""
        if not 0 <= index < self.size:
            raise ProofError("range")
        return tuple(self._span(span) for span in reversed(_siblings(index, self.size)))

    def consistency_path(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that this tree begins with that of `old_size`; empty for 0 and for its own size."""
        if not 0 <= old_size <= self.size:
            raise ProofError("sizes")
        return tuple(self._span(span) for span in _consistency(old_size, self.size))

    def peaks(self) -> tuple[bytes, ...]:
        """Return the roots of the perfect subtrees the tree splits into, largest first."""
        return tuple(self._perfect(height, index) for height, index in _peaks((0, self.size)))

    def _span(self, span: Span) -> bytes:
        return fold([self._perfect(height, index) for height, index in _peaks(span)])

    def _perfect(self, height: int, index: int) -> bytes:
        """Return the root of the perfect subtree over 2**height leaves."""
        level, above = divmod(height, TILE_HEIGHT)
        count = 1 << above
        place = index * count
        hashes = self.tile(level, place // TILE_WIDTH)[place % TILE_WIDTH : place % TILE_WIDTH + count]
        if len(hashes) != count:
            raise TileError("missing", f"level {level}, place {place}")
        return _reduced(hashes)

    def tile(self, level: int, index: int) -> tuple[bytes, ...]:
        """Return the hashes of a tile as far as this tree has them, none when it lies beyond."""
        if (level, index) not in self._known:
            width = width_at(self.size, level=level, index=index)
            data = self._reader.read(Tile(level, index, width)) if width else b""
            self._known[level, index] = split_hashes(data)[:width]
        return self._known[level, index]


def _reduced(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[place], hashes[place + 1]) for place in range(0, len(hashes), 2)]
    return hashes[0]


def _peaks(span: Span) -> Iterator[tuple[int, int]]:
    """Yield (height, index) of the perfect subtrees of a span that begins at a multiple of its rounded size."""
    start, end = span
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _siblings(index: int, size: int) -> list[Span]:
    """Return the spans beside the way from the root down to a leaf, root first."""
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans


def _consistency(old: int, new: int) -> list[Span]:
    """Return the spans whose roots prove that a tree of `new` leaves begins with `old` (RFC 9162, 2.1.4.1)."""
    if old in (0, new):
        return []
    start, end, spans = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    own = [(start, end)] if start else []
    return [*own, *reversed(spans)]


@dataclass(frozen=True, slots=True)
class Growth:
    """What an append makes: the new tiles and the new root; nothing old is changed."""

    size: int
    root: bytes
    tiles: Mapping[Tile, bytes]


def grown(reader: TileReader, *, size: int, leaves: Sequence[bytes]) -> Growth:
    """Return what appending leaf hashes to the tree of `size` leaves makes; reads only its right edge.

    Raises `ProofError` range, hash; `TileError` when a tile of the right edge is missing.
    """
    new_size = size + len(leaves)
    if new_size >= MAX_SIZE:
        raise ProofError("range")
    if any(len(leaf) != HASH_BYTES for leaf in leaves):
        raise ProofError("hash")
    old, made = TreeView(reader, size), {}
    level, fresh = 0, list(leaves)
    while fresh:
        first = (size >> TILE_HEIGHT * level) // TILE_WIDTH
        row = [*old.tile(level, first), *fresh]
        parts = [row[start : start + TILE_WIDTH] for start in range(0, len(row), TILE_WIDTH)]
        made.update({Tile(level, first + place, len(part)): b"".join(part) for place, part in enumerate(parts)})
        level, fresh = level + 1, [_reduced(part) for part in parts if len(part) == TILE_WIDTH]
    view = TreeView(_Newer(made, reader), new_size)
    return Growth(new_size, view.root(), MappingProxyType(made))


@dataclass(frozen=True, slots=True)
class _Newer:
    """The tiles just made, and behind them those that were there."""

    made: Mapping[Tile, bytes]
    before: TileReader

    def read(self, tile: Tile) -> bytes:
        return self.made[tile] if tile in self.made else self.before.read(tile)
