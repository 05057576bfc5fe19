"""What a signing service has sealed: one line a seal, on disk before the seal is given out.

    2026-11-20T10:16:00Z 851 XB <hex D> officer,officer

From it come the hourly limits, and that a QR code or a PDF is signed only for a D that was sealed here. A last line
that a crash cut short is taken away at the next start: its seal was never given out.
"""

import os
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opensps.signing.errors import KeyFileError

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One seal."""

    at: datetime
    type_code: str
    country: str
    digest: bytes
    officers: tuple[str, ...]

    def line(self) -> str:
        """Return the line of the journal."""
        when = self.at.astimezone(UTC).strftime(_TIME)
        return f"{when} {self.type_code} {self.country} {self.digest.hex()} {','.join(self.officers)}\n"


@dataclass(slots=True)
class Journal:
    """The journal of one service; one process writes it."""

    path: Path
    _sealed: set[bytes] = field(default_factory=set)
    _recent: deque[Entry] = field(default_factory=deque)

    @classmethod
    def open(cls, path: Path) -> "Journal":
        """Return the journal with what it holds; raise `KeyFileError` (journal) where a line is no entry."""
        made = cls(path)
        whole, _, cut = (path.read_bytes() if path.exists() else b"").rpartition(b"\n")
        if cut:
            os.truncate(path, len(whole) + 1 if whole else 0)
        for number, line in enumerate(whole.decode("utf-8", "replace").split("\n") if whole else (), start=1):
            made._remember(_entry(line, number))
        return made

    def has(self, digest: bytes) -> bool:
        """Return whether this D was sealed here."""
        return digest in self._sealed

    def count(self, *, at: datetime, type_code: str = "", country: str = "") -> int:
        """Return how many seals of a type, or for a country, the hour before `at` saw."""
        while self._recent and self._recent[0].at <= at - _HOUR:
            self._recent.popleft()
        fitting = (each for each in self._recent if type_code in {"", each.type_code})
        return sum(1 for each in fitting if country in {"", each.country})

    def add(self, entry: Entry) -> None:
        """Keep an entry, on disk before this returns; raises `OSError`."""
        opened = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, entry.line().encode())
            os.fsync(opened)
        finally:
            os.close(opened)
        self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        self._sealed.add(entry.digest)
        self._recent.append(entry)


def _entry(line: str, number: int) -> Entry:
    parts = line.split(" ")
    try:
        when, type_code, country, digest, officers = parts
        at = datetime.strptime(when, _TIME).replace(tzinfo=UTC)
        return Entry(at, type_code, country, bytes.fromhex(digest), tuple(officers.split(",")))
    except ValueError:
        raise KeyFileError("journal", f"line {number} is no entry") from None
