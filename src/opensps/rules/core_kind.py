"""CORE-KIND: which fields a kind of certificate has, by the marks in its folder.

One rule with a sentence for each field. A mandatory field is judged here only where no clause of the kind's standard
asks for it (ISPM12-..., WOAH-..., CXG38-...); a field without a place is always judged here.
"""

from collections.abc import Iterable, Iterator

from opensps.certificate import ISSUED_KINDS, PROFILES_OF_KINDS, CertificateKind, Mark, ShapeError, profile_of
from opensps.rules.case import Case
from opensps.rules.fields import CHOICES, FIELDS, PACKINGS, Field, is_demanded, missing, out_of_place
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Judge, Rule, on_document

_SOURCE = "UNCL 1001 and the fields of each kind of certificate"


def check_profiles(groups: frozenset[str]) -> None:
    """Raise `ShapeError` when a folder names a field, a choice or a group of rules that does not exist."""
    for kind, profile in PROFILES_OF_KINDS.items():
        fields = {*profile.marks, *(path for choice in profile.choices for path in choice.fields)}
        if unknown := (fields - FIELDS.keys()) | (set(profile.rules) - groups):
            raise ShapeError(f"kind {kind}: unknown {', '.join(sorted(unknown))}")
        for choice in profile.choices:
            if not any(set(choice.fields) <= set(known) for known in CHOICES):
                raise ShapeError(f"kind {kind}: {', '.join(choice.fields)} are no alternatives")


def _wrong_type_code(case: Case) -> Iterator[Found]:
    profile, code = profile_of(case.certificate.kind), case.document.type_code
    is_agreed = case.certificate.model is not None and code in profile.further_type_codes
    if profile.type_code is not None and code != profile.type_code and not is_agreed:
        yield "exchanged_document.type_code", {"code": code, "expected": profile.type_code}


def _packed_twice(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.packages and line.package_text:
            yield f"{path}.package_text", {"line": str(number)}


def _kinds_that_pack_once() -> frozenset[CertificateKind]:
    return frozenset(
        kind
        for kind, profile in PROFILES_OF_KINDS.items()
        if any(choice.exactly_one and choice.fields == PACKINGS for choice in profile.choices)
    )


def _rule(template: str, judge: Judge, kinds: Iterable[CertificateKind], area: Area = Area.MAPPING) -> Rule:
    return Rule("CORE-KIND", _SOURCE, Level.SEVERE, area, template, judge, frozenset(kinds))


def _absent(field: Field) -> Rule:
    kinds = [kind for kind, profile in PROFILES_OF_KINDS.items() if profile.mark(field.path) is Mark.ABSENT]
    return _rule(field.out_of_place, out_of_place(field), kinds)


def _mandatory(field: Field, clauses: Iterable[Rule]) -> Rule:
    judged = {kind for rule in clauses if rule.demands == field.path for kind in rule.kinds}
    kinds = [kind for kind in CertificateKind if is_demanded(kind, field.path) and kind not in judged]
    return _rule(field.missing, missing(field), kinds, Area.MANDATORY_ELEMENTS)


def marked(clauses: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules of the marks; what the clauses ask for is left to them."""
    return (
        *(rule for field in FIELDS.values() if (rule := _mandatory(field, clauses)).kinds),
        *(rule for field in FIELDS.values() if (rule := _absent(field)).kinds),
    )


def is_given_at_issue(rule: Rule) -> bool:
    """Say whether a rule of the marks asks for what a draft cannot have yet."""
    return rule.template in _AT_ISSUE


_AT_ISSUE = frozenset(field.missing for field in FIELDS.values() if field.is_given_at_issue)
FIELD_MESSAGES = tuple(sentence for field in FIELDS.values() for sentence in (field.missing, field.out_of_place))
"""Every sentence marks can lead to, those no present kind needs included."""

RULES = (
    _rule(
        "Change the document type to %(expected)s; %(code)s does not fit this kind of certificate.",
        _wrong_type_code,
        CertificateKind,
    ),
    _rule(
        "Line %(line)s: give the packages either as number and kind or in words, not both.",
        _packed_twice,
        _kinds_that_pack_once(),
        Area.CONSISTENCY,
    ),
)

AT_ISSUE = (
    _rule(
        "This kind of certificate is read and kept here, but not issued. Choose another kind.",
        on_document("kind", lambda case: case.certificate.kind not in ISSUED_KINDS),
        CertificateKind,
    ),
)
