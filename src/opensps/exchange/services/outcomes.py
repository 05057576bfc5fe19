"""What became of an attempt, and what the other side says later: applied to the row in one short transaction.

Source: `exchange.md` 1.4, 4.5, 8.2. Only a proven acknowledgement is *received*; who calls `envelope_outcome` has
proven it by the channel's identity or a signature.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from opensps.exchange.models import Attempt, Envelope, Way
from opensps.exchange.redaction import cut
from opensps.exchange.schedule import ASK_AGAIN, ASK_FIRST, ASKED_ENOUGH, next_try
from opensps.exchange.services.connections import connection_doubted, connection_failed, connection_reached
from opensps.exchange.services.leasing import Lease
from opensps.exchange.services.moving import locked_envelope, moved, told
from opensps.exchange.transports.transport import Answer, Kind, Refused, Seen, Sent, Uncertain, Unreachable
from opensps.lifecycle import (
    DELIVERY,
    ON_THEIR_SIDE,
    TRACKING,
    WORD_EVENTS,
    DeliveryEvent,
    DeliveryState,
    TrackingInfo,
)

log = structlog.get_logger("opensps.exchange")

FACTS: Mapping[str, str] = {
    "fetched": "fetched_at",
    "handed_over": "handed_over_at",
    "opened": "opened_at",
    "late": "late_at",
}
"""Facts with a time that are never an acknowledgement -> column."""

OURS = "ours"
"""Code of an attempt that failed on our side: it says nothing about the partner."""

_RESULTS = {Sent: "sent", Refused: "refused", Unreachable: "unreachable", Uncertain: "uncertain"}
_NOT_THEIRS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a word of the partner changed."""

    changed: bool
    word: TrackingInfo
    """The word that stands now: the first final one stays."""


def attempt_finish(*, lease: Lease, answer: Answer | Seen, at: datetime) -> DeliveryState:
    """Write down how an attempt ended and what follows from it; return the envelope's state.

    A worker that answers after its lease was taken over still completes its attempt; of the envelope it can then only
    say that it arrived.
    """
    with transaction.atomic():
        row = _locked(lease)
        _complete(lease, answer, at)
        if row.lease != lease.id:
            return _late(row, answer, at)
        if isinstance(answer, Seen):
            if row.connection_id is not None:  # whoever answers a question is there again
                connection_reached(authority=row.authority, connection_id=row.connection_id, at=at)
            return _asked(row, answer, at)
        state = _sent(row, answer, at)
        _count(row, answer, at)
        return state


def _locked(lease: Lease) -> Envelope:
    rows = Envelope.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    return rows.get(pk=lease.envelope.pk)


def _complete(lease: Lease, answer: Answer | Seen, at: datetime) -> None:
    result = ("known" if answer.is_known else "unknown") if isinstance(answer, Seen) else _RESULTS[type(answer)]
    remote = answer.remote_number if isinstance(answer, Sent | Seen) else ""
    code = "" if isinstance(answer, Seen) else answer.code
    rows = Attempt.objects.filter(pk=lease.attempt_id, ended_at__isnull=True)
    rows.update(ended_at=at, result=result, code=code[:20], text=cut(answer.text), remote_number=remote[:300])


def _count(row: Envelope, answer: Answer, at: datetime) -> None:
    """Tell the connection how it went: its breaker counts, and some answers pause it."""
    if row.connection_id is None or answer.code == OURS:
        return
    which: dict[str, Any] = {"authority": row.authority, "connection_id": row.connection_id, "at": at}
    pauses = answer.pauses if isinstance(answer, Refused | Unreachable) else ""
    if pauses:
        connection_doubted(reason=pauses, text=cut(answer.text), **which)
    failed = isinstance(answer, Uncertain) or (isinstance(answer, Unreachable) and not answer.is_about_envelope)
    if failed:
        connection_failed(**which)
    elif not pauses:
        connection_reached(**which)


