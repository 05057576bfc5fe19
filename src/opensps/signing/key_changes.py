"""What rotation, retirement and distrust change in a trust list: new entries, and the lines that say so.

Pure. A key is valid by position, so nothing here asks a clock (`trust.md` 5.1). The lines are signed by two roots
before anybody believes them (`opensps trust`).
"""

from dataclasses import replace
from datetime import datetime

from opensps.signing import trust_lines
from opensps.signing.certifying import OVERLAP
from opensps.signing.errors import KeyFileError
from opensps.signing.trust_entries import Bound, TrustedKey
from opensps.signing.trust_lines import Entries


def key_added(entries: Entries, key: TrustedKey) -> Entries:
    """Return the entries with one key more; raise `KeyFileError` (exists) where it is listed already."""
    if any((each.authority, each.spki_der) == (key.authority, key.spki_der) for each in entries.keys):
        raise KeyFileError("exists", "this key is listed already")
    return replace(entries, keys=(*entries.keys, key))


def key_rotated(entries: Entries, key: TrustedKey, *, former: bytes, at: datetime) -> Entries:
    """Return the entries with a new key from `at` on and the former (kid) ending 30 days later.

    In the overlap both may seal. Raises `KeyFileError`: exists, missing (no such key), retired.
    """
    return key_added(key_retired(entries, former, authority=key.authority, at=at + OVERLAP), key)


def key_retired(entries: Entries, kid: bytes, *, authority: str, at: Bound) -> Entries:
    """Return the entries with the key ending at a bound; what it sealed before stays good.

    Raises `KeyFileError`: missing, retired (it has an end already).
    """
    found = _found(entries, kid, authority)
    if found.to_at is not None:
        raise KeyFileError("retired", "this key has an end already")
    return _with(entries, replace(found, to_at=at))


def key_distrusted(entries: Entries, kid: bytes, *, authority: str, since: Bound, event: Bound) -> Entries:
    """Return the entries with nothing of the key counting from `since` on, whoever used it.

    `event` is where this is recorded. Raises `KeyFileError`: missing, distrusted (it is already).
    """
    found = _found(entries, kid, authority)
    if found.distrusted_from is not None:
        raise KeyFileError("distrusted", "this key is distrusted already")
    return _with(entries, replace(found, distrusted_from=since, distrust_event=event))


def changed_lines(before: Entries, after: Entries) -> tuple[str, ...]:
    """Return the lines of a list that are new or say something else than before."""
    known = set(trust_lines.write(before))
    return tuple(line for line in trust_lines.write(after) if line not in known)


def _found(entries: Entries, kid: bytes, authority: str) -> TrustedKey:
    found = [each for each in entries.keys if each.kid == kid and each.authority == authority]
    if len(found) != 1:
        raise KeyFileError("missing", "the list has no such key, or several")
    return found[0]


def _with(entries: Entries, changed: TrustedKey) -> Entries:
    keys = tuple(
        changed if (each.authority, each.spki_der) == (changed.authority, changed.spki_der) else each
        for each in entries.keys
    )
    return replace(entries, keys=keys)
