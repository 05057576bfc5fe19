"""Publishing of status lists: what is withdrawn, replaced or on hold, hourly and when something happened.

Source: `trust.md` 6.12. A list covers the tree that is signed; its digest goes into the log before the list is served,
so that nobody can be handed a list that the log does not know.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from opensps.accounts.queries import SYSTEM
from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import LogLeaf, TransparencyLog
from opensps.certification.services.log_leaves import log_public_object
from opensps.formats.errors import FormatError
from opensps.formats.note_keys import read_key
from opensps.lifecycle import Role
from opensps.signing import Signer
from opensps.transparency.leaf import Leaf, LeafEvent, read_leaf
from opensps.transparency.status_list import (
    LIFE,
    TELLING,
    TIME_TO_LIVE,
    StatusList,
    packed_of,
    read_status_list,
    told,
    write_status_list,
)

_TELLING = sorted(TELLING)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list of a log is published."""

    directory: LogDirectory
    address: str


def newest_news(*, authority: str) -> int:
    """Return a number that grows with every event in the signed trees that a list tells of; 0 before the first."""
    rows = LogLeaf.objects.filter(authority=authority, kind__in=_TELLING, index__lt=F("log__checkpoint_size"))
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def status_list_publish(*, log: TransparencyLog, place: Place, signer: Signer, at: datetime) -> StatusList | None:
    """Publish the list of a log if it is due: after an hour, or when it says something new; else return ``None``.

    Raises what the signer raises, and `OSError`.
    """
    if log.checkpoint_size < 1:
        return None
    listed = _list(log, place, at)
    if not _is_due(published(place.directory), listed):
        return None
    data = write_status_list(listed, kid=signer.kid, sign=signer.sign)
    with transaction.atomic():
        log_public_object(
            authority=log.authority,
            act="status_list.published",
            digest=hashlib.sha256(data).digest(),
            actor=SYSTEM.id,
            role=str(Role.SYSTEM),
            at=at,
        )
    place.directory.publish_status(data)
    return listed


def published(directory: LogDirectory) -> StatusList | None:
    """Return the list that is served; ``None`` when there is none to read."""
    try:
        return read_status_list(directory.status_path.read_bytes())[1]
    except (OSError, FormatError):
        return None


def _is_due(served: StatusList | None, listed: StatusList) -> bool:
    if served is None or listed.issued_at - served.issued_at >= TIME_TO_LIVE:
        return True
    covered = listed.packed[: len(served.packed)]
    return covered != served.packed or any(listed.packed[len(served.packed) :])


def _list(log: TransparencyLog, place: Place, at: datetime) -> StatusList:
    size, issued_at = log.checkpoint_size, at.replace(microsecond=0)
    said = [*_told_here(log, size), *_told_later(log)]
    return StatusList(
        address=place.address,
        issued_at=issued_at,
        expires_at=issued_at + LIFE,
        log_id=read_key(log.key).id,
        size=size,
        packed=packed_of(size, [(index, event) for index, event in said if index < size]),
    )


def _told_here(log: TransparencyLog, size: int) -> Iterator[tuple[int, LeafEvent]]:
    rows = LogLeaf.objects.filter(authority=log.authority, log=log, index__lt=size)
    events = [(index, read_leaf(data)) for index, data in _pairs(rows.filter(kind__in=_TELLING))]
    about = {leaf.prev_index for _, leaf in events if leaf.prev_index is not None}
    issues: dict[int, Leaf] = {
        index: read_leaf(data) for index, data in _pairs(rows.filter(kind=LeafEvent.ISSUE, index__in=about))
    }
    return told(events, issues)


def _pairs(rows: QuerySet[LogLeaf]) -> Iterator[tuple[int, bytes]]:
    for index, data in rows.order_by("index").values_list("index", "data").iterator(chunk_size=2000):
        yield index, bytes(data)


def _told_later(log: TransparencyLog) -> Iterator[tuple[int, LeafEvent]]:
    """Give what newer logs say of certificates whose issue leaf is here; only we know whose handle that is."""
    newer = LogLeaf.objects.filter(authority=log.authority, log__ordinal__gt=log.ordinal, kind__in=_TELLING).order_by(
        "log__ordinal", "index"
    )
    events = tuple(newer.values_list("number", "kind"))
    if not events:
        return
    issued = LogLeaf.objects.filter(
        authority=log.authority, log=log, kind=LeafEvent.ISSUE, number__in={number for number, _ in events}
    )
    places = dict(issued.order_by("-index").values_list("number", "index"))
    yield from ((places[number], LeafEvent(kind)) for number, kind in events if number in places)
