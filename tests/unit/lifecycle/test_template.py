"""Who may do what to an agreed template, and that silence lets no guard pass."""

from datetime import date, timedelta

import pytest

from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.template import (
    TEMPLATE,
    TEMPLATE_ENDS,
    TEMPLATE_GUARDS,
    TemplateAct,
    TemplateFacts,
    TemplateState,
    next_template_state,
)

TODAY = date(2026, 11, 20)
GOOD = TemplateFacts(
    today=TODAY,
    valid_from=TODAY + timedelta(days=1),
    valid_until=TODAY + timedelta(days=9),
    is_other_side=True,
    reference="Note 17/2026",
    reason="a slip",
)
ROWS = """
- publish manager,administrator published
- record manager,administrator acknowledged
published acknowledge country_admin,system acknowledged
published record_acknowledgement manager,administrator acknowledged
published withdraw manager,administrator withdrawn
acknowledged end manager,administrator ended
"""


def test_I01_a_cell_fires_exactly_where_the_rows_say_so() -> None:
    lines = [line.split() for line in ROWS.strip().splitlines()]
    wanted = {(state, act, role): target for state, act, roles, target in lines for role in roles.split(",")}
    for state in (None, *TemplateState):
        for act in TemplateAct:
            for role in Role:
                target = wanted.get((state or "-", act, role))
                if target is None:
                    with pytest.raises(ActNotAllowed):
                        next_template_state(state, act, roles=frozenset({role}), facts=GOOD)
                else:
                    assert next_template_state(state, act, roles=frozenset({role}), facts=GOOD) == target


def test_silence_lets_no_guard_pass_and_everything_said_lets_all() -> None:
    assert {guard for row in TEMPLATE.values() for guard in row.guards} == set(TEMPLATE_GUARDS)
    for name, guard in TEMPLATE_GUARDS.items():
        assert guard(TemplateFacts()) is not None, name
        assert guard(GOOD) is None, name


def test_nothing_is_published_for_today_or_ended_in_the_past() -> None:
    assert TEMPLATE_GUARDS["published_ahead"](TemplateFacts(today=TODAY, valid_from=TODAY)) == "not_ahead"
    past = TemplateFacts(today=TODAY, valid_from=date(2025, 1, 1), valid_until=TODAY - timedelta(days=1))
    assert TEMPLATE_GUARDS["ends_ahead"](past) == "not_ahead"


def test_nothing_leaves_an_end() -> None:
    assert not [state for state, _act in TEMPLATE if state in TEMPLATE_ENDS]
