"""Asking the witnesses to countersign, and keeping what they signed.

Source: `trust.md` 4.6 and 6.10, `reliability.md` 2.7. All are asked in parallel, by a function that `project` hands in:
this room opens no connection. A witness that has seen more than we have, or another history, stops the log: only we
could have lost something.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import LogCheckpoint, LogWitness, TransparencyLog
from opensps.certification.services.log_growth import log_alarm, open_log
from opensps.formats.base64_text import write_base64
from opensps.formats.checkpoint import read_checkpoint, read_decimal
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import NoteKey
from opensps.formats.signed_note import (
    NoteSignature,
    SignedNote,
    read_note,
    read_signature_line,
    verify_note,
    write_note,
)
from opensps.transparency.cosignature import Quorum, WitnessKey, witnessed
from opensps.transparency.tree import TreeView
from opensps.transparency.witness import CONFLICT, OK, UNPROCESSABLE, write_request

logger = structlog.get_logger()

MAX_LINES = 8
"""Signature lines of one answer that are looked at."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who countersigns; several keys at one address are one witness."""

    organisation: str
    url: str
    keys: tuple[NoteKey, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One request to one witness."""

    url: str
    """Of the witness; the request goes to ``add-checkpoint`` below it."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; status 0: nothing did."""

    status: int
    body: bytes = b""


Ask = Callable[[Sequence[Question]], Sequence[Reply]]
"""Asks all at once and returns the replies in the same order; never raises."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is asked and how many are needed."""

    witnesses: tuple[Witness, ...] = ()
    quorum: Quorum = field(default_factory=lambda: Quorum(0, frozenset()))


@dataclass(frozen=True, slots=True)
class Seen:
    """What one round brought."""

    size: int
    organisations: tuple[str, ...]
    is_quorum: bool
    failing: tuple[str, ...]
    """Addresses of witnesses that did not sign."""


@dataclass(slots=True)
class _Round:
    """One checkpoint on its way to the witnesses."""

    log: TransparencyLog
    view: TreeView
    note: SignedNote
    at: datetime
    lines: list[NoteSignature] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)


def log_witness(
    *, authority: str, directory: LogDirectory, policy: Policy, ask: Ask, at: datetime, skip: Iterable[str] = ()
) -> Seen | None:
    """Ask every witness but those to `skip` (addresses) for the newest signed checkpoint; publish what they say.

    Returns None where nobody is to be asked or nothing is signed. Raises `LogError` none, read_only, and read_only
    too where an answer stops the log.
    """
    log = open_log(authority)
    left_out = set(skip)
    asked = tuple(each for each in policy.witnesses if each.url not in left_out)
    if not asked or log.checkpoint_size < 0:
        return None
    note = read_note(bytes(log.checkpoint))
    turn = _Round(log, TreeView(directory, log.checkpoint_size), note, at)
    memories = {each.url: _memory(log, each.url) for each in asked}
    again = _ask(turn, asked, memories, ask)
    _ask(turn, again, memories, ask, is_last=True)
    return _kept(turn, policy, directory)


def _memory(log: TransparencyLog, url: str) -> LogWitness:
    return LogWitness.objects.get_or_create(log=log, authority=log.authority, url=url)[0]


def _ask(
    turn: _Round, asked: Sequence[Witness], memories: dict[str, LogWitness], ask: Ask, *, is_last: bool = False
) -> tuple[Witness, ...]:
    """Ask these; return those that remember another size than we thought, to be asked once more."""
    sizes = {each.url: min(memories[each.url].size, turn.view.size) for each in asked}
    questions = [Question(each.url, _body(turn, sizes[each.url])) for each in asked]
    again = []
    for witness, reply in zip(asked, ask(questions) if questions else (), strict=True):
        memory = memories[witness.url]
        if reply.status == CONFLICT and not is_last and _remembers(turn, memory, reply.body):
            again.append(witness)
        else:
            _hear(turn, witness, memory, reply)
    return tuple(again)


def _body(turn: _Round, old_size: int) -> bytes:
    path = [write_base64(each) for each in turn.view.consistency_path(old_size)]
    return write_request(old_size=old_size, path=path, checkpoint=bytes(turn.log.checkpoint))


def _remembers(turn: _Round, memory: LogWitness, body: bytes) -> bool:
    """Take over the size a witness has seen; stop the log if it is larger than ours."""
    try:
        size = read_decimal(body.decode("ascii").removesuffix("\n"))
    except (NoteError, UnicodeDecodeError):
        return False
    if size > turn.view.size:
        turn.log.refresh_from_db(fields=["size"])
        if size > turn.log.size:
            _stop(turn, "rolled_back", memory.url)
        return False  # another writer was here meanwhile
    memory.size = size
    return True


def _stop(turn: _Round, reason: str, url: str) -> None:
    log_alarm(log=turn.log, reason=reason, at=turn.at)
    logger.error("log_stopped", reason=reason, origin=turn.log.origin, witness=url)
    raise LogError("read_only", f"{reason}: {url}")


def _hear(turn: _Round, witness: Witness, memory: LogWitness, reply: Reply) -> None:
    """Keep the cosignatures of an answer, or why there are none."""
    if reply.status == UNPROCESSABLE:
        _stop(turn, "forked", memory.url)
    lines = _cosignatures(turn, witness, reply.body) if reply.status == OK else ()
    if lines:
        turn.lines += lines
        memory.size, memory.seen_at = max(memory.size, turn.view.size), turn.at
        memory.failing_since, memory.failure = None, ""
    else:
        turn.failing.append(witness.url)
        memory.failing_since = memory.failing_since or turn.at
        memory.failure = "no_answer" if reply.status == 0 else f"status_{reply.status}"
        logger.warning("witness_not_signing", witness=witness.url, status=reply.status)
    memory.save(update_fields=["size", "seen_at", "failing_since", "failure"])


def _cosignatures(turn: _Round, witness: Witness, body: bytes) -> tuple[NoteSignature, ...]:
    """Return the lines of an answer if one is of a key of this witness and none of those is bad."""
    try:
        lines = [read_signature_line(line) for line in body.decode().split("\n")[:MAX_LINES] if line]
        known = {(key.name, key.id) for key in witness.keys}
        mine = tuple(line for line in lines if (line.name, line.key_id) in known)
        verify_note(SignedNote(turn.note.text, mine), keys=witness.keys)
    except (NoteError, UnicodeDecodeError):
        return ()
    return mine


def _kept(turn: _Round, policy: Policy, directory: LogDirectory) -> Seen:
    """Publish the checkpoint with its cosignatures; with a quorum it is kept, for bundles and restores."""
    raw = write_note(turn.note.text, [*turn.note.signatures, *turn.lines])
    keys = [WitnessKey(each.organisation, key) for each in policy.witnesses for key in each.keys]
    seen = witnessed(read_note(raw), witness_keys=keys, quorum=policy.quorum)
    checkpoint = read_checkpoint(turn.note.text)
    if seen.is_quorum and seen.at is not None:
        LogCheckpoint.objects.get_or_create(
            authority=turn.log.authority,
            log=turn.log,
            size=checkpoint.size,
            defaults={
                "root": checkpoint.root,
                "note": raw,
                "organisations": " ".join(seen.organisations),
                "witnessed_at": datetime.fromtimestamp(seen.at, tz=UTC),
            },
        )
    directory.publish(raw)
    return Seen(checkpoint.size, seen.organisations, seen.is_quorum, tuple(turn.failing))
