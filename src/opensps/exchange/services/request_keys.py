"""Calls that may come twice: the caller's key, the digest of what it sent, and the answer it got.

Source: `exchange.md` 5.1, `reliability.md` 2.2. The key makes a repeat cheap and says the same words again; that a
repeat does no harm is the duty of the operation itself, for a process may die between its work and `request_done`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from opensps.exchange.models import RequestKey

KEPT = timedelta(days=90)
LEASE = timedelta(seconds=120)
"""So long an answer may take; then another call with the same key does the work again."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Nobody asked so before, or whoever did has died: do the work, then say `request_done`."""

    id: int


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """It was answered before, with this."""

    status: int
    headers: Mapping[str, str]
    answer: bytes


@dataclass(frozen=True, slots=True)
class RequestInFlight:
    """Somebody is at work on it."""


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key was used with another body."""


Begun = NewRequest | RepeatedRequest | RequestInFlight | OtherRequest


def request_begin(*, authority: str, caller: str, operation: str, key: str, body_sha256: str, at: datetime) -> Begun:
    """Say whether the work is to be done. The unique key decides between calls that come at once."""
    named = {"authority": authority, "caller": caller, "operation": operation, "key": key}
    fresh = {"body_sha256": body_sha256, "created_at": at, "expires_at": at + KEPT}
    try:
        with transaction.atomic():
            return NewRequest(RequestKey.objects.create(**named, **fresh).pk)
    except IntegrityError:
        pass
    with transaction.atomic():
        row = RequestKey.objects.select_for_update().filter(**named).first()
        if row is None:  # purged or abandoned between the two statements
            return NewRequest(RequestKey.objects.create(**named, **fresh).pk)
        return _known(row, body_sha256=body_sha256, at=at)


def _known(row: RequestKey, *, body_sha256: str, at: datetime) -> Begun:
    if row.body_sha256 != body_sha256 and row.expires_at > at:
        return OtherRequest()
    if row.state == RequestKey.DONE and row.expires_at > at:
        return RepeatedRequest(row.status or 0, row.headers, bytes(row.answer or b""))
    if row.state == RequestKey.IN_FLIGHT and row.created_at + LEASE > at:
        return RequestInFlight()
    row.body_sha256, row.state, row.answer, row.status = body_sha256, RequestKey.IN_FLIGHT, None, None
    row.created_at, row.expires_at = at, at + KEPT
    row.save()
    return NewRequest(row.pk)


def request_done(*, request_id: int, status: int, headers: Mapping[str, str], answer: bytes) -> None:
    """Keep the answer for whoever asks again."""
    RequestKey.objects.filter(pk=request_id).update(
        state=RequestKey.DONE, status=status, headers=dict(headers), answer=answer
    )


def request_abandoned(*, request_id: int) -> None:
    """Forget a request whose work was refused or failed: the same key may be tried again."""
    RequestKey.objects.filter(pk=request_id, state=RequestKey.IN_FLIGHT).delete()
