"""What a comparison says: every difference with its kind, its reason and a sentence in English and Chinese.

Source: `fraud.md` 4. The table of reasons is `reasons.tsv`; its codes are permanent: one may be added, none is reused.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType


class Kind(StrEnum):
    """What a difference in writing means."""

    IDENTICAL = "identical"
    """Both sides say the same."""

    EXPLAINABLE = "explainable"
    """A rule explains it; a person should look."""

    MATERIAL = "material"
    """They say different things."""


class Word(StrEnum):
    """The four results of a field at the desk of an officer."""

    EQUAL = "equal"
    NOTED = "noted"
    """A signed note covers it; it stays green."""

    EXPLAINED = "explained"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the table."""

    kind: Kind
    english: str
    chinese: str


def _reasons() -> Mapping[str, Reason]:
    text = files("opensps.verification.comparison").joinpath("reasons.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row["code"]: Reason(Kind[row["kind"]], row["english"], row["chinese"]) for row in rows})


REASONS = _reasons()
"""Reason code to what it means."""

NOTED = "noted"
_WORDS = {Kind.IDENTICAL: Word.EQUAL, Kind.EXPLAINABLE: Word.EXPLAINED, Kind.MATERIAL: Word.DIFFERS}
_WEIGHT = {kind: weight for weight, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that the two sides do not write alike."""

    field: str
    """Path in the value model on the left; on the right where the left says nothing."""

    left: str | None
    """What the left says, in plain words; ``None`` where it says nothing."""

    right: str | None
    reason: str
    """Code of `REASONS`."""

    right_field: str = ""
    """Path on the right where it is another one, because lines or items moved; else ""."""

    note: str = ""
    """Text of the signed note that covers the difference."""

    @property
    def kind(self) -> Kind:
        """Identical, explainable or material."""
        return REASONS[self.reason].kind

    @property
    def word(self) -> Word:
        """The same in the four words of the desk."""
        return Word.NOTED if self.reason == NOTED else _WORDS[self.kind]

    def sentence(self, language: str = "en") -> str:
        """Return why, in English or Chinese."""
        row = REASONS[self.reason]
        return (row.chinese if language.startswith("zh") else row.english) % {"note": self.note}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a comparison may take into account beside the two values."""

    presented_may_be_less: bool = False
    """Smaller quantities, fewer lines, batches and animals on the right count as equal; more never does."""

    is_partial: bool = False
    """What the right does not say is not compared, and the comparison says so."""

    treatment_at_least: bool = False
    """The requirement says "at least": a stronger treatment on the right counts as equal."""

    hs_edition_changed: bool = False
    has_transhipment: bool = False
    """Customs recorded another container."""

    customs_reference: str = ""
    """Reference under which customs changed a seal."""

    annotations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field path on the left to the text of a signed note about it and everything below it."""

    synonyms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Scientific name to the accepted one."""

    former_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Former name of a trader to the present one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every difference in the order of the model, and what was not compared."""

    differences: tuple[FieldDifference, ...] = ()
    not_compared: tuple[str, ...] = ()
    """Fields the right does not give, in a partial comparison."""

    @property
    def kind(self) -> Kind:
        """The worst of all; identical where nothing differs."""
        return max((each.kind for each in self.differences), key=_WEIGHT.__getitem__, default=Kind.IDENTICAL)

    @property
    def word(self) -> Word:
        """The worst in the words of the desk: differs, explained, noted, equal."""
        found = {each.word for each in self.differences}
        return next((word for word in (Word.DIFFERS, Word.EXPLAINED, Word.NOTED) if word in found), Word.EQUAL)

    def of_kind(self, kind: Kind) -> tuple[FieldDifference, ...]:
        """Return the differences of one kind."""
        return tuple(each for each in self.differences if each.kind is kind)
