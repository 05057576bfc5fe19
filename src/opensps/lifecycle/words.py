"""The words of every status, in English and Chinese, and the headings of check results, as data.

Source: `lifecycles.md` 2 and 2.1. Pages, mail, API and PDF take their words from here and nowhere else.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One status of one kind of object."""

    code: str
    """Permanent."""

    english: str
    chinese: str
    wire: str | None
    """UNCL 4405; ``None``: never sent."""

    wire_ephyto: str | None
    """The same for partners whose list lacks the full code (`lifecycles.md` 2, wire rules)."""

    tone: str
    """ok, info, warn, bad or none; never shown by colour alone."""

    next_to_act: str
    """Who acts next, in English; empty when nobody has to."""

    next_chinese: str

    def label(self, language: str) -> str:
        """Return the word in a language; English unless the language is Chinese."""
        return self.chinese if language.startswith("zh") else self.english


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The heading of a check result and its class for officials (`fraud.md` 2)."""

    code: str
    band: str
    """green, amber, red, grey; none for answers that only the public gets."""

    english: str
    """May hold {country} or {age}."""

    chinese: str
    is_for_officials: bool


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")


def _status_word(entry: Mapping[str, str]) -> StatusWord:
    wire = entry["wire"] or None
    ephyto = wire if entry["wire_ephyto"] == "" else entry["wire_ephyto"]
    return StatusWord(
        code=entry["code"],
        english=entry["english"],
        chinese=entry["chinese"],
        wire=wire,
        wire_ephyto=None if ephyto == "-" else ephyto,
        tone=entry["tone"],
        next_to_act=entry["next_english"],
        next_chinese=entry["next_chinese"],
    )


WORDS: Mapping[tuple[str, str], StatusWord] = MappingProxyType(
    {(entry["object"], entry["code"]): _status_word(entry) for entry in _rows("words.tsv")}
)
"""(object kind, code) -> word."""

CHECK_RESULTS: Mapping[str, CheckResult] = MappingProxyType(
    {
        entry["code"]: CheckResult(
            entry["code"], entry["class"], entry["english"], entry["chinese"], entry["readers"] == "officials"
        )
        for entry in _rows("check_results.tsv")
    }
)
"""Code of a check result -> heading and class."""


def word(object_kind: str, code: str) -> StatusWord:
    """Return the word of a status; `KeyError` when the table has none, for a status without a word is a defect."""
    return WORDS[object_kind, code]
