"""The table of presentations: a paper shown at a place, what is decided about its goods, until when. Pure.

Source: `lifecycles.md` 5.1. Who acts is a party, not a role: an officer at the place where the goods are, theirs or
ours, a supervisor of the same side, or another authority's machine. Quantities are counted in `balance`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import ActNotAllowed


class PresentationState(StrEnum):
    """Where a presentation stands."""

    PRESENTED = "presented"
    HELD = "held"
    ACCEPTED = "accepted"
    ACCEPTED_PARTLY = "accepted_partly"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    ANNULLED = "annulled"


class PresentationAct(StrEnum):
    """What can be done to a presentation."""

    PRESENT = "present"
    PRESENT_WITHOUT = "present_without"
    """Goods that need a certificate came without one."""

    HOLD = "hold"
    ACCEPT = "accept"
    ACCEPT_PARTLY = "accept_partly"
    REJECT = "reject"
    FORWARD = "forward"
    ARRIVE = "arrive"
    """The next office took over: what was reserved goes on to its presentation."""

    ANNUL = "annul"
    CORRECT_OUTCOME = "correct_outcome"
    REPORT = "report"
    """A partner reported what this table does not allow: kept as it was said, and nothing moves."""

    RECHECK = "recheck"
    """What could not be checked when it was presented has been checked since."""

    REMIND = "remind"
    OUTCOME_CLOCK_ENDS = "outcome_clock_ends"


class PresentationParty(StrEnum):
    """Who acts."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"
    """A machine of another authority, which reports what its officers decided."""

    CUSTOMS = "customs"
    """Presents, and decides nothing."""

    SYSTEM = "system"
    CLOCK = "clock"


class VerdictClass(StrEnum):
    """The class of the verdict (`fraud.md` 2)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


OPEN_STATES = frozenset({PresentationState.PRESENTED, PresentationState.HELD, PresentationState.FORWARDED})
"""Not decided yet: what was claimed stays reserved."""

ACCEPTING = frozenset({PresentationAct.ACCEPT, PresentationAct.ACCEPT_PARTLY})
OUTCOMES = frozenset({*ACCEPTING, PresentationAct.HOLD, PresentationAct.REJECT, PresentationAct.CORRECT_OUTCOME})
"""Acts the issuing authority is told of."""

REMIND_AFTER = timedelta(hours=24)
OVERDUE_AFTER = timedelta(hours=72)
HOLD_DAYS = timedelta(days=15)
"""A hold is to be decided by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationFacts:
    """What is known when an act is asked for. Facts default to what makes a guard fail."""

    actor: str = ""
    office: str = ""
    reason_code: str = ""
    known_reason_codes: frozenset[str] = frozenset()
    reason: str = ""
    measure: str = ""
    is_live: bool = False
    """Whether the certificate is in force at this moment."""

    verdict: VerdictClass = VerdictClass.RED
    has_fallback: bool = False
    """Whether the rule of the partner allows to accept by the paper while it cannot be checked."""

    is_within_balance: bool = False
    is_less_than_claimed: bool = False
    next_office: str = ""
    has_reservation: bool = False
    is_addressed: bool = False
    """Whether the office of the actor is the one the goods were sent on to."""

    own_office: str = ""
    """Office that presented."""

    others: frozenset[str] = frozenset()
    """People who presented or decided before."""

    due_at: datetime | None = None
    at: datetime | None = None
    needs_certificate: bool = False
    waits_for_check: bool = False
    """Whether its verdict is grey: the issuer could not be asked."""


Guard = Callable[[PresentationFacts], str | None]


def _office_known(facts: PresentationFacts) -> str | None:
    return None if facts.office else "no_office"


def _requirement_exists(facts: PresentationFacts) -> str | None:
    return None if facts.needs_certificate else "no_requirement"


def _reason_code_known(facts: PresentationFacts) -> str | None:
    return None if facts.reason_code in facts.known_reason_codes else "unknown_reason_code"


def _reason_given(facts: PresentationFacts) -> str | None:
    return None if facts.reason.strip() else "no_reason"


def _measure_given(facts: PresentationFacts) -> str | None:
    return None if facts.measure else "no_measure"


def _certificate_live(facts: PresentationFacts) -> str | None:
    """In force; where it cannot be checked, its state is not known and the fallback rule decides."""
    return None if facts.is_live or facts.verdict is VerdictClass.GREY else "not_in_force"


def _verdict_allows(facts: PresentationFacts) -> str | None:
    if facts.verdict is VerdictClass.GREEN:
        return None
    if facts.verdict is VerdictClass.RED:
        return "verdict_red"
    if facts.verdict is VerdictClass.GREY and not facts.has_fallback:
        return "verdict_grey"
    return _reason_code_known(facts)


def _claim_within_balance(facts: PresentationFacts) -> str | None:
    return None if facts.is_within_balance else "not_enough_left"


def _less_than_claimed(facts: PresentationFacts) -> str | None:
    return None if facts.is_less_than_claimed else "not_less"


def _second_person_releases(facts: PresentationFacts) -> str | None:
    """Goods whose certificate stays refused leave on another ground only by two people."""
    if facts.measure != "release_other_ground":
        return None
    return None if facts.others and facts.actor not in {*facts.others, ""} else "second_person"


def _next_office_named(facts: PresentationFacts) -> str | None:
    return None if facts.next_office and facts.next_office != facts.office else "no_next_office"


def _reservation_exists(facts: PresentationFacts) -> str | None:
    return None if facts.has_reservation else "no_reservation"


def _addressed_office(facts: PresentationFacts) -> str | None:
    return None if facts.is_addressed else "other_office"


