"""Conversations of golden messages as people ask for them: asked, begun, ended. Source: `exchange.md` 7.3, 7.4.

The messages of ours are made by the worker (`project`), which holds the key that seals; theirs are only waited for.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from opensps.accounts.queries import SYSTEM, Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import GoldenTalk, PartnerConnection, Way
from opensps.exchange.names import GOLDEN_TALK_ASKED, GOLDEN_TALK_STOPPED
from opensps.exchange.services.golden import TESTED
from opensps.exchange.services.golden_keeping import talk_keep
from opensps.exchange.services.records import changing, partner_event
from opensps.lifecycle import next_state
from opensps.lifecycle.golden_talk import GOLDEN_TALK, TalkAct, TalkState

OUT_WAITS: Final = timedelta(hours=1)
"""For their words on our messages."""

IN_WAITS: Final = timedelta(days=1)
"""For their messages."""


@transaction.atomic
def golden_talk_ask(
    *, authority: str, partner: str, connection_id: int, direction: str, actor: Actor, at: datetime
) -> GoldenTalk:
    """Ask for our conversation with a partner (``out``), or listen for theirs (``in``).

    Raises `NotAllowed`, `RecordRefused` connection, state, talk_open.
    """
    row = changing(authority=authority, code=partner, actor=actor)
    connection = row.connections.filter(pk=connection_id, is_active=True).first()
    if connection is None or direction not in (Way.OUT, Way.IN):
        raise RecordRefused("connection")
    if row.state not in TESTED:
        raise RecordRefused("state", row.state)
    act = TalkAct.ASK if direction == Way.OUT else TalkAct.LISTEN
    talk = GoldenTalk(authority=authority, partner=row, connection=connection, direction=direction)
    talk.state = next_state(GOLDEN_TALK, None, act, roles=actor.roles).value
    talk.run = f"{row.code.lower()[:12]}-{direction}-{at:%Y%m%d%H%M%S}"
    talk.asked_by, talk.asked_at = actor.id, at
    talk.begun_at = at if act is TalkAct.LISTEN else None
    talk.until = at + (IN_WAITS if act is TalkAct.LISTEN else OUT_WAITS)
    try:
        with transaction.atomic():
            talk.save(force_insert=True)
    except IntegrityError:
        raise RecordRefused("talk_open") from None
    partner_event(row, GOLDEN_TALK_ASKED, actor=actor, at=at, payload=_told(talk, connection))
    return talk


@transaction.atomic
def golden_talk_stop(*, authority: str, partner: str, run: str, actor: Actor, at: datetime) -> GoldenTalk:
    """Wait no longer and keep the results so far, where it had begun. Raises `RecordRefused` talk, `ActNotAllowed`."""
    row = changing(authority=authority, code=partner, actor=actor)
    talk = _locked(authority, run)
    if talk.partner_id != row.pk:
        raise RecordRefused("talk")
    if talk.state == TalkState.RUNNING:
        talk_keep(talk, at=at)
    _moved(talk, TalkAct.STOP, actor, at)
    partner_event(row, GOLDEN_TALK_STOPPED, actor=actor, at=at, payload=_told(talk, talk.connection))
    return talk


@transaction.atomic
def golden_talk_begun(*, authority: str, run: str, at: datetime) -> bool:
    """Note that our messages are queued; False where it does not wait for that any more."""
    talk = _locked(authority, run)
    if talk.state != TalkState.ASKED:
        return False
    talk.begun_at, talk.until = at, at + OUT_WAITS
    _moved(talk, TalkAct.BEGIN, SYSTEM, at)
    return True


@transaction.atomic
def golden_talk_failed(*, authority: str, run: str, problem: str, at: datetime) -> None:
    """Note that our messages cannot be made here, and why."""
    talk = _locked(authority, run)
    if talk.state == TalkState.ASKED:
        talk.problem = problem[:60]
        _moved(talk, TalkAct.FAIL, SYSTEM, at)


@transaction.atomic
def golden_talk_finished(*, authority: str, run: str, at: datetime) -> bool:
    """Keep the results, for nothing is waited for any more; False where somebody was quicker."""
    talk = _locked(authority, run)
    if talk.state != TalkState.RUNNING:
        return False
    talk_keep(talk, at=at)
    _moved(talk, TalkAct.FINISH, SYSTEM, at)
    return True


def _locked(authority: str, run: str) -> GoldenTalk:
    rows = GoldenTalk.objects.select_for_update(of=("self",), no_key=True).select_related("partner", "connection")
    found = rows.filter(authority=authority, run=run).first()
    if found is None:
        raise RecordRefused("talk", run)
    return found


def _moved(talk: GoldenTalk, act: TalkAct, actor: Actor, at: datetime) -> None:
    talk.state = next_state(GOLDEN_TALK, TalkState(talk.state), act, roles=actor.roles).value
    if act is not TalkAct.BEGIN:
        talk.ended_at = at
    talk.save(update_fields=["state", "problem", "begun_at", "until", "ended_at"])


def _told(talk: GoldenTalk, connection: PartnerConnection) -> dict[str, str]:
    return {"run": talk.run, "direction": talk.direction, "channel": connection.channel}
