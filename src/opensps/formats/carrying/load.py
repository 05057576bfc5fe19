"""What is said while a value is fitted to a dialect, and how its small values fit (`domain.md` 2.5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from opensps.certificate import Code, Identifier, Measure, OfficialTime, Text, Texts, normalised
from opensps.formats.decimals import is_writable, plain
from opensps.formats.dialects import Dialect
from opensps.formats.reading.leaves import NULL
from opensps.formats.structure import LIST_IDS
from opensps.formats.times import parse_time, written
from opensps.rules import Area, Finding, Level

TEXT_ONLY = "This travels in the text form of the document only; the typed call of the Hub loses it."
NO_PLACE = "The dialect has no place for this."
ADDRESS = "City, postcode and country travel as lines of the address."
DECLARATION_CODE = "The code of an additional declaration does not travel, only its text does."
TOTALS = "Totals are not written; they follow from the lines."
ROLE = "The role of a signatory does not travel."
STATEMENT = "The words of statement %(code)s are not the standard\u2019s, and only the code travels."
DIGITS = "The number %(value)s has more digits than the document can carry."
NO_START = "This is lost, because the treatment has no start."
EMPTY = "This says nothing and is left out."
RESIDUE = "Received content without a field is not written again (%(count)s parts)."
PROCESS_CODE = "Every treatment is written with the process code ZZZ."
NO_CONTENT = "The content of the attachment %(name)s was never readable and is not written."
NULL_WORD = "The word NULL is read as nothing here and is left out."
COUNT_OR_VOLUME = "A line has one place for a count or a net volume, and cannot carry both."
PERMIT = "An import permit travels as a referenced document."
REPLACED = "That another certificate is replaced is said by the reference to it."
MISSING = "An acknowledgement needs this."
LABEL = "The label of a code does not travel here, only the code does."

CAPACITY_MESSAGES = (
    TEXT_ONLY, NO_PLACE, ADDRESS, DECLARATION_CODE, TOTALS, ROLE, STATEMENT, DIGITS, NO_START, EMPTY, RESIDUE,
    PROCESS_CODE, NO_CONTENT, NULL_WORD, COUNT_OR_VOLUME, PERMIT, REPLACED, LABEL, MISSING,
)  # fmt: skip
"""Every sentence a capacity check may say."""

_Record = TypeVar("_Record")


@dataclass(slots=True)
class Load:
    """The dialect a value is fitted to, and the findings made on the way."""

    dialect: Dialect
    findings: list[Finding] = field(default_factory=list)

    def say(self, level: Level, path: str, template: str, rule: str = "", **params: str) -> None:
        """Add a finding at a path of the value model, under the id of the dialect."""
        self.findings.append(Finding(Area.MAPPING, level, path, template, rule or self.dialect.rule, params))

    def text_only(self, path: str, value: object) -> None:
        """Warn that a field which says something is lost in a typed call."""
        if value and self.dialect.is_narrowed_by_hub:
            self.say(Level.WARNING, path, TEXT_ONLY)

    def no_place(self, path: str, value: object) -> None:
        """Refuse a field which says something and has no place at all."""
        if value:
            self.say(Level.SEVERE, path, NO_PLACE)

    def each(
        self, records: Iterable[_Record], path: str, fit: Callable[["Load", _Record, str], _Record | None]
    ) -> tuple[_Record, ...]:
        """Return the fitted records, without those that say nothing."""
        fitted = (fit(self, one, f"{path}[{index}]") for index, one in enumerate(records))
        return tuple(one for one in fitted if one is not None)

    def filler_texts(self, texts: Texts, path: str) -> Texts:
        """Return the texts of a place the schema forces, where `NULL` would be read as nothing."""
        said = tuple(one for one in texts if one.value != NULL)
        if len(said) < len(texts):
            self.say(Level.WARNING, path, NULL_WORD)
        return said

    def filler(self, text: str | None, path: str) -> str | None:
        """Return the text of a place the schema forces, where `NULL` would be read as nothing."""
        value = folded(text)
        if value != NULL:
            return value
        self.say(Level.WARNING, path, NULL_WORD)
        return None

    def measure(self, measure: Measure | None, path: str) -> Measure | None:
        """Return a measure; one with too many digits is refused, never rounded."""
        if measure is None:
            return None
        if not is_writable(measure.value):
            self.say(Level.SEVERE, path, DIGITS, value=plain(measure.value))
            return None
        unit = (measure.unit or "").strip() or None
        return measure if unit == measure.unit else Measure(measure.value, unit)


def folded(text: str | None) -> str | None:
    """Return a text without a language as a document gives it back, ``None`` if it says nothing."""
    return (normalised(text) or None) if text else None


def stripped(text: str | None) -> str | None:
    """Return an identifier or code as a document gives it back, ``None`` if it says nothing."""
    return (text.strip() or None) if text else None


def time(value: OfficialTime | None) -> OfficialTime | None:
    """Return a time as it is read back."""
    return parse_time(written(value)) if value is not None else None


def times(values: tuple[OfficialTime, ...]) -> tuple[OfficialTime, ...]:
    """Return times as they are read back."""
    return tuple(one for one in map(time, values) if one is not None)


def listed(value: Code | None, list_id: str | None) -> Code | None:
    """Return a code of an open list, under the list a vocabulary takes it from where it names none."""
    bare = stripped(value.value) if value is not None else None
    if value is None or bare is None:
        return None
    return Code(bare, value.list_id or list_id, value.name or None)


def code(value: Code | None, kind: str) -> Code | None:
    """Return a code of a closed list under the list's own name, or an open code under its own."""
    bare = stripped(value.value) if value is not None else None
    if value is None or bare is None:
        return None
    return Code(bare, LIST_IDS.get(kind) or value.list_id or None, value.name or None)


def codes(values: Iterable[Code], kind: str) -> tuple[Code, ...]:
    """Return codes as they are read back."""
    return tuple(one for one in (code(value, kind) for value in values) if one is not None)


def identifier(value: Identifier | None) -> Identifier | None:
    """Return an identifier as it is read back."""
    bare = stripped(value.value) if value is not None else None
    if value is None or bare is None:
        return None
    return Identifier(bare, value.scheme or None, value.agency or None, value.scheme_name or None)


def words(value: Code | Text) -> Text | None:
    """Return the text a code or words are written as, ``None`` if blank."""
    if isinstance(value, Text):
        return value
    bare = folded(value.value)
    return Text(bare) if bare else None
