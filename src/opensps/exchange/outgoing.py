"""What one partner gets of one change of one certificate: which status, in which mode, or why not. Pure.

Source: `exchange.md` 1.8, 7.2, 8.2; `lifecycles.md` 2, wire rules. A dead certificate goes as 40 under its number where
the partner does not take 44 or 68; 74 is then not sent. A hold has no wire status: it goes over our own channels only,
as the signed certificate with our word beside it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from opensps import formats
from opensps.exchange.errors import ExchangeError
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle.words import word

ISSUED = "70"
OWN_CHANNELS = frozenset({Channel.REST, Channel.SOAP, Channel.SMTP, Channel.WEBHOOK, Channel.TEST})
"""Those that can say more than the wire codes."""

URGENT = frozenset({"withdrawn", "replaced", "split", "combined"})
_ELSEWHERE = frozenset({"on_hold", "unconfirmed"})
_STATUS = re.compile(rb"(<(?:[A-Za-z_][\w.-]*:)?StatusCode(?:\s[^<>]*)?>)70(</)")


class NoticeNotMade(ExchangeError):
    """The certificate with another status does not read back as the same certificate."""


@dataclass(frozen=True, slots=True)
class ModeRow:
    """One row of what was agreed (`ExchangeMode`)."""

    type_code: str
    mode: str
    includes_transit: bool
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one partner gets."""

    status_code: str
    blocked: str = ""
    """Code of the reason why it cannot go, empty when it can."""

    own_channels_only: bool = False


def mode_at(rows: Iterable[ModeRow], *, type_code: str, at: datetime) -> ModeRow | None:
    """Return the mode in force: that of the type before that of all types, the newest where several are."""
    holds = [row for row in rows if row.valid_from <= at and (row.valid_to is None or at < row.valid_to)]
    for wanted in (type_code, ""):
        found = [row for row in holds if row.type_code == wanted]
        if found:
            return max(found, key=lambda row: row.valid_from)
    return None


def plan_for(*, state: str, is_first: bool, type_code: str, allowed: frozenset[tuple[str, str]]) -> Plan | None:
    """Return what is sent of a certificate that came into a state; ``None``: nothing.

    `is_first`: it was just issued. `allowed`: pairs of type and status the partner takes now.
    """
    if state in _ELSEWHERE or (state == "in_force" and not is_first):
        return _judged(type_code, ISSUED, allowed, own=True)
    told = word("certificate", state)
    for status in dict.fromkeys((told.wire, told.wire_ephyto)):
        if status is not None and (type_code, status) in allowed:
            return Plan(status)
    if told.wire is None or told.wire_ephyto is None:
        return None
    return _judged(type_code, told.wire_ephyto, allowed, own=False)


def _judged(type_code: str, status: str, allowed: frozenset[tuple[str, str]], *, own: bool) -> Plan:
    blocked = "" if (type_code, status) in allowed else "pair_not_allowed"
    return Plan(status, blocked, own)


def with_status(xml: bytes, status_code: str) -> bytes:
    """Return the signed bytes with another status and nothing else changed; the seal does not cover them.

    The result is read back and compared with the original. Raises `NoticeNotMade`.
    """
    if status_code == ISSUED:
        return xml
    changed, count = _STATUS.subn(rb"\g<1>" + status_code.encode("ascii") + rb"\g<2>", xml, count=1)
    before, after = formats.read_certificate(xml).certificate, formats.read_certificate(changed).certificate
    if count != 1 or before is None or after is None:
        raise NoticeNotMade(status_code)
    document = replace(before.exchanged_document, status_code=status_code)
    if replace(before, exchanged_document=document) != after:
        raise NoticeNotMade(status_code)
    return changed
