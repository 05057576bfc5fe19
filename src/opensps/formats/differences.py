"""What differs between two values, field by field, for a check to name it (`fraud.md` 2, `ux.md` 5.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import zip_longest
from typing import Any

from opensps.formats.json_form import to_plain


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: its path in the value model, and what each side says; ``None`` where it says nothing."""

    path: str
    left: str | None
    right: str | None


def differences(left: object, right: object) -> tuple[Difference, ...]:
    """Return every field that differs between two records of the model, in the model's order.

    A list that is longer on one side differs in each of its further items.
    """
    return tuple(_differences(left, right, ""))


def _differences(left: Any, right: Any, path: str) -> Iterator[Difference]:
    if left == right:
        return
    if is_dataclass(left) and type(left) is type(right):
        for field in fields(left):
            inner = f"{path}.{field.name}" if path else field.name
            yield from _differences(getattr(left, field.name), getattr(right, field.name), inner)
    elif isinstance(left, tuple) and isinstance(right, tuple):
        for index, (one, other) in enumerate(zip_longest(left, right)):
            yield from _differences(one, other, f"{path}[{index}]")
    else:
        yield Difference(path, _words(left), _words(right))


def _words(value: Any) -> str | None:
    """Return a value as a person would compare it: the plain parts of a record one after the other."""
    if value is None or value == ():
        return None
    return " ".join(_parts(to_plain(value)))


def _parts(plain: Any) -> Iterator[str]:
    if isinstance(plain, dict):
        for inner in plain.values():
            yield from _parts(inner)
    elif isinstance(plain, list):
        for inner in plain:
            yield from _parts(inner)
    else:
        yield str(plain)
