"""What stands inside requests of the Hub and of TRACES is found, read and judged as it should be."""

import base64
from pathlib import Path

import pytest

from opensps.certificate import CertificateKind
from opensps.formats import read_certificate, schema_findings, write_certificate
from tests.factories.certificates import phytosanitary
from tests.needs import REFERENCE

pytestmark = pytest.mark.needs("reference")
HUB = REFERENCE / "hub"


def bodies(*folders: str) -> list[Path]:
    """Return the files of folders of the Hub's reference; none where it is missing."""
    return [one for folder in folders for one in sorted((HUB / folder).glob("*.xml"))]


def rules_of(path: Path) -> set[str]:
    """Return the ids of what is found in a file."""
    return {one.rule for one in read_certificate(path.read_bytes()).findings}


WITH_DOCUMENT = {"DeliverPhytoEnvelope.request.xml", "DeliverCountryResponseEnvelope.request.xml"}
REQUESTS = bodies("requests", "requests-ws-addressing", "responses-by-hand")
SUBMISSIONS = [one for one in bodies("traces") if one.name.startswith("CreateAndSubmit")]
OTHERS = [one for one in bodies("traces") if not one.name.startswith("CreateAndSubmit")]


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", [one for one in REQUESTS if one.name not in WITH_DOCUMENT], ids=name)
def test_a_request_without_a_certificate_holds_none_and_nothing_else_is_said(path: Path) -> None:
    reading = read_certificate(path.read_bytes())
    assert (reading.certificate, reading.acknowledgement) == (None, None)
    assert rules_of(path) == {"READ-NO-CERTIFICATE"}


def test_the_typed_call_of_the_hub_is_read_and_what_it_lacks_is_said() -> None:
    reading = read_certificate((HUB / "requests" / "DeliverPhytoEnvelope.request.xml").read_bytes())
    assert reading.certificate is not None
    assert reading.certificate.kind is CertificateKind.PHYTOSANITARY
    assert reading.certificate.exchanged_document.number == "NO-1"
    assert reading.certificate.residue == ()
    assert {one.rule for one in reading.findings} == {"READ-FILLER-MISSING"}
    assert reading.root is not None
    assert schema_findings(reading.root), "the Hub's own subset is not D17A"


def test_the_typed_answer_of_a_country_is_an_acknowledgement_that_names_what_it_lacks() -> None:
    reading = read_certificate((HUB / "requests" / "DeliverCountryResponseEnvelope.request.xml").read_bytes())
    assert reading.certificate is None
    assert reading.acknowledgement is not None
    assert reading.acknowledgement.status_code == "39"
    assert {one.rule for one in reading.findings} == {"READ-ACKNOWLEDGEMENT", "READ-NO-REFERENCE"}


@pytest.mark.parametrize("path", SUBMISSIONS, ids=name)
def test_submissions_to_traces_are_read_without_loss(path: Path) -> None:
    reading = read_certificate(path.read_bytes())
    assert reading.certificate is not None
    assert reading.certificate.residue == ()
    assert reading.certificate.lines[0].count is not None
    clauses = reading.certificate.exchanged_document.signatories[0].attestations
    assert {one.id: one.code for one in clauses}["PURPOSE"] in {"INTERNAL_MARKET", "TEMPORARY_ADMISSION"}
    assert rules_of(path) == {"READ-CODE-LABEL", "READ-EMPTY-TIME", "READ-EMPTY-NUMBER", "READ-COUNT-IN-VOLUME"}
    assert reading.root is not None
    assert schema_findings(reading.root) == ()
    written = read_certificate(write_certificate(reading.certificate, dialect="traces"))
    assert written.certificate == reading.certificate


@pytest.mark.parametrize("path", OTHERS, ids=name)
def test_questions_and_faults_of_traces_hold_no_certificate(path: Path) -> None:
    assert rules_of(path) == {"READ-NO-CERTIFICATE"}


@pytest.mark.parametrize("request_name", ["ValidateAndDeliverEnvelope", "DeliverEnvelope"])
@pytest.mark.parametrize("form", ["escaped", "cdata", "base64"])
def test_a_certificate_in_the_content_of_an_envelope_is_found_in_every_form(request_name: str, form: str) -> None:
    value = phytosanitary()
    data = write_certificate(value)
    body = (HUB / "requests" / f"{request_name}.request.xml").read_text(encoding="utf-8")
    start = body.index(">", body.index("Content")) + 1
    end = body.index("</", start)
    text = data.decode()
    content = {
        "escaped": text.replace("&", "&amp;").replace("<", "&lt;"),
        "cdata": f"<![CDATA[{text}]]>",
        "base64": base64.b64encode(data).decode(),
    }[form]
    reading = read_certificate((body[:start] + content + body[end:]).encode())
    assert reading.certificate == read_certificate(data).certificate
    said = {one.rule for one in reading.findings} - {one.rule for one in read_certificate(data).findings}
    assert said == {"escaped": set(), "cdata": {"READ-MARKUP"}, "base64": {"READ-BASE64-CONTENT"}}[form]
