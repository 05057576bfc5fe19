"""Every dialect: what is written is what was announced, and reading and writing again changes nothing."""

import pytest
from hypothesis import given, settings

from opensps.certificate import Acknowledgement, Certificate
from opensps.formats import (
    DIALECTS,
    FormatError,
    as_carried,
    capacity,
    read_certificate,
    schema_findings,
    write_acknowledgement,
    write_certificate,
)
from opensps.rules import Level
from tests.property.coded import answers, coded_certificates
from tests.property.strategies import carried_certificates, certificates

every_dialect = pytest.mark.parametrize("dialect", list(DIALECTS))


def refuses(value: Certificate, dialect: str) -> bool:
    """Tell whether the dialect has announced that it refuses the value."""
    return any(one.level is Level.SEVERE for one in capacity(value, dialect=dialect))


def written_or_none(value: Certificate, dialect: str) -> bytes | None:
    """Return the bytes, or nothing where the writer refuses what it announced it would refuse."""
    is_refused = refuses(value, dialect)
    try:
        data = write_certificate(value, dialect=dialect)
    except FormatError as error:
        if is_refused != (error.code == "cannot_carry"):
            raise
        return None
    assert not is_refused
    return data


def comes_back(value: Certificate, dialect: str) -> None:
    """Write, read, compare with what was announced, and write again."""
    carried = as_carried(value, dialect=dialect)
    assert as_carried(carried, dialect=dialect) == carried
    data = written_or_none(value, dialect)
    if data is None:
        return
    again = read_certificate(data).certificate
    assert again == carried
    assert again is not None
    assert write_certificate(again, dialect=dialect) == data == write_certificate(value, dialect=dialect)


@every_dialect
@settings(max_examples=8)
@given(certificates())
def test_any_value_is_written_as_announced_or_refused_as_announced(dialect: str, value: Certificate) -> None:
    comes_back(value, dialect)


@every_dialect
@settings(max_examples=5)
@given(coded_certificates())
def test_a_certificate_of_animals_or_food_travels_as_announced(dialect: str, value: Certificate) -> None:
    comes_back(value, dialect)


@every_dialect
@settings(max_examples=5)
@given(carried_certificates())
def test_a_certificate_of_plants_travels_as_announced(dialect: str, value: Certificate) -> None:
    comes_back(value, dialect)


@settings(max_examples=15)
@given(coded_certificates())
def test_our_own_vocabulary_loses_nothing(value: Certificate) -> None:
    assert as_carried(value, dialect="opensps") == value
    reading = read_certificate(write_certificate(value, dialect="opensps"))
    assert reading.certificate == value
    assert reading.root is not None
    assert schema_findings(reading.root) == ()


@every_dialect
@settings(max_examples=5)
@given(answers())
def test_an_acknowledgement_comes_back(dialect: str, value: Acknowledgement) -> None:
    data = write_acknowledgement(value, dialect=dialect)
    reading = read_certificate(data)
    assert reading.certificate is None
    assert reading.acknowledgement == value
    assert reading.root is not None
    assert schema_findings(reading.root) == ()
    assert write_acknowledgement(value, dialect=dialect) == data
