"""A conversation of golden messages: asked by staff, begun and ended by the system, stopped by staff."""

import pytest

from opensps.lifecycle import ActNotAllowed, Role, next_state
from opensps.lifecycle.golden_talk import GOLDEN_TALK, OPEN_TALKS, TalkAct, TalkState

MANAGER, SYSTEM = frozenset({Role.MANAGER}), frozenset({Role.SYSTEM})


def test_what_has_begun_keeps_its_results_also_when_a_person_ends_it_early() -> None:
    asked = next_state(GOLDEN_TALK, None, TalkAct.ASK, roles=MANAGER)
    assert next_state(GOLDEN_TALK, asked, TalkAct.STOP, roles=MANAGER) is TalkState.STOPPED
    running = next_state(GOLDEN_TALK, asked, TalkAct.BEGIN, roles=SYSTEM)
    assert next_state(GOLDEN_TALK, running, TalkAct.STOP, roles=MANAGER) is TalkState.ENDED
    assert {asked, running} == set(OPEN_TALKS)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER, Role.ADMINISTRATOR, Role.SYSTEM}))
def test_nobody_else_starts_or_stops_one(role: Role) -> None:
    for state, act in ((None, TalkAct.ASK), (None, TalkAct.LISTEN), (TalkState.RUNNING, TalkAct.STOP)):
        with pytest.raises(ActNotAllowed):
            next_state(GOLDEN_TALK, state, act, roles=frozenset({role}))


def test_what_is_over_stays_over() -> None:
    for state in (TalkState.ENDED, TalkState.STOPPED):
        assert not [act for before, act in GOLDEN_TALK if before is state]
