"""Which rules a certificate meets on which occasion, and the one way to run them.

draft: what an exporter must satisfy before submission; number, date, issuer and signature are not judged yet.
issue: everything for the kind. read: a received document, its dates up to a day ahead; a country code outside
ISO 3166-1 is a warning there, since partners use their own, and so is what a default of an animal or food kind asks.
hub, traces, uk, intercom, d17a: issue, and what the receiver asks besides; d17a is the published schema itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from opensps.certificate import Certificate, CertificateKind
from opensps.rules import (
    core_codes,
    core_document,
    core_envelope,
    core_kind,
    core_measures,
    core_text,
    cxg38,
    d17a,
    hub,
    intercom,
    ispm12_declarations,
    ispm12_description,
    ispm12_document,
    ispm12_reexport,
    ispm12_treatment,
    traces,
    uk,
    woah,
)
from opensps.rules.case import Policy, case_of
from opensps.rules.findings import Finding, Level
from opensps.rules.model_certificates import follows_another_form
from opensps.rules.rule import PLANTS, Rule

_WEIGHT = MappingProxyType({Level.SEVERE: 0, Level.WARNING: 1, Level.INFO: 2})

GROUPS = frozenset({"ispm12", "ispm12-export", "ispm12-reexport", "woah", "woah-animals", "woah-products", "cxg38"})
"""Groups of rules a kind may name."""

core_kind.check_profiles(GROUPS)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named tuple of rules."""

    id: str
    rules: tuple[Rule, ...]
    knows_other_forms: bool = False
    """Whether entry documents of TRACES and the United Kingdom are not held to what their type code stands for."""

    by_kind: Mapping[CertificateKind, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    """The rules that speak of each kind."""

    def __post_init__(self) -> None:
        by_kind = {kind: tuple(rule for rule in self.rules if kind in rule.kinds) for kind in CertificateKind}
        object.__setattr__(self, "by_kind", MappingProxyType(by_kind))


_ISPM12 = (
    *ispm12_document.RULES,
    *ispm12_description.RULES,
    *ispm12_declarations.RULES,
    *ispm12_treatment.RULES,
    *ispm12_reexport.RULES,
)
_ISPM12_AT_ISSUE = (
    *ispm12_document.AT_ISSUE,
    *ispm12_declarations.AT_ISSUE,
    *ispm12_treatment.AT_ISSUE,
    *ispm12_reexport.AT_ISSUE,
)
_MODELS, _MODELS_AT_ISSUE = (*woah.RULES, *cxg38.RULES), (*woah.AT_ISSUE, *cxg38.AT_ISSUE)
_MARKED = core_kind.marked((*_ISPM12, *_ISPM12_AT_ISSUE, *_MODELS, *_MODELS_AT_ISSUE))
_MARKED_AT_ISSUE = tuple(rule for rule in _MARKED if core_kind.is_given_at_issue(rule))
_CORE = (
    *(rule for rule in _MARKED if rule not in _MARKED_AT_ISSUE),
    *core_kind.RULES,
    *core_codes.RULES,
    *core_measures.RULES,
    *core_document.RULES,
    *core_envelope.RULES,
)
_DRAFT = (*_ISPM12, *_MODELS, *_CORE, core_codes.COUNTRY, core_text.DIRECTION)
_ISSUE = (
    *_DRAFT,
    *_ISPM12_AT_ISSUE,
    *_MODELS_AT_ISSUE,
    *_MARKED_AT_ISSUE,
    *core_kind.AT_ISSUE,
    *core_codes.AT_ISSUE,
    *core_document.AT_ISSUE,
)


def _eased(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Give the rules with a warning where they are severe; plant certificates have no defaults a partner may change."""
    for rule in rules:
        strict, eased = rule.kinds & PLANTS, rule.kinds - PLANTS
        if strict:
            yield replace(rule, kinds=strict)
        if eased:
            yield replace(rule, kinds=eased, level=max(rule.level, Level.WARNING, key=_WEIGHT.__getitem__))


_READ = (
    *_ISPM12,
    *_ISPM12_AT_ISSUE,
    *_eased((*_MODELS, *_MODELS_AT_ISSUE, *_MARKED)),
    *core_kind.RULES,
    *core_codes.RULES,
    *core_measures.RULES,
    *core_document.RULES,
    *core_envelope.RULES,
    replace(core_codes.COUNTRY, level=Level.WARNING),
    replace(core_text.DIRECTION, level=Level.WARNING),
    *core_document.AT_RECEIPT,
)

_RECEIVERS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {"hub": hub.RULES, "traces": traces.RULES, "uk": uk.RULES, "intercom": intercom.RULES, "d17a": d17a.RULES}
)

_ENTRY = frozenset({"traces", "uk"})
"""Receivers whose entry documents are forms of their own."""

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "draft": Profile("draft", _DRAFT),
        "issue": Profile("issue", _ISSUE),
        "read": Profile("read", _READ, knows_other_forms=True),
        **{name: Profile(name, (*_ISSUE, *rules), name in _ENTRY) for name, rules in _RECEIVERS.items()},
    }
)

ALL_RULES = tuple(
    {
        (rule.id, rule.template): rule
        for rules in (core_document.AT_RECEIPT, *_RECEIVERS.values(), _ISSUE)
        for rule in rules
    }.values()
)
"""Every rule once, at the level it has when we issue."""

MESSAGES = tuple(dict.fromkeys((*(rule.template for rule in ALL_RULES), *core_kind.FIELD_MESSAGES, traces.ANSWER)))
"""Every sentence a rule can say, as templates; the keys of their translations."""

SOURCES: Mapping[str, str] = MappingProxyType({rule.id: rule.source for rule in ALL_RULES})
"""Rule id to the clause it comes from."""


def check(value: Certificate, *, profile: Profile, policy: Policy) -> tuple[Finding, ...]:
    """Return what the profile's rules find, severe first, then in the order of the rules."""
    case = case_of(value, policy)
    is_other = profile.knows_other_forms and value.kind not in PLANTS and follows_another_form(case)
    kind = CertificateKind.OTHER if is_other else value.kind
    found = (finding for rule in profile.by_kind[kind] for finding in rule.findings(case))
    return tuple(sorted(found, key=lambda finding: _WEIGHT[finding.level]))
