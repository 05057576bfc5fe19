"""The trust list and the signing key this process works with, loaded once and again when their file changes.

A missing trust list is an empty one: with it nothing is ever called genuine. A missing key refuses (`NoSigningKey`).
"""

from functools import lru_cache
from pathlib import Path

from opensps.signing import Signer, TrustList, signer_from
from opensps.web.html.installation import installation


@lru_cache(maxsize=2)
def _trust_list(path: Path, _changed_at: float) -> TrustList:
    return TrustList.load(path.read_text(encoding="utf-8"))


def trust_list() -> TrustList:
    """Return whom this installation believes."""
    named = installation().trust_file
    path = Path(named) if named else None
    if path is None or not path.is_file():
        return TrustList()
    return _trust_list(path, path.stat().st_mtime)


@lru_cache(maxsize=2)
def _signer(key_uri: str) -> Signer:
    return signer_from(key_uri)


def signer() -> Signer:
    """Return the key that seals certificates; raises `NoSigningKey` where none is configured."""
    named = installation().signing_key
    return _signer(named) if named else signer_from(None)