def _same_office(facts: PresentationFacts) -> str | None:
    return None if facts.office and facts.office == facts.own_office else "other_office"


def _other_person(facts: PresentationFacts) -> str | None:
    return None if facts.others and facts.actor not in {*facts.others, ""} else "same_person"


def _clock_is_over(facts: PresentationFacts) -> str | None:
    is_over = facts.at is not None and facts.due_at is not None and facts.at > facts.due_at
    return None if is_over else "still_in_time"


def _waits_for_check(facts: PresentationFacts) -> str | None:
    return None if facts.waits_for_check else "checked_already"


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "office_known": _office_known,
        "requirement_exists": _requirement_exists,
        "reason_code_known": _reason_code_known,
        "reason_given": _reason_given,
        "measure_given": _measure_given,
        "certificate_live": _certificate_live,
        "verdict_allows": _verdict_allows,
        "claim_within_balance": _claim_within_balance,
        "less_than_claimed": _less_than_claimed,
        "second_person_releases": _second_person_releases,
        "next_office_named": _next_office_named,
        "reservation_exists": _reservation_exists,
        "addressed_office": _addressed_office,
        "same_office": _same_office,
        "other_person": _other_person,
        "clock_is_over": _clock_is_over,
        "waits_for_check": _waits_for_check,
    }
)
"""Every guard by its name in the table; each returns ``None`` or the code of the reason why it fails."""


@dataclass(frozen=True, slots=True)
class PresentationStep:
    """One row of the table."""

    parties: frozenset[PresentationParty]
    target: PresentationState
    guards: tuple[str, ...]


_S, _A, _P = PresentationState, PresentationAct, PresentationParty
_DESK = (_P.OFFICER, _P.SUPERVISOR)
_TO_DECIDE = (_S.PRESENTED, _S.HELD)
_DONE = (_S.ACCEPTED, _S.ACCEPTED_PARTLY)
_ACCEPT = ("certificate_live", "verdict_allows", "claim_within_balance")


def _step(target: PresentationState, parties: Iterable[PresentationParty], *guards: str) -> PresentationStep:
    return PresentationStep(frozenset(parties), target, guards)


PRESENTATION: Mapping[tuple[PresentationState | None, PresentationAct], PresentationStep] = MappingProxyType(
    {
        (None, _A.PRESENT): _step(_S.PRESENTED, (*_DESK, _P.CUSTOMS, _P.PARTNER), "office_known"),
        (None, _A.PRESENT_WITHOUT): _step(_S.PRESENTED, (*_DESK, _P.CUSTOMS), "office_known", "requirement_exists"),
        (_S.PRESENTED, _A.HOLD): _step(_S.HELD, (*_DESK, _P.PARTNER), "reason_code_known"),
        **{(state, _A.ACCEPT): _step(_S.ACCEPTED, (*_DESK, _P.PARTNER), *_ACCEPT) for state in _TO_DECIDE},
        **{
            (state, _A.ACCEPT_PARTLY): _step(_S.ACCEPTED_PARTLY, (*_DESK, _P.PARTNER), *_ACCEPT, "less_than_claimed")
            for state in _TO_DECIDE
        },
        **{
            (state, _A.REJECT): _step(
                _S.REJECTED, (*_DESK, _P.PARTNER), "reason_code_known", "measure_given", "second_person_releases"
            )
            for state in _TO_DECIDE
        },
        **{(state, _A.FORWARD): _step(_S.FORWARDED, (*_DESK, _P.PARTNER), "next_office_named") for state in _TO_DECIDE},
        (_S.FORWARDED, _A.ARRIVE): _step(_S.FORWARDED, _DESK, "addressed_office", "reservation_exists"),
        (_S.PRESENTED, _A.ANNUL): _step(_S.ANNULLED, (_P.SUPERVISOR, _P.PARTNER), "same_office", "reason_given"),
        **{
            (state, _A.CORRECT_OUTCOME): _step(
                state, (_P.SUPERVISOR,), "reason_given", "other_person", "claim_within_balance"
            )
            for state in _DONE
        },
        **{(state, _A.REPORT): _step(state, (_P.PARTNER,)) for state in _S},
        **{
            (state, _A.RECHECK): _step(state, (_P.SYSTEM,), "waits_for_check")
            for state in (*_TO_DECIDE, _S.FORWARDED, *_DONE)
        },
        **{(state, _A.REMIND): _step(state, (_P.CLOCK,), "clock_is_over") for state in _TO_DECIDE},
        **{
            (state, _A.OUTCOME_CLOCK_ENDS): _step(state, (_P.CLOCK,), "clock_is_over")
            for state in (*_TO_DECIDE, _S.FORWARDED)
        },
    }
)
"""(state, act) -> who, guards, and where it leads; state ``None`` is before it exists."""


def next_presentation_state(
    state: PresentationState | None,
    act: PresentationAct,
    *,
    party: PresentationParty,
    facts: PresentationFacts,
) -> PresentationState:
    """Return where an act of a party leads.

    Raises `ActNotAllowed` no_such_act, role, or guard with the first guard that fails and why.
    """
    step = PRESENTATION.get((state, act))
    if step is None:
        raise ActNotAllowed("no_such_act", act=act)
    if party not in step.parties:
        raise ActNotAllowed("role", act=act)
    for guard in step.guards:
        if (why := GUARDS[guard](facts)) is not None:
            raise ActNotAllowed("guard", act=act, guard=guard, detail=why)
    return step.target


def presentation_acts(state: PresentationState, party: PresentationParty) -> tuple[PresentationAct, ...]:
    """Return the acts a party may try in a state, in the order of the table."""
    return tuple(act for (where, act), step in PRESENTATION.items() if where == state and party in step.parties)
