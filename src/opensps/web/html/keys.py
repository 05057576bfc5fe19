"""The trust list and the signing key this process works with, loaded once and again when their file changes.

A missing trust list, or one that is refused, is an empty one: with it nothing is ever called genuine. A missing key
refuses (`NoSigningKey`).
"""

import logging
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from opensps.certification.services import CodeSigner
from opensps.signing import Signer, SigningError, TrustList, signer_from
from opensps.signing.trust_memory import load_with
from opensps.web.html.installation import installation

_log = logging.getLogger(__name__)


_Stamp = tuple[int, int, int]
"""Time of the last change, number and size of a file: another list in its place differs in one of them."""


@lru_cache(maxsize=2)
def _trust_list(path: Path, roots: Path | None, _stamps: tuple[_Stamp, ...]) -> TrustList:
    try:
        return load_with(path, roots)
    except (OSError, UnicodeDecodeError, SigningError):
        _log.exception("trust_list_refused")
        return TrustList()


def trust_list() -> TrustList:
    """Return whom this installation believes."""
    named = installation().trust_file
    path = Path(named) if named else None
    if path is None or not path.is_file():
        return TrustList()
    named = installation().trust_roots
    roots = Path(named) if named else None
    return _trust_list(path, roots, tuple(_stamp(each) for each in (path, roots) if each is not None))


def _stamp(path: Path) -> _Stamp:
    try:
        state = path.stat()
    except OSError:
        return (0, 0, 0)
    return (state.st_mtime_ns, state.st_ino, state.st_size)


def trust_text() -> str:
    """Return the list as it lies in its file: a note that its roots signed, or the unsigned text of a demonstration."""
    named = installation().trust_file
    path = Path(named) if named else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


@lru_cache(maxsize=2)
def _signer(key_uri: str) -> Signer:
    return signer_from(key_uri)


def code_signer() -> CodeSigner | None:
    """Return who signs the printed codes; without a key they are plain links."""
    try:
        return CodeSigner(signer(), trust_list(), timezone.now())
    except SigningError:
        return None


def signer() -> Signer:
    """Return the key that seals certificates; raises `NoSigningKey` where none is configured."""
    named = installation().signing_key
    return _signer(named) if named else signer_from(None)
