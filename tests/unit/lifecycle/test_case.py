"""Every state and act of a counterfeit case, for every role; and what each guard asks (`fraud.md` 7)."""

from dataclasses import replace

import pytest

from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.case import CASE, CASE_GUARDS, CaseAct, CaseFacts, CaseState, next_case_state
from opensps.lifecycle.words import word

WANTED = """
-          open     border_officer,inquiry_desk,case_officer,system  open
open       take     case_officer                                     assessing
assessing  confirm  case_officer                                     confirmed
assessing  dismiss  case_officer                                     dismissed
confirmed  refer    case_officer                                     referred
confirmed  close    senior_officer                                   closed
referred   close    senior_officer                                   closed
dismissed  reopen   senior_officer                                   assessing
closed     reopen   senior_officer                                   assessing
"""
ROWS = {tuple(line.split()[:2]): line.split()[2:] for line in WANTED.strip().splitlines()}
ALL = CaseFacts(
    actor="second",
    owner="first",
    papers=1,
    finding="counterfeit",
    grounds="Nobody issued it.",
    is_issuer_answered=True,
    text="Said.",
)


@pytest.mark.parametrize("act", CaseAct)
@pytest.mark.parametrize("state", [None, *CaseState])
def test_I01_every_cell_of_the_table(state: CaseState | None, act: CaseAct) -> None:
    roles, target = ROWS.get((state or "-", act), ("", ""))
    for role in Role:
        if role in roles.split(","):
            assert next_case_state(state, act, roles=frozenset({role}), facts=ALL) == target
            continue
        with pytest.raises(ActNotAllowed) as refused:
            next_case_state(state, act, roles=frozenset({role}), facts=ALL)
        assert refused.value.reason == ("role" if (state, act) in CASE else "no_such_act")


@pytest.mark.parametrize(
    ("state", "act", "lacking", "guard"),
    [
        (None, CaseAct.OPEN, {"papers": 0}, "paper_attached"),
        (CaseState.ASSESSING, CaseAct.CONFIRM, {"finding": "genuine"}, "finding"),
        (CaseState.ASSESSING, CaseAct.CONFIRM, {"grounds": ""}, "finding"),
        (CaseState.ASSESSING, CaseAct.CONFIRM, {"actor": "first"}, "other_person"),
        (CaseState.ASSESSING, CaseAct.CONFIRM, {"is_issuer_answered": False}, "issuer_answered"),
        (CaseState.ASSESSING, CaseAct.DISMISS, {"text": " "}, "explanation"),
        (CaseState.ASSESSING, CaseAct.DISMISS, {"actor": "first"}, "other_person"),
        (CaseState.CONFIRMED, CaseAct.REFER, {"text": ""}, "competent_body_named"),
        (CaseState.REFERRED, CaseAct.CLOSE, {"text": ""}, "measure_recorded"),
        (CaseState.CLOSED, CaseAct.REOPEN, {"text": ""}, "new_evidence"),
    ],
)
def test_each_guard_fails_for_its_own_reason(
    state: CaseState | None, act: CaseAct, lacking: dict[str, object], guard: str
) -> None:
    roles = CASE[state, act].roles
    with pytest.raises(ActNotAllowed) as refused:
        next_case_state(state, act, roles=roles, facts=replace(ALL, **lacking))  # type: ignore[arg-type]  # by name
    assert refused.value.guard == guard


def test_a_record_of_ours_proves_as_much_as_an_answer() -> None:
    facts = replace(ALL, is_issuer_answered=False, is_proven_by_record=True)
    confirmed = next_case_state(CaseState.ASSESSING, CaseAct.CONFIRM, roles=frozenset({Role.CASE_OFFICER}), facts=facts)
    assert confirmed is CaseState.CONFIRMED


def test_every_guard_of_the_table_exists_and_is_asked() -> None:
    assert {name for found in CASE.values() for name in found.guards} == set(CASE_GUARDS)


def test_what_nobody_said_lets_nothing_happen() -> None:
    assert all(guard(CaseFacts()) for guard in CASE_GUARDS.values())


def test_I05_every_state_of_a_case_has_its_word() -> None:
    assert [word("case", state).code for state in CaseState] == list(CaseState)
