"""Conversations of golden messages that people asked for in pages: begun, looked after and ended by the worker.

Source: `exchange.md` 7.3, 7.4. Our messages are sealed here, where the key is; the ordinary outbox delivers them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from opensps.accounts.queries import authority_profile
from opensps.exchange.errors import ExchangeError
from opensps.exchange.queries.golden_talks import GoldenTalk, talks_open
from opensps.exchange.services.golden import golden_next
from opensps.exchange.services.golden_keeping import talk_is_complete
from opensps.exchange.services.golden_talks import golden_talk_begun, golden_talk_failed, golden_talk_finished
from opensps.lifecycle.golden_talk import TalkState
from opensps.project.conversing import talk_made, talk_queued
from opensps.project.exits import Stopped
from opensps.signing import SigningError

log = structlog.get_logger("opensps.exchange")

EVERY = timedelta(seconds=1)


@dataclass(slots=True)
class GoldenTalks:
    """Looks after open conversations, at most once a second."""

    done_at: datetime | None = None

    def step(self, at: datetime) -> None:
        """Do what is next for each open conversation; one query where there is none."""
        if self.done_at is not None and at < self.done_at + EVERY:
            return
        self.done_at = at
        for talk in talks_open(authority=settings.OPENSPS_AUTHORITY):
            if talk.state == TalkState.ASKED:
                _begin(talk, at)
            else:
                _look_after(talk, at)


def _begin(talk: GoldenTalk, at: datetime) -> None:
    """Make, seal and queue our messages; where that cannot be, say why and begin nothing."""
    here = authority_profile(talk.authority)
    name = here.name_en if here is not None else talk.authority
    run = int(at.timestamp()) // 60
    try:
        made = talk_made(talk.partner, talk.connection, own_name=name, run=run, at=at, name=talk.run)
        with transaction.atomic():
            if golden_talk_begun(authority=talk.authority, run=talk.run, at=at):
                talk_queued(made, at=at)
    except (ExchangeError, SigningError, Stopped) as exc:
        log.warning("golden_talk_not_begun", run=talk.run, kind=type(exc).__name__)
        golden_talk_failed(authority=talk.authority, run=talk.run, problem=type(exc).__name__, at=at)


def _look_after(talk: GoldenTalk, at: datetime) -> None:
    """Let our next message go; end the conversation when nothing is waited for, or its time is over."""
    if talk.direction == "out":
        golden_next(authority=talk.authority, run=talk.run, at=at)
    if at >= talk.until or talk_is_complete(talk):
        golden_talk_finished(authority=talk.authority, run=talk.run, at=at)
