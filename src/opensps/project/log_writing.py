"""The log writer of a worker: each second what waits goes into the tree, is signed, published and shown to witnesses.

Source: `trust.md` 4.6, `reliability.md` 2.7 and 7 (checkpoint within 2 s, quorum within 60 s). Several workers may
run: the one that loses the compare-and-set signs nothing and leaves the log to the other for a while.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from opensps.certification.errors import LogError
from opensps.certification.queries.log import log_by_origin
from opensps.certification.services.log_growth import Appended, log_append_all
from opensps.certification.services.log_leaves import log_head_append
from opensps.certification.services.log_witnesses import log_witness
from opensps.project.exits import Stopped
from opensps.project.log_installation import directory_of, has_log, own_log_signer, own_policy, witness_tls
from opensps.project.witness_client import WitnessClient

log = structlog.get_logger("opensps.log")

STEP_BACK = timedelta(minutes=1)
"""How long a writer that was beaten, or cannot write, leaves the log alone."""

WITNESS_EVERY = timedelta(seconds=2)
"""Witnesses are asked at most so often; a bundle is final after the next round, and paper waits for it."""

FAILING_WAIT = timedelta(seconds=30)
"""How long a witness that did not answer is left in peace."""


@dataclass(slots=True)
class LogWriter:
    """Remembers what was done last."""

    not_before: datetime | None = None
    asked_at: datetime | None = None
    asked_size: int = -1
    """The size of the last round that all asked witnesses signed."""

    failing: dict[str, datetime] = field(default_factory=dict)
    """Address of a witness -> until when it is left in peace."""

    def run(self, at: datetime) -> None:
        """Do what is due; what cannot be done is logged, and waits a minute."""
        if not has_log() or (self.not_before is not None and at < self.not_before):
            return
        try:
            self._write(at)
        except (LogError, Stopped) as exc:
            self.not_before = at + STEP_BACK
            if not (isinstance(exc, LogError) and exc.reason == "none"):
                log.warning("log_not_written", kind=getattr(exc, "reason", type(exc).__name__))

    def _write(self, at: datetime) -> None:
        authority = settings.OPENSPS_AUTHORITY
        found = log_by_origin(authority=authority)
        if found is None:
            raise LogError("none")
        log_head_append(authority=authority, at=at)
        directory = directory_of(found.origin)
        done = log_append_all(authority=authority, directory=directory, signer=own_log_signer())
        if self._is_round_due(done, at):
            self._ask(done, at)

    def _is_round_due(self, done: Appended, at: datetime) -> bool:
        is_new = done.log.size != self.asked_size
        return is_new and (self.asked_at is None or at >= self.asked_at + WITNESS_EVERY)

    def _ask(self, done: Appended, at: datetime) -> None:
        self.asked_at = at
        self.failing = {url: until for url, until in self.failing.items() if until > at}
        seen = log_witness(
            authority=done.log.authority,
            directory=directory_of(done.log.origin),
            policy=own_policy(),
            ask=WitnessClient(witness_tls()),
            at=at,
            skip=self.failing,
        )
        if seen is None:
            return
        self.failing |= dict.fromkeys(seen.failing, at + FAILING_WAIT)
        if not self.failing:
            self.asked_size = seen.size
