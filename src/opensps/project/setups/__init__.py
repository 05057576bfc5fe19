"""Reference configurations as data: who an authority speaks with, which bodies stand beside it.

A configuration is a folder of TOML files, beside this module or anywhere else. Loading one again changes nothing; it
never takes a partner back to an earlier stage. Source: `suppliers.md` 14, rows A01, A20, A42, A43. What a folder says
is data for demonstration and tests, no statement about any present authority.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
MOST_OCTETS: Final = 1_000_000


class SetupUnreadable(Exception):
    """A file of a configuration cannot be used; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSeed:
    """An authority, or a country or area, and how far the agreement with it is."""

    code: str
    name: str
    name_zh: str
    countries: tuple[str, ...]
    """ISO 3166-1 alpha-2; may be empty while nothing is exchanged."""

    stage: str
    on: date | None
    types: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySeed:
    """A ministry or body that the coordinator can give work to."""

    name: str
    name_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a configuration holds."""

    partners: tuple[PartnerSeed, ...]
    bodies: tuple[BodySeed, ...]


def known() -> tuple[str, ...]:
    """Return the names of the configurations that come with the program."""
    return tuple(sorted(each.name for each in HERE.iterdir() if each.is_dir() and any(each.glob("*.toml"))))


def setup_read(name: str) -> Setup:
    """Return a configuration by its name, or from a folder. Raises `SetupUnreadable`."""
    folder = HERE / name if name in known() else Path(name)
    if not folder.is_dir():
        raise SetupUnreadable(name)
    partners = tuple(_partner(row) for row in _rows(folder / "partners.toml", "partners"))
    bodies = tuple(_body(row) for row in _rows(folder / "bodies.toml", "bodies"))
    if not (partners or bodies):
        raise SetupUnreadable(name)
    return Setup(partners=partners, bodies=bodies)


def _rows(path: Path, table: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of a file; a file that is not there has none."""
    if not path.is_file():
        return
    try:
        if path.stat().st_size > MOST_OCTETS:
            raise SetupUnreadable(path.name)
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get(table, [])
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as exc:
        raise SetupUnreadable(f"{path.name}: {exc}") from exc
    for row in rows if isinstance(rows, list) else [None]:
        if not isinstance(row, dict):
            raise SetupUnreadable(path.name)
        yield row


def _partner(row: Mapping[str, Any]) -> PartnerSeed:
    on = row.get("on")
    return PartnerSeed(
        code=_text(row, "code"),
        name=_text(row, "name"),
        name_zh=_text(row, "name_zh", ""),
        countries=_texts(row, "countries"),
        stage=_text(row, "stage"),
        on=on if isinstance(on, date) else None,
        types=_texts(row, "types"),
        note=_text(row, "note", ""),
    )


def _body(row: Mapping[str, Any]) -> BodySeed:
    return BodySeed(name=_text(row, "name"), name_zh=_text(row, "name_zh", ""))


def _text(row: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    found = row.get(name, otherwise)
    if not isinstance(found, str):
        raise SetupUnreadable(name)
    return found


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = row.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise SetupUnreadable(name)
    return tuple(found)
