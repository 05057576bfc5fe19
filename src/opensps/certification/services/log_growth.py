"""The tree grows: tiles, then the row by compare-and-set, then the signature, then what is published.

Source: `reliability.md` 2.7, `trust.md` 4.6. Tiles follow from the leaf rows alone, so a crash anywhere is repaired by
doing the same again: a surplus tile is identical. Two writers make the same tiles, and one of them loses the
compare-and-set and signs nothing. What is signed is always what the row says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory, log_path
from opensps.certification.models import LogLeaf, TransparencyLog
from opensps.certification.services.log_leaves import log_locked, next_index
from opensps.formats.checkpoint import Checkpoint, write_checkpoint
from opensps.formats.note_keys import KeyType, NoteSigner
from opensps.formats.signed_note import sign_note, write_note
from opensps.transparency.errors import TileError, TransparencyError
from opensps.transparency.merkle import EMPTY_ROOT, leaf_hash
from opensps.transparency.tiles import TILE_WIDTH, Tile, new_entries, write_entries
from opensps.transparency.tree import Growth, MemoryTiles, TreeView, grown

BATCH = 4096
"""Leaves of one append."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What one append did."""

    log: TransparencyLog
    leaves: int
    """New ones in the tree."""

    checkpoint: bytes
    """Of the row as it stands now, signed by the log."""


@transaction.atomic
def log_create(*, authority: str, origin: str, signer: NoteSigner, at: datetime) -> TransparencyLog:
    """Create an empty log, once; a log of the authority that is still open must be frozen first.

    Raises `LogError` exists, key, origin.
    """
    log_path(origin)
    if signer.name != origin or signer.type is not KeyType.ED25519:
        raise LogError("key", "an Ed25519 key with the name of the log")
    rows = TransparencyLog.objects.filter(authority=authority)
    if rows.exclude(state=TransparencyLog.FROZEN).exists() or rows.filter(origin=origin).exists():
        raise LogError("exists", origin)
    return TransparencyLog.objects.create(
        authority=authority,
        ordinal=rows.count() + 1,
        origin=origin,
        key=str(signer.key),
        root=EMPTY_ROOT,
        created_at=at,
    )


def open_log(authority: str) -> TransparencyLog:
    """Return the log that may grow; raise `LogError` none, read_only."""
    log = TransparencyLog.objects.filter(authority=authority).exclude(state=TransparencyLog.FROZEN).first()
    if log is None:
        raise LogError("none")
    if log.state == TransparencyLog.READ_ONLY:
        raise LogError("read_only", log.alarm)
    return log


def log_append(*, authority: str, directory: LogDirectory, signer: NoteSigner, limit: int | None = None) -> Appended:
    """Bring up to `limit` (`BATCH`) waiting leaves into the tree, sign what the row says then, and publish it.

    Safe to repeat after any crash. Raises `LogError` none, read_only, key, beaten, damaged; nothing is signed then.
    """
    log = open_log(authority)
    if str(signer.key) != log.key:
        raise LogError("key", log.origin)
    leaves = _waiting(log, limit or BATCH)
    if leaves:
        _grow(log, leaves, directory)
    checkpoint = _signed(log, signer)
    directory.publish(checkpoint)
    return Appended(log, len(leaves), checkpoint)


def _waiting(log: TransparencyLog, limit: int) -> list[LogLeaf]:
    rows = LogLeaf.objects.filter(log=log, authority=log.authority, index__gte=log.size).order_by("index")
    leaves = list(rows.only("index", "data")[:limit])
    if [leaf.index for leaf in leaves] != list(range(log.size, log.size + len(leaves))):
        raise LogError("damaged", "a leaf is missing")
    return leaves


def _grow(log: TransparencyLog, leaves: Sequence[LogLeaf], directory: LogDirectory) -> None:
    """Write tiles and move the row; raise `LogError` beaten, damaged."""
    data = [bytes(leaf.data) for leaf in leaves]
    try:
        if TreeView(directory, log.size).root() != bytes(log.root):
            raise LogError("damaged", "the right edge of the tree")
        growth = grown(directory, size=log.size, leaves=[leaf_hash(each) for each in data])
        directory.write({**_entries(log, data), **growth.tiles})
    except TransparencyError as exc:
        raise LogError("damaged", str(exc)) from exc
    _move(log, growth)


