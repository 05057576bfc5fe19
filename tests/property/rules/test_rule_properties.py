"""Rules survive any value the model can hold, and say the same of the same."""

from hypothesis import given, settings

from opensps import codes, rules
from opensps.certificate import Certificate
from tests.factories.certificates import NOW
from tests.property.strategies import carried_certificates, certificates

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)
ALL = rules.Profile("all", rules.ALL_RULES)


@settings(max_examples=150)
@given(certificates())
def test_rules_judge_any_certificate_without_failing(value: Certificate) -> None:
    findings = rules.check(value, profile=ALL, policy=POLICY)
    assert all(finding.message and finding.field for finding in findings)
    assert findings == rules.check(value, profile=ALL, policy=POLICY)


@settings(max_examples=40)
@given(carried_certificates())
def test_what_the_dialect_carries_breaks_no_rule_of_codes_and_units(value: Certificate) -> None:
    found = {finding.rule for finding in rules.check(value, profile=rules.PROFILES["draft"], policy=POLICY)}
    assert not found & {"CORE-CODES", "CORE-UNIT", "CORE-COUNTRY", "CORE-SEQUENCE", "CORE-KIND"}
