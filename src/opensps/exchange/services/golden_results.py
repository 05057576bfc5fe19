"""What a run of golden messages came to, kept as the evidence an onboarding asks for (`exchange.md` 7.3, 7.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.golden import Golden, Got, Report, Step
from opensps.exchange.models import Envelope, GoldenRun
from opensps.exchange.names import GOLDEN_RUN_KEPT
from opensps.exchange.services.records import changing, partner_event
from opensps.lifecycle import TRACKING, DeliveryState

_UNSENT = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.RETRYING, DeliveryState.UNCERTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenResult:
    """One golden message of a run."""

    message: Golden
    result: str
    """``passed``, ``failed``, ``not_applicable``, ``not_run``."""

    expected: str = ""
    got: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def golden_results_keep(
    *,
    authority: str,
    partner: str,
    run: str,
    direction: str,
    channel: str,
    results: Iterable[GoldenResult],
    actor: Actor,
    at: datetime,
) -> None:
    """Keep the results of one conversation, and note in the partner's history that it took place."""
    row = changing(authority=authority, code=partner, actor=actor)
    kept = [
        GoldenRun(
            authority=authority,
            partner=row,
            run=run,
            direction=direction,
            channel=channel,
            message=each.message,
            expected=each.expected[:60],
            got=each.got[:60],
            result=each.result,
            evidence=dict(each.evidence),
            at=at,
        )
        for each in results
    ]
    GoldenRun.objects.bulk_create(kept)
    failed = sorted({each.message for each in kept if each.result == "failed"})
    told = {"run": run, "direction": direction, "channel": channel, "failed": failed}
    partner_event(row, GOLDEN_RUN_KEPT, actor=actor, at=at, payload=told)


def answers_of_run(*, authority: str, run: str) -> Mapping[str, Got]:
    """Return what the partner said about each step that was sent, by the step's name."""
    rows = Envelope.objects.filter(authority=authority, golden_run=run, direction="out").defer("detached_signature")
    return {row.golden_step: _got(row) for row in rows if row.state not in _UNSENT}


def _got(row: Envelope) -> Got:
    return Got(tracking=TRACKING.get(DeliveryState(row.state)), text=row.tracking_text)


def results_of(report: Report) -> tuple[GoldenResult, ...]:
    """Return one result for each golden message of a finished run, its steps as evidence."""
    by_message: dict[Golden, list[dict[str, str]]] = {}
    for each in report.judged:
        by_message.setdefault(each.step.golden, []).append(_evidence(each.step, each.got, each.outcome))
    return tuple(
        GoldenResult(
            message=message,
            result="not_run" if outcome == "waiting" else str(outcome),
            expected="; ".join(step["expected"] for step in by_message[message]),
            got="; ".join(step["got"] for step in by_message[message]),
            evidence={"steps": by_message[message]},
        )
        for message, outcome in report.by_message.items()
    )


def _evidence(step: Step, got: Got, outcome: str) -> dict[str, str]:
    return {
        "step": step.name,
        "number": step.number,
        "expected": " or ".join(sorted(step.expected)),
        "got": str(got.tracking or "–"),
        "text": got.text[:500],
        "outcome": str(outcome),
    }
