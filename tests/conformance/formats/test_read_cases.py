"""Every named case of reading has a test under its name: what is seen, read and said (`domain.md` 9.2).

One list of cases, as the document has it, hence its length.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from opensps.certificate import Certificate, CertificateKind, Identifier, Measure, OfficialTime, Text
from opensps.codes import DEMO_COUNTRIES
from opensps.formats import READ_MESSAGES, Reading, read_certificate, what_to_do
from opensps.formats.messages import read_finding
from tests.vectors.xml import document

BASE = document("phytosanitary-851.xml").decode()
REEXPORT = document("reexport-657.xml").decode()
ANIMAL = document("animal-853.xml").decode()
SOAP = document("soap-851.xml").decode()

Look = Callable[[Certificate], object]


@dataclass(frozen=True)
class Case:
    """One way a document deviates, and what the reader makes of it."""

    rule: str
    old: str
    new: str
    look: Look = lambda value: value.kind
    seen: object = CertificateKind.PHYTOSANITARY
    base: str = BASE


def first_line(value: Certificate) -> object:
    return value.lines[0]


NOTE = (
    "<ram:AdditionalInformationSPSNote><ram:Subject>{0}</ram:Subject><ram:Content>{1}</ram:Content>"
    "</ram:AdditionalInformationSPSNote>"
)
MARKS = NOTE.format("DMTLIL", "LOT 8888")
ISSUE = "<ram:IssueDateTime><udt:DateTimeString>2026-11-18T10:30:00+08:00</udt:DateTimeString></ram:IssueDateTime>"
NET = '<ram:NetWeightMeasure unitCode="KGM">24000</ram:NetWeightMeasure>'
FILLED = "<ram:SystemName>HS</ram:SystemName><ram:ClassCode>070320</ram:ClassCode><ram:ClassName/>"
ATTACHED = base64.b64encode(b"%PDF").decode()
LINE_1 = "<ram:SequenceNumeric>1</ram:SequenceNumeric>"

CASES = (
    Case("READ-FOREIGN-ROOT", "rsm:SPSCertificate", "own:SPSCertificate", lambda v: v.residue, ()),
    Case("READ-BASE64-CONTENT", "", "", base=document("soap-base64-851.xml").decode()),
    Case("READ-MARKUP", "<ram:Name/>", "<ram:Name/><!-- a remark --><?and so?>"),
    Case("READ-SIGNATURE-INSIDE", "", "", lambda v: v.residue, (), base=document("signed-inside-851.xml").decode()),
    Case(
        "READ-ORDER",
        "<ram:TypeCode>851</ram:TypeCode><ram:StatusCode>70</ram:StatusCode>",
        "<ram:StatusCode>70</ram:StatusCode><ram:TypeCode>851</ram:TypeCode>",
        lambda v: v.exchanged_document.type_code,
        "851",
    ),
    Case(
        "READ-SECOND-SINGLE",
        "<ram:TypeCode>851</ram:TypeCode>",
        "<ram:TypeCode>851</ram:TypeCode><ram:TypeCode>657</ram:TypeCode>",
        lambda v: (v.exchanged_document.type_code, [one.text for one in v.residue]),
        ("851", ["657"]),
    ),
    Case(
        "READ-UNKNOWN-ELEMENT",
        "<ram:TypeCode>851</ram:TypeCode>",
        "<ram:TypeCode>851</ram:TypeCode><ram:Mood>fair</ram:Mood>",
        lambda v: [(one.path, one.text) for one in v.residue],
        [("/SPSCertificate/SPSExchangedDocument/Mood", "fair")],
    ),
    Case("READ-FILLER-MISSING", "<rsm:SPSExchangedDocument><ram:Name/>", "<rsm:SPSExchangedDocument>"),
    Case("READ-NO-CLASS-NAME", FILLED, FILLED.replace("<ram:ClassName/>", "")),
    Case(
        "READ-FILLER-NULL",
        "<rsm:SPSExchangedDocument><ram:Name/>",
        "<rsm:SPSExchangedDocument><ram:Name>NULL</ram:Name>",
        lambda v: v.exchanged_document.titles,
        (),
    ),
    Case(
        "READ-NOTE-IN-TREATMENT",
        "<ram:TypeCode>ZZZ</ram:TypeCode>",
        "<ram:TypeCode>ZZZ</ram:TypeCode>" + NOTE.format("DMTLIL", "LOT 2"),
        lambda v: [one.value for one in v.lines[0].declarations.distinguishing_marks],
        ["LOT 8888", "LOT 2"],
    ),
    Case("READ-NOT-CONVERTED", ">24000<", ">a lot<", lambda v: v.lines[0].net_weight, None),
    Case(
        "READ-NO-TYPE-CODE",
        "<ram:TypeCode>851</ram:TypeCode>",
        "",
        lambda v: (v.kind, v.exchanged_document.type_code),
        (CertificateKind.OTHER, ""),
    ),
    Case(
        "READ-EMPTY-COUNTRY",
        "<ram:ImportSPSCountry><ram:ID>XB</ram:ID>",
        "<ram:ImportSPSCountry><ram:ID/>",
        lambda v: v.consignment.import_country.code,
        None,
    ),
    Case(
        "READ-EMPTY-NUMBER",
        "<ram:ID>XA-2026-014-0004512-0</ram:ID>",
        "<ram:ID/>",
        lambda v: v.exchanged_document.number,
        None,
    ),
    Case(
        "READ-COUNTRY-OUTSIDE",
        "<ram:ImportSPSCountry><ram:ID>XB</ram:ID>",
        "<ram:ImportSPSCountry><ram:ID>XK</ram:ID>",
        lambda v: v.consignment.import_country.code,
        "XK",
    ),
    Case(
        "READ-CODE-LABEL",
        "<ram:ModeCode>1<",
        '<ram:ModeCode name="by boat">1<',
        lambda v: (v.consignment.main_carriages[0].mode.value, v.consignment.main_carriages[0].mode.name),
        ("1", "by boat"),
    ),
    Case(
        "READ-EMPTY-TIME",
        ISSUE,
        "<ram:IssueDateTime><udt:DateTimeString/></ram:IssueDateTime>",
        lambda v: v.exchanged_document.issued,
        None,
    ),
    Case(
        "READ-DATE-ONLY",
        ISSUE,
        ISSUE.replace("T10:30:00+08:00", ""),
        lambda v: v.exchanged_document.issued,
        OfficialTime(date(2026, 11, 18)),
    ),
    Case(
        "READ-NO-OFFSET",
        ISSUE,
        ISSUE.replace("+08:00", ""),
        lambda v: v.exchanged_document.issued,
        OfficialTime(date(2026, 11, 18), text="2026-11-18T10:30:00"),
    ),
    Case(
        "READ-TIME-FORMAT",
        ISSUE,
        ISSUE.replace("String>2026-11-18T10:30:00+08:00", 'String format="804">10080'),
        lambda v: (v.exchanged_document.issued, [one.text for one in v.residue]),
        (None, ["10080", "804"]),
    ),
    Case(
        "READ-FREE-TEXT-DATE",
        ">2026-11-16</ram:Content></ram:IncludedSPSNote>",
        ">May 1, 2 and 5</ram:Content></ram:IncludedSPSNote>",
        lambda v: v.exchanged_document.declarations.inspections,
        (Text("May 1, 2 and 5"),),
    ),
    Case(
        "READ-NESTED-REFERENCE-DATE",
        "<ram:IssueDateTime>2026-11-16</ram:IssueDateTime>",
        "<ram:IssueDateTime><udt:DateTimeString>2026-11-16</udt:DateTimeString></ram:IssueDateTime>",
        lambda v: v.exchanged_document.references[0].issued,
        OfficialTime(date(2026, 11, 16)),
    ),
    Case(
        "READ-NO-UNIT",
        NET,
        "<ram:NetWeightMeasure>24000</ram:NetWeightMeasure>",
        lambda v: v.lines[0].net_weight,
        Measure(Decimal(24000), None),
    ),
    Case(
        "READ-NUMBER-FORM",
        NET,
        NET.replace("24000", "2.40E4"),
        lambda v: v.lines[0].net_weight,
        Measure(Decimal(24000), "KGM"),
    ),
    Case(
        "READ-COUNT-IN-VOLUME",
        NET,
        '<ram:NetVolumeMeasure unitCode="H87">5</ram:NetVolumeMeasure>',
        lambda v: (v.lines[0].count, v.lines[0].net_volume),
        (Measure(Decimal(5), "H87"), None),
    ),
    Case(
        "READ-COUNT-IN-VOLUME",
        NET,
        '<ram:GrossVolumeMeasure unitCode="MTK">5</ram:GrossVolumeMeasure>',
        lambda v: (v.lines[0].gross_volume, [one.text for one in v.residue]),
        (None, ["5", "MTK"]),
    ),
    Case(
        "READ-COUNT-IN-VOLUME",
        NET,
        '<ram:GrossVolumeMeasure unitCode="H87">5</ram:GrossVolumeMeasure>',
        lambda v: (v.lines[0].count, [one.text for one in v.residue]),
        (None, ["5", "H87"]),
    ),
    Case(
        "READ-BOOLEAN-CASE",
        "<ram:Content>True</ram:Content>",
        "<ram:Content>TRUE</ram:Content>",
        lambda v: v.lines[0].re_export and v.lines[0].re_export.is_original,
        seen=True,
        base=REEXPORT,
    ),
    Case(
        "READ-LANGUAGE-CASE",
        'languageID="en">Fresh garlic',
        'languageID="EN">Fresh garlic',
        lambda v: v.lines[0].descriptions,
        (Text("Fresh garlic", "en"),),
    ),
    Case(
        "READ-UNKNOWN-TAG",
        MARKS,
        NOTE.format("MOOD", "fair"),
        lambda v: [(one.subject, one.texts) for one in v.lines[0].other_notes],
        [("MOOD", (Text("fair"),))],
    ),
    Case(
        "READ-OLD-TAG",
        MARKS,
        NOTE.format("ADCO", "Free from rust"),
        lambda v: v.lines[0].declarations.additional[0].text,
        Text("Free from rust"),
    ),
    Case(
        "READ-OLD-TAG",
        "<ram:Subject>ADIPEDL</ram:Subject>",
        "<ram:Subject>ADIP</ram:Subject>",
        lambda v: v.exchanged_document.declarations.import_permits,
        ("XB-IP-2026-948",),
    ),
    Case(
        "READ-STATEMENT-KIND",
        MARKS,
        NOTE.format("RPCCO", "XC"),
        lambda v: v.lines[0].re_export is not None and v.lines[0].re_export.origin_countries,
        ("XC",),
    ),
    Case(
        "READ-STATEMENT-KIND",
        "<ram:IncludedSPSClause><ram:Content/>",
        "<ram:IncludedSPSClause><ram:ID>1</ram:ID><ram:Content/>",
        lambda v: v.exchanged_document.signatories[0].attestations[0].id,
        "1",
        REEXPORT,
    ),
    Case(
        "READ-STATEMENT-TEXT",
        "<ram:ID>1</ram:ID><ram:Content/>",
        "<ram:ID>1</ram:ID><ram:Content>We certify.</ram:Content>",
        lambda v: v.exchanged_document.signatories[0].attestations[0].texts,
        (Text("We certify."),),
    ),
    Case(
        "READ-STATEMENT-TEXT",
        ">3</ram:Content>",
        ">657</ram:Content>",
        lambda v: (v.lines[0].re_export and v.lines[0].re_export.has_statement, v.residue[0].text),
        (True, "657"),
        REEXPORT,
    ),
    Case("READ-LINE-FROM-0", LINE_1, LINE_1.replace("1", "0"), lambda v: v.lines[0].sequence, 0),
    Case(
        "READ-PACKAGES-TWICE",
        MARKS,
        NOTE.format("OPTND", "2400 cartons"),
        lambda v: (len(v.lines[0].packages), v.lines[0].package_text),
        (1, (Text("2400 cartons"),)),
    ),
    Case(
        "READ-HS-LENGTH",
        ">070320<",
        ">07032000<",
        lambda v: v.lines[0].classifications[0].class_code,
        "07032000",
    ),
    Case(
        "READ-HS-EMPTY",
        "<ram:ClassCode>070320</ram:ClassCode>",
        "",
        lambda v: [one.system.value for one in v.lines[0].classifications],
        ["IPPC_PLANT_PART", "IPPC_CONDITION"],
    ),
    Case(
        "READ-PROCESS-CODE",
        "<ram:TypeCode>ZZZ</ram:TypeCode>",
        "<ram:TypeCode>1</ram:TypeCode>",
        lambda v: v.lines[0].treatments[0].process_code.value,
        "1",
    ),
    Case(
        "READ-PROCESS-CODE",
        "<ram:TypeCode>ZZZ</ram:TypeCode>",
        "",
        lambda v: v.lines[0].treatments[0].process_code.value,
        "ZZZ",
    ),
    Case(
        "READ-EMPTY-TREATMENT",
        "</ram:IncludedSPSTradeLineItem><ram:IncludedSPSTradeLineItem>",
        "<ram:AppliedSPSProcess><ram:TypeCode>ZZZ</ram:TypeCode></ram:AppliedSPSProcess>"
        "</ram:IncludedSPSTradeLineItem><ram:IncludedSPSTradeLineItem>",
        lambda v: len(v.lines[0].treatments),
        1,
    ),
    Case(
        "READ-ENTRY-SCHEME",
        '<ram:ID schemeID="un_locode">XBPNO</ram:ID>',
        '<ram:ID schemeID="ISO_3166-1">XBPNO</ram:ID>',
        lambda v: v.consignment.point_of_entry and v.consignment.point_of_entry.id,
        Identifier("XBPNO", "ISO_3166-1"),
    ),
    Case("CORE-KIND-GUESSED", ">ANIMAL_HEALTH<", ">UNKNOWN<", seen=CertificateKind.ANIMAL_HEALTH, base=ANIMAL),
    Case(
        "READ-ATTACHMENT-BROKEN",
        'filename="report.pdf">',
        'filename="report.pdf">=',
        lambda v: v.exchanged_document.references[0].attachments[0].content,
        None,
    ),
    Case(
        "READ-ATTACHMENT-NAME",
        'filename="report.pdf"',
        'filename="report"',
        lambda v: v.exchanged_document.references[0].attachments[0].media_type,
        "application/pdf",
    ),
    Case(
        "READ-ATTACHMENT-URL",
        'filename="report.pdf"',
        'uri="https://lab.example/1" filename="report.pdf" rest="',
        lambda v: v.exchanged_document.references[0].attachments[0].uri,
        "https://lab.example/1",
    ),
)

UNREADABLE = (
    ("READ-UNDECLARED-PREFIX", document("undeclared-prefix.xml")),
    ("READ-MISMATCHED-PREFIX", document("mismatched-prefix.xml")),
    ("READ-NOT-WELL-FORMED", b"<certificate>"),
    ("READ-REFUSED", b"<!DOCTYPE a><a/>"),
    ("READ-NO-CERTIFICATE", b"<a><b>nothing</b></a>"),
    ("READ-OTHER-VERSION", document("other-version.xml")),
)


ANSWER = document("acknowledgement.xml").decode()
ANSWERS = (
    ("READ-ACKNOWLEDGEMENT", ANSWER),
    ("READ-NO-REFERENCE", ANSWER.replace("<ram:RelationshipTypeCode>CAW</ram:RelationshipTypeCode>", "")),
)


def read(text: str) -> Reading:
    """Return the reading of a document where the demonstration countries are configured."""
    return read_certificate(text.encode(), extra_countries=DEMO_COUNTRIES)


def edited(case: Case) -> str:
    """Return the base document with the case's one change, in every place where a root is renamed."""
    assert case.old in case.base, case.old
    if case.rule == "READ-FOREIGN-ROOT":
        renamed = case.base.replace(case.old, case.new)
        return renamed.replace("<own:SPSCertificate ", '<own:SPSCertificate xmlns:own="urn:example:own" ')
    if case.rule == "READ-ATTACHMENT-URL":
        start = case.base.index("<ram:AttachmentBinaryObject")
        end = case.base.index("</ram:AttachmentBinaryObject>")
        return case.base[:start] + '<ram:AttachmentBinaryObject uri="https://lab.example/1">' + case.base[end:]
    return case.base.replace(case.old, case.new, 1)


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_a_deviation_is_read_and_named(case: Case) -> None:
    before = [one.rule for one in read(case.base).findings]
    reading = read(edited(case))
    assert reading.certificate is not None
    said = [one for one in reading.findings if one.rule == case.rule]
    assert len(said) > (0 if case.base is not BASE else before.count(case.rule))
    assert all(one.message and one.level is READ_MESSAGES[case.rule].level for one in said)
    assert case.look(reading.certificate) == case.seen


