"""Leaves: what the log says about an event without saying anything about trade.

Source: `trust.md` 6.5. A leaf is a deterministic CBOR array of nine fields, 90 to 110 bytes for a certificate. Its
commitment is salted, so nobody links it to a number who does not hold the certificate.
"""

from dataclasses import dataclass
from enum import IntEnum

from opensps.formats import cbor
from opensps.formats.errors import FormatError
from opensps.transparency.errors import LeafError
from opensps.transparency.merkle import HASH_BYTES, MAX_SIZE

VERSION = 1
KID_BYTES, HANDLE_BYTES = 8, 16
SECONDS_PER_HOUR = 3600
MAX_ISSUER = 64
"""Signs of the code of an authority."""


class LeafEvent(IntEnum):
    """What happened; numbers are permanent."""

    ISSUE = 1
    REPLACE = 2
    WITHDRAW = 3
    FIRST_USE = 4
    KEY_ADD = 5
    KEY_RETIRE = 6
    KEY_DISTRUST = 7
    TRUST_LIST = 8
    STATUS_LIST = 9
    POLICY = 10
    HOLD = 11
    LIFT = 12
    AUDIT_HEAD = 13


_KNOWN = frozenset(LeafEvent)
OF_CERTIFICATES = frozenset(
    {LeafEvent.ISSUE, LeafEvent.REPLACE, LeafEvent.WITHDRAW, LeafEvent.FIRST_USE, LeafEvent.HOLD, LeafEvent.LIFT}
)
"""These leaves carry a salted commitment; the others the SHA-256 of a public object."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf."""

    event: LeafEvent
    issuer: str
    """Code of the authority."""

    hour: int
    """Full hours since 1970."""

    commitment: bytes
    """Salted commitment to D; for an event of no certificate the SHA-256 of the public object. 32 bytes."""

    seal_kid: bytes | None = None
    """First 8 bytes of the SHA-256 of the sealing key, nothing for an event of no certificate."""

    seal_digest: bytes | None = None
    """SHA-256 of the seal file."""

    prev_index: int | None = None
    """Issue leaf of the certificate meant, if it is in this log; for an issue that of the one it replaces."""

    handle: bytes | None = None
    """Handle of the certificate in status lists, 16 bytes; none in an issue, unless it replaces one of an older log."""

    def __post_init__(self) -> None:
        """Refuse what no leaf may hold; raise `LeafError`."""
        if not 0 < len(self.issuer) <= MAX_ISSUER or not 0 <= self.hour < MAX_SIZE:
            raise LeafError("issuer", "or hour")
        if self.prev_index is not None and not 0 <= self.prev_index < MAX_SIZE:
            raise LeafError("prev_index")
        if (len(self.commitment), *map(_length, (self.seal_kid, self.seal_digest))) != _lengths(self.event):
            raise LeafError("fields")
        if _length(self.handle) not in _handles(self.event):
            raise LeafError("fields")


def _length(part: bytes | None) -> int | None:
    return None if part is None else len(part)


def _lengths(event: LeafEvent) -> tuple[int, int | None, int | None]:
    return (HASH_BYTES, KID_BYTES, HASH_BYTES) if event in OF_CERTIFICATES else (HASH_BYTES, None, None)


def _handles(event: LeafEvent) -> tuple[int | None, ...]:
    if event is LeafEvent.ISSUE:
        return None, HANDLE_BYTES
    return (HANDLE_BYTES,) if event in OF_CERTIFICATES else (None,)


def write_leaf(leaf: Leaf) -> bytes:
    """Return the bytes that are hashed and served."""
    return cbor.dumps(
        (
            VERSION,
            int(leaf.event),
            leaf.issuer,
            leaf.hour,
            leaf.commitment,
            leaf.seal_kid,
            leaf.seal_digest,
            leaf.prev_index,
            leaf.handle,
        )
    )


def read_leaf(data: bytes) -> Leaf:
    """Return the leaf of exactly these bytes; raise `LeafError`."""
    try:
        fields = cbor.loads(data)
    except FormatError as exc:
        raise LeafError("cbor", exc.detail) from exc
    match fields:
        case (
            1,
            int(event),
            str(issuer),
            int(hour),
            bytes(commitment),
            bytes() | None as kid,
            bytes() | None as seal,
            int() | None as previous,
            bytes() | None as handle,
        ) if event in _KNOWN:
            return Leaf(LeafEvent(event), issuer, hour, commitment, kid, seal, previous, handle)
    raise LeafError("fields")
