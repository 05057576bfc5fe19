"""Treatments, establishments and other processes on the goods (AppliedSPSProcess, `domain.md` 4.5, 5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Code,
    CountryArea,
    Establishment,
    Party,
    Text,
    Treatment,
)
from opensps.formats.facts import fact
from opensps.formats.process_roles import TREATMENT_PROCESSES, ProcessRole, role_of
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import country, party
from opensps.formats.reading.trail import Elements, Path, Trail, local, plan
from opensps.formats.structure import LIST_IDS, RAM
from opensps.formats.tags import TREATMENT_CODE, TREATMENT_TAGS

_DESCRIPTION, _VALUE = f"{{{RAM}}}Description", f"{{{RAM}}}ValueMeasure"
_MEASURES = {"TTTM": "temperature", "TTCO": "concentration"}
_WORDS = {
    "TTL1": "type_level_1",
    "TTL2": "type_level_2",
    "TTCH": "active_ingredients",
    "TTAI": "additional_information",
    "TTFT": "full_text",
}
_NO_CODE = Code(TREATMENT_CODE, LIST_IDS["K7187"])


@dataclass(slots=True)
class Processes:
    """What was done to the goods of a line, and the notes that stood inside treatments."""

    treatments: list[Treatment] = field(default_factory=list)
    establishments: list[Establishment] = field(default_factory=list)
    others: list[AppliedProcess] = field(default_factory=list)
    notes: Elements = field(default_factory=list)


_PERIOD = plan(
    "Period",
    {
        "StartDateTime": ("started", leaves.time),
        "EndDateTime": ("ended", leaves.time),
        "DurationMeasure": ("duration", leaves.measure),
    },
)


def _period(trail: Trail, element: etree._Element, path: Path) -> dict[str, Any]:
    return trail.record(element, _PERIOD, path)


def _note_inside(trail: Trail, element: etree._Element, _path: Path) -> etree._Element:
    trail.say("READ-NOTE-IN-TREATMENT", trail.xpath(element))
    return element


_PROCESS = plan(
    "Process",
    {
        "TypeCode": ("process_code", leaves.code_of("K7187")),
        "CompletionSPSPeriod": ("_period", _period),
        "ApplicableSPSProcessCharacteristic": ("characteristics", leaves.untouched),
        "OperationSPSCountry": ("country", country),
        "OperatorSPSParty": ("operator", party),
    },
    AdditionalInformationSPSNote=("_notes", _note_inside),
)
_CHARACTERISTIC = plan(
    "ProcessCharacteristic",
    {
        "TypeCode": ("code", leaves.code_of("K6313")),
        "Description": ("texts", leaves.text),
        "ValueMeasure": ("value", leaves.measure),
        "MinimumValueMeasure": ("minimum", leaves.measure),
        "MaximumValueMeasure": ("maximum", leaves.measure),
    },
)
_MEASURED = plan(
    "ProcessCharacteristic", {"Description": ("_words", leaves.untouched), "ValueMeasure": ("value", leaves.measure)}
)
_WORDED = plan("ProcessCharacteristic", {"Description": ("_words", leaves.untouched)})


def processes(trail: Trail, elements: Iterable[etree._Element], path: Path) -> Processes:
    """Return the processes of a line, treatments and establishments apart."""
    found = Processes()
    for element in elements:
        _process(trail, element, path, found)
    return found


def _process(trail: Trail, element: etree._Element, path: Path, found: Processes) -> None:
    place: Path = ((path, ".treatments"), len(found.treatments))
    values = trail.record(element, _PROCESS, place)
    found.notes.extend(values.pop("_notes", ()))
    values |= values.pop("_period", {})
    characteristics = values.pop("characteristics", ())
    tagged = [(_tag(one), one) for one in characteristics]
    received = values.get("process_code")
    role = role_of(
        received.value if received is not None else None,
        is_tagged=any(tag for tag, _ in tagged),
        is_described=bool(characteristics),
        has_duration="duration" in values,
        country=values.get("country"),
        operator=values.get("operator"),
    )
    if role is ProcessRole.TREATMENT:
        treatment = _treatment(trail, values, tagged, place)
        found.treatments.extend(() if treatment is None else (treatment,))
    elif role is ProcessRole.ESTABLISHMENT:
        trail.trace(((path, ".establishments"), len(found.establishments)), element)
        found.establishments.append(establishment(**values))
    elif received is None:
        trail.not_converted(element, path)
    else:
        place = ((path, ".processes"), len(found.others))
        trail.trace(place, element)
        facts = [
            _characteristic(trail, one, ((place, ".characteristics"), index))
            for index, one in enumerate(characteristics)
        ]
        found.others.append(AppliedProcess(characteristics=tuple(facts), **values))


def establishment(
    *, process_code: Code, operator: Party, country: CountryArea | None = None, **period: Any
) -> Establishment:
    """Return the establishment a process of that role is: its operator by number, its section in the role's label."""
    role = operator.role
    return Establishment(
        activity=process_code,
        approval_number=operator.ids[0],
        name=operator.name,
        country=None if country is None else country.code,
        section=None if role is None else role.name,
        role=None if role is None else Code(role.value, role.list_id),
        **period,
    )