def _entries(log: TransparencyLog, data: Sequence[bytes]) -> dict[Tile, bytes]:
    """Return the pieces with leaves that are new; the first may begin with leaves that were there."""
    begin = log.size - log.size % TILE_WIDTH
    rows = LogLeaf.objects.filter(log=log, authority=log.authority, index__gte=begin, index__lt=log.size)
    known = [bytes(each) for each in rows.order_by("index").values_list("data", flat=True)]
    if len(known) != log.size - begin:
        raise TileError("entry", "a leaf is missing")
    row = [*known, *data]
    return {
        tile: write_entries(row[tile.index * TILE_WIDTH - begin :][: tile.width])
        for tile in new_entries(log.size, log.size + len(data))
    }


def _move(log: TransparencyLog, growth: Growth) -> None:
    """Compare and set: of two writers one gets no row and must not sign."""
    rows = TransparencyLog.objects.filter(
        pk=log.pk, authority=log.authority, state=TransparencyLog.OPEN, size=log.size, root=bytes(log.root)
    )
    if not rows.update(size=growth.size, root=growth.root):
        raise LogError("beaten", log.origin)
    log.size, log.root = growth.size, growth.root


def _signed(log: TransparencyLog, signer: NoteSigner) -> bytes:
    """Return the signed checkpoint of the row, signing it unless that was done."""
    if log.checkpoint_size == log.size:
        return bytes(log.checkpoint)
    text = write_checkpoint(Checkpoint(log.origin, log.size, bytes(log.root)))
    note = write_note(text, [sign_note(text, signer=signer)])
    rows = TransparencyLog.objects.filter(pk=log.pk, authority=log.authority, size=log.size)
    rows.update(checkpoint=note, checkpoint_size=log.size)
    log.checkpoint, log.checkpoint_size = note, log.size
    return note


def log_rebuild(*, log: TransparencyLog, directory: LogDirectory) -> None:
    """Write the tiles of a log anew from its leaves, and its signed checkpoint; for a restore onto an empty disk.

    Where a leaf is missing nothing is written. Raises `LogError` damaged where other tiles lie there already.
    """
    rows = LogLeaf.objects.filter(log=log, authority=log.authority, index__lt=log.size).order_by("index")
    data = [bytes(each) for each in rows.values_list("data", flat=True)]
    if len(data) != log.size:
        return  # fsck names the leaf
    growth = grown(MemoryTiles(), size=0, leaves=[leaf_hash(each) for each in data])
    entries = {tile: write_entries(data[tile.index * TILE_WIDTH :][: tile.width]) for tile in new_entries(0, log.size)}
    try:
        directory.write({**entries, **growth.tiles})
    except TileError as exc:
        raise LogError("damaged", str(exc)) from exc
    if log.checkpoint_size == log.size:
        directory.publish(bytes(log.checkpoint))


def log_append_all(*, authority: str, directory: LogDirectory, signer: NoteSigner) -> Appended:
    """Bring everything that waits into the tree."""
    done = log_append(authority=authority, directory=directory, signer=signer)
    total = done.leaves
    while done.leaves == BATCH:
        done = log_append(authority=authority, directory=directory, signer=signer)
        total += done.leaves
    return Appended(done.log, total, done.checkpoint)


def log_freeze(*, authority: str, directory: LogDirectory, signer: NoteSigner) -> Appended:
    """End the log of a year: everything that waits goes in, and no leaf gets an index in it any more."""
    log_append_all(authority=authority, directory=directory, signer=signer)
    with transaction.atomic():
        log = log_locked(authority)
        done = log_append(authority=authority, directory=directory, signer=signer)
        if next_index(log) != done.log.size:
            raise LogError("damaged", "leaves still wait")
        TransparencyLog.objects.filter(pk=log.pk, authority=authority).update(state=TransparencyLog.FROZEN)
    return done


def log_reopen(*, log: TransparencyLog) -> None:
    """Let a stopped log grow again, after people have found out and put right what was missing."""
    rows = TransparencyLog.objects.filter(pk=log.pk, authority=log.authority, state=TransparencyLog.READ_ONLY)
    rows.update(state=TransparencyLog.OPEN, alarm="", alarm_at=None)


def log_alarm(*, log: TransparencyLog, reason: str, at: datetime) -> None:
    """Stop signing for good: somebody has seen what we do not have. Only a person with a backup gets out of it."""
    rows = TransparencyLog.objects.filter(pk=log.pk, authority=log.authority, state=TransparencyLog.OPEN)
    rows.update(state=TransparencyLog.READ_ONLY, alarm=reason, alarm_at=at)
