"""What a row of a table is: a line of goods, something below a line, or one animal."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opensps.certificate import AnimalIdentification, Certificate
from opensps.formats.layouts.places import Scope


@dataclass(frozen=True, slots=True)
class Rows:
    """How to walk over the rows of a table."""

    scopes: Callable[[Certificate], Iterator[Scope]]
    claims: tuple[str, ...] = ()
    """Paths the rows say beside what their columns name."""


@dataclass(frozen=True, slots=True)
class Place:
    """The number of a row, counted from 1, and of its line of goods."""

    row: int
    line: int


@dataclass(frozen=True, slots=True)
class OneAnimal:
    """All marks of one animal of a line."""

    identifications: tuple[AnimalIdentification, ...]


def _lines(value: Certificate) -> Iterator[Scope]:
    for place, line in enumerate(value.lines, 1):
        yield {"lines": line, "place": Place(place, place)}


def _below(name: str) -> Callable[[Certificate], Iterator[Scope]]:
    """Return the walk over the records of a field of the lines."""

    def scopes(value: Certificate) -> Iterator[Scope]:
        row = 0
        for place, line in enumerate(value.lines, 1):
            for record in getattr(line, name):
                row += 1
                yield {"lines": line, f"lines.{name}": record, "place": Place(row, place)}

    return scopes


def _marked_animals(value: Certificate) -> Iterator[Scope]:
    """Yield each animal of the lines that describe animals."""
    return (scope for scope in _animals(value) if scope["lines"].animals)


def _animals(value: Certificate) -> Iterator[Scope]:
    """Yield each animal with its marks; a line without marks is one row."""
    row = 0
    for place, line in enumerate(value.lines, 1):
        marks = line.animals.identifications if line.animals else ()
        for animal in dict.fromkeys(mark.animal for mark in marks) or (None,):
            row += 1
            own = tuple(mark for mark in marks if mark.animal == animal)
            yield {"lines": line, "lines.animals.one": OneAnimal(own), "place": Place(row, place)}


ROWS: Mapping[str, Rows] = MappingProxyType(
    {
        "lines": Rows(_lines),
        "treatments": Rows(_below("treatments")),
        "establishments": Rows(_below("establishments")),
        "marked-animals": Rows(_marked_animals, ("lines.animals.identifications",)),
        "animals": Rows(_animals, ("lines.animals.identifications",)),
    }
)
"""What tables can be made of, by name."""
