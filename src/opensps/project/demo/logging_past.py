"""The log of a demo's past: as if log writer and witnesses had worked on every day of it.

The demo's certificates are half a year old on its first day. Their leaves are brought into the tree in the order in
which things happened, and the witnesses of the demo, whose keys lie here, sign at those times. Nothing but a demo can
do that: a real witness has its own clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import LogLeaf, TransparencyLog
from opensps.certification.queries.log import log_by_origin, logs_of
from opensps.certification.services.log_growth import log_append, log_create
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.certification.services.log_witnesses import Policy, Question, Reply, log_witness
from opensps.events.queries import events_of_kind
from opensps.formats.note_keys import NoteSigner
from opensps.project.witness_state import WitnessState
from opensps.transparency.leaf import SECONDS_PER_HOUR, read_leaf

SPAN_HOURS = 12
"""Leaves of so many hours go in together; within 24 hours a leaf counts as logged in time."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the past is written with."""

    authority: str
    directory: LogDirectory
    signer: NoteSigner
    policy: Policy
    witnesses: tuple[WitnessState, ...]
    """One for each of the policy, in its order."""


def log_begun(past: Past, *, at: datetime) -> TransparencyLog:
    """Return the log of the demo, created if there is none."""
    if not logs_of(past.authority):
        log_create(authority=past.authority, origin=past.signer.name, signer=past.signer, at=at)
    found = log_by_origin(authority=past.authority)
    assert found is not None  # noqa: S101 it was created above
    return found


def write_past(past: Past, *, now: datetime) -> None:
    """Give what has no leaf one, and bring all leaves into the tree, span by span, witnessed at its time."""
    log = log_begun(past, at=now)
    with transaction.atomic():
        LOG_CONSUMER.handle_many(tuple(events_of_kind(authority=past.authority, object_kind="certificate")))
    rows = LogLeaf.objects.filter(authority=past.authority, log=log, index__gte=log.size).order_by("index")
    hours = [read_leaf(bytes(data)).hour for data in rows.values_list("data", flat=True)]
    for span in _spans(hours):
        at = min(datetime.fromtimestamp(max(span) * SECONDS_PER_HOUR + 1800, tz=UTC), now)
        log_append(authority=past.authority, directory=past.directory, signer=past.signer, limit=len(span))
        _witness(past, at)


def _spans(hours: Sequence[int]) -> Iterator[list[int]]:
    """Yield the hours of leaves that go in together."""
    span: list[int] = []
    for hour in hours:
        if span and max(*span, hour) - min(*span, hour) > SPAN_HOURS:
            yield span
            span = []
        span.append(hour)
    if span:
        yield span


def _witness(past: Past, at: datetime) -> None:
    states = {each.url: state for each, state in zip(past.policy.witnesses, past.witnesses, strict=True)}

    def ask(questions: Sequence[Question]) -> Sequence[Reply]:
        answers = [states[each.url].add_checkpoint(each.body, at=int(at.timestamp())) for each in questions]
        return [Reply(each.status, each.body) for each in answers]

    log_witness(authority=past.authority, directory=past.directory, policy=past.policy, ask=ask, at=at)


def past_of(*, authority: str, directory: LogDirectory, signer: NoteSigner, policy: Policy, witnesses: Path) -> Past:
    """Return what a demo writes its past with; `witnesses` holds the directories ``witness-xb`` and so on."""
    states = tuple(
        replace(WitnessState.open(witnesses / f"witness-{each.organisation.lower()}"), is_durable=False)
        for each in policy.witnesses
    )
    return Past(authority, replace(directory, is_durable=False), signer, policy, states)
