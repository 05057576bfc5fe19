"""Treatments and other processes on the goods (AppliedSPSProcess, `domain.md` 4.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Code,
    CountryArea,
    Measure,
    OfficialTime,
    Party,
    Text,
    Treatment,
)
from opensps.formats.facts import fact
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import country, each, first, party
from opensps.formats.reading.trail import STRAYS, Kids, Trail, local
from opensps.formats.structure import LIST_IDS, RAM
from opensps.formats.tags import TREATMENT_CODE, TREATMENT_TAGS

_DESCRIPTION, _NOTE = f"{{{RAM}}}Description", f"{{{RAM}}}AdditionalInformationSPSNote"
_NO_CODE = Code(TREATMENT_CODE, LIST_IDS["K7187"])


@dataclass(slots=True)
class Processes:
    """What was done to the goods of a line, and the notes that stood inside treatments."""

    treatments: list[Treatment] = field(default_factory=list)
    others: list[AppliedProcess] = field(default_factory=list)
    notes: list[etree._Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Period:
    started: OfficialTime | None = None
    ended: OfficialTime | None = None
    duration: Measure | None = None


@dataclass(slots=True)
class _Fact:
    """One characteristic with its tag taken off."""

    element: etree._Element
    kids: Kids
    contents: Sequence[etree._Element]


def processes(trail: Trail, elements: Iterable[etree._Element], path: str) -> Processes:
    """Return the processes of a line, treatments apart."""
    found = Processes()
    for element in elements:
        _process(trail, element, path, found)
    return found


def _process(trail: Trail, element: etree._Element, path: str, found: Processes) -> None:
    kids = trail.children(element, "Process")
    _take_notes(trail, kids, found)
    received = leaves.first_code(trail, kids.pop("TypeCode", ()), f"{path}.processes", "K7187")
    characteristics = kids.pop("ApplicableSPSProcessCharacteristic", [])
    tags = [_tag(one) for one in characteristics]
    if (received is not None and received.value == TREATMENT_CODE) or any(tags):
        place = f"{path}.treatments[{len(found.treatments)}]"
        treatment = _treatment(trail, kids, received, list(zip(tags, characteristics, strict=True)), place)
        if treatment is not None:
            found.treatments.append(treatment)
    elif received is None:
        trail.not_converted(element, path)
        return
    else:
        place = f"{path}.processes[{len(found.others)}]"
        found.others.append(_other(trail, kids, received, characteristics, place))
    trail.rest(kids)


def _take_notes(trail: Trail, kids: Kids, found: Processes) -> None:
    strays = kids.pop(STRAYS, [])
    for stray in strays:
        if stray.tag == _NOTE:
            trail.say("READ-NOTE-IN-TREATMENT", trail.xpath(stray))
            found.notes.append(stray)
        else:
            kids.setdefault(STRAYS, []).append(stray)


def _tag(characteristic: etree._Element) -> str | None:
    """Return the treatment tag a characteristic begins with."""
    for child in characteristic:
        if child.tag == _DESCRIPTION:
            text = (child.text or "").strip()
            return text if text in TREATMENT_TAGS else None
    return None


def _period(trail: Trail, element: etree._Element, path: str) -> _Period:
    kids = trail.children(element, "Period")
    period = _Period(
        started=leaves.first_time(trail, kids.pop("StartDateTime", ()), f"{path}.started"),
        ended=leaves.first_time(trail, kids.pop("EndDateTime", ()), f"{path}.ended"),
        duration=leaves.measure(trail, kids.pop("DurationMeasure", ()), f"{path}.duration"),
    )
    trail.rest(kids)
    return period


def _surroundings(trail: Trail, kids: Kids, path: str) -> tuple[_Period, CountryArea | None, Party | None]:
    return (
        first(trail, kids.pop("CompletionSPSPeriod", ()), path, _period) or _Period(),
        first(trail, kids.pop("OperationSPSCountry", ()), f"{path}.country", country),
        first(trail, kids.pop("OperatorSPSParty", ()), f"{path}.operator", party),
    )


def _treatment(
    trail: Trail,
    kids: Kids,
    received: Code | None,
    characteristics: list[tuple[str | None, etree._Element]],
    path: str,
) -> Treatment | None:
    if received is None or received.value != TREATMENT_CODE:
        trail.say("READ-PROCESS-CODE", f"{path}.process_code", code=received.value if received else "-")
    facts: dict[str, list[_Fact]] = {tag: [] for tag in TREATMENT_TAGS}
    for tag, element in characteristics:
        if tag is None:
            trail.not_converted(element, path)
        else:
            inner = trail.children(element, "ProcessCharacteristic")
            facts[tag].append(_Fact(element, inner, inner.pop("Description")[1:]))
    period, place, operator = _surroundings(trail, kids, path)
    ingredients = [one for each_ in facts["TTCH"] for one in _facts(trail, "TTCH", each_, path)]
    treatment = Treatment(
        process_code=received or _NO_CODE,
        type_level_1=_first_fact(trail, "TTL1", facts["TTL1"], path),
        type_level_2=_first_fact(trail, "TTL2", facts["TTL2"], path),
        active_ingredients=tuple(ingredients),
        started=period.started,
        ended=period.ended,
        duration=period.duration,
        temperature=_first_measure(trail, facts["TTTM"], f"{path}.temperature"),
        concentration=_first_measure(trail, facts["TTCO"], f"{path}.concentration"),
        additional_information=leaves.texts(trail, _contents(facts["TTAI"]), f"{path}.additional_information"),
        full_text=leaves.texts(trail, _contents(facts["TTFT"]), f"{path}.full_text"),
        country=place,
        operator=operator,
    )
    for group in facts.values():
        for one in group:
            trail.rest(one.kids)
    if treatment == Treatment(treatment.process_code):
        trail.say("READ-EMPTY-TREATMENT", path)
        return None
    return treatment


def _contents(facts: Iterable[_Fact]) -> list[etree._Element]:
    return [content for one in facts for content in one.contents]


def _facts(trail: Trail, tag: str, one: _Fact, path: str) -> list[Code | Text]:
    return [fact(tag, text) for text in leaves.texts(trail, one.contents, path)]


def _first_fact(trail: Trail, tag: str, facts: Sequence[_Fact], path: str) -> Code | Text | None:
    """Return the first thing said under a tag that may say one; what else is said goes to the residue."""
    elements = [one for one in _contents(facts) if (one.text or "").strip() or len(one)]
    for second in elements[1:]:
        trail.say("READ-SECOND-SINGLE", trail.xpath(second), element=tag)
        trail.keep(second)
    said = leaves.texts(trail, elements[:1], path)
    return fact(tag, said[0]) if said else None


def _first_measure(trail: Trail, facts: Sequence[_Fact], path: str) -> Measure | None:
    """Return the measure of the first characteristic of a tag; words beside it and further ones are residue."""
    for one in _contents(facts):
        trail.keep(one)
    for second in facts[1:]:
        trail.say("READ-SECOND-SINGLE", trail.xpath(second.element), element=local(second.element))
    return leaves.measure(trail, facts[0].kids.pop("ValueMeasure", ()), path) if facts else None


def _other(
    trail: Trail, kids: Kids, code: Code, characteristics: Sequence[etree._Element], path: str
) -> AppliedProcess:
    period, place, operator = _surroundings(trail, kids, path)
    return AppliedProcess(
        process_code=code,
        started=period.started,
        ended=period.ended,
        duration=period.duration,
        characteristics=each(trail, characteristics, f"{path}.characteristics", _characteristic),
        country=place,
        operator=operator,
    )


def _characteristic(trail: Trail, element: etree._Element, path: str) -> Characteristic:
    kids = trail.children(element, "ProcessCharacteristic")
    value = Characteristic(
        code=leaves.first_code(trail, kids.pop("TypeCode", ()), path, "K6313"),
        texts=leaves.texts(trail, kids.pop("Description", ()), path),
        value=leaves.measure(trail, kids.pop("ValueMeasure", ()), f"{path}.value"),
        minimum=leaves.measure(trail, kids.pop("MinimumValueMeasure", ()), f"{path}.minimum"),
        maximum=leaves.measure(trail, kids.pop("MaximumValueMeasure", ()), f"{path}.maximum"),
    )
    trail.rest(kids)
    return value
