"""What a run of golden messages came to, step by step and as a whole. Source: `exchange.md` 7.3, 7.4."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from opensps.exchange.golden.conversation import Golden, Step
from opensps.lifecycle import TrackingInfo


class Outcome(StrEnum):
    """Of a step, or of all steps of a golden message."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What the receiver said about one step."""

    tracking: TrackingInfo | None = None
    """``None`` while nothing is known."""

    text: str = ""
    """Their words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A step beside its answer."""

    step: Step
    got: Got
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """A run as far as it is known."""

    judged: tuple[Judged, ...]

    @property
    def by_message(self) -> Mapping[Golden, Outcome]:
        """Return one outcome for each golden message: failed before waiting, waiting before passed."""
        found: dict[Golden, set[Outcome]] = {}
        for one in self.judged:
            found.setdefault(one.step.golden, set()).add(one.outcome)
        order = (Outcome.FAILED, Outcome.WAITING, Outcome.PASSED, Outcome.NOT_APPLICABLE)
        return {golden: next(outcome for outcome in order if outcome in seen) for golden, seen in found.items()}

    @property
    def is_complete(self) -> bool:
        """Whether nothing is waited for any more."""
        return all(one.outcome is not Outcome.WAITING for one in self.judged)

    @property
    def is_passed(self) -> bool:
        """Whether every golden message that says something on this channel was answered rightly."""
        return self.is_complete and all(one.outcome is not Outcome.FAILED for one in self.judged)


def judge(step: Step, got: Got, *, has_signatures: bool) -> Outcome:
    """Return what an answer says about a step."""
    if step.needs_signature and not has_signatures:
        return Outcome.NOT_APPLICABLE
    if got.tracking in {None, TrackingInfo.PENDING_DELIVERY, TrackingInfo.ENVELOPE_NOT_EXISTS}:
        return Outcome.WAITING
    return Outcome.PASSED if got.tracking in step.expected else Outcome.FAILED


def report(steps: Iterable[Step], answers: Mapping[str, Got], *, has_signatures: bool) -> Report:
    """Return the report over the steps; `answers` by name of the step, one that is missing is waited for."""
    pairs = [(step, answers.get(step.name, Got())) for step in steps]
    return Report(
        tuple(
            Judged(step=step, got=got, outcome=judge(step, got, has_signatures=has_signatures)) for step, got in pairs
        )
    )
