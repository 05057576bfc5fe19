"""Leaves of a document into values: text, identifiers, codes, numbers, times. What does not convert becomes residue.

Source: `domain.md` 3.2, 9.2. Every function takes the trail, an element and the value-model path for findings.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from opensps import codes
from opensps.certificate import Code, Identifier, Measure, OfficialTime, ShapeError, Text, Texts, normalised
from opensps.formats.decimals import is_plain, parse_decimal, plain
from opensps.formats.reading.trail import Trail, local
from opensps.formats.structure import LIST_IDS, UDT
from opensps.formats.times import parse_time

_LANGUAGE_LENGTH = 2
_STRING, _TYPED = f"{{{UDT}}}DateTimeString", f"{{{UDT}}}DateTime"
_INDICATOR_STRING, _INDICATOR = f"{{{UDT}}}IndicatorString", f"{{{UDT}}}Indicator"
_WORDS = {"true": True, "false": False, "1": True, "0": False}
NULL = "NULL"

_Shape = TypeVar("_Shape")


def raw(trail: Trail, element: etree._Element, path: str) -> str:
    """Return the text of a leaf without blanks at its ends; a leaf that has children is kept as residue."""
    if len(element):
        trail.not_converted(element, path)
        return ""
    return (element.text or "").strip()


def string(trail: Trail, elements: Iterable[etree._Element], path: str) -> str | None:
    """Return the first text that says something, blanks folded; ``None`` if there is none."""
    for element in elements:
        if element.keys():
            trail.keep_attributes(element)
        folded = normalised(raw(trail, element, path))
        if folded:
            return folded
    return None


def token(trail: Trail, elements: Iterable[etree._Element], path: str) -> str | None:
    """Return the first identifier or code exactly as written, without blanks at its ends."""
    for element in elements:
        if element.keys():
            trail.keep_attributes(element)
        text = raw(trail, element, path)
        if text:
            return text
    return None


def texts(trail: Trail, elements: Iterable[etree._Element], path: str) -> Texts:
    """Return the texts in received order with their languages; empty ones say nothing."""
    said = []
    for element in elements:
        one = text(trail, element, path)
        if one is not None:
            said.append(one)
    return tuple(said)


def first_text(trail: Trail, elements: Iterable[etree._Element], path: str) -> Text | None:
    """Return the first text of an element that may say one thing."""
    said = texts(trail, elements, path)
    return said[0] if said else None


def text(trail: Trail, element: etree._Element, path: str) -> Text | None:
    """Return one text with its language, ``None`` if it is empty."""
    value = element.text
    if len(element):
        value = raw(trail, element, path)
    tongue = None
    attributes = element.items()
    if attributes:
        tongue = language(trail, element, path)
        if len(attributes) > 1 or attributes[0][0] != "languageID":
            trail.keep_attributes(element, "languageID")
    return Text(value, tongue) if value and not value.isspace() else None


def language(trail: Trail, element: etree._Element, path: str) -> str | None:
    """Return the language of an element, ISO 639-1 in lower case; anything else goes to the residue."""
    received = element.get("languageID", "")
    folded = received.strip().lower()
    if not folded:
        return None
    if len(folded) != _LANGUAGE_LENGTH or not (folded.isascii() and folded.isalpha()):
        trail.keep_attributes(element, *(name for name in element.keys() if name != "languageID"))  # noqa: SIM118  lxml
        return None
    if folded != received:
        trail.say("READ-LANGUAGE-CASE", path, text=received)
    return folded


def fillers(trail: Trail, elements: Iterable[etree._Element], path: str) -> Texts:
    """Return the texts of a place the schema forces: `NULL` says nothing there."""
    said = []
    for element in elements:
        one = text(trail, element, path)
        if one is not None and one.value == NULL:
            trail.say("READ-FILLER-NULL", path, element=local(element))
        elif one is not None:
            said.append(one)
    return tuple(said)


def filler(trail: Trail, elements: Iterable[etree._Element], path: str) -> str | None:
    """Return the first text of a place the schema forces, without its language."""
    said = fillers(trail, elements, path)
    return said[0].value if said else None


def identifier(trail: Trail, element: etree._Element, path: str) -> Identifier | None:
    """Return an identifier with its scheme, ``None`` if it is empty."""
    value = raw(trail, element, path)
    if not value:
        return None
    if not element.keys():
        return Identifier(value)
    trail.keep_attributes(element, "schemeID", "schemeAgencyID", "schemeName")
    scheme, agency, name = (element.get(key) or None for key in ("schemeID", "schemeAgencyID", "schemeName"))
    return Identifier(value, scheme, agency, name)


def first_identifier(trail: Trail, elements: Sequence[etree._Element], path: str) -> Identifier | None:
    """Return the identifier of an element that occurs once at most."""
    return identifier(trail, elements[0], path)


def identifier_of_scheme(trail: Trail, elements: Sequence[etree._Element], path: str) -> Identifier | None:
    """Return an identifier of which only the scheme is a field; what else its attributes say goes to the residue."""
    found = identifier(trail, elements[0], path)
    if found is not None and elements[0].keys():
        trail.keep_attributes(elements[0], "schemeID")
    return found


def untouched(_trail: Trail, elements: Sequence[etree._Element], _path: str) -> Sequence[etree._Element]:
    """Return the elements as they are, for a record that reads them together with others."""
    return elements


def code(trail: Trail, element: etree._Element, path: str, kind: str) -> Code | None:
    """Return a code of the closed list of its type (K...), or with the list it names (C); ``None`` if empty."""
    value = raw(trail, element, path)
    if not value:
        return None
    list_id = LIST_IDS.get(kind)
    if not element.keys():
        return Code(value, list_id)
    trail.keep_attributes(element, "name", "listID", *(("listAgencyID", "listVersionID") if list_id else ()))
    name = element.get("name") or None
    _check_label(trail, path, list_id, value, name)
    return Code(value, list_id or element.get("listID") or None, name)


def _check_label(trail: Trail, path: str, list_id: str | None, value: str, name: str | None) -> None:
    if name is None or list_id not in codes.LIST_IDS or not codes.is_known(list_id, value):
        return
    ours = codes.label(list_id, value)
    if ours.casefold() != name.strip().casefold():
        trail.say("READ-CODE-LABEL", path, label=name[:80], code=value, name=ours)


def first_code(kind: str) -> Callable[[Trail, Sequence[etree._Element], str], Code | None]:
    """Return the reader of a code that occurs once at most."""

    def read(trail: Trail, elements: Sequence[etree._Element], path: str) -> Code | None:
        return code(trail, elements[0], path, kind)

    return read


def code_value(kind: str) -> Callable[[Trail, Sequence[etree._Element], str], str | None]:
    """Return the reader of a code where the model keeps its value alone."""

    def read(trail: Trail, elements: Sequence[etree._Element], path: str) -> str | None:
        found = code(trail, elements[0], path, kind)
        return found.value if found else None

    return read


def open_codes(trail: Trail, elements: Iterable[etree._Element], path: str) -> tuple[Code, ...]:
    """Return the codes of a repeated element of an open list."""
    read = (code(trail, element, path, "C") for element in elements)
    return tuple(one for one in read if one is not None)


def decimal(trail: Trail, element: etree._Element, path: str) -> Decimal | None:
    """Return a number; ``None`` and residue if it is none, ``None`` alone if it is empty."""
    written = raw(trail, element, path)
    if not written:
        return None
    value = parse_decimal(written)
    if value is None:
        trail.not_converted(element, path)
    elif not is_plain(written):
        trail.say("READ-NUMBER-FORM", path, text=written[:80], value=plain(value))
    return value


def measure(trail: Trail, elements: Sequence[etree._Element], path: str) -> Measure | None:
    """Return a quantity with its unit; a missing unit is severe and none is assumed."""
    element = elements[0]
    value = decimal(trail, element, path)
    if value is None:
        return None
    trail.keep_attributes(element, "unitCode")
    unit = (element.get("unitCode") or "").strip()
    if not unit:
        trail.say("READ-NO-UNIT", path)
    return Measure(value, unit or None)


def time(trail: Trail, element: etree._Element, path: str) -> OfficialTime | None:
    """Return the date or moment of a D element; ``None`` if it is empty or does not convert."""
    if not len(element):
        return _time(trail, element, element, path)
    for child in element:
        if child.tag in {_STRING, _TYPED}:
            return _time(trail, element, child, path)
    trail.not_converted(element, path)
    return None


def first_time(trail: Trail, elements: Sequence[etree._Element], path: str) -> OfficialTime | None:
    """Return the date or moment of an element that occurs once at most."""
    return time(trail, elements[0], path)


def _time(trail: Trail, outer: etree._Element, element: etree._Element, path: str) -> OfficialTime | None:
    for other in outer:
        if other is not element:
            trail.keep(other)
    written = (element.text or "").strip()
    if not written:
        trail.say("READ-EMPTY-TIME", path)
        return None
    read = parse_time(written)
    if read is None:
        _refuse_time(trail, element, path)
    else:
        trail.keep_attributes(element)
        say_time(trail, read, path)
    return read


def _refuse_time(trail: Trail, element: etree._Element, path: str) -> None:
    form = element.get("format")
    if form is None:
        trail.not_converted(element, path)
    else:
        trail.say("READ-TIME-FORMAT", path, format=form[:20])
        trail.keep(element)


def say_time(trail: Trail, read: OfficialTime, path: str) -> None:
    """Say what a time leaves open: its offset, or its time of day."""
    if read.at is None:
        is_date = read.text is None or "T" not in read.text
        trail.say("READ-DATE-ONLY" if is_date else "READ-NO-OFFSET", path)


def indicator(trail: Trail, elements: Sequence[etree._Element], path: str) -> bool | None:
    """Return an X element as yes or no, ``None`` if it says neither."""
    inner = [child for child in elements[0] if child.tag in {_INDICATOR_STRING, _INDICATOR}]
    value = boolean(trail, inner[0].text or "", path) if inner else None
    if value is None:
        trail.not_converted(elements[0], path)
    return value


def boolean(trail: Trail, written: str, path: str) -> bool | None:
    """Return a box of the form; any case is read, only True and False are expected."""
    value = _WORDS.get(written.strip().lower())
    if value is not None and written.strip() not in {"True", "False", "true", "false"}:
        trail.say("READ-BOOLEAN-CASE", path, text=written[:20])
    return value


def shaped(
    trail: Trail, element: etree._Element, path: str, value: str, shape: Callable[[str], _Shape]
) -> _Shape | None:
    """Return the value in its shape (country code, number); residue and ``None`` if it has another."""
    try:
        return shape(value)
    except ShapeError:
        trail.not_converted(element, path)
        return None
