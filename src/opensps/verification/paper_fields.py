"""Further fields an official reads on paper and goods: how each is put into the record to be compared (`fraud.md` 4).

Several things are typed in one field, separated by commas, semicolons or lines. Lots, animals and establishments may
be fewer than certified: what is typed must be on the record. Marks and attestations must be the same set. A field that
the certificate may leave out, such as a customs code, is not compared where it does: `NotSaid`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from opensps.certificate import (
    TITLES,
    TYPE_CODES,
    AdditionalDeclaration,
    AnimalIdentification,
    Area,
    Attestation,
    Certificate,
    Code,
    Consignment,
    CountryArea,
    CountryCode,
    Establishment,
    Identifier,
    MainCarriage,
    Party,
    Person,
    Signatory,
    Text,
    Texts,
    TradeLineItem,
    Treatment,
)
from opensps.verification.comparison.folding import bare, folded, same_writing, without_leading_zeros

_LIST = re.compile(r"[,;\n]+")
_LINES = re.compile(r"[;\n]+")
_CUSTOMS = frozenset({"HS", "CN"})

OfLine = Callable[[TradeLineItem, str, str], TradeLineItem]


class NotSaid(ValueError):
    """The certificate does not say this, and need not: nothing can be compared."""


def parts_of(text: str) -> list[str]:
    """Return what was typed as a list."""
    return [part.strip() for part in _LIST.split(text) if part.strip()]


def certificate_type(value: Certificate, text: str) -> Certificate:
    """Take a type code, or the title of a kind in either language."""
    named = {folded(title): TYPE_CODES.get(kind, "") for kind, titles in TITLES.items() for title in titles}
    is_own_title = folded(text) in {folded(title) for title in TITLES[value.kind]}
    code = value.exchanged_document.type_code if is_own_title else named.get(folded(text)) or text.strip()
    return replace(value, exchanged_document=replace(value.exchanged_document, type_code=code))


def issuer(value: Certificate, text: str) -> Certificate:
    """Take the name of the authority."""
    held = value.exchanged_document.issuer or Party()
    return replace(value, exchanged_document=replace(value.exchanged_document, issuer=replace(held, name=text)))


def officer(value: Certificate, text: str) -> Certificate:
    """Take the name of the certifying officer."""
    first, *others = value.exchanged_document.signatories or (Signatory(),)
    person = replace(first.provider.person, name=text) if first.provider.person is not None else Person(text)
    signed = (replace(first, provider=replace(first.provider, person=person)), *others)
    return replace(value, exchanged_document=replace(value.exchanged_document, signatories=signed))


def declaration(value: Certificate, text: str) -> Certificate:
    """Take one declaration or attestation as worded: it must be one of the record's."""
    if any(same_writing(each.value, text) for each in _statements(value)):
        return value
    document = value.exchanged_document
    added = (*document.declarations.additional, AdditionalDeclaration(Text(text)))
    return replace(
        value, exchanged_document=replace(document, declarations=replace(document.declarations, additional=added))
    )


def _statements(value: Certificate) -> Iterable[Text]:
    held = (value.exchanged_document.declarations, *(line.declarations for line in value.lines))
    for each in held:
        yield from (one.text for one in each.additional)
        yield from each.official_information
    for signatory in value.exchanged_document.signatories:
        yield from (text for one in signatory.attestations for text in one.texts)
    for line in value.lines:
        yield from (text for each in line.treatments for text in each.full_text)


def attestations(value: Certificate, text: str) -> Certificate:
    """Take the numbers of the attestations: the same set."""
    first, *others = value.exchanged_document.signatories or (Signatory(),)
    held = {bare(each.id): each for each in first.attestations if each.id}
    typed = [held.get(bare(part)) or Attestation(id=part) for part in parts_of(text)]
    signed = (replace(first, attestations=tuple(typed)), *others)
    return replace(value, exchanged_document=replace(value.exchanged_document, signatories=signed))


def voyage(goods: Consignment, text: str) -> Consignment:
    """Take the number of voyage or flight."""
    first, *others = goods.main_carriages or (MainCarriage(Code("")),)
    if first.id is None:
        raise NotSaid("voyage")
    return replace(goods, main_carriages=(replace(first, id=replace(first.id, value=text)), *others))