@pytest.mark.parametrize(("rule", "data"), UNREADABLE, ids=[rule for rule, _ in UNREADABLE])
def test_what_holds_no_certificate_gives_one_severe_finding_and_no_value(rule: str, data: bytes) -> None:
    reading = read_certificate(data)
    assert reading.certificate is None
    assert [one.rule for one in reading.findings] == [rule]
    assert all(one.message for one in reading.findings)


@pytest.mark.parametrize(("rule", "text"), ANSWERS, ids=[rule for rule, _ in ANSWERS])
def test_a_deviation_of_an_acknowledgement_is_read_and_named(rule: str, text: str) -> None:
    reading = read(text)
    assert reading.certificate is None
    assert reading.acknowledgement is not None
    assert rule in {one.rule for one in reading.findings}


def test_every_named_case_has_a_test() -> None:
    named = {case.rule for case in CASES} | {rule for rule, _ in UNREADABLE} | {rule for rule, _ in ANSWERS}
    assert named == set(READ_MESSAGES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("xmlns:udt=", 'xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:21" xmlns:udt='),
        (
            "xmlns:udt=",
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x file:///x.xsd" xmlns:udt=',
        ),
        ("Fresh garlic", "Fresh\n     garlic "),
        (
            "<udt:DateTimeString>2026-11-18T10:30:00+08:00</udt:DateTimeString>",
            "<udt:DateTime>2026-11-18T10:30:00+08:00</udt:DateTime>",
        ),
    ],
    ids=["READ-QDT-LOWER-CASE", "READ-SCHEMA-LOCATION", "READ-WHITE-SPACE", "READ-BOTH-TIME-FORMS"],
)
def test_harmless_deviations_change_nothing_and_are_not_mentioned(old: str, new: str) -> None:
    assert old in BASE
    changed = read(BASE.replace(old, new, 1))
    assert changed.certificate == read(BASE).certificate
    assert changed.findings == read(BASE).findings


