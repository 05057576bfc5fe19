"""Which golden messages a partner has sent us, told by what became of them. Source: `exchange.md` 7.4.

A partner makes the messages of its own direction itself; what arrived, what our check found and how we answered shows
which ones they were. Writes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from opensps.exchange.golden import Golden
from opensps.exchange.models import Envelope, IncomingCertificate, Partner
from opensps.lifecycle import ReceiptState
from opensps.lifecycle.receipt import IncomingState

MOST = 1_000
"""Envelopes looked at, the newest."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One envelope of the partner, as far as it tells which message it was."""

    delivery_number: str
    status: str
    state: str
    rules: frozenset[str]
    levels: frozenset[str]
    is_duplicate: bool


@dataclass(frozen=True, slots=True)
class _Everything:
    seen: tuple[Seen, ...]
    states: Mapping[str, str]
    """Number -> state of the certificate now."""


def received_messages(*, partner: Partner, since: datetime) -> Mapping[Golden, str]:
    """Return the golden messages that came since then, each with the delivery that shows it ("": a state does)."""
    rows = Envelope.objects.filter(
        authority=partner.authority, direction="in", partner=partner, queued_at__gte=since
    ).defer("detached_signature")
    everything = _Everything(
        tuple(_seen(row) for row in rows.order_by("-queued_at")[:MOST]),
        dict(
            IncomingCertificate.objects.filter(
                authority=partner.authority, partner=partner, changed_at__gte=since
            ).values_list("number", "state")[:MOST]
        ),
    )
    found = {golden: test(everything) for golden, test in _TESTS.items()}
    return {golden: shown for golden, shown in found.items() if shown is not None}


def _seen(row: Envelope) -> Seen:
    return Seen(
        row.delivery_number,
        row.status_code,
        row.state,
        frozenset(str(each.get("rule", "")) for each in row.findings),
        frozenset(str(each.get("level", "")) for each in row.findings),
        row.duplicate_of_id is not None,
    )


def _one(test: Callable[[Seen], bool]) -> Callable[[_Everything], str | None]:
    """Return a test for an envelope like this."""

    def look(everything: _Everything) -> str | None:
        return next((each.delivery_number for each in everything.seen if test(each)), None)

    return look


def _in_state(state: IncomingState) -> Callable[[_Everything], str | None]:
    """Return a test for a certificate in this state."""

    def look(everything: _Everything) -> str | None:
        return "" if state in everything.states.values() else None

    return look


def _refused_by(rules: Iterable[str]) -> Callable[[Seen], bool]:
    wanted = frozenset(rules)
    ends = frozenset({ReceiptState.REJECTED, ReceiptState.UNREADABLE})
    return lambda each: bool(each.rules & wanted) and each.state in ends


_TESTS: Mapping[Golden, Callable[[_Everything], str | None]] = MappingProxyType(
    {
        Golden.M1: _one(lambda each: each.state == ReceiptState.RECEIVED and each.status == "70"),
        Golden.M2: _one(
            lambda each: (
                each.state == ReceiptState.RECEIVED_REMARKS
                and "WARNING" in each.levels
                and "SEVERE" not in each.levels
                and "EXCHANGE-OLDER" not in each.rules
            )
        ),
        Golden.M3: _one(
            lambda each: "SEVERE" in each.levels and not any(rule.startswith("EXCHANGE-") for rule in each.rules)
        ),
        Golden.M4: _one(lambda each: each.is_duplicate),
        Golden.M5: _one(lambda each: "EXCHANGE-OLDER" in each.rules),
        Golden.M6: _in_state(IncomingState.WITHDRAWN),
        Golden.M7: _in_state(IncomingState.REPLACED),
        Golden.M8: _in_state(IncomingState.SPLIT),
        Golden.M9: _one(_refused_by(["EXCHANGE-SIZE"])),
        Golden.M10: _one(_refused_by(["EXCHANGE-ADDRESS", "EXCHANGE-DESTINATION"])),
        Golden.M11: _one(_refused_by(["EXCHANGE-SIGNATURE"])),
    }
)
"""Golden message -> how it is recognised among what arrived."""
