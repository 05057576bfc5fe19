"""What each reader may see of a certificate (`trust.md` 8). A number alone opens nothing and never comes here.

A holder has the code, the token, the QR code or a file whose seal holds: he sees goods and journey in full, traders
masked, the officer by number and office. An official of the destination or of a transit country sees all of it. What
an officer compares with the animals or goods themselves, marks, batches, approval numbers, belongs to the goods.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from opensps.certificate import (
    TITLES,
    AnimalGroup,
    Attestation,
    Certificate,
    CountryArea,
    Declarations,
    Establishment,
    Location,
    Measure,
    OfficialTime,
    Party,
    Temperature,
    Text,
    Texts,
    TradeLineItem,
)
from opensps.certificate.direction import with_direction_shown
from opensps.codes import country_name, label
from opensps.verification.labels import LABELS
from opensps.verification.masking import masked

_CONDITIONS, _SEXES, _CATEGORIES = "product_temperature", "opensps_sex", "opensps_animal_category"
_SYSTEMS = "opensps_identification_system"


class Reader(StrEnum):
    """Who asks."""

    HOLDER = "holder"
    OFFICIAL = "official"
    """Of the destination or of a transit country; of another country with the code."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a result page."""

    key: str
    """Permanent; keys of a line of goods repeat."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class _View:
    reader: Reader
    language: str
    authority: str

    @property
    def is_official(self) -> bool:
        return self.reader is Reader.OFFICIAL

    def label(self, list_id: str, code: str) -> str:
        """Return the word of a code in the reader's language."""
        return label(list_id, code, self.language[:2])

    def fact(self, key: str, values: Iterator[str] | tuple[str, ...]) -> Iterator[Fact]:
        """Give the fact, if there is anything to say."""
        value = with_direction_shown("; ".join(filter(None, values)))
        if value:
            yield Fact(key, LABELS[key][self.language.startswith("zh")], value)


def facts(certificate: Certificate, reader: Reader, *, language: str = "en", authority: str = "") -> tuple[Fact, ...]:
    """Return what this reader may see, in the order of a result page.

    `authority` is the name in the trust list; it is shown instead of what the document says.
    """
    view = _View(reader, language, authority)
    return tuple(fact for part in _PARTS for fact in part(certificate, view))


def _document(value: Certificate, view: _View) -> Iterator[Fact]:
    document, signatory = value.exchanged_document, value.certifying_signatory
    yield from view.fact("type", (TITLES[value.kind][view.language.startswith("zh")],))
    yield from view.fact("number", (document.number or "",))
    yield from view.fact("authority", (view.authority or _name(document.issuer),))
    yield from view.fact("issued", (_day(document.issued),))
    yield from view.fact("place", (_place(signatory.place if signatory else None, view),))


def _journey(value: Certificate, view: _View) -> Iterator[Fact]:
    goods = value.consignment
    yield from view.fact("from", (_country(goods.export_country, view),))
    yield from view.fact("to", (_country(goods.import_country, view),))
    yield from view.fact("transit", tuple(_country(each, view) for each in goods.transit_countries))
    yield from view.fact("loading", (_place(goods.place_of_loading, view),))
    yield from view.fact("departure", (_day(goods.export_exit),))
    yield from view.fact("point_of_entry", (_place(goods.point_of_entry, view),))
    yield from view.fact(
        "conveyance", (_text(c.means_name) or (c.id.value if c.id else "") for c in goods.main_carriages)
    )
    yield from view.fact("container", (each.id.value for each in goods.transport_equipment if each.id))
    yield from view.fact("seal", (seal.id for each in goods.transport_equipment for seal in each.seals))
    kept = (one for each in goods.transport_equipment for one in each.temperatures)
    condition = view.label(_CONDITIONS, goods.transport_condition) if goods.transport_condition else ""
    yield from view.fact("condition", (condition, *(_temperature(each, view) for each in kept)))


def _goods(value: Certificate, view: _View) -> Iterator[Fact]:
    for line in value.lines:
        yield from view.fact("goods", (_description(line, view),))
        yield from view.fact(
            "quantity", (_measure(each, view) for each in (line.net_weight, line.count, line.net_volume))
        )
        yield from view.fact("packages", _packages(line, view))
        yield from view.fact("origin", (_country(each, view) for each in line.origins))
        yield from view.fact("marks", (each.value for each in line.declarations.distinguishing_marks))
        yield from view.fact("batch", (each.value for each in line.batches))
        yield from view.fact("expiry", (_day(each) for each in line.expiries))
        if line.animals is not None:
            yield from _animals(line.animals, view)
        for each in line.establishments:
            yield from view.fact("establishment", (_establishment(each, view),))
        if line.re_export is not None:
            yield from view.fact("original", tuple(line.re_export.original_numbers))


def _animals(group: AnimalGroup, view: _View) -> Iterator[Fact]:
    coded = ((_SEXES, group.sex), (_CATEGORIES, group.category))
    words = (view.label(list_id, code.value) for list_id, code in coded if code is not None)
    yield from view.fact("animals", (_text(group.breed), *words, _measure(group.age, view)))
    for marks in _marks(group, view):
        yield from view.fact("identification", (marks,))


