"""Public sample documents, used in place: what is readable, what it is, and what the reference schema says of it."""

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from opensps.certificate import Certificate, Measure
from opensps.codes import DEMO_COUNTRIES
from opensps.formats import (
    FormatError,
    as_carried,
    capacity,
    content_digest,
    read_certificate,
    read_element,
    schema_findings,
    write_certificate,
)
from opensps.formats.schema import sources
from opensps.formats.structure import ATTRIBUTES, RAM, ROWS
from opensps.formats.xml_input import parse
from opensps.rules import Level
from tests.factories.certificates import phytosanitary, reexport
from tests.needs import REFERENCE

SAMPLES = REFERENCE / "sps" / "samples"
SCHEMAS = REFERENCE / "sps" / "xsd" / "17A" / "uncefact" / "data" / "standard"
EPHYTO = (
    "golden/ephyto_851_full.xml",
    "golden/ephyto_657_reexport.xml",
    "golden/ephyto_851_replacement.xml",
    "ippc-hub/mattilsynet_SPSCertificateContent.neutral.xml",
    "ippc-hub/maxguiver_BO_DeliverPhytoEnvelope.nsfixed.neutral.xml",
)


def expected() -> list[dict[str, str]]:
    """Return the rows of the samples' own table; none where the reference is missing."""
    table = SAMPLES / "EXPECTED.tsv"
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    return list(csv.DictReader(lines, delimiter="\t"))


pytestmark = pytest.mark.needs("reference")
ROWS_EXPECTED = expected()
every_sample = pytest.mark.parametrize("row", ROWS_EXPECTED, ids=[row["file"] for row in ROWS_EXPECTED])


@cache
def reference_schema(name: str) -> etree.XMLSchema:
    """Return the compiled reference schema of a root."""
    return etree.XMLSchema(file=str(SCHEMAS / f"{name}_17p0.xsd"))


def sample(name: str) -> bytes:
    """Return the bytes of a sample."""
    return (SAMPLES / name).read_bytes()


def certificate_of(name: str) -> Certificate:
    """Return the certificate of a sample that has one."""
    value = read_certificate(sample(name)).certificate
    assert value is not None
    return value


def standing_alone(root: etree._Element, payload: str) -> etree._Element:
    """Return a payload as a document of its own, its root in the official namespace."""
    copied = etree.fromstring(etree.tostring(root))
    copied.tag = f"{{urn:un:unece:uncefact:data:standard:{payload}:17}}{payload}"
    return copied


@every_sample
def test_every_sample_is_read_or_refused_as_its_table_says(row: dict[str, str]) -> None:
    reading = read_certificate(sample(row["file"]))
    if row["payload"] == "unreadable":
        assert reading.certificate is None
        assert [(one.rule, one.level) for one in reading.findings] == [("READ-UNDECLARED-PREFIX", Level.SEVERE)]
        return
    assert reading.payload == row["payload"]
    if row["payload"] == "SPSCertificate":
        assert reading.certificate is not None
        document = reading.certificate.exchanged_document
        assert (document.type_code, document.status_code) == (row["type_code"], row["status_code"])
    is_foreign = "READ-FOREIGN-ROOT" in {one.rule for one in reading.findings}
    assert is_foreign == (row["root_namespace"] == "foreign")


@every_sample
def test_our_schema_and_the_reference_schema_agree_on_every_sample(row: dict[str, str]) -> None:
    reading = read_certificate(sample(row["file"]))
    if reading.root is None:
        assert row["valid_17A"] == "no"
        return
    alone = standing_alone(reading.root, row["payload"])
    schema = reference_schema(row["payload"])
    assert schema.validate(alone) == (row["valid_17A"] == "yes")
    assert len(schema.error_log) == int(row["schema_errors"])
    assert len(schema_findings(reading.root)) == int(row["schema_errors"])


@pytest.mark.parametrize("name", EPHYTO)
def test_ephyto_samples_are_read_without_loss_of_a_field_and_written_back(name: str) -> None:
    value = certificate_of(name)
    assert value.residue == ()
    data = write_certificate(value)
    root = parse(data, sealed=True)
    assert reference_schema("SPSCertificate").validate(root), reference_schema("SPSCertificate").error_log
    assert read_element(root).certificate == as_carried(value)


