"""Honest differences as certificates: the text of one field on two sides, and what else was known (`fraud.md` 4).

The rows stand in `tests/vectors/honest/differences.tsv`; here is how the text of each family of fields becomes part
of a certificate.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    Area,
    Certificate,
    CertificateNumber,
    Classification,
    Code,
    CountryArea,
    CountryCode,
    Declarations,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Package,
    Person,
    Seal,
    Text,
    TransportEquipment,
    Treatment,
)
from opensps.verification.comparison import Terms
from tests.factories.certificates import changed, phytosanitary

ROWS = Path(__file__).parents[1] / "vectors" / "honest" / "differences.tsv"
_DOCUMENT, _GOODS = "exchanged_document", "consignment"
_LINE = f"{_GOODS}__items__0__trade_line_items__0"


@dataclass(frozen=True, slots=True)
class Honest:
    """One honest difference."""

    family: str
    recorded: str
    presented: str
    terms: str
    word: str
    """Result expected: equal, noted or explained."""

    reason: str
    """Code of `comparison.REASONS` expected; empty when nothing is said at all."""

    story: str

    @property
    def left(self) -> Certificate:
        """The certificate as it was signed."""
        return _written(self.family, self.recorded)

    @property
    def right(self) -> Certificate:
        """The same as it is presented."""
        return _written(self.family, self.presented)


def honest_differences() -> Iterator[Honest]:
    """Give every row."""
    with ROWS.open(encoding="utf-8") as rows:
        lines = (line for line in rows if not line.startswith("# "))
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Honest(**row)


def terms_of(text: str) -> Terms:
    """Return what was known besides: ``less``, ``former:Old=New``, ``customs:reference`` and the like."""
    name, _, said = text.partition(":")
    old, _, new = said.partition("=")
    known: Mapping[str, dict[str, Any]] = {
        "less": {"presented_may_be_less": True},
        "at_least": {"treatment_at_least": True},
        "hs_edition": {"hs_edition_changed": True},
        "transhipment": {"has_transhipment": True},
        "customs": {"customs_reference": said},
        "former": {"former_names": {old: new}},
        "synonym": {"synonyms": {old: new}},
        "note": {"annotations": {_GOODS: said, _DOCUMENT: said}},
    }
    return Terms(**known.get(name, {}))


def _written(family: str, text: str) -> Certificate:
    path, read = FAMILIES[family]
    return changed(_base(family), **{path: read(text)})


def _base(family: str) -> Certificate:
    value = phytosanitary()
    if family != "destination":
        return value
    goods = replace(value.consignment, transit_countries=(CountryArea(CountryCode("XC")),))
    return replace(value, consignment=goods)


def _time(text: str) -> OfficialTime:
    if "T" not in text:
        return OfficialTime(date.fromisoformat(text))
    moment, _, offset = text.partition("Z")
    return OfficialTime.moment(datetime.fromisoformat(f"{moment}+00:00"), offset_minutes=int(offset or 0))


def _measure(text: str) -> Measure:
    value, unit = text.split()
    return Measure(Decimal(value), unit)


def _texts(text: str) -> tuple[Text, ...]:
    given = (each.partition(":") for each in text.split("|"))
    return tuple(Text(value, language or None) for language, _, value in given)


def _containers(text: str) -> tuple[TransportEquipment, ...]:
    return tuple(TransportEquipment(Identifier(each), (Seal("G2382564"),)) for each in text.split("|"))


def _origin(text: str) -> tuple[CountryArea, ...]:
    code, _, region = text.partition("/")
    areas = (Area(names=(Text(region, "en"),)),) if region else ()
    return (CountryArea(CountryCode(code), areas=areas),)


def _treatment(name: str) -> Callable[[str], tuple[Treatment, ...]]:
    def treated(text: str) -> tuple[Treatment, ...]:
        facts: dict[str, Any] = {name: _measure(text)}
        return (Treatment(Code("ZZZ"), **facts),)

    return treated


FAMILIES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "number": (f"{_DOCUMENT}__number", CertificateNumber),
    "issued": (f"{_DOCUMENT}__issued", _time),
    "copy": (f"{_DOCUMENT}__is_copy", lambda text: text == "yes"),
    "officer": (f"{_DOCUMENT}__signatories__0__provider__person", Person),
    "trader": (f"{_GOODS}__consignor__name", str),
    "address": (f"{_GOODS}__consignor__address", lambda text: Address(tuple(text.split("|")))),
    "destination": (f"{_GOODS}__import_country", lambda text: CountryArea(CountryCode(text))),
    "vessel": (f"{_GOODS}__main_carriages", lambda text: (MainCarriage(Code("1"), means_name=Text(text)),)),
    "port": (f"{_GOODS}__point_of_entry", lambda text: Location(names=(Text(text, "en"),))),
    "container": (f"{_GOODS}__transport_equipment", _containers),
    "seal": (
        f"{_GOODS}__transport_equipment",
        lambda text: (TransportEquipment(Identifier("ZZZU1234564"), (Seal(text),)),),
    ),
    "species": (f"{_LINE}__scientific_names", lambda text: (Text(text, "la"),)),
    "goods_name": (f"{_LINE}__common_names", _texts),
    "intended_use": (f"{_LINE}__intended_uses", _texts),
    "weight": (f"{_LINE}__net_weight", _measure),
    "packages": (f"{_LINE}__packages", lambda text: (Package("1", Code("BX"), Decimal(text)),)),
    "lot": (f"{_LINE}__batches", lambda text: tuple(Identifier(each) for each in text.split("|"))),
    "hs": (f"{_LINE}__classifications", lambda text: (Classification(Code("HS"), text),)),
    "origin": (f"{_LINE}__origins", _origin),
    "mark": (f"{_LINE}__declarations", lambda text: Declarations(distinguishing_marks=(Text(text, "en"),))),
    "statement": (
        f"{_LINE}__declarations",
        lambda text: Declarations(additional=(AdditionalDeclaration(Text(text, "en")),)),
    ),
    "permit": (f"{_LINE}__declarations", lambda text: Declarations(import_permits=(text,))),
    "temperature": (f"{_LINE}__treatments", _treatment("temperature")),
    "concentration": (f"{_LINE}__treatments", _treatment("concentration")),
    "duration": (f"{_LINE}__treatments", _treatment("duration")),
}
"""Family of fields -> where it stands, and how its text is read."""
