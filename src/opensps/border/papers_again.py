"""What was given when a paper was presented unchecked, held against its certificate once there is one.

Source: `fraud.md` 2 and 4. A record says nothing about the paper that was shown: its fields, quantities, file and code
count. What was given and is not kept, a file or a code, cannot be compared any more, and that is said. Nothing here
writes.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from opensps.border.ledger import Presentation
from opensps.border.models import Door
from opensps.border.quantities import issued_lines
from opensps.border.records import CertificateRecord
from opensps.border.verdicts import VerdictRecord
from opensps.certificate import Certificate
from opensps.lifecycle.presentation import PresentationState
from opensps.verification import FieldAnswer, TypedError, compare_paper
from opensps.verification.comparison import Terms, Word

NOT_COMPARED = "paper_not_compared"
"""Something was given that cannot be held against the certificate any more."""

CLAIMED = "claimed"
"""Key in the kept answer of a presentation: line -> quantity, of a certificate nobody had the lines of."""

_LONGEST_CHAIN = 20
_LONGEST_FIELD = 500
_NOT_KEPT = frozenset({Door.FILE, Door.CODE, Door.TOKEN})
_POINTS = {Word.DIFFERS: "fields_differ", Word.EXPLAINED: "fields_explained"}
_TERMS = Terms(presented_may_be_less=True)


def claim_kept(row: Presentation) -> dict[int, Decimal] | None:
    """Return the quantities that were presented before the lines were known; None where none were named."""
    given: Mapping[str, str] | None = row.verdict.get(CLAIMED)
    return None if given is None else {int(line): Decimal(value) for line, value in given.items()}


def paper_points(row: Presentation, record: CertificateRecord) -> tuple[str, ...]:
    """Return what speaks against the paper of a presentation, as reasons of a verdict."""
    checks = _checks(row)
    typed = {each["field"]: each for check in reversed(checks) for each in check.fields}
    claim = claim_kept(row)
    found = _same_copy(row)
    if any(check.door in _NOT_KEPT for check in checks):
        found = (*found, NOT_COMPARED)
    if record.value is None:
        return (*found, NOT_COMPARED) if typed or claim is not None else found
    return (*found, *_claimed(claim, record.value), *_compared(record.value, typed))


def _checks(row: Presentation) -> tuple[VerdictRecord, ...]:
    """Return the checks that were made of the paper, the last one first."""
    found: list[VerdictRecord] = []
    wanted = row.check_number
    while wanted and len(found) < _LONGEST_CHAIN:
        check = VerdictRecord.objects.filter(authority=row.authority, pk=wanted).defer("statement").first()
        if check is None:
            break
        found.append(check)
        wanted = check.previous
    return tuple(found)


def _same_copy(row: Presentation) -> tuple[str, ...]:
    """Tell whether the same copy had been presented before, but for the office that sent these goods on."""
    if not row.copy:
        return ()
    rows = Presentation.objects.filter(
        authority=row.authority, issuer=row.issuer, number=row.number, copy=row.copy, pk__lt=row.pk, is_known=True
    )
    others = rows.exclude(state=PresentationState.ANNULLED).filter(continued_by__isnull=True)
    return ("already_presented",) if others.exists() else ()


def _claimed(claim: Mapping[int, Decimal] | None, certificate: Certificate) -> tuple[str, ...]:
    """More than a line was issued for is a raised quantity, whatever is left of it."""
    issued = {use.line: use.issued for use in issued_lines(certificate)}
    is_raised = any(value > issued.get(line, Decimal(0)) for line, value in (claim or {}).items())
    return ("fields_differ",) if is_raised else ()


def _compared(certificate: Certificate, typed: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    found: list[str] = []
    for field, before in typed.items():
        answer = _answer(certificate, field, before["typed"])
        if answer is None:
            found.append(NOT_COMPARED)
            continue
        # What the officer knew beside the paper, such as a transhipment, is not kept: what it explained stays so.
        was_explained = Word(before["word"]) in {Word.EXPLAINED, Word.NOTED}
        word = Word.EXPLAINED if was_explained and answer.word is Word.DIFFERS else answer.word
        found.extend((_POINTS[word],) if word in _POINTS else ())
    return tuple(dict.fromkeys(found))


def _answer(certificate: Certificate, field: str, typed: str) -> FieldAnswer | None:
    if len(typed) >= _LONGEST_FIELD:
        return None
    try:
        return next(iter(compare_paper(certificate, {field: typed}, terms=_TERMS)), None)
    except TypedError:
        return None
