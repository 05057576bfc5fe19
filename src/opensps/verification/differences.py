"""What differs between the certificate in a file and the one we signed, field by field.

A plain comparison of values. The officer's comparison, which knows units, synonyms and explanations (`fraud.md` 4),
is another one.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from opensps.certificate import Certificate
from opensps.verification.verdict import Difference


def differences(presented: Certificate, recorded: Certificate) -> tuple[Difference, ...]:
    """Return every field whose value differs, in document order."""
    here, there = dict(_leaves(presented, "")), dict(_leaves(recorded, ""))
    return tuple(
        Difference(path, here.get(path, ""), there.get(path, ""))
        for path in dict.fromkeys((*here, *there))
        if here.get(path) != there.get(path)
    )


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give path and text of every value that is there."""
    if value is None:
        return
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _leaves(getattr(value, each.name), f"{path}.{each.name}".lstrip("."))
    else:
        yield path, value.hex() if isinstance(value, bytes) else str(value)
