"""What the entry documents of TRACES and the United Kingdom have in common: coded notes, clauses, CN codes.

Both say who the goods are for with document notes (SubjectCode, ContentCode) and numbered clauses of the signatories
(`domain.md` 5.2, 5.3).
"""

from collections.abc import Iterator

from opensps.certificate import Attestation, Note, Signatory, TradeLineItem
from opensps.rules.case import Case

CHED_TYPE, PURPOSE, CERTIFIED_AS = "CHED_TYPE", "PURPOSE", "GOODS_CERTIFIED_AS"
NOTES = "exchanged_document.other_notes"
CLAUSES = "exchanged_document.signatories[0].attestations"


def document_notes(case: Case, subject: str) -> Iterator[tuple[str, Note]]:
    """Give the document notes about a subject, with their paths."""
    for place, note in enumerate(case.document.other_notes):
        if note.subject_code and note.subject_code.value == subject:
            yield f"{NOTES}[{place}]", note


def said(note: Note) -> str:
    """Return the coded content of a note, or its text; "" for a note that says nothing."""
    if note.content_codes:
        return note.content_codes[0].value
    return note.texts[0].value if note.texts else ""


def document_fact(case: Case, subject: str) -> str:
    """Return what the document's first note about a subject says, "" when there is none."""
    return next((said(note) for _, note in document_notes(case, subject)), "")


def line_notes(line: TradeLineItem, subject: str) -> tuple[Note, ...]:
    """Return the notes of a line about a subject."""
    return tuple(note for note in line.other_notes if note.subject_code and note.subject_code.value == subject)


def clause(case: Case, name: str) -> Attestation | None:
    """Return the first clause of that name, of any signatory."""
    signatories: tuple[Signatory, ...] = case.document.signatories
    return next((one for signatory in signatories for one in signatory.attestations if one.id == name), None)


def clause_value(case: Case, name: str) -> str:
    """Return the coded value of a clause, "" when it is missing or says nothing."""
    found = clause(case, name)
    if found is None:
        return ""
    return found.code or (found.texts[0].value if found.texts else "")


def has_customs_code(line: TradeLineItem) -> bool:
    """Say whether the line is classified in the Combined Nomenclature."""
    return any(one.system.value == "CN" and one.class_code for one in line.classifications)
