"""Reading verdicts: one, those of a certificate, those of a list, the last ones of a person.

A verdict is seen by who made it, by officials of the same country, and by our own desks; the rest does not exist.
"""

from django.db.models import Q, QuerySet

from opensps.accounts.queries import Actor
from opensps.border.records import DESK_ABROAD, DESK_STAFF
from opensps.border.verdicts import VerdictRecord

MOST = 50
"""Rows of a history."""


def verdict_by_id(*, authority: str, verdict_id: str, actor: Actor) -> VerdictRecord | None:
    """Return one verdict, None for any other id and for whoever may not see it."""
    return _visible(authority, actor).filter(pk=verdict_id).first()


def verdict_of(*, authority: str, verdict_id: str) -> VerdictRecord | None:
    """Return one verdict whoever asks: for whoever holds its proof, whose id nobody can guess."""
    return VerdictRecord.objects.filter(authority=authority, pk=verdict_id).first()


def verdicts_about(
    *, authority: str, actor: Actor, issuer: str, number: str, limit: int = MOST
) -> tuple[VerdictRecord, ...]:
    """Return the earlier checks of a certificate, newest first: to officials of another country their own's."""
    rows = _visible(authority, actor).filter(issuer=issuer, number=number).defer("statement", "said", "fields")
    return tuple(rows.order_by("-at", "-pk")[:limit])


def verdicts_of_person(*, authority: str, actor: Actor, limit: int = 10) -> tuple[VerdictRecord, ...]:
    """Return somebody's last verdicts, newest first; those of a list are found by their list."""
    rows = VerdictRecord.objects.filter(authority=authority, checker=actor.id, batch="")
    return tuple(rows.defer("statement", "fields").order_by("-at", "-pk")[:limit])


def verdicts_of_list(*, authority: str, actor: Actor, batch: str) -> dict[str, VerdictRecord]:
    """Return the verdicts of a list by their ids."""
    rows = VerdictRecord.objects.filter(authority=authority, checker=actor.id, batch=batch) if batch else ()
    return {row.pk: row for row in rows}


def _visible(authority: str, actor: Actor) -> QuerySet[VerdictRecord]:
    rows = VerdictRecord.objects.filter(authority=authority)
    if actor.authority != authority:
        return rows.none()
    if actor.country:
        return rows.filter(country=actor.country) if actor.roles & DESK_ABROAD else rows.none()
    if not actor.roles & DESK_STAFF:
        return rows.none()
    return rows.filter(Q(country="") | ~Q(issuer=""))
