"""Notes into fields, by tag or by coded subject, in any order; notes we have no field for stay notes.

Source: `domain.md` 4.4, 5.1, 9.1. Each note is judged for itself: both dialects may occur in one document.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from opensps.certificate import (
    AdditionalDeclaration,
    CertificateNumber,
    CountryCode,
    Declarations,
    Note,
    OfficialTime,
    OtherQuantity,
    ReExportStatement,
    Replacement,
    Residue,
    Text,
    certificate_number,
    country_code,
)
from opensps.formats.coded_notes import Coded
from opensps.formats.decimals import parse_decimal
from opensps.formats.dialects import DOCUMENT_SUBJECTS, LINE_SUBJECTS, OPENSPS, SUBJECT_LISTS
from opensps.formats.reading import leaves
from opensps.formats.reading.trail import Elements, Path, Trail, keep_all, local, plan
from opensps.formats.tags import (
    BOXES,
    DOCUMENT_DECLARATIONS,
    DOCUMENT_TAGS,
    FINANCIAL_CLAUSE,
    LINE_DECLARATIONS,
    LINE_TAGS,
    OLD_TAGS,
    RE_EXPORT_STATEMENT,
    REPLACEMENT_STATEMENT,
)
from opensps.formats.times import parse_time

_RE_EXPORT_TAGS = frozenset({"RPCST", "RPCCO", "RPCRF", *BOXES})
_REPLACEMENT_TAGS = frozenset({"ADRP", "ADRPN", "ADRPR", "ADRD"})
_WHOLE_CODES = frozenset({"SEX", "CATEGORY", "IDENTIFIER"})
"""Subjects whose coded value is a field with list and label."""

_CONTENT_LISTS = frozenset(one for one in (*OPENSPS.document.values(), *OPENSPS.line.values()) if one)
_Said = TypeVar("_Said")


@dataclass(slots=True)
class Notes:
    """The notes of one level: contents by tag in received order, coded facts, and the notes we have no field for."""

    trail: Trail
    path: Path
    coded: Coded
    is_line: bool = False
    said: dict[str, Elements] = field(default_factory=dict)
    others: list[Note] = field(default_factory=list)

    @property
    def is_re_export(self) -> bool:
        """Whether any tag of a re-export occurs."""
        return not _RE_EXPORT_TAGS.isdisjoint(self.said)

    def contents(self, tag: str) -> Elements:
        """Return the contents said under a tag."""
        return self.said.get(tag, [])

    def each(self, tag: str, path: Path, read: Callable[[Trail, etree._Element, Path], _Said | None]) -> list[_Said]:
        """Return what the contents of a tag say, one value each."""
        said: list[_Said] = []
        for element in self.said.get(tag, ()):
            place = (path, len(said))
            self.trail.trace(place, element)
            value = read(self.trail, element, place)
            if value is not None:
                said.append(value)
        return said

    def statement(self, tag: str, code: str) -> bool:
        """Tell whether a statement is made; another code than expected is said and kept."""
        is_made = False
        for element in self.contents(tag):
            written = leaves.raw(self.trail, element, self.path)
            is_made = is_made or bool(written)
            if written not in {"", code}:
                self.trail.say("READ-STATEMENT-TEXT", self.path, text=written[:80])
                self.trail.keep(element)
        return is_made


_NOTE = plan(
    "Note",
    {
        "Subject": ("subject", leaves.string),
        "ContentCode": ("_content_codes", leaves.untouched),
        "Content": ("_texts", leaves.untouched),
        "SubjectCode": ("_subject_code", leaves.untouched),
    },
)


def _note(found: Notes, element: etree._Element, known: frozenset[str]) -> None:
    trail, path = found.trail, found.path
    values = trail.record(element, _NOTE, path)
    subject, contents = values.get("subject"), values.get("_texts", ())
    codes, subject_code = values.get("_content_codes", ()), values.get("_subject_code")
    if subject in known and not _is_coded(subject_code, found.coded.known):
        _tagged(found, subject, contents)
        keep_all(trail, codes if subject_code is None else (*codes, subject_code))
        return
    note = _value(found, subject, subject_code, codes, contents)
    if found.coded.take(note):
        _keep_labels(trail, note, subject_code, codes)
        return
    if note.subject is not None and note.subject_code is None:
        trail.say("READ-UNKNOWN-TAG", ((path, ".other_notes"), len(found.others)), tag=note.subject[:40])
    if note != Note():
        trail.trace(((path, ".other_notes"), len(found.others)), element)
        found.others.append(note)


def _is_coded(subject_code: etree._Element | None, known: frozenset[str]) -> bool:
    """Tell whether a note says one of our subjects as a code."""
    return subject_code is not None and (subject_code.text or "").strip() in known


def _value(
    found: Notes, subject: str | None, subject_code: etree._Element | None, codes: Elements, contents: Elements
) -> Note:
    trail, path = found.trail, found.path
    read = (leaves.code(trail, one, path, "C") for one in codes)
    said = (leaves.text(trail, one, path) for one in contents)
    return Note(
        subject=subject,
        subject_code=None if subject_code is None else leaves.code(trail, subject_code, path, "C"),
        content_codes=tuple([one for one in read if one is not None]),
        texts=tuple([one for one in said if one is not None]),
    )


def _keep_labels(trail: Trail, note: Note, subject_code: etree._Element | None, codes: Elements) -> None:
    """Put labels and lists of a coded fact into the residue where its field has no place for them."""
    subject = note.subject_code.value if note.subject_code is not None else ""
    parts = [] if subject_code is None else [(subject_code, SUBJECT_LISTS)]
    if subject not in _WHOLE_CODES:
        parts += [(one, _CONTENT_LISTS) for one in codes]
    for element, lists in parts:
        for name in ("listID", "name"):
            written = (element.get(name) or "").strip()
            if written and not (name == "listID" and written in lists):
                trail.residue.append(Residue(f"{trail.xpath(element)}/@{name}", written))


def _tagged(found: Notes, tag: str, contents: Elements) -> None:
    if tag in OLD_TAGS:
        levelled = LINE_DECLARATIONS if found.is_line else DOCUMENT_DECLARATIONS
        instead = levelled[OLD_TAGS[tag]]
        found.trail.say("READ-OLD-TAG", found.path, tag=tag, instead=instead)
        tag = instead
    found.said.setdefault(tag, []).extend(contents)


def document_notes(trail: Trail, elements: Iterable[etree._Element], path: Path) -> Notes:
    """Return the notes of the document."""
    found = Notes(trail, path, Coded(DOCUMENT_SUBJECTS))
    for element in elements:
        _note(found, element, DOCUMENT_TAGS)
    return found


def line_notes(trail: Trail, elements: Iterable[etree._Element], path: Path) -> Notes:
    """Return the notes of a trade line."""
    found = Notes(trail, path, Coded(LINE_SUBJECTS), is_line=True)
    for element in elements:
        _note(found, element, LINE_TAGS)
    return found


_NO_DECLARATIONS = Declarations()
_DOCUMENT_DECLARED = frozenset(DOCUMENT_DECLARATIONS.values())
_LINE_DECLARED = frozenset(LINE_DECLARATIONS.values())


def declarations(found: Notes) -> Declarations:
    """Return the declarations of the level, those said as tags before those said as codes."""
    tags, tagged = (LINE_DECLARATIONS, _LINE_DECLARED) if found.is_line else (DOCUMENT_DECLARATIONS, _DOCUMENT_DECLARED)
    said = _NO_DECLARATIONS if tagged.isdisjoint(found.said) else _tagged_declarations(found, tags)
    return found.coded.declarations(said) if found.coded.said else said


def _tagged_declarations(found: Notes, tags: Mapping[str, str]) -> Declarations:
    path: Path = (found.path, ".declarations")
    additional = found.each(tags["additional"], (path, ".additional"), leaves.text)
    return Declarations(
        additional=tuple([AdditionalDeclaration(one) for one in additional]),
        official_information=tuple(
            found.each(tags["official_information"], (path, ".official_information"), leaves.text)
        ),
        import_permits=tuple(found.each(tags["import_permits"], (path, ".import_permits"), leaves.string)),
        inspections=tuple(found.each(tags["inspections"], (path, ".inspections"), _inspection)),
        distinguishing_marks=tuple(
            found.each(tags["distinguishing_marks"], (path, ".distinguishing_marks"), leaves.text)
        ),
    )


def _inspection(trail: Trail, element: etree._Element, path: Path) -> OfficialTime | Text | None:
    text = leaves.text(trail, element, path)
    if text is None:
        return None
    read = parse_time(text.value) if text.language is None else None
    if read is None:
        trail.say("READ-FREE-TEXT-DATE", path)
        return text
    if read.text is not None:
        leaves.say_time(trail, read, path)
    return read


def has_financial_clause(found: Notes) -> bool:
    """Tell whether the clause on financial liability is printed."""
    return found.statement("SPSFL", FINANCIAL_CLAUSE)


def replacement(found: Notes) -> Replacement | None:
    """Return which certificate this one replaces, ``None`` if it says nothing of the kind."""
    if _REPLACEMENT_TAGS.isdisjoint(found.said):
        return None
    path: Path = (found.path, ".replacement")
    numbers = _shaped_first(found, "ADRPN", (path, ".number"))
    dates = (_date(found.trail, one, (path, ".issued")) for one in _only(found, "ADRD"))
    value = Replacement(
        number=numbers,
        issued=next((one for one in dates if one is not None), None),
        reasons=tuple(found.each("ADRPR", (path, ".reasons"), leaves.text)),
        has_statement=found.statement("ADRP", REPLACEMENT_STATEMENT),
    )
    return None if value == Replacement() else value


def _only(found: Notes, tag: str) -> Elements:
    """Return the first content of a tag that may say one thing; the others go to the residue."""
    said = [one for one in found.contents(tag) if (one.text or "").strip() or len(one)]
    for second in said[1:]:
        found.trail.say("READ-SECOND-SINGLE", found.trail.xpath(second), element=f"{tag} {local(second)}")
        found.trail.keep(second)
    return said[:1]


def _shaped_first(found: Notes, tag: str, path: Path) -> CertificateNumber | None:
    for element in _only(found, tag):
        found.trail.trace(path, element)
        found.trail.keep_attributes(element)
        return leaves.shaped(found.trail, element, path, leaves.raw(found.trail, element, path), certificate_number)
    return None


def _date(trail: Trail, element: etree._Element, path: Path) -> OfficialTime | None:
    trail.trace(path, element)
    trail.keep_attributes(element)
    read = parse_time(leaves.raw(trail, element, path))
    if read is None:
        trail.not_converted(element, path)
    else:
        leaves.say_time(trail, read, path)
    return read


def other_quantity(found: Notes) -> OtherQuantity | None:
    """Return the quantity in words: value and unit are paired by position, the first pair counts."""
    path: Path = (found.path, ".other_quantity")
    values, units = _only(found, "OQV"), _only(found, "OQU")
    if values and units:
        number = parse_decimal(leaves.raw(found.trail, values[0], path))
        unit = leaves.string(found.trail, units[0], path)
        if number is not None and unit is not None:
            found.trail.trace(path, values[0])
            found.trail.keep_attributes(values[0])
            return OtherQuantity(number, unit)
    for element in (*values, *units):
        found.trail.not_converted(element, path)
    return None


def re_export(found: Notes) -> ReExportStatement | None:
    """Return what the line says of its re-export, ``None`` if it says nothing."""
    if not found.is_re_export:
        return None
    path: Path = (found.path, ".re_export")
    boxes = {name: _box(found, tag, (path, f".{name}")) for tag, name in BOXES.items()}
    return ReExportStatement(
        origin_countries=tuple(found.each("RPCCO", (path, ".origin_countries"), _country)),
        original_numbers=tuple(found.each("RPCRF", (path, ".original_numbers"), _number)),
        has_statement=found.statement("RPCST", RE_EXPORT_STATEMENT),
        **boxes,
    )


def _country(trail: Trail, element: etree._Element, path: Path) -> CountryCode | None:
    return leaves.shaped(trail, element, path, leaves.raw(trail, element, path), country_code)


def _number(trail: Trail, element: etree._Element, path: Path) -> CertificateNumber | None:
    return leaves.shaped(trail, element, path, leaves.raw(trail, element, path), certificate_number)


def _box(found: Notes, tag: str, path: Path) -> bool:
    for element in _only(found, tag):
        found.trail.trace(path, element)
        found.trail.keep_attributes(element)
        ticked = leaves.boolean(found.trail, leaves.raw(found.trail, element, path), path)
        if ticked is None:
            found.trail.not_converted(element, path)
        return bool(ticked)
    return False
