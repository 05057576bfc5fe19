"""Acts on a case of coordination and on the part of one body. Source: `lifecycles.md` 5.3, rows A01, A02. Pure.

The coordinator opens a case, gives parts of it to ministries and other bodies, follows them and closes it. A body works
on its own part alone. What each may read is said in `border`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import ActNotAllowed, Table, row, transition
from opensps.lifecycle.roles import Role


class CoordinationState(StrEnum):
    """Where a case of coordination stands."""

    OPEN = "open"
    CLOSED = "closed"


class CoordinationAct(StrEnum):
    """What can be done to a case."""

    OPEN = "open"
    ASSIGN = "assign"
    REMARK = "remark"
    CLOSE = "close"
    REOPEN = "reopen"


class PartState(StrEnum):
    """Where the part of one body stands."""

    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"


class PartAct(StrEnum):
    """What can be done to the part of one body."""

    ASSIGN = "assign"
    TAKE = "take"
    REPORT = "report"
    REMARK = "remark"
    ASK_AGAIN = "ask_again"
    WITHDRAW = "withdraw"
    DUE_CLOCK_ENDS = "due_clock_ends"


UNFINISHED = frozenset({PartState.ASSIGNED, PartState.IN_WORK})
"""The body still has to report."""

OPENERS = frozenset({Role.COORDINATOR, Role.ENQUIRY_DESK})
"""The enquiry point opens a case when it routes a question to several bodies (`lifecycles.md` 5.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationFacts:
    """What is known when an act is asked for; defaults make a guard fail."""

    text: str = ""
    """Subject, task, report, outcome or reason, as the act asks."""

    is_body_known: bool = False
    is_body_new: bool = False
    """The body has no part of this case that still counts."""

    unfinished: int = 1
    """Parts that were not reported yet."""

    is_case_open: bool = False
    is_of_body: bool = False
    """Who acts belongs to the body the part was given to; for a remark also the other side, the coordinator."""

    is_due: bool = False


def _text_given(facts: CoordinationFacts) -> str | None:
    return None if facts.text.strip() else "no_text"


def _body_named(facts: CoordinationFacts) -> str | None:
    if not facts.is_body_known:
        return "no_body"
    return None if facts.is_body_new else "body_has_it"


def _nothing_outstanding(facts: CoordinationFacts) -> str | None:
    return None if facts.unfinished == 0 else "parts_outstanding"


def _case_open(facts: CoordinationFacts) -> str | None:
    return None if facts.is_case_open else "case_closed"


def _own_body(facts: CoordinationFacts) -> str | None:
    return None if facts.is_of_body else "other_body"


def _clock_is_over(facts: CoordinationFacts) -> str | None:
    return None if facts.is_due else "still_in_time"


COORDINATION_GUARDS: Mapping[str, Callable[[CoordinationFacts], str | None]] = MappingProxyType(
    {
        "subject_given": _text_given,
        "task_given": _text_given,
        "report_given": _text_given,
        "outcome_given": _text_given,
        "reason_given": _text_given,
        "remark_given": _text_given,
        "body_named": _body_named,
        "nothing_outstanding": _nothing_outstanding,
        "case_open": _case_open,
        "own_body": _own_body,
        "clock_is_over": _clock_is_over,
    }
)

_C, _D, _P, _Q = CoordinationState, CoordinationAct, PartState, PartAct
COORDINATION: Table[CoordinationState, CoordinationAct] = MappingProxyType(
    {
        (None, _D.OPEN): row(OPENERS, _C.OPEN, "subject_given"),
        (_C.OPEN, _D.ASSIGN): row(OPENERS, _C.OPEN, "task_given", "body_named"),
        (_C.OPEN, _D.REMARK): row(Role.COORDINATOR, _C.OPEN, "remark_given"),
        (_C.OPEN, _D.CLOSE): row(Role.COORDINATOR, _C.CLOSED, "outcome_given", "nothing_outstanding"),
        (_C.CLOSED, _D.REOPEN): row(Role.COORDINATOR, _C.OPEN, "reason_given"),
    }
)
"""(state, act) -> who, guards, target."""

PART: Table[PartState, PartAct] = MappingProxyType(
    {
        (None, _Q.ASSIGN): row(OPENERS, _P.ASSIGNED, "task_given", "body_named"),
        **{
            (state, _Q.REMARK): row({Role.LIAISON, Role.COORDINATOR}, state, "case_open", "own_body", "remark_given")
            for state in (_P.ASSIGNED, _P.IN_WORK, _P.REPORTED)
        },
        (_P.ASSIGNED, _Q.TAKE): row(Role.LIAISON, _P.IN_WORK, "case_open", "own_body"),
        (_P.ASSIGNED, _Q.REPORT): row(Role.LIAISON, _P.REPORTED, "case_open", "own_body", "report_given"),
        (_P.IN_WORK, _Q.REPORT): row(Role.LIAISON, _P.REPORTED, "case_open", "own_body", "report_given"),
        (_P.REPORTED, _Q.ASK_AGAIN): row(Role.COORDINATOR, _P.IN_WORK, "case_open", "reason_given"),
        (_P.ASSIGNED, _Q.WITHDRAW): row(Role.COORDINATOR, _P.WITHDRAWN, "case_open", "reason_given"),
        (_P.IN_WORK, _Q.WITHDRAW): row(Role.COORDINATOR, _P.WITHDRAWN, "case_open", "reason_given"),
        (_P.ASSIGNED, _Q.DUE_CLOCK_ENDS): row(Role.CLOCK, _P.ASSIGNED, "clock_is_over"),
        (_P.IN_WORK, _Q.DUE_CLOCK_ENDS): row(Role.CLOCK, _P.IN_WORK, "clock_is_over"),
    }
)
"""The same for the part of one body; a clock that ends decides nothing, it flags and tells the coordinator."""


def next_coordination_state(
    state: CoordinationState | None, act: CoordinationAct, *, roles: frozenset[Role], facts: CoordinationFacts
) -> CoordinationState:
    """Return where an act on a case leads. Raises `ActNotAllowed`: no_such_act, role, or guard with its reason."""
    found = transition(COORDINATION, state, act, roles=roles)
    _ask(found.guards, facts, act)
    return found.target


def next_part_state(
    state: PartState | None, act: PartAct, *, roles: frozenset[Role], facts: CoordinationFacts
) -> PartState:
    """Return where an act on the part of a body leads. Raises `ActNotAllowed` likewise."""
    found = transition(PART, state, act, roles=roles)
    _ask(found.guards, facts, act)
    return found.target


def _ask(guards: tuple[str, ...], facts: CoordinationFacts, act: StrEnum) -> None:
    for name in guards:
        reason = COORDINATION_GUARDS[name](facts)
        if reason is not None:
            raise ActNotAllowed("guard", act=act.value, guard=name, detail=reason)
