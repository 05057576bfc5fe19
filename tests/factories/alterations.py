"""Values with one thing in them changed by one unit: what a forger or a slip changes, in every field there is."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from opensps.certificate import Attachment, OfficialTime

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give every single value in a record with the way to it; times and files count as one."""
    if isinstance(value, tuple):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    elif is_dataclass(value) and not isinstance(value, OfficialTime | Attachment):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), (*path, field.name))
    elif value is not None:
        yield path, value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return the record with another value at the end of the way."""
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        return (*value[:step], put(value[step], tuple(rest), new), *value[step + 1 :])
    return replace(value, **{step: put(getattr(value, step), tuple(rest), new)})


def one_more(value: Any) -> Any:
    """Return the value changed by its unit: a digit, a letter, a day, a flag, a byte."""
    match value:
        case bool():
            return not value
        case Enum():
            members = list(type(value))
            return members[(members.index(value) + 1) % len(members)]
        case OfficialTime():
            later = value.at + timedelta(days=1) if value.at else None
            return replace(value, on=value.on + timedelta(days=1), at=later, text=None)
        case Attachment():
            content = (value.content or b"") + b"x"
            return replace(value, content=content, sha256=sha256(content).digest())
        case Decimal() | int():
            return value + 1
    assert isinstance(value, str)
    return _other_text(value)


def _other_text(text: str) -> str:
    last = text[-1]
    if last.isascii() and last.isdigit():
        return text[:-1] + str((int(last) + 1) % 10)
    other = ("q" if last.islower() else "Q") if last not in "qQ" else ("w" if last == "q" else "W")
    return text[:-1] + other if last.isascii() and last.isalpha() else f"{text}q"


def written(path: Path) -> str:
    """Return the way as the model writes it: `consignment.items[0].cargo_types`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")
