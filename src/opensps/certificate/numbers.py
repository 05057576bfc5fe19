"""The numbers we issue: form, check digit, and how people type them.

Form: ``<authority>-<year>-<office>-<serial>-<check>``, for instance ``XA-2026-014-0004512-0`` (`domain.md` 2.2).
The check digit is Damm's, over all digits before it: it finds every wrong digit and every swap of neighbours.
Partners' numbers are kept exactly as received and never pass through here.
"""

import re
import unicodedata
from dataclasses import dataclass

from opensps.certificate.scalars import CertificateNumber, ShapeError

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""The quasigroup of order 10 of H. M. Damm's thesis (2004)."""

_FORM = re.compile(r"(T-)?([A-Z]{2}[A-Z0-9]?)-(\d{4})-(\d{3,4})-(\d{7,9})-(\d)\Z", re.ASCII)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_/.]")
_LOOSE = re.compile(r"(T)?([A-Z]{2}[A-Z0-9]?)(\d{4})(\d{3})(\d{7})(\d)\Z", re.ASCII)


class NumberTypo(ShapeError):
    """A typed number looks like one of ours, but a character is wrong: a typing error, not a check."""


def check_digit(digits: str) -> str:
    """Return Damm's check digit of a string of ASCII digits."""
    row = 0
    for digit in digits:
        row = _DAMM[row][int(digit)]
    return str(row)


@dataclass(frozen=True, slots=True)
class IssuedNumber:
    """A number of ours, in parts."""

    authority: str
    """Country code, one more sign where a country has several authorities."""

    year: int
    office: str
    """3 or 4 digits."""

    serial: int
    """1 or more, per office and year; never used twice."""

    is_training: bool = False

    def __str__(self) -> str:
        year, serial = f"{self.year:04d}", f"{self.serial:07d}"
        check = check_digit(year + self.office + serial)
        return f"{'T-' if self.is_training else ''}{self.authority}-{year}-{self.office}-{serial}-{check}"

    @property
    def text(self) -> CertificateNumber:
        """The number as printed."""
        return CertificateNumber(str(self))


def _folded(typed: str) -> str:
    """Return what was typed in capitals, with ASCII digits and hyphens and without blanks."""
    wide = unicodedata.normalize("NFKC", typed).upper()
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in wide)
    return re.sub(r"\s+", "", _DASHES.sub("-", digits))


def parse_number(typed: str) -> IssuedNumber:
    """Return the number a person typed; spaces, hyphens, case and other digits are forgiven.

    Raises `NumberTypo` when it is not a number of ours or its check digit is wrong.
    """
    folded = _folded(typed)
    found = _FORM.match(folded) or _LOOSE.match(folded.replace("-", ""))
    if found is None:
        raise NumberTypo("not in the form of a certificate number")
    training, authority, year, office, serial, check = found.groups()
    if check_digit(year + office + serial) != check:
        raise NumberTypo("the check digit does not fit")
    return IssuedNumber(authority, int(year), office, int(serial), is_training=training is not None)
