"""What differs between two drafts, as JSON pointers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Plain = Any
"""JSON as Python holds it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two drafts differ; a missing value is ``None``."""

    path: str
    before: Plain
    after: Plain


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _pairs(before: Plain, after: Plain) -> Iterator[tuple[object, Plain, Plain]]:
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        left: Mapping[str, Plain] = before if isinstance(before, Mapping) else {}
        right: Mapping[str, Plain] = after if isinstance(after, Mapping) else {}
        for key in [*left, *(key for key in right if key not in left)]:
            yield key, left.get(key), right.get(key)
        return
    first = before if isinstance(before, list) else []
    second = after if isinstance(after, list) else []
    for index in range(max(len(first), len(second))):
        yield index, _at(first, index), _at(second, index)


def _at(items: Sequence[Plain], index: int) -> Plain:
    return items[index] if index < len(items) else None


def _is_tree(value: Plain) -> bool:
    return isinstance(value, Mapping | list)


def differences(before: Plain, after: Plain, path: str = "") -> tuple[Difference, ...]:
    """Return the leaves that differ, in the order of the first tree, then of the second."""
    if before == after:
        return ()
    comparable = (_is_tree(before) or before is None) and (_is_tree(after) or after is None)
    if not comparable:
        return (Difference(path, before, after),)
    return tuple(
        found
        for step, left, right in _pairs(before, after)
        for found in differences(left, right, f"{path}/{_escaped(step)}")
    )


def touched(paths: frozenset[str], found: tuple[Difference, ...]) -> frozenset[str]:
    """Return those paths at, above or below which something differs."""
    return frozenset(
        path
        for path in paths
        for difference in found
        if difference.path == path or difference.path.startswith(f"{path}/") or path.startswith(f"{difference.path}/")
    )
