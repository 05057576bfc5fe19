"""Every rule speaks when it should and is silent on good certificates.

How each rule is broken stands in `tests/factories/rule_breaks*.py`.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from opensps import codes, rules
from opensps.certificate import Certificate, CertificateKind, Code, profile_of
from opensps.rules.fields import FIELDS, is_demanded
from opensps.rules.traces import answered
from tests.factories import receivers
from tests.factories.certificates import phytosanitary, reexport
from tests.factories.kinds import animals, health, sanitary, veterinary
from tests.factories.rule_breaks import BREAKS as OF_PLANTS
from tests.factories.rule_breaks import POLICY, Break
from tests.factories.rule_breaks_kinds import BREAKS_OF_KINDS
from tests.factories.rule_breaks_receivers import BREAKS_OF_RECEIVERS

BREAKS = (*OF_PLANTS, *BREAKS_OF_KINDS, *BREAKS_OF_RECEIVERS)
GOOD = (phytosanitary(), reexport(), veterinary(), animals(), sanitary(), health())
OWN = ("draft", "issue", "read", "hub")
WITHDRAWN = "Choose another code: %(code)s was taken out of list %(list)s."


def found(value: Certificate, profile: str, policy: rules.Policy = POLICY) -> tuple[rules.Finding, ...]:
    return rules.check(value, profile=rules.PROFILES[profile], policy=policy)


@pytest.mark.parametrize("profile", OWN)
@pytest.mark.parametrize("good", GOOD, ids=[value.kind for value in GOOD])
def test_nothing_is_found_on_a_good_certificate(good: Certificate, profile: str) -> None:
    assert found(good, profile) == ()


@pytest.mark.parametrize(
    ("good", "profile"),
    [
        (receivers.traces_entry(), "traces"),
        (receivers.uk_entry(), "uk"),
        (receivers.intercom_export(), "intercom"),
        (receivers.intercom_reexport(), "intercom"),
        (receivers.in_real_countries(), "d17a"),
    ],
    ids=["traces", "uk", "intercom 851", "intercom 657", "d17a"],
)
def test_nothing_is_found_on_what_the_receiver_takes(good: Certificate, profile: str) -> None:
    assert found(good, profile) == ()


@pytest.mark.parametrize("broken", BREAKS, ids=[f"{one.rule}: {one.says}" for one in BREAKS])
def test_a_broken_rule_speaks(broken: Break) -> None:
    findings = [one for one in found(broken.certificate, broken.profile, broken.policy) if one.rule == broken.rule]
    assert broken.field in {finding.field for finding in findings}
    assert all(finding.message and "%(" not in finding.message for finding in findings)


def test_every_rule_with_each_of_its_sentences_is_broken_by_a_row() -> None:
    spoken = {
        (finding.rule, finding.template)
        for broken in BREAKS
        for finding in found(broken.certificate, broken.profile, broken.policy)
    }
    assert {(rule.id, rule.template) for rule in rules.ALL_RULES} - spoken == {("CORE-CODES", WITHDRAWN)}


def test_every_id_of_a_rule_has_a_row_of_its_own() -> None:
    assert {rule.id for rule in rules.ALL_RULES} - {broken.rule for broken in BREAKS} == set()


def test_we_issue_no_code_that_was_taken_out_of_its_list_and_read_those_that_were_in_it(tmp_path: Path) -> None:
    held = codes.get("un_rec21")
    gone = codes.CodeEntry("QQ", withdrawn=True, withdrawn_on=date(2020, 1, 1))
    newer = replace(held, version="2030", entries={**held.entries, "QQ": gone})
    (tmp_path / "un_rec21.tsv").write_text(codes.written(newer), encoding="utf-8")
    value = phytosanitary(consignment__items__0__trade_line_items__0__packages__0__type_code=Code("QQ"))
    codes.read_also(tmp_path)
    try:
        said = {profile: [finding.template for finding in found(value, profile)] for profile in ("issue", "read")}
    finally:
        codes.read_also(None)
    assert said == {"issue": [WITHDRAWN], "read": []}


def test_there_are_at_least_thirty_rules_of_ispm_12() -> None:
    assert len({rule.id for rule in rules.ALL_RULES if rule.id.startswith("ISPM12-")}) >= 30


def test_every_rule_names_its_source_and_what_to_do() -> None:
    for rule in rules.ALL_RULES:
        assert rule.source
        assert rule.template.endswith(".")
        assert "invalid" not in rule.template.lower()


def test_no_sentence_stands_for_two_rules() -> None:
    assert len(set(rules.MESSAGES)) == len(rules.MESSAGES)
    assert len({rule.template for rule in rules.ALL_RULES}) == len(rules.ALL_RULES)


@pytest.mark.parametrize("kind", [kind for kind in CertificateKind if profile_of(kind).rules])
def test_a_certificate_without_anything_is_told_every_mandatory_field_of_its_kind(kind: CertificateKind) -> None:
    empty = rules.check(receivers.empty(kind), profile=rules.PROFILES["issue"], policy=POLICY)
    missing = {finding.field for finding in empty}
    for path, field in FIELDS.items():
        place = f"consignment.items[0].trade_line_items[0].{field.place}" if field.is_on_lines else field.place
        head = place.removesuffix(".name").removesuffix(".code")
        if is_demanded(kind, path):
            assert any(one.startswith(head) for one in missing), path


def test_what_traces_answers_becomes_a_finding() -> None:
    finding = answered("SPS-CONSIGNOR-NOT-FOUND", message="No such operator", field="/SPSCertificate/SPSConsignment")
    assert finding.rule == "TRACES-SPS-CONSIGNOR-NOT-FOUND"
    assert finding.message == "TRACES answered: No such operator"
    assert finding.template in rules.MESSAGES
