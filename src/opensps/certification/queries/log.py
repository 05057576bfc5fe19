"""Reading the transparency log: where a certificate stands in it, its proof, what is wrong with the log.

Source: `trust.md` 6.9, `reliability.md` 5 (T6, T15, L3). Tiles come in as a `LogDirectory`; which one is decided in
`project`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory
from opensps.certification.log_leaves import head_digest
from opensps.certification.models import Certificate, LogCheckpoint, LogLeaf, LogWitness, TransparencyLog
from opensps.events.queries import ChainHead
from opensps.formats.checkpoint import Checkpoint, read_checkpoint
from opensps.formats.errors import NoteError
from opensps.formats.note_keys import read_key
from opensps.formats.signed_note import read_note
from opensps.transparency.bundle import write_bundle
from opensps.transparency.cosignature import open_checkpoint
from opensps.transparency.errors import TransparencyError
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf
from opensps.transparency.tree import TreeView


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the issue of a certificate stands."""

    origin: str
    index: int
    is_in_tree: bool
    """Whether the signed tree has it already."""

    witnessed_at: datetime | None
    """When the quorum had seen it first."""

    def __str__(self) -> str:
        """Return it as it is printed: ``log.xa.example/xa/2026 no. 1234``."""
        return f"{self.origin} no. {self.index}"


@dataclass(frozen=True, slots=True)
class LogStatus:
    """How a log stands."""

    origin: str
    key: str
    state: str
    size: int
    signed_size: int
    waiting: int
    """Leaves with an index that are not in the tree."""

    witnessed_size: int
    witnessed_at: datetime | None
    alarm: str
    witnesses: tuple["WitnessStatus", ...]


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """How a witness stands."""

    url: str
    size: int
    seen_at: datetime | None
    failure: str


def log_by_origin(*, authority: str, origin: str | None = None) -> TransparencyLog | None:
    """Return a log by its name, without one the newest; None when there is none."""
    rows = TransparencyLog.objects.filter(authority=authority)
    return (rows if origin is None else rows.filter(origin=origin)).order_by("-ordinal").first()


def refuse_while_stopped(authority: str) -> None:
    """Raise `LogError` read_only while the log of an authority is stopped. One query."""
    stopped = TransparencyLog.objects.filter(authority=authority, state=TransparencyLog.READ_ONLY).first()
    if stopped is not None:
        raise LogError("read_only", stopped.alarm)


def newest_moment(authority: str) -> datetime | None:
    """Return when the authority last sealed a certificate that was not withdrawn: our clock may not lie behind it.

    Withdrawn ones do not count, so that a certificate dated ahead by a wrong clock is withdrawn and stops nobody. Times
    of witnesses do not count either: the clock of one of them would stop us. One query, by an index.
    """
    rows = Certificate.objects.filter(authority=authority).exclude(state="withdrawn").order_by("-issued_at", "-id")
    return rows.values_list("sealed_at", flat=True).first()


def logs_of(authority: str) -> tuple[TransparencyLog, ...]:
    """Return the logs of an authority, oldest first."""
    return tuple(TransparencyLog.objects.filter(authority=authority).order_by("ordinal"))


def _issue_leaf(authority: str, number: str) -> LogLeaf | None:
    rows = LogLeaf.objects.filter(authority=authority, number=number, kind=LeafEvent.ISSUE)
    return rows.select_related("log").order_by("log__ordinal", "index").first()


def _first_witnessed(leaf: LogLeaf) -> LogCheckpoint | None:
    rows = LogCheckpoint.objects.filter(authority=leaf.authority, log=leaf.log, size__gt=leaf.index)
    return rows.order_by("size").first()


def log_place(*, authority: str, number: str) -> LogPlace | None:
    """Return where the issue of a certificate stands, None when it has no leaf. Two queries."""
    leaf = _issue_leaf(authority, number)
    if leaf is None:
        return None
    seen = _first_witnessed(leaf)
    is_in_tree = leaf.index < leaf.log.checkpoint_size
    return LogPlace(leaf.log.origin, leaf.index, is_in_tree, None if seen is None else seen.witnessed_at)


