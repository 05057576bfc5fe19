"""The signed trust list: a note under two of three offline roots, with serial, expiry and predecessor.

    ecert-trust-list/v1
    serial 42
    issued 2026-11-20T10:00:00Z
    expires 2026-12-20T10:00:00Z
    previous <hex SHA-256 of the previous body>
    authority XA <name>
    ...

    — root-1.ecert.example <base64>
    — root-2.ecert.example <base64>

Source: `trust.md` 6.11. Here: what such a list says and who signed it. Whether it follows the one seen last is asked
by `trust_memory`, whether it still counts by whoever asks for a key.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.formats.errors import NoteError
from opensps.formats.note_keys import KeyType, NoteKey, NoteSigner, read_key
from opensps.formats.signed_note import NoteSignature, read_note, sign_note, verify_note, write_note
from opensps.signing import trust_lines
from opensps.signing.errors import TrustError
from opensps.signing.trust_lines import HEADER, Entries

ROOTS, NEEDED = 3, 2
"""Three people in three places hold the roots; two of them must agree."""

LIFE = timedelta(days=30)
"""The longest a list may be valid."""

NO_PREVIOUS = bytes(32)
"""What the first list names as its predecessor."""

_HEAD = 5
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Roots:
    """The keys that vouch for lists: three, known beforehand, never taken from a list."""

    keys: tuple[NoteKey, ...]

    @classmethod
    def read(cls, text: str) -> "Roots":
        """Return the roots of a file with one key string a line; raise `TrustError` unless it holds three."""
        try:
            keys = tuple(read_key(line) for line in text.splitlines() if line)
        except NoteError as error:
            raise TrustError(0, f"roots: {error}") from None
        if len(keys) != ROOTS or len({key.public for key in keys}) != ROOTS:
            raise TrustError(0, f"roots: {ROOTS} different keys expected")
        if any(key.type is not KeyType.ED25519 for key in keys):
            raise TrustError(0, "roots: Ed25519 keys expected")
        return cls(keys)


@dataclass(frozen=True, slots=True)
class SignedBody:
    """What the text of a signed list says."""

    serial: int
    issued_at: datetime
    expires_at: datetime
    previous: bytes
    """SHA-256 of the body before it."""

    entries: Entries

    @property
    def text(self) -> str:
        """The body, as it is signed."""
        head = (
            HEADER,
            f"serial {self.serial}",
            f"issued {trust_lines.written(self.issued_at)}",
            f"expires {trust_lines.written(self.expires_at)}",
            f"previous {self.previous.hex()}",
        )
        return "\n".join((*head, *trust_lines.write(self.entries))) + "\n"


def digest_of(body: str) -> bytes:
    """Return the name of a body in its successor and in the log: SHA-256 of its text with the last newline."""
    return hashlib.sha256(body.encode()).digest()


def read_body(text: str) -> SignedBody:
    """Return what a body says; raise `TrustError` at the first line that is not as it must be."""
    lines = trust_lines.split(text)
    serial, issued, expires, previous = (
        _head(lines, number, name) for number, name in enumerate(("serial", "issued", "expires", "previous"), start=1)
    )
    if not _NUMBER.fullmatch(serial):
        raise TrustError(2, "a serial is a number from 1 on")
    if not _DIGEST.fullmatch(previous):
        raise TrustError(5, "the previous body is named by its SHA-256 in hexadecimal")
    issued_at, expires_at = _time(issued, 3), _time(expires, 4)
    if not timedelta(0) < expires_at - issued_at <= LIFE:
        raise TrustError(4, "a list is valid for at most 30 days from its issue")
    entries = trust_lines.read(lines[_HEAD:], first=_HEAD + 1)
    return SignedBody(int(serial), issued_at, expires_at, bytes.fromhex(previous), entries)


def _head(lines: list[str], number: int, name: str) -> str:
    line = lines[number] if number < len(lines) else ""
    keyword, _, value = line.partition(" ")
    if keyword != name:
        raise TrustError(number + 1, f"{name} expected")
    return value


def _time(text: str, line: int) -> datetime:
    try:
        return trust_lines.read_time(text)
    except ValueError as error:
        raise TrustError(line, str(error)) from None


def read_signed(raw: bytes, *, roots: Roots) -> tuple[str, SignedBody]:
    """Return the body of a list, as text and as value, that two of the three roots have signed.

    Raises `TrustError`. A wrong signature of any root rejects the whole list.
    """
    try:
        note = read_note(raw)
        signed = {each.key.public for each in verify_note(note, keys=roots.keys)}
    except NoteError as error:
        raise TrustError(0, f"not signed by the roots ({error})") from None
    if len(signed) < NEEDED:
        raise TrustError(0, f"{len(signed)} of the roots signed it, {NEEDED} must")
    return note.text, read_body(note.text)


def sign_body(text: str, *, signer: NoteSigner) -> str:
    """Return the signature line of one root over a body; raise `TrustError` for a body that may not be signed."""
    read_body(text)
    if signer.type is not KeyType.ED25519:
        raise TrustError(0, "roots are Ed25519 keys")
    return str(sign_note(text, signer=signer))


def combine(text: str, signatures: Iterable[NoteSignature], *, roots: Roots) -> bytes:
    """Return the signed list; raise `TrustError` unless two of the three roots have signed exactly this body."""
    try:
        raw = write_note(text, signatures)
    except NoteError as error:
        raise TrustError(0, f"not a note ({error})") from None
    read_signed(raw, roots=roots)
    return raw