def _tag(characteristic: etree._Element) -> str | None:
    """Return the treatment tag a characteristic begins with."""
    described = characteristic.find(_DESCRIPTION)
    text = (described.text or "").strip() if described is not None else ""
    return text if text in TREATMENT_TAGS else None


def _characteristic(trail: Trail, element: etree._Element, path: Path) -> Characteristic:
    return Characteristic(**trail.record(element, _CHARACTERISTIC, path))


def _treatment(
    trail: Trail, values: dict[str, Any], tagged: list[tuple[str | None, etree._Element]], path: Path
) -> Treatment | None:
    received = values.setdefault("process_code", _NO_CODE)
    if received is _NO_CODE or received.value not in TREATMENT_PROCESSES:
        code = "-" if received is _NO_CODE else received.value
        trail.say("READ-PROCESS-CODE", (path, ".process_code"), code=code)
    words: dict[str, Elements] = {}
    for tag, element in tagged:
        if tag is None:
            trail.not_converted(element, path)
        elif tag in _MEASURES:
            _measure(trail, element, values, _MEASURES[tag], path)
        else:
            words.setdefault(tag, []).extend(trail.record(element, _WORDED, (path, f".{_WORDS[tag]}"))["_words"][1:])
    for tag, elements in words.items():
        values[_WORDS[tag]] = _worded(trail, tag, elements, (path, f".{_WORDS[tag]}"))
    treatment = Treatment(**values)
    if treatment == Treatment(treatment.process_code):
        trail.say("READ-EMPTY-TREATMENT", path)
        return None
    return treatment


def _worded(
    trail: Trail, tag: str, elements: Elements, path: Path
) -> tuple[Text, ...] | tuple[Code | Text, ...] | Code | Text | None:
    """Return what is said under a tag: texts, facts, or the one fact that may be said."""
    if tag in {"TTL1", "TTL2"}:
        return _one_fact(trail, tag, elements, path)
    said = [leaves.text(trail, one, path) for one in elements]
    texts = tuple([one for one in said if one is not None])
    return texts if tag != "TTCH" else tuple([fact(tag, one) for one in texts])


def _one_fact(trail: Trail, tag: str, elements: Elements, path: Path) -> Code | Text | None:
    said = [one for one in elements if (one.text or "").strip() or len(one)]
    for second in said[1:]:
        trail.say("READ-SECOND-SINGLE", trail.xpath(second), element=tag)
        trail.keep(second)
    first_said = leaves.text(trail, said[0], path) if said else None
    return fact(tag, first_said) if first_said is not None else None


def _measure(trail: Trail, element: etree._Element, values: dict[str, Any], field_: str, path: Path) -> None:
    """Take the measure of the first characteristic of a tag; words beside it and further ones are residue."""
    if field_ in values:
        trail.say("READ-SECOND-SINGLE", trail.xpath(element), element=local(element))
        for child in element.iterchildren(_VALUE):
            trail.keep(child)
        return
    said = trail.record(element, _MEASURED, (path, f".{field_}"))
    for one in said["_words"][1:]:
        trail.keep(one)
    values[field_] = said.get("value")
