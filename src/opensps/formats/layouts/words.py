"""How each record of a certificate becomes printed lines. Complete: what a record holds stands in its lines.

Not printed, because the box or another word says it already: languages, schemes of identifiers, roles of parties,
levels of packages and areas, the sender's label of a code our list names, content and digests of files. Times are
printed as dates with the month in words; departure and arrival with their clock.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from opensps import codes
from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    AnimalIdentification,
    Area,
    Attachment,
    Classification,
    Code,
    CountryArea,
    CountryCode,
    Establishment,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    OtherQuantity,
    Package,
    Party,
    Person,
    ReferencedDocument,
    Residue,
    Seal,
    Temperature,
    Text,
    Texts,
    TransportEquipment,
)
from opensps.formats.layouts.names import field_name, joined, word_of, yes_or_no
from opensps.formats.layouts.parts import Line, Run, day, number

Languages = tuple[str, ...]
"""Languages of words that come from codes, in order: ``("en",)`` or ``("zh", "en")``."""

LISTS: Mapping[str, str] = MappingProxyType(
    {
        "Package.type_code": "un_rec21",
        "MainCarriage.mode": "un_rec19",
        "Temperature.type_code": "un_6245",
        "ReferencedDocument.type_code": "un_1001",
        "ReferencedDocument.relationship": "un_1153",
        "ConsignmentItem.cargo_types": "un_7085",
        "Establishment.activity": "un_7187",
        "Establishment.role": "un_3035",
        "Party.type_codes": "un_3035",
        "AppliedProcess.process_code": "un_7187",
        "Treatment.process_code": "un_7187",
        "AnimalGroup.sex": "opensps_sex",
        "AnimalGroup.category": "opensps_animal_category",
        "AnimalIdentification.system": "opensps_identification_system",
    }
)
"""Which list a coded field is of, where the code itself does not say."""

UNPRINTED = frozenset({"Party.role", "Package.level", "Area.level", "TradeLineItem.sequence"})
"""Fields whose box, order or neighbour says what they say."""

_WITH_CLOCK = frozenset({"export_exit", "availability_due"})
_SHORT = frozenset({"started", "ended"})
_AS_AGREED = "ZZZ"
"""The code of every UNCL list that means nothing in particular; other fields say it."""

_SYMBOL_LENGTH = 3
_LONG_NAME = 45


def say(value: Any, languages: Languages, *, coded: str | None = None) -> tuple[Line, ...]:
    """Return the lines of any value of the model; none for an absent one. `coded` is the list of a bare code."""
    if value is None:
        return ()
    if isinstance(value, tuple):
        return tuple(line for one in value for line in say(one, languages, coded=coded))
    if isinstance(value, Code):
        return _line(code_words(value, languages, coded))
    known = _WAYS.get(type(value))
    if known:
        return known(value, languages)
    if is_dataclass(value):
        return _line("; ".join(described(value, languages)))
    return _line(_scalar(value, languages))


def flat(value: Any, languages: Languages, *, between: str = ", ") -> str:
    """Return a value on one line."""
    return between.join("".join(run.text for run in line) for line in say(value, languages))


def one_line(lines: tuple[Line, ...]) -> Line:
    """Return several lines as one, commas between them."""
    return tuple(run for place, line in enumerate(lines) for run in ((Run(", "),) * (place > 0) + line))


def described(record: Any, languages: Languages, *, but: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return ``label words`` for each field of a record that differs from its default, except those named in `but`."""
    return tuple(
        f"{joined(field_name(type(record), name), languages)} {words}"
        for name, value in present(record)
        if name not in but and (words := field_words(record, name, value, languages))
    )


def present(record: Any) -> tuple[tuple[str, Any], ...]:
    """Return name and value of the fields of a record that hold something and are meant to be printed."""
    return tuple(
        (field.name, value)
        for field in fields(record)
        if (value := getattr(record, field.name)) not in (None, (), field.default)
        and f"{type(record).__name__}.{field.name}" not in UNPRINTED
        and not (isinstance(value, Code) and value.value == _AS_AGREED)
    )


def field_words(record: Any, name: str, value: Any, languages: Languages) -> str:
    """Return a field of a record on one line, a code by the list of the field."""
    lines = field_lines(record, name, value, languages)
    return ", ".join("".join(run.text for run in line) for line in lines)


def field_lines(record: Any, name: str, value: Any, languages: Languages) -> tuple[Line, ...]:
    """Return the lines of a field of a record: Latin names in italics, departure and arrival with their clock."""
    if name == "scientific_names":
        return tuple((Run(text.value, latin=True),) for text in value)
    if name in _WITH_CLOCK and isinstance(value, OfficialTime):
        return _line(moment(value))
    if name in _SHORT and isinstance(value, OfficialTime):
        return _line(day(value, short=True) or "")
    return say(value, languages, coded=LISTS.get(f"{type(record).__name__}.{name}"))


