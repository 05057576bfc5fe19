"""Corners of values and goods: what is empty, doubled or of another shape is kept and never invented."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import Classification, Code, Measure, OfficialTime, Text
from tests.unit.formats.corners import (
    CLASS,
    COPY,
    EXPORT,
    FACT,
    FIRST_LINE,
    FOOD,
    HEAT,
    ISSUE,
    NET,
    PACKED,
    PERSON,
    Corner,
    Look,
    kept,
    look_at,
    read,
)

CORNERS: tuple[Corner, ...] = (
    (
        "a text with children",
        EXPORT,
        "Fresh garlic",
        "Fresh <b>garlic</b>",
        lambda v: (v.lines[0].descriptions, kept(v)),
        ((), ["Fresh", "en", "garlic"]),
    ),
    (
        "an empty net volume",
        EXPORT,
        NET,
        '<ram:NetVolumeMeasure unitCode="LTR"/>',
        lambda v: (v.lines[0].net_volume, v.lines[0].count),
        (None, None),
    ),
    (
        "an empty net volume keeps its unit",
        EXPORT,
        NET,
        '<ram:NetVolumeMeasure unitCode="LTR"/>',
        kept,
        ["LTR"],
    ),
    (
        "an empty number keeps the scheme it stood under",
        EXPORT,
        "<ram:ID>XA-2026-014-0004512-0</ram:ID>",
        '<ram:ID schemeID="office"/>',
        lambda v: (v.exchanged_document.number, kept(v)),
        (None, ["office"]),
    ),
    (
        "an empty identifier of a party keeps its scheme and agency",
        EXPORT,
        "<ram:ConsignorSPSParty>",
        '<ram:ConsignorSPSParty><ram:ID schemeID="register" schemeAgencyID="XA"> </ram:ID>',
        lambda v: kept(v)[:2],
        ["register", "XA"],
    ),
    (
        "an empty code keeps its label",
        EXPORT,
        "<ram:ModeCode>1<",
        '<ram:ModeCode name="by boat"><',
        lambda v: kept(v)[0],
        "by boat",
    ),
    (
        "a net volume of another dimension",
        EXPORT,
        NET,
        '<ram:NetVolumeMeasure unitCode="MTK">5</ram:NetVolumeMeasure>',
        lambda v: (v.lines[0].net_volume, kept(v)),
        (None, ["5", "MTK"]),
    ),
    (
        "a child without a field",
        FOOD,
        '<ram:Name languageID="en">Official veterinarian</ram:Name>',
        '<ram:Name languageID="en">Official veterinarian</ram:Name><ram:AbbreviatedName>OV</ram:AbbreviatedName>',
        lambda v: "OV" in kept(v),
        True,
    ),
    (
        "a country of a scheme",
        FOOD,
        "<ram:CountryID>XB",
        '<ram:CountryID schemeID="iso" schemeURI="urn:iso">XB',
        lambda v: (v.exchanged_document.issuer.address.country, "urn:iso" in kept(v)),
        ("XB", True),
    ),
    (
        "an empty country in an address",
        FOOD,
        "<ram:CountryID>XB",
        "<ram:CountryID>",
        lambda v: v.exchanged_document.issuer.address.country,
        None,
    ),
    (
        "a second document part",
        EXPORT,
        "<rsm:SPSConsignment>",
        "<rsm:SPSExchangedDocument><ram:ID>2</ram:ID></rsm:SPSExchangedDocument><rsm:SPSConsignment>",
        kept,
        ["2"],
    ),
    ("an unknown part", EXPORT, "<rsm:SPSConsignment>", "<rsm:More>5</rsm:More><rsm:SPSConsignment>", kept, ["5"]),
    (
        "a leaf with children",
        EXPORT,
        ">24000<",
        "><b>24000</b><",
        lambda v: (v.lines[0].net_weight, kept(v)),
        (None, ["KGM", "24000"]),
    ),
    (
        "an empty language",
        EXPORT,
        'languageID="en">Fresh garlic',
        'languageID="">Fresh garlic',
        lambda v: v.lines[0].descriptions,
        (Text("Fresh garlic"),),
    ),
    (
        "a language that is none",
        EXPORT,
        'languageID="en">Fresh garlic',
        'languageID="eng">Fresh garlic',
        lambda v: (v.lines[0].descriptions, kept(v)),
        ((Text("Fresh garlic"),), ["eng"]),
    ),
    (
        "an attribute of no use",
        EXPORT,
        'languageID="en">Fresh garlic',
        'languageID="en" languageLocaleID="US">Fresh garlic',
        kept,
        ["US"],
    ),
    (
        "an attribute of a record",
        EXPORT,
        "<ram:SpecifiedSPSAddress>",
        '<ram:SpecifiedSPSAddress kind="home">',
        kept,
        ["home"],
    ),
    (
        "an empty code",
        EXPORT,
        "<ram:ModeCode>1</ram:ModeCode>",
        "<ram:ModeCode/>",
        lambda v: (v.consignment.main_carriages, kept(v)),
        ((), ["Voyage 18", "MV Example"]),
    ),
    ("an empty number", EXPORT, ">24000<", "><", lambda v: v.lines[0].net_weight, None),
    (
        "a time without element",
        EXPORT,
        ISSUE,
        "2026-11-18</ram:IssueDateTime>",
        lambda v: v.exchanged_document.issued,
        OfficialTime(date(2026, 11, 18)),
    ),
    (
        "a time in words",
        EXPORT,
        ISSUE,
        "<udt:DateTimeString>today</udt:DateTimeString></ram:IssueDateTime>",
        lambda v: (v.exchanged_document.issued, kept(v)),
        (None, ["today"]),
    ),
    (
        "a time of a strange element",
        EXPORT,
        ISSUE,
        "<udt:Moment>now</udt:Moment></ram:IssueDateTime>",
        lambda v: (v.exchanged_document.issued, kept(v)),
        (None, ["now"]),
    ),
    (
        "a time told twice",
        EXPORT,
        ISSUE,
        "<udt:DateTime>2026-11-18</udt:DateTime>" + ISSUE,
        kept,
        ["2026-11-18T10:30:00+08:00"],
    ),
    (
        "an indicator as text",
        FOOD,
        COPY,
        COPY.replace("Indicator>false", "IndicatorString>True").replace("</udt:Indicator>", "</udt:IndicatorString>"),
        lambda v: v.exchanged_document.is_copy,
        True,
    ),
    (
        "an indicator that says neither",
        FOOD,
        COPY,
        COPY.replace("false", "maybe"),
        lambda v: (v.exchanged_document.is_copy, "maybe" in kept(v)),
        (None, True),
    ),
    ("an indicator without content", FOOD, COPY, "<ram:CopyIndicator/>", lambda v: v.exchanged_document.is_copy, None),
    (
        "a number that is none",
        EXPORT,
        ">XA-2026-014-0004512-0<",
        ">" + "9" * 61 + "<",
        lambda v: (v.exchanged_document.number, len(kept(v))),
        (None, 1),
    ),
    (
        "a country that is none",
        EXPORT,
        "<ram:ID>XB</ram:ID>",
        "<ram:ID>Northland</ram:ID>",
        lambda v: (v.consignment.import_country.code, kept(v)),
        (None, ["Northland"]),
    ),
    (
        "a person without name",
        EXPORT,
        PERSON,
        PERSON.replace("Lin Chen", "").replace(
            "</ram:SpecifiedSPSPerson>",
            "<ram:AttainedSPSQualification><ram:Name>Dr</ram:Name></ram:AttainedSPSQualification></ram:SpecifiedSPSPerson>",
        ),
        lambda v: (v.exchanged_document.signatories[0].provider.person, kept(v)),
        (None, ["Dr"]),
    ),
    (
        "a seal without number",
        EXPORT,
        "<ram:ID>G2382564</ram:ID>",
        "<ram:ID/><ram:MaximumID>G9</ram:MaximumID>",
        lambda v: (v.consignment.transport_equipment[0].seals, kept(v)),
        ((), ["G9"]),
    ),
    ("a sequence number left empty", EXPORT, FIRST_LINE, "<ram:SequenceNumeric/>", lambda v: v.lines[0].sequence, 1),
    (
        "a sequence number with a fraction",
        EXPORT,
        FIRST_LINE,
        FIRST_LINE.replace(">1<", ">1.5<"),
        lambda v: (v.lines[0].sequence, kept(v)),
        (1, ["1.5"]),
    ),
    ("no sequence number", EXPORT, FIRST_LINE, "", lambda v: v.lines[0].sequence, 1),
    (
        "a class without system",
        EXPORT,
        CLASS,
        "<ram:ClassCode>070320</ram:ClassCode><ram:ClassName/>",
        lambda v: (len(v.lines[0].classifications), kept(v)),
        (2, ["070320"]),
    ),
    (
        "a class of a system by name",
        EXPORT,
        CLASS,
        CLASS.replace(">HS<", ">Local<"),
        lambda v: v.lines[0].classifications[0],
        Classification(Code("Local"), "070320"),
    ),
    (
        "a system identified and unnamed",
        EXPORT,
        CLASS,
        CLASS.replace("<ram:SystemName>HS</ram:SystemName>", '<ram:SystemID schemeID="s">CN</ram:SystemID>'),
        lambda v: v.lines[0].classifications[0].system,
        Code("CN", "s"),
    ),
    (
        "packages without type",
        EXPORT,
        PACKED,
        PACKED.replace("<ram:TypeCode>CT</ram:TypeCode>", ""),
        lambda v: (v.lines[0].packages, "2400" in kept(v)),
        ((), True),
    ),
    (
        "packages of no level",
        EXPORT,
        PACKED,
        PACKED.replace("<ram:LevelCode>1</ram:LevelCode>", ""),
        lambda v: v.lines[0].packages[0].level,
        "0",
    ),
    (
        "a second fact of one kind",
        EXPORT,
        FACT,
        FACT + FACT.replace("CHT", "RAT"),
        lambda v: (v.lines[0].treatments[0].type_level_1.value, kept(v)),
        ("CHT", ["RAT"]),
    ),
    (
        "an empty fact",
        EXPORT,
        FACT,
        FACT.replace("<ram:Description>CHT</ram:Description>", "<ram:Description/>"),
        lambda v: v.lines[0].treatments[0].type_level_1,
        None,
    ),
    (
        "a fact without tag",
        EXPORT,
        FACT,
        FACT.replace("<ram:Description>TTL1</ram:Description>", ""),
        lambda v: (v.lines[0].treatments[0].type_level_1, kept(v)),
        (None, ["CHT"]),
    ),
    (
        "a fact without anything",
        EXPORT,
        FACT,
        FACT.replace(
            "<ram:Description>TTL1</ram:Description><ram:Description>CHT</ram:Description>",
            "<ram:TypeCode>X</ram:TypeCode>",
        ),
        kept,
        ["X"],
    ),
    (
        "words beside a measure",
        EXPORT,
        HEAT,
        HEAT.replace("TTTM</ram:Description>", "TTTM</ram:Description><ram:Description>warm</ram:Description>"),
        lambda v: (v.lines[0].treatments[0].temperature, kept(v)),
        (Measure(Decimal(21), "CEL"), ["warm"]),
    ),
    (
        "a second measure",
        EXPORT,
        HEAT,
        HEAT
        + "</ram:ApplicableSPSProcessCharacteristic><ram:ApplicableSPSProcessCharacteristic>"
        + HEAT.replace("21", "22"),
        lambda v: (v.lines[0].treatments[0].temperature, kept(v)),
        (Measure(Decimal(21), "CEL"), ["22", "CEL"]),
    ),
    (
        "a process without code",
        EXPORT,
        "</ram:IncludedSPSTradeLineItem></ram:IncludedSPSConsignmentItem>",
        "<ram:AppliedSPSProcess><ram:OperatorSPSParty><ram:Name>Mill</ram:Name></ram:OperatorSPSParty></ram:AppliedSPSProcess></ram:IncludedSPSTradeLineItem></ram:IncludedSPSConsignmentItem>",
        lambda v: (v.lines[1].processes, kept(v)),
        ((), ["Mill"]),
    ),
    (
        "a stray in a treatment",
        EXPORT,
        "<ram:TypeCode>ZZZ</ram:TypeCode>",
        "<ram:TypeCode>ZZZ</ram:TypeCode><ram:Mood>fair</ram:Mood>",
        kept,
        ["fair"],
    ),
)


@pytest.mark.parametrize(
    ("base", "old", "new", "look", "seen"), [row[1:] for row in CORNERS], ids=[row[0] for row in CORNERS]
)
def test_a_corner_is_read_as_it_is(base: str, old: str, new: str, look: Look, seen: Any) -> None:
    assert look_at(base, old, new, look) == seen


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("3", "Road transport"),
        ("3", "ROAD"),
        ("3", "Road (motor vehicle)"),
        ("6", "more than one mode"),
    ],
)
def test_a_label_that_says_our_name_and_more_is_no_finding(code: str, label: str) -> None:
    assert "READ-CODE-LABEL" not in _rules_of_mode(code, label)


@pytest.mark.parametrize(("code", "label"), [("1", "by boat"), ("4", "Road transport"), ("4", "?")])
def test_a_label_with_another_name_is_a_finding(code: str, label: str) -> None:
    assert "READ-CODE-LABEL" in _rules_of_mode(code, label)


@pytest.mark.parametrize(("code", "label"), [("916", "Related document"), ("730", "Road consignment note")])
def test_a_code_we_have_no_name_for_takes_the_label_it_comes_with(code: str, label: str) -> None:
    old = "<ram:TypeCode>851</ram:TypeCode>"
    assert old in EXPORT
    rules = {
        one.rule for one in read(EXPORT.replace(old, f'<ram:TypeCode name="{label}">{code}</ram:TypeCode>', 1)).findings
    }
    assert "READ-CODE-LABEL" not in rules


def _rules_of_mode(code: str, label: str) -> set[str]:
    old = "<ram:ModeCode>1<"
    assert old in EXPORT
    return {one.rule for one in read(EXPORT.replace(old, f'<ram:ModeCode name="{label}">{code}<', 1)).findings}
