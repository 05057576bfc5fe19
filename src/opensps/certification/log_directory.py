"""The tiles of one log in a directory, under the names by which they are served.

Source: `trust.md` 6.8, `reliability.md` 2.7. A file is complete when it has its name: written beside, brought to the
disk, renamed, the directory brought to the disk too. What is there is never overwritten with something else: tiles
follow from the leaves alone, so a difference means that somebody's history is not ours. Only the checkpoint moves, and
only forward. This module knows no database.
"""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from opensps.certification.errors import LogError
from opensps.formats.checkpoint import read_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.signed_note import read_note
from opensps.transparency.errors import TileError
from opensps.transparency.tiles import CHECKPOINT_PATH, TILE_WIDTH, Tile, read_entries

STATUS_PATH = "status"
_LOCK = "lock"
_ORIGIN = re.compile(r"[^/\s+]{1,190}/((?:[a-z0-9-]{1,60}/){0,3}[a-z0-9-]{1,60})", re.ASCII)


def log_path(origin: str) -> str:
    """Return where a log lies below ``/log/``: ``xa/2026`` for ``log.host/xa/2026``; raise `LogError` ``origin``."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        raise LogError("origin", origin)
    return found[1]


@dataclass(frozen=True, slots=True)
class LogDirectory:
    """One log's files; also a `transparency.tree.TileReader`."""

    path: Path
    is_durable: bool = True
    """Nothing is called written before it is on the disk. Off only while a demo is filled, which can begin again."""

    @classmethod
    def below(cls, base: Path, origin: str) -> "LogDirectory":
        """Return the files of a log: below `base` the way its name goes behind the host; raise `LogError`."""
        return cls(base / log_path(origin))

    @property
    def checkpoint_path(self) -> Path:
        """Where the published checkpoint lies."""
        return self.path / CHECKPOINT_PATH

    def read(self, tile: Tile) -> bytes:
        """Return the bytes of a tile, or of a wider one of its place; raise `TileError` ``missing``."""
        for width in (tile.width, TILE_WIDTH):
            with contextlib.suppress(OSError):
                return (self.path / replace(tile, width=width).path).read_bytes()
        partial = (self.path / tile.path).parent
        wider = sorted(int(each.name) for each in partial.glob("[0-9]*") if each.name.isdigit())
        for width in (each for each in wider if each > tile.width and not tile.is_full):
            with contextlib.suppress(OSError):
                return (self.path / replace(tile, width=width).path).read_bytes()
        raise TileError("missing", tile.path)

    def entries(self, index: int, *, width: int) -> tuple[bytes, ...]:
        """Return the first `width` leaves of a piece; raise `TileError` missing, entry."""
        leaves = read_entries(self.read(Tile(-1, index, width)))
        if len(leaves) < width:
            raise TileError("entry", "too few")
        return leaves[:width]

    def write(self, tiles: Mapping[Tile, bytes]) -> None:
        """Write tiles that are not there yet; raise `TileError` ``differs`` where another one is."""
        touched = {self._write(tile, data) for tile, data in tiles.items()}
        for directory in touched - {None}:
            self._sync(directory)

    def _write(self, tile: Tile, data: bytes) -> Path | None:
        target = self.path / tile.path
        try:
            if target.read_bytes() != data:
                raise TileError("differs", tile.path)
        except FileNotFoundError:
            self._make_directory(target.parent)
            self._put(target, data)
            return target.parent
        return None

    def _make_directory(self, directory: Path) -> None:
        if not directory.is_dir():
            self._make_directory(directory.parent)
            directory.mkdir(exist_ok=True)
            self._sync(directory.parent)

    def _put(self, target: Path, data: bytes) -> None:
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        with beside.open("wb") as file:
            file.write(data)
            if self.is_durable:
                file.flush()
                os.fsync(file.fileno())
        beside.rename(target)

    def _sync(self, directory: Path | None) -> None:
        if self.is_durable and directory is not None:
            opened = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one writer after the other look at the checkpoint and move it."""
        self._make_directory(self.path)
        opened = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield
        finally:
            os.close(opened)

    @property
    def status_path(self) -> Path:
        """Where the status list of this log lies."""
        return self.path / STATUS_PATH

    def publish_status(self, data: bytes) -> None:
        """Serve this status list from now on."""
        with self._locked():
            self._put(self.status_path, data)
            self._sync(self.path)

    def published(self) -> tuple[int, int] | None:
        """Return size and number of signatures of the checkpoint that is served, None when there is none to read."""
        try:
            note = read_note(self.checkpoint_path.read_bytes())
            return read_checkpoint(note.text).size, len(note.signatures)
        except (OSError, NoteError):
            return None

    def publish(self, checkpoint: bytes) -> bool:
        """Serve this checkpoint unless a newer one is served, or as new a one with as many signatures."""
        note = read_note(checkpoint)
        offered = (read_checkpoint(note.text).size, len(note.signatures))
        with self._locked():
            served = self.published()
            if served is not None and served >= offered:
                return False
            self._put(self.checkpoint_path, checkpoint)
            self._sync(self.path)
        return True
