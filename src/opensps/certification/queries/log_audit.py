"""What is wrong with a log: its files against its rows, its leaves against the events, its heads against the chain.

Source: `reliability.md` 4.4, 5 (T6, T15), 6 (L2, L3, O1). `log_fsck` asks whether tree, tiles, row and signatures are
one; `log_audit` whether every leaf was ordered here and every order has its leaf. Both read everything, change nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from opensps.certification.errors import NotFound
from opensps.certification.log_directory import LogDirectory
from opensps.certification.log_leaves import PUBLIC_OBJECT, certificate_leaf, kind_of, public_leaf
from opensps.certification.log_problems import LogProblem
from opensps.certification.models import Certificate, LogCheckpoint, LogLeaf, LogWitness, TransparencyLog
from opensps.certification.names import CERTIFICATE
from opensps.certification.queries.log import audit_heads, is_head, published_checkpoint, signed_checkpoint
from opensps.events.queries import EventView, chain_at, due_event_ids, events_of_kind
from opensps.formats.checkpoint import Checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import read_key
from opensps.transparency.cosignature import open_checkpoint
from opensps.transparency.errors import LeafError, TileError
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf
from opensps.transparency.merkle import HASH_BYTES, leaf_hash
from opensps.transparency.tiles import TILE_WIDTH, Tile, new_entries, tiles_of
from opensps.transparency.tree import Growth, MemoryTiles, TreeView, grown


def log_fsck(*, log: TransparencyLog, directory: LogDirectory) -> tuple[LogProblem, ...]:
    """Return everything in which leaves, row, tiles, entries, signatures and cosignatures of a log differ."""
    rows = LogLeaf.objects.filter(authority=log.authority, log=log).order_by("index")
    leaves = dict(rows.values_list("index", "data"))
    missing = [n for n in range(max(log.size, len(leaves))) if n not in leaves]
    if missing:
        return tuple(LogProblem("leaf_missing", f"{log.origin}, leaf {n}") for n in missing)
    data = [bytes(leaves[n]) for n in range(log.size)]
    growth = grown(MemoryTiles(), size=0, leaves=[leaf_hash(each) for each in data])
    return (
        *_alarm(log),
        *([] if growth.root == bytes(log.root) else [LogProblem("root", log.origin)]),
        *_tiles(growth, directory),
        *_entries(data, directory),
        *_checkpoints(log, growth, directory),
    )


def _alarm(log: TransparencyLog) -> Iterator[LogProblem]:
    if log.state == TransparencyLog.READ_ONLY:
        yield LogProblem("read_only", log.origin, {"reason": log.alarm})


def _tiles(growth: Growth, directory: LogDirectory) -> Iterator[LogProblem]:
    for tile in tiles_of(growth.size):
        try:
            found = directory.read(tile)[: tile.width * HASH_BYTES]
        except TileError:
            yield LogProblem("tile_missing", tile.path)
            continue
        if found != growth.tiles[tile]:
            place = _first(_cut(found), _cut(growth.tiles[tile])) + tile.index * TILE_WIDTH
            yield LogProblem("tile", tile.path, {"index": str(place << 8 * tile.level)})


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


def _first(found: Sequence[bytes], wanted: Sequence[bytes]) -> int:
    """Return the first place at which two lists differ."""
    differing = (place for place, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1])
    return next(differing, min(len(found), len(wanted)))


def _entries(data: Sequence[bytes], directory: LogDirectory) -> Iterator[LogProblem]:
    for tile in new_entries(0, len(data)):
        wanted = data[tile.index * TILE_WIDTH :][: tile.width]
        try:
            found = directory.entries(tile.index, width=tile.width)
        except TileError:
            yield LogProblem("tile_missing", tile.path)
            continue
        if list(found) != list(wanted):
            yield LogProblem("entries", tile.path, {"index": str(tile.index * TILE_WIDTH + _first(found, wanted))})


def _checkpoints(log: TransparencyLog, growth: Growth, directory: LogDirectory) -> Iterator[LogProblem]:
    tiles = MemoryTiles(growth.tiles)

    def is_ours(checkpoint: Checkpoint) -> bool:
        return checkpoint.size <= growth.size and _root(tiles, growth, checkpoint.size) == checkpoint.root

    signed = signed_checkpoint(log)
    if signed is None or signed.size != log.size or not is_ours(signed):
        yield LogProblem("unsigned", log.origin)
    published = published_checkpoint(directory)
    if published is None:
        yield LogProblem("not_published", log.origin)
    elif not is_ours(published):
        yield LogProblem("published", f"{log.origin}, size {published.size}")
    for seen in LogCheckpoint.objects.filter(authority=log.authority, log=log).order_by("size"):
        if not is_ours(Checkpoint(log.origin, seen.size, bytes(seen.root))):
            yield LogProblem("witnessed", f"{log.origin}, size {seen.size}")


def _root(tiles: MemoryTiles, growth: Growth, size: int) -> bytes:
    return TreeView(_Wider(tiles, growth.size), size).root()


class _Wider:
    """The tiles of a whole tree, asked for a smaller one: a wider tile of the same place will do."""

    def __init__(self, tiles: MemoryTiles, size: int) -> None:
        self._tiles = {(tile.level, tile.index): data for tile, data in tiles.tiles.items()}
        self.size = size

    def read(self, tile: Tile) -> bytes:
        return self._tiles[tile.level, tile.index]


def log_audit(*, log: TransparencyLog) -> tuple[LogProblem, ...]:
    """Return every leaf that nobody ordered, every order without a leaf, every head that the chain does not have."""
    return (*_unordered(log), *_not_logged(log), *_heads(log), *_witnesses(log))


def _events(authority: str) -> dict[UUID, EventView]:
    wanted = (CERTIFICATE, PUBLIC_OBJECT)
    told = (event for kind in wanted for event in events_of_kind(authority=authority, object_kind=kind))
    return {event.id: event for event in told if kind_of(event) is not None}


def _unordered(log: TransparencyLog) -> Iterator[LogProblem]:
    events = _events(log.authority)
    rows = LogLeaf.objects.filter(authority=log.authority, log=log).exclude(kind=LeafEvent.AUDIT_HEAD)
    for row in rows.order_by("index").iterator(chunk_size=1000):
        where = f"{log.origin}, leaf {row.index}"
        event = None if row.event_id is None else events.get(row.event_id)
        if event is None:
            yield LogProblem("unordered", where)
        elif not _says(row, event):
            yield LogProblem("leaf", where)


def _says(row: LogLeaf, event: EventView) -> bool:
    """Return whether a leaf is the one its event gives; where its issue lies is not compared."""
    try:
        return replace(read_leaf(bytes(row.data)), prev_index=None) == replace(_leaf(event), prev_index=None)
    except (LeafError, NotFound, ValueError):
        return False


def _leaf(event: EventView) -> Leaf:
    kind = kind_of(event)
    if kind is None:
        raise NotFound(event.act)
    if event.object_kind == PUBLIC_OBJECT:
        return public_leaf(kind, event)
    row = Certificate.objects.filter(authority=event.authority, number=event.object_id).first()
    if row is None:
        raise NotFound(event.object_id)
    return certificate_leaf(kind, row, at=event.at, issue_index=None)


def _not_logged(log: TransparencyLog) -> Iterator[LogProblem]:
    """Name the events since the log was created that have no leaf in any log."""
    logged = set(LogLeaf.objects.filter(authority=log.authority).values_list("event_id", flat=True))
    waiting = due_event_ids(authority=log.authority, consumer="log")
    for event in _events(log.authority).values():
        if event.id not in logged and event.id not in waiting and event.at >= log.created_at:
            yield LogProblem("not_logged", f"{event.object_kind} {event.object_id}, step {event.seq}")


def _heads(log: TransparencyLog) -> Iterator[LogProblem]:
    for index, position, digest in audit_heads(log):
        chain = chain_at(authority=log.authority, position=position)
        if chain is None or not is_head(position, chain, digest):
            yield LogProblem("head", f"{log.origin}, leaf {index}, place {position} of the chain")


def seen_elsewhere(*, log: TransparencyLog, directory: LogDirectory, raw: bytes, where: str) -> tuple[LogProblem, ...]:
    """Return what is wrong when a witness shows this checkpoint of our log: larger than ours, or another history."""
    try:
        seen = open_checkpoint(raw, log_keys=[read_key(log.key)]).checkpoint
    except NoteError:
        return (LogProblem("witness_failing", where, {"since": "", "why": "not_ours"}),)
    if seen.origin == log.origin and seen.size <= log.size and TreeView(directory, seen.size).root() == seen.root:
        return ()
    return (LogProblem("witnessed", f"{log.origin}, size {seen.size}, {where}"),)


def _witnesses(log: TransparencyLog) -> Iterator[LogProblem]:
    for each in LogWitness.objects.filter(authority=log.authority, log=log, failing_since__isnull=False):
        since = each.failing_since.isoformat(timespec="minutes") if each.failing_since else ""
        yield LogProblem("witness_failing", each.url, {"since": since, "why": each.failure})