def _marks(group: AnimalGroup, view: _View) -> Iterator[str]:
    """Give the marks: all of one system together, those of several animal by animal."""
    named = [(each, view.label(_SYSTEMS, each.system.value)) for each in group.identifications]
    systems = {name for _, name in named}
    if len(systems) == 1:
        yield f"{systems.pop()}: {', '.join(each.value for each, _ in named)}"
        return
    for animal in dict.fromkeys(each.animal for each, _ in named):
        yield f"{animal}: " + ", ".join(f"{name} {each.value}" for each, name in named if each.animal == animal)


def _establishment(value: Establishment, view: _View) -> str:
    name = value.name or ""
    parts = (
        view.label("un_7187", value.activity.value),
        value.approval_number.value,
        name if view.is_official else masked(name),
        value.section or "",
        country_name(value.country, view.language) if value.country else "",
    )
    return ", ".join(filter(None, parts))


def _traders(value: Certificate, view: _View) -> Iterator[Fact]:
    for key, party in (("consignor", value.consignment.consignor), ("consignee", value.consignment.consignee)):
        name = _name(party)
        yield from view.fact(key, (name if view.is_official else masked(name),))


def _officer(value: Certificate, view: _View) -> Iterator[Fact]:
    signatory = value.certifying_signatory
    if signatory is None:
        return
    provider = signatory.provider
    person = provider.person.name if provider.person and view.is_official else ""
    yield from view.fact("officer", (person, *(each.value for each in provider.ids), provider.name or ""))


def _statements(value: Certificate, view: _View) -> Iterator[Fact]:
    """Give attestations, declarations and treatments: officials their text, holders their numbers."""
    held = (value.exchanged_document.declarations, *(line.declarations for line in value.lines))
    declared = tuple(text for each in held for text in _declared(each))
    treated = tuple(_treated(line) for line in value.lines for _ in line.treatments)
    attested = [each for each in _attested(value) if each.texts]
    uses = [each for each in attested if each.code]
    yield from view.fact("use", (_in(each.texts, view.language) for each in uses))
    numbered = [each for each in attested if not each.code]
    in_full = (f"{each.id or ''} {_in(each.texts, view.language)}".strip() for each in numbered)
    yield from view.fact(
        "attestations", in_full if view.is_official else (", ".join(each.id or "–" for each in numbered),)
    )
    for key, texts in (("declarations", declared), ("treatments", treated)):
        yield from view.fact(key, texts if view.is_official else (str(len(texts)) if texts else "",))


_PARTS: tuple[Callable[[Certificate, _View], Iterator[Fact]], ...] = (
    _document,
    _goods,
    _journey,
    _traders,
    _officer,
    _statements,
)


def _attested(value: Certificate) -> tuple[Attestation, ...]:
    return value.certifying_signatory.attestations if value.certifying_signatory else ()


def _declared(declarations: Declarations) -> Iterator[str]:
    yield from (each.text.value for each in declarations.additional)
    yield from (each.value for each in declarations.official_information)


def _treated(line: TradeLineItem) -> str:
    return "; ".join(text.value for each in line.treatments for text in each.full_text or each.additional_information)


def _name(party: Party | None) -> str:
    return (party.name or "") if party is not None else ""


def _text(text: Text | None) -> str:
    return text.value if text is not None else ""


def _in(texts: Texts, language: str) -> str:
    """Return the text in the reader's language, else the first."""
    fitting = [each for each in texts if each.language == language[:2]] or list(texts)
    return fitting[0].value if fitting else ""


def _day(time: OfficialTime | None) -> str:
    return time.on.isoformat() if time is not None else ""


def _place(place: Location | None, view: _View) -> str:
    if place is None:
        return ""
    return _in(place.names, view.language) or (place.id.value if place.id else "")


def _country(country: CountryArea, view: _View) -> str:
    if country.code is None:
        return _in(country.names, view.language)
    name = country_name(country.code, view.language)
    return f"{name} ({country.code})" if name != country.code else name


def _description(line: TradeLineItem, view: _View) -> str:
    name = _in(line.descriptions or line.common_names, view.language)
    scientific = ", ".join(each.value for each in line.scientific_names)
    return f"{name} ({scientific})" if name and scientific else name or scientific


def _measure(measure: Measure | None, view: _View) -> str:
    if measure is None:
        return ""
    unit = view.label("un_rec20", measure.unit) if measure.unit else ""
    return f"{measure.value:,f} {unit}".strip()


def _temperature(value: Temperature, view: _View) -> str:
    return " – ".join(filter(None, (_measure(each, view) for each in (value.minimum, value.value, value.maximum))))


def _packages(line: TradeLineItem, view: _View) -> Iterator[str]:
    for package in line.packages:
        yield f"{package.count:,f} {view.label('un_rec21', package.type_code.value)}"
    yield _in(line.package_text, view.language)
