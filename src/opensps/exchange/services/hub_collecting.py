"""Our own hub gives out what waits, and takes the word about it; the first final word stays (`exchange.md` 2.4)."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from opensps.exchange.acknowledging import MAX_TEXT
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed
from opensps.exchange.models import Envelope, PartnerConnection, Way
from opensps.exchange.queries.hub_store import (
    MOST_BYTES,
    MOST_ENVELOPES,
    WAITING,
    addressed_to,
    header_of,
    pending,
)
from opensps.exchange.services.moving import moved
from opensps.exchange.services.outcomes import envelope_outcome, envelopes_fetched
from opensps.lifecycle import WORD_EVENTS, DeliveryState, TrackingInfo, tracking_word

Pulled = tuple[EnvelopeHeader, bytes]

_FINAL_WORDS = frozenset(WORD_EVENTS)


def hub_pull_all(*, caller: PartnerConnection, at: datetime) -> tuple[Pulled, ...]:
    """Return what waits for a participant with its content, oldest first: at most 50 envelopes and 40 MB.

    The oldest is given whatever its size; the rest follows after acknowledgement.
    """
    chosen: list[int] = []
    size = 0
    rows = pending(caller).filter(content__data__isnull=False)
    for pk, bytes_of in rows.values_list("pk", "size_bytes")[:MOST_ENVELOPES]:
        size += bytes_of
        if chosen and size > MOST_BYTES:
            break
        chosen.append(pk)
    found = Envelope.objects.filter(pk__in=chosen).select_related("content").order_by("queued_at", "pk")
    return tuple(_given(tuple(found), at))


def hub_pull_one(*, caller: PartnerConnection, number: str, at: datetime) -> Pulled | None:
    """Return one envelope of a participant with its content, final ones within retention; ``None`` for any other."""
    row = addressed_to(caller).filter(delivery_number=number).select_related("content").first()
    if row is None or row.content is None or row.content.data is None or _is_held_back(row):
        return None
    return next(_given((row,), at))


def _is_held_back(row: Envelope) -> bool:
    """Whether an envelope of ours has not been offered."""
    return row.direction == Way.OUT and row.state in (DeliveryState.QUEUED, DeliveryState.BLOCKED)


def _given(rows: tuple[Envelope, ...], at: datetime) -> Iterator[Pulled]:
    """Note that envelopes were fetched, which is no acknowledgement, and yield them with their content."""
    fresh = tuple(row.delivery_number for row in rows if row.fetched_at is None)
    if fresh:
        envelopes_fetched(authority=rows[0].authority, delivery_numbers=fresh, at=at)
    for row in rows:
        yield header_of(row), bytes(row.content.data or b"") if row.content is not None else b""


@transaction.atomic
def hub_acknowledge(
    *, authority: str, caller: PartnerConnection, number: str, result: TrackingInfo, text: str, at: datetime
) -> str:
    """Take a participant's word about an envelope addressed to it; return ``OK`` or ``Already <word>``.

    Raises `EnvelopeNotFound` for anybody but the addressee, `NotAllowed` for a word that is no acknowledgement.
    """
    if result not in _FINAL_WORDS:
        raise NotAllowed(result)
    # Two words at once: the second waits for the row and finds the first.
    rows = addressed_to(caller).filter(authority=authority, delivery_number=number)
    row = rows.select_related("partner").select_for_update(of=("self",), no_key=True).first()
    if row is None or _is_held_back(row):
        raise EnvelopeNotFound(number)
    if row.state not in WAITING:
        return f"Already {row.tracking}"
    said = "".join(sign if sign.isprintable() else " " for sign in text[:MAX_TEXT])
    if row.direction == Way.OUT:
        envelope_outcome(authority=authority, delivery_number=number, word=result, text=said, at=at)
        return "OK"
    if row.state == DeliveryState.QUEUED:  # collected before it was pushed
        row.state = DeliveryState.SENDING
    moved(row, WORD_EVENTS[result], at=at, text=said, tracking_text=said)
    return "OK"


def hub_set_tracking(*, authority: str, caller: PartnerConnection, header: EnvelopeHeader, at: datetime) -> str:
    """Take a status update of the addressee as the acknowledgement with the same word."""
    word = tracking_word(header.tracking)
    if word is None:
        raise NotAllowed(header.tracking[:40])
    return hub_acknowledge(
        authority=authority,
        caller=caller,
        number=header.delivery_number,
        result=word,
        text=header.error_message,
        at=at,
    )
