"""The proof bundle of one certificate: that its leaf is in the log, and who has seen that log.

Source: C2SP tlog-proof (`trust.md` 6.9). Salt and leaf travel unsigned in ``extra``: whoever checks computes the
commitment from salt and D, compares it with the leaf, hashes the leaf and walks the path to the signed root. What it
means for a certificate, and in which words, is decided in `verification`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from opensps.formats import cbor
from opensps.formats.base64_text import read_base64, write_base64
from opensps.formats.carriers import SALT_LENGTH, commitment
from opensps.formats.checkpoint import Checkpoint, read_decimal
from opensps.formats.errors import FormatError, NoteError
from opensps.formats.note_keys import NoteKey
from opensps.transparency.cosignature import Quorum, SignedCheckpoint, Witnessed, WitnessKey, open_checkpoint, witnessed
from opensps.transparency.errors import BundleError, LeafError, ProofError
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf, write_leaf
from opensps.transparency.merkle import HASH_BYTES, MAX_PATH, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
MAX_BYTES = 1 << 20
_VERSION = 1
_EXTRA, _INDEX = "extra ", "index "


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as read; nothing is verified yet."""

    salt: bytes
    """16 bytes."""

    leaf: Leaf
    leaf_bytes: bytes
    """Exactly what is hashed."""

    index: int
    path: tuple[bytes, ...]
    """Nearest sibling first, at most 63 hashes."""

    checkpoint: bytes
    """The note, with the signature of the log and the cosignatures there were."""


@dataclass(frozen=True, slots=True)
class CheckedBundle:
    """What a bundle proves of a document. A reason is nothing where the question is answered with yes."""

    logged: str | None
    """Row 7 of `trust.md` 7.1: ``proof`` or ``commitment``."""

    witnessed: str | None
    """Row 8: ``cosignature`` or ``quorum_short``; ``quorum_short`` too where the log itself did not sign."""

    checkpoint: Checkpoint | None = None
    """As the log signed it, if it did."""

    log_key: NoteKey | None = None
    seen_by: Witnessed | None = None
    """Where no cosignature is bad."""


def write_bundle(*, salt: bytes, leaf: Leaf, index: int, path: Iterable[bytes], checkpoint: bytes) -> bytes:
    """Return the bytes of a bundle."""
    extra = cbor.dumps((_VERSION, salt, write_leaf(leaf)))
    head = (HEADER, f"{_EXTRA}{write_base64(extra)}", f"{_INDEX}{index}", *map(write_base64, path))
    return "\n".join(head).encode() + b"\n\n" + checkpoint


def read_bundle(raw: bytes) -> Bundle:
    """Return the parts of a bundle; raise `BundleError` too_large, header, extra, index, path, leaf."""
    if len(raw) > MAX_BYTES:
        raise BundleError("too_large")
    head, gap, checkpoint = raw.partition(b"\n\n")
    lines = _ascii(head).split("\n")
    if not gap or lines[0] != HEADER:
        raise BundleError("header")
    fields = iter(lines[1:])
    salt, leaf_bytes = _extra(next(fields, ""))
    index = _index(next(fields, ""))
    path = _path(tuple(fields))
    try:
        return Bundle(salt, read_leaf(leaf_bytes), leaf_bytes, index, path, checkpoint)
    except LeafError as exc:
        raise BundleError("leaf", exc.reason) from exc


def _ascii(head: bytes) -> str:
    try:
        return head.decode("ascii")
    except UnicodeDecodeError as exc:
        raise BundleError("header") from exc


def _extra(line: str) -> tuple[bytes, bytes]:
    """Return salt and leaf."""
    if line.startswith(_EXTRA):
        try:
            extra = cbor.loads(read_base64(line.removeprefix(_EXTRA)))
        except FormatError as exc:
            raise BundleError("extra", exc.code) from exc
        match extra:
            case (1, bytes(salt), bytes(leaf)) if len(salt) == SALT_LENGTH:
                return salt, leaf
    raise BundleError("extra")


def _index(line: str) -> int:
    if not line.startswith(_INDEX):
        raise BundleError("index")
    try:
        return read_decimal(line.removeprefix(_INDEX))
    except NoteError as exc:
        raise BundleError("index") from exc


def _path(lines: tuple[str, ...]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise BundleError("path", "too long")
    try:
        path = tuple(map(read_base64, lines))
    except NoteError as exc:
        raise BundleError("path") from exc
    if any(len(each) != HASH_BYTES for each in path):
        raise BundleError("path", "not 32 bytes")
    return path


def check_bundle(
    bundle: Bundle,
    *,
    digest: bytes,
    log_keys: Iterable[NoteKey],
    witness_keys: Iterable[WitnessKey],
    quorum: Quorum,
) -> CheckedBundle:
    """Return what the bundle proves of the document with digest D; never raises.

    `log_keys`: those of the authority's own logs, so that another one's log proves nothing. Whether the leaf's issuer,
    hour and seal fit the document is the caller's to compare.
    """
    try:
        signed = open_checkpoint(bundle.checkpoint, log_keys=log_keys)
    except NoteError:
        return CheckedBundle(logged="proof", witnessed="quorum_short")
    logged = _logged(bundle, signed.checkpoint, digest)
    reason, seen = _seen(signed, witness_keys, quorum)
    return CheckedBundle(logged, reason, signed.checkpoint, signed.key, seen)


def _logged(bundle: Bundle, checkpoint: Checkpoint, digest: bytes) -> str | None:
    try:
        verify_inclusion(
            leaf_hash(bundle.leaf_bytes),
            index=bundle.index,
            size=checkpoint.size,
            path=bundle.path,
            root=checkpoint.root,
        )
    except ProofError:
        return "proof"
    is_ours = bundle.leaf.event is LeafEvent.ISSUE and bundle.leaf.commitment == commitment(bundle.salt, digest)
    return None if is_ours else "commitment"


def _seen(
    signed: SignedCheckpoint, witness_keys: Iterable[WitnessKey], quorum: Quorum
) -> tuple[str | None, Witnessed | None]:
    try:
        seen = witnessed(signed.note, witness_keys=witness_keys, quorum=quorum)
    except NoteError:
        return "cosignature", None
    return (None if seen.is_quorum else "quorum_short"), seen
