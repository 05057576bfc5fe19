"""Documents of the coded dialects: every fact in its field, every loss announced, every repeat the same bytes."""

from decimal import Decimal

import pytest
from lxml import etree

from opensps.certificate import (
    AnimalIdentification,
    Attestation,
    Certificate,
    CertificateKind,
    Code,
    Measure,
    ModelRef,
    SignatoryRole,
    TransportCondition,
)
from opensps.formats import (
    DIALECTS,
    FormatError,
    as_carried,
    capacity,
    dialect_of,
    read_certificate,
    schema_findings,
    write_acknowledgement,
    write_certificate,
)
from opensps.formats.xml_input import parse
from opensps.rules import Level
from tests.conformance.formats.test_reference_samples import SAMPLES, certificate_of, reference_schema, sample

pytestmark = pytest.mark.needs("reference")
FOOD, ANIMALS = "golden/coded_852_sanitary.xml", "golden/coded_853_animal_health.xml"
CODED = [
    str(one.relative_to(SAMPLES))
    for one in sorted((*SAMPLES.glob("traces/*.xml"), *SAMPLES.glob("golden/coded*.xml")))
    if "nsfixed" in one.name or "CHEDPP" not in one.name
]
CERTIFICATES = [one for one in CODED if "Acknowledgement" not in one]
INTERCOM = [str(one.relative_to(SAMPLES)) for one in sorted(SAMPLES.glob("intercom-templates/*.xml"))]


@pytest.mark.parametrize("name", [FOOD, ANIMALS])
def test_golden_samples_lose_nothing_and_are_valid_against_both_schemas(name: str) -> None:
    value = certificate_of(name)
    assert value.residue == ()
    assert dialect_of(value) == "opensps"
    assert capacity(value, dialect="opensps") == ()
    data = write_certificate(value, dialect="opensps")
    root = parse(data, sealed=True)
    assert read_certificate(data).certificate == value
    assert schema_findings(root) == ()
    assert reference_schema("SPSCertificate").validate(root), reference_schema("SPSCertificate").error_log


def test_the_facts_of_food_stand_in_their_fields() -> None:
    value = certificate_of(FOOD)
    assert (value.kind, value.model) == (CertificateKind.SANITARY, ModelRef("fishery-products", "1"))
    assert value.consignment.transport_condition is TransportCondition.FROZEN
    assert value.exchanged_document.other_notes == ()
    line = value.lines[0]
    assert [(one.activity.value, one.approval_number.value, one.name) for one in line.establishments] == [
        ("37", "UT-FP-12", "Sea Harvest factory 12"),
        ("43", "UT-CS-3", "Cold Store 3"),
    ]
    assert [one.role.value if one.role else None for one in line.establishments] == ["MF", "ZZZ"]
    assert (line.treatments, line.processes) == ((), ())
    assert [one.value for one in line.batches] == ["LOT-77"]
    assert len(line.expiries) == 1
    assert [one.value for one in line.packages[0].marks] == ["SH 77"]
    assert value.consignment.totals is not None
    assert value.consignment.totals.packages[0].count == 1000
    signatory = value.exchanged_document.signatories[0]
    assert signatory.role is SignatoryRole.CERTIFYING
    assert signatory.attestations[0].code == "HUMAN_CONSUMPTION"


def test_the_facts_of_animals_stand_in_their_fields() -> None:
    value = certificate_of(ANIMALS)
    assert value.kind is CertificateKind.ANIMAL_HEALTH
    animals = value.lines[0].animals
    assert animals is not None
    assert animals.breed is not None
    assert (animals.breed.value, animals.sex) == ("Angus", Code("FEMALE", "opensps_sex"))
    assert animals.age is not None
    assert animals.age == Measure(Decimal(18), "MON")
    assert len(animals.identifications) == 4
    assert animals.identifications[0] == AnimalIdentification(
        1, Code("EAR_TAG", "opensps_identification_system"), "UT 0001 0001"
    )
    assert value.lines[0].other_notes == ()
    assert value.exchanged_document.references[0].relationship.value == "IP"
    assert value.exchanged_document.references[0].issuing_country == "NL"


