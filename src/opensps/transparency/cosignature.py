"""Who countersigned a checkpoint, and whether that is enough.

Source: `trust.md` 6.7 and 6.11. A quorum counts organisations, not keys: one organisation under
three names counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from opensps.formats.checkpoint import Checkpoint, read_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import COSIGNING, NoteKey
from opensps.formats.signed_note import SignedNote, Verified, read_note, verify_note


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A key of a witness and the organisation it speaks for."""

    organisation: str
    """Code of the authority, as the trust list names it."""

    key: NoteKey


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of which organisations must have seen a checkpoint."""

    need: int
    organisations: frozenset[str]


NO_QUORUM = Quorum(0, frozenset())
"""Nobody has to have seen it."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that its log has signed; cosignatures are not looked at yet."""

    checkpoint: Checkpoint
    note: SignedNote
    key: NoteKey
    """The key of the log."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """Which organisations have seen a checkpoint, and since when there are enough of them."""

    organisations: tuple[str, ...]
    """Those of the quorum, sorted."""

    is_quorum: bool
    at: int | None
    """Seconds since 1970 at which the last one that was needed signed; nothing without a quorum or a need."""


def open_checkpoint(raw: bytes, *, log_keys: Iterable[NoteKey]) -> SignedCheckpoint:
    """Return the checkpoint if a log of that name signed it; raise `NoteError`."""
    note = read_note(raw)
    checkpoint = read_checkpoint(note.text)
    mine = [key for key in log_keys if key.name == checkpoint.origin and key.type not in COSIGNING]
    return SignedCheckpoint(checkpoint, note, verify_note(note, keys=mine)[0].key)


def witnessed(note: SignedNote, *, witness_keys: Iterable[WitnessKey], quorum: Quorum) -> Witnessed:
    """Return who of the quorum cosigned; raise `NoteError` ``signature`` when a line of a known witness is bad."""
    organisations: dict[NoteKey, set[str]] = {}
    for each in witness_keys:
        if each.key.type in COSIGNING:
            organisations.setdefault(each.key, set()).add(each.organisation)
    first: dict[str, int] = {}
    for verified in _verified(note, organisations):
        for organisation in organisations[verified.key] & quorum.organisations:
            first[organisation] = min(first.get(organisation, verified.at or 0), verified.at or 0)
    is_quorum = len(first) >= quorum.need
    at = sorted(first.values())[quorum.need - 1] if is_quorum and quorum.need else None
    return Witnessed(tuple(sorted(first)), is_quorum, at)


def _verified(note: SignedNote, keys: Iterable[NoteKey]) -> tuple[Verified, ...]:
    try:
        return verify_note(note, keys=keys)
    except NoteError as exc:
        if exc.code == "unsigned":
            return ()
        raise
