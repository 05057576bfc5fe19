"""The publisher of a worker: looks every ten seconds whether a status list is due (`trust.md` 6.12).

Several workers may run; a list published twice says the same. Without a key that may sign lists nothing is published,
and readers see the last list grow old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from opensps.certification.models import TransparencyLog
from opensps.certification.queries.log import logs_of
from opensps.certification.services.status_lists import Place, newest_news, status_list_publish
from opensps.project.exits import Stopped
from opensps.project.keys import own_signer, own_trust
from opensps.project.log_installation import directory_of, has_log
from opensps.signing import Evidence, SealError, Signer, SigningError, TrustList, speaking_key

log = structlog.get_logger("opensps.status")

LOOK_EVERY = timedelta(seconds=10)
AT_LEAST = timedelta(minutes=1)
"""So often the lists are computed even if nothing is known to have happened."""

STEP_BACK = timedelta(minutes=1)


@dataclass(slots=True)
class StatusPublisher:
    """Remembers when it looked last and what it had seen."""

    not_before: datetime | None = None
    computed_at: datetime | None = None
    news: int = -1

    def run(self, at: datetime) -> None:
        """Publish what is due; what cannot be done is logged, and waits a minute."""
        if not has_log() or (self.not_before is not None and at < self.not_before):
            return
        self.not_before = at + LOOK_EVERY
        authority = settings.OPENSPS_AUTHORITY
        news = newest_news(authority=authority)
        if news == self.news and self.computed_at is not None and at < self.computed_at + AT_LEAST:
            return
        try:
            publish_all(authority=authority, at=at)
        except (SigningError, Stopped, OSError) as exc:
            self.not_before = at + STEP_BACK
            log.warning("status_list_not_published", kind=type(exc).__name__)
            return
        self.news, self.computed_at = news, at


def publish_all(*, authority: str, at: datetime) -> int:
    """Publish every list that is due; return how many were. Raises `SigningError`, `Stopped`, `OSError`."""
    signer, trust = own_signer(), own_trust()
    _refuse_unbelieved(signer, trust, authority, at)
    done = (
        status_list_publish(log=each, place=_place(each, trust), signer=signer, at=at) for each in logs_of(authority)
    )
    return sum(listed is not None for listed in done)


def _place(row: TransparencyLog, trust: TrustList) -> Place:
    listed = trust.log(row.origin)
    prefix = listed.prefix if listed is not None else f"https://{row.origin}"
    return Place(directory_of(row.origin), f"{prefix}/status")


def _refuse_unbelieved(signer: Signer, trust: TrustList, authority: str, at: datetime) -> None:
    """Raise `SealError` unless a list signed now would be believed."""
    key = speaking_key(
        trust.keys_called(signer.kid),
        trust=trust,
        use="status",
        type_code=None,
        evidence=Evidence(at, at, proven_at=at),
        is_speaker=lambda each: each.authority == authority and each.algorithm == "ES256",
    )
    if key.is_training and not settings.OPENSPS_DEMO:
        raise SealError("signer", "training")
