"""The table of coordination: who may do what, and which condition stops it (A01)."""

from itertools import product

import pytest

from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.coordination import (
    COORDINATION,
    COORDINATION_GUARDS,
    PART,
    CoordinationAct,
    CoordinationFacts,
    CoordinationState,
    PartAct,
    PartState,
    next_coordination_state,
    next_part_state,
)

ALL_HOLD = CoordinationFacts(
    text="said", is_body_known=True, is_body_new=True, unfinished=0, is_case_open=True, is_of_body=True, is_due=True
)


def test_every_act_is_done_by_the_roles_of_its_row_and_by_no_other() -> None:
    for state, act, role in product((None, *CoordinationState), CoordinationAct, Role):
        row = COORDINATION.get((state, act))
        if row is not None and role in row.roles:
            assert next_coordination_state(state, act, roles=frozenset({role}), facts=ALL_HOLD) is row.target
            continue
        with pytest.raises(ActNotAllowed):
            next_coordination_state(state, act, roles=frozenset({role}), facts=ALL_HOLD)
    for part_state, part_act, role in product((None, *PartState), PartAct, Role):
        part = PART.get((part_state, part_act))
        if part is not None and role in part.roles:
            assert next_part_state(part_state, part_act, roles=frozenset({role}), facts=ALL_HOLD) is part.target
            continue
        with pytest.raises(ActNotAllowed):
            next_part_state(part_state, part_act, roles=frozenset({role}), facts=ALL_HOLD)


def test_nothing_known_stops_every_guarded_act() -> None:
    """Facts default to what makes a guard fail: forgetting one closes, never opens."""
    used = {guard for table in (COORDINATION, PART) for row in table.values() for guard in row.guards}
    assert used == set(COORDINATION_GUARDS)
    for guard in used:
        assert COORDINATION_GUARDS[guard](CoordinationFacts()) is not None
        assert COORDINATION_GUARDS[guard](ALL_HOLD) is None


def test_a_case_with_a_part_that_was_not_reported_stays_open() -> None:
    facts = CoordinationFacts(text="Agreed.", unfinished=1)
    with pytest.raises(ActNotAllowed, match="parts_outstanding"):
        next_coordination_state(
            CoordinationState.OPEN, CoordinationAct.CLOSE, roles=frozenset({Role.COORDINATOR}), facts=facts
        )
