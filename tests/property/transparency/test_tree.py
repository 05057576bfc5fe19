"""The tree on its tiles agrees with the tree as the specification defines it, whatever its size and its history."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opensps.transparency import merkle
from opensps.transparency.errors import ProofError, TileError
from opensps.transparency.tiles import (
    Tile,
    new_entries,
    read_entries,
    read_tile_path,
    tiles_of,
    width_at,
    write_entries,
)
from opensps.transparency.tree import MemoryTiles, TreeView, grown

LEAVES = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(70_000)]
SIZES = st.one_of(st.integers(0, 1200), st.sampled_from([255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000]))


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(defined_root(leaves[:middle]), defined_root(leaves[middle:]))


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    if index < middle:
        return [*defined_path(index, leaves[:middle]), defined_root(leaves[middle:])]
    return [*defined_path(index - middle, leaves[middle:]), defined_root(leaves[:middle])]


def defined_consistency(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.2, word for word; nothing for the empty tree."""

    def sub(old: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
        if old == len(leaves):
            return [] if is_whole else [defined_root(leaves)]
        middle = 1 << (len(leaves) - 1).bit_length() - 1
        if old <= middle:
            return [*sub(old, leaves[:middle], is_whole), defined_root(leaves[middle:])]
        return [*sub(old - middle, leaves[middle:], False), defined_root(leaves[:middle])]

    return sub(old, leaves, True) if old else []


class Counting(MemoryTiles):
    """Counts what is read of it."""

    reads = 0

    def read(self, tile: Tile) -> bytes:
        self.reads += 1
        return super().read(tile)


def _tree(size: int) -> Counting:
    return Counting(grown(MemoryTiles(), size=0, leaves=LEAVES[:size]).tiles)


@settings(max_examples=20)
@given(SIZES)
def test_a_tree_has_exactly_its_tiles_and_the_defined_root(size: int) -> None:
    growth = grown(MemoryTiles(), size=0, leaves=LEAVES[:size])
    assert growth.root == merkle.root(LEAVES[:size])
    assert sorted(growth.tiles) == sorted(tiles_of(size))
    assert all(width_at(size, level=tile.level, index=tile.index) == tile.width for tile in growth.tiles)


@given(st.integers(0, 600))
def test_the_root_is_the_defined_one(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == defined_root(LEAVES[:size])


@given(st.lists(st.integers(0, 400), max_size=6))
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(steps: list[int]) -> None:
    tiles, size = MemoryTiles(), 0
    for step in steps:
        growth = grown(tiles, size=size, leaves=LEAVES[size : size + step])
        assert not growth.tiles.keys() & tiles.tiles.keys()
        tiles.tiles.update(growth.tiles)
        size += step
    whole = grown(MemoryTiles(), size=0, leaves=LEAVES[:size])
    assert TreeView(tiles, size).root() == whole.root
    assert all(tiles.tiles[tile] == data for tile, data in whole.tiles.items())


@given(st.integers(1, 700), st.data())
def test_what_is_in_the_tree_can_be_proved(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    view = TreeView(_tree(size), size)
    path = view.inclusion_path(index)
    assert list(path) == defined_path(index, LEAVES[:size])
    assert view.leaf(index) == LEAVES[index]
    merkle.verify_inclusion(LEAVES[index], index=index, size=size, path=path, root=view.root())


@given(st.integers(0, 700), st.data())
def test_every_tree_proves_that_it_only_grew(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    view = TreeView(_tree(size), size)
    path = view.consistency_path(old)
    assert list(path) == defined_consistency(old, LEAVES[:size])
    merkle.verify_consistency(
        old_size=old, new_size=size, old_root=merkle.root(LEAVES[:old]), new_root=view.root(), path=path
    )


@given(st.integers(2, 300), st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    index, bit = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 255))
    view = TreeView(_tree(size), size)
    path = list(view.inclusion_path(index))
    place = data.draw(st.integers(0, len(path) - 1))
    path[place] = (int.from_bytes(path[place], "big") ^ 1 << bit).to_bytes(32, "big")
    with pytest.raises(ProofError):
        merkle.verify_inclusion(LEAVES[index], index=index, size=size, path=path, root=view.root())


def test_a_proof_reads_a_handful_of_tiles_however_large_the_tree() -> None:
    tiles = _tree(70_000)
    TreeView(tiles, 70_000).inclusion_path(12_345)
    assert tiles.reads <= 6


def test_an_append_reads_the_right_edge_only() -> None:
    tiles = _tree(70_000)
    assert grown(tiles, size=70_000, leaves=[bytes(32)]).tiles.keys() == {Tile(0, 273, 113)}
    assert tiles.reads <= 4


def test_the_peaks_are_the_perfect_subtrees() -> None:
    assert TreeView(_tree(5), 5).peaks() == (merkle.root(LEAVES[:4]), LEAVES[4])


@pytest.mark.parametrize("index", [-1, 5])
def test_a_leaf_outside_the_tree_has_no_proof(index: int) -> None:
    with pytest.raises(ProofError, match="range"):
        TreeView(_tree(5), 5).inclusion_path(index)


@pytest.mark.parametrize("old", [-1, 6])
def test_a_size_outside_the_tree_has_no_proof(old: int) -> None:
    with pytest.raises(ProofError, match="sizes"):
        TreeView(_tree(5), 5).consistency_path(old)


def test_sizes_from_two_to_the_sixty_third_are_refused() -> None:
    with pytest.raises(ProofError, match="range"):
        TreeView(MemoryTiles(), merkle.MAX_SIZE)
    with pytest.raises(ProofError, match="range"):
        grown(MemoryTiles(), size=merkle.MAX_SIZE - 1, leaves=[bytes(32)])


def test_what_is_no_hash_is_not_appended() -> None:
    with pytest.raises(ProofError, match="hash"):
        grown(MemoryTiles(), size=0, leaves=[b"short"])


def test_a_missing_or_short_tile_is_no_proof() -> None:
    with pytest.raises(TileError, match="missing"):
        TreeView(MemoryTiles(), 3).root()
    for data in (bytes(32), bytes(33), bytes(32 * 257)):
        with pytest.raises(TileError):
            TreeView(MemoryTiles({Tile(0, 0, 3): data}), 3).root()


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_are_read_back(leaves: list[bytes]) -> None:
    assert list(read_entries(write_entries(leaves))) == leaves


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a"])
def test_entries_cut_short_are_refused(data: bytes) -> None:
    with pytest.raises(TileError, match="entry"):
        read_entries(data)


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(TileError, match="entry"):
        write_entries([bytes(65_536)])


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_new_pieces_cover_what_is_new_and_begin_at_their_own_place(old: int, more: int) -> None:
    pieces = list(new_entries(old, old + more))
    assert sum(1 for piece in pieces for n in range(piece.width) if piece.index * 256 + n >= old) == more


@pytest.mark.parametrize("path", ["tile/0/x000/001", "tile/64/000", "tile/1/" + "x999/" * 7 + "999"])
def test_no_second_path_leads_to_a_tile(path: str) -> None:
    with pytest.raises(TileError, match="path"):
        read_tile_path(path)
