"""INTERCOM rules: what the Andean Community's exchange asks of an 851 or 657.

Source: INTERCOM's schema and guide (`domain.md` 4 for the lengths, 8.4). To be confirmed: the limit on attachments,
which is a warning, and whether a 657 needs the number of its statement, which is not asked.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from opensps import codes
from opensps.certificate import (
    Address,
    Attachment,
    CertificateKind,
    Classification,
    Declarations,
    Measure,
    Note,
    Party,
    Signatory,
    Text,
    TradeLineItem,
    Treatment,
)
from opensps.rules.case import Case
from opensps.rules.core_measures import fraction_digits, integer_digits
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import ALL_KINDS, EXPORT, Found, Rule, on_document, on_lines

_SCHEMA = "INTERCOM, schema and guide of the Andean Community"
_NUMBER = re.compile(r"[0-9]{1,58}(CO|BO|EC|PE)\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_STATUSES = frozenset({"70", "40", "39", "41", "122", "17", "26"})
_CLASS_CODE, _CLASS_NAME, _ATTACHMENT = 6, 70, 256
_SHORT_INTEGER, _FRACTION = 14, 4
_MISSING, _SENSE = Area.MANDATORY_ELEMENTS, Area.CONSISTENCY

LENGTHS: tuple[tuple[type, str, int], ...] = (
    (Party, "name", 450),
    (Address, "lines", 200),
    (TradeLineItem, "descriptions", 256),
    (TradeLineItem, "common_names", 256),
    (TradeLineItem, "scientific_names", 256),
    (TradeLineItem, "intended_uses", 256),
    (TradeLineItem, "package_text", 512),
    (Declarations, "additional", 8000),
    (Declarations, "official_information", 8000),
    (Declarations, "import_permits", 256),
    (Treatment, "additional_information", 400),
    (Treatment, "full_text", 8000),
)
"""Record, field and the most signs it may have; marks and reasons have limits of their own below."""


def _too_long(said: Any, most: int) -> bool:
    if isinstance(said, str):
        return len(said) > most
    if isinstance(said, Sequence):
        return any(_too_long(one, most) for one in said)
    return said is not None and _too_long(getattr(said, "text", None) or said.value, most)


def _long_texts(case: Case) -> Iterator[Found]:
    holder: object
    for record, field, most in LENGTHS:
        for path, holder in case.every(record):
            if _too_long(getattr(holder, field), most):
                yield f"{path}.{field}", {"most": str(most)}
    for path, marks, most in _marks(case):
        if _too_long(marks, most):
            yield path, {"most": str(most)}


def _marks(case: Case) -> Iterator[tuple[str, Any, int]]:
    document = case.document
    yield "exchanged_document.declarations.distinguishing_marks", document.declarations.distinguishing_marks, 512
    yield "exchanged_document.replacement.reasons", document.replacement and document.replacement.reasons, 512
    for path, line in case.lines:
        yield f"{path}.declarations.distinguishing_marks", line.declarations.distinguishing_marks, 1024
        yield f"{path}.other_quantity", line.other_quantity and line.other_quantity.unit_text, 50


def _inspected_in_words(case: Case) -> Iterator[Found]:
    for path, declarations in case.every(Declarations):
        for place, given in enumerate(declarations.inspections):
            if isinstance(given, Text):
                yield f"{path}.inspections[{place}]", {"text": given.value}


def _odd_number(case: Case) -> Iterator[Found]:
    if case.document.number and not _NUMBER.match(case.document.number):
        yield "exchanged_document.number", {"number": case.document.number}


def _odd_status(case: Case) -> Iterator[Found]:
    if case.document.status_code not in _STATUSES:
        yield "exchanged_document.status_code", {"code": case.document.status_code}


def _odd_entry(case: Case) -> Iterator[Found]:
    entry = case.certificate.consignment.point_of_entry
    if entry and entry.id and not _COUNTRY.match(entry.id.value):
        yield "consignment.point_of_entry.id", {"code": entry.id.value}


def _odd_notes(case: Case) -> Iterator[Found]:
    for path, note in case.every(Note):
        if note.subject is None or not codes.is_known("ippc_tags", note.subject):
            yield path, {"subject": note.subject or "-"}


def _no_place(case: Case) -> bool:
    place = (case.certificate.certifying_signatory or Signatory()).place
    return place is None or not place.names


def _no_statement(case: Case) -> bool:
    signatory = case.certificate.certifying_signatory or Signatory()
    return all(one.id is None for one in signatory.attestations)


def _addresses_without_line(case: Case) -> Iterator[Found]:
    for path, address in case.every(Address):
        if not (any(address.lines) or address.city or address.postcode):
            yield f"{path}.lines", NO_PARAMS


def _unsealed(case: Case) -> Iterator[Found]:
    for place, one in enumerate(case.certificate.consignment.transport_equipment):
        if not one.seals:
            yield f"consignment.transport_equipment[{place}].seals", {"container": one.id.value if one.id else "-"}


def _odd_classes(case: Case) -> Iterator[Found]:
    for path, one in case.every(Classification):
        has_both_or_none = bool(one.class_code) == bool(one.class_names)
        is_long = len(one.class_code or "") > _CLASS_CODE or _too_long(one.class_names, _CLASS_NAME)
        if has_both_or_none or is_long:
            yield path, {"system": one.system.value}


def _empty(case: Case) -> Iterator[Found]:
    for path, party in case.every(Party):
        if party.name == "" or (party.person and not party.person.name):
            yield f"{path}.name", NO_PARAMS
    for path, address in case.every(Address):
        if any(not line.strip() for line in address.lines):
            yield f"{path}.lines", NO_PARAMS


def _odd_measures(case: Case) -> Iterator[Found]:
    for path, treatment in case.every(Treatment):
        for field in ("temperature", "concentration", "duration"):
            measure: Measure | None = getattr(treatment, field)
            if measure and (
                integer_digits(measure.value) > _SHORT_INTEGER or fraction_digits(measure.value) > _FRACTION
            ):
                yield f"{path}.{field}", {"value": f"{measure.value:.6g}"}


def _large_attachments(case: Case) -> Iterator[Found]:
    for path, file in case.every(Attachment):
        if len(file.content or b"") > _ATTACHMENT:
            yield path, {"filename": file.filename or "-"}


def _required(
    template: str, path: str, is_wrong: Callable[[Case], bool], kinds: frozenset[CertificateKind] = ALL_KINDS
) -> Rule:
    return Rule("INTERCOM-REQUIRED", _SCHEMA, Level.SEVERE, _MISSING, template, on_document(path, is_wrong), kinds)


RULES = (
    Rule(
        "INTERCOM-NUMBER",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Number the certificate in digits with CO, BO, EC or PE at the end for INTERCOM, not %(number)s.",
        _odd_number,
    ),
    Rule(
        "INTERCOM-STATUS",
        _SCHEMA,
        Level.SEVERE,
        Area.CODES,
        "Choose a status INTERCOM knows: 70, 40, 39, 41, 122, 17 or 26, not %(code)s.",
        _odd_status,
    ),
    Rule(
        "INTERCOM-TRANSIT",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Leave one country of transit at most; INTERCOM has room for one.",
        on_document(
            "consignment.transit_countries", lambda case: len(case.certificate.consignment.transit_countries) > 1
        ),
    ),
    Rule(
        "INTERCOM-ENTRY",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Give the point of entry the two letters of its country, not %(code)s; its name says which place it is.",
        _odd_entry,
    ),
    Rule(
        "INTERCOM-NOTE",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Remove the note %(subject)s, or write it in a field of its own; INTERCOM knows the tags of ePhyto only.",
        _odd_notes,
    ),
    Rule(
        "INTERCOM-NOTE",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Shorten the text; INTERCOM takes %(most)s signs at most here.",
        _long_texts,
    ),
    Rule(
        "INTERCOM-NOTE",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        'Enter the date of inspection as a date; INTERCOM does not take "%(text)s".',
        _inspected_in_words,
    ),
    _required(
        "Name the organization that issues the certificate; INTERCOM asks for it.",
        "exchanged_document.issuer",
        lambda case: case.document.issuer is None or not case.document.issuer.name,
    ),
    _required("Give the place of issue; INTERCOM asks for it.", "exchanged_document.signatories[0].place", _no_place),
    _required(
        "Include the number of the certifying statement; INTERCOM asks for it.",
        "exchanged_document.signatories[0].attestations",
        _no_statement,
        EXPORT,
    ),
    Rule(
        "INTERCOM-REQUIRED",
        _SCHEMA,
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the intended use; INTERCOM asks for it.",
        on_lines("intended_uses", lambda line: not line.intended_uses),
    ),
    Rule(
        "INTERCOM-REQUIRED",
        _SCHEMA,
        Level.SEVERE,
        _MISSING,
        "Enter the first line of the address; INTERCOM takes no address without it.",
        _addresses_without_line,
    ),
    Rule(
        "INTERCOM-REQUIRED",
        _SCHEMA,
        Level.SEVERE,
        _MISSING,
        "Enter the seal of container %(container)s; INTERCOM takes no container without one.",
        _unsealed,
    ),
    Rule(
        "INTERCOM-CLASS",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Give each class in %(system)s either by code, six signs at most, or by name, 70 signs at most.",
        _odd_classes,
    ),
    Rule(
        "INTERCOM-EMPTY",
        _SCHEMA,
        Level.SEVERE,
        Area.MAPPING,
        "Fill in the empty name or line of the address, or remove it.",
        _empty,
    ),
    Rule(
        "INTERCOM-MEASURE",
        _SCHEMA,
        Level.SEVERE,
        _SENSE,
        "Shorten %(value)s: INTERCOM takes 14 digits before the decimal point here, and 4 after it.",
        _odd_measures,
    ),
    Rule(
        "INTERCOM-ATTACHMENT",
        f"{_SCHEMA} (to be confirmed)",
        Level.WARNING,
        Area.MAPPING,
        "Make sure INTERCOM takes %(filename)s; its schema has room for 256 bytes of a file.",
        _large_attachments,
    ),
)
