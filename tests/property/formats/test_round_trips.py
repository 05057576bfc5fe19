"""What is written is what is read: XML by a dialect, JSON without loss."""

import random
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from opensps.certificate import Certificate
from opensps.formats import (
    as_carried,
    capacity,
    content_digest,
    json_form,
    read_certificate,
    read_element,
    schema_findings,
    write_certificate,
)
from opensps.formats.decimals import is_plain, is_writable, parse_decimal, plain
from opensps.formats.errors import FormatError
from opensps.formats.times import parse_time, written
from opensps.formats.xml_input import parse
from opensps.rules import Level
from tests.property.strategies import carried_certificates, certificates, times


def written_or_none(value: Certificate) -> bytes | None:
    """Return the bytes, or nothing where the writer refuses what it announced it would refuse."""
    try:
        return write_certificate(value)
    except FormatError as error:
        if error.code == "cannot_carry":
            assert any(one.level is Level.SEVERE for one in capacity(value))
        return None


@settings(max_examples=40)
@given(carried_certificates())
def test_what_is_written_is_read_again(value: Certificate) -> None:
    data = write_certificate(value)
    root = parse(data, sealed=True)
    assert read_element(root).certificate == as_carried(value)
    assert schema_findings(root) == ()
    assert read_certificate(data).certificate == as_carried(value)


@settings(max_examples=60)
@given(certificates())
def test_any_value_is_written_as_announced_or_refused_as_announced(value: Certificate) -> None:
    carried = as_carried(value)
    assert as_carried(carried) == carried
    data = written_or_none(value)
    if data is not None:
        assert read_certificate(data).certificate == carried
        assert write_certificate(value) == data == write_certificate(carried)


@settings(max_examples=60)
@given(certificates())
def test_json_loses_nothing_and_is_stable(value: Certificate) -> None:
    text = json_form.dumps(value)
    again = json_form.loads(text)
    assert again == value
    assert json_form.dumps(again) == text


@settings(max_examples=40)
@given(carried_certificates(), st.randoms(use_true_random=False))
def test_the_order_of_different_children_changes_no_field(value: Certificate, chance: random.Random) -> None:
    root = parse(write_certificate(value), sealed=True)
    for element in root.iter():
        shuffle(element, chance)
    assert read_element(root).certificate == as_carried(value)


def shuffle(element: etree._Element, chance: random.Random) -> None:
    """Mix the children of an element; those of one name keep their order."""
    by_name = {tag: [child for child in element if child.tag == tag] for tag in {child.tag for child in element}}
    tags = [child.tag for child in element]
    chance.shuffle(tags)
    for tag in tags:
        element.append(by_name[tag].pop(0))


@settings(max_examples=40)
@given(carried_certificates())
def test_the_digest_does_not_see_how_the_document_is_serialised(value: Certificate) -> None:
    root = parse(write_certificate(value), sealed=True)
    again = parse(etree.tostring(root, encoding="utf-16"), sealed=False)
    assert content_digest(again) == content_digest(root)


@given(times)
def test_a_time_is_read_as_it_was_written(value: object) -> None:
    assert parse_time(written(value)) == value  # type: ignore[arg-type]  # a strategy of official times


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_is_written_plain_and_read_as_the_same(value: Decimal) -> None:
    if is_writable(value):
        assert parse_decimal(plain(value)) == value
        assert is_plain(plain(value))
