"""Form fields that take what people type: days, quantities, countries, one-line and many-line texts.

They clean and normalise (`ux.md` 2.3 and 9): full-width digits, three ways to write a day, a country by code or by name
in either language. They hold no rules; what a certificate must contain is said by findings.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _

from opensps import codes
from opensps.certificate import Measure, normalised
from opensps.formats.layouts.parts import number

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_DAY_WORD = re.compile(r"(\d{1,2})\s+([a-z]+)\.?,?\s+(\d{4})\Z")
_WORD_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2}),?\s+(\d{4})\Z")
_LAST_MONTH = 12
_QUANTITY = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?\Z|\d+(?:\.\d+)?\Z")
_MOST_DIGITS = 40
"""Twenty before the point, four after it, and what stands between; more is no quantity, and Python may not print it."""


def day_text(day: date) -> str:
    """Return the day with its month in words, in the reader's language."""
    chinese = (translation.get_language() or "").startswith("zh")
    return formats.date_format(day, "Y年n月j日" if chinese else "j F Y")


def _month(word: str) -> int:
    if len(word) < len("may") or word[:3] not in _MONTHS:
        raise ValueError(word)
    return _MONTHS.index(word[:3]) + 1


def _numeric_day(first: int, second: int, year: int) -> date:
    """Return the day of two numbers and a year; raise `ValidationError` when both orders are days."""
    if first != second and first <= _LAST_MONTH and second <= _LAST_MONTH:
        raise ValidationError(
            _("%(typed)s can be read in two ways. Write the month in words, for example 5 June 2026."),
            code="ambiguous_day",
            params={"typed": f"{first}/{second}/{year}"},
        )
    return date(year, first, second) if second > _LAST_MONTH else date(year, second, first)


def parse_day(typed: str) -> date:
    """Return the day a person typed; raise `ValueError` when it is none, `ValidationError` when it is ambiguous."""
    text = " ".join(unicodedata.normalize("NFKC", typed).lower().split())
    if found := _YEAR_FIRST.match(text):
        year, month, day = (int(part) for part in found.groups())
        return date(year, month, day)
    if found := _YEAR_LAST.match(text):
        first, second, year = (int(part) for part in found.groups())
        return _numeric_day(first, second, year)
    if found := _DAY_WORD.match(text):
        return date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _WORD_DAY.match(text):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(typed)


def quantity_text(measure: Measure | None) -> str:
    """Return a quantity with its unit in the reader's language: ``24 000 kg``, ``3 头``; empty for none."""
    if measure is None:
        return ""
    unit = codes.label("un_rec20", measure.unit, language()) if measure.unit else ""
    return "\u00a0".join(part for part in (number(measure.value), unit) if part)


class DraftField(forms.Field):
    """A field a draft may leave empty. Required means here: needed before the application can be submitted."""

    def validate(self, value: Any) -> None:
        """Judge what was typed; that something is missing is said by a finding."""
        if value not in self.empty_values:
            super().validate(value)


class ChosenField(DraftField, forms.ChoiceField):
    """One of several codes, or nothing yet."""


class DayField(DraftField, forms.CharField):
    """One text field for a day: ``2026-11-18``, ``18/11/2026``, ``18 Nov 2026`` or ``2026年11月18日``."""

    def to_python(self, value: Any) -> Any:
        """Return a `date`, or None when nothing was typed."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_day(str(text))
        except ValueError as exc:
            raise ValidationError(_("Enter a day, for example 18 November 2026."), code="not_a_day") from exc

    def prepare_value(self, value: Any) -> Any:
        """Return the day in words; what was typed wrongly stays as typed."""
        return day_text(value) if isinstance(value, date) else value


class QuantityField(DraftField, forms.CharField):
    """A positive decimal number as people write it: ``24000``, ``24,000.5``, ``２４０００``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "w10", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return a `Decimal`, or None when nothing was typed."""
        text = " ".join(unicodedata.normalize("NFKC", str(value or "")).split())
        if not text:
            return None
        if len(text) > _MOST_DIGITS or not _QUANTITY.match(text):
            raise ValidationError(_("Enter a number in figures, for example 24000 or 0.5."), code="not_a_number")
        try:
            return Decimal(text.replace(",", "").replace(" ", ""))
        except InvalidOperation as exc:
            raise ValidationError(
                _("Enter a number in figures, for example 24000 or 0.5."), code="not_a_number"
            ) from exc

    def prepare_value(self, value: Any) -> Any:
        """Return the number without exponent."""
        return f"{value:f}" if isinstance(value, Decimal) else value


@cache
def country_names() -> Mapping[str, str]:
    """Return code by folded name, in both languages, and by code itself."""
    found: dict[str, str] = {}
    for code, entry in codes.get("iso_3166_1").entries.items():
        found[code.casefold()] = code
        for name in entry.names.values():
            found.setdefault(normalised(name).casefold(), code)
    return found


def country_text(code: str) -> str:
    """Return a country as people pick it: ``Northland (XB)``, in the reader's language."""
    return f"{codes.country_name(code, language())} ({code})"


