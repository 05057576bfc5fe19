"""The register's own finding for inquiries that were opened without one: what the worker does within the minute.

Source: `lifecycles.md` 5.2 (machine_finding, < 60 s). Whoever opens an inquiry at a page or over an interface has it at
once; this is for what was written down while the register could not be asked.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.conf import settings

from opensps.border.queries import Inquiry
from opensps.border.services.for_partners import Asking
from opensps.border.services.inquiry_machine import asking_for_country, findings_run
from opensps.project.exits import Stopped
from opensps.project.keys import own_trust
from opensps.signing import SigningError
from opensps.web.documents import proof_of

log = structlog.get_logger("opensps.worker")


def inquiry_findings_run(*, authority: str, at: datetime) -> int:
    """Give open inquiries their first finding; return how many got one. Without a trust list they wait."""
    try:
        trust = own_trust()
    except (SigningError, Stopped) as exc:
        log.warning("inquiries_without_finding", kind=type(exc).__name__)
        return 0

    def terms_of(inquiry: Inquiry) -> Asking:
        presented: Mapping[str, str] = inquiry.evidence.get("presented") or {}
        return asking_for_country(
            authority=authority,
            country=inquiry.asker,
            presented=presented,
            trust=trust,
            at=at,
            accepts_training=settings.OPENSPS_DEMO,
            proofs=proof_of,
        )

    return findings_run(authority=authority, terms_of=terms_of, at=at)
