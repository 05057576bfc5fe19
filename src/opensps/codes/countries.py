"""Countries and areas of ISO 3166-1: which codes exist, from pycountry, and what they are called, from Babel.

Both packages are asked at run time; nothing of theirs is copied into our files. Codes that trade uses though ISO
assigns none (XI, XK, EU) and those of the demonstration are policy: our own data names them, and they count as
countries only where a policy says so.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import pycountry
from babel import Locale

from opensps.codes.entries import CodeEntry, CodeList
from opensps.codes.files import parsed

COUNTRY_LIST = "iso_3166_1"
EXCEPTION_LIST = "opensps_country_exceptions"

_ISSUED_ON = date(2026, 2, 1)
"""Month of the pycountry release the lock file names."""


@cache
def _exceptions() -> CodeList:
    data = files("opensps.codes").joinpath("data", f"{EXCEPTION_LIST}.tsv")
    return parsed(data.read_text(encoding="utf-8"))


def _of_group(group: str) -> frozenset[str]:
    return frozenset(entry.code for entry in _exceptions().entries.values() if entry.group == group)


DEMO_COUNTRIES = _of_group("demonstration")
"""Codes of the fictional countries of demonstration and training."""

TRADE_COUNTRIES = _of_group("trade")
"""Codes that partners use though ISO 3166-1 assigns them to no country."""


def _names(code: str, fallback: str) -> MappingProxyType[str, str]:
    english, chinese = Locale("en").territories, Locale("zh", "Hans").territories
    return MappingProxyType({"en": english.get(code, fallback), "zh": chinese.get(code, fallback)})


def _former() -> Iterator[CodeEntry]:
    """Give the codes ISO withdrew, the latest withdrawal of a code first; a year without a day ends with the year."""
    for former in sorted(pycountry.historic_countries, key=lambda each: each.withdrawal_date, reverse=True):
        ended = date.fromisoformat(f"{former.withdrawal_date}-12-31"[:10])
        names = _names(former.alpha_2, former.name)
        yield CodeEntry(former.alpha_2, names, withdrawn=True, withdrawn_on=ended)


@cache
def country_list() -> CodeList:
    """Return iso_3166_1: assigned codes, the exceptions, and codes ISO has withdrawn and not given again."""
    entries = {
        country.alpha_2: CodeEntry(country.alpha_2, _names(country.alpha_2, country.name))
        for country in pycountry.countries
    }
    entries |= _exceptions().entries
    for former in _former():
        entries.setdefault(former.code, former)
    origin = "ISO 3166-1 as carried by pycountry; names from Unicode CLDR through Babel"
    return CodeList(COUNTRY_LIST, "2026-02", origin, _ISSUED_ON, MappingProxyType(dict(sorted(entries.items()))))


def countries(extra: frozenset[str] = frozenset()) -> tuple[CodeEntry, ...]:
    """Return the countries a new certificate may name, by code: those ISO assigns, and the extra ones we know."""
    return tuple(entry for entry in country_list().entries.values() if is_country(entry.code, extra))


def country_name(code: str, language: str = "en") -> str:
    """Return the country's name in English or Chinese, else the code itself; exceptions included."""
    entry = country_list().entries.get(code)
    return entry.names.get(language, entry.names["en"]) if entry else code


def is_country(code: str, extra: frozenset[str] = frozenset()) -> bool:
    """Say whether ISO assigns the code today, or the policy adds it."""
    entry = country_list().entries.get(code)
    is_assigned = entry is not None and not entry.withdrawn and not entry.group
    return is_assigned or code in extra
