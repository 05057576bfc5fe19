"""Faults of the Hub dialect: an answer carries HubWebException, an error of the transport has no detail.

Source: `exchange.md` 1.5.
"""

from opensps.exchange.contracts.hub_names import EPH
from opensps.exchange.contracts.simple_values import text_of
from opensps.exchange.contracts.soap_message import Fault
from opensps.exchange.contracts.writer import escaped
from opensps.web.soap.face import SOAP_CODES, Faulted, Problem

UNKNOWN_CALLER = "NPPO from client certificate not found"
"""The one text that partners' systems know by heart."""

NOT_FOUND = "Envelope not found"


def answer_fault(text: str, *, is_sender: bool = True) -> Fault:
    """Return a fault that is an answer."""
    said = escaped(text_of(text))
    detail = f'<eph:HubWebException xmlns:eph="{EPH}"><eph:message>{said}</eph:message></eph:HubWebException>'
    return Fault(text=text_of(text), is_sender=is_sender, detail=detail)


def faulted(text: str) -> Faulted:
    """Return the fault to raise where the caller asked for what cannot be."""
    return Faulted(answer_fault(text))


def fault_of_problem(problem: Problem) -> Fault:
    """Return a problem as a fault; without a detail where SOAP forbids one, or where the caller should try again."""
    if problem.code in SOAP_CODES:
        return Fault(text=problem.text, code=SOAP_CODES[problem.code])
    if not problem.is_sender:
        return Fault(text=problem.text, is_sender=False)
    return answer_fault(problem.text)
