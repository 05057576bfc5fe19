"""What an installation remembers of the lists it has seen, so that an older one is never believed again (K4).

One small file beside the list: serial and digest of the newest. A list is installed only if it follows it: serial
above the highest seen, the body before it named by its digest, not expired (`trust.md` 6.11).
"""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from opensps.signing.errors import TrustError
from opensps.signing.trust_list import TrustList
from opensps.signing.trust_note import Roots

SUFFIX = ".seen"


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest list seen so far."""

    serial: int = 0
    digest: bytes = b""
    """SHA-256 of its body; empty before the first."""

    def check_current(self, trust: TrustList) -> None:
        """Raise `TrustError` for a list that is older than the newest seen, or another of the same serial."""
        if trust.serial < self.serial:
            raise TrustError(0, f"serial {trust.serial} is older than {self.serial}, which was seen here")
        if trust.serial == self.serial and trust.digest != self.digest:
            raise TrustError(0, f"another list of serial {self.serial} was seen here")

    def check_successor(self, trust: TrustList) -> None:
        """Raise `TrustError` unless a list comes directly after the newest seen."""
        if trust.serial <= self.serial:
            raise TrustError(0, f"serial {trust.serial} does not come after {self.serial}, which was seen here")
        if self.serial and trust.serial != self.serial + 1:
            raise TrustError(0, f"the lists between {self.serial} and {trust.serial} are missing")
        if self.serial and trust.previous != self.digest:
            raise TrustError(0, f"it does not name the list {self.serial} that was seen here as the one before it")


def seen_beside(path: Path) -> Seen:
    """Return what is remembered of the list at a path; nothing before the first. Raises `TrustError`."""
    try:
        serial, digest = _beside(path).read_text(encoding="ascii").split()
        return Seen(int(serial), bytes.fromhex(digest))
    except FileNotFoundError:
        return Seen()
    except (OSError, ValueError):
        raise TrustError(0, f"{_beside(path).name} cannot be read") from None


def load(path: Path, *, roots: Roots | None) -> TrustList:
    """Return the list at a path, local or signed, unless a newer one was seen there; raise `TrustError`, `OSError`."""
    trust = TrustList.load_any(path.read_bytes(), roots=roots)
    if trust.is_signed:
        seen_beside(path).check_current(trust)
    return trust


def load_with(path: Path, roots_path: Path | None) -> TrustList:
    """Return the list at a path, with the roots of a file, where one is named; raise `TrustError`, `OSError`."""
    return load(path, roots=Roots.read(roots_path.read_text(encoding="utf-8")) if roots_path is not None else None)


def install(path: Path, lists: tuple[bytes, ...], *, roots: Roots, now: datetime) -> TrustList:
    """Put signed lists, each the successor of the one before it, in the place of the list at a path; keep the last.

    The memory is written before the list: a crash between them leaves an older list, which is refused, never a
    newer one that is not remembered. Raises `TrustError` and then changes nothing.
    """
    seen, trust = seen_beside(path), None
    for raw in lists:
        trust = TrustList.load_signed(raw, roots=roots)
        seen.check_successor(trust)
        seen = Seen(trust.serial, trust.digest)
    if trust is None or trust.has_expired(now):
        raise TrustError(0, "it has expired")
    _write(_beside(path), f"{seen.serial} {seen.digest.hex()}\n".encode())
    _write(path, lists[-1])
    return trust


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
