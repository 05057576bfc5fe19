"""A22: our schema and the reference schema of UN/CEFACT say the same of documents right and wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps import formats, rules
from opensps.formats.structure import SPS_CERTIFICATE
from opensps.formats.xml_input import parse
from opensps.project import command
from opensps.project.exits import Exit
from tests.factories.agreement import JUSTIFIED, disagreement, disagreements, reference_schema
from tests.factories.certificates import phytosanitary, reexport

pytestmark = pytest.mark.needs("reference")
VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "xml"
REAL = {b"XA": b"LK", b"XB": b"NL", b"XC": b"DE"}
"""Demonstration country to a real one, for the closed list of the reference."""


def test_A22_both_schemas_agree_on_documents_made_from_the_table_right_and_wrong() -> None:
    assert disagreements("A22", 100) == []


def test_a_country_or_code_outside_the_closed_lists_is_a_difference_with_a_name() -> None:
    document = parse(formats.write_certificate(phytosanitary()), sealed=False)
    assert not reference_schema(SPS_CERTIFICATE).validate(document)
    assert disagreement(document) == ""
    assert all(": " in reason for reason in JUSTIFIED.values())


def test_a_difference_nobody_justified_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.factories.agreement.JUSTIFIED", {})
    document = parse(formats.write_certificate(phytosanitary()), sealed=False)
    assert "not an element of the set" in disagreement(document)


@pytest.mark.parametrize("value", [phytosanitary(), reexport()], ids=["851", "657"])
def test_A22_what_we_write_conforms_to_the_standard_with_real_countries_in_place(value: object) -> None:
    xml = formats.write_certificate(value)  # type: ignore[arg-type]  # a certificate of the factory
    for ours, real in REAL.items():
        xml = xml.replace(b">" + ours + b"<", b">" + real + b"<")
    document = parse(xml, sealed=False)
    assert formats.schema_findings(document) == ()
    assert reference_schema(SPS_CERTIFICATE).validate(document)


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*-*.xml")), ids=lambda path: path.name)
def test_A23_what_is_read_and_written_again_stays_the_same_to_the_byte(path: Path) -> None:
    value = formats.read_certificate(path.read_bytes()).certificate
    if value is None or formats.dialect_of(value) != "ephyto":
        return
    once = formats.write_certificate(formats.as_carried(value))
    again = formats.read_certificate(once).certificate
    assert again is not None
    assert formats.write_certificate(again) == once


def test_A22_the_rules_catch_what_our_schema_leaves_to_them(reference: Path) -> None:
    xml = formats.write_certificate(phytosanitary()).replace(b">70<", b">7O<")
    policy = rules.Policy(extra_countries=frozenset({"XA", "XB", "XC"}), now=datetime(2026, 11, 22, tzinfo=UTC))
    outcome = formats.validate(xml, profile=rules.PROFILES["read"], policy=policy)
    assert not [finding for finding in outcome.findings if finding.rule == "SCHEMA"]
    assert "CORE-CODES" in {finding.rule for finding in outcome.findings}


def test_A22_every_golden_sample_passes_the_command_line(reference: Path, tmp_path: Path) -> None:
    report = tmp_path / "found.json"
    golden = reference / "sps" / "samples" / "golden"
    assert command.run(["xml", "validate", str(golden), "--report", str(report)]) == Exit.DONE
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    assert [each["file"] for each in files] == sorted(path.name for path in golden.glob("*.xml"))
    assert {each["result"] for each in files} == {"valid"}


def test_A23_a_certificate_and_its_second_writing_do_not_differ_on_the_command_line(tmp_path: Path) -> None:
    once, again = tmp_path / "once.xml", tmp_path / "again.xml"
    once.write_bytes(formats.write_certificate(phytosanitary()))
    value = formats.read_certificate(once.read_bytes()).certificate
    assert value is not None
    again.write_bytes(formats.write_certificate(value))
    assert once.read_bytes() == again.read_bytes()
    assert command.run(["certificate", "diff", str(once), str(again)]) == Exit.DONE
