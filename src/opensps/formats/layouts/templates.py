"""A layout: a data file that names boxes, columns and sentences by the paths of fields (`data/<name>.toml`).

Nothing a certificate holds is missing on paper: a box ``lines.*`` takes what no column names, and what is left outside
the lines is printed below everything else as further particulars. How to write a layout:
docs/how-to/add-a-paper-layout.md. Errors: `LayoutError` for a file that is not a layout.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opensps import codes
from opensps.certificate import TITLES, Certificate, CertificateKind, profile_of
from opensps.formats.layouts.names import field_name, joined, names, path_name
from opensps.formats.layouts.parts import Box, Boxes, Cell, Line, Pair, Paragraphs, Run, Sheet, Table, texts
from opensps.formats.layouts.places import IN_OTHER_WORDS, REST, Claims, Scope, found, further, words_at
from opensps.formats.layouts.rows import ROWS
from opensps.formats.layouts.statements import SAYINGS, notices
from opensps.formats.layouts.words import Languages, one_line

SCHEDULE_ABOVE = 3
"""With more lines of goods than this, boxes refer to the schedule of goods."""


class LayoutError(ValueError):
    """A layout's data file cannot be used."""


@dataclass(frozen=True, slots=True)
class Field:
    """A box, or a column of a table."""

    paths: tuple[str, ...]
    """Printed one below the other."""

    named: tuple[str, ...] = ()
    """Printed after `paths`, each with its own label before it."""

    saying: str | None = None
    label: Pair | None = None
    """``None``: the kind's label of the first path, else the usual one."""

    number: str | None = None
    width: float = 1.0
    is_wide: bool = False
    is_optional: bool = False
    """Left out, not struck out, when nothing stands in it."""

    is_unlabelled: bool = False
    is_flowing: bool = False
    """Its lines follow one another instead of standing below one another."""

    @property
    def claims(self) -> frozenset[str]:
        """The paths it prints."""
        said = SAYINGS[self.saying].claims if self.saying else ()
        return frozenset((*self.paths, *self.named, *said))

    @property
    def above(self) -> "Field":
        """The part of it that speaks of the document and the consignment."""
        return self._only(below=False)

    @property
    def below(self) -> "Field":
        """The part of it that speaks of the lines of goods."""
        return self._only(below=True)

    def _only(self, *, below: bool) -> "Field":
        paths, named = (
            tuple(path for path in group if path.startswith("lines.") == below) for group in (self.paths, self.named)
        )
        return Field(paths, named)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the paper: boxes, a table or sentences."""

    kind: str
    heading: Pair | None
    number: str | None
    style: str
    fields: tuple[Field, ...]
    each: str = ""
    """Of a table: what a row is (`rows.ROWS`)."""

    empty: Pair = ("None", "无")
    saying: str | None = None
    is_schedule: bool = False
    """A table printed only when boxes refer to it."""

    is_optional: bool = False

    @property
    def claims(self) -> frozenset[str]:
        """The paths it prints."""
        said = SAYINGS[self.saying].claims if self.saying else ()
        rows = ROWS[self.each].claims if self.each else ()
        own = {path for field in self.fields for path in field.claims}
        return frozenset((*own, *said, *rows))


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to print certificates."""

    name: str
    kinds: frozenset[CertificateKind]
    """The kinds it fits; empty where it fits all."""

    languages: tuple[str, ...]
    """Order of the languages of labels."""

    words: Languages
    """Languages of words that come from codes."""

    sections: tuple[Section, ...]
    signature: tuple[Field, ...]

    @property
    def claims(self) -> Claims:
        """The paths this layout prints."""
        own = {path for section in self.sections for path in section.claims}
        signed = {path for field in self.signature for path in field.claims}
        return Claims(frozenset(own | signed | IN_OTHER_WORDS))

    @property
    def scheduled(self) -> frozenset[str]:
        """The paths its schedule of goods prints."""
        return frozenset(path for section in self.sections if section.is_schedule for path in section.claims)

    def fits(self, kind: CertificateKind) -> bool:
        """Say whether certificates of the kind may be printed so."""
        return not self.kinds or kind in self.kinds

    def __call__(self, value: Certificate) -> Sheet:
        """Return what the paper of a certificate says."""
        return _Printing(self, value, self.claims).sheet()


