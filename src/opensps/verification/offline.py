"""The check without a server: `opensps verify FILE` gives the verdict without sending anything anywhere.

It needs files and a trust list, no database and no network. What has happened to the certificate since it was sealed
it cannot know, and it says so.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from opensps.signing import TrustList
from opensps.verification.file import check_file
from opensps.verification.upload import MAX_BYTES, gather
from opensps.verification.verdict import Verdict

_PARTNERS = {".xml": ".xades", ".xades": ".xml"}
"""A document and its seal have the same name, with these endings."""


def verify_file(*paths: Path, trust: TrustList, now: datetime, accepts_training: bool = False) -> Verdict:
    """Return the verdict on one file, or on a document and its seal; a seal beside the document is found by itself.

    Raises `OSError` when a named file cannot be read.
    """
    files = [(path.name, _bytes(path)) for path in _with_partner(paths)]
    return verify_bytes(files, trust=trust, now=now, accepts_training=accepts_training)


def verify_bytes(
    files: Iterable[tuple[str, bytes]], *, trust: TrustList, now: datetime, accepts_training: bool = False
) -> Verdict:
    """Return the verdict on files given as names and bytes. Never raises."""
    return check_file(gather(files), trust=trust, now=now, accepts_training=accepts_training)


def _with_partner(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    if len(paths) != 1 or paths[0].suffix not in _PARTNERS:
        return paths
    partner = paths[0].with_suffix(_PARTNERS[paths[0].suffix])
    return (*paths, partner) if partner.is_file() else paths


def _bytes(path: Path) -> bytes:
    """Read no more than is needed to see that a file is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
