"""Notes into fields by their tags, in any order; notes without a tag we know stay notes (`domain.md` 4.4, 9.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from opensps.certificate import (
    AdditionalDeclaration,
    CertificateNumber,
    Declarations,
    Note,
    OfficialTime,
    OtherQuantity,
    ReExportStatement,
    Replacement,
    Text,
    certificate_number,
    country_code,
)
from opensps.formats.decimals import parse_decimal
from opensps.formats.reading import leaves
from opensps.formats.reading.trail import Elements, Trail, local, plan
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


@dataclass(slots=True)
class Notes:
    """The notes of one level: contents by tag in received order, and the notes we have no field for."""

    trail: Trail
    path: str
    said: dict[str, list[etree._Element]] = field(default_factory=dict)
    others: list[Note] = field(default_factory=list)

    @property
    def is_re_export(self) -> bool:
        """Whether any tag of a re-export occurs."""
        return not _RE_EXPORT_TAGS.isdisjoint(self.said)

    def contents(self, tag: str) -> list[etree._Element]:
        """Return the contents said under a tag."""
        return self.said.get(tag, [])

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


def notes(trail: Trail, elements: Iterable[etree._Element], path: str, known: frozenset[str]) -> Notes:
    """Return the notes of one level, those with a known tag apart."""
    found = Notes(trail, path)
    for element in elements:
        _note(found, element, known)
    return found


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
    coded = (*values.get("_content_codes", ()), *values.get("_subject_code", ()))
    if subject in known:
        _tagged(found, subject, contents)
        for one in coded:
            trail.keep(one)
        return
    other = Note(
        subject=subject,
        subject_code=next((leaves.code(trail, one, path, "C") for one in values.get("_subject_code", ())), None),
        content_codes=leaves.open_codes(trail, values.get("_content_codes", ()), path),
        texts=leaves.texts(trail, contents, path),
    )
    if other.subject is not None and other.subject_code is None:
        trail.say("READ-UNKNOWN-TAG", f"{path}.other_notes[{len(found.others)}]", tag=other.subject[:40])
    if other != Note():
        found.others.append(other)


def _tagged(found: Notes, tag: str, contents: Elements) -> None:
    if tag in OLD_TAGS:
        levelled = LINE_DECLARATIONS if "trade_line_items" in found.path else DOCUMENT_DECLARATIONS
        instead = levelled[OLD_TAGS[tag]]
        found.trail.say("READ-OLD-TAG", found.path, tag=tag, instead=instead)
        tag = instead
    found.said.setdefault(tag, []).extend(contents)


def document_notes(trail: Trail, elements: Iterable[etree._Element], path: str) -> Notes:
    """Return the notes of the document."""
    return notes(trail, elements, path, DOCUMENT_TAGS)


def line_notes(trail: Trail, elements: Iterable[etree._Element], path: str) -> Notes:
    """Return the notes of a trade line."""
    return notes(trail, elements, path, LINE_TAGS)


def document_declarations(found: Notes) -> Declarations:
    """Return the declarations of the document."""
    return _declarations(found, DOCUMENT_DECLARATIONS)


def line_declarations(found: Notes) -> Declarations:
    """Return the declarations of a trade line."""
    return _declarations(found, LINE_DECLARATIONS)


_NO_DECLARATIONS = Declarations()


def _declarations(found: Notes, tags: Mapping[str, str]) -> Declarations:
    if found.said.keys().isdisjoint(tags.values()):
        return _NO_DECLARATIONS
    trail, path = found.trail, f"{found.path}.declarations"
    permits = (leaves.string(trail, [one], path) for one in found.contents(tags["import_permits"]))
    dates = (_inspection(trail, one, f"{path}.inspections") for one in found.contents(tags["inspections"]))
    return Declarations(
        additional=tuple(
            AdditionalDeclaration(text) for text in leaves.texts(trail, found.contents(tags["additional"]), path)
        ),
        official_information=leaves.texts(trail, found.contents(tags["official_information"]), path),
        import_permits=tuple(one for one in permits if one is not None),
        inspections=tuple(one for one in dates if one is not None),
        distinguishing_marks=leaves.texts(trail, found.contents(tags["distinguishing_marks"]), path),
    )


def _inspection(trail: Trail, element: etree._Element, path: str) -> OfficialTime | Text | None:
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
    trail, path = found.trail, f"{found.path}.replacement"
    numbers = _shaped_first(found, "ADRPN", f"{path}.number")
    dates = (_date(trail, one, f"{path}.issued") for one in _only(found, "ADRD"))
    value = Replacement(
        number=numbers,
        issued=next((one for one in dates if one is not None), None),
        reasons=leaves.texts(trail, found.contents("ADRPR"), f"{path}.reasons"),
        has_statement=found.statement("ADRP", REPLACEMENT_STATEMENT),
    )
    return None if value == Replacement() else value


def _only(found: Notes, tag: str) -> list[etree._Element]:
    """Return the first content of a tag that may say one thing; the others go to the residue."""
    said = [one for one in found.contents(tag) if (one.text or "").strip() or len(one)]
    for second in said[1:]:
        found.trail.say("READ-SECOND-SINGLE", found.trail.xpath(second), element=f"{tag} {local(second)}")
        found.trail.keep(second)
    return said[:1]


def _shaped_first(found: Notes, tag: str, path: str) -> CertificateNumber | None:
    for element in _only(found, tag):
        found.trail.keep_attributes(element)
        return leaves.shaped(found.trail, element, path, leaves.raw(found.trail, element, path), certificate_number)
    return None


def _date(trail: Trail, element: etree._Element, path: str) -> OfficialTime | None:
    trail.keep_attributes(element)
    read = parse_time(leaves.raw(trail, element, path))
    if read is None:
        trail.not_converted(element, path)
    else:
        leaves.say_time(trail, read, path)
    return read


def other_quantity(found: Notes) -> OtherQuantity | None:
    """Return the quantity in words: value and unit are paired by position, the first pair counts."""
    path = f"{found.path}.other_quantity"
    values, units = _only(found, "OQV"), _only(found, "OQU")
    if values and units:
        number = parse_decimal(leaves.raw(found.trail, values[0], path))
        unit = leaves.string(found.trail, units, path)
        if number is not None and unit is not None:
            found.trail.keep_attributes(values[0])
            return OtherQuantity(number, unit)
    for element in (*values, *units):
        found.trail.not_converted(element, path)
    return None


def re_export(found: Notes) -> ReExportStatement | None:
    """Return what the line says of its re-export, ``None`` if it says nothing."""
    if not found.is_re_export:
        return None
    trail, path = found.trail, f"{found.path}.re_export"
    countries = (
        leaves.shaped(trail, one, f"{path}.origin_countries", leaves.raw(trail, one, path), country_code)
        for one in found.contents("RPCCO")
    )
    numbers = (
        leaves.shaped(trail, one, f"{path}.original_numbers", leaves.raw(trail, one, path), certificate_number)
        for one in found.contents("RPCRF")
    )
    return ReExportStatement(
        origin_countries=tuple(one for one in countries if one is not None),
        original_numbers=tuple(one for one in numbers if one is not None),
        has_statement=found.statement("RPCST", RE_EXPORT_STATEMENT),
        **{name: _box(found, tag, f"{path}.{name}") for tag, name in BOXES.items()},
    )


def _box(found: Notes, tag: str, path: str) -> bool:
    for element in _only(found, tag):
        found.trail.keep_attributes(element)
        ticked = leaves.boolean(found.trail, leaves.raw(found.trail, element, path), path)
        if ticked is None:
            found.trail.not_converted(element, path)
        return bool(ticked)
    return False
