"""Our own validator with the receiver's profile, before anything is sent (`exchange.md` 8.2, check). Pure."""

import functools
from datetime import datetime

from opensps import formats
from opensps.certificate import Certificate
from opensps.exchange.outgoing import ISSUED
from opensps.rules import PROFILES, Area, Envelope, Finding, Level, Policy, check

MOST_KEPT = 50
"""Findings kept with a row."""


@functools.lru_cache(maxsize=64)
def _value(xml: bytes) -> Certificate | None:
    return formats.read_certificate(xml).certificate


def findings_of(
    xml: bytes, *, profile: str, envelope: Envelope, extra_countries: frozenset[str], at: datetime
) -> tuple[Finding, ...] | None:
    """Return what the receiver's profile finds; ``None`` when the bytes are no certificate.

    Of a certificate sent with another status only what the envelope says is judged: it was judged when it was issued.
    """
    value = _value(xml)
    if value is None:
        return None
    is_notice = envelope.status_code != ISSUED
    chosen = PROFILES["read" if is_notice else profile if profile in PROFILES else "issue"]
    policy = Policy(now=at, extra_countries=extra_countries, envelope=envelope)
    found = check(value, profile=chosen, policy=policy)
    return tuple(each for each in found if each.area is Area.ENVELOPE) if is_notice else found


def is_severe(findings: tuple[Finding, ...]) -> bool:
    """Whether something must be corrected before it may go."""
    return any(each.level is Level.SEVERE for each in findings)
