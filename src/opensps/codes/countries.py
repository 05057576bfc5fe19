"""Countries and areas of ISO 3166-1: which codes exist, from pycountry, and what they are called, from Babel.

Both packages are asked at run time; nothing of theirs is copied into our files. The three codes of the
demonstration (user-assigned in ISO 3166) are names only: they count as countries where a policy says so.
"""

from datetime import date
from functools import cache
from types import MappingProxyType

import pycountry
from babel import Locale

from opensps.codes.entries import CodeEntry, CodeList

COUNTRY_LIST = "iso_3166_1"

_DEMO_NAMES = MappingProxyType(
    {
        "XA": ("Examplia", "示例国"),
        "XB": ("Northland", "北境国"),
        "XC": ("Westmark", "西境国"),
    }
)
DEMO_COUNTRIES = frozenset(_DEMO_NAMES)
"""Codes of the fictional countries of demonstration and training."""

_ISSUED_ON = date(2026, 2, 1)
"""Month of the pycountry release the lock file names."""


def _names(code: str, fallback: str) -> MappingProxyType[str, str]:
    english, chinese = Locale("en").territories, Locale("zh", "Hans").territories
    return MappingProxyType({"en": english.get(code, fallback), "zh": chinese.get(code, fallback)})


@cache
def country_list() -> CodeList:
    """Return iso_3166_1: assigned codes, the demonstration's, and codes ISO has withdrawn and not given again."""
    entries = {
        country.alpha_2: CodeEntry(country.alpha_2, _names(country.alpha_2, country.name))
        for country in pycountry.countries
    }
    for code, (english, chinese) in _DEMO_NAMES.items():
        entries[code] = CodeEntry(code, MappingProxyType({"en": english, "zh": chinese}), group="demonstration")
    for former in pycountry.historic_countries:
        if former.alpha_2 not in entries:
            entries[former.alpha_2] = CodeEntry(former.alpha_2, _names(former.alpha_2, former.name), withdrawn=True)
    origin = "ISO 3166-1 as carried by pycountry; names from Unicode CLDR through Babel"
    return CodeList(COUNTRY_LIST, "2026-02", origin, _ISSUED_ON, MappingProxyType(dict(sorted(entries.items()))))


def countries(extra: frozenset[str] = frozenset()) -> tuple[CodeEntry, ...]:
    """Return the countries a new certificate may name, by code: those ISO assigns, and the extra ones we know."""
    return tuple(entry for entry in country_list().entries.values() if is_country(entry.code, extra))


def country_name(code: str, language: str = "en") -> str:
    """Return the country's name in English or Chinese, else the code itself; demonstration countries included."""
    entry = country_list().entries.get(code)
    return entry.names.get(language, entry.names["en"]) if entry else code


def is_country(code: str, extra: frozenset[str] = frozenset()) -> bool:
    """Say whether ISO assigns the code today, or the policy adds it."""
    entry = country_list().entries.get(code)
    is_assigned = entry is not None and not entry.withdrawn and not entry.group
    return is_assigned or code in extra
