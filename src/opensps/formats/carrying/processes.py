"""Treatments, processes and establishments as the ephyto dialect carries them (`domain.md` 4.5)."""

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Code,
    CountryArea,
    Establishment,
    Measure,
    OfficialTime,
    Party,
    Text,
    Treatment,
)
from opensps.formats.carrying.load import EMPTY, NO_START, PROCESS_CODE, Load, code, stripped, time, words
from opensps.formats.carrying.parties import country, optional_party
from opensps.formats.facts import fact
from opensps.formats.structure import LIST_IDS
from opensps.formats.tags import TREATMENT_CODE, TREATMENT_TAGS
from opensps.rules import Level

_Period = tuple[OfficialTime | None, OfficialTime | None, Measure | None]


def treatment(load: Load, value: Treatment, path: str) -> Treatment | None:
    """Return a treatment; one that says nothing but its code is left out."""
    if value.process_code.value != TREATMENT_CODE:
        load.say(Level.INFO, f"{path}.process_code", PROCESS_CODE)
    started, ended, duration = _period(load, value, path)
    ingredients = (_fact("TTCH", one) for one in value.active_ingredients)
    fitted = Treatment(
        process_code=Code(TREATMENT_CODE, LIST_IDS["K7187"], value.process_code.name or None),
        type_level_1=_fact("TTL1", value.type_level_1),
        type_level_2=_fact("TTL2", value.type_level_2),
        active_ingredients=tuple(one for one in ingredients if one is not None),
        started=started,
        ended=ended,
        duration=duration,
        temperature=load.measure(value.temperature, f"{path}.temperature"),
        concentration=load.measure(value.concentration, f"{path}.concentration"),
        additional_information=value.additional_information,
        full_text=value.full_text,
        country=None if value.country is None else country(load, value.country, f"{path}.country"),
        operator=optional_party(load, value.operator, f"{path}.operator"),
    )
    if fitted == Treatment(fitted.process_code):
        load.say(Level.WARNING, path, EMPTY)
        return None
    return fitted


def _fact(tag: str, value: Code | Text | None) -> Code | Text | None:
    said = words(value) if value is not None else None
    return fact(tag, said) if said is not None else None


def _period(load: Load, value: Treatment | AppliedProcess, path: str) -> _Period:
    """Return start, end and duration; the schema has no end and no duration without a start."""
    started = time(value.started)
    if started is None:
        for name in ("ended", "duration"):
            if getattr(value, name) is not None:
                load.say(Level.WARNING, f"{path}.{name}", NO_START)
        return None, None, None
    return started, time(value.ended), load.measure(value.duration, f"{path}.duration")


def process(load: Load, value: AppliedProcess, path: str) -> AppliedProcess | None:
    """Return another process; what would be read as a treatment has no place."""
    received = code(value.process_code, "K7187")
    if received is None or received.value == TREATMENT_CODE or any(map(_is_tagged, value.characteristics)):
        load.no_place(path, value=True)
        return None
    started, ended, duration = _period(load, value, path)
    return AppliedProcess(
        process_code=received,
        started=started,
        ended=ended,
        duration=duration,
        characteristics=load.each(value.characteristics, f"{path}.characteristics", _characteristic),
        country=None if value.country is None else country(load, value.country, f"{path}.country"),
        operator=optional_party(load, value.operator, f"{path}.operator"),
    )


def _is_tagged(value: Characteristic) -> bool:
    return bool(value.texts) and value.texts[0].value in TREATMENT_TAGS


def _characteristic(load: Load, value: Characteristic, path: str) -> Characteristic:
    return Characteristic(
        code=code(value.code, "K6313"),
        texts=value.texts,
        value=load.measure(value.value, f"{path}.value"),
        minimum=load.measure(value.minimum, f"{path}.minimum"),
        maximum=load.measure(value.maximum, f"{path}.maximum"),
    )


def from_establishment(value: Establishment) -> AppliedProcess:
    """Return an establishment as the process it is written as: operator with approval number, section as role."""
    section = stripped(value.section)
    role = value.role if section is None else Code(value.role.value if value.role else "ZZZ", None, section)
    return AppliedProcess(
        process_code=value.activity,
        started=value.started,
        ended=value.ended,
        country=None if value.country is None else CountryArea(value.country),
        operator=Party(name=value.name, ids=(value.approval_number,), role=role),
    )
