"""Which rules a certificate meets on which occasion, and the one way to run them.

draft: what an exporter must satisfy before submission; number, date, issuer and signature are not judged yet.
issue: everything for the kind. hub: also what the IPPC Hub asks. read: a received document, its dates up to a day
ahead; a country code outside ISO 3166-1 is a warning there, since partners use their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from opensps.certificate import Certificate
from opensps.rules import (
    core_codes,
    core_document,
    core_kind,
    core_measures,
    core_text,
    hub,
    ispm12_declarations,
    ispm12_description,
    ispm12_document,
    ispm12_reexport,
    ispm12_treatment,
)
from opensps.rules.case import Policy, case_of
from opensps.rules.findings import Finding, Level
from opensps.rules.rule import Rule

_WEIGHT = MappingProxyType({Level.SEVERE: 0, Level.WARNING: 1, Level.INFO: 2})


@dataclass(frozen=True, slots=True)
class Profile:
    """A named tuple of rules."""

    id: str
    rules: tuple[Rule, ...]


_CORE = (*core_kind.RULES, *core_codes.RULES, *core_measures.RULES, *core_document.RULES)
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
_DRAFT = (*_ISPM12, *_CORE, core_codes.COUNTRY, core_text.DIRECTION)
_ISSUE = (*_DRAFT, *_ISPM12_AT_ISSUE, *core_kind.AT_ISSUE, *core_document.AT_ISSUE)
_READ = (
    *_ISPM12,
    *_ISPM12_AT_ISSUE,
    *_CORE,
    replace(core_codes.COUNTRY, level=Level.WARNING),
    replace(core_text.DIRECTION, level=Level.WARNING),
    *core_document.AT_RECEIPT,
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "draft": Profile("draft", _DRAFT),
        "issue": Profile("issue", _ISSUE),
        "hub": Profile("hub", (*_ISSUE, *hub.RULES)),
        "read": Profile("read", _READ),
    }
)

ALL_RULES = (*_ISSUE, *hub.RULES, *(rule for rule in core_document.AT_RECEIPT if rule not in _ISSUE))
"""Every rule once."""

MESSAGES = tuple(rule.template for rule in ALL_RULES)
"""Every sentence a rule can say, as templates; the keys of their translations."""

SOURCES: Mapping[str, str] = MappingProxyType({rule.id: rule.source for rule in ALL_RULES})
"""Rule id to the clause it comes from."""


def check(value: Certificate, *, profile: Profile, policy: Policy) -> tuple[Finding, ...]:
    """Return what the profile's rules find, severe first, then in the order of the rules."""
    case = case_of(value, policy)
    found = (finding for rule in profile.rules for finding in rule.findings(case))
    return tuple(sorted(found, key=lambda finding: _WEIGHT[finding.level]))
