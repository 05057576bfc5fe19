"""One call says all there is to say about a document."""

from opensps import rules
from opensps.codes import DEMO_COUNTRIES
from opensps.formats import validate
from tests.factories.certificates import NOW
from tests.vectors.xml import NAMES, OTHERS, document

POLICY = rules.Policy(now=NOW, extra_countries=DEMO_COUNTRIES)
READ = rules.PROFILES["read"]


def test_a_good_certificate_has_nothing_against_it() -> None:
    validation = validate(document("phytosanitary-851.xml"), profile=READ, policy=POLICY)
    assert validation.findings == ()
    assert validation.reading.certificate is not None


def test_reader_schema_and_rules_speak_in_this_order() -> None:
    findings = validate(document("disordered-851.xml"), profile=READ, policy=POLICY).findings
    speakers = [one.rule.split("-")[0] for one in findings]
    first_rule = next(place for place, name in enumerate(speakers) if name not in {"READ", "SCHEMA"})
    assert "SCHEMA" in speakers[:first_rule]
    assert "READ" not in speakers[first_rule:]


def test_an_unreadable_document_has_the_reader_s_finding_only() -> None:
    for name in OTHERS:
        validation = validate(document(name), profile=READ, policy=POLICY)
        assert len(validation.findings) == 1
        assert validation.reading.certificate is None


def test_every_sample_is_judged_without_fail() -> None:
    for name in NAMES:
        assert all(one.message for one in validate(document(name), profile=READ, policy=POLICY).findings)