@pytest.mark.parametrize("name", [one for one in EPHYTO if "golden" in one])
def test_golden_samples_come_back_as_equal_values(name: str) -> None:
    value = certificate_of(name)
    assert capacity(value) == ()
    data = write_certificate(value)
    assert read_certificate(data).certificate == value
    original = parse(sample(name), sealed=True)
    for element in original.iter():
        element.text = (element.text or "").strip() or None
        element.tail = None
        if element.get("unitCode") and element.text:
            element.text = element.text.replace(".0000", "")
    assert content_digest(original) == content_digest(parse(data, sealed=True)), "not one element or attribute changed"


def test_the_norwegian_sample_keeps_what_its_order_and_form_hide() -> None:
    value = certificate_of("ippc-hub/mattilsynet_SPSCertificateContent.neutral.xml")
    document, goods = value.exchanged_document, value.consignment
    assert [one.code for one in goods.transit_countries] == ["US"]
    assert len(document.references) == 6
    assert [one.attachments[0].media_type for one in document.references] == [
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "application/pdf",
        None,
    ]
    assert [one.text.language for one in document.declarations.additional] == ["en", "nn"]
    first = value.lines[0]
    assert [one.value for one in first.declarations.distinguishing_marks] == [
        "RIBES ALPINUM 'SCHMIDT'",
        "Lot number 8888",
    ]
    assert first.net_weight == Measure(Decimal(10), "KGM")
    assert first.treatments[0].duration == Measure(Decimal(3), "HUR")
    assert [one.language for one in first.treatments[0].full_text] == ["en", "no"]
    assert len({one.field for one in read_certificate(sample(EPHYTO[3])).findings if one.rule == "READ-ORDER"}) == 11


@pytest.mark.parametrize("value", [phytosanitary(), reexport()], ids=["851", "657"])
def test_what_we_write_is_valid_against_the_reference_schema_once_countries_are_real(value: Certificate) -> None:
    text = write_certificate(value).decode("utf-8")
    for demo, real in zip(sorted(DEMO_COUNTRIES), ("CN", "NO", "DE"), strict=True):
        text = text.replace(f"<ram:ID>{demo}</ram:ID>", f"<ram:ID>{real}</ram:ID>")
    root = parse(text.encode("utf-8"), sealed=True)
    assert reference_schema("SPSCertificate").validate(root), reference_schema("SPSCertificate").error_log


def test_every_row_of_our_table_says_what_the_reference_schema_says() -> None:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    reference = etree.parse(str(SCHEMAS / "ReusableAggregateBusinessInformationEntity_21p0.xsd"))
    for name, row in ROWS.items():
        theirs = [
            (one.get("name"), one.get("minOccurs", "1") != "0", one.get("maxOccurs") == "unbounded")
            for one in reference.iterfind(f"{xs}complexType[@name='SPS{name}Type']/{xs}sequence/{xs}element")
        ]
        assert [(one.name, one.is_required, one.is_repeated) for one in row.children] == theirs, name


def test_attributes_of_our_data_types_are_the_reference_schemas() -> None:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    reference = etree.parse(str(SCHEMAS / "UnqualifiedDataType_21p0.xsd"))
    for letter, name in (("T", "TextType"), ("I", "IDType"), ("C", "CodeType"), ("B", "BinaryObjectType")):
        theirs = {one.get("name") for one in reference.iterfind(f"{xs}complexType[@name='{name}']//{xs}attribute")}
        assert set(ATTRIBUTES[letter]) == theirs, name


def test_our_schema_is_our_own_text() -> None:
    for text in sources().values():
        assert "copyright" not in text.lower()
        assert "ccts" not in text
    assert f'targetNamespace="{RAM}"' in sources()["ram"]


def test_a_certificate_of_another_dialect_is_not_written_as_ephyto() -> None:
    with pytest.raises(FormatError) as refused:
        write_certificate(certificate_of("golden/coded_852_sanitary.xml"))
    assert (refused.value.code, refused.value.path) == ("cannot_carry", "consignment.transport_condition")


def test_all_samples_are_known() -> None:
    listed = {row["file"] for row in ROWS_EXPECTED}
    assert listed == {str(one.relative_to(SAMPLES)) for one in Path(SAMPLES).rglob("*.xml")}
