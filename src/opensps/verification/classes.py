"""The class of a verdict for the officer's next act, and whether a red one is invalid or suspected fraud.

Source: `fraud.md` 2; codes of results `lifecycles.md` 2.1. The worst point decides: red, amber, grey, green; grey never
hides a red that was found. A machine can prove that a paper is invalid and only suspect the rest: nothing here ever
says "counterfeit". Which results a fragment leads to stands in `aspects`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from opensps.verification.aspects import Aspect, Fragment, Outcome, result_of
from opensps.verification.results import RESULTS
from opensps.verification.verdict import NOT_CHECKED, Verdict


class VerdictClass(StrEnum):
    """What the desk may do, best first."""

    GREEN = "green"
    GREY = "grey"
    AMBER = "amber"
    RED = "red"


class RedKind(StrEnum):
    """Why a red paper must not be accepted."""

    INVALID = "invalid"
    """Proven: withdrawn, used up, not issued and the like."""

    SUSPECTED_FRAUD = "suspected_fraud"
    """Altered, never issued, a false signer: only a person, with a second one, writes "counterfeit"."""


@dataclass(frozen=True, slots=True)
class ClassWords:
    """Word and meaning of a class."""

    english: str
    chinese: str
    tone: str


CLASS_WORDS: Mapping[VerdictClass, ClassWords] = MappingProxyType(
    {
        VerdictClass.GREEN: ClassWords("Match", "相符", "ok"),
        VerdictClass.AMBER: ClassWords("Look closer", "需核查", "warn"),
        VerdictClass.RED: ClassWords("Do not accept", "不予接受", "bad"),
        VerdictClass.GREY: ClassWords("Not checked", "未能核验", "none"),
    }
)

_SUSPECTED = frozenset(
    {
        *("never_issued", "not_recorded", "file_altered", "fields_differ", "foreign_signature", "key_not_valid"),
        *("address_not_official", "duplicate_number", "pages_mixed"),
    }
)
_FURTHER: Mapping[str, VerdictClass] = MappingProxyType(
    {
        **dict.fromkeys(("certificate_missing", "template_not_valid", "balance_exceeded"), VerdictClass.RED),
        **dict.fromkeys(("open_elsewhere", "plausibility", "capacity", "route", "list_lag"), VerdictClass.AMBER),
        "paper_not_compared": VerdictClass.AMBER,
        "snapshot_old": VerdictClass.GREY,
    }
)
"""Reasons beyond the check results, which the ledger, the comparison and the rules that watch add."""

REFUSALS = frozenset(
    {"message_not_authentic", "stale_message", "reply_not_authentic", "self_approval", "no_inspection"}
)
"""Reasons for which an act or a message is refused: they are no verdict on a paper."""

_ORDER = {reason: row.order for reason, row in RESULTS.items()}
_WEIGHT = {each: weight for weight, each in enumerate(VerdictClass)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A class with everything that speaks for it."""

    verdict_class: VerdictClass
    reasons: tuple[str, ...] = ()
    """Codes, the worst class first, then in the order of precedence; empty when green."""

    kind: RedKind | None = None
    """Only of a red one; suspected fraud where any red reason is."""

    @property
    def result(self) -> str:
        """The code that heads the answer."""
        return self.reasons[0] if self.reasons else "in_force"


def class_of(reason: str) -> VerdictClass:
    """Return the class of a reason; one that only the public gets, or that nobody knows, tells an official nothing."""
    if reason in _FURTHER:
        return _FURTHER[reason]
    row = RESULTS.get(reason)
    named = row.heading.band if row is not None else ""
    return VerdictClass(named) if named in frozenset(VerdictClass) else VerdictClass.GREY


def kind_of(reason: str) -> RedKind | None:
    """Return the kind of a red reason; None for any other."""
    if class_of(reason) is not VerdictClass.RED:
        return None
    return RedKind.SUSPECTED_FRAUD if reason in _SUSPECTED else RedKind.INVALID


def classify(
    fragments: Iterable[Fragment], *, required: frozenset[Aspect] = frozenset(), points: Iterable[str] = ()
) -> Judgement:
    """Return the class of these fragments and of further reasons; a required question nobody asked is grey."""
    held = tuple(fragments)
    found = [code for each in held if (code := result_of(each)) is not None]
    answered = {each.aspect for each in held if each.outcome is not Outcome.SKIPPED}
    if not required <= answered:
        found.append(NOT_CHECKED)
    return judgement((*found, *points))


def classify_verdict(verdict: Verdict, *, points: Iterable[str] = ()) -> Judgement:
    """Return the class of a verdict, those included that follow from no fragment, such as a number never issued."""
    return judgement((verdict.result, *verdict.also, *points))


def judgement(reasons: Iterable[str]) -> Judgement:
    """Return what these reasons come to together; each counts once."""
    distinct = dict.fromkeys(reasons)
    objections = sorted((each for each in distinct if class_of(each) is not VerdictClass.GREEN), key=_precedence)
    if not objections:
        return Judgement(VerdictClass.GREEN)
    worst = class_of(objections[0])
    kinds = {kind_of(each) for each in objections}
    fraud = RedKind.SUSPECTED_FRAUD if RedKind.SUSPECTED_FRAUD in kinds else RedKind.INVALID
    return Judgement(worst, tuple(objections), fraud if worst is VerdictClass.RED else None)


def _precedence(reason: str) -> tuple[int, int, str]:
    return (-_WEIGHT[class_of(reason)], _ORDER.get(reason, len(_ORDER)), reason)
