"""Checks again what was presented while its issuer could not be asked: what the worker does a few times a minute.

Source: `fraud.md` 2. The check is that of the desk the paper lies at, made by nobody, of the record and of what the
paper said when it was shown; without a trust list all waits.
"""

from datetime import datetime

import structlog
from django.conf import settings

from opensps.accounts.queries import Actor, authority_profile
from opensps.border.desk import Desk, judge, points_of
from opensps.border.ledger import Presentation
from opensps.border.papers_again import paper_points
from opensps.border.queries.alerts import alert_points
from opensps.border.records import CertificateRecord, may_see, record_of
from opensps.border.services.rechecking import rechecks_run
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from opensps.project.exits import Stopped
from opensps.project.keys import own_trust
from opensps.signing import SigningError, TrustList
from opensps.verification import Judgement, classify_verdict
from opensps.web.documents import proof_of

log = structlog.get_logger("opensps.worker")


def rechecks_of_desks_run(*, authority: str, at: datetime) -> int:
    """Ask again about every grey presentation that waits; return how many were answered."""
    try:
        trust = own_trust()
    except (SigningError, Stopped) as exc:
        log.warning("presentations_not_checked_again", kind=type(exc).__name__)
        return 0

    def look(row: Presentation) -> tuple[CertificateRecord, Judgement] | None:
        return _looked(row, trust, at)

    return rechecks_run(authority=authority, look=look, at=at)


def _looked(row: Presentation, trust: TrustList, at: datetime) -> tuple[CertificateRecord, Judgement] | None:
    record = record_of(authority=row.authority, issuer=row.issuer, number=row.number)
    desk = _desk_of(row, trust, at)
    if record is None or not may_see(desk.actor, record):
        return None
    alerts = alert_points(authority=row.authority, issuer=record.issuer, number=record.number)
    points = (*points_of(record), *alerts, *paper_points(row, record))
    return record, classify_verdict(judge(desk, record), points=points)


def _desk_of(row: Presentation, trust: TrustList, at: datetime) -> Desk:
    profile = authority_profile(row.authority)
    is_ours = profile is not None and profile.country == row.country
    actor = Actor(
        id="system",
        authority=row.authority,
        roles=frozenset({Role.BORDER_OFFICER if is_ours else Role.FOREIGN_OFFICER}),
        country="" if is_ours else row.country,
        scopes=frozenset() if is_ours else frozenset({AccessScope.VERIFY}),
    )
    return Desk(
        authority=row.authority,
        actor=actor,
        at=at,
        trust=trust,
        accepts_training=settings.OPENSPS_DEMO,
        proofs=proof_of,
        own_countries=frozenset(settings.OPENSPS_OWN_COUNTRIES),
    )
