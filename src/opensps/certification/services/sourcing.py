"""Holds, gives back and draws the balances of import certificates for a re-export (`lifecycles.md` 3, P06).

The quantities are held from the submission on, so that two applications can never ask for the same goods; the end of an
application gives them back, its issue draws them for good. Nothing happens for other kinds of certificates.
"""

from datetime import datetime

from opensps.accounts.queries import Actor
from opensps.certification.models import Application
from opensps.certification.queries.holders import holders_of
from opensps.certification.queries.rows import application_value
from opensps.certification.sources import sources, uncovered
from opensps.lifecycle import ActNotAllowed, ApplicationAct


def sources_reserve(application: Application, act: ApplicationAct, *, actor: Actor, at: datetime) -> None:
    """Hold what a locked application asks. Raises `ActNotAllowed` sources_cover_lines: somebody was faster."""
    keeper = sources()
    if application.kind != Application.RE_EXPORT or keeper is None:
        return
    value = application_value(application)
    answers = keeper.reserve(
        authority=application.authority,
        reference=application.reference,
        holders=holders_of(application),
        value=value,
        actor=actor.id,
        at=at,
    )
    missing = ", ".join(uncovered(answers))
    if missing:
        raise ActNotAllowed("guard", act=act, guard="sources_cover_lines", detail=missing)


def sources_free(application: Application, *, actor: Actor, at: datetime) -> None:
    """Give back what a locked application holds."""
    keeper = sources()
    if application.kind == Application.RE_EXPORT and keeper is not None:
        keeper.free(authority=application.authority, reference=application.reference, actor=actor.id, at=at)


def sources_move(application: Application, *, number: str, actor: Actor, at: datetime) -> None:
    """Draw what a locked application holds for good."""
    keeper = sources()
    if application.kind == Application.RE_EXPORT and keeper is not None:
        keeper.move(
            authority=application.authority, reference=application.reference, number=number, actor=actor.id, at=at
        )
