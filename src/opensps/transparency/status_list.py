"""The status list of a log: what has been withdrawn, replaced or put on hold, two bits a leaf.

Source: `trust.md` 6.12, IETF Token Status List as CWT (draft 17). Entry i is leaf i. The list is a function of the log
up to its size, so that every monitor can compute it again; a leaf at or behind that size is "not covered", never "in
force". Here: the list as a value and as bytes. Who may sign it, and how old it may be, is asked in `verification`.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from opensps.formats import cbor, cose
from opensps.formats.errors import FormatError
from opensps.transparency.leaf import Leaf, LeafEvent

CONTENT_TYPE = "application/statuslist+cwt"
LIFE = timedelta(days=7)
TIME_TO_LIVE = timedelta(hours=1)
"""After which a reader should fetch a newer one."""

MAX_INFLATED = 8 * 1024 * 1024
MAX_BYTES = 2 * 1024 * 1024
"""Of a list as fetched."""

_SUBJECT, _EXPIRES, _ISSUED, _STATUS_LIST, _TTL, _LOG = 2, 4, 6, 65533, 65534, -70002
_BITS, _A_BYTE, _KEY_ID = 2, 4, 4
_MAX_TIME = 253402300799


class Status(IntEnum):
    """What the list says of one leaf; numbers are permanent."""

    IN_FORCE = 0
    """Or no certificate at all."""

    WITHDRAWN = 1
    ON_HOLD = 2
    REPLACED = 3
    """Or split, or combined."""


_SAYS: Mapping[LeafEvent, Status] = MappingProxyType(
    {
        LeafEvent.WITHDRAW: Status.WITHDRAWN,
        LeafEvent.HOLD: Status.ON_HOLD,
        LeafEvent.REPLACE: Status.REPLACED,
        LeafEvent.LIFT: Status.IN_FORCE,
    }
)
TELLING = frozenset(_SAYS)
"""Events that change what the list says."""

_FINAL = {Status.WITHDRAWN: 2, Status.REPLACED: 1}
"""From these nothing weaker leads back."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as signed."""

    address: str
    """Where it is published."""

    issued_at: datetime
    expires_at: datetime
    log_id: bytes
    """Id of the log's key, 4 bytes."""

    size: int
    """Of the tree it was computed from."""

    packed: bytes
    """Two bits a leaf, lowest first, four leaves a byte; the bits behind the last leaf are 0."""

    def status(self, index: int) -> Status | None:
        """Return what it says of a leaf; ``None`` for one it does not cover."""
        if not 0 <= index < self.size:
            return None
        return Status(self.packed[index // _A_BYTE] >> _BITS * (index % _A_BYTE) & 0b11)


def statuses(leaves: Sequence[Leaf], *, later: Iterable[tuple[int, LeafEvent]] = ()) -> bytes:
    """Return the packed statuses of a log.

    `later`: what newer logs say of leaves of this one, which is frozen; those events name a handle, and only the
    authority knows whose. An event that does not fit an issue leaf before it says nothing.
    """
    return packed_of(len(leaves), [*told(enumerate(leaves), dict(enumerate(leaves))), *later])


def told(events: Iterable[tuple[int, Leaf]], issues: Mapping[int, Leaf]) -> Iterator[tuple[int, LeafEvent]]:
    """Give which leaf each event speaks of, in the order of the log; `issues` must hold the leaves they name."""
    for index, leaf in events:
        about = leaf.prev_index
        if leaf.event not in TELLING or about is None or about >= index:
            continue
        issue = issues.get(about)
        if issue is not None and issue.event is LeafEvent.ISSUE and issue.commitment == leaf.commitment:
            yield about, leaf.event


def packed_of(size: int, said: Iterable[tuple[int, LeafEvent]]) -> bytes:
    """Return the packed statuses of a log of this size, in which these events happened to these leaves."""
    found: dict[int, Status] = {}
    for index, event in said:
        _note(found, index, event)
    packed = bytearray(-(-size // _A_BYTE))
    for index, status in found.items():
        packed[index // _A_BYTE] |= status << _BITS * (index % _A_BYTE)
    return bytes(packed)


def _note(found: dict[int, Status], index: int, event: LeafEvent) -> None:
    said, before = _SAYS[event], found.get(index, Status.IN_FORCE)
    if _FINAL.get(said, 0) >= _FINAL.get(before, 0):
        found[index] = said


def write_status_list(listed: StatusList, *, kid: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the signed list."""
    claims: dict[cbor.Plain, cbor.Plain] = {
        _SUBJECT: listed.address,
        _ISSUED: int(listed.issued_at.timestamp()),
        _EXPIRES: int(listed.expires_at.timestamp()),
        _TTL: int(TIME_TO_LIVE.total_seconds()),
        _STATUS_LIST: {"bits": _BITS, "lst": zlib.compress(listed.packed, 9)},
        _LOG: (listed.log_id, listed.size),
    }
    return cose.write_sign1(cbor.dumps(claims), kid=kid, sign=sign, content_type=CONTENT_TYPE)


def read_status_list(data: bytes) -> tuple[cose.Sign1, StatusList]:
    """Return the message, whose signature is not checked yet, and what it says.

    Raises `FormatError`: too_large, cbor, envelope, algorithm, kid, zlib, claims, date.
    """
    if len(data) > MAX_BYTES:
        raise FormatError("too_large")
    message = cose.read_sign1(data)
    if message.content_type != CONTENT_TYPE:
        raise FormatError("envelope", detail="not a status list")
    claims = cbor.loads(message.payload)
    if not isinstance(claims, Mapping):
        raise FormatError("claims")
    log_id, size = _log(claims)
    issued_at, expires_at = _time(claims, _ISSUED), _time(claims, _EXPIRES)
    if not issued_at < expires_at <= issued_at + LIFE:
        raise FormatError("date", detail="valid for at most 7 days")
    address = claims.get(_SUBJECT)
    if not isinstance(address, str):
        raise FormatError("claims", path=str(_SUBJECT))
    return message, StatusList(address, issued_at, expires_at, log_id, size, _packed(claims, size))


def _log(claims: Mapping[cbor.Plain, cbor.Plain]) -> tuple[bytes, int]:
    match claims.get(_LOG):
        case (bytes() as log_id, int() as size) if len(log_id) == _KEY_ID and 0 <= size <= MAX_INFLATED * _A_BYTE:
            return log_id, size
    raise FormatError("claims", path=str(_LOG))


def _time(claims: Mapping[cbor.Plain, cbor.Plain], key: int) -> datetime:
    value = claims.get(key)
    if not isinstance(value, int) or not 0 <= value <= _MAX_TIME - LIFE.total_seconds():
        raise FormatError("date", path=str(key))
    return datetime.fromtimestamp(value, UTC)


def _packed(claims: Mapping[cbor.Plain, cbor.Plain], size: int) -> bytes:
    match claims.get(_STATUS_LIST):
        case {"bits": 2, "lst": bytes() as squeezed}:
            packed = _inflated(squeezed)
        case _:
            raise FormatError("claims", path=str(_STATUS_LIST))
    if len(packed) != -(-size // _A_BYTE):
        raise FormatError("claims", path=str(_STATUS_LIST), detail="not as long as the tree is large")
    if size % _A_BYTE and packed[-1] >> _BITS * (size % _A_BYTE):
        raise FormatError("claims", path=str(_STATUS_LIST), detail="something behind the last leaf")
    return packed


def _inflated(squeezed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        packed = inflater.decompress(squeezed, MAX_INFLATED + 1)
    except zlib.error:
        raise FormatError("zlib") from None
    if len(packed) > MAX_INFLATED or not inflater.eof or inflater.unused_data:
        raise FormatError("zlib", detail="cut short, too large, or followed by something")
    return packed
