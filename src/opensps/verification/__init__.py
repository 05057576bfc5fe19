"""Every check of a certificate, as fragments and one verdict; what each reader may see of it; the words of the answer.

Source: `trust.md` 7 and 8, `ux.md` 5.4. No Django, no network, no register: those who keep one hand in what they know.
No exception crosses the border of the room.
"""

from opensps.verification.answer_json import verdict_to_json
from opensps.verification.aspects import Aspect, Fragment, Outcome
from opensps.verification.classes import (
    CLASS_WORDS,
    Judgement,
    RedKind,
    VerdictClass,
    classify,
    classify_verdict,
    judgement,
)
from opensps.verification.code import check_code, check_pages
from opensps.verification.code_facts import code_facts
from opensps.verification.comparison import Comparison, FieldDifference, Kind, Terms, compare
from opensps.verification.delivery import check_delivery
from opensps.verification.disclosure import Fact, Reader, facts
from opensps.verification.entry import check_entry, is_application_reference
from opensps.verification.file import check_file
from opensps.verification.offline import verify_bytes, verify_file
from opensps.verification.paper import PAPER_FIELDS, FieldAnswer, TypedError, compare_paper
from opensps.verification.record import NOTHING, AtHand, Record
from opensps.verification.results import CHECKS, RESULTS, Result
from opensps.verification.upload import Upload, gather, unpack
from opensps.verification.verdict import Circumstances, Difference, Verdict, plain
from opensps.verification.words import Words, placeholders, words

__all__ = [
    "CHECKS",
    "CLASS_WORDS",
    "NOTHING",
    "PAPER_FIELDS",
    "RESULTS",
    "Aspect",
    "AtHand",
    "Circumstances",
    "Comparison",
    "Difference",
    "Fact",
    "FieldAnswer",
    "FieldDifference",
    "Fragment",
    "Judgement",
    "Kind",
    "Outcome",
    "Reader",
    "Record",
    "RedKind",
    "Result",
    "Terms",
    "TypedError",
    "Upload",
    "Verdict",
    "VerdictClass",
    "Words",
    "check_code",
    "check_delivery",
    "check_entry",
    "check_file",
    "check_pages",
    "classify",
    "classify_verdict",
    "code_facts",
    "compare",
    "compare_paper",
    "facts",
    "gather",
    "is_application_reference",
    "judgement",
    "placeholders",
    "plain",
    "unpack",
    "verdict_to_json",
    "verify_bytes",
    "verify_file",
    "words",
]
