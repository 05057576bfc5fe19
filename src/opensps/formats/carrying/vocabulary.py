"""What a vocabulary has a subject for: animals, declarations and all else that coded dialects say in notes.

Source: `domain.md` 5.1 to 5.4. The dialects with tags have a place for all of it but the animals.
"""

from collections.abc import Mapping
from typing import TypeVar

from opensps.certificate import AnimalGroup, AnimalIdentification, Measure
from opensps.formats.carrying.load import DIGITS, Load, folded, listed
from opensps.rules import Level

_Said = TypeVar("_Said")

Lists = Mapping[str, str | None] | None
"""Subjects of a level, each with the list of its coded value; ``None`` where facts are said as tags."""

MAX_ANIMALS = 999_999
"""Animals of a line are counted with six digits."""


def document_lists(load: Load) -> Lists:
    """Return the subjects of notes of the document."""
    return None if load.dialect.vocabulary is None else load.dialect.vocabulary.document


def line_lists(load: Load) -> Lists:
    """Return the subjects of notes of a line."""
    return None if load.dialect.vocabulary is None else load.dialect.vocabulary.line


def has_subject(load: Load, subject: str, lists: Lists) -> bool:
    """Tell whether something is carried: under its tag, or under its subject."""
    return not load.dialect.is_coded if lists is None else subject in lists


def kept(load: Load, subject: str, values: tuple[_Said, ...], path: str, lists: Lists) -> tuple[_Said, ...]:
    """Return what is carried of a field that has a subject of its own."""
    if not values or has_subject(load, subject, lists):
        return values
    load.no_place(path, values)
    return ()


def animals(load: Load, value: AnimalGroup | None, path: str) -> AnimalGroup | None:
    """Return the animals of a line, as far as the vocabulary speaks of them."""
    if value is None:
        return None
    lists = line_lists(load) or {}
    if "IDENTIFIER" not in lists:
        load.no_place(path, value)
        return None
    fitted = AnimalGroup(
        breed=_one(load, "BREED", value.breed, f"{path}.breed"),
        sex=_one(load, "SEX", listed(value.sex, lists.get("SEX")), f"{path}.sex"),
        age=_one(load, "AGE", _age(load, value.age, f"{path}.age"), f"{path}.age"),
        category=_one(load, "CATEGORY", listed(value.category, lists.get("CATEGORY")), f"{path}.category"),
        identifications=load.each(value.identifications, f"{path}.identifications", _identification),
    )
    return None if fitted == AnimalGroup() else fitted


def _one(load: Load, subject: str, value: _Said | None, path: str) -> _Said | None:
    return (kept(load, subject, (value,), path, line_lists(load) or {}) or (None,))[0] if value is not None else None


def _age(load: Load, value: Measure | None, path: str) -> Measure | None:
    """Return an age; without a unit it is no age."""
    fitted = load.measure(value, path)
    if fitted is not None and fitted.unit is None:
        load.no_place(path, value=True)
        return None
    return fitted


def _identification(load: Load, value: AnimalIdentification, path: str) -> AnimalIdentification | None:
    lists = line_lists(load) or {}
    system, mark = listed(value.system, lists.get("IDENTIFIER")), folded(value.value)
    if system is None or mark is None:
        load.no_place(path, value=True)
        return None
    if not 0 <= value.animal <= MAX_ANIMALS:
        load.say(Level.SEVERE, f"{path}.animal", DIGITS, value=str(value.animal))
        return None
    return AnimalIdentification(value.animal, system, mark)
