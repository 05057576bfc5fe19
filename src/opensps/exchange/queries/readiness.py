"""What a partner still lacks for the next step of its onboarding. Source: `exchange.md` 7.2, 7.3."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from opensps.exchange.models import AllowedDocument, GoldenRun, Partner, PartnerConnection, PartnerContact, Stage
from opensps.exchange.models import PartnerCredential as Credential
from opensps.lifecycle import ONBOARDING, OnboardingAct, OnboardingState

GATE_COMPARED = 1000
GATE_EQUAL = Decimal("0.995")
GOLDEN_MESSAGES = tuple(f"M{number}" for number in range(1, 12))
_PASSING = frozenset({"passed", "not_applicable"})


@dataclass(frozen=True, slots=True)
class Measured:
    """How far electronic certificates and paper agreed in a parallel run."""

    compared: int
    equal: int
    open_cases: int
    """Counterfeit cases nobody has closed."""

    @property
    def is_enough(self) -> bool:
        """Whether the gate to paperless exchange is passed."""
        enough = self.compared >= GATE_COMPARED and self.open_cases == 0
        return enough and Decimal(self.equal) >= GATE_EQUAL * self.compared


@dataclass(frozen=True, slots=True)
class _Asked:
    partner: Partner
    reason: str
    measured: Measured | None

    @property
    def connections(self) -> tuple[PartnerConnection, ...]:
        """Those in use."""
        rows = PartnerConnection.objects.filter(authority=self.partner.authority, partner=self.partner, is_active=True)
        return tuple(rows)

    @property
    def confirmed_at(self) -> datetime | None:
        """When the newest key in use was confirmed."""
        keys = Credential.objects.filter(authority=self.partner.authority, partner=self.partner, status="active")
        newest: datetime | None = keys.aggregate(newest=Max("confirmed_at"))["newest"]
        return newest


def _countries(asked: _Asked) -> str | None:
    return None if asked.partner.countries else "no_country"


def _documents(asked: _Asked) -> str | None:
    rows = AllowedDocument.objects.filter(authority=asked.partner.authority, partner=asked.partner, active=True)
    return None if rows.exists() else "no_document"


def _channel(asked: _Asked) -> str | None:
    return None if asked.connections else "no_channel"


def _keys(asked: _Asked) -> str | None:
    if all(connection.channel == "test" for connection in asked.connections):
        return None
    return None if asked.confirmed_at else "no_confirmed_key"


def _contacts(asked: _Asked) -> str | None:
    rows = PartnerContact.objects.filter(authority=asked.partner.authority, partner=asked.partner)
    missing = {"policy", "technical", "duty_desk"} - set(rows.values_list("role", flat=True))
    return f"no_{min(missing)}_contact" if missing else None


def golden_missing(partner: Partner, *, since: datetime | None = None) -> tuple[tuple[str, str], ...]:
    """Return (channel, direction) of every conversation in use whose newest run has not passed completely."""
    rows = GoldenRun.objects.filter(authority=partner.authority, partner=partner).order_by("at", "id")
    if since is not None:
        rows = rows.filter(at__gte=since)
    newest: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for row in rows.values_list("channel", "direction", "run", "message", "result"):
        channel, direction, run, message, result = row
        runs = newest.setdefault((channel, direction), {})
        runs[run] = {**runs.pop(run, {}), message: result}
    used = PartnerConnection.objects.filter(authority=partner.authority, partner=partner, is_active=True)
    wanted = {
        (channel, way)
        for channel, direction in used.values_list("channel", "direction")
        for way in (("out", "in") if direction == "both" else (direction,))
    }
    return tuple(sorted(key for key in wanted if not _passed(newest.get(key, {}))))


def _passed(runs: Mapping[str, Mapping[str, str]]) -> bool:
    last = list(runs.values())[-1] if runs else {}
    return all(last.get(message) in _PASSING for message in GOLDEN_MESSAGES)


def _golden(asked: _Asked) -> str | None:
    missing = golden_missing(asked.partner)
    return f"not_passed_{missing[0][0]}_{missing[0][1]}" if missing else None


def _signed(asked: _Asked) -> str | None:
    return None if asked.partner.stage in (Stage.SIGNED, Stage.LIVE) else "not_signed"


def _measured(asked: _Asked) -> str | None:
    if asked.reason.strip() or (asked.measured is not None and asked.measured.is_enough):
        return None
    return "not_measured"


def _reason(asked: _Asked) -> str | None:
    return None if asked.reason.strip() else "no_reason"


def _retested(asked: _Asked) -> str | None:
    """A key that changed after the last passed conversation is tested again before anything is sent."""
    changed = asked.confirmed_at
    known = GoldenRun.objects.filter(authority=asked.partner.authority, partner=asked.partner).exists()
    if changed is None or not known:
        return None
    newest = GoldenRun.objects.filter(authority=asked.partner.authority, partner=asked.partner).aggregate(m=Max("at"))
    return None if newest["m"] >= changed or not golden_missing(asked.partner, since=changed) else "not_retested"


GUARDS: Mapping[str, Callable[[_Asked], str | None]] = {
    "countries": _countries,
    "documents": _documents,
    "channel": _channel,
    "keys": _keys,
    "contacts": _contacts,
    "credentials": _keys,
    "golden_messages": _golden,
    "agreement_signed": _signed,
    "live_keys": _keys,
    "agreement_measured": _measured,
    "reason": _reason,
    "keys_retested": _retested,
}
"""Guard of the table of onboarding -> why it fails, ``None`` when it holds."""


def onboarding_gaps(
    partner: Partner, act: OnboardingAct, *, reason: str = "", measured: Measured | None = None
) -> Mapping[str, str]:
    """Return guard -> reason of everything that still stands in the way of an act."""
    row = ONBOARDING.get((OnboardingState(partner.state), act))
    asked = _Asked(partner, reason, measured)
    answers = {guard: GUARDS[guard](asked) for guard in (row.guards if row else ())}
    return {guard: why for guard, why in answers.items() if why is not None}