def _sent(row: Envelope, answer: Answer, at: datetime) -> DeliveryState:
    text = cut(answer.text)
    match answer:
        case Sent():
            return _accepted(row, answer, at, text)
        case Refused():
            return moved(row, DeliveryEvent.REFUSED, at=at, text=text, **_said(row, text))
        case Unreachable():
            due = _next(row, at, answer.retry_after)
            return moved(row, DeliveryEvent.NOT_REACHED, at=at, due_at=due, **_said(row, text))
        case Uncertain():
            return moved(row, DeliveryEvent.LOST, at=at, due_at=at + ASK_FIRST, asked=0, **_said(row, text))


def _said(row: Envelope, text: str) -> dict[str, Any]:
    """Return the column of their words; of an acknowledgement of ours it holds our own words."""
    return {} if row.kind == Kind.ACKNOWLEDGEMENT else {"tracking_text": text}


def _next(row: Envelope, at: datetime, retry_after: timedelta | None) -> datetime:
    spread = secrets.SystemRandom().uniform(-1, 1)
    return next_try(tries=row.tries, urgent=row.urgent, at=at, spread=spread, retry_after=retry_after)


def _accepted(row: Envelope, answer: Sent, at: datetime, text: str) -> DeliveryState:
    if answer.tracking is TrackingInfo.ENVELOPE_NOT_EXISTS:  # taken, and not there: asked, then sent again
        return moved(row, DeliveryEvent.LOST, at=at, due_at=at + ASK_FIRST, asked=0, **_said(row, text))
    changes: dict[str, Any] = {"sent_at": at, "due_at": None, **_said(row, text)}
    if answer.remote_number:
        changes["remote_number"] = answer.remote_number
    if answer.message_mic:
        changes["message_mic"] = answer.message_mic
    state = moved(row, DeliveryEvent.ACCEPTED, at=at, text=text, **changes)
    if answer.unknown_word:
        log.error("tracking_word_unknown", word=answer.unknown_word[:40], delivery_number=row.delivery_number)
        row.tracking = answer.unknown_word[:40]
        row.save(update_fields=["tracking"])
    if row.kind == Kind.ACKNOWLEDGEMENT and row.in_reply_to_id is not None:
        Envelope.objects.filter(pk=row.in_reply_to_id, acknowledged_at__isnull=True).update(acknowledged_at=at)
        return state
    return _word(row, answer.tracking, text, at)


def _word(row: Envelope, word: TrackingInfo | None, text: str, at: datetime) -> DeliveryState:
    """Apply a final word where there is one and the table allows it; return the state after it."""
    event = WORD_EVENTS.get(word) if word is not None else None
    state = DeliveryState(row.state)
    if event is None or (state, event) not in DELIVERY:
        return state
    said: dict[str, Any] = {"tracking_text": text} if text else {}
    state = moved(row, event, at=at, text=text, **said)
    if state is DeliveryState.UNREADABLE and not (row.was_sent_again or row.golden_run):
        again: dict[str, Any] = {"was_sent_again": True, "remote_number": "", "final_at": None, "tries": 0}
        return moved(row, DeliveryEvent.SEND_AGAIN, at=at, due_at=at, first_attempt_at=None, **again)
    return state


def _asked(row: Envelope, seen: Seen, at: datetime) -> DeliveryState:
    """Apply what the other side said of an envelope whose sending ended in the dark."""
    if seen.is_known:
        changes: dict[str, Any] = {"sent_at": row.sent_at or at, "due_at": None, **_said(row, cut(seen.text))}
        if seen.remote_number:
            changes["remote_number"] = seen.remote_number
        moved(row, DeliveryEvent.FOUND, at=at, **changes)
        return _word(row, seen.tracking, cut(seen.text), at)
    row.asked += 1
    if seen.is_final_answer or row.asked >= ASKED_ENOUGH:
        return moved(row, DeliveryEvent.NOT_FOUND, at=at, due_at=at, asked=0)
    return _still_uncertain(row, at + ASK_AGAIN)


def _still_uncertain(row: Envelope, due_at: datetime) -> DeliveryState:
    row.lease, row.lease_until, row.due_at = None, None, due_at
    row.save(update_fields=["lease", "lease_until", "due_at", "asked"])
    return DeliveryState(row.state)