def product(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take the goods in words; they only help to read the codes."""
    named = (*line.descriptions, *line.common_names)
    if not named:
        raise NotSaid("product")
    if any(same_writing(each.value, text) or _same_words(each.value, text) for each in named):
        return line
    return replace(line, descriptions=(Text(text, named[0].language), *line.descriptions[1:]))


def _same_words(one: str, other: str) -> bool:
    return sorted(re.findall(r"\w+", folded(one))) == sorted(re.findall(r"\w+", folded(other)))


def customs_code(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take the code of the Harmonized System."""
    if not any(each.system.value in _CUSTOMS for each in line.classifications):
        raise NotSaid("hs")
    classes = tuple(
        replace(each, class_code=text) if each.system.value in _CUSTOMS else each for each in line.classifications
    )
    return replace(line, classifications=classes)


def packages(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
    """Take how many packages there are on the outermost level."""
    if not line.packages:
        raise NotSaid(field)
    try:
        count = Decimal(text.replace(" ", ""))
    except InvalidOperation:
        raise ValueError("measure") from None
    outermost = min(line.packages, key=lambda each: each.level)
    changed = tuple(replace(each, count=count) if each is outermost else each for each in line.packages)
    return replace(line, packages=changed)


def marks(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take marks and numbers: the same set; commas may belong to them."""
    held = line.declarations.distinguishing_marks
    if len(held) == 1 and same_writing(held[0].value, text):
        return line
    typed = [part.strip() for part in _LINES.split(text) if part.strip()]
    found: Texts = tuple(next((one for one in held if same_writing(one.value, part)), Text(part)) for part in typed)
    return replace(line, declarations=replace(line.declarations, distinguishing_marks=found))


def _among(held: list[str], part: str) -> tuple[int, bool]:
    """Return the place of what was typed among the record's, -1 for none, and whether it is written otherwise."""
    for place, each in enumerate(held):
        if bare(each) == bare(part):
            return place, False
    for place, each in enumerate(held):
        if without_leading_zeros(each) == without_leading_zeros(part):
            return place, True
    return -1, True


def batches(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take lots: each must be on the record; zeros in front may be lost."""
    found = list(line.batches)
    for part in parts_of(text):
        place, is_other = _among([each.value for each in line.batches], part)
        if place < 0:
            found.append(Identifier(part))
        elif is_other:
            found[place] = replace(found[place], value=part)
    return replace(line, batches=tuple(found))


def animals(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
    """Take marks of animals: each must be on the record."""
    group = line.animals
    if group is None:
        raise NotSaid(field)
    found = list(group.identifications)
    for part in parts_of(text):
        place, is_other = _among([each.value for each in group.identifications], part)
        if place < 0:
            system = found[0].system if found else Code("")
            found.append(AnimalIdentification(len(found) + 1, system, part))
        elif is_other:
            found[place] = replace(found[place], value=part)
    return replace(line, animals=replace(group, identifications=tuple(found)))


def establishments(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take approval numbers of establishments: each must be on the record."""
    held = [each.approval_number.value for each in line.establishments]
    added = [Establishment(Code(""), Identifier(part)) for part in parts_of(text) if _among(held, part)[0] < 0]
    return replace(line, establishments=(*line.establishments, *added))


def origin(line: TradeLineItem, text: str, _field: str) -> TradeLineItem:
    """Take the country of origin."""
    first, *others = line.origins or (CountryArea(),)
    known = {each.code for each in line.origins}
    if text.upper() in known:
        return line
    return replace(line, origins=(replace(first, code=CountryCode(text.upper())), *others))


def region(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
    """Take the region of origin."""
    held = [(country, area) for country in line.origins for area in country.areas]
    if not held:
        raise NotSaid(field)
    if any(same_writing(name.value, text) for _country, area in held for name in area.names):
        return line
    first, *others = line.origins
    return replace(line, origins=(replace(first, areas=(Area(names=(Text(text),)),)), *others))


def treatment(name: str, read: Callable[[Treatment, str, str], Any]) -> OfLine:
    """Return what puts a field of the first treatment in; where none was recorded, one was added."""

    def write(line: TradeLineItem, text: str, field: str) -> TradeLineItem:
        first, *others = line.treatments or (Treatment(Code("")),)
        changes: dict[str, Any] = {name: read(first, text, field)}
        return replace(line, treatments=(replace(first, **changes), *others))

    return write


def treatment_agent(first: Treatment, text: str, _field: str) -> tuple[Code | Text, ...]:
    """Take the active ingredient."""
    return (Text(text), *first.active_ingredients[1:])


def treatment_type(_first: Treatment, text: str, _field: str) -> Text | Code:
    """Take the kind of treatment, as a code or in words."""
    return Code(text.upper()) if re.fullmatch(r"[A-Za-z]{2,3}", text) else Text(text)


OF_DOCUMENT: Mapping[str, Callable[[Certificate, str], Certificate]] = MappingProxyType(
    {
        "type": certificate_type,
        "issuer": issuer,
        "officer": officer,
        "declaration": declaration,
        "attestations": attestations,
    }
)
OF_CONSIGNMENT: Mapping[str, Callable[[Consignment, str], Consignment]] = MappingProxyType({"voyage": voyage})
OF_LINE: Mapping[str, OfLine] = MappingProxyType(
    {
        "product": product,
        "hs": customs_code,
        "packages": packages,
        "marks": marks,
        "batches": batches,
        "animals": animals,
        "establishments": establishments,
        "origin": origin,
        "region": region,
        "treatment_type": treatment("type_level_1", treatment_type),
        "treatment_agent": treatment("active_ingredients", treatment_agent),
    }
)
"""Fields of `paper.PAPER_FIELDS` that are not quantities."""
