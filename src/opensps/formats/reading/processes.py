"""Treatments and other processes on the goods (AppliedSPSProcess, `domain.md` 4.5)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from opensps.certificate import AppliedProcess, Characteristic, Code, Text, Texts, Treatment
from opensps.formats.facts import fact
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import country, first, party
from opensps.formats.reading.trail import Elements, Trail, local, plan
from opensps.formats.structure import LIST_IDS, RAM
from opensps.formats.tags import TREATMENT_CODE, TREATMENT_TAGS

_DESCRIPTION, _VALUE = f"{{{RAM}}}Description", f"{{{RAM}}}ValueMeasure"
_CHARACTERISTIC_TAG = f"{{{RAM}}}ApplicableSPSProcessCharacteristic"
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
    others: list[AppliedProcess] = field(default_factory=list)
    notes: list[etree._Element] = field(default_factory=list)


_PERIOD = plan(
    "Period",
    {
        "StartDateTime": ("started", leaves.first_time),
        "EndDateTime": ("ended", leaves.first_time),
        "DurationMeasure": ("duration", leaves.measure),
    },
)


def _period(trail: Trail, elements: Elements, path: str) -> dict[str, Any]:
    return trail.record(elements[0], _PERIOD, path)


def _note_inside(trail: Trail, elements: Elements, _path: str) -> Elements:
    for element in elements:
        trail.say("READ-NOTE-IN-TREATMENT", trail.xpath(element))
    return elements


_PROCESS = plan(
    "Process",
    {
        "TypeCode": ("process_code", leaves.first_code("K7187")),
        "CompletionSPSPeriod": ("_period", _period),
        "ApplicableSPSProcessCharacteristic": ("characteristics", leaves.untouched),
        "OperationSPSCountry": ("country", first(country)),
        "OperatorSPSParty": ("operator", first(party)),
    },
    AdditionalInformationSPSNote=("_notes", _note_inside),
)
_CHARACTERISTIC = plan(
    "ProcessCharacteristic",
    {
        "TypeCode": ("code", leaves.first_code("K6313")),
        "Description": ("texts", leaves.texts),
        "ValueMeasure": ("value", leaves.measure),
        "MinimumValueMeasure": ("minimum", leaves.measure),
        "MaximumValueMeasure": ("maximum", leaves.measure),
    },
)
_MEASURED = plan(
    "ProcessCharacteristic", {"Description": ("_words", leaves.untouched), "ValueMeasure": ("value", leaves.measure)}
)
_WORDED = plan("ProcessCharacteristic", {"Description": ("_words", leaves.untouched)})


def processes(trail: Trail, elements: Iterable[etree._Element], path: str) -> Processes:
    """Return the processes of a line, treatments apart."""
    found = Processes()
    for element in elements:
        _process(trail, element, path, found)
    return found


def _process(trail: Trail, element: etree._Element, path: str, found: Processes) -> None:
    tagged = [(_tag(one), one) for one in element.iterchildren(_CHARACTERISTIC_TAG)]
    place = f"{path}.treatments[{len(found.treatments)}]"
    values = trail.record(element, _PROCESS, place)
    found.notes.extend(values.pop("_notes", ()))
    values |= values.pop("_period", {})
    received = values.get("process_code")
    characteristics = values.pop("characteristics", ())
    if (received is not None and received.value == TREATMENT_CODE) or any(tag for tag, _ in tagged):
        treatment = _treatment(trail, values, tagged, place)
        if treatment is not None:
            found.treatments.append(treatment)
    elif received is None:
        trail.not_converted(element, path)
    else:
        place = f"{path}.processes[{len(found.others)}].characteristics"
        facts = tuple([_characteristic(trail, one, place) for one in characteristics])
        found.others.append(AppliedProcess(characteristics=facts, **values))


def _tag(characteristic: etree._Element) -> str | None:
    """Return the treatment tag a characteristic begins with."""
    described = characteristic.find(_DESCRIPTION)
    text = (described.text or "").strip() if described is not None else ""
    return text if text in TREATMENT_TAGS else None


def _characteristic(trail: Trail, element: etree._Element, path: str) -> Characteristic:
    return Characteristic(**trail.record(element, _CHARACTERISTIC, path))


def _treatment(
    trail: Trail, values: dict[str, Any], tagged: list[tuple[str | None, etree._Element]], path: str
) -> Treatment | None:
    received = values.setdefault("process_code", _NO_CODE)
    if received is _NO_CODE or received.value != TREATMENT_CODE:
        trail.say("READ-PROCESS-CODE", f"{path}.process_code", code="-" if received is _NO_CODE else received.value)
    words: dict[str, list[etree._Element]] = {}
    for tag, element in tagged:
        if tag is None:
            trail.not_converted(element, path)
        elif tag in _MEASURES:
            _measure(trail, element, values, _MEASURES[tag], path)
        else:
            words.setdefault(tag, []).extend(trail.record(element, _WORDED, path)["_words"][1:])
    for tag, elements in words.items():
        values[_WORDS[tag]] = _worded(trail, tag, elements, f"{path}.{_WORDS[tag]}")
    treatment = Treatment(**values)
    if treatment == Treatment(treatment.process_code):
        trail.say("READ-EMPTY-TREATMENT", path)
        return None
    return treatment


def _worded(
    trail: Trail, tag: str, elements: list[etree._Element], path: str
) -> Texts | tuple[Code | Text, ...] | Code | Text | None:
    """Return what is said under a tag: texts, facts, or the one fact that may be said."""
    if tag in {"TTAI", "TTFT"}:
        return leaves.texts(trail, elements, path)
    if tag == "TTCH":
        return tuple([fact(tag, text) for text in leaves.texts(trail, elements, path)])
    said = [one for one in elements if (one.text or "").strip() or len(one)]
    for second in said[1:]:
        trail.say("READ-SECOND-SINGLE", trail.xpath(second), element=tag)
        trail.keep(second)
    first_said = leaves.first_text(trail, said[:1], path)
    return fact(tag, first_said) if first_said is not None else None


def _measure(trail: Trail, element: etree._Element, values: dict[str, Any], field_: str, path: str) -> None:
    """Take the measure of the first characteristic of a tag; words beside it and further ones are residue."""
    if field_ in values:
        trail.say("READ-SECOND-SINGLE", trail.xpath(element), element=local(element))
        for child in element.iterchildren(_VALUE):
            trail.keep(child)
        return
    said = trail.record(element, _MEASURED, path)
    for one in said["_words"][1:]:
        trail.keep(one)
    values[field_] = said.get("value")