@dataclass(frozen=True, slots=True)
class _Printing:
    """One certificate being laid out."""

    layout: Layout
    value: Certificate
    claims: Claims

    def sheet(self) -> Sheet:
        document = self.value.exchanged_document
        return Sheet(
            title=self._title(),
            subtitle=texts(document.titles),
            authority=(document.issuer.name if document.issuer else None) or "",
            sections=tuple(self._sections()),
            signature=tuple(self._box(field) for field in self.layout.signature),
            notices=notices(self.value),
            languages=self.layout.languages,
        )

    def _title(self) -> Pair:
        kind, code = self.value.kind, self.value.exchanged_document.type_code
        if kind is CertificateKind.OTHER and codes.is_known("un_1001", code):
            return codes.label("un_1001", code), codes.label("un_1001", code, "zh")
        return TITLES[kind]

    @property
    def _has_schedule(self) -> bool:
        return len(self.value.lines) > SCHEDULE_ABOVE and any(one.is_schedule for one in self.layout.sections)

    def _sections(self) -> Iterator[Boxes | Table | Paragraphs]:
        """Yield the sections; what no box names stands before the sentences, for they speak of it too."""
        sections = self.layout.sections
        first = next((place for place, one in enumerate(sections) if one.kind == "text"), len(sections))
        yield from self._made(sections[:first])
        yield from self._further()
        yield from self._made(sections[first:])

    def _made(self, sections: tuple[Section, ...]) -> Iterator[Boxes | Table | Paragraphs]:
        for section in sections:
            made = _MAKERS[section.kind](self, section)
            if made is not None:
                yield made

    def boxes(self, section: Section) -> Boxes | None:
        rows = tuple(self._box(field) for field in section.fields)
        kept = tuple(box for box, field in zip(rows, section.fields, strict=True) if box.value or not field.is_optional)
        return Boxes(section.heading, kept, style=section.style, number=section.number) if kept else None

    def table(self, section: Section) -> Table | None:
        if section.is_schedule and not self._has_schedule:
            return None
        rows = [
            tuple(self._field_lines(field, scope) for field in section.fields)
            for scope in ROWS[section.each].scopes(self.value)
        ]
        if section.is_optional and not rows:
            return None
        kept = [
            place
            for place, field in enumerate(section.fields)
            if (not field.is_optional or any(row[place] for row in rows))
            and not (section.is_schedule and self._is_said_once(field))
        ]
        return Table(
            section.heading,
            tuple(self._label(section.fields[place]) for place in kept),
            tuple(section.fields[place].width for place in kept),
            tuple(tuple(Cell(row[place]) for place in kept) for row in rows),
            section.empty,
            number=section.number,
        )

    def text(self, section: Section) -> Paragraphs | None:
        paragraphs = SAYINGS[section.saying or ""].paragraphs(self.value, self.layout.words)
        if section.is_optional and not paragraphs:
            return None
        return Paragraphs(section.heading, paragraphs, style=section.style, number=section.number)

    def _further(self) -> tuple[Boxes, ...]:
        left = further(self.value, claims=self.claims, languages=self.layout.words)
        rows = tuple(Box(label, _once(lines)) for label, lines in left)
        return (Boxes(("Further particulars", "其他事项"), rows, style="rows"),) if rows else ()

    def _box(self, field: Field) -> Box:
        label = None if field.is_unlabelled else self._label(field)
        return Box(label, self._box_lines(field), wide=field.is_wide, number=field.number)

    def _label(self, field: Field) -> Pair:
        if field.label:
            return field.label
        path = (*field.paths, *field.named)[0]
        return profile_of(self.value.kind).labels.get(path) or path_name(path)

    def _box_lines(self, field: Field) -> tuple[Line, ...]:
        """Return what stands in a box: the document's words, then those of the lines of goods."""
        said = SAYINGS[field.saying].paragraphs(self.value, self.layout.words) if field.saying else ()
        whole = field.above
        lines = tuple(line for paragraph in said for line in paragraph)
        lines = _once(lines + self._at(whole.paths, {}) + self._named(whole.named, {}) + self._of_goods(field))
        return _flowing(lines) if field.is_flowing else lines

    def _of_goods(self, field: Field) -> tuple[Line, ...]:
        """Return what a box says of the lines of goods: once where all say the same, else each under its number."""
        each = self._each_line(field.below)
        if len(set(each)) <= 1:
            return each[0] if each else ()
        if self._has_schedule and field.below.claims <= self.layout.scheduled:
            return ((Run(joined(names()["see_schedule"], self.layout.languages)),),)
        return tuple(line for place, lines in enumerate(each, 1) for line in _numbered(place, lines))

    def _each_line(self, field: Field) -> list[tuple[Line, ...]]:
        return [self._field_lines(field, scope) for scope in ROWS["lines"].scopes(self.value)] if field.claims else []

    def _is_said_once(self, column: Field) -> bool:
        """Say whether a box says of all lines together what a column of the schedule would repeat."""
        boxes = (field for section in self.layout.sections if section.kind == "boxes" for field in section.fields)
        return any(column.claims <= box.claims and len(set(self._each_line(box.below))) <= 1 for box in boxes)

    def _field_lines(self, field: Field, scope: Scope) -> tuple[Line, ...]:
        return self._at(field.paths, scope) + self._named(field.named, scope)

    def _at(self, paths: tuple[str, ...], scope: Scope) -> tuple[Line, ...]:
        return tuple(
            line
            for path in paths
            for line in words_at(path, self.value, scope, claims=self.claims, languages=self.layout.words)
        )

    def _named(self, paths: tuple[str, ...], scope: Scope) -> tuple[Line, ...]:
        """Return each field on a line of its own behind its label."""
        return tuple(line for path in paths for line in self._behind_label(path, scope))

    def _behind_label(self, path: str, scope: Scope) -> tuple[Line, ...]:
        lines = self._at((path,), scope)
        if path.endswith(REST) or not lines:
            return lines
        record = found(path, self.value, scope)[0]
        label = joined(field_name(type(record), path.rpartition(".")[2]), self.layout.languages)
        return ((Run(f"{label}\u2002", named=True), *one_line(lines)),)


