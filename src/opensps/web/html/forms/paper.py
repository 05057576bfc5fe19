"""What an official reads on the paper: every field may stay empty, and what is empty is not compared (`fraud.md` 4).

A quantity is typed as it is printed. Its unit may be left out: then it is the one that was signed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps import codes
from opensps.certificate import Certificate, Measure, TradeLineItem
from opensps.verification import TypedError
from opensps.web.html.forms.fields import CountryField, DayField, LineField
from opensps.web.html.forms.origin import line_name

LONGEST: Final = 200
MOST_LINES: Final = 20
"""Lines of goods that are asked for; the first ones."""

_QUANTITY: Final = re.compile(r"([\d.,\s]*\d)\s*(\D*)")
_UNITS: Final = ("KGM", "GRM", "TNE", "LTR", "MLT", "MTQ", "HEA", "CEL", "HUR", "DAY", "MIN")
"""Units whose words are understood beside their codes (UNECE Rec 20)."""

_SHORT: Final = MappingProxyType(
    {
        "kg": "KGM",
        "kgs": "KGM",
        "g": "GRM",
        "t": "TNE",
        "l": "LTR",
        "ml": "MLT",
        "°c": "CEL",
        "c": "CEL",
        "h": "HUR",
        "m³": "MTQ",
        "m3": "MTQ",
        "g/m³": "A93",
        "g/m3": "A93",
    }
)
"""As papers write them."""

LABELS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "number": _("Number"),
        "issued_on": _("Issued on"),
        "consignor": _("Exporter"),
        "consignee": _("Consignee"),
        "export_country": _("From"),
        "import_country": _("To"),
        "point_of_entry": _("Point of entry"),
        "conveyance": _("Means of transport"),
        "containers": _("Containers"),
        "seals": _("Seals"),
        "scientific_name": _("Scientific name"),
        "net_weight": _("Net weight"),
        "gross_weight": _("Gross weight"),
        "count": _("Number of animals or units"),
        "type": _("Kind of certificate"),
        "issuer": _("Issuing authority"),
        "officer": _("Certifying officer"),
        "declaration": _("A declaration or attestation, as worded"),
        "attestations": _("Numbers of the attestations"),
        "voyage": _("Voyage or flight"),
        "product": _("Product"),
        "hs": _("Customs code (HS)"),
        "packages": _("Number of packages"),
        "marks": _("Marks and numbers"),
        "batches": _("Lots or batches"),
        "animals": _("Marks of animals"),
        "establishments": _("Approval numbers of establishments"),
        "origin": _("Country of origin"),
        "region": _("Region of origin"),
        "net_volume": _("Net volume"),
        "gross_volume": _("Gross volume"),
        "treatment_type": _("Kind of treatment"),
        "treatment_agent": _("Active ingredient of the treatment"),
        "treatment_concentration": _("Dose of the treatment"),
        "treatment_temperature": _("Temperature of the treatment"),
        "treatment_duration": _("Duration of the treatment"),
    }
)
"""Field of `verification.PAPER_FIELDS` to what it is called on the page."""

_WRONG: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "ambiguous": _("This number can be read in two ways. Write it without a mark between the thousands."),
        "measure": _("Write a number and its unit, like 24000 kg."),
    }
)
_OF_LINE: Final = ("scientific_name", "net_weight", "gross_weight", "count")
_MORE: Final = ("type", "issuer", "officer", "declaration", "attestations", "voyage")
_TREATED: Final = ("treatment_concentration", "treatment_temperature", "treatment_duration")
_MORE_OF_LINE: Final = (
    *("product", "hs", "packages", "marks", "batches", "animals", "establishments", "origin", "region"),
    *("net_volume", "gross_volume", "treatment_type", "treatment_agent", *_TREATED),
)
_QUANTITIES: Final = ("net_weight", "gross_weight", "count", "net_volume", "gross_volume", *_TREATED)
_WHERE_SAID: Final = frozenset(
    {"count", "animals", "hs", "packages", "region", "net_volume", "gross_volume", *_TREATED}
)
"""Fields of a line that are asked for only where the certificate says something."""

_OF_DOCUMENT: Final = tuple(name for name in LABELS if name not in {*_OF_LINE, *_MORE, *_MORE_OF_LINE})


class PaperForm(forms.Form):
    """The fields of one certificate's paper, each line of goods with its own."""

    def __init__(self, *args: Any, recorded: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = recorded.lines[:MOST_LINES]
        for name in (*_OF_DOCUMENT, *_MORE):
            self.fields[name] = _field(name)
        for place, line in enumerate(self.lines, 1):
            for name in (*_of_line(line, _OF_LINE), *_of_line(line, _MORE_OF_LINE)):
                self.fields[f"{name}.{place}"] = _field(name)

    @property
    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Give the fields in their groups, each with its heading."""
        yield gettext("The certificate"), [self[name] for name in _OF_DOCUMENT]
        for place, line in enumerate(self.lines, 1):
            yield line_name(line), [self[f"{name}.{place}"] for name in _of_line(line, _OF_LINE)]

    @property
    def more(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Give the fields that are compared more rarely, in the same groups."""
        yield gettext("The certificate"), [self[name] for name in _MORE]
        for place, line in enumerate(self.lines, 1):
            yield line_name(line), [self[f"{name}.{place}"] for name in _of_line(line, _MORE_OF_LINE)]

    @property
    def has_more(self) -> bool:
        """Whether something was typed in one of the rarer fields, or is wrong there."""
        rare = {*_MORE, *_MORE_OF_LINE}
        return any(
            name.partition(".")[0] in rare and (self.data.get(name) or name in self.errors) for name in self.fields
        )

    def typed(self) -> dict[str, str]:
        """Return what was typed, field by field, as `verification.compare_paper` reads it."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: self._plain(name, value) for name, value in given.items()}

    def refuse(self, error: TypedError) -> None:
        """Put beside its field why what was typed cannot be read."""
        self.add_error(error.field, forms.ValidationError(str(_WRONG[error.reason]), code=error.reason))

    def _plain(self, name: str, value: Any) -> str:
        field, _dot, place = name.partition(".")
        if isinstance(value, date):
            return value.isoformat()
        return _with_unit(str(value), self.lines[int(place) - 1], field) if field in _QUANTITIES else str(value)


def _of_line(line: TradeLineItem, names: Iterable[str]) -> Iterator[str]:
    """Give the fields of a line: quantities only where one was signed, or the paper could say one."""
    yield from (name for name in names if name not in _WHERE_SAID or _says(line, name))


def _says(line: TradeLineItem, name: str) -> bool:
    if name == "hs":
        return any(each.system.value in {"HS", "CN"} for each in line.classifications)
    if name == "region":
        return any(country.areas for country in line.origins)
    return _signed(line, name) is not None if name in _QUANTITIES else bool(getattr(line, name))


def _signed(line: TradeLineItem, name: str) -> Measure | None:
    """Return the quantity that was signed."""
    first = line.treatments[0] if line.treatments else None
    held = getattr(first, name.removeprefix("treatment_"), None) if name in _TREATED else getattr(line, name)
    return held if isinstance(held, Measure) else None


def _field(name: str) -> forms.Field:
    common: dict[str, Any] = {"label": LABELS[name], "required": False}
    if name == "issued_on":
        return DayField(**common)
    if name.endswith("_country") or name == "origin":
        return CountryField(**common)
    return LineField(max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"}), **common)


def _with_unit(text: str, line: TradeLineItem, field: str) -> str:
    """Return a quantity with the code of its unit; what is none is left as it is, to be refused."""
    found = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return text
    signed = _signed(line, field)
    word = found[2].strip()
    unit = _units().get(word.casefold(), word.upper()) if word else (signed.unit if signed is not None else "")
    return f"{''.join(found[1].split())} {unit}".strip()


def _units() -> Mapping[str, str]:
    words = ((codes.label("un_rec20", unit, language), unit) for unit in _UNITS for language in ("en", "zh"))
    return {word.casefold(): unit for word, unit in words} | _SHORT
