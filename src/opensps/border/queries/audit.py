"""What `opensps doctor` asks of border: are its tables protected, are its states those of its events."""

from opensps.border.cases import CASE
from opensps.border.coordination import COORDINATION, PART
from opensps.border.declarations import DECLARATION
from opensps.border.immutable import missing_triggers
from opensps.border.inquiries import INQUIRY
from opensps.border.models import Case, CoordinationCase, CoordinationPart, Declaration, Inquiry
from opensps.border.queries.ledger_audit import ledger_problems
from opensps.events.queries import Problem, projection_problems


def audit(authority: str) -> tuple[Problem, ...]:
    """Return tables the database does not protect, and inquiries and cases whose state differs from their events."""
    states = dict(Inquiry.objects.filter(authority=authority).values_list("inquiry_number", "state"))
    cases = dict(Case.objects.filter(authority=authority).values_list("case_number", "state"))
    shared = dict(CoordinationCase.objects.filter(authority=authority).values_list("case_number", "state"))
    rows = CoordinationPart.objects.filter(authority=authority).values_list("case__case_number", "place", "state")
    parts = {f"{number}/{place}": state for number, place, state in rows}
    declared = dict(Declaration.objects.filter(authority=authority).values_list("declaration_number", "state"))
    return (
        *(Problem("guard_missing", trigger) for trigger in missing_triggers()),
        *projection_problems(authority=authority, object_kind=INQUIRY, states=states),
        *projection_problems(authority=authority, object_kind=CASE, states=cases),
        *projection_problems(authority=authority, object_kind=COORDINATION, states=shared),
        *projection_problems(authority=authority, object_kind=PART, states=parts),
        *projection_problems(authority=authority, object_kind=DECLARATION, states=declared),
        *ledger_problems(authority),
    )
