"""Rules survive any value the model can hold, and say the same of the same."""

from dataclasses import replace

from hypothesis import given, settings

from opensps import codes, rules
from opensps.certificate import Certificate, CertificateKind
from tests.factories.certificates import NOW
from tests.property.strategies import carried_certificates, certificates

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)
SENT = rules.Policy(
    now=NOW,
    envelope=rules.Envelope(number="1", type_code="851", status_code="70", sender="XA", receiver="XB"),
    receiver=rules.HubReceiver(receives=False, allowed=frozenset(), delegate="EU", forwards=frozenset({"GB"})),
)
EVERY_KIND = rules.Profile("all", tuple(replace(rule, kinds=frozenset(CertificateKind)) for rule in rules.ALL_RULES))
"""Every rule, whatever the kind: a judge meets what its kind would never show it."""


@settings(max_examples=150)
@given(certificates())
def test_rules_judge_any_certificate_without_failing(value: Certificate) -> None:
    findings = rules.check(value, profile=EVERY_KIND, policy=SENT)
    assert all(finding.message and finding.field for finding in findings)
    assert findings == rules.check(value, profile=EVERY_KIND, policy=SENT)


@settings(max_examples=40)
@given(carried_certificates())
def test_what_the_dialect_carries_breaks_no_rule_of_codes_and_units(value: Certificate) -> None:
    found = {finding.rule for finding in rules.check(value, profile=rules.PROFILES["draft"], policy=POLICY)}
    assert not found & {"CORE-CODES", "CORE-UNIT", "CORE-COUNTRY", "CORE-SEQUENCE", "CORE-KIND"}
