"""Concerns: taken from anybody, counted by network, ended by a case officer.

Source: `ux.md` 5.5, `lifecycles.md` 5.2. Nothing here asks the register, so the answer tells nothing of any number.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from opensps.accounts.queries import Actor, keyed_digest, network_prefix
from opensps.border.concerns import CONCERN
from opensps.border.errors import CaseRefused
from opensps.border.models import Concern, ConcernFile
from opensps.border.services.counting import Key, count_try, locked_counts, waiting_until
from opensps.certification.uploads import judged
from opensps.events.services import event_write
from opensps.lifecycle import ActNotAllowed, Role
from opensps.rules.limits import Limit

LIMIT = Limit(tries=10, window=timedelta(hours=1))
"""Reports from one network."""

NETWORK_KEPT = timedelta(days=30)
CONTACT_KEPT = timedelta(days=365)
"""After the end."""

MOST_FILES = 3
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 8
TRIAGE = frozenset({Role.CASE_OFFICER, Role.INQUIRY_DESK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody reports."""

    text: str
    number: str = ""
    place: str = ""
    contact: str = ""
    files: Sequence[tuple[str, bytes]] = ()
    """Pairs of name and content."""


def concern_receive(*, authority: str, report: Report, network: str, at: datetime) -> Concern:
    """Keep a report and return it with its reference; ``network`` is the caller's IP address.

    Raises `CaseRefused` too_many_tries; `DocumentRefused`, which keeps nothing and counts all the same.
    """
    _count(authority, network, at)
    files = [judged(name, data, sizes_bytes=()) for name, data in report.files[:MOST_FILES]]
    with transaction.atomic():
        concern = Concern.objects.create(
            authority=authority,
            reference="".join(secrets.choice(_SYMBOLS) for _ in range(_LETTERS)),
            at=at,
            number=report.number[:80],
            place=report.place[:200],
            text=report.text,
            contact=report.contact[:200],
            network_digest=keyed_digest("border.concerns", network_prefix(network)),
        )
        ConcernFile.objects.bulk_create(
            ConcernFile(
                authority=authority,
                concern=concern,
                file_name=each.filename,
                media_type=each.media_type,
                sha256=each.sha256.hex(),
                content=each.data,
                size_bytes=len(each.data),
            )
            for each in files
        )
        _tell(concern, "receive", "", actor="public", role="public", at=at)
    return concern


def _count(authority: str, network: str, at: datetime) -> None:
    key = Key("concerns", keyed_digest("border.concerns", network_prefix(network)), LIMIT)
    with transaction.atomic(durable=True):
        counts = locked_counts(authority=authority, keys=(key,))
        until = waiting_until(counts, at=at)
        if until is None:
            count_try(authority=authority, counts=counts, at=at)
    if until is not None:
        raise CaseRefused("too_many_tries")


@transaction.atomic
def concern_end(
    *, authority: str, actor: Actor, reference: str, state: str, note: str = "", origin: str = "", at: datetime
) -> Concern:
    """End a concern: to_case or to_inquiry with the number in ``origin``, or closed with a note.

    Raises `CaseRefused` not_found; `ActNotAllowed` where it was ended before, or nobody says why.
    """
    if actor.authority != authority or not actor.roles & TRIAGE:
        raise CaseRefused("not_found")
    concern = Concern.objects.select_for_update().filter(authority=authority, reference=reference).first()
    if concern is None:
        raise CaseRefused("not_found")
    if concern.state != "received":
        raise ActNotAllowed("no_such_act", act=state)
    if not (note.strip() if state == "closed" else origin):
        raise ActNotAllowed("guard", act=state, guard="explanation", detail="no_text")
    concern.state, concern.note, concern.origin = state, note.strip(), origin
    concern.ended_by, concern.ended_at = actor.id, at
    concern.save()
    _tell(concern, state, "received", actor=actor.id, role=str(min(actor.roles & TRIAGE)), at=at)
    return concern


def concerns_purge(*, authority: str, at: datetime) -> None:
    """Erase networks after 30 days, and how to reach people a year after the end."""
    rows = Concern.objects.filter(authority=authority)
    rows.filter(at__lte=at - NETWORK_KEPT).exclude(network_digest="").update(network_digest="")
    rows.filter(ended_at__lte=at - CONTACT_KEPT).exclude(contact="").update(contact="")


def _tell(concern: Concern, act: str, before: str, *, actor: str, role: str, at: datetime) -> None:
    event_write(
        authority=concern.authority,
        object_kind=CONCERN,
        object_id=concern.reference,
        act=f"concern.{act}",
        from_state=before,
        to_state=concern.state,
        actor=actor,
        role=role,
        at=at,
        payload={"origin": concern.origin} if concern.origin else None,
    )
