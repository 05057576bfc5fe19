"""The table of mandates: every state x act x role, and each guard on its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from opensps.lifecycle import APPLICATION, ActNotAllowed, Role
from opensps.lifecycle.mandate import (
    MANDATE,
    MANDATE_ENDS,
    MANDATE_GUARDS,
    MOST_DAYS,
    SCOPES_OF_ACT,
    MandateAct,
    MandateFacts,
    MandateScope,
    MandateState,
    next_mandate_state,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
GOOD = MandateFacts(
    at=NOW,
    actor_organisation="e",
    principal="e",
    agent="a",
    is_agent=True,
    is_only_offer=True,
    scopes=frozenset({MandateScope.PREPARE}),
    kinds=frozenset({"phytosanitary"}),
    today=NOW.date(),
    last_day=date(2026, 12, 31),
    reason="no longer needed",
    until=NOW + timedelta(days=40),
)
AGENT = replace(GOOD, actor_organisation="a")
ROWS = {
    (None, "offer"): ({"exporter"}, "offered"),
    ("offered", "accept"): ({"trade_agent"}, "active"),
    ("offered", "decline"): ({"trade_agent"}, "declined"),
    ("offered", "end"): ({"exporter", "trade_agent"}, "ended"),
    ("active", "end"): ({"exporter", "trade_agent"}, "ended"),
    ("offered", "term_ends"): ({"clock"}, "ended"),
    ("active", "term_ends"): ({"clock"}, "ended"),
}


@pytest.mark.parametrize("state", [None, *MandateState])
@pytest.mark.parametrize("act", list(MandateAct))
def test_every_cell_is_as_it_was_written_down(state: MandateState | None, act: MandateAct) -> None:
    roles, target = ROWS.get((state, act), (set(), ""))
    for role in Role:
        facts = AGENT if role is Role.TRADE_AGENT else GOOD
        facts = replace(facts, at=facts.until) if act is MandateAct.TERM_ENDS else facts
        if role in roles:
            assert next_mandate_state(state, act, roles=frozenset({role}), facts=facts) == target
        else:
            with pytest.raises(ActNotAllowed):
                next_mandate_state(state, act, roles=frozenset({role}), facts=facts)


@pytest.mark.parametrize(
    ("guard", "changes", "why"),
    [
        ("own_principal", {"actor_organisation": "a"}, "other_organisation"),
        ("own_agent", {}, "other_organisation"),
        ("party", {"actor_organisation": "x"}, "other_organisation"),
        ("agent_named", {"is_agent": False}, "no_agent"),
        ("agent_named", {"agent": "e"}, "no_agent"),
        ("only_offer", {"is_only_offer": False}, "offer_waits"),
        ("scope_given", {"scopes": frozenset()}, "no_scope"),
        ("scope_given", {"kinds": frozenset()}, "no_scope"),
        ("term_in_reach", {"last_day": NOW.date() - timedelta(days=1)}, "term_out_of_reach"),
        ("term_in_reach", {"last_day": NOW.date() + timedelta(days=MOST_DAYS + 1)}, "term_out_of_reach"),
        ("term_in_reach", {"last_day": None}, "no_last_day"),
        ("not_over", {"at": GOOD.until}, "mandate_over"),
        ("is_over", {}, "not_late"),
        ("reason_given", {"reason": " "}, "no_reason"),
    ],
)
def test_what_makes_a_guard_fail(guard: str, changes: dict[str, Any], why: str) -> None:
    assert MANDATE_GUARDS[guard](replace(GOOD, **changes)) == why


def test_what_nobody_said_is_not_so() -> None:
    assert all(guard(MandateFacts()) for guard in MANDATE_GUARDS.values())


def test_every_state_but_the_ends_can_be_left_and_every_guard_is_used() -> None:
    assert {state for state, _act in MANDATE if state} == set(MandateState) - MANDATE_ENDS
    assert {guard for row in MANDATE.values() for guard in row.guards} == set(MANDATE_GUARDS)


def test_an_agent_has_a_scope_for_each_act_the_table_gives_it() -> None:
    acts = {cell for cell, row in APPLICATION.items() if Role.TRADE_AGENT in row.roles}
    assert acts == set(SCOPES_OF_ACT)
    assert all("mandate_valid" in APPLICATION[cell].guards for cell in acts)
