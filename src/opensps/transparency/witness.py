"""What a witness answers: it signs that the history it was shown only ever grew, and nothing else.

Source: C2SP tlog-witness (`trust.md` 6.10). `decide` is pure: the caller keeps the state by compare-and-set, on disk,
before it sends the cosignatures. Signature lines of others in a checkpoint change nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opensps.formats.base64_text import read_base64
from opensps.formats.checkpoint import Checkpoint, read_checkpoint, read_decimal
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import NoteKey, NoteSigner
from opensps.formats.signed_note import SignedNote, read_note, sign_note, verify_note
from opensps.transparency.errors import ProofError
from opensps.transparency.merkle import EMPTY_ROOT, MAX_PATH, verify_consistency

SIZE_TYPE = "text/x.tlog.size"
MAX_BODY = (1 << 20) + 4096
"""Bytes of a request: a note and a proof."""

OK, BAD, FORBIDDEN, UNKNOWN, CONFLICT, UNPROCESSABLE = 200, 400, 403, 404, 409, 422
_OLD = "old "


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest tree of a log that a witness has signed for."""

    size: int = 0
    root: bytes = EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Request:
    """An ``add-checkpoint`` as read."""

    old_size: int
    path: tuple[bytes, ...]
    note: SignedNote
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Refusal:
    """No signature: the status to answer with, its text, its type."""

    status: int
    text: str
    type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What to keep, on the condition that `before` is still what is kept; after that `cosign` may be called."""

    origin: str
    before: Seen
    after: Seen
    text: str
    """The text of the checkpoint."""


def read_request(body: bytes) -> Request:
    """Return the parts of the body ``old <size>``, hashes, an empty line, the checkpoint; raise `NoteError`."""
    if len(body) > MAX_BODY:
        raise NoteError("too_large")
    head, gap, raw = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as exc:
        raise NoteError("encoding") from exc
    if not gap or not lines[0].startswith(_OLD) or len(lines) > MAX_PATH + 1:
        raise NoteError("block")
    note = read_note(raw)
    old_size = read_decimal(lines[0].removeprefix(_OLD))
    return Request(old_size, tuple(map(read_base64, lines[1:])), note, read_checkpoint(note.text))


def write_request(*, old_size: int, path: Iterable[str], checkpoint: bytes) -> bytes:
    """Return the body of ``add-checkpoint``; `path` in base64."""
    return "\n".join([f"{_OLD}{old_size}", *path]).encode() + b"\n\n" + checkpoint


def decide(request: Request, *, logs: Mapping[str, tuple[NoteKey, ...]], seen: Seen) -> Agreement | Refusal:
    """Return what to answer to a checkpoint, having `seen` that tree of its log; `logs`: origin -> keys."""
    checkpoint = request.checkpoint
    keys = logs.get(checkpoint.origin)
    if keys is None:
        return Refusal(UNKNOWN, "unknown log\n")
    try:
        verify_note(request.note, keys=keys)
    except NoteError:
        return Refusal(FORBIDDEN, "no valid signature of the log\n")
    if request.old_size > checkpoint.size:
        return Refusal(BAD, "old size above the size\n")
    if request.old_size != seen.size:
        return conflict(seen)
    return _proved(request, seen)


def conflict(seen: Seen) -> Refusal:
    """Return the answer to who thinks we have seen another size."""
    return Refusal(CONFLICT, f"{seen.size}\n", SIZE_TYPE)


def _proved(request: Request, seen: Seen) -> Agreement | Refusal:
    checkpoint = request.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        return Refusal(UNPROCESSABLE, "an empty tree with another root\n")
    try:
        verify_consistency(
            old_size=seen.size,
            new_size=checkpoint.size,
            old_root=seen.root,
            new_root=checkpoint.root,
            path=request.path,
        )
    except ProofError as exc:
        return Refusal(UNPROCESSABLE, f"consistency proof: {exc.reason}\n")
    return Agreement(checkpoint.origin, seen, Seen(checkpoint.size, checkpoint.root), request.note.text)


def cosign(text: str, *, signers: Iterable[NoteSigner], at: int) -> bytes:
    """Return the cosignature lines of a checkpoint's text, one for each key; `at` in seconds since 1970."""
    return "".join(f"{sign_note(text, signer=signer, at=at)}\n" for signer in signers).encode()