def test_READ_LINE_0_TOTALS_become_totals_and_no_line() -> None:
    value = read(document("sanitary-852.xml").decode()).certificate
    assert value is not None
    assert value.consignment.totals is not None
    assert value.consignment.totals.gross_weight == Measure(Decimal(1100), "KGM")
    assert [line.sequence for line in value.lines] == [1]


def test_READ_PACKAGE_LEVEL_is_kept_as_text() -> None:
    value = read(document("disordered-851.xml").decode()).certificate
    assert value is not None
    assert value.lines[0].packages[0].level == "4"


def test_READ_REPEATED_NOTE_each_is_a_text_of_its_own() -> None:
    value = read(document("disordered-851.xml").decode()).certificate
    assert value is not None
    assert [one.text.language for one in value.lines[0].declarations.additional] == ["en", "zh"]


def test_READ_COUNTRY_OUTSIDE_is_silent_about_configured_countries() -> None:
    strict = read_certificate(BASE.encode())
    assert {one.params["code"] for one in strict.findings if one.rule == "READ-COUNTRY-OUTSIDE"} == {"XA", "XB", "XC"}
    assert "READ-COUNTRY-OUTSIDE" not in {one.rule for one in read(BASE).findings}


def test_a_certificate_in_a_soap_body_is_found_as_element_and_as_text() -> None:
    escaped = (
        SOAP.split('urn:example:hub">', 1)[1].split("</h:Deliver>", 1)[0].replace("&", "&amp;").replace("<", "&lt;")
    )
    as_text = SOAP[: SOAP.index("<rsm:")] + escaped + "</h:Deliver></soap:Body></soap:Envelope>"
    for text in (SOAP, as_text):
        assert read(text).certificate == read(BASE).certificate
        assert not {"READ-FOREIGN-ROOT", "READ-BASE64-CONTENT"} & {one.rule for one in read(text).findings}


