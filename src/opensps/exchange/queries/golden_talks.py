"""Conversations of golden messages as people look at them, and how far a running one is. Source: `exchange.md` 7.3."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.golden import Got, Report, Step, report
from opensps.exchange.golden.plan import planned_steps
from opensps.exchange.models import Envelope, GoldenRun, GoldenTalk, Partner, PartnerConnection
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle import TRACKING, DeliveryState
from opensps.lifecycle.golden_talk import OPEN_TALKS

__all__ = ["WITH_SIGNATURES", "GoldenTalk", "KeptRun", "kept_run", "progress_of", "runs_of", "talk_by_run", "talks_of"]

WITH_SIGNATURES = frozenset({Channel.SMTP, Channel.REST, Channel.SOAP, Channel.TEST})
"""Channels that carry a detached seal; the Hub has no place for one."""

MOST = 10
_UNSENT = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.RETRYING, DeliveryState.UNCERTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """The kept results of one conversation."""

    run: str
    direction: str
    channel: str
    at: datetime
    passed: int
    all: int
    is_made_up: bool
    """Written down when a demonstration was loaded; nothing was ever sent."""


def talks_of(connection: PartnerConnection) -> tuple[GoldenTalk, ...]:
    """Return the last conversations over a connection, newest first."""
    return tuple(connection.golden_talks.order_by("-asked_at", "-pk")[:MOST])


def talks_open(*, authority: str) -> tuple[GoldenTalk, ...]:
    """Return the conversations that are not over, with partner and connection."""
    rows = GoldenTalk.objects.filter(authority=authority, state__in=OPEN_TALKS)
    return tuple(rows.select_related("partner", "connection", "connection__partner").order_by("pk"))


def talk_by_run(partner: Partner, run: str) -> GoldenTalk | None:
    """Return a conversation that somebody asked for; None for one that was begun by a command."""
    return partner.golden_talks.select_related("connection").filter(run=run).first()


def kept_run(partner: Partner, run: str) -> tuple[GoldenRun, ...]:
    """Return the kept results of one conversation, by message. Raises `EnvelopeNotFound` where nothing is kept."""
    rows = tuple(GoldenRun.objects.filter(authority=partner.authority, partner=partner, run=run).order_by("pk"))
    if not rows:
        raise EnvelopeNotFound(run)
    return rows


def runs_of(partner: Partner) -> tuple[KeptRun, ...]:
    """Return the last runs of a partner, newest first, whatever their direction."""
    found: dict[str, list[GoldenRun]] = {}
    rows = GoldenRun.objects.filter(authority=partner.authority, partner=partner).order_by("-at", "-pk")
    for row in rows[: MOST * 11]:
        found.setdefault(row.run, []).append(row)
    return tuple(_kept(rows) for rows in found.values())


def _kept(rows: list[GoldenRun]) -> KeptRun:
    first = rows[0]
    return KeptRun(
        run=first.run,
        direction=first.direction,
        channel=first.channel,
        at=first.at,
        passed=sum(row.result in {"passed", "not_applicable"} for row in rows),
        all=len(rows),
        is_made_up=bool(first.evidence.get("made_up")),
    )


def progress_of(*, authority: str, run: str, channel: str) -> Report:
    """Return how far our messages of a run are; a step nobody answered yet waits. One query."""
    rows = Envelope.objects.filter(authority=authority, golden_run=run, direction="out").defer("detached_signature")
    sent = {row.golden_step: row for row in rows}
    steps = [_step(step, sent) for step in planned_steps().values()]
    answers = {name: _got(row) for name, row in sent.items() if row.state not in _UNSENT}
    return report(steps, answers, has_signatures=channel in WITH_SIGNATURES)


def _step(step: Step, sent: Mapping[str, Envelope]) -> Step:
    row = sent.get(step.name)
    return step if row is None else replace(step, number=row.number, version=row.version)


def _got(row: Envelope) -> Got:
    return Got(tracking=TRACKING.get(DeliveryState(row.state)), text=row.tracking_text)
