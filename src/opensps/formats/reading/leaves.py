"""Leaves of a document into values: text, identifiers, codes, numbers, times. What does not convert becomes residue.

Source: `domain.md` 3.2, 9.2. Every reader takes the trail, one element and the path of its value; it gives ``None``
where the element says nothing. Documents repeat themselves, so that small values once made are kept for the next.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeVar

from lxml import etree

from opensps import codes
from opensps.certificate import Code, Identifier, Measure, OfficialTime, ShapeError, Text, normalised
from opensps.formats.decimals import is_plain, parse_decimal, plain
from opensps.formats.reading.trail import Path, Trail, local
from opensps.formats.structure import LIST_IDS, UDT
from opensps.formats.times import parse_time

_LANGUAGE_LENGTH = 2
_STRING, _TYPED = f"{{{UDT}}}DateTimeString", f"{{{UDT}}}DateTime"
_INDICATOR_STRING, _INDICATOR = f"{{{UDT}}}IndicatorString", f"{{{UDT}}}Indicator"
_WORDS = {"true": True, "false": False, "1": True, "0": False}
_WORD = re.compile(r"\w+")
NULL = "NULL"

_KEPT: Final = 2048
_LONGEST: Final = 120
"""How many small values are kept, and how long their text may be."""

_Shape = TypeVar("_Shape")

_parse_time = lru_cache(_KEPT)(parse_time)
_parse_decimal = lru_cache(_KEPT)(parse_decimal)
_is_plain = lru_cache(_KEPT)(is_plain)
_small_text = lru_cache(_KEPT)(Text)
_code = lru_cache(_KEPT)(Code)
_measure = lru_cache(_KEPT)(Measure)


def raw(trail: Trail, element: etree._Element, path: Path) -> str:
    """Return the text of a leaf without blanks at its ends; a leaf that has children is kept as residue."""
    if len(element):
        trail.not_converted(element, path)
        return ""
    return (element.text or "").strip()


def string(trail: Trail, element: etree._Element, path: Path) -> str | None:
    """Return a text without language, blanks folded."""
    if element.keys():
        trail.keep_attributes(element)
    return normalised(raw(trail, element, path)) or None


def token(trail: Trail, element: etree._Element, path: Path) -> str | None:
    """Return an identifier or code exactly as written, without blanks at its ends."""
    if element.keys():
        trail.keep_attributes(element)
    return raw(trail, element, path) or None


def text(trail: Trail, element: etree._Element, path: Path) -> Text | None:
    """Return one text with its language."""
    value = element.text
    if len(element):
        value = raw(trail, element, path)
    tongue = None
    attributes = element.items()
    if attributes:
        tongue = language(trail, element, path)
        if len(attributes) > 1 or attributes[0][0] != "languageID":
            trail.keep_attributes(element, "languageID")
    if not value or value.isspace():
        return None
    return _small_text(value, tongue) if len(value) < _LONGEST else Text(value, tongue)


def language(trail: Trail, element: etree._Element, path: Path) -> str | None:
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


def filler(trail: Trail, element: etree._Element, path: Path) -> Text | None:
    """Return the text of a place the schema forces: `NULL` says nothing there."""
    said = text(trail, element, path)
    if said is not None and said.value == NULL:
        trail.say("READ-FILLER-NULL", path, element=local(element))
        return None
    return said


def filler_string(trail: Trail, element: etree._Element, path: Path) -> str | None:
    """Return the text of a place the schema forces, without a language."""
    said = filler(trail, element, path)
    return said.value if said is not None else None


def _keep_empty(trail: Trail, element: etree._Element) -> None:
    """Keep the attributes of a leaf without a value of its own: a scheme or a unit may be all it says.

    A leaf that has a text or children was kept whole where it did not convert.
    """
    if element.keys() and not len(element) and not (element.text or "").strip():
        trail.keep_attributes(element)


def identifier(trail: Trail, element: etree._Element, path: Path) -> Identifier | None:
    """Return an identifier with its scheme."""
    value = raw(trail, element, path)
    if not value:
        _keep_empty(trail, element)
        return None
    if not element.keys():
        return Identifier(value)
    trail.keep_attributes(element, "schemeID", "schemeAgencyID", "schemeName")
    scheme, agency, name = (element.get(key) or None for key in ("schemeID", "schemeAgencyID", "schemeName"))
    return Identifier(value, scheme, agency, name)


def identifier_of_scheme(trail: Trail, element: etree._Element, path: Path) -> Identifier | None:
    """Return an identifier of which only the scheme is a field; what else its attributes say goes to the residue."""
    value = raw(trail, element, path)
    if not value:
        _keep_empty(trail, element)
        return None
    if not element.keys():
        return Identifier(value)
    trail.keep_attributes(element, "schemeID")
    return Identifier(value, element.get("schemeID") or None)


def untouched(_trail: Trail, element: etree._Element, _path: Path) -> etree._Element:
    """Return the element as it is, for a record that reads it together with others."""
    return element


def code(trail: Trail, element: etree._Element, path: Path, kind: str) -> Code | None:
    """Return a code of the closed list of its type (K...), or with the list it names (C)."""
    value = raw(trail, element, path)
    if not value:
        _keep_empty(trail, element)
        return None
    list_id = LIST_IDS.get(kind)
    if not element.keys():
        return _code(value, list_id) if len(value) < _LONGEST else Code(value, list_id)
    trail.keep_attributes(element, "name", "listID", *(("listAgencyID", "listVersionID") if list_id else ()))
    name = element.get("name") or None
    _check_label(trail, path, list_id, value, name)
    return Code(value, list_id or element.get("listID") or None, name)


def _check_label(trail: Trail, path: Path, list_id: str | None, value: str, name: str | None) -> None:
    if name is None or list_id not in codes.LIST_IDS or not codes.is_known(list_id, value):
        return
    ours = codes.label(list_id, value)
    if ours != value and not _is_same_name(ours, name):
        trail.say("READ-CODE-LABEL", path, label=name[:80], code=value, name=ours)


def _is_same_name(ours: str, theirs: str) -> bool:
    """Whether one name says all the words of the other; our names are shorter than those of the lists."""
    mine, sent = _words(ours), _words(theirs)
    return bool(sent) and (mine <= sent or sent <= mine)


@lru_cache(_KEPT)
def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.casefold().replace("ize", "ise").replace("izat", "isat")))


def code_of(kind: str) -> Callable[[Trail, etree._Element, Path], Code | None]:
    """Return the reader of a code of one type."""

    def read(trail: Trail, element: etree._Element, path: Path) -> Code | None:
        return code(trail, element, path, kind)

    return read


def code_value(kind: str) -> Callable[[Trail, etree._Element, Path], str | None]:
    """Return the reader of a code where the model keeps its value alone."""

    def read(trail: Trail, element: etree._Element, path: Path) -> str | None:
        found = code(trail, element, path, kind)
        return found.value if found else None

    return read


def decimal(trail: Trail, element: etree._Element, path: Path) -> Decimal | None:
    """Return a number; one that is none goes to the residue."""
    written = raw(trail, element, path)
    if not written:
        return None
    value = _parse_decimal(written)
    if value is None:
        trail.not_converted(element, path)
    elif not _is_plain(written):
        trail.say("READ-NUMBER-FORM", path, text=written[:80], value=plain(value))
    return value


def measure(trail: Trail, element: etree._Element, path: Path) -> Measure | None:
    """Return a quantity with its unit; a missing unit is severe and none is assumed."""
    value = decimal(trail, element, path)
    if value is None:
        _keep_empty(trail, element)
        return None
    if len(element.keys()) > 1 or "unitCode" not in element.keys():  # noqa: SIM118  an element is no dictionary
        trail.keep_attributes(element, "unitCode")
    unit = (element.get("unitCode") or "").strip()
    if not unit:
        trail.say("READ-NO-UNIT", path)
    return _measure(value, unit or None)


def time(trail: Trail, element: etree._Element, path: Path) -> OfficialTime | None:
    """Return the date or moment of a D element; what does not convert goes to the residue."""
    if not len(element):
        return _time(trail, element, element, path)
    for child in element:
        if child.tag in {_STRING, _TYPED}:
            return _time(trail, element, child, path)
    trail.not_converted(element, path)
    return None


def _time(trail: Trail, outer: etree._Element, element: etree._Element, path: Path) -> OfficialTime | None:
    if outer is not element and len(outer) > 1:
        for other in outer:
            if other is not element:
                trail.keep(other)
    written = (element.text or "").strip()
    if not written:
        trail.say("READ-EMPTY-TIME", path)
        return None
    read = _parse_time(written)
    if read is None:
        _refuse_time(trail, element, path)
        return None
    if element.keys():
        trail.keep_attributes(element)
    say_time(trail, read, path)
    return read


def _refuse_time(trail: Trail, element: etree._Element, path: Path) -> None:
    form = element.get("format")
    if form is None:
        trail.not_converted(element, path)
    else:
        trail.say("READ-TIME-FORMAT", path, format=form[:20])
        trail.keep(element)


def say_time(trail: Trail, read: OfficialTime, path: Path) -> None:
    """Say what a time leaves open: its offset, or its time of day."""
    if read.at is None:
        is_date = read.text is None or "T" not in read.text
        trail.say("READ-DATE-ONLY" if is_date else "READ-NO-OFFSET", path)


def indicator(trail: Trail, element: etree._Element, path: Path) -> bool | None:
    """Return an X element as yes or no; one that says neither goes to the residue."""
    inner = [child for child in element if child.tag in {_INDICATOR_STRING, _INDICATOR}]
    value = boolean(trail, inner[0].text or "", path) if inner else None
    if value is None:
        trail.not_converted(element, path)
    return value


def boolean(trail: Trail, written: str, path: Path) -> bool | None:
    """Return a box of the form; any case is read, only True and False are expected."""
    value = _WORDS.get(written.strip().lower())
    if value is not None and written.strip() not in {"True", "False", "true", "false"}:
        trail.say("READ-BOOLEAN-CASE", path, text=written[:20])
    return value


def shaped(
    trail: Trail, element: etree._Element, path: Path, value: str, shape: Callable[[str], _Shape]
) -> _Shape | None:
    """Return the value in its shape (country code, number); residue and ``None`` if it has another."""
    try:
        return shape(value)
    except ShapeError:
        trail.not_converted(element, path)
        return None
