"""What a kind of certificate is: its profile, read from `kind.toml` in the folder of the kind.

Source: UNCL 1001, ISPM 12, WOAH Terrestrial Code 5.10, CXG 38. A field is named by its path in the value model,
beginning at a certificate: `consignment.consignor.name`; `lines.` stands for every trade line and
`certifying_signatory.` for the first signature. A field no file marks is optional. Marks of animal and food kinds are
defaults: a template agreed with a partner may ask for more. What the marks lead to is a matter of `rules`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from opensps.certificate.kinds.kind import CertificateKind, Family
from opensps.certificate.scalars import ShapeError


class Mark(StrEnum):
    """Whether a kind has a field; the signs are those of the files."""

    MANDATORY = "M"
    OPTIONAL = "O"
    ABSENT = "-"


@dataclass(frozen=True, slots=True)
class Choice:
    """Fields of which a certificate needs one."""

    fields: tuple[str, ...]
    exactly_one: bool = False
    """True where a second one is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindProfile:
    """One kind of certificate."""

    kind: CertificateKind
    titles: tuple[str, str]
    """English and Chinese."""

    standard: str
    """Where the kind is defined, as an official would cite it."""

    family: Family | None = None
    """``None`` for documents of no known family."""

    type_code: str | None = None
    """Default UNCL 1001 code; ``None`` where the code is as received."""

    further_type_codes: tuple[str, ...] = ()
    """Codes a template agreed with a partner may say instead."""

    is_issued: bool = False
    dialect: str | None = None
    """The dialect of `formats` it is written in unless the receiver has another; ``None`` when never written."""

    layout: str | None = None
    """The layout of `formats` it is printed in; ``None`` when never printed."""

    rules: tuple[str, ...] = ()
    """Names of the groups of rules that judge it beside the core rules."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Path of a field to its mark; a field without one is optional."""

    choices: tuple[Choice, ...] = ()
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Path of a field to what its box is called in this kind, English and Chinese, with the box's number if any."""

    def mark(self, path: str) -> Mark:
        """Return the mark of the field a path names."""
        return self.marks.get(path, Mark.OPTIONAL)


_FIELDS = frozenset(one.name for one in fields(KindProfile)) - {"kind", "titles"} | {"title"}


_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,29}\Z")


def read_profile(kind: CertificateKind, text: str) -> KindProfile:
    """Return the profile a `kind.toml` tells; raise `ShapeError` when it is not one.

    A kind's name has at most 30 letters, digits and low lines: it is stored, and travels in notes and addresses.
    """
    if not _NAME.match(kind):
        raise ShapeError(f"kind {kind}: a name has at most 30 letters, digits and low lines, a letter first")
    try:
        told = tomllib.loads(text)
        unknown = set(told) - _FIELDS
        if unknown:
            raise ShapeError(f"kind {kind}: unknown entry {', '.join(sorted(unknown))}")
        return _profile(kind, told)
    except (ValueError, LookupError, TypeError) as error:
        raise ShapeError(f"kind {kind}: {error!r}") from error


def _profile(kind: CertificateKind, told: dict[str, Any]) -> KindProfile:
    family = told.get("family")
    return KindProfile(
        kind=kind,
        titles=_names(told["title"]),
        standard=str(told["standard"]),
        family=None if family is None else Family(family),
        type_code=told.get("type_code"),
        further_type_codes=tuple(told.get("further_type_codes", ())),
        is_issued=bool(told.get("is_issued", False)),
        dialect=told.get("dialect"),
        layout=told.get("layout"),
        rules=tuple(told.get("rules", ())),
        marks=MappingProxyType({path: Mark(mark) for path, mark in told.get("marks", {}).items()}),
        choices=tuple(Choice(tuple(one["fields"]), one.get("exactly_one", False)) for one in told.get("choices", ())),
        labels=MappingProxyType({path: _names(label) for path, label in told.get("labels", {}).items()}),
    )


def _names(told: dict[str, str]) -> tuple[str, str]:
    return told["en"], told["zh"]
