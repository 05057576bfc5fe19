"""What fields and words of our vocabulary are called on paper, English and Chinese: the table `data/labels.tsv`.

A layout's own label comes first, then the kind's (`certificate.kinds`), then this table.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from opensps.formats.layouts.parts import Pair


@cache
def names() -> Mapping[str, Pair]:
    """Return the table: key to English and Chinese."""
    text = files("opensps.formats.layouts").joinpath("data", "labels.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("# ")), delimiter="\t")
    return MappingProxyType({row["key"]: (row["en"], row["zh"]) for row in rows})


def field_name(record: type, field: str) -> Pair:
    """Return what a field of a record is called."""
    return names().get(f"{record.__name__}.{field}") or names()[field]


def path_name(path: str) -> Pair:
    """Return what the last step of a path is called."""
    return names()[path.rpartition(".")[2]]


def word_of(key: str) -> Pair | None:
    """Return a word of our vocabulary, whose keys are in capitals; ``None`` for a key we do not have."""
    return names().get(key) if key.isupper() else None


def yes_or_no(*, is_so: bool) -> Pair:
    """Return the word for a yes or a no."""
    return names()["yes" if is_so else "no"]


def joined(pair: Pair, languages: tuple[str, ...]) -> str:
    """Return a pair as one text in the given languages and order, once where both are the same."""
    both = dict(zip(("en", "zh"), pair, strict=True))
    return " ".join(dict.fromkeys(both[language] for language in languages))