def test_every_finding_of_the_reader_says_what_to_do() -> None:
    asked = [what_to_do(read_finding(rule, "", {"reason": "dtd"})) for rule in READ_MESSAGES]
    assert all(sentence.endswith(".") for sentence in asked)
    missing = read_finding("READ-NO-UNIT", "", {})
    assert what_to_do(missing) == "Enter what is missing, or ask the sender for it."
    note = read_finding("READ-NUMBER-FORM", "", {"text": "1.0", "value": "1"})
    assert what_to_do(note) == "Nothing has to be done."
    guess = read_finding("READ-FREE-TEXT-DATE", "", {})
    assert what_to_do(guess).startswith("Compare it with the document as received")


def test_a_finding_of_a_rule_says_itself_what_to_do() -> None:
    unit = replace(read_finding("READ-NO-UNIT", "", {}), rule="CORE-UNIT", template="Add the unit.")
    assert what_to_do(unit) == "Add the unit."


def test_an_empty_file_is_broken_in_its_first_line() -> None:
    assert [one.message for one in read_certificate(b"").findings] == [
        "Line 1 is not well-formed XML; the document cannot be read."
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE a><a/>", "declares a document type (DTD)"),
        (b"<a>" * 1000 + b"</a>" * 1000, "too deep"),
        (b'<?xml version="1.0" encoding="EBCDIC-FR"?><a/>', "encoding that is not read"),
    ],
)
def test_a_refusal_gives_its_reason_in_words(data: bytes, said: str) -> None:
    (finding,) = read_certificate(data).findings
    assert finding.rule == "READ-REFUSED"
    assert said in finding.message
