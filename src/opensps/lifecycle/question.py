"""The table of questions to the enquiry point. Source: `lifecycles.md` 5.3. Pure.

It speaks the acts of an inquiry (`inquiry`), so that one machine moves both; only states and clocks are its own. A
question is about a procedure, never about one certificate.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.inquiry import InquiryAct, InquiryParty
from opensps.lifecycle.machine import ActNotAllowed


class QuestionState(StrEnum):
    """Where a question stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ROUTED = "routed"
    WAITING_ASKER = "waiting_asker"
    ANSWERED = "answered"
    CLOSED = "closed"


class Procedure(StrEnum):
    """The four kinds of procedure of the SPS Agreement, Annex C, that a question is about."""

    CONTROL = "control"
    ASSESSMENT = "assessment"
    INSPECTION = "inspection"
    APPROVAL = "approval"


_S, _A, _P = QuestionState, InquiryAct, InquiryParty

QUESTION: Mapping[tuple[QuestionState | None, InquiryAct], tuple[frozenset[InquiryParty], QuestionState]] = (
    MappingProxyType(
        {
            (None, _A.OPEN): (frozenset({_P.ASKER, _P.DESK}), _S.RECEIVED),
            (_S.RECEIVED, _A.ACKNOWLEDGE): (frozenset({_P.DESK}), _S.ACKNOWLEDGED),
            (_S.ACKNOWLEDGED, _A.ROUTE): (frozenset({_P.DESK}), _S.ROUTED),
            (_S.ROUTED, _A.ASK_BACK): (frozenset({_P.DESK, _P.OFFICE}), _S.WAITING_ASKER),
            (_S.WAITING_ASKER, _A.SUPPLY): (frozenset({_P.ASKER, _P.DESK}), _S.ROUTED),
            (_S.WAITING_ASKER, _A.ASK_BACK_CLOCK_ENDS): (frozenset({_P.CLOCK}), _S.CLOSED),
            (_S.ACKNOWLEDGED, _A.SEND): (frozenset({_P.DESK}), _S.ANSWERED),
            (_S.ROUTED, _A.SEND): (frozenset({_P.DESK}), _S.ANSWERED),
            (_S.ROUTED, _A.ESTIMATE): (frozenset({_P.DESK}), _S.ROUTED),
            (_S.ANSWERED, _A.REPORT_ACTION): (frozenset({_P.ASKER}), _S.CLOSED),
            (_S.ANSWERED, _A.CLOSE_CLOCK_ENDS): (frozenset({_P.CLOCK}), _S.CLOSED),
            **{
                (state, _A.ANSWER_CLOCK_ENDS): (frozenset({_P.CLOCK}), state)
                for state in (_S.RECEIVED, _S.ACKNOWLEDGED, _S.ROUTED, _S.WAITING_ASKER)
            },
        }
    )
)
"""(state, act) -> who, and where it leads; state ``None`` is before it exists."""


def next_question_state(state: QuestionState | None, act: InquiryAct, *, party: InquiryParty) -> QuestionState:
    """Return where an act of a party leads. Raises `ActNotAllowed` no_such_act or role."""
    found = QUESTION.get((state, act))
    if found is None:
        raise ActNotAllowed("no_such_act", act=act)
    parties, target = found
    if party not in parties:
        raise ActNotAllowed("role", act=act)
    return target
