"""The reference of the fields of a certificate, for people, from the one structure table.

Source: UN/CEFACT D17A, as `formats.structure` holds it; labels of ours in both languages beside this module.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import gettext, gettext_noop

from opensps.formats.structure import LIST_IDS, ROOTS, ROWS

_PIECE = re.compile(r"SPS|[A-Z]+[a-z]*(?=SPS|[A-Z]|$)|[a-z]+")

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "T": gettext_noop("text, with its language"),
        "I": gettext_noop("identifier, with its scheme"),
        "C": gettext_noop("code of any list"),
        "K": gettext_noop("code of the list"),
        "D": gettext_noop("date and time, with the offset from UTC"),
        "P": gettext_noop("date"),
        "M": gettext_noop("quantity, with its unit"),
        "Q": gettext_noop("number of things"),
        "N": gettext_noop("number"),
        "B": gettext_noop("file"),
        "X": gettext_noop("yes or no"),
    }
)
"""Letter of the table to what it holds."""

TIMES: Mapping[tuple[bool, bool], str] = MappingProxyType(
    {
        (True, False): gettext_noop("once"),
        (True, True): gettext_noop("once or more"),
        (False, False): gettext_noop("at most once"),
        (False, True): gettext_noop("any number"),
    }
)
"""Whether it is required and whether it is repeated, to how often it stands."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table."""

    name: str
    parts: tuple[str, ...]
    """The name in pieces between which a narrow page may break it."""

    label: str
    holds: str
    list_id: str
    """Closed list its code comes from, else ""."""

    row: str
    """Table further down that says what is in it, else ""."""

    times: str


@dataclass(frozen=True, slots=True)
class Group:
    """One table."""

    name: str
    label: str
    fields: tuple[Field, ...]


@cache
def _labels() -> Mapping[str, tuple[str, str]]:
    text = (Path(__file__).parent / "field_names.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {row["name"]: (row["english"], row["chinese"]) for row in rows}


def groups(language: str) -> tuple[Group, ...]:
    """Return every table in the reader's language, the two documents first."""
    tops = [row for children in ROOTS.values() for row in children.values()]
    order = [*tops, *sorted(ROWS.keys() - set(tops))]
    return tuple(Group(name, _label(name, language), tuple(_fields(name, language))) for name in order)


def _fields(row: str, language: str) -> Iterator[Field]:
    for child in ROWS[row].children:
        inner = child.type if child.type in ROWS else ""
        holds = _label(inner, language) if inner else gettext(TYPES[child.type[0]])
        times = gettext(TIMES[child.is_required, child.is_repeated])
        parts = tuple(_PIECE.findall(child.name))
        yield Field(child.name, parts, _label(child.name, language), holds, LIST_IDS.get(child.type, ""), inner, times)


def _label(name: str, language: str) -> str:
    return _labels()[name][language.startswith("zh")]
