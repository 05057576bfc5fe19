"""Signed notes: a text and the signatures of several keys below it.

Source: C2SP signed-note, text of July 2026 (`trust.md` 6.7). Checkpoints and trust lists are such notes. Text and
signatures part at the last empty line; a signature of an unknown key is ignored; a known key whose signature is bad
rejects the whole note. Keys and their signatures are in `note_keys`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from opensps.formats.base64_text import read_base64, write_base64
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import ID_BYTES, NoteKey, NoteSigner, is_key_name

MAX_BYTES = 1 << 20
MAX_SIGNATURES = 100
"""The specification asks every reader to take 16."""

_LINE = re.compile(r"— ([^ ]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    """4 bytes."""

    signature: bytes
    """What follows the key id; a cosignature begins with its time, 8 bytes."""

    def __str__(self) -> str:
        """Return the line without its newline."""
        return f"— {self.name} {write_base64(self.key_id + self.signature)}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note as read; nothing is verified yet."""

    text: str
    """With its last newline."""

    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A known key whose signature holds."""

    key: NoteKey
    at: int | None
    """Seconds since 1970 for a cosignature, else nothing."""


def read_note(raw: bytes) -> SignedNote:
    """Return the parts of a note of at most 1 MiB and 100 signatures; raise `NoteError`."""
    if len(raw) > MAX_BYTES:
        raise NoteError("too_large")
    try:
        note = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise NoteError("encoding") from exc
    _check_signs(note)
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n"):
        raise NoteError("block")
    if block.count("\n") > MAX_SIGNATURES:
        raise NoteError("signature_count")
    return SignedNote(text + "\n", tuple(read_signature_line(line) for line in block.split("\n")[:-1]))


def _check_signs(note: str) -> None:
    if any(sign < " " and sign != "\n" for sign in note):
        raise NoteError("control_character")


def read_signature_line(line: str) -> NoteSignature:
    """Return one signature line, given without its newline; raise `NoteError` ``signature_line`` or ``base64``."""
    found = _LINE.fullmatch(line)
    if found is None or not is_key_name(found[1]):
        raise NoteError("signature_line")
    raw = read_base64(found[2])
    if len(raw) <= ID_BYTES:
        raise NoteError("signature_line", detail="too short")
    return NoteSignature(found[1], raw[:ID_BYTES], raw[ID_BYTES:])


def write_note(text: str, signatures: Iterable[NoteSignature]) -> bytes:
    """Return the note; raise `NoteError` when the text could not be read back as it is."""
    lines = tuple(str(each) for each in signatures)
    raw = (text + "\n" + "".join(f"{line}\n" for line in lines)).encode()
    if not text.endswith("\n") or not lines or read_note(raw).text != text:
        raise NoteError("block", detail="cannot be read back")
    return raw


def sign_note(text: str, *, signer: NoteSigner, at: int = 0) -> NoteSignature:
    """Return the signature line of one key over a text; `at`, seconds since 1970, is for cosignatures."""
    return NoteSignature(signer.name, signer.key.id, signer.sign(text, at=at))


def verify_note(note: SignedNote, *, keys: Iterable[NoteKey]) -> tuple[Verified, ...]:
    """Return the known keys that signed, each once, in the order of the note.

    Raises `NoteError` ``signature`` when one line of a known key is bad, ``unsigned`` when no key is known. Several
    keys may share name and id: one of them must hold.
    """
    known: dict[tuple[str, bytes], list[NoteKey]] = {}
    for key in keys:
        known.setdefault((key.name, key.id), []).append(key)
    found: dict[NoteKey, Verified] = {}
    for line in note.signatures:
        if candidates := known.get((line.name, line.key_id)):
            verified = _verified(note.text, line, candidates)
            found.setdefault(verified.key, verified)
    if not found:
        raise NoteError("unsigned")
    return tuple(found.values())


def _verified(text: str, line: NoteSignature, candidates: list[NoteKey]) -> Verified:
    failure = NoteError("signature", line.name)
    for key in candidates:
        try:
            return Verified(key, key.verify(text, line.signature))
        except NoteError as exc:
            failure = exc
    raise failure


__all__ = [
    "MAX_BYTES",
    "MAX_SIGNATURES",
    "NoteError",
    "NoteKey",
    "NoteSignature",
    "NoteSigner",
    "SignedNote",
    "Verified",
    "read_note",
    "read_signature_line",
    "sign_note",
    "verify_note",
    "write_note",
]
