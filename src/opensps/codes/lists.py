"""Reads the data files of this room and looks codes up.

A file is tab-separated: comment lines give list, version, valid_from and origin; then `code en zh group withdrawn`.
A row whose code is `*` carries, in place of a name, several codes we have no name for.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from opensps.codes.countries import COUNTRY_LIST, country_list
from opensps.codes.entries import NO_NAMES, CodeEntry, CodeList

LIST_IDS = frozenset(
    {
        COUNTRY_LIST,
        *("un_1001", "un_1153", "un_3035", "un_3131", "un_3227", "un_4405", "un_6245", "un_6313"),
        *("un_7075", "un_7085", "un_7187", "un_9417", "un_rec19", "un_rec20", "un_rec21"),
        *("ippc_statements", "ippc_tags"),
        *("opensps_animal_category", "opensps_attestation", "opensps_certified_as", "opensps_identification_system"),
        "opensps_sex",
    }
)
"""Every list this room carries."""


_UNKNOWN = CodeEntry("")


class UnknownList(LookupError):
    """A list was asked for that this room does not carry."""


def _entries(rows: Iterable[Mapping[str, str | None]]) -> Iterator[CodeEntry]:
    for row in rows:
        group, is_withdrawn = row["group"] or "", row["withdrawn"] is not None
        if row["code"] == "*":
            yield from (CodeEntry(code, NO_NAMES, is_withdrawn, group) for code in (row["en"] or "").split())
        else:
            names = MappingProxyType({"en": row["en"] or "", "zh": row["zh"] or ""})
            yield CodeEntry(row["code"] or "", names, is_withdrawn, group)


def parsed(text: str) -> CodeList:
    """Return the list a data file's text holds."""
    lines = text.splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    body = [line for line in lines if not line.startswith("# ")]
    rows = csv.DictReader(body, delimiter="\t", quoting=csv.QUOTE_NONE)
    entries = MappingProxyType({entry.code: entry for entry in _entries(rows)})
    return CodeList(head["list"], head["version"], head["origin"], date.fromisoformat(head["valid_from"]), entries)


@cache
def get(list_id: str) -> CodeList:
    """Return the list, loaded once; raise `UnknownList` if we do not carry it."""
    if list_id not in LIST_IDS:
        raise UnknownList(list_id)
    if list_id == COUNTRY_LIST:
        return country_list()
    return parsed(files("opensps.codes").joinpath("data", f"{list_id}.tsv").read_text(encoding="utf-8"))


def is_known(list_id: str, code: str) -> bool:
    """Say whether the list has or had the code."""
    return code in get(list_id).entries


def label(list_id: str, code: str, language: str = "en") -> str:
    """Return the code's name in the language, else in English, else the code itself."""
    names = get(list_id).entries.get(code, _UNKNOWN).names
    return names.get(language) or names.get("en") or code


def group_of(list_id: str, code: str) -> str:
    """Return the group of the code (for un_rec20 its dimension), "" if it has none or is not known."""
    return get(list_id).entries.get(code, _UNKNOWN).group
