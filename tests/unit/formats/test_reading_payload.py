"""Where a document holds its certificate, and what the schema says of it."""

import pytest

from opensps.codes import DEMO_COUNTRIES
from opensps.formats import read_certificate, read_element, schema_findings
from opensps.formats.errors import FormatError
from opensps.formats.xml_input import parse, parse_noting
from opensps.formats.xml_prepass import MAX_NODES
from tests.unit.formats.corners import EXPORT, read
from tests.vectors.xml import document


def test_a_root_without_a_document_holds_no_certificate() -> None:
    start, end = EXPORT.index("<rsm:SPSExchangedDocument>"), EXPORT.index("<rsm:SPSConsignment>")
    reading = read(EXPORT[:start] + EXPORT[end:])
    assert reading.certificate is None
    assert [one.rule for one in reading.findings] == ["READ-NO-CERTIFICATE"]


def soap(content: str) -> bytes:
    return f'<e:Envelope xmlns:e="urn:e"><e:Body><e:C>{content}</e:C></e:Body></e:Envelope>'.encode()


def test_text_that_only_looks_like_a_certificate_is_unreadable_or_nothing() -> None:
    broken = "&lt;certificate " + "x" * 300
    assert [one.rule for one in read_certificate(soap(broken)).findings] == ["READ-NOT-WELL-FORMED"]
    for nothing in ("words " * 60, "QUJD" * 100, "?" * 300, "&lt;a>" + "x" * 300 + "&lt;/a>"):
        assert [one.rule for one in read_certificate(soap(nothing)).findings] == ["READ-NO-CERTIFICATE"]


def test_text_that_was_decoded_no_longer_has_the_encoding_it_names() -> None:
    escaped = EXPORT.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace("&", "&amp;")
    reading = read_certificate(soap(escaped.replace("<", "&lt;")), extra_countries=DEMO_COUNTRIES)
    assert reading.certificate == read(EXPORT).certificate


def test_a_tree_of_the_parser_is_read_like_its_bytes() -> None:
    root = parse(EXPORT.encode(), sealed=True)
    assert read_element(root, extra_countries=DEMO_COUNTRIES).certificate == read(EXPORT).certificate


def test_the_same_names_in_no_namespace_are_another_version() -> None:
    finding = read_certificate(b"<SPSCertificate><SPSExchangedDocument/></SPSCertificate>").findings[0]
    assert (finding.rule, finding.params["namespace"]) == ("READ-OTHER-VERSION", "")
    assert read_certificate(b"<a><SPSCertificate/></a>").findings[0].rule == "READ-OTHER-VERSION"


def test_the_schema_speaks_of_a_foreign_root_s_content_only() -> None:
    foreign = EXPORT.replace("rsm:SPSCertificate", "o:SPSCertificate").replace("xmlns:rsm", 'xmlns:o="urn:o" xmlns:rsm')
    reading = read(foreign)
    assert reading.root is not None
    assert schema_findings(reading.root) == ()
    acknowledgement = read(document("acknowledgement.xml").decode()).root
    assert acknowledgement is not None
    assert schema_findings(acknowledgement) == ()
    acknowledgement.tag = "{urn:o}SPSAcknowledgement"
    assert schema_findings(acknowledgement) == ()


def test_a_schema_finding_says_where_and_what_with_usual_prefixes() -> None:
    root = parse(EXPORT.replace(">24000<", ">heavy<").encode(), sealed=True)
    finding = schema_findings(root)[0]
    assert finding.rule == "SCHEMA"
    assert finding.field.endswith("ram:NetWeightMeasure")
    assert "ram:NetWeightMeasure" in finding.message
    assert finding.params["line"] == "2"


def test_crowds_of_comments_and_unknown_encodings_are_refused() -> None:
    with pytest.raises(FormatError) as refused:
        parse_noting(b"<a>" + b"<!---->" * (MAX_NODES + 1) + b"</a>")
    assert refused.value.code == "limits"
