"""What a code list is: immutable entries under their codes, with origin and date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code of a list."""

    code: str
    names: Mapping[str, str] = field(default_factory=lambda: NO_NAMES)
    """Language ("en", "zh") to name; empty when we have no name for it."""

    withdrawn: bool = False
    """True for a code old documents may name and new ones must not."""

    group: str = ""
    """What the code belongs to: dimension of a unit, place of a tag; "" where a list has no groups."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A published list of codes in one edition."""

    id: str
    version: str
    origin: str
    valid_from: date
    entries: Mapping[str, CodeEntry]
    """Code to entry: named codes first, in the order of the file, then those without a name of ours."""
