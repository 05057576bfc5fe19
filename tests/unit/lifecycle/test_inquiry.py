"""Every state and act of an inquiry, for every party (`lifecycles.md` 5.2)."""

import pytest

from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.inquiry import (
    INQUIRY,
    MOST_ROUNDS,
    OUTBOUND,
    InquiryAct,
    InquiryFinding,
    InquiryMeasure,
    InquiryParty,
    InquiryState,
    needs_second_person,
    next_inquiry_state,
)
from opensps.lifecycle.question import QUESTION, QuestionState, next_question_state

WANTED = """
-               open                  asker   open
open            machine_finding       system  open
open            acknowledge           desk    acknowledged
open            route                 desk    with_office
acknowledged    route                 desk    with_office
with_office     ask_back              office  waiting_asker
waiting_asker   supply                asker   with_office
waiting_asker   ask_back_clock_ends   clock   closed
with_office     draft_reply           office  reply_drafted
reply_drafted   rework                office  with_office
reply_drafted   rework                desk    with_office
reply_drafted   send                  desk    answered
reply_drafted   send                  office  answered
answered        report_action         asker   closed
answered        close_clock_ends      clock   closed
answered        contest               asker   with_office
answered        measure_done          desk    answered
answered        measure_done          office  answered
closed          measure_done          desk    closed
closed          measure_done          office  closed
open            answer_clock_ends     clock   open
acknowledged    answer_clock_ends     clock   acknowledged
with_office     answer_clock_ends     clock   with_office
waiting_asker   answer_clock_ends     clock   waiting_asker
reply_drafted   answer_clock_ends     clock   reply_drafted
open            withdraw_inquiry      asker   closed
acknowledged    withdraw_inquiry      asker   closed
with_office     withdraw_inquiry      asker   closed
waiting_asker   withdraw_inquiry      asker   closed
"""
ROWS = {tuple(line.split()[:3]): line.split()[3] for line in WANTED.strip().splitlines()}


@pytest.mark.parametrize("act", InquiryAct)
@pytest.mark.parametrize("state", [None, *InquiryState])
def test_every_cell_of_the_table(state: InquiryState | None, act: InquiryAct) -> None:
    for party in InquiryParty:
        wanted = ROWS.get((state or "-", act, party))
        if wanted is not None:
            assert next_inquiry_state(state, act, party=party) == wanted
            continue
        with pytest.raises(ActNotAllowed) as refused:
            next_inquiry_state(state, act, party=party)
        knows_act = (state, act) in INQUIRY
        assert refused.value.reason == ("role" if knows_act else "no_such_act")


def test_an_answer_is_contested_so_often_and_no_more() -> None:
    asker, answered, contest = InquiryParty.ASKER, InquiryState.ANSWERED, InquiryAct.CONTEST
    assert next_inquiry_state(answered, contest, rounds=MOST_ROUNDS - 1, party=asker)
    with pytest.raises(ActNotAllowed) as refused:
        next_inquiry_state(answered, contest, rounds=MOST_ROUNDS, party=asker)
    assert refused.value.guard == "rounds"


def test_nothing_leaves_a_closed_inquiry() -> None:
    leading = {step.target for (state, _act), step in INQUIRY.items() if state is InquiryState.CLOSED}
    assert leading == {InquiryState.CLOSED}, "a measure is recorded, and it stays closed"


def test_a_grave_answer_needs_a_second_person_and_no_other() -> None:
    none = (InquiryMeasure.NONE,)
    grave = {finding for finding in InquiryFinding if needs_second_person(finding, none)}
    assert grave == {InquiryFinding.ALTERED, InquiryFinding.COUNTERFEIT}
    assert needs_second_person(InquiryFinding.GENUINE, (InquiryMeasure.REPLACE, InquiryMeasure.WITHDRAW))


def test_what_a_partner_does_to_our_inquiry_is_told_by_the_partner_alone() -> None:
    for (state, act), step in OUTBOUND.items():
        for party in InquiryParty:
            if party in step.parties:
                assert next_inquiry_state(state, act, party=party, table=OUTBOUND) == step.target
                continue
            with pytest.raises(ActNotAllowed) as refused:
                next_inquiry_state(state, act, party=party, table=OUTBOUND)
            assert refused.value.reason == "role"
    assert not {InquiryParty.DESK, InquiryParty.OFFICE} & {each for step in OUTBOUND.values() for each in step.parties}


@pytest.mark.parametrize("state", [None, *QuestionState])
def test_every_cell_of_a_question(state: QuestionState | None) -> None:
    for act in InquiryAct:
        parties, target = QUESTION.get((state, act), (frozenset(), None))
        for party in InquiryParty:
            if party in parties:
                assert next_question_state(state, act, party=party) == target
                continue
            with pytest.raises(ActNotAllowed) as refused:
                next_question_state(state, act, party=party)
            assert refused.value.reason == ("role" if parties else "no_such_act")


def test_every_open_question_and_inquiry_can_end_and_has_a_clock() -> None:
    tables: list[list[tuple[str | None, InquiryAct, str]]] = [
        [(state, act, step.target) for (state, act), step in INQUIRY.items()],
        [(state, act, step.target) for (state, act), step in OUTBOUND.items()],
        [(state, act, target) for (state, act), (_parties, target) in QUESTION.items()],
    ]
    for rows in tables:
        targets: dict[str | None, set[str | None]] = {state: set() for state, _act, _target in rows}
        for state, _act, target in rows:
            targets[state].add(target)
        for start in targets:
            seen: set[str | None] = set()
            waiting = [start]
            while waiting:
                new = targets.get(waiting.pop(), set()) - seen
                seen |= new
                waiting += new
            assert "closed" in seen, start
        clocked = {state for state, act, _target in rows if act.endswith("clock_ends")}
        assert clocked == set(targets) - {None, "closed"}