def proof_bundle(*, authority: str, number: str, directory: LogDirectory) -> bytes:
    """Return the bundle of a certificate: under the first witnessed checkpoint over its leaf, else the newest signed.

    The first is final. Raises `LogError` not_logged, damaged.
    """
    leaf = _issue_leaf(authority, number)
    if leaf is None:
        raise LogError("not_logged", number)
    seen = _first_witnessed(leaf)
    size, note = (leaf.log.checkpoint_size, leaf.log.checkpoint) if seen is None else (seen.size, seen.note)
    if leaf.index >= size:
        raise LogError("not_logged", number)
    certificate = Certificate.objects.only("salt").get(authority=authority, number=number)
    try:
        path = TreeView(directory, size).inclusion_path(leaf.index)
    except TransparencyError as exc:
        raise LogError("damaged", str(exc)) from exc
    return write_bundle(
        salt=bytes(certificate.salt),
        leaf=read_leaf(bytes(leaf.data)),
        index=leaf.index,
        path=path,
        checkpoint=bytes(note),
    )


def log_leaves(*, log: TransparencyLog, end: int) -> Iterator[Leaf]:
    """Yield the leaves before index `end`, in order: what a status list is computed from."""
    rows = LogLeaf.objects.filter(authority=log.authority, log=log, index__lt=end).order_by("index")
    for data in rows.values_list("data", flat=True).iterator(chunk_size=2000):
        yield read_leaf(bytes(data))


def log_status(*, authority: str) -> tuple[LogStatus, ...]:
    """Return how the logs of an authority stand, oldest first."""
    return tuple(map(_status, logs_of(authority)))


def _status(log: TransparencyLog) -> LogStatus:
    leaves = LogLeaf.objects.filter(authority=log.authority, log=log, index__gte=log.size)
    newest = LogCheckpoint.objects.filter(authority=log.authority, log=log).order_by("-size").first()
    witnesses = LogWitness.objects.filter(authority=log.authority, log=log).order_by("url")
    return LogStatus(
        origin=log.origin,
        key=log.key,
        state=log.state,
        size=log.size,
        signed_size=log.checkpoint_size,
        waiting=leaves.count(),
        witnessed_size=0 if newest is None else newest.size,
        witnessed_at=None if newest is None else newest.witnessed_at,
        alarm=log.alarm,
        witnesses=tuple(WitnessStatus(each.url, each.size, each.seen_at, each.failure) for each in witnesses),
    )


def newest_witnessed(log: TransparencyLog) -> LogCheckpoint | None:
    """Return the newest checkpoint that a quorum has countersigned."""
    return LogCheckpoint.objects.filter(authority=log.authority, log=log).order_by("-size").first()


def audit_heads(log: TransparencyLog) -> Iterator[tuple[int, int, bytes]]:
    """Yield (index, place in the chain, digest in the log) of every audit head in the tree."""
    rows = LogLeaf.objects.filter(
        authority=log.authority, log=log, kind=LeafEvent.AUDIT_HEAD, index__lt=log.size
    ).order_by("index")
    for index, position, data in rows.values_list("index", "chain_position", "data"):
        yield index, position or 0, read_leaf(bytes(data)).commitment


def is_head(position: int, chain: bytes, digest: bytes) -> bool:
    """Return whether a leaf's digest is that of this place in the chain of events."""
    return head_digest(ChainHead(position, chain)) == digest


def signed_checkpoint(log: TransparencyLog) -> Checkpoint | None:
    """Return the checkpoint of the row if it is signed by the log's key, None otherwise."""
    try:
        return open_checkpoint(bytes(log.checkpoint), log_keys=[read_key(log.key)]).checkpoint
    except NoteError:
        return None


def published_checkpoint(directory: LogDirectory) -> Checkpoint | None:
    """Return what is served as the newest checkpoint; whether it is signed is not asked here."""
    try:
        return read_checkpoint(read_note(directory.checkpoint_path.read_bytes()).text)
    except (OSError, NoteError):
        return None
