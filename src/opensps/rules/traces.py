"""TRACES rules: what the European Union's TRACES asks of an entry document.

Source: TRACES web service and its sample documents (`domain.md` 5.2, 8.5). When clauses are required, and the full
lists of subjects and clauses, are to be confirmed; rules that rest on them are warnings. So is what sample submissions
leave out: the list of a subject, and the number of a named operator. A movement inside the Union (856) is no entry
document and is not asked for type and clauses.
"""

from collections.abc import Iterator

from opensps.certificate import Party
from opensps.rules import entry_documents as entry
from opensps.rules.case import Case
from opensps.rules.core_codes import is_missing
from opensps.rules.findings import NO_PARAMS, Area, Finding, Level
from opensps.rules.rule import ALL_KINDS, Found, Judge, Rule, on_lines

_GUIDE = "TRACES web service, CHED submission"
_CONFIRM = f"{_GUIDE} (to be confirmed)"
_MISSING = Area.MANDATORY_ELEMENTS
_INSIDE_THE_UNION = "856"


def _is_resolvable(party: Party) -> bool:
    return any(one.value and one.scheme for one in party.ids)


def _unresolvable(case: Case) -> Iterator[tuple[str, Party]]:
    goods = case.certificate.consignment
    for name, party in (("consignor", goods.consignor), ("consignee", goods.consignee)):
        if not _is_resolvable(party):
            yield f"consignment.{name}.ids", party


def _unknown_operators(case: Case) -> Iterator[Found]:
    return ((path, NO_PARAMS) for path, party in _unresolvable(case) if not party.name)


def _operators_by_name(case: Case) -> Iterator[Found]:
    return ((path, {"party": party.name}) for path, party in _unresolvable(case) if party.name)


def _is_entry(case: Case) -> bool:
    return case.document.type_code != _INSIDE_THE_UNION


def _no_ched_type(case: Case) -> Iterator[Found]:
    kind = entry.document_fact(case, entry.CHED_TYPE)
    if _is_entry(case) and (not kind or is_missing("traces_ched_type", kind)):
        yield entry.NOTES, {"code": kind or "-"}


def _without_list(case: Case) -> Iterator[Found]:
    for place, note in enumerate(case.document.other_notes):
        if note.subject_code and not note.subject_code.list_id:
            yield f"{entry.NOTES}[{place}]", {"subject": note.subject_code.value}


def _no_clause(name: str) -> Judge:
    def judge(case: Case) -> Iterator[Found]:
        if _is_entry(case) and not entry.clause_value(case, name):
            yield entry.CLAUSES, NO_PARAMS

    return judge


RULES = (
    Rule(
        "TRACES-OPERATOR",
        _GUIDE,
        Level.SEVERE,
        _MISSING,
        "Enter name or number of the operator, a number with the register it stands in.",
        _unknown_operators,
    ),
    Rule(
        "TRACES-OPERATOR",
        _GUIDE,
        Level.WARNING,
        _MISSING,
        "Enter the number of %(party)s with the register it stands in; TRACES finds operators by number.",
        _operators_by_name,
    ),
    Rule(
        "TRACES-NOTES",
        _GUIDE,
        Level.SEVERE,
        _MISSING,
        "Choose the type of entry document for TRACES: A, P, D or PP; it says %(code)s.",
        _no_ched_type,
    ),
    Rule(
        "TRACES-NOTES",
        _CONFIRM,
        Level.WARNING,
        Area.MAPPING,
        "Name the list the note %(subject)s belongs to, as TRACES does.",
        _without_list,
    ),
    Rule(
        "TRACES-CLAUSES",
        _CONFIRM,
        Level.WARNING,
        _MISSING,
        "Say what the goods enter the European Union for (clause PURPOSE).",
        _no_clause(entry.PURPOSE),
    ),
    Rule(
        "TRACES-CLAUSES",
        _CONFIRM,
        Level.WARNING,
        _MISSING,
        "Say what the goods are certified as (clause GOODS_CERTIFIED_AS).",
        _no_clause(entry.CERTIFIED_AS),
    ),
    Rule(
        "TRACES-CN",
        _GUIDE,
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the code of the Combined Nomenclature.",
        on_lines("classifications", lambda line: not entry.has_customs_code(line)),
        ALL_KINDS,
    ),
)

ANSWER = "TRACES answered: %(message)s"
"""Sentence of a finding TRACES itself sent back."""


def answered(error: str, *, message: str, field: str) -> Finding:
    """Return the finding for one Error of a BusinessRulesValidationException: its id, its words, the XPath it names."""
    return Finding(Area.MAPPING, Level.SEVERE, field, ANSWER, f"TRACES-{error}", {"message": message})
