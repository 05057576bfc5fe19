"""Coded notes and the fields they say, both ways: what a note of a subject means, and which notes say a field.

Source: `domain.md` 5.1 to 5.4. A note is one fact: SubjectCode what it is about, ContentCode its coded value, Content
its text. A note that has not the form of its subject is no fact and stays a note. Reader, capacity check and writer
agree on all of it here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from opensps.certificate import (
    AdditionalDeclaration,
    AnimalGroup,
    AnimalIdentification,
    Certificate,
    CertificateKind,
    Code,
    Declarations,
    Measure,
    ModelRef,
    Note,
    OfficialTime,
    OtherQuantity,
    Text,
    TradeLineItem,
    TransportCondition,
)
from opensps.formats.decimals import parse_decimal, plain
from opensps.formats.dialects import Vocabulary
from opensps.formats.times import parse_time, written

_MODEL = re.compile(r"(.*\S)/([^/]*[^/\s])\Z")
_COUNTED = re.compile(r"[1-9][0-9]{0,5}\Z|0\Z", re.ASCII)

KIND, CONDITION, REASON = "CERTIFICATE_KIND", "TRANSPORT_CONDITIONS", "REPLACEMENT_REASON"
PACKAGES, QUANTITY = "PACKAGES", "OTHER_QUANTITY"

Facts = tuple[Any, ...]
"""What one note says, ready for its field."""


def _one_code(note: Note) -> Code | None:
    """Return the coded value of a note that says nothing else."""
    has_more = len(note.content_codes) != 1 or note.texts or note.subject
    return None if has_more else note.content_codes[0]


def _kind(note: Note) -> Facts:
    if len(note.content_codes) != 1 or len(note.texts) > 1 or note.subject:
        return ()
    if note.content_codes[0].value not in CertificateKind.__members__:
        return ()
    kind = CertificateKind(note.content_codes[0].value)
    if not note.texts:
        return ((kind, None),)
    model = _model(note.texts[0]) if note.texts[0].language is None else None
    return ((kind, model),) if model else ()


def _model(text: Text) -> ModelRef | None:
    """Return the template a text names, id and version apart."""
    found = _MODEL.match(text.value)
    return ModelRef(found[1], found[2]) if found else None


def model_as_said(value: ModelRef) -> ModelRef | None:
    """Return a template as its note is read back."""
    return _model(Text(f"{value.id}/{value.version}"))


def _condition(note: Note) -> Facts:
    said = _one_code(note)
    return (TransportCondition(said.value),) if said and said.value in TransportCondition.__members__ else ()


def _declaration(note: Note) -> Facts:
    if len(note.content_codes) > 1 or note.subject:
        return ()
    code = note.content_codes[0].value if note.content_codes else None
    return tuple(AdditionalDeclaration(one, code) for one in note.texts)


def _texts(note: Note) -> Facts:
    return () if note.content_codes or note.subject else note.texts


def _inspections(note: Note) -> Facts:
    return tuple(inspection(one) for one in _texts(note))


def inspection(one: Text) -> OfficialTime | Text:
    """Return the date a text is, or the text itself."""
    return (parse_time(one.value) if one.language is None else None) or one


def _breed(note: Note) -> Facts:
    said = _texts(note)
    return said if len(said) == 1 else ()


def _code(note: Note) -> Facts:
    said = _one_code(note)
    return (said,) if said else ()


def _age(note: Note) -> Facts:
    if len(note.content_codes) != 1 or len(note.texts) != 1 or note.subject or note.texts[0].language:
        return ()
    number = parse_decimal(note.texts[0].value)
    return () if number is None else (Measure(number, note.content_codes[0].value),)


def _identification(note: Note) -> Facts:
    if len(note.content_codes) != 1 or len(note.texts) != 1 or note.texts[0].language:
        return ()
    if note.subject is None or not _COUNTED.match(note.subject):
        return ()
    return (AnimalIdentification(int(note.subject), note.content_codes[0], note.texts[0].value),)


def _quantity(note: Note) -> Facts:
    if note.content_codes or len(note.texts) != 1 or note.texts[0].language or note.subject is None:
        return ()
    number = parse_decimal(note.texts[0].value)
    return () if number is None else (OtherQuantity(number, note.subject),)


_DECLARED: Mapping[str, tuple[str, Callable[[Note], Facts]]] = MappingProxyType(
    {
        "ADDITIONAL_DECLARATION": ("additional", _declaration),
        "OFFICIAL_INFORMATION": ("official_information", _texts),
        "INSPECTION": ("inspections", _inspections),
        "DISTINGUISHING_MARKS": ("distinguishing_marks", _texts),
    }
)
"""Subject to field of `Declarations`, on both levels."""

_FORMS: Mapping[str, Callable[[Note], Facts]] = MappingProxyType(
    {
        KIND: _kind,
        CONDITION: _condition,
        REASON: _texts,
        PACKAGES: _texts,
        QUANTITY: _quantity,
        "BREED": _breed,
        "SEX": _code,
        "AGE": _age,
        "CATEGORY": _code,
        "IDENTIFIER": _identification,
        **{subject: form for subject, (_, form) in _DECLARED.items()},
    }
)
_ONCE = frozenset({KIND, CONDITION, QUANTITY, "BREED", "SEX", "AGE", "CATEGORY"})
"""Subjects that say one thing; a second note of one stays a note."""


@dataclass(slots=True)
class Coded:
    """The coded facts of one level, by subject."""

    known: frozenset[str]
    said: dict[str, list[Any]] = field(default_factory=dict)

    def take(self, note: Note) -> bool:
        """Take what a note says; tell whether it is a fact we have a field for."""
        subject = note.subject_code.value if note.subject_code is not None else ""
        if subject not in self.known or (subject in _ONCE and subject in self.said):
            return False
        facts = _FORMS[subject](note)
        if facts:
            self.said.setdefault(subject, []).extend(facts)
        return bool(facts)

    def every(self, subject: str) -> Facts:
        """Return all that is said of a subject."""
        return tuple(self.said.get(subject, ()))

    def one(self, subject: str) -> Any:
        """Return the one thing said of a subject, ``None`` if nothing is."""
        return self.said[subject][0] if subject in self.said else None

    def declarations(self, beside: Declarations) -> Declarations:
        """Return the declarations said as codes after those said as tags."""
        if self.said.keys().isdisjoint(_DECLARED):
            return beside
        added = {name: getattr(beside, name) + self.every(subject) for subject, (name, _) in _DECLARED.items()}
        return Declarations(import_permits=beside.import_permits, **added)

    def animals(self) -> AnimalGroup | None:
        """Return what is said of the animals of a line."""
        group = AnimalGroup(
            breed=self.one("BREED"),
            sex=self.one("SEX"),
            age=self.one("AGE"),
            category=self.one("CATEGORY"),
            identifications=self.every("IDENTIFIER"),
        )
        return None if group == AnimalGroup() else group


def kind_beside(notes: Iterable[Note]) -> CertificateKind | None:
    """Return the kind that a note says which says more than a kind, and therefore stays a note."""
    for note in notes:
        if note.subject_code is not None and note.subject_code.value == KIND:
            for code in note.content_codes:
                if code.value in CertificateKind.__members__:
                    return CertificateKind(code.value)
    return None


def is_fact(note: Note, known: frozenset[str]) -> bool:
    """Tell whether a note would be read into a field."""
    return Coded(known).take(note)


# --- the other way ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Makes the notes of one level in one vocabulary."""

    vocabulary: Vocabulary
    lists: Mapping[str, str | None]

    def note(self, subject: str, *codes: Code, text: Text | None = None, about: str | None = None) -> Iterator[Note]:
        """Yield the note of a subject, if the vocabulary has it."""
        if subject in self.lists:
            yield Note(
                subject=about,
                subject_code=Code(subject, self.vocabulary.subject_list),
                content_codes=codes,
                texts=() if text is None else (text,),
            )

    def coded(self, subject: str, value: str) -> Code:
        """Return a value under the list the vocabulary takes it from."""
        return Code(value, self.lists.get(subject))