def code_words(code: Code, languages: Languages, list_id: str | None = None) -> str:
    """Return what a code means: our name for it in each language, else the sender's label, else the code."""
    for one in (code.list_id, list_id):
        if one in codes.LIST_IDS and codes.is_known(one, code.value):
            return " ".join(dict.fromkeys(codes.label(one, code.value, language) for language in languages))
    word = word_of(code.value)
    return joined(word, languages) if word else code.name or code.value


def measure_words(value: Measure, languages: Languages) -> str:
    """Return a quantity with its unit: a symbol once (``24 000 kg``), a word in each language (``2 头 head``)."""
    if value.unit is None:
        return number(value.value).replace("-", "\u2212")
    words = dict.fromkeys(codes.label("un_rec20", value.unit, language) for language in languages)
    english = codes.label("un_rec20", value.unit)
    is_symbol = len(english) <= _SYMBOL_LENGTH or not english.replace(" ", "").isalpha()
    shown = number(value.value).replace("-", "\u2212")
    return "\u00a0".join((shown, *((english,) if is_symbol else words)))


def moment(value: OfficialTime) -> str:
    """Return a date, and the clock with its offset from UTC where the document gives one."""
    shown = day(value) or ""
    if value.at is None or value.offset_minutes is None:
        return shown
    return f"{shown}, {clock(value)}"


def clock(value: OfficialTime) -> str:
    """Return the clock of a moment in its own zone: ``10:30 (UTC+08:00)``."""
    if value.at is None or value.offset_minutes is None:
        return ""
    local = value.at.hour * 60 + value.at.minute + value.offset_minutes
    sign, offset = "-" if value.offset_minutes < 0 else "+", abs(value.offset_minutes)
    return f"{local // 60 % 24:02d}:{local % 60:02d} (UTC{sign}{offset // 60:02d}:{offset % 60:02d})"


def country_words(code: CountryCode | None, names: Texts, languages: Languages) -> str:
    """Return a country by the names the document gives it, else by ours, with its code: ``Northland (XB)``."""
    given = " ".join(dict.fromkeys(text.value for text in names))
    ours = " ".join(dict.fromkeys(codes.country_name(code, language) for language in languages)) if code else ""
    name = given or ours
    return f"{name} ({code})" if code and name != code else name


def _line(text: str) -> tuple[Line, ...]:
    return ((Run(text),),) if text else ()


def _lines(texts: Iterable[str | None]) -> tuple[Line, ...]:
    return tuple((Run(text),) for text in texts if text)


def _scalar(value: Any, languages: Languages) -> str:
    if isinstance(value, bool):
        return joined(yes_or_no(is_so=value), languages)
    word = word_of(value.value) if isinstance(value, Enum) else None
    return joined(word, languages) if word else str(value)


def _comma(parts: Iterable[str | None]) -> str:
    return ", ".join(part for part in parts if part)


def _address(value: Address, languages: Languages) -> tuple[Line, ...]:
    country = value.country_name or (country_words(value.country, (), languages) if value.country else None)
    town = " ".join(part for part in (value.postcode, value.city or value.city_code) if part)
    return _lines((*value.lines, town, value.subdivision_name or value.subdivision_code, country))


def _party(value: Party, languages: Languages) -> tuple[Line, ...]:
    """Return a party in few lines: name and numbers, address, what else is known of it, the person."""
    numbers = _comma(one.value for one in value.ids)
    known = f"{joined(('No.', '编号'), languages)} {numbers}" if numbers else None
    name = _comma((value.name, known))
    kinds = (code_words(code, languages, "un_3035") for code in value.type_codes)
    return _lines(
        (
            *((name,) if len(name) <= _LONG_NAME else (value.name, known)),
            flat(value.address, languages),
            _comma((*kinds, *value.contacts)),
            flat(value.person, languages),
        )
    )


def _person(value: Person, _languages: Languages) -> tuple[Line, ...]:
    return _line(_comma((value.name, *(text.value for text in value.qualifications))))


def _area(value: Area, languages: Languages) -> str:
    names = " ".join(dict.fromkeys(text.value for text in value.names))
    named = f"{names} ({value.id})" if names and value.id else names or value.id
    return _comma((named, value.function_code, *(flat(one, languages) for one in value.authorised_parties)))


def _country(value: CountryArea, languages: Languages) -> tuple[Line, ...]:
    areas = (_area(area, languages) for area in value.areas)
    return _line(_comma((country_words(value.code, value.names, languages), *areas)))


def _location(value: Location, languages: Languages) -> tuple[Line, ...]:
    names = " ".join(dict.fromkeys(text.value for text in value.names))
    known = value.id.value if value.id else None
    named = f"{names} ({known})" if names and known else names or known
    return _line(_comma((named, *(_area(area, languages) for area in value.areas))))


