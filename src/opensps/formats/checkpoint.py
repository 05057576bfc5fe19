"""The text of a checkpoint: whose tree, how large, which root.

Source: C2SP tlog-checkpoint (`trust.md` 6.7). Its signatures are those of a signed note; whether a tree is right is
asked in the room `transparency`.
"""

import re
from dataclasses import dataclass

from opensps.formats.base64_text import read_base64, write_base64
from opensps.formats.errors import NoteError

ROOT_BYTES = 32
MAX_SIZE = 2**63
"""Sizes and indices stay below it."""

_FIXED_LINES = 3
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first three lines, and what a log may have added."""

    origin: str
    """A URL without scheme: ``log.<host>/<authority>/<year>``."""

    size: int
    """Leaves, below 2**63."""

    root: bytes
    """32 bytes."""

    extensions: tuple[str, ...] = ()
    """Further lines, none empty; ours have none."""


def read_decimal(text: str) -> int:
    """Return a size or an index: ASCII digits, no leading zero, below 2**63; raise `NoteError` ``checkpoint``."""
    if _DECIMAL.fullmatch(text) is None or int(text) >= MAX_SIZE:
        raise NoteError("checkpoint", detail="not a size")
    return int(text)


def read_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a note says as a checkpoint; raise `NoteError` ``checkpoint`` or ``base64``."""
    lines = text.split("\n")
    if len(lines) <= _FIXED_LINES or lines.pop() or not all(lines):
        raise NoteError("checkpoint", detail="lines")
    origin, size, root = lines[:_FIXED_LINES]
    if any(sign < " " for sign in text if sign != "\n"):
        raise NoteError("checkpoint", detail="control character")
    checkpoint = Checkpoint(origin, read_decimal(size), read_base64(root), tuple(lines[_FIXED_LINES:]))
    if len(checkpoint.root) != ROOT_BYTES:
        raise NoteError("checkpoint", detail="root")
    return checkpoint


def write_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text that is signed, ending in a newline."""
    lines = (checkpoint.origin, str(checkpoint.size), write_base64(checkpoint.root), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)