def document_notes(value: Certificate, vocabulary: Vocabulary) -> Iterator[Note]:
    """Yield the notes of the document that say fields, in the order of the vocabulary."""
    speaker = _Speaker(vocabulary, vocabulary.document)
    if value.kind is not CertificateKind.OTHER:
        model = None if value.model is None else Text(f"{value.model.id}/{value.model.version}")
        yield from speaker.note(KIND, speaker.coded(KIND, value.kind.value), text=model)
    condition = value.consignment.transport_condition
    if condition is not None:
        yield from speaker.note(CONDITION, speaker.coded(CONDITION, condition.value))
    yield from _declared(speaker, value.exchanged_document.declarations)
    replaced = value.exchanged_document.replacement
    for reason in replaced.reasons if replaced is not None else ():
        yield from speaker.note(REASON, text=reason)


def line_notes(value: TradeLineItem, vocabulary: Vocabulary) -> Iterator[Note]:
    """Yield the notes of a line that say fields."""
    speaker = _Speaker(vocabulary, vocabulary.line)
    if value.animals is not None:
        yield from _animals(speaker, value.animals)
    yield from _declared(speaker, value.declarations)
    for one in value.package_text:
        yield from speaker.note(PACKAGES, text=one)
    quantity = value.other_quantity
    if quantity is not None:
        yield from speaker.note(QUANTITY, text=Text(plain(quantity.value)), about=quantity.unit_text)


def _animals(speaker: _Speaker, value: AnimalGroup) -> Iterator[Note]:
    if value.breed is not None:
        yield from speaker.note("BREED", text=value.breed)
    if value.sex is not None:
        yield from speaker.note("SEX", value.sex)
    if value.age is not None:
        unit = speaker.coded("AGE", value.age.unit or "")
        yield from speaker.note("AGE", unit, text=Text(plain(value.age.value)))
    if value.category is not None:
        yield from speaker.note("CATEGORY", value.category)
    for one in value.identifications:
        yield from speaker.note("IDENTIFIER", one.system, text=Text(one.value), about=str(one.animal))


def _declared(speaker: _Speaker, value: Declarations) -> Iterator[Note]:
    for one in value.additional:
        codes: Iterable[Code] = () if one.code is None else (Code(one.code),)
        yield from speaker.note("ADDITIONAL_DECLARATION", *codes, text=one.text)
    for text in value.official_information:
        yield from speaker.note("OFFICIAL_INFORMATION", text=text)
    for seen in value.inspections:
        yield from speaker.note("INSPECTION", text=seen if isinstance(seen, Text) else Text(written(seen)))
    for text in value.distinguishing_marks:
        yield from speaker.note("DISTINGUISHING_MARKS", text=text)