def test_clauses_of_traces_say_their_coded_value_and_their_text() -> None:
    value = certificate_of("traces/CHEDPP.FR.2018.0028758.nsfixed.neutral.xml")
    decided = value.exchanged_document.signatories[1].attestations[0]
    assert isinstance(decided, Attestation)
    assert (decided.id, decided.scheme) == ("DECISION_CONCLUSION", "ched_decision_clause")
    assert decided.code == "NOT_ACCEPTABLE"
    assert [one.value for one in decided.texts] == ["Not Acceptable"]
    subjects = [one.subject_code.value for one in value.exchanged_document.other_notes if one.subject_code]
    assert subjects == ["CHED_TYPE", "NOT_ACCEPTABLE_MEASURE", "REFUSAL_REASON"]
    assert [one.system.value for one in value.lines[0].classifications] == ["CN", "EPPO", "PRODUCT_TYPE"]


def test_a_replacement_said_by_reference_is_a_replacement() -> None:
    value = certificate_of("traces/CreateAndSubmitChed-0101-Horse-Replacing-CHEDA.ES.2019.0000011.neutral.xml")
    replaced = value.exchanged_document.replacement
    assert replaced is not None
    assert replaced.number == "CHEDA.ES.2019.0000011"
    data = write_certificate(value, dialect="traces")
    assert data.count(b">ACW<") == 1


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("name", [*CERTIFICATES, *INTERCOM])
def test_A23_reading_and_writing_again_gives_the_same_bytes_or_a_refusal_that_was_announced(
    name: str, dialect: str
) -> None:
    value = certificate_of(name)
    if any(one.level is Level.SEVERE for one in capacity(value, dialect=dialect)):
        with pytest.raises(FormatError):
            write_certificate(value, dialect=dialect)
        return
    data = write_certificate(value, dialect=dialect)
    again = read_certificate(data).certificate
    assert again == as_carried(value, dialect=dialect)
    assert again is not None
    assert write_certificate(again, dialect=dialect) == data


@pytest.mark.parametrize("name", INTERCOM)
def test_what_intercom_sends_and_gets_is_valid_by_its_own_overlay(name: str) -> None:
    reading = read_certificate(sample(name))
    assert reading.root is not None
    assert schema_findings(reading.root), "it is not D17A"
    assert schema_findings(reading.root, dialect="intercom") == ()
    assert reading.certificate is not None
    written = parse(write_certificate(reading.certificate, dialect="intercom"), sealed=True)
    assert schema_findings(written, dialect="intercom") == ()
    text = etree.tostring(written).decode()
    assert "<ram:Name>NULL</ram:Name></ram:OccurrenceSPSLocation>" in text
    assert ">True<" not in text


def test_acknowledgements_are_values_of_their_own_in_both_roots() -> None:
    ours = read_certificate(sample("golden/acknowledgement.xml"))
    theirs = read_certificate(sample("traces/SPSAcknowledgement_SubmitChedResponse.xml"))
    for reading in (ours, theirs):
        assert reading.certificate is None
        assert reading.acknowledgement is not None
        assert reading.root is not None
        assert schema_findings(reading.root) == ()
    assert ours.acknowledgement is not None
    assert (ours.acknowledgement.status_code, ours.acknowledgement.references[0].id) == ("39", "PC-2026-000123")
    assert theirs.acknowledgement is not None
    assert [one.relationship.value for one in theirs.acknowledgement.references] == ["CAW", "ZZZ"]
    data = write_acknowledgement(ours.acknowledgement, dialect="ephyto")
    root = parse(data, sealed=True)
    assert b"DateTimeString" in data
    assert reference_schema("SPSAcknowledgement").validate(root)


def test_a_certificate_of_ours_says_nothing_a_vocabulary_has_no_word_for() -> None:
    value: Certificate = certificate_of(ANIMALS)
    said = {one.rule for one in capacity(value, dialect="traces")}
    assert said == {"TRACES-CANNOT-CARRY"}
