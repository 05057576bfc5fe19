"""The table of mandates: an agent acts for an exporter within a written scope and until a day.

Source: row B40 and gap G13 of the capability catalogue; guard `mandate_valid` of `lifecycles.md` 3. Pure. The exporter
offers, the agent accepts; either side ends it at once, and its last day ends it by itself: whether it holds is judged
by the day, not by whether the clock ran. Guards read `MandateFacts`, whose defaults make them fail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, next_state, row, transition
from opensps.lifecycle.roles import ApplicationAct, ApplicationState, Role

MOST_DAYS = 3 * 366
"""A mandate runs three years at the most; then it is given anew."""


class MandateState(StrEnum):
    """Where a mandate stands."""

    OFFERED = "offered"
    ACTIVE = "active"
    DECLINED = "declined"
    ENDED = "ended"


class MandateAct(StrEnum):
    """What can be done to a mandate."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    END = "end"
    TERM_ENDS = "term_ends"


class MandateScope(StrEnum):
    """What an agent may do for the exporter."""

    PREPARE = "prepare"
    SUBMIT = "submit"
    ANSWER = "answer"
    COLLECT = "collect"
    """See certificates and take their files."""


_D, _R = ApplicationState.DRAFT, ApplicationState.RETURNED
SCOPES_OF_ACT: Mapping[tuple[ApplicationState | None, ApplicationAct], frozenset[MandateScope]] = MappingProxyType(
    {
        (None, ApplicationAct.CREATE): frozenset({MandateScope.PREPARE}),
        (_D, ApplicationAct.EDIT): frozenset({MandateScope.PREPARE}),
        (_D, ApplicationAct.SUBMIT): frozenset({MandateScope.SUBMIT}),
        (_R, ApplicationAct.EDIT): frozenset({MandateScope.PREPARE, MandateScope.ANSWER}),
        (_R, ApplicationAct.ANSWER): frozenset({MandateScope.ANSWER}),
    }
)
"""Of which scopes an act on an application needs one. An act that is not here is never an agent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    """What is known when an act is asked for."""

    at: datetime | None = None
    actor_organisation: str = ""
    principal: str = ""
    agent: str = ""
    is_agent: bool = False
    """Whether the organisation named is one of agents."""

    is_only_offer: bool = False
    """Whether no other offer between the two waits for an answer."""

    scopes: frozenset[MandateScope] = frozenset()
    kinds: frozenset[str] = frozenset()
    today: date | None = None
    last_day: date | None = None
    reason: str = ""
    until: datetime | None = None
    """End of the last day, exclusive."""


Guard = Callable[[MandateFacts], str | None]


def _own_principal(facts: MandateFacts) -> str | None:
    return None if facts.principal and facts.actor_organisation == facts.principal else "other_organisation"


def _own_agent(facts: MandateFacts) -> str | None:
    return None if facts.agent and facts.actor_organisation == facts.agent else "other_organisation"


def _party(facts: MandateFacts) -> str | None:
    return None if not (_own_principal(facts) and _own_agent(facts)) else "other_organisation"


def _agent_named(facts: MandateFacts) -> str | None:
    return None if facts.is_agent and facts.agent and facts.agent != facts.principal else "no_agent"


def _only_offer(facts: MandateFacts) -> str | None:
    return None if facts.is_only_offer else "offer_waits"


def _scope_given(facts: MandateFacts) -> str | None:
    return None if facts.scopes and facts.kinds else "no_scope"


def _term_in_reach(facts: MandateFacts) -> str | None:
    if facts.today is None or facts.last_day is None:
        return "no_last_day"
    return None if 0 <= (facts.last_day - facts.today).days <= MOST_DAYS else "term_out_of_reach"


def _not_over(facts: MandateFacts) -> str | None:
    return None if facts.at is not None and facts.until is not None and facts.at < facts.until else "mandate_over"


def _is_over(facts: MandateFacts) -> str | None:
    return None if facts.at is not None and facts.until is not None and facts.at >= facts.until else "not_late"


def _reason_given(facts: MandateFacts) -> str | None:
    return None if facts.reason.strip() else "no_reason"


MANDATE_GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "own_principal": _own_principal,
        "own_agent": _own_agent,
        "party": _party,
        "agent_named": _agent_named,
        "only_offer": _only_offer,
        "scope_given": _scope_given,
        "term_in_reach": _term_in_reach,
        "not_over": _not_over,
        "is_over": _is_over,
        "reason_given": _reason_given,
    }
)
"""Name of a guard -> the question; ``None`` or the code of the reason why it fails."""

_S, _A = MandateState, MandateAct
_BOTH = (Role.EXPORTER, Role.TRADE_AGENT)

MANDATE: Table[MandateState, MandateAct] = MappingProxyType(
    {
        (None, _A.OFFER): row(
            Role.EXPORTER, _S.OFFERED, "own_principal", "agent_named", "only_offer", "scope_given", "term_in_reach"
        ),
        (_S.OFFERED, _A.ACCEPT): row(Role.TRADE_AGENT, _S.ACTIVE, "own_agent", "not_over"),
        (_S.OFFERED, _A.DECLINE): row(Role.TRADE_AGENT, _S.DECLINED, "own_agent"),
        **{(state, _A.END): row(_BOTH, _S.ENDED, "party", "reason_given") for state in (_S.OFFERED, _S.ACTIVE)},
        **{(state, _A.TERM_ENDS): row(Role.CLOCK, _S.ENDED, "is_over") for state in (_S.OFFERED, _S.ACTIVE)},
    }
)
"""(state, act) -> who, guards, target."""

MANDATE_ENDS = frozenset({MandateState.DECLINED, MandateState.ENDED})


def next_mandate_state(
    state: MandateState | None, act: MandateAct, *, roles: frozenset[Role], facts: MandateFacts
) -> MandateState:
    """Return where an act leads. Raises `ActNotAllowed` no_such_act, role or guard."""
    guards = transition(MANDATE, state, act, roles=roles).guards
    failed = {name: why for name in guards if (why := MANDATE_GUARDS[name](facts)) is not None}
    return next_state(MANDATE, state, act, roles=roles, failed_guards=failed)
