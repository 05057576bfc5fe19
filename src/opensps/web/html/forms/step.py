"""What every step of an application is: a form that shows a part of the certificate value and writes it back.

A step knows which part of the value each of its fields edits (`paths`), so that findings and an examiner's comments
stand beside the field they speak of. Whatever a step does not show stays in the value as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise

from opensps.certificate import (
    Certificate,
    CertificateKind,
    Consignment,
    ConsignmentItem,
    Family,
    Text,
    Texts,
    TradeLineItem,
)
from opensps.web.html.forms.fitting import Wording, fit

EN, ZH = "en", "zh"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together under one legend; each row stands on one line where there is room."""

    legend: str | Promise
    rows: tuple[tuple[str, ...], ...]
    hint: str | Promise = ""


class StepForm(forms.Form):
    """A form over one part of the certificate value."""

    required_css_class = "required"
    use_required_attribute = False

    paths: ClassVar[Mapping[str, str]] = {}
    """Form field by path in the value; the longest path that leads to a finding's field wins."""

    groups: ClassVar[tuple[Group, ...]] = ()

    marked: ClassVar[Mapping[str, str]] = {}
    """Path in the profile of a kind by form field: a field the kind does not have is not asked."""

    only: ClassVar[Mapping[str, frozenset[Family]]] = {}
    """Families by form field, where not all are asked."""

    unasked: ClassVar[Mapping[CertificateKind, frozenset[str]]] = {}
    """Form fields by kind that would have no sense there."""

    worded: ClassVar[Wording] = {}
    printed: ClassVar[Mapping[str, str]] = {}
    """Path of a box in the profile by the form field printed there."""

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        self.value = value
        kwargs.setdefault("initial", self.shown(value))
        super().__init__(*args, **kwargs)
        fit(self, value.kind)

    def grouped(self) -> list[tuple[Group, list[list[BoundField]]]]:
        """Return the bound fields by group and row, for the template; without groups all stand in one."""
        groups = self.groups or (Group("", tuple((name,) for name in self.fields)),)
        found = [
            (group, [row for row in ([self[name] for name in row if name in self.fields] for row in group.rows) if row])
            for group in groups
        ]
        return [(group, rows) for group, rows in found if rows]

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        raise NotImplementedError

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with the cleaned answers written into it."""
        raise NotImplementedError


def text_in(texts: Texts, language: str) -> str:
    """Return the first text in the language; a text without a language counts as English."""
    return next((text.value for text in texts if (text.language or EN) == language), "")


def with_text(texts: Texts, language: str, typed: str) -> Texts:
    """Return the texts with the first one in the language replaced, added or, when nothing was typed, removed."""
    kept = list(texts)
    place = next((n for n, text in enumerate(texts) if (text.language or EN) == language), None)
    if place is not None:
        kept[place : place + 1] = [Text(typed, texts[place].language)] if typed else []
    elif typed:
        kept.append(Text(typed, language))
    return tuple(kept)


def texts_in(texts: Texts, language: str) -> tuple[str, ...]:
    """Return every text in the language, in order."""
    return tuple(text.value for text in texts if (text.language or EN) == language)


def with_texts(texts: Texts, language: str, typed: tuple[str, ...]) -> Texts:
    """Return the texts with those in the language replaced by what was typed; others keep their place at the end."""
    here = {text.value: text for text in texts if (text.language or EN) == language}
    others = tuple(text for text in texts if (text.language or EN) != language)
    return tuple(here.get(line, Text(line, language)) for line in typed) + others


def with_consignment(value: Certificate, **changes: Any) -> Certificate:
    """Return the value with fields of its consignment changed."""
    return replace(value, consignment=replace(value.consignment, **changes))


def with_document(value: Certificate, **changes: Any) -> Certificate:
    """Return the value with fields of its header changed."""
    return replace(value, exchanged_document=replace(value.exchanged_document, **changes))


def with_lines(value: Certificate, lines: tuple[TradeLineItem, ...]) -> Certificate:
    """Return the value with these lines, numbered from 1, in its first item."""
    numbered = tuple(replace(line, sequence=n) for n, line in enumerate(lines, start=1))
    items: tuple[ConsignmentItem, ...] = value.consignment.items[:1] or (ConsignmentItem(),)
    return with_consignment(value, items=(replace(items[0], trade_line_items=numbered),))


def with_line(value: Certificate, index: int, line: TradeLineItem) -> Certificate:
    """Return the value with the line at this index, counted from 0, replaced."""
    return with_lines(value, (*value.lines[:index], line, *value.lines[index + 1 :]))


def emptied(consignment: Consignment) -> Consignment:
    """Return the consignment for another one like it: dates, containers and seals are left out (`ux.md` 3, row 12)."""
    return replace(consignment, availability_due=None, export_exit=None, transport_equipment=(), totals=None)