def _flowing(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return lines as one that flows, a middle dot between them."""
    return (tuple(run for place, line in enumerate(lines) for run in ((Run(" · "),) * (place > 0) + line)),) * bool(
        lines
    )


def _once(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines without those another one says too: ``Examplia (XA)`` beside ``1 Quay, Examplia (XA)``."""
    said = ["".join(run.text for run in line) for line in lines]
    return tuple(
        line
        for place, (line, own) in enumerate(zip(lines, said, strict=True))
        if own not in said[:place] and not any(f", {own}, " in f", {other}, " for other in said if other != own)
    )


def _numbered(place: int, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the words of one line of goods behind its number."""
    return ((Run(f"{place}: "), *lines[0]), *lines[1:]) if lines else ()


_MAKERS: Mapping[str, Any] = {"boxes": _Printing.boxes, "table": _Printing.table, "text": _Printing.text}


def read_layout(name: str, text: str) -> Layout:
    """Return the layout a data file describes; raise `LayoutError` when it is none."""
    try:
        return _layout(name, tomllib.loads(text))
    except (ValueError, LookupError, TypeError) as error:
        raise LayoutError(f"layout {name}: {error!r}") from error


def _layout(name: str, told: dict[str, Any]) -> Layout:
    return Layout(
        name=name,
        kinds=frozenset(CertificateKind(kind) for kind in told.get("kinds", ())),
        languages=tuple(told["languages"]),
        words=tuple(told["words"]),
        sections=tuple(_section(one) for one in told["sections"]),
        signature=tuple(_field(one) for one in told["signature"]),
    )


def _section(told: dict[str, Any]) -> Section:
    section = Section(
        kind=told["kind"],
        heading=_pair(told.get("heading")),
        number=told.get("number"),
        style=told.get("style", "grid"),
        fields=tuple(_field(one) for one in told.get("fields", ())),
        each=told.get("each", ""),
        empty=_pair(told.get("empty")) or ("None", "无"),
        saying=told.get("saying"),
        is_schedule=told.get("is_schedule", False),
        is_optional=told.get("is_optional", False),
    )
    _ = (_MAKERS[section.kind], section.claims)
    return section


def _field(told: dict[str, Any]) -> Field:
    known = frozenset(
        {"paths", "named", "saying", "label", "number", "width", "wide", "optional", "unlabelled", "flow"}
    )
    if unknown := set(told) - known:
        raise LayoutError(f"unknown entry {', '.join(sorted(unknown))}")
    field = Field(
        paths=tuple(told.get("paths", ())),
        named=tuple(told.get("named", ())),
        saying=told.get("saying"),
        label=_pair(told.get("label")),
        number=told.get("number"),
        width=float(told.get("width", 1)),
        is_wide=told.get("wide", False),
        is_optional=told.get("optional", False),
        is_unlabelled=told.get("unlabelled", False),
        is_flowing=told.get("flow", False),
    )
    _ = field.claims
    return field


def _pair(told: list[str] | None) -> Pair | None:
    if told is None:
        return None
    english, chinese = told
    return english, chinese
