"""A rule: one row with its permanent id, its source, its sentence and the function that judges.

A judge sees one case, asks nobody and changes nothing; it yields what it found as field path and parameters of the
sentence. Most judges are made from a question about one line or one treatment; the makers are here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from opensps.certificate import PROFILES_OF_KINDS, CertificateKind, TradeLineItem, Treatment
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Finding, Level

Found = tuple[str, Mapping[str, str]]
"""Path of a field, and the parameters of the rule's sentence."""

Judge = Callable[[Case], Iterator[Found]]

ALL_KINDS = frozenset(CertificateKind)


def judged_by(*groups: str) -> frozenset[CertificateKind]:
    """Return the kinds whose profile names one of the groups of rules."""
    return frozenset(kind for kind, profile in PROFILES_OF_KINDS.items() if set(groups) & set(profile.rules))


PLANTS, EXPORT, REEXPORT = judged_by("ispm12"), judged_by("ispm12-export"), judged_by("ispm12-reexport")
ANIMALS, FOOD = judged_by("woah"), judged_by("cxg38")


@dataclass(frozen=True, slots=True)
class Rule:
    """One official rule, or one sentence of it: ids may repeat, an id with its template may not."""

    id: str
    """Permanent, numbered by the source."""

    source: str
    """The clause, as an official would cite it."""

    level: Level
    area: Area
    template: str
    """What to do, in English, with `%(name)s` for each parameter."""

    judge: Judge
    kinds: frozenset[CertificateKind] = ALL_KINDS
    demands: str = ""
    """Path of the field the rule asks for, as the marks of a kind name it; "" when it asks something else."""

    def findings(self, case: Case) -> Iterator[Finding]:
        """Yield what the rule finds; whether it speaks of the kind is asked before (`Profile.by_kind`)."""
        for field, params in self.judge(case):
            yield Finding(self.area, self.level, field, self.template, self.id, params)


def on_document(path: str, is_wrong: Callable[[Case], bool]) -> Judge:
    """Return a judge that finds the path once when the question about the whole certificate is answered yes."""

    def judge(case: Case) -> Iterator[Found]:
        if is_wrong(case):
            yield path, NO_PARAMS

    return judge


def on_lines(field: str, is_wrong: Callable[[TradeLineItem], bool]) -> Judge:
    """Return a judge that finds the field on every line the question is answered yes for; parameter `line`."""

    def judge(case: Case) -> Iterator[Found]:
        for number, (path, line) in enumerate(case.lines, 1):
            if is_wrong(line):
                yield f"{path}.{field}", {"line": str(number)}

    return judge


def on_treatments(field: str, is_wrong: Callable[[Treatment], bool]) -> Judge:
    """Return a judge that finds the field on every treatment the question is answered yes for; parameter `line`."""

    def judge(case: Case) -> Iterator[Found]:
        for number, (path, line) in enumerate(case.lines, 1):
            for place, treatment in enumerate(line.treatments):
                if is_wrong(treatment):
                    yield f"{path}.treatments[{place}].{field}", {"line": str(number)}

    return judge
