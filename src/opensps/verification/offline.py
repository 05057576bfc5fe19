"""The check without a server: `opensps verify FILE` gives the verdict without sending anything anywhere.

It needs files and a trust list, no database and no network. What has happened to the certificate since it was sealed
it knows from a status list alone, if one is at hand, and it says how old that is.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from opensps.signing import TrustList
from opensps.verification.file import check_file
from opensps.verification.record import NOTHING, AtHand
from opensps.verification.upload import MAX_BYTES, gather
from opensps.verification.verdict import Verdict

_ENDINGS = (".xml", ".xades", ".tlog-proof")
"""A document, its seal and its proof have the same name, with these endings."""


def verify_file(
    *paths: Path, trust: TrustList, now: datetime, accepts_training: bool = False, at_hand: AtHand = NOTHING
) -> Verdict:
    """Return the verdict on one file, or on a document, its seal and its proof; what lies beside it is found by itself.

    Raises `OSError` when a named file cannot be read.
    """
    files = [(path.name, _bytes(path)) for path in _with_partner(paths)]
    return verify_bytes(files, trust=trust, now=now, accepts_training=accepts_training, at_hand=at_hand)


def verify_bytes(
    files: Iterable[tuple[str, bytes]],
    *,
    trust: TrustList,
    now: datetime,
    accepts_training: bool = False,
    at_hand: AtHand = NOTHING,
) -> Verdict:
    """Return the verdict on files given as names and bytes. Never raises."""
    return check_file(gather(files), trust=trust, now=now, accepts_training=accepts_training, at_hand=at_hand)


def _with_partner(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    if len(paths) != 1 or paths[0].suffix not in _ENDINGS:
        return paths
    beside = (paths[0].with_suffix(each) for each in _ENDINGS if each != paths[0].suffix)
    return (*paths, *(each for each in beside if each.is_file()))


def _bytes(path: Path) -> bytes:
    """Read no more than is needed to see that a file is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
