"""Every state and act of an inquiry, for every party (`lifecycles.md` 5.2)."""

import pytest

from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.inquiry import (
    INQUIRY,
    MOST_ROUNDS,
    InquiryAct,
    InquiryParty,
    InquiryState,
    next_inquiry_state,
)

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
answered        report_action         asker   closed
answered        close_clock_ends      clock   closed
answered        contest               asker   with_office
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
    asked = {"party": InquiryParty.ASKER}
    assert next_inquiry_state(InquiryState.ANSWERED, InquiryAct.CONTEST, rounds=MOST_ROUNDS - 1, **asked)
    with pytest.raises(ActNotAllowed) as refused:
        next_inquiry_state(InquiryState.ANSWERED, InquiryAct.CONTEST, rounds=MOST_ROUNDS, **asked)
    assert refused.value.guard == "rounds"


def test_nothing_leaves_a_closed_inquiry() -> None:
    assert not [row for row in INQUIRY if row[0] is InquiryState.CLOSED]
