"""Every rule speaks when it should and is silent on good certificates.

How each rule is broken stands in `tests/factories/rule_breaks.py`.
"""

import pytest

from opensps import codes, rules
from opensps.certificate import Certificate
from tests.factories.certificates import NOW, phytosanitary, reexport
from tests.factories.rule_breaks import BREAKS, Break

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)


def found(value: Certificate, profile: str) -> tuple[rules.Finding, ...]:
    return rules.check(value, profile=rules.PROFILES[profile], policy=POLICY)


@pytest.mark.parametrize("profile", rules.PROFILES)
@pytest.mark.parametrize("good", [phytosanitary(), reexport()], ids=["851", "657"])
def test_nothing_is_found_on_a_good_certificate(good: Certificate, profile: str) -> None:
    assert found(good, profile) == ()


@pytest.mark.parametrize("broken", BREAKS, ids=[f"{one.rule}: {one.says}" for one in BREAKS])
def test_a_broken_rule_speaks(broken: Break) -> None:
    findings = [finding for finding in found(broken.certificate, broken.profile) if finding.rule == broken.rule]
    assert broken.field in {finding.field for finding in findings}
    assert all(finding.message and "%(" not in finding.message for finding in findings)


def test_every_rule_with_each_of_its_sentences_is_broken_by_a_row() -> None:
    spoken = {
        (finding.rule, finding.template) for broken in BREAKS for finding in found(broken.certificate, broken.profile)
    }
    assert spoken == {(rule.id, rule.template) for rule in rules.ALL_RULES}


def test_there_are_at_least_thirty_rules_of_ispm_12() -> None:
    assert len({rule.id for rule in rules.ALL_RULES if rule.id.startswith("ISPM12-")}) >= 30


def test_every_rule_names_its_source_and_what_to_do() -> None:
    for rule in rules.ALL_RULES:
        assert rule.source == rules.SOURCES[rule.id] or rule.id == "CORE-TIME"
        assert rule.template.endswith(".")
        assert "invalid" not in rule.template.lower()


def test_no_sentence_stands_for_two_rules() -> None:
    assert len(set(rules.MESSAGES)) == len(rules.MESSAGES) == len(rules.ALL_RULES)
