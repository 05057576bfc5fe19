"""Small values of which a certificate is made: text, codes, measures, times, attachments.

Source: UN/CEFACT D17A data types. A constructor guarantees shape only; what a standard demands is a
rule with a finding (room `rules`). Absent is ``None`` or ``()``, never ``""``.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NewType

CertificateNumber = NewType("CertificateNumber", str)
"""1 to 60 characters, no white space at the ends, no control characters. Partners' numbers stay as received."""

CountryCode = NewType("CountryCode", str)
"""Two capital letters. Which ones are countries is a rule, not a shape."""

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_NUMBER_LENGTH = 60
_LONG, _MAX_MARKS = 1000, 30


class ShapeError(ValueError):
    """A value cannot exist: its type, range or pattern is wrong. Base error of the room `certificate`."""


def certificate_number(text: str) -> CertificateNumber:
    """Return the text as a certificate number; raise `ShapeError` if it cannot be one."""
    has_control = any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in text)
    if not 1 <= len(text) <= _NUMBER_LENGTH or text != text.strip() or has_control:
        raise ShapeError(f"not a certificate number: {text[:80]!r}")
    return CertificateNumber(text)


def country_code(text: str) -> CountryCode:
    """Return the text as an ISO 3166-1 alpha-2 shaped code; raise `ShapeError` if it is not two capitals."""
    if not _COUNTRY.match(text):
        raise ShapeError(f"not a country code: {text[:20]!r}")
    return CountryCode(text)


def normalised(text: str) -> str:
    """Return the text in NFC, trimmed, every run of blanks and line ends one blank.

    A long text with more than 30 combining marks in a row (UAX #15, 13) keeps their order: no language has them, and
    ordering them takes time that grows with the square of their number.
    """
    folded = " ".join(text.split())
    if folded.isascii():
        return folded
    is_hostile = len(folded) > _LONG and _longest_run_of_marks(folded) > _MAX_MARKS
    return folded if is_hostile else unicodedata.normalize("NFC", folded)


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        longest = max(longest, run)
    return longest


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, in one language."""

    value: str
    """NFC, trimmed, runs of blanks folded to one; never empty."""

    language: str | None = None
    """ISO 639-1, lower case."""

    def __post_init__(self) -> None:
        folded = normalised(self.value)
        if not folded:
            raise ShapeError("a text is never empty; leave it out")
        if self.language is not None and not _LANGUAGE.match(self.language):
            raise ShapeError(f"not a language code: {self.language!r}")
        if folded != self.value:
            object.__setattr__(self, "value", folded)


Texts = tuple[Text, ...]
"""Translations or alternatives, in received order."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a list. `list_id` names a list of the room `codes` or a partner's own."""

    value: str
    list_id: str | None = None
    name: str | None = None
    """The sender's label, for display only."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier with the scheme it belongs to (UN/CEFACT @schemeID, @schemeAgencyID, @schemeName)."""

    value: str
    scheme: str | None = None
    agency: str | None = None
    scheme_name: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity with its UNECE Rec 20 unit."""

    value: Decimal
    unit: str | None
    """``None`` only when a document was read without one; a kilogram is never assumed."""

    def __post_init__(self) -> None:
        value: object = self.value  # not every caller is type-checked, and a float must never pass
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ShapeError(f"not a finite decimal: {value!r}")


@dataclass(frozen=True, slots=True)
class OfficialTime:
    """A date of a certificate, and the exact moment where the document gives one."""

    on: date
    """Local date as written."""

    at: datetime | None = None
    """Aware UTC; set only when date, time and offset are known."""

    offset_minutes: int | None = None
    """Offset of the written time from UTC; given exactly when `at` is."""

    text: str | None = None
    """As received; ``None`` for times we made."""

    def __post_init__(self) -> None:
        if (self.at is None) != (self.offset_minutes is None):
            raise ShapeError("a moment needs its offset, and an offset its moment")
        if self.at is not None and self.at.utcoffset() != timedelta(0):
            raise ShapeError("a moment is aware UTC")

    @classmethod
    def moment(cls, at: datetime, *, offset_minutes: int = 0) -> "OfficialTime":
        """Return the official time of an aware moment, written with the given offset, to the second."""
        if at.tzinfo is None:
            raise ShapeError("a moment is aware")
        utc = at.astimezone(UTC).replace(microsecond=0)
        return cls(on=(utc + timedelta(minutes=offset_minutes)).date(), at=utc, offset_minutes=offset_minutes)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried by a certificate, or a pointer to one."""

    filename: str | None = None
    media_type: str | None = None
    """Decided from the bytes, not from the name."""

    content: bytes | None = None
    """Decoded bytes; ``None`` for a pointer or broken content."""

    uri: str | None = None
    """Kept, never fetched."""

    sha256: bytes | None = None
    """Digest of the content, or of the text as received when it could not be decoded; 32 bytes."""
