"""The one way to look a code up: lists of our data files, of packages, and what an installation refreshed.

`read_also` names the directory of an installation's newer lists; `project` calls it once, at start. A newer list
never shortens a shipped one: its codes are added, its names and dates win, and what it lacks stays as it was.
"""

from collections import ChainMap
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from opensps.codes.countries import COUNTRY_LIST, country_list
from opensps.codes.entries import CodeEntry, CodeList
from opensps.codes.files import parsed
from opensps.codes.packages import PACKAGED

_DATA = files("opensps.codes").joinpath("data")
_SHIPPED = frozenset(each.name.removesuffix(".tsv") for each in _DATA.iterdir() if each.name.endswith(".tsv"))

LIST_IDS = _SHIPPED | {COUNTRY_LIST, *PACKAGED}
"""Every list this room carries."""

_UNKNOWN = CodeEntry("")
_newer: list[Path] = []


class UnknownList(LookupError):
    """A list was asked for that this room does not carry."""


class ListBroken(RuntimeError):
    """A refreshed list of this installation cannot be read; nothing is guessed, and the argument names the file."""


def read_also(directory: Path | None) -> None:
    """Let the lists of this directory, `<list id>.tsv`, overlay the shipped ones from now on; ``None`` for none."""
    _newer[:] = [directory] if directory is not None else []
    get.cache_clear()


@cache
def shipped(list_id: str) -> CodeList:
    """Return the list as this version of OpenSPS ships it; raise `UnknownList` if it carries none."""
    if list_id not in LIST_IDS:
        raise UnknownList(list_id)
    if list_id == COUNTRY_LIST:
        return country_list()
    if list_id in PACKAGED:
        return PACKAGED[list_id]()
    return parsed(_DATA.joinpath(f"{list_id}.tsv").read_text(encoding="utf-8"))


@cache
def get(list_id: str) -> CodeList:
    """Return the list, loaded once; raise `UnknownList` if we do not carry it, `ListBroken` if it was damaged here."""
    held = shipped(list_id)
    for directory in _newer:
        path = directory / f"{list_id}.tsv"
        if path.is_file():
            held = overlaid(held, _read(path))
    return held


def _read(path: Path) -> CodeList:
    try:
        return parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ListUnreadable and UnicodeDecodeError are ValueErrors
        raise ListBroken(f"{path}: {error}") from error


def overlaid(held: CodeList, newer: CodeList) -> CodeList:
    """Return the newer edition with everything it lacks taken from the one held: a list is never shortened."""
    changed = {}
    for code, entry in newer.entries.items():
        known = held.entries.get(code, _UNKNOWN)
        names = MappingProxyType({**known.names, **entry.names}) if entry.names else known.names
        changed[code] = replace(entry, names=names, group=entry.group or known.group, since=entry.since or known.since)
    both = ChainMap(changed, held.entries)  # type: ignore[arg-type]  # the mapping below is only read
    return replace(newer, id=held.id, entries=MappingProxyType(both))


def is_known(list_id: str, code: str, *, on: date | None = None) -> bool:
    """Say whether the list has or had the code; with `on`, whether a document of that day may name it."""
    held = get(list_id)
    return code in held.entries if on is None else held.was_in_use(code, on)


def label(list_id: str, code: str, language: str = "en") -> str:
    """Return the code's name in the language, else in English, else the code itself."""
    names = get(list_id).entries.get(code, _UNKNOWN).names
    return names.get(language) or names.get("en") or code


def group_of(list_id: str, code: str) -> str:
    """Return the group of the code (for un_rec20 its dimension), "" if it has none or is not known."""
    return get(list_id).entries.get(code, _UNKNOWN).group
