"""The parts a sheet of paper is made of, and how values of a certificate become printed words.

Values are printed in the language of the certificate with Latin digits; labels are pairs of English and Chinese.
"""

from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date

from opensps import codes
from opensps.certificate import Measure, OfficialTime, Texts


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; Latin names are set in italics."""

    text: str
    latin: bool = False
    named: bool = False
    """A field's name before its words, set small."""


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
    number: str | None = None
    """Number of the box in a model that numbers its boxes."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes: two to a row, or with ``style`` ``"rows"`` one below the other, label beside value."""

    heading: Pair | None
    rows: tuple[Box, ...]
    kind: str = "boxes"
    style: str = "grid"
    number: str | None = None
    """Number of the section in a model that numbers its boxes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    value: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that continues over pages with its head repeated; without rows `empty` is printed and struck out."""

    heading: Pair | None
    columns: tuple[Pair, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: Pair
    kind: str = "table"
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Sentences, one paragraph each."""

    heading: Pair | None
    paragraphs: tuple[tuple[Line, ...], ...]
    kind: str = "text"
    style: str = "plain"
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a layout prints: sections in order, the signature row and the notices below it."""

    title: Pair
    authority: str
    sections: tuple[Boxes | Table | Paragraphs, ...]
    signature: tuple[Box, ...]
    notices: tuple[Pair, ...]
    subtitle: tuple[Line, ...] = ()
    """The title this document gives itself beside that of its kind."""

    languages: tuple[str, ...] = ("en", "zh")
    """Order of the languages of labels."""


def plain(*texts: str | None) -> tuple[Line, ...]:
    """Return one line for each text that is there."""
    return tuple((Run(text),) for text in texts if text)


def texts(values: Texts) -> tuple[Line, ...]:
    """Return one line for each text."""
    return plain(*(text.value for text in values))


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