def question_failed(*, lease: Lease, answer: Unreachable, at: datetime) -> DeliveryState:
    """Note that the other side could not be asked; it is asked again by the schedule of deliveries."""
    with transaction.atomic():
        row = _locked(lease)
        _complete(lease, answer, at)
        if row.lease != lease.id:
            return DeliveryState(row.state)
        _count(row, answer, at)
        due = next_try(tries=row.attempts, urgent=row.urgent, at=at, spread=0, retry_after=answer.retry_after)
        return _still_uncertain(row, due)


def lease_give_back(*, lease: Lease, reason: str, at: datetime) -> DeliveryState:
    """Nothing was sent, because something of ours was missing (a key, the bytes): try again later."""
    return attempt_finish(lease=lease, answer=Unreachable(text=reason, is_about_envelope=True, code=OURS), at=at)


def _late(row: Envelope, answer: Answer | Seen, at: datetime) -> DeliveryState:
    """Use what a worker learnt whose lease had ended: that the envelope arrived is still true."""
    if isinstance(answer, Sent) and row.state == DeliveryState.UNCERTAIN and row.lease is None:
        remote: dict[str, Any] = {"remote_number": answer.remote_number} if answer.remote_number else {}
        moved(row, DeliveryEvent.FOUND, at=at, sent_at=at, due_at=None, **remote, **_said(row, cut(answer.text)))
        return _word(row, answer.tracking, cut(answer.text), at)
    return DeliveryState(row.state)


@transaction.atomic
def envelope_outcome(
    *, authority: str, delivery_number: str, word: TrackingInfo, text: str = "", at: datetime
) -> Outcome:
    """Apply a proven acknowledgement of an envelope of ours; the first final word stays, a repeat changes nothing.

    Raises `EnvelopeNotFound`.
    """
    row = locked_envelope(authority=authority, delivery_number=delivery_number)
    before = DeliveryState(row.state)
    _word(row, word, cut(text), at)
    changed = row.state != before
    stands = word if changed else TRACKING.get(before, TrackingInfo.PENDING_DELIVERY)
    return Outcome(changed, stands)


@transaction.atomic
def envelope_failed(*, authority: str, delivery_number: str, text: str, is_final: bool, at: datetime) -> DeliveryState:
    """Note that a mail server reported, with our own token, that an envelope we had handed over was not delivered.

    For good: rejected. For now: tried again in an hour. Nothing changes where it is no longer on their side.
    """
    row = locked_envelope(authority=authority, delivery_number=delivery_number)
    if DeliveryState(row.state) not in ON_THEIR_SIDE:
        return DeliveryState(row.state)
    said = cut(text)
    if is_final:
        return moved(row, DeliveryEvent.REJECTED, at=at, text=said, tracking_text=said)
    if (DeliveryState(row.state), DeliveryEvent.NOT_REACHED) not in DELIVERY:
        return DeliveryState(row.state)
    return moved(row, DeliveryEvent.NOT_REACHED, at=at, due_at=at + _NOT_THEIRS, tracking_text=said)


@transaction.atomic
def envelope_noted(*, authority: str, delivery_number: str, fact: str, at: datetime) -> bool:
    """Note a fact with its time, the first time it is heard of; return whether it was new. Never an acknowledgement."""
    row = locked_envelope(authority=authority, delivery_number=delivery_number)
    column = FACTS[fact]
    if getattr(row, column) is not None:
        return False
    setattr(row, column, at)
    row.save(update_fields=[column])
    if fact == "late":
        told(row, "late", at=at)
    return True


def envelopes_fetched(*, authority: str, delivery_numbers: tuple[str, ...], at: datetime) -> int:
    """Note in one query that envelopes were collected; collecting acknowledges nothing."""
    rows = Envelope.objects.filter(
        authority=authority,
        delivery_number__in=delivery_numbers,
        direction__in=(Way.OUT, Way.THROUGH),
        fetched_at__isnull=True,
    )
    return rows.update(fetched_at=at)
