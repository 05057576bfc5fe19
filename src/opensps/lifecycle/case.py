"""Every act on a counterfeit case. Source: `fraud.md` 7. Pure.

The owner writes finding and grounds; a second case officer confirms or dismisses, so that a counterfeit bears two
names. What a case holds, and who was told, is kept beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import ActNotAllowed, Table, row, transition
from opensps.lifecycle.roles import Role


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ASSESSING = "assessing"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REFERRED = "referred"
    CLOSED = "closed"


class CaseAct(StrEnum):
    """What can be done to a case."""

    OPEN = "open"
    TAKE = "take"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REFER = "refer"
    CLOSE = "close"
    REOPEN = "reopen"


class CaseFinding(StrEnum):
    """What the owner of a case found."""

    ALTERED = "altered"
    COUNTERFEIT = "counterfeit"
    GENUINE = "genuine"
    UNRESOLVED = "unresolved"


CONFIRMABLE = frozenset({CaseFinding.ALTERED, CaseFinding.COUNTERFEIT})
IDENTIFIED = frozenset({CaseState.CONFIRMED, CaseState.REFERRED, CaseState.CLOSED})
"""States in which the papers of a case count as identified (A46); only what was confirmed comes to them."""

CASE_OPENERS = frozenset({Role.BORDER_OFFICER, Role.INQUIRY_DESK, Role.CASE_OFFICER, Role.SYSTEM})
CASE_READERS = frozenset({Role.CASE_OFFICER, Role.SENIOR_OFFICER})
"""Whoever else opened a case learns its number and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known when an act is asked for; defaults make a guard fail."""

    actor: str = ""
    owner: str = ""
    papers: int = 0
    finding: str = ""
    grounds: str = ""
    is_issuer_answered: bool = False
    is_proven_by_record: bool = False
    """A check against the issuer's own record ended in suspected fraud."""

    text: str = ""
    """Explanation, competent body, measure or new evidence, as the act asks."""


def _paper_attached(facts: CaseFacts) -> str | None:
    return None if facts.papers else "no_paper"


def _finding_given(facts: CaseFacts) -> str | None:
    return None if facts.finding in CONFIRMABLE and facts.grounds else "no_finding"


def _other_person(facts: CaseFacts) -> str | None:
    return None if facts.owner and facts.actor and facts.actor != facts.owner else "same_person"


def _is_founded(facts: CaseFacts) -> str | None:
    return None if facts.is_issuer_answered or facts.is_proven_by_record else "issuer_not_asked"


def _text_given(facts: CaseFacts) -> str | None:
    return None if facts.text.strip() else "no_text"


CASE_GUARDS: Mapping[str, Callable[[CaseFacts], str | None]] = MappingProxyType(
    {
        "paper_attached": _paper_attached,
        "finding": _finding_given,
        "other_person": _other_person,
        "issuer_answered": _is_founded,
        "explanation": _text_given,
        "competent_body_named": _text_given,
        "measure_recorded": _text_given,
        "new_evidence": _text_given,
    }
)

_S, _A = CaseState, CaseAct
CASE: Table[CaseState, CaseAct] = MappingProxyType(
    {
        (None, _A.OPEN): row(CASE_OPENERS, _S.OPEN, "paper_attached"),
        (_S.OPEN, _A.TAKE): row(Role.CASE_OFFICER, _S.ASSESSING),
        (_S.ASSESSING, _A.CONFIRM): row(Role.CASE_OFFICER, _S.CONFIRMED, "finding", "other_person", "issuer_answered"),
        (_S.ASSESSING, _A.DISMISS): row(Role.CASE_OFFICER, _S.DISMISSED, "explanation", "other_person"),
        (_S.CONFIRMED, _A.REFER): row(Role.CASE_OFFICER, _S.REFERRED, "competent_body_named"),
        (_S.CONFIRMED, _A.CLOSE): row(Role.SENIOR_OFFICER, _S.CLOSED, "measure_recorded"),
        (_S.REFERRED, _A.CLOSE): row(Role.SENIOR_OFFICER, _S.CLOSED, "measure_recorded"),
        (_S.DISMISSED, _A.REOPEN): row(Role.SENIOR_OFFICER, _S.ASSESSING, "new_evidence"),
        (_S.CLOSED, _A.REOPEN): row(Role.SENIOR_OFFICER, _S.ASSESSING, "new_evidence"),
    }
)
"""(state, act) -> who, guards, target."""


def next_case_state(state: CaseState | None, act: CaseAct, *, roles: frozenset[Role], facts: CaseFacts) -> CaseState:
    """Return where an act leads. Raises `ActNotAllowed`: no_such_act, role, or guard with its name and reason."""
    found = transition(CASE, state, act, roles=roles)
    for name in found.guards:
        reason = CASE_GUARDS[name](facts)
        if reason is not None:
            raise ActNotAllowed("guard", act=act, guard=name, detail=reason)
    return found.target
