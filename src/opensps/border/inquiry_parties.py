"""Which person acts for which party of an inquiry, and who may read it. Source: `lifecycles.md` 5.2, 5.3. Pure.

Officials of a country see all inquiries of their country and no others. Of our own people the inquiry desk sees
inquiries, the enquiry point questions, an office what lies with it; who oversees them sees all.
"""

from typing import Any, Final, Protocol

from opensps.accounts.actors import Actor
from opensps.lifecycle import FOREIGN, OFFICERS, Role
from opensps.lifecycle.inquiry import INQUIRY, OUTBOUND, TASKS, InquiryAct, InquiryMeasure, InquiryParty, InquiryState
from opensps.lifecycle.question import QUESTION, QuestionState

ASKING: Final = frozenset({Role.BORDER_OFFICER, Role.BORDER_SUPERVISOR})
"""Of our own: who asks partners about their certificates."""

OPENING: Final = ASKING | {Role.INQUIRY_DESK, Role.CASE_OFFICER}
"""Of our own: who opens an inquiry to a partner, also for a concern somebody reported."""

OVERSEEING: Final = frozenset({Role.SENIOR_OFFICER, Role.MANAGER, Role.COORDINATOR, Role.BORDER_SUPERVISOR})
DESKS: Final = frozenset({Role.INQUIRY_DESK, Role.ENQUIRY_DESK})
READERS: Final = frozenset(
    {Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.CASE_OFFICER, *ASKING, *OVERSEEING, *DESKS, *OFFICERS}
)
"""Whose pages these are; what each sees of them is decided per inquiry."""

CLOCK_AND_SYSTEM = frozenset(
    {
        *(InquiryAct.OPEN, InquiryAct.MACHINE_FINDING),
        *(InquiryAct.ASK_BACK_CLOCK_ENDS, InquiryAct.CLOSE_CLOCK_ENDS, InquiryAct.ANSWER_CLOCK_ENDS),
    }
)


class Asked(Protocol):
    """What of an inquiry the questions below need."""

    authority: str
    kind: str
    direction: str
    asker: str
    office: str
    state: str
    needs_second: bool
    drafted_by: str
    measures: Any


def parties_of(actor: Actor, inquiry: Asked) -> frozenset[InquiryParty]:
    """Return the parties somebody may act for; none for a stranger."""
    if actor.authority != inquiry.authority:
        return frozenset()
    if actor.roles & FOREIGN or actor.country:
        is_theirs = Role.FOREIGN_OFFICER in actor.roles and is_of_country(actor, inquiry)
        return frozenset({InquiryParty.ASKER}) if is_theirs else frozenset()
    if inquiry.direction == "outbound":
        mine = actor.roles & (ASKING | {Role.INQUIRY_DESK})
        return frozenset({InquiryParty.ASKER, InquiryParty.PARTNER}) if mine else frozenset()
    if inquiry.kind == "question":
        return frozenset(
            party
            for party, role in ((InquiryParty.DESK, Role.ENQUIRY_DESK), (InquiryParty.OFFICE, Role.COORDINATOR))
            if role in actor.roles
        )
    return _answering(actor, inquiry)


def is_of_country(actor: Actor, inquiry: Asked) -> bool:
    """Tell whether an inquiry comes from the country of a foreign official."""
    return bool(actor.country) and inquiry.direction == "inbound" and inquiry.asker == actor.country


def _answering(actor: Actor, inquiry: Asked) -> frozenset[InquiryParty]:
    found = {InquiryParty.DESK} if Role.INQUIRY_DESK in actor.roles else set()
    is_of_office = bool(actor.roles & OFFICERS) and bool(inquiry.office) and actor.office == inquiry.office
    if is_of_office or Role.SENIOR_OFFICER in actor.roles:
        found.add(InquiryParty.OFFICE)
    return frozenset(found)


def may_read(actor: Actor, inquiry: Asked) -> bool:
    """Tell whether somebody may read an inquiry at all."""
    if actor.authority != inquiry.authority:
        return False
    if actor.roles & FOREIGN or actor.country:
        return bool(actor.roles & {Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN}) and is_of_country(actor, inquiry)
    is_case = Role.CASE_OFFICER in actor.roles and inquiry.kind == "certificate"
    return bool(actor.roles & OVERSEEING) or is_case or bool(parties_of(actor, inquiry))


def acts_for(actor: Actor, inquiry: Asked) -> tuple[InquiryAct, ...]:
    """Return the acts somebody may try now, in the order of the table; clocks and the machine are nobody."""
    parties = parties_of(actor, inquiry)
    offered = [
        act
        for act, allowed in _allowed(inquiry)
        if allowed & parties and act not in CLOCK_AND_SYSTEM and not _is_barred(actor, inquiry, act, parties)
    ]
    return tuple(dict.fromkeys(offered))


def _is_barred(actor: Actor, inquiry: Asked, act: InquiryAct, parties: frozenset[InquiryParty]) -> bool:
    """Tell whether the reply must be sent by somebody else, or there is no measure anybody could carry out."""
    if act is InquiryAct.MEASURE_DONE:
        return not (TASKS | {InquiryMeasure.WITHDRAW}) & set(inquiry.measures)
    if act is not InquiryAct.SEND or inquiry.kind == "question":
        return False
    if inquiry.needs_second:
        return inquiry.drafted_by == actor.id
    return InquiryParty.DESK not in parties


def _allowed(inquiry: Asked) -> list[tuple[InquiryAct, frozenset[InquiryParty]]]:
    if inquiry.kind == "question":
        here = QuestionState(inquiry.state)
        return [(act, parties) for (state, act), (parties, _to) in QUESTION.items() if state is here]
    table = OUTBOUND if inquiry.direction == "outbound" else INQUIRY
    now = InquiryState(inquiry.state)
    return [(act, step.parties) for (state, act), step in table.items() if state is now]


def party_for(actor: Actor, inquiry: Asked, act: InquiryAct) -> InquiryParty | None:
    """Return for which party somebody does an act; None where they may not."""
    if act not in acts_for(actor, inquiry):
        return None
    parties = parties_of(actor, inquiry)
    return next(
        (party for found, allowed in _allowed(inquiry) if found is act for party in sorted(allowed & parties)), None
    )
