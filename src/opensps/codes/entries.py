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

    withdrawn_on: date | None = None
    """First day on which the code is not in use any more; ``None`` where nobody says."""

    since: date | None = None
    """First day of use, where the code is younger than what we know of the list."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """A published list of codes in one edition."""

    id: str
    version: str
    origin: str
    valid_from: date
    entries: Mapping[str, CodeEntry]
    """Code to entry: named codes first, in the order of the file, then those without a name of ours."""

    def was_in_use(self, code: str, on: date) -> bool:
        """Say whether a document of that day may name the code; an undated withdrawal counts from this edition on."""
        entry = self.entries.get(code)
        if entry is None or (entry.since is not None and on < entry.since):
            return False
        ended = entry.withdrawn_on or (self.valid_from if entry.withdrawn else None)
        return ended is None or on < ended
