"""The tables of inquiries about certificates. Source: `lifecycles.md` 5.2. Pure.

Who acts is a party, not a role: the asker may be another authority's machine, the desk and the issuing office are ours.
Which of our roles may act for a party is said in `border`. An outbound inquiry, ours to a partner, goes through the
same states; what the partner does is reported by it, or written down by our people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import ActNotAllowed


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITH_OFFICE = "with_office"
    WAITING_ASKER = "waiting_asker"
    REPLY_DRAFTED = "reply_drafted"
    ANSWERED = "answered"
    CLOSED = "closed"


class InquiryAct(StrEnum):
    """What can be done to an inquiry."""

    OPEN = "open"
    MACHINE_FINDING = "machine_finding"
    ACKNOWLEDGE = "acknowledge"
    ROUTE = "route"
    ASK_BACK = "ask_back"
    SUPPLY = "supply"
    ASK_BACK_CLOCK_ENDS = "ask_back_clock_ends"
    DRAFT_REPLY = "draft_reply"
    REWORK = "rework"
    SEND = "send"
    REPORT_ACTION = "report_action"
    CLOSE_CLOCK_ENDS = "close_clock_ends"
    CONTEST = "contest"
    ANSWER_CLOCK_ENDS = "answer_clock_ends"
    WITHDRAW_INQUIRY = "withdraw_inquiry"
    RECORD_ANSWER = "record_answer"
    """What a partner answered to an inquiry of ours."""

    MEASURE_DONE = "measure_done"
    """A measure of the reply was carried out here."""

    ESTIMATE = "estimate"
    """Of a question: it will be answered by a day that is named."""


class InquiryParty(StrEnum):
    """Who acts."""

    ASKER = "asker"
    DESK = "desk"
    OFFICE = "office"
    """The office that issued the certificate."""

    SYSTEM = "system"
    CLOCK = "clock"
    PARTNER = "partner"
    """Whom we asked."""


class InquirySubject(StrEnum):
    """What is asked."""

    GENUINENESS = "genuineness"
    CONTENT = "content"
    STATUS = "status"
    MISSING_CERTIFICATE = "missing_certificate"
    OTHER = "other"


class InquiryPriority(StrEnum):
    """How long the goods can wait."""

    PERISHABLE = "perishable"
    HELD_AT_PORT = "held_at_port"
    ROUTINE = "routine"


class MachineFinding(StrEnum):
    """What our own register says at once, before anybody looked."""

    NEVER_ISSUED = "never_issued"
    FIELDS_MATCH = "fields_match"
    FIELDS_DIFFER = "fields_differ"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ON_HOLD = "on_hold"
    ALREADY_ACCEPTED = "already_accepted"
    SIGNATURE_BAD = "signature_bad"
    CANNOT_TELL = "cannot_tell"


class InquiryFinding(StrEnum):
    """What the answer finds."""

    GENUINE = "genuine"
    GENUINE_WITH_CORRECTION = "genuine_with_correction"
    ALTERED = "altered"
    COUNTERFEIT = "counterfeit"
    DUPLICATE_USE = "duplicate_use"
    ISSUED_IN_ERROR = "issued_in_error"
    UNRESOLVED = "unresolved"


class InquiryMeasure(StrEnum):
    """What the answer advises, or what we do."""

    RELEASE_ADVISED = "release_advised"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    SEIZE_ADVISED = "seize_advised"
    RETURN = "return"
    INVESTIGATE = "investigate"
    EXPORTER_SUSPENDED = "exporter_suspended"
    NONE = "none"


TASKS = frozenset({InquiryMeasure.REPLACE, InquiryMeasure.INVESTIGATE, InquiryMeasure.EXPORTER_SUSPENDED})
"""Measures of a reply that somebody of the answering authority carries out; a withdrawal is proposed by itself."""

GRAVE_FINDINGS = frozenset({InquiryFinding.ALTERED, InquiryFinding.COUNTERFEIT})


def needs_second_person(finding: InquiryFinding, measures: Iterable[InquiryMeasure]) -> bool:
    """Tell whether somebody else than who drafted the reply must send it (`lifecycles.md` I40)."""
    return finding in GRAVE_FINDINGS or InquiryMeasure.WITHDRAW in measures


MOST_ROUNDS = 3
"""An answer may be contested so often; each round goes back to the office."""


@dataclass(frozen=True, slots=True)
class InquiryStep:
    """One row of the table."""

    parties: frozenset[InquiryParty]
    target: InquiryState


_S, _A, _P = InquiryState, InquiryAct, InquiryParty
_WAITING = (_S.OPEN, _S.ACKNOWLEDGED, _S.WITH_OFFICE, _S.WAITING_ASKER)


def _step(target: InquiryState, *parties: InquiryParty) -> InquiryStep:
    return InquiryStep(frozenset(parties), target)


INQUIRY: Mapping[tuple[InquiryState | None, InquiryAct], InquiryStep] = MappingProxyType(
    {
        (None, _A.OPEN): _step(_S.OPEN, _P.ASKER),
        (_S.OPEN, _A.MACHINE_FINDING): _step(_S.OPEN, _P.SYSTEM),
        (_S.OPEN, _A.ACKNOWLEDGE): _step(_S.ACKNOWLEDGED, _P.DESK),
        (_S.OPEN, _A.ROUTE): _step(_S.WITH_OFFICE, _P.DESK),
        (_S.ACKNOWLEDGED, _A.ROUTE): _step(_S.WITH_OFFICE, _P.DESK),
        (_S.WITH_OFFICE, _A.ASK_BACK): _step(_S.WAITING_ASKER, _P.OFFICE),
        (_S.WAITING_ASKER, _A.SUPPLY): _step(_S.WITH_OFFICE, _P.ASKER),
        (_S.WAITING_ASKER, _A.ASK_BACK_CLOCK_ENDS): _step(_S.CLOSED, _P.CLOCK),
        (_S.WITH_OFFICE, _A.DRAFT_REPLY): _step(_S.REPLY_DRAFTED, _P.OFFICE),
        (_S.REPLY_DRAFTED, _A.REWORK): _step(_S.WITH_OFFICE, _P.OFFICE, _P.DESK),
        (_S.REPLY_DRAFTED, _A.SEND): _step(_S.ANSWERED, _P.DESK, _P.OFFICE),
        (_S.ANSWERED, _A.REPORT_ACTION): _step(_S.CLOSED, _P.ASKER),
        (_S.ANSWERED, _A.CLOSE_CLOCK_ENDS): _step(_S.CLOSED, _P.CLOCK),
        (_S.ANSWERED, _A.CONTEST): _step(_S.WITH_OFFICE, _P.ASKER),
        **{(state, _A.MEASURE_DONE): _step(state, _P.DESK, _P.OFFICE) for state in (_S.ANSWERED, _S.CLOSED)},
        **{(state, _A.ANSWER_CLOCK_ENDS): _step(state, _P.CLOCK) for state in (*_WAITING, _S.REPLY_DRAFTED)},
        **{(state, _A.WITHDRAW_INQUIRY): _step(_S.CLOSED, _P.ASKER) for state in _WAITING},
    }
)
"""(state, act) -> who, and where it leads; state ``None`` is before it exists."""

_UNANSWERED = (_S.OPEN, _S.ACKNOWLEDGED, _S.WITH_OFFICE)
OUTBOUND: Mapping[tuple[InquiryState | None, InquiryAct], InquiryStep] = MappingProxyType(
    {
        (None, _A.OPEN): _step(_S.OPEN, _P.ASKER),
        (_S.OPEN, _A.MACHINE_FINDING): _step(_S.OPEN, _P.SYSTEM),
        (_S.OPEN, _A.ACKNOWLEDGE): _step(_S.ACKNOWLEDGED, _P.PARTNER),
        (_S.OPEN, _A.ROUTE): _step(_S.WITH_OFFICE, _P.PARTNER),
        (_S.ACKNOWLEDGED, _A.ROUTE): _step(_S.WITH_OFFICE, _P.PARTNER),
        **{(state, _A.ASK_BACK): _step(_S.WAITING_ASKER, _P.PARTNER) for state in _UNANSWERED},
        (_S.WAITING_ASKER, _A.SUPPLY): _step(_S.WITH_OFFICE, _P.ASKER),
        **{(state, _A.RECORD_ANSWER): _step(_S.ANSWERED, _P.PARTNER) for state in _WAITING},
        (_S.ANSWERED, _A.REPORT_ACTION): _step(_S.CLOSED, _P.ASKER),
        (_S.ANSWERED, _A.CLOSE_CLOCK_ENDS): _step(_S.CLOSED, _P.CLOCK),
        (_S.ANSWERED, _A.CONTEST): _step(_S.WITH_OFFICE, _P.ASKER),
        **{(state, _A.ANSWER_CLOCK_ENDS): _step(state, _P.CLOCK) for state in _WAITING},
        **{(state, _A.WITHDRAW_INQUIRY): _step(_S.CLOSED, _P.ASKER) for state in _WAITING},
    }
)
"""The same for what we ask a partner."""


def next_inquiry_state(
    state: InquiryState | None,
    act: InquiryAct,
    *,
    party: InquiryParty,
    rounds: int = 0,
    table: Mapping[tuple[InquiryState | None, InquiryAct], InquiryStep] = INQUIRY,
) -> InquiryState:
    """Return where an act of a party leads.

    ``rounds`` counts how often the answer was contested. Raises `ActNotAllowed` no_such_act, role, or guard rounds.
    """
    step = table.get((state, act))
    if step is None:
        raise ActNotAllowed("no_such_act", act=act)
    if party not in step.parties:
        raise ActNotAllowed("role", act=act)
    if act is InquiryAct.CONTEST and rounds >= MOST_ROUNDS:
        raise ActNotAllowed("guard", act=act, guard="rounds")
    return step.target
