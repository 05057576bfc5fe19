"""Corners of the dialects: facts in an unusual form stay what they were, and what has no place is announced."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import (
    Acknowledgement,
    AdditionalDeclaration,
    AnimalGroup,
    AnimalIdentification,
    Area,
    Certificate,
    CertificateKind,
    Code,
    CountryArea,
    CountryCode,
    Declarations,
    Establishment,
    Identifier,
    Measure,
    OfficialTime,
    OtherQuantity,
    Party,
    ReferencedDocument,
    Replacement,
    Text,
    Totals,
    TransportCondition,
    Treatment,
    certificate_number,
)
from opensps.formats import (
    FormatError,
    as_carried,
    capacity,
    dialect_of,
    locate,
    locator,
    read_certificate,
    schema_findings,
    write_acknowledgement,
    write_certificate,
)
from opensps.formats.process_roles import ProcessRole, role_of
from opensps.rules import Area as FindingArea
from opensps.rules import Finding, Level
from tests.factories.certificates import phytosanitary
from tests.unit.formats.corners import ANIMAL, EXPORT, FOOD, kept, look_at, read
from tests.vectors.xml import document

ANSWER = document("acknowledgement.xml").decode()
BASE = {CertificateKind.ANIMAL_HEALTH: ANIMAL, CertificateKind.SANITARY: FOOD}


def of_kind(kind: CertificateKind, **changes: Any) -> Certificate:
    """Return a coded certificate with changes as the factory of 851 takes them."""
    value = read(BASE[kind]).certificate
    assert value is not None
    item = value.consignment.items[0]
    line = {name.removeprefix("line__"): one for name, one in changes.items() if name.startswith("line__")}
    goods = {name.removeprefix("goods__"): one for name, one in changes.items() if name.startswith("goods__")}
    paper = {name.removeprefix("paper__"): one for name, one in changes.items() if name.startswith("paper__")}
    lines = (replace(item.trade_line_items[0], **line), *item.trade_line_items[1:])
    goods.setdefault("items", (replace(item, trade_line_items=lines),))
    document_ = replace(value.exchanged_document, **paper)
    return replace(value, exchanged_document=document_, consignment=replace(value.consignment, **goods), residue=())


def severe(value: Certificate, dialect: str = "opensps") -> list[str]:
    """Return the fields a dialect refuses."""
    return [one.field for one in capacity(value, dialect=dialect) if one.level is Level.SEVERE]


LINE = "consignment.items[0].trade_line_items[0]"
EAR_TAG = Code("EAR_TAG", "opensps_identification_system")
MILL = Identifier("N-1", "approval_number")
NOW = OfficialTime.moment(datetime(2026, 11, 1, tzinfo=UTC))

NO_PLACE = (
    (
        {"goods__totals": Totals(count=Measure(Decimal(2), "KGM"))},
        "consignment.totals.count",
    ),
    (
        {"line__treatments": (Treatment(Code("37", "un_7187"), started=NOW),)},
        f"{LINE}.treatments[0]",
    ),
    ({"line__establishments": (Establishment(Code("ZZZ"), MILL),)}, f"{LINE}.establishments[0]"),
    ({"line__establishments": (Establishment(Code("37"), Identifier(" ")),)}, f"{LINE}.establishments[0]"),
    ({"line__animals": AnimalGroup(age=Measure(Decimal(2), None))}, f"{LINE}.animals.age"),
    (
        {"line__animals": AnimalGroup(identifications=(AnimalIdentification(1, Code(" "), "A"),))},
        f"{LINE}.animals.identifications[0]",
    ),
    (
        {"line__animals": AnimalGroup(identifications=(AnimalIdentification(-1, EAR_TAG, "A"),))},
        f"{LINE}.animals.identifications[0].animal",
    ),
    ({"paper__replacement": Replacement(issued=NOW)}, "exchanged_document.replacement.issued"),
    ({"paper__replacement": Replacement(has_statement=True)}, "exchanged_document.replacement.has_statement"),
    ({"paper__has_financial_liability_clause": True}, "exchanged_document.has_financial_liability_clause"),
)


@pytest.mark.parametrize(("changes", "field"), NO_PLACE, ids=[row[1] for row in NO_PLACE])
def test_what_a_vocabulary_has_no_place_for_is_refused_before_a_byte_is_written(
    changes: dict[str, Any], field: str
) -> None:
    value = of_kind(CertificateKind.ANIMAL_HEALTH, **changes)
    assert field in severe(value)
    with pytest.raises(FormatError):
        write_certificate(value, dialect="opensps")


def test_a_label_of_a_role_beside_a_section_is_lost_and_said() -> None:
    role = Code("MF", "un_3035", "Maker")
    value = of_kind(
        CertificateKind.ANIMAL_HEALTH, line__establishments=(Establishment(Code("37"), MILL, role=role, section="IX"),)
    )
    said = [one for one in capacity(value, dialect="opensps") if one.field.endswith(".role")]
    assert [one.level for one in said] == [Level.INFO]
    made = as_carried(value, dialect="opensps").lines[0].establishments[0]
    assert (made.role, made.section) == (Code("MF", "un_3035"), "IX")


def test_a_replacement_without_its_statement_gets_one_from_its_reference() -> None:
    replaced = Replacement(number=certificate_number("XB-1"), reasons=(Text("Torn", "en"),))
    value = of_kind(CertificateKind.SANITARY, paper__replacement=replaced)
    assert [one.level for one in capacity(value, dialect="opensps") if "replacement" in one.field] == [Level.INFO]
    again = read(write_certificate(value, dialect="opensps").decode()).certificate
    assert again is not None
    assert again.exchanged_document.replacement == Replacement(
        certificate_number("XB-1"), None, (Text("Torn", "en"),), has_statement=True
    )


def test_reasons_alone_are_a_replacement_whose_number_is_missing() -> None:
    value = of_kind(CertificateKind.SANITARY, paper__replacement=Replacement(reasons=(Text("Torn", "en"),)))
    again = read(write_certificate(value, dialect="opensps").decode()).certificate
    assert again is not None
    assert again.exchanged_document.replacement == Replacement(reasons=(Text("Torn", "en"),))


def test_import_permits_travel_as_references_and_are_said_to() -> None:
    declared = of_kind(CertificateKind.SANITARY).exchanged_document.declarations
    value = of_kind(CertificateKind.SANITARY, paper__declarations=replace(declared, import_permits=("IMP 9",)))
    carried = as_carried(value, dialect="opensps").exchanged_document
    assert carried.declarations.import_permits == ()
    assert [(one.relationship.value, one.id) for one in carried.references] == [("IP", "IMP 9"), ("IP", "IMP-77")]


NOTE = '<ram:ContentCode listID="identification_system">EAR_TAG</ram:ContentCode><ram:Content>XB 0001</ram:Content>'
SUBJECT = '<ram:SubjectCode listID="note_subject_code">{0}</ram:SubjectCode>'
ODD_NOTES = (
    ("IDENTIFIER without a number of an animal", "<ram:Subject>1</ram:Subject>", ""),
    ("IDENTIFIER without a value", "<ram:Content>XB 0001</ram:Content>", "<ram:Content/>"),
    ("AGE that is no number", SUBJECT.format("IDENTIFIER"), SUBJECT.format("AGE")),
    ("SEX with a text", SUBJECT.format("IDENTIFIER"), SUBJECT.format("SEX")),
    ("a declaration about something", SUBJECT.format("IDENTIFIER"), SUBJECT.format("ADDITIONAL_DECLARATION")),
    ("a quantity with a code", SUBJECT.format("IDENTIFIER"), SUBJECT.format("OTHER_QUANTITY")),
)


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in ODD_NOTES], ids=[row[0] for row in ODD_NOTES])
def test_a_note_that_has_not_the_form_of_its_subject_stays_a_note(old: str, new: str) -> None:
    found = look_at(ANIMAL, old, new, lambda value: (value.lines[0].animals, len(value.lines[0].other_notes)))
    assert found == (None, 1)


def test_an_age_in_words_stays_a_note_and_one_in_numbers_does_not() -> None:
    age = SUBJECT.format("AGE")
    plain = ANIMAL.replace("<ram:Subject>1</ram:Subject>", "").replace(SUBJECT.format("IDENTIFIER"), age)
    words = plain.replace("XB 0001", "two years")
    assert look_at(words, "two years", "two years", lambda value: len(value.lines[0].other_notes)) == 1
    number = look_at(plain, "XB 0001", "18", lambda value: value.lines[0].animals.age)
    assert (number.value, number.unit) == (18, "EAR_TAG")


KIND = '<ram:ContentCode listID="certificate_kind">ANIMAL_HEALTH</ram:ContentCode><ram:Content>calves/2</ram:Content>'


def test_a_kind_note_that_says_more_stays_a_note_and_still_says_the_kind() -> None:
    text = KIND.replace("calves/2", "calves")
    found = look_at(ANIMAL, KIND, text, lambda value: (value.kind, value.model, value.exchanged_document.other_notes))
    assert found[:2] == (CertificateKind.ANIMAL_HEALTH, None)
    assert len(found[2]) == 1
    twice = KIND + "<ram:Content>b/1</ram:Content>"
    assert look_at(ANIMAL, KIND, twice, lambda value: value.kind) is CertificateKind.ANIMAL_HEALTH


def test_a_lone_kind_note_without_a_template_says_the_kind_alone() -> None:
    empty = KIND.replace("calves/2", "")
    assert look_at(ANIMAL, KIND, empty, lambda value: (value.kind, value.model)) == (
        CertificateKind.ANIMAL_HEALTH,
        None,
    )


def test_lists_and_labels_of_facts_that_no_field_holds_are_kept_apart() -> None:
    value = read(ANIMAL).certificate
    assert value is not None
    assert {"note_subject_code", "certificate_kind"} <= set(kept(value))


TOTAL = '<ram:Description languageID="en">Consignment totals and summary</ram:Description>'


def test_what_a_line_of_totals_says_beside_totals_is_kept() -> None:
    named = TOTAL.replace("and summary", "of all")
    assert "Consignment totals of all" in look_at(FOOD, TOTAL, named, kept)
    volume = '<ram:NetVolumeMeasure unitCode="MTQ">5</ram:NetVolumeMeasure>'
    gross = '<ram:GrossWeightMeasure unitCode="KGM">1100</ram:GrossWeightMeasure>'
    assert {"5", "MTQ"} <= set(look_at(FOOD, gross, gross + volume, kept))
    start = FOOD.index("<ram:IncludedSPSTradeLineItem>")
    end = FOOD.index("</ram:IncludedSPSTradeLineItem>") + len("</ram:IncludedSPSTradeLineItem>")
    twice = FOOD[:end] + FOOD[start:end] + FOOD[end:]
    reading = read(twice)
    assert reading.certificate is not None
    assert reading.certificate.consignment.totals is not None
    assert "READ-SECOND-SINGLE" in {one.rule for one in reading.findings}


def test_attributes_nobody_reads_are_kept() -> None:
    number = "<ram:SequenceNumeric>1</ram:SequenceNumeric>"
    assert "n" in look_at(FOOD, number, number.replace("Numeric>1", 'Numeric format="n">1'), kept)
    count = "<ram:ItemQuantity>100</ram:ItemQuantity><ram:NominalGross"
    assert "XPX" in look_at(FOOD, count, count.replace("Quantity>1", 'Quantity unitCode="XPX">1', 1), kept)
    permit = '<ram:ID schemeAgencyID="XA">IMP-77</ram:ID>'
    assert "permits" in look_at(FOOD, permit, permit.replace("<ram:ID ", '<ram:ID schemeID="permits" '), kept)


def test_a_country_with_zones_makes_no_establishment() -> None:
    area = Area(names=(Text("North"),))
    given = {"is_tagged": False, "is_described": False, "has_duration": False, "operator": Party(ids=(MILL,))}
    zoned = CountryArea(CountryCode("XA"), areas=(area,))
    assert role_of("37", country=zoned, **given) is ProcessRole.OTHER  # type: ignore[arg-type]  # one dict for three calls
    assert role_of("37", country=None, **given) is ProcessRole.ESTABLISHMENT  # type: ignore[arg-type]  # as above
    assert role_of("95", country=zoned, **given) is ProcessRole.TREATMENT  # type: ignore[arg-type]  # as above


def test_a_replaced_document_whose_number_is_none_stays_a_reference() -> None:
    odd = ReferencedDocument(Code("ACW", "un_1153"), "x" * 61)
    value = of_kind(CertificateKind.SANITARY, paper__references=(odd,))
    carried = as_carried(value, dialect="opensps").exchanged_document
    assert (carried.replacement, carried.references) == (None, (odd,))


def test_a_file_of_nothing_but_base64_is_opened() -> None:
    wrapped = base64.encodebytes(EXPORT.encode())
    reading = read_certificate(wrapped)
    assert reading.certificate == read_certificate(EXPORT.encode()).certificate
    assert "READ-BASE64-CONTENT" in {one.rule for one in reading.findings}
    assert read_certificate(b"PD94!").findings[0].rule == "READ-NOT-WELL-FORMED"


def test_an_acknowledgement_keeps_what_it_says_beside_itself() -> None:
    body = ANSWER[ANSWER.index("<rsm:SPSAcknowledgementDocument>") : ANSWER.index("</rsm:SPSAcknowledgement>")]
    reading = read(ANSWER.replace(body, body + body + "<rsm:Mood>fair</rsm:Mood>"))
    assert reading.acknowledgement is not None
    assert reading.acknowledgement.status_code == "39"
    assert "fair" in [one.text for one in reading.acknowledgement.residue]
    assert {"READ-SECOND-SINGLE", "READ-UNKNOWN-ELEMENT"} <= {one.rule for one in reading.findings}
    said = read(ANSWER.replace("<ram:StatusCode>39</ram:StatusCode>", ""))
    assert "READ-NO-TYPE-CODE" in {one.rule for one in said.findings}
    empty = read(ANSWER.replace(body, ""))
    assert (empty.acknowledgement, empty.findings[-1].rule) == (None, "READ-NO-CERTIFICATE")


def test_an_acknowledgement_that_answers_nothing_is_not_written() -> None:
    with pytest.raises(FormatError) as refused:
        write_acknowledgement(Acknowledgement(""))
    assert (refused.value.code, refused.value.path) == ("cannot_carry", "acknowledgement.status_code")
    kept_apart = read(ANSWER.replace("<ram:TypeCode>851", '<ram:TypeCode list="x">851')).acknowledgement
    assert kept_apart is not None
    assert write_acknowledgement(kept_apart, dialect="traces").count(b"<udt:DateTime>") == 1


def test_the_dialect_of_a_document_of_another_kind_follows_its_type() -> None:
    other = of_kind(CertificateKind.SANITARY)
    assert dialect_of(phytosanitary()) == "ephyto"
    assert dialect_of(other) == "opensps"
    assert dialect_of(replace(other, kind=CertificateKind.OTHER)) == "opensps"
    assert dialect_of(replace(phytosanitary(), kind=CertificateKind.OTHER)) == "ephyto"
    with pytest.raises(FormatError):
        capacity(other, dialect="klingon")


def test_findings_are_located_at_their_element_or_at_the_nearest_there_is() -> None:
    reading = read(EXPORT.replace(">24000<", ">24.0E3<", 1))
    place_of = locator(reading)
    number = next(one for one in reading.findings if one.rule == "READ-NUMBER-FORM")
    assert place_of(number).xpath.endswith("/NetWeightMeasure")
    assert EXPORT.splitlines()[place_of(number).line - 1].count("NetWeightMeasure")
    missing = Finding(FindingArea.MAPPING, Level.SEVERE, f"{LINE}.animals.breed", "x", "X")
    assert place_of(missing).xpath.rsplit("/", 1)[-1].startswith("IncludedSPSTradeLineItem")
    assert place_of(Finding(FindingArea.MAPPING, Level.SEVERE, "kind", "x", "X")).xpath == "/SPSCertificate"
    assert locate(reading, number) == place_of(number)
    astray = Finding(FindingArea.SCHEMA, Level.SEVERE, "/SPSCertificate/SPSConsignment/Nothing[4]/*[", "x", "X")
    assert place_of(astray).xpath == "/SPSCertificate/SPSConsignment"


def test_a_schema_finding_of_a_foreign_root_and_of_broken_xml_is_located() -> None:
    foreign = EXPORT.replace("rsm:SPSCertificate", "own:SPSCertificate").replace(
        "<own:SPSCertificate ", '<own:SPSCertificate xmlns:own="urn:example:own" '
    )
    wrapped = "<a>" + foreign[foreign.index("<own:") :].replace("<ram:TypeCode>851<", "<ram:TypeCode><") + "</a>"
    reading = read(wrapped)
    assert reading.root is not None
    said = schema_findings(reading.root)
    assert locate(reading, said[0]).xpath == "/a/SPSCertificate/SPSExchangedDocument/TypeCode"
    broken = read_certificate(b"<a>\n<b>")
    assert locate(broken, broken.findings[0]).line == 2
    assert locate(read_certificate(b""), Finding(FindingArea.SCHEMA, Level.SEVERE, "", "x", "X")).line == 0
    answer = read(ANSWER)
    assert locate(answer, answer.findings[0]).xpath == "/SPSAcknowledgement"


def test_a_certificate_of_plants_says_its_replacement_in_tags_only() -> None:
    replaced = Replacement(certificate_number("XA-1"), has_statement=True)
    value = phytosanitary(exchanged_document__replacement=replaced)
    assert "exchanged_document.replacement" in severe(value)


def test_a_copy_mark_has_no_place_at_intercom() -> None:
    value = phytosanitary(exchanged_document__is_copy=True)
    assert "exchanged_document.is_copy" in severe(value, "intercom")


def test_every_fact_of_a_line_and_of_a_document_comes_back_in_our_vocabulary() -> None:
    said = Declarations(
        additional=(AdditionalDeclaration(Text("Free from rust", "en"), "AD-7"),),
        official_information=(Text("Seen", "en"),),
        inspections=(NOW, Text("on the pier")),
        distinguishing_marks=(Text("LOT 7"),),
    )
    group = AnimalGroup(
        breed=Text("Angus", "en"),
        sex=Code("FEMALE"),
        age=Measure(Decimal(18), "MON"),
        category=Code("BREEDING"),
        identifications=(AnimalIdentification(1, EAR_TAG, "A 1"),),
    )
    value = of_kind(
        CertificateKind.ANIMAL_HEALTH,
        paper__declarations=said,
        line__declarations=said,
        line__animals=group,
        line__package_text=(Text("two crates"),),
        line__other_quantity=OtherQuantity(Decimal(2), "crates"),
        goods__transport_condition=TransportCondition.AMBIENT,
    )
    assert severe(value) == []
    again = read(write_certificate(value, dialect="opensps").decode()).certificate
    assert again == as_carried(value, dialect="opensps")
    assert again is not None
    line = again.lines[0]
    assert line.declarations == again.exchanged_document.declarations == said
    assert line.animals == replace(
        group, sex=Code("FEMALE", "opensps_sex"), category=Code("BREEDING", "opensps_animal_category")
    )
    assert (line.package_text, line.other_quantity) == ((Text("two crates"),), OtherQuantity(Decimal(2), "crates"))
    assert again.consignment.transport_condition is TransportCondition.AMBIENT


@pytest.mark.parametrize(
    "group",
    [
        AnimalGroup(breed=Text("Angus")),
        AnimalGroup(sex=Code("MALE", "opensps_sex")),
        AnimalGroup(identifications=(AnimalIdentification(1, EAR_TAG, "A 1"),)),
    ],
)
def test_one_fact_of_animals_comes_back_alone(group: AnimalGroup) -> None:
    value = of_kind(CertificateKind.ANIMAL_HEALTH, line__animals=group)
    again = read(write_certificate(value, dialect="opensps").decode()).certificate
    assert again is not None
    assert again.lines[0].animals == group


def test_a_second_note_of_what_is_said_once_stays_a_note() -> None:
    breed = "<ram:AdditionalInformationSPSNote><ram:Content>{0}</ram:Content>" + SUBJECT.format("BREED")
    note = breed + "</ram:AdditionalInformationSPSNote>"
    start = "<ram:AdditionalInformationSPSNote><ram:Subject>1"
    found = look_at(
        ANIMAL,
        start,
        note.format("Angus") + note.format("Hereford") + start,
        lambda value: (value.lines[0].animals.breed.value, [one.texts[0].value for one in value.lines[0].other_notes]),
    )
    assert found == ("Angus", ["Hereford"])


def test_attributes_and_parts_without_a_field_are_kept_wherever_they_stand() -> None:
    number = "<ram:ID>XB-VET-2026-0042</ram:ID>"
    assert "own" in look_at(FOOD, number, number.replace("<ram:ID>", '<ram:ID schemeID="own">'), kept)
    clause = '<ram:ID schemeID="attestation">II.1</ram:ID>'
    assert (
        look_at(FOOD, clause, "<ram:ID/>", lambda value: value.exchanged_document.signatories[0].attestations[1].id)
        is None
    )
    issued = "<udt:DateTime>2026-11-10T08:00:00Z</udt:DateTime>"
    assert "x" in look_at(FOOD, issued, issued.replace("<udt:DateTime>", '<udt:DateTime mood="x">'), kept)
    level = "<ram:HierarchicalLevelCode>1</ram:HierarchicalLevelCode>"
    above = (
        "<ram:SuperordinateSPSCountrySubDivision><ram:Name>North</ram:Name></ram:SuperordinateSPSCountrySubDivision>"
    )
    assert "North" in look_at(FOOD, level, level + above, kept)
