"""The parts a sheet of paper is made of, and how values of a certificate become printed words.

Values are printed in the language of the certificate with Latin digits; labels are pairs of English and Chinese.
"""

from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date

from opensps import codes
from opensps.certificate import Address, Code, CountryArea, Location, Measure, OfficialTime, Party, Text, Texts


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; Latin names are set in italics."""

    text: str
    latin: bool = False


Line = tuple[Run, ...]
Pair = tuple[str, str]
"""A label in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form; an empty value is struck out."""

    label: Pair | None
    """``None`` where the section's heading says it."""

    value: tuple[Line, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes, two to a row."""

    heading: Pair | None
    rows: tuple[Box, ...]
    kind: str = "boxes"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    value: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that continues over pages with its head repeated; without rows `empty` is printed and struck out."""

    heading: Pair
    columns: tuple[Pair, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: Pair
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Sentences, one paragraph each."""

    heading: Pair | None
    paragraphs: tuple[tuple[Line, ...], ...]
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a layout prints: sections in order, the signature row and the notices below it."""

    title: Pair
    authority: str
    sections: tuple[Boxes | Table | Paragraphs, ...]
    signature: tuple[Box, ...]
    notices: tuple[Pair, ...]


def plain(*texts: str | None) -> tuple[Line, ...]:
    """Return one line for each text that is there."""
    return tuple((Run(text),) for text in texts if text)


def texts(values: Texts, *, latin: bool = False) -> tuple[Line, ...]:
    """Return one line for each text."""
    return tuple((Run(text.value, latin),) for text in values)


def party(value: Party) -> tuple[Line, ...]:
    """Return name and address of a party, a line each."""
    return plain(value.name, *(address_lines(value.address) if value.address else ()))


def address_lines(value: Address) -> tuple[str, ...]:
    """Return an address as printed: its lines, then postcode and city, then the country."""
    country = value.country_name or (codes.country_name(value.country) if value.country else None)
    town = " ".join(part for part in (value.postcode, value.city) if part)
    return tuple(line for line in (*value.lines, town, country) if line)


def country(value: CountryArea) -> str | None:
    """Return a country with its code, and the areas meant within it: ``Examplia (XA), Alma Valley``."""
    name = value.names[0].value if value.names else (codes.country_name(value.code) if value.code else None)
    shown = f"{name} ({value.code})" if name and value.code else name
    areas = [area.names[0].value for area in value.areas if area.names]
    return ", ".join(part for part in (shown, *areas) if part) or None


def location(value: Location | None) -> str | None:
    """Return a place with its code: ``Northport (XBNTP)``."""
    if value is None:
        return None
    name = value.names[0].value if value.names else None
    return f"{name} ({value.id.value})" if name and value.id else name or (value.id.value if value.id else None)


def day(value: OfficialTime | None, *, short: bool = False) -> str | None:
    """Return a date with its month in words: ``18 November 2026``, in tables ``18 Nov 2026``."""
    return format_date(value.on, "d MMM y" if short else "d MMMM y", locale="en") if value else None


def number(value: Decimal) -> str:
    """Return a decimal without exponent or trailing zeros, thousands apart: ``24 000.5``."""
    text = f"{value.normalize():f}"
    whole, point, fraction = text.partition(".")
    return f"{int(whole):,}".replace(",", "\u00a0") + point + fraction


def measure(value: Measure | None) -> str | None:
    """Return a quantity with its unit: ``24 000 kg``."""
    if value is None:
        return None
    unit = codes.label("un_rec20", value.unit) if value.unit else None
    return "\u00a0".join(part for part in (number(value.value), unit) if part)


def word(value: Code | Text | None) -> str | None:
    """Return the printed word of a text, or of a code of a list only partners carry: its label, else itself."""
    if isinstance(value, Code):
        return value.name or value.value
    return value.value if value else None
