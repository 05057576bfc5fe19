"""No exception crosses the border of the room: what nobody foresaw is `integrity.library` (`trust.md` 7.4)."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from opensps.verification.verdict import Verdict, unforeseen

_log = logging.getLogger(__name__)


def never_raises(check: Callable[[], Verdict], *, now: datetime) -> Verdict:
    """Return what the check returns, with its time; what it raises is logged, and the answer is that there is none."""
    try:
        return replace(check(), checked_at=now)
    except Exception:  # noqa: BLE001  the border of the room; a logged trace, never a verdict of good
        _log.exception("check_unforeseen")
        return unforeseen(now=now)
