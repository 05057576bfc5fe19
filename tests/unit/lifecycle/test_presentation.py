"""Every state and act of a presentation, for every party, and every guard (`lifecycles.md` 5.1)."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import (
    GUARDS,
    OPEN_STATES,
    PRESENTATION,
    PresentationAct,
    PresentationFacts,
    PresentationParty,
    PresentationState,
    VerdictClass,
    next_presentation_state,
    presentation_acts,
)
from opensps.lifecycle.words import WORDS

WANTED = """
-                present             officer,supervisor,customs,partner  presented
-                present_without     officer,supervisor,customs  presented
presented        hold                officer,supervisor,partner  held
presented        accept              officer,supervisor,partner  accepted
held             accept              officer,supervisor,partner  accepted
presented        accept_partly       officer,supervisor,partner  accepted_partly
held             accept_partly       officer,supervisor,partner  accepted_partly
presented        reject              officer,supervisor,partner  rejected
held             reject              officer,supervisor,partner  rejected
presented        forward             officer,supervisor,partner  forwarded
held             forward             officer,supervisor,partner  forwarded
forwarded        arrive              officer,supervisor          forwarded
presented        annul               supervisor,partner          annulled
accepted         correct_outcome     supervisor                  accepted
accepted_partly  correct_outcome     supervisor                  accepted_partly
presented        remind              clock                       presented
held             remind              clock                       held
presented        outcome_clock_ends  clock                       presented
held             outcome_clock_ends  clock                       held
forwarded        outcome_clock_ends  clock                       forwarded
presented        report              partner                     presented
held             report              partner                     held
accepted         report              partner                     accepted
accepted_partly  report              partner                     accepted_partly
rejected         report              partner                     rejected
forwarded        report              partner                     forwarded
annulled         report              partner                     annulled
presented        recheck             system                      presented
held             recheck             system                      held
forwarded        recheck             system                      forwarded
accepted         recheck             system                      accepted
accepted_partly  recheck             system                      accepted_partly
"""
ROWS = {
    (state, act): (set(parties.split(",")), target)
    for state, act, parties, target in (line.split() for line in WANTED.strip().splitlines())
}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ALL_RIGHT = PresentationFacts(
    actor="c",
    office="P1",
    reason_code="r",
    known_reason_codes=frozenset({"r"}),
    reason="Because.",
    measure="release_other_ground",
    is_live=True,
    verdict=VerdictClass.GREEN,
    is_within_balance=True,
    is_less_than_claimed=True,
    next_office="P2",
    has_reservation=True,
    is_addressed=True,
    own_office="P1",
    others=frozenset({"a", "b"}),
    due_at=NOON,
    at=NOON + timedelta(seconds=1),
    needs_certificate=True,
    waits_for_check=True,
)
BREAKING: dict[str, dict[str, Any]] = {
    "office_known": {"office": ""},
    "requirement_exists": {"needs_certificate": False},
    "reason_code_known": {"reason_code": "x"},
    "reason_given": {"reason": "  "},
    "measure_given": {"measure": ""},
    "certificate_live": {"is_live": False},
    "verdict_allows": {"verdict": VerdictClass.RED},
    "claim_within_balance": {"is_within_balance": False},
    "less_than_claimed": {"is_less_than_claimed": False},
    "second_person_releases": {"actor": "a"},
    "next_office_named": {"next_office": "P1"},
    "reservation_exists": {"has_reservation": False},
    "addressed_office": {"is_addressed": False},
    "same_office": {"office": "P9"},
    "other_person": {"actor": "b"},
    "clock_is_over": {"at": NOON},
    "waits_for_check": {"waits_for_check": False},
}


@pytest.mark.parametrize("act", PresentationAct)
@pytest.mark.parametrize("state", [None, *PresentationState])
def test_every_cell_of_the_table(state: PresentationState | None, act: PresentationAct) -> None:
    parties, target = ROWS.get((state or "-", act), (set(), ""))
    for party in PresentationParty:
        if party in parties:
            assert next_presentation_state(state, act, party=party, facts=ALL_RIGHT) == target
            continue
        with pytest.raises(ActNotAllowed) as refused:
            next_presentation_state(state, act, party=party, facts=ALL_RIGHT)
        assert refused.value.reason == ("role" if parties else "no_such_act")


@pytest.mark.parametrize("guard", GUARDS)
def test_every_guard_stops_every_act_that_names_it(guard: str) -> None:
    rows = [(where, act) for (where, act), step in PRESENTATION.items() if guard in step.guards]
    assert rows, "a guard nobody asks guards nothing"
    for state, act in rows:
        party = min(PRESENTATION[state, act].parties)
        with pytest.raises(ActNotAllowed) as refused:
            next_presentation_state(state, act, party=party, facts=replace(ALL_RIGHT, **BREAKING[guard]))
        assert refused.value.guard == guard


def test_what_nobody_said_is_not_so() -> None:
    silent = PresentationFacts()
    assert all(why(silent) for name, why in GUARDS.items() if name != "second_person_releases")
    assert fields(silent)


@pytest.mark.parametrize(
    ("verdict", "changes", "why"),
    [
        (VerdictClass.GREEN, {"reason_code": ""}, None),
        (VerdictClass.AMBER, {}, None),
        (VerdictClass.AMBER, {"reason_code": ""}, "unknown_reason_code"),
        (VerdictClass.GREY, {}, "verdict_grey"),
        (VerdictClass.GREY, {"has_fallback": True}, None),
        (VerdictClass.GREY, {"has_fallback": True, "reason_code": ""}, "unknown_reason_code"),
        (VerdictClass.RED, {"has_fallback": True}, "verdict_red"),
    ],
)
def test_the_verdict_says_what_an_officer_may_accept(
    verdict: VerdictClass, changes: dict[str, object], why: str | None
) -> None:
    facts = replace(ALL_RIGHT, verdict=verdict, **changes)  # type: ignore[arg-type]  # names and values stand above
    assert GUARDS["verdict_allows"](facts) == why


def test_other_measures_than_a_release_on_other_grounds_need_one_person() -> None:
    assert GUARDS["second_person_releases"](PresentationFacts(measure="seizure")) is None


def test_every_open_state_has_a_deadline_and_every_state_a_word() -> None:
    for state in PresentationState:
        assert ("presentation", state) in WORDS
        on_the_clock = PresentationAct.OUTCOME_CLOCK_ENDS in presentation_acts(state, PresentationParty.CLOCK)
        assert on_the_clock == (state in OPEN_STATES)
