"""The decision table of what arrives (`exchange.md` 8.3), row by row."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from opensps.lifecycle import AcknowledgementCode
from opensps.lifecycle.receipt import Decision, IncomingState, Said, decide, result_of, settle

ISSUED = Said(type_code="851", status_code="70", digest="a", issued_at=datetime(2026, 11, 20, tzinfo=UTC))
OTHER = replace(ISSUED, digest="b")
WITHDRAWN = replace(ISSUED, status_code="40")


@pytest.mark.parametrize(
    ("known", "new", "decision"),
    [
        ((), ISSUED, Decision.APPLIED),
        ((ISSUED,), ISSUED, Decision.DUPLICATE),
        ((ISSUED,), OTHER, Decision.CONFLICT),
        ((ISSUED,), WITHDRAWN, Decision.APPLIED),
        ((WITHDRAWN,), ISSUED, Decision.OLDER),
        ((WITHDRAWN,), replace(WITHDRAWN, digest="b"), Decision.CONFLICT),
        ((replace(ISSUED, version=2),), replace(OTHER, version=3), Decision.APPLIED),
        ((replace(ISSUED, version=3),), replace(OTHER, version=2), Decision.OLDER),
        ((replace(ISSUED, version=3),), replace(OTHER, version=3), Decision.CONFLICT),
        ((replace(ISSUED, version=3),), OTHER, Decision.CONFLICT),
        ((), replace(ISSUED, status_code="39"), Decision.UNKNOWN_STATUS),
        ((), replace(ISSUED, is_held=True), Decision.HELD),
        ((ISSUED,), replace(WITHDRAWN, is_held=True), Decision.APPLIED),
        ((ISSUED,), replace(ISSUED, type_code="657", digest="b"), Decision.CONFLICT),
    ],
)
def test_each_message_is_decided_beside_what_is_known(known: tuple[Said, ...], new: Said, decision: Decision) -> None:
    assert decide(known, new) is decision


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((), IncomingState.UNKNOWN),
        ((ISSUED,), IncomingState.IN_FORCE),
        ((replace(ISSUED, is_held=True),), IncomingState.HELD),
        ((ISSUED, OTHER), IncomingState.CONFLICT),
        ((ISSUED, OTHER, WITHDRAWN), IncomingState.WITHDRAWN),
        ((replace(ISSUED, status_code="44"), ISSUED), IncomingState.REPLACED),
        ((replace(ISSUED, status_code="68"), ISSUED), IncomingState.SPLIT),
        ((replace(ISSUED, status_code="74"), ISSUED), IncomingState.EXPIRED),
        ((replace(ISSUED, status_code="44"), WITHDRAWN), IncomingState.WITHDRAWN),
        ((replace(ISSUED, status_code="39"),), IncomingState.UNKNOWN),
    ],
)
def test_everything_said_comes_to_one_state(said: tuple[Said, ...], state: IncomingState) -> None:
    assert settle(said).state is state


def test_what_was_withdrawn_for_a_successor_has_been_replaced() -> None:
    assert settle((ISSUED, WITHDRAWN), is_succeeded=True).state is IncomingState.REPLACED
    assert settle((ISSUED,), is_succeeded=True).state is IncomingState.REPLACED
    assert settle((replace(ISSUED, status_code="68"),), is_succeeded=True).state is IncomingState.SPLIT


def test_an_end_without_a_beginning_is_a_tombstone() -> None:
    assert settle((WITHDRAWN,)).is_tombstone
    assert not settle((WITHDRAWN, ISSUED)).is_tombstone


def test_a_person_decides_a_conflict_and_may_release_what_is_held() -> None:
    settled = settle((ISSUED, OTHER), chosen="b")
    assert (settled.state, settled.digest, settled.has_conflict) == (IncomingState.IN_FORCE, "b", False)
    assert settle((replace(ISSUED, is_held=True),), chosen="a").state is IncomingState.IN_FORCE


def test_a_duplicate_is_acknowledged_as_clean_and_the_rest_with_what_there_is_to_say() -> None:
    assert result_of(Decision.DUPLICATE, has_remarks=True) is AcknowledgementCode.RECEIVED
    assert result_of(Decision.APPLIED, has_remarks=False) is AcknowledgementCode.RECEIVED
    assert result_of(Decision.APPLIED, has_remarks=True) is AcknowledgementCode.RECEIVED_REMARKS
    for decision in (Decision.OLDER, Decision.CONFLICT, Decision.HELD, Decision.UNKNOWN_STATUS):
        assert result_of(decision, has_remarks=False) is AcknowledgementCode.RECEIVED_REMARKS
