"""Cursors of ListCertificates: signed, bound to the caller and to its filters, good for 90 days (`exchange.md` 3.4)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core import signing

_SALT = "opensps.soap.cursor"
_SECONDS = 90 * 86_400


class CursorInvalid(Exception):
    """Not one of ours, too old, or of another question."""


def bound_to(caller: str, filters: Mapping[str, Any]) -> str:
    """Return a digest of who asks for what."""
    asked = json.dumps([caller, sorted(filters.items())], default=str)
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


def cursor_after(sequence: int, bound: str) -> str:
    """Return the text by which a list goes on after a change sequence."""
    return signing.dumps([sequence, bound], salt=_SALT)


def sequence_of(cursor: str, bound: str) -> int:
    """Return where a list goes on. Raises `CursorInvalid`."""
    try:
        sequence, said = signing.loads(cursor, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise CursorInvalid from None
    if said != bound or not isinstance(sequence, int):
        raise CursorInvalid
    return sequence
