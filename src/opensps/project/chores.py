"""What the worker does by the clock, beside following events: deadlines, interrupted issues, what is kept no longer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from opensps.accounts.services import access_clocks_run, counters_purge, mandate_clocks_run, official_clocks_run
from opensps.border.services import checks_purge
from opensps.border.services.arriving import arrivals_run
from opensps.border.services.concerns import concerns_purge
from opensps.border.services.coordinating import coordination_clocks_run
from opensps.border.services.figuring import figures_count
from opensps.border.services.inquiry_clocks import inquiry_clocks_run
from opensps.border.services.presentation_clocks import presentation_clocks_run
from opensps.border.services.watching import watch_run
from opensps.border.services.watching_goods import watch_goods_run
from opensps.certification.services import clocks_run, issue_resume
from opensps.exchange.queries.usage import countries_active
from opensps.project.exits import Stopped
from opensps.project.inquiring import inquiry_findings_run
from opensps.project.keys import own_signer, own_trust
from opensps.project.rechecking import rechecks_of_desks_run
from opensps.signing import SigningError

log = structlog.get_logger("opensps.worker")

EVERY = timedelta(minutes=1)
FINDINGS_EVERY = timedelta(seconds=15)
"""An inquiry has the register's first finding within a minute (`lifecycles.md` 5.2)."""

PURGE_EVERY = timedelta(hours=1)


@dataclass(slots=True)
class Chores:
    """Remembers when each was done last; a worker does them all when it starts."""

    done_at: datetime | None = None
    purged_at: datetime | None = None
    found_at: datetime | None = None

    def run(self, at: datetime) -> None:
        """Do what is due. Several workers may do the same: each act asks the lifecycle under its lock."""
        authority = settings.OPENSPS_AUTHORITY
        if self.found_at is None or at >= self.found_at + FINDINGS_EVERY:
            self.found_at = at
            _do("findings", lambda: inquiry_findings_run(authority=authority, at=at))
            _do("rechecks", lambda: rechecks_of_desks_run(authority=authority, at=at))
        if self.done_at is not None and at < self.done_at + EVERY:
            return
        self.done_at = at
        _by_the_minute(authority, at)
        if self.purged_at is None or at >= self.purged_at + PURGE_EVERY:
            self.purged_at = at
            _do("purge.checks", lambda: checks_purge(authority=authority, at=at))
            _do("purge.counters", lambda: counters_purge(authority=authority, at=at))
            _do("purge.concerns", lambda: concerns_purge(authority=authority, at=at))


def _by_the_minute(authority: str, at: datetime) -> None:
    _do("clocks", lambda: clocks_run(authority=authority, at=at))
    _do("clocks.presentations", lambda: presentation_clocks_run(authority=authority, at=at))
    _do("clocks.inquiries", lambda: inquiry_clocks_run(authority=authority, at=at))
    _do("clocks.coordination", lambda: coordination_clocks_run(authority=authority, at=at))
    _do("clocks.access", lambda: access_clocks_run(authority=authority, at=at))
    _do("clocks.officials", lambda: official_clocks_run(authority=authority, at=at))
    _do("clocks.mandates", lambda: mandate_clocks_run(authority=authority, at=at))
    _do("arrivals", lambda: arrivals_run(authority=authority, at=at))
    _do("watch", lambda: watch_run(authority=authority, at=at))
    _do("watch_goods", lambda: watch_goods_run(authority=authority, at=at))
    _do("figures", lambda: figures_count(authority=authority, at=at, abroad=countries_active(authority=authority)))
    _do("resume", lambda: _resume(authority, at))


def _do(name: str, chore: Callable[[], object]) -> None:
    """Do one chore; where it fails, say so and let the others go on: the next round tries it again.

    A connection that is gone is the worker's to win back: its error goes on.
    """
    try:
        chore()
    except Exception as error:  # whatever broke one chore must not hold back the others
        if isinstance(error, InterfaceError) or (isinstance(error, DatabaseError) and not connection.is_usable()):
            raise
        log.warning("chore_failed", chore=name, kind=type(error).__name__)


def _resume(authority: str, at: datetime) -> None:
    """Complete issues that were interrupted between approval and seal; they wait where there is no key."""
    try:
        signer, trust = own_signer(), own_trust()
    except (SigningError, Stopped) as exc:
        log.warning("issues_not_resumed", kind=type(exc).__name__)
        return
    issue_resume(authority=authority, signer=signer, trust=trust, at=at, accepts_training=settings.OPENSPS_DEMO)