def _carriage(value: MainCarriage, languages: Languages) -> tuple[Line, ...]:
    mode = code_words(value.mode, languages, "un_rec19")
    name = value.means_name.value if value.means_name else None
    return _line(_comma((mode, name, value.id.value if value.id else None)))


def _equipment(value: TransportEquipment, languages: Languages) -> tuple[Line, ...]:
    seals = _comma(flat(seal, languages) for seal in value.seals)
    temperatures = (flat(one, languages) for one in value.temperatures)
    sealed = f"{joined(('seal', '封识号'), languages)} {seals}" if seals else None
    return _line("; ".join(part for part in (value.id.value if value.id else None, sealed, *temperatures) if part))


def _seal(value: Seal, languages: Languages) -> tuple[Line, ...]:
    shown = f"{value.id} – {value.maximum_id}" if value.maximum_id else value.id
    return _line(f"{shown} ({flat(value.issuer, languages)})" if value.issuer else shown)


def _temperature(value: Temperature, languages: Languages) -> tuple[Line, ...]:
    kind = code_words(value.type_code, languages, "un_6245") if value.type_code else None
    bounds = (("≥", value.minimum), ("≤", value.maximum))
    shown = (
        *((measure_words(value.value, languages),) if value.value else ()),
        *(f"{sign}\u00a0{measure_words(bound, languages)}" for sign, bound in bounds if bound),
    )
    return _line(" ".join(part for part in (kind, _comma(shown)) if part))


def _package(value: Package, languages: Languages) -> tuple[Line, ...]:
    kind = code_words(value.type_code, languages, "un_rec21")
    rest = described(value, languages, but=frozenset({"type_code", "count"}))
    return _line(_comma((f"{number(value.count)} {kind}", *rest)))


def _classification(value: Classification, languages: Languages) -> tuple[Line, ...]:
    names = " ".join(dict.fromkeys(text.value for text in value.class_names))
    return _line(" ".join(part for part in (code_words(value.system, languages), value.class_code, names) if part))


def _establishment(value: Establishment, languages: Languages) -> tuple[Line, ...]:
    approval = f"{joined(('Approval No.', '注册编号'), languages)} {value.approval_number.value}"
    country = country_words(value.country, (), languages) if value.country else None
    activity = code_words(value.activity, languages, "un_7187")
    rest = described(value, languages, but=frozenset({"activity", "approval_number", "name", "country"}))
    return _line(_comma((f"{activity}: {value.name}" if value.name else activity, approval, country, *rest)))


def _identification(value: AnimalIdentification, languages: Languages) -> tuple[Line, ...]:
    return _line(f"{code_words(value.system, languages, 'opensps_identification_system')} {value.value}")


def _path_end(path: str) -> str:
    """Return the last two steps of a path: paper says what was received, the file where it stood."""
    return "/".join(path.rsplit("/", 2)[-2:])


def _reference(value: ReferencedDocument, languages: Languages) -> tuple[Line, ...]:
    kinds = [code_words(value.relationship, languages, "un_1153")] if value.relationship.value != "ZZZ" else []
    kinds += [code_words(value.type_code, languages, "un_1001")] if value.type_code else []
    country = country_words(value.issuing_country, (), languages) if value.issuing_country else None
    about = value.information.value if value.information else None
    files = (flat(file, languages) for file in value.attachments)
    return _line(_comma((*kinds, value.id, about, country, day(value.issued), *files)))


def _time(value: OfficialTime, _languages: Languages) -> tuple[Line, ...]:
    return _line(day(value) or "")


_WAYS: Mapping[type, Callable[[Any, Languages], tuple[Line, ...]]] = MappingProxyType(
    {
        AdditionalDeclaration: lambda value, _languages: _line(value.text.value),
        Address: _address,
        AnimalIdentification: _identification,
        Area: lambda value, languages: _line(_area(value, languages)),
        Attachment: lambda value, _languages: _line(_comma((value.filename, value.uri))),
        Classification: _classification,
        CountryArea: _country,
        Establishment: _establishment,
        Identifier: lambda value, _languages: _line(value.value),
        Location: _location,
        MainCarriage: _carriage,
        Measure: lambda value, languages: _line(measure_words(value, languages)),
        OfficialTime: _time,
        OtherQuantity: lambda value, _languages: _line(f"{number(value.value)} {value.unit_text}"),
        Package: _package,
        Party: _party,
        Person: _person,
        ReferencedDocument: _reference,
        Residue: lambda value, _languages: _line(f"{_path_end(value.path)}: {value.text}"),
        Seal: _seal,
        Temperature: _temperature,
        Text: lambda value, _languages: _line(value.value),
        TransportEquipment: _equipment,
    }
)
