"""Reading concerns: those that wait, and one with its files."""

from collections.abc import Sequence

from opensps.accounts.queries import Actor
from opensps.border.models import Concern, ConcernFile
from opensps.lifecycle import Role

PAGE = 25
READERS = frozenset({Role.CASE_OFFICER, Role.INQUIRY_DESK, Role.SENIOR_OFFICER})


def concerns_for(*, authority: str, actor: Actor, state: str = "", offset: int = 0) -> tuple[Sequence[Concern], int]:
    """Return a page of concerns, newest first, and how many there are; none for people who do not triage."""
    if actor.authority != authority or not actor.roles & READERS:
        return (), 0
    rows = Concern.objects.filter(authority=authority)
    if state:
        rows = rows.filter(state=state)
    return tuple(rows.order_by("-pk")[offset : offset + PAGE]), rows.count()


def concern_for(*, authority: str, actor: Actor, reference: str) -> Concern | None:
    """Return one concern; None for any other reference, and for people who do not triage."""
    if actor.authority != authority or not actor.roles & READERS:
        return None
    return Concern.objects.filter(authority=authority, reference=reference).first()


def waiting_concerns(*, authority: str, actor: Actor, limit: int) -> tuple[Concern, ...]:
    """Return the oldest concerns nobody has looked into."""
    if actor.authority != authority or Role.CASE_OFFICER not in actor.roles:
        return ()
    return tuple(Concern.objects.filter(authority=authority, state="received").order_by("at", "pk")[:limit])


def concern_files(concern: Concern) -> tuple[ConcernFile, ...]:
    """Return the files of a concern."""
    return tuple(concern.files.all())
