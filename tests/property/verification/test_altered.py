"""Whatever is changed in a sealed certificate, the answer is that it was changed after signing."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from opensps.certificate import Certificate, OfficialTime, ShapeError, Text
from opensps.formats import FormatError, as_carried, write_certificate
from opensps.verification import Upload, Verdict
from tests.factories.certificates import phytosanitary, reexport
from tests.factories.records import checked, record, sealed
from tests.factories.signing import NOW, NUMBER
from tests.property.strategies import carried_certificates

XML = write_certificate(phytosanitary())
PAIR = sealed(XML)
TEXT = XML.decode()
RECORD = record(XML)
SIGNS = st.sampled_from("0123456789ABCXYZabcxyz .,:;/-_<>&\"'=é中\u202e\u0301\n") | st.characters(codec="utf-8")


def canonical(xml: bytes) -> bytes | None:
    """Return the canonical form as another program makes it, ``None`` when it is no XML."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        return etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    except etree.LxmlError:
        return None


SEALED = canonical(XML)
FEWEST_FIELDS = 50
"""So many fields of a certificate at least have another value that its document can carry."""


def answer(xml: bytes) -> Verdict:
    return checked(Upload(xml=xml, seal=PAIR.seal), RECORD)


def is_right(xml: bytes) -> bool:
    """Whether the answer fits: changed for other content, at most unreadable for no XML; never good for either."""
    verdict, made = answer(xml), canonical(xml)
    if made == SEALED:
        return verdict.result in {"in_force", "file_altered", "unreadable"}
    return verdict.certificate is None and verdict.result in (
        {"file_altered"} if made is not None else {"file_altered", "unreadable"}
    )


def test_the_untouched_certificate_is_in_force() -> None:
    assert answer(XML).result == "in_force"


@settings(max_examples=150)
@given(st.integers(0, len(TEXT) - 1), SIGNS)
def test_one_character_replaced_is_a_change(place: int, sign: str) -> None:
    assert is_right((TEXT[:place] + sign + TEXT[place + 1 :]).encode("utf-8", "surrogatepass"))


@settings(max_examples=75)
@given(st.integers(0, len(TEXT) - 1))
def test_one_character_left_out_is_a_change(place: int) -> None:
    assert is_right((TEXT[:place] + TEXT[place + 1 :]).encode())


@settings(max_examples=75)
@given(st.integers(0, len(TEXT)), SIGNS)
def test_one_character_put_in_is_a_change(place: int, sign: str) -> None:
    assert is_right((TEXT[:place] + sign + TEXT[place:]).encode("utf-8", "surrogatepass"))


@pytest.mark.heavy
def test_every_single_character_counts(heavy_count: Callable[[int], int]) -> None:
    places = range(0, len(TEXT), len(TEXT) // heavy_count(len(TEXT)))
    changed = {place: TEXT[:place] + _other(TEXT[place]) + TEXT[place + 1 :] for place in places}
    assert not [place for place, text in changed.items() if not is_right(text.encode())]


def _other(sign: str) -> str:
    return "7" if sign != "7" else "8"


def fields_of(value: Any, path: str = "") -> Iterator[str]:
    """Give the path of every value of a certificate, with `__` between the steps."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from fields_of(item, f"{path}__{index}")
    elif is_dataclass(value) and not isinstance(value, OfficialTime | Text):
        for field in fields(value):
            yield from fields_of(getattr(value, field.name), f"{path}__{field.name}")
    elif value is not None:
        yield path.removeprefix("__")


def at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = value[int(step)] if isinstance(value, tuple) else getattr(value, step)
    return value


def put(value: Any, steps: list[str], new: Any) -> Any:
    if not steps:
        return new
    inner = put(at(value, steps[:1]), steps[1:], new)
    if isinstance(value, tuple):
        place = int(steps[0])
        return (*value[:place], inner, *value[place + 1 :])
    return replace(value, **{steps[0]: inner})


CHANGES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (OfficialTime, lambda value: OfficialTime(value.on + timedelta(days=1)) if value.at is None else _later(value)),
    (Text, lambda value: Text(value.value + " 2", value.language)),
    (Enum, lambda value: next(each for each in type(value) if each is not value)),
    (bool, lambda value: not value),
    (Decimal, lambda value: value + 1),
    (int, lambda value: value + 1),
    (bytes, lambda value: value + b"2"),
    (date, lambda value: value + timedelta(days=1)),
    (str, lambda value: value[:-1] + ("2" if value[-1:] != "2" else "3")),
)


def _later(value: OfficialTime) -> OfficialTime:
    assert value.at is not None
    return OfficialTime.moment(value.at + timedelta(days=1), offset_minutes=value.offset_minutes or 0)


def altered(value: Certificate, path: str) -> bytes | None:
    """Return the document with the field changed, ``None`` when model or document have no other value for it."""
    steps = path.split("__")
    old = at(value, steps)
    change = next(change for kind, change in CHANGES if isinstance(old, kind))
    try:
        other = put(value, steps, change(old))
        return write_certificate(other) if as_carried(other) != as_carried(value) else None
    except (ShapeError, FormatError):
        return None


@pytest.mark.parametrize("whole", [phytosanitary(), reexport()], ids=["851", "657"])
def test_every_field_that_the_document_carries_counts_and_is_named(whole: Certificate) -> None:
    xml = write_certificate(whole)
    pair, ours = sealed(xml), record(xml, number=whole.exchanged_document.number or NUMBER)
    changed = {path: other for path in fields_of(whole) if (other := altered(whole, path)) is not None}
    for path, other in changed.items():
        verdict = checked(replace(pair, xml=other), ours, may_name_differences=True)
        assert verdict.result == "file_altered", path
        assert verdict.certificate is None
        assert verdict.differences or path == "exchanged_document__number", path
    assert len(changed) > FEWEST_FIELDS


@settings(max_examples=25)
@given(carried_certificates())
def test_a_certificate_of_ours_is_never_called_altered_unless_it_is(value: Certificate) -> None:
    xml = write_certificate(value)
    verdict = checked(sealed(xml), record(xml, number=value.exchanged_document.number or ""), now=NOW)
    assert "file_altered" not in (verdict.result, *verdict.also)