def language() -> str:
    """Return ``zh`` or ``en``: the language of names and labels for the present reader."""
    return "zh" if (translation.get_language() or "").startswith("zh") else "en"


class TemperatureField(QuantityField):
    """A temperature, below zero too: ``-18``, ``4.5``. Keypads for numbers often have no minus."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "w10", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return a `Decimal`, or None when nothing was typed."""
        text = unicodedata.normalize("NFKC", str(value or "")).strip().replace("\N{MINUS SIGN}", "-")
        found: Decimal | None = super().to_python(text.removeprefix("-"))
        return -found if found is not None and text.startswith("-") else found


class DaysField(DayField):
    """Several days, one a line; cleaned to a tuple of days in the order typed, each once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the days."""
        found = [super(DaysField, self).to_python(part) for part in str(value or "").splitlines() if part.strip()]
        return tuple(dict.fromkeys(found))

    def prepare_value(self, value: Any) -> Any:
        """Return one day a line, in words."""
        return "\n".join(day_text(day) for day in value) if isinstance(value, tuple) else value


class CountryField(DraftField, forms.CharField):
    """A country by code or by name in either language; cleaned to its ISO 3166-1 code."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "countries", "autocomplete": "off", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the two-letter code, or ``""`` when nothing was typed."""
        text = normalised(str(super().to_python(value) or ""))
        if not text:
            return ""
        inside = re.search(r"\(([A-Za-z]{2})\)\Z", text)
        key = inside[1].casefold() if inside else text.casefold()
        if key not in country_names():
            raise ValidationError(
                _("“%(typed)s” is not a country we know. Enter its name or its two-letter code."),
                code="not_a_country",
                params={"typed": text[:60]},
            )
        return country_names()[key]

    def prepare_value(self, value: Any) -> Any:
        """Return name and code for a known code; what was typed wrongly stays as typed."""
        return country_text(value) if isinstance(value, str) and value in codes.get("iso_3166_1").entries else value


class CountriesField(CountryField):
    """Several countries, one a line or separated by semicolons; cleaned to a tuple of codes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the codes in the order typed, each once."""
        parts = re.split(r"[\n;；、]+", str(value or ""))
        found = [super(CountriesField, self).to_python(part) for part in parts if part.strip()]
        return tuple(dict.fromkeys(found))

    def prepare_value(self, value: Any) -> Any:
        """Return one country a line."""
        return "\n".join(country_text(code) for code in value) if isinstance(value, tuple) else value


class LineField(DraftField, forms.CharField):
    """One line of text: NFC, trimmed, runs of blanks folded; ``""`` when empty."""

    def to_python(self, value: Any) -> Any:
        """Return the normalised text."""
        return normalised(str(super().to_python(value) or ""))


class NeededLineField(LineField):
    """One line of text an act cannot do without."""

    def validate(self, value: Any) -> None:
        """Refuse an empty one where the form says required."""
        forms.Field.validate(self, value)


class NeededDayField(DayField):
    """A day an act cannot do without."""

    def validate(self, value: Any) -> None:
        """Refuse an empty one where the form says required."""
        forms.Field.validate(self, value)


class LinesField(DraftField, forms.CharField):
    """Several lines of text; cleaned to a tuple of normalised lines, empty ones left out."""

    def __init__(self, *, rows: int = 3, max_lines: int | None = None, **kwargs: Any) -> None:
        self.max_lines = max_lines
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the lines; raise when there are more than the address or list can hold."""
        lines = tuple(line for line in (normalised(part) for part in str(value or "").splitlines()) if line)
        if self.max_lines is not None and len(lines) > self.max_lines:
            raise ValidationError(
                _("Use at most %(count)s lines."), code="too_many_lines", params={"count": self.max_lines}
            )
        return lines

    def prepare_value(self, value: Any) -> Any:
        """Return one entry a line."""
        return "\n".join(value) if isinstance(value, tuple) else value
