"""Treatments, processes and establishments as a dialect carries them (`domain.md` 4.5, 5.4)."""

from opensps.certificate import (
    AppliedProcess,
    Characteristic,
    Code,
    Establishment,
    Measure,
    OfficialTime,
    Text,
    Treatment,
)
from opensps.formats.carrying.load import (
    EMPTY,
    LABEL,
    NO_START,
    PROCESS_CODE,
    Load,
    code,
    identifier,
    stripped,
    time,
    words,
)
from opensps.formats.carrying.parties import country, optional_party
from opensps.formats.facts import fact
from opensps.formats.process_roles import ProcessRole, role_of
from opensps.formats.structure import LIST_IDS
from opensps.formats.tags import OTHER_ROLE, TREATMENT_CODE, TREATMENT_TAGS
from opensps.rules import Level

_Period = tuple[OfficialTime | None, OfficialTime | None, Measure | None]


def treatment(load: Load, value: Treatment, path: str) -> Treatment | None:
    """Return a treatment; one that says nothing but its code is left out."""
    process_code = _process_code(load, value, f"{path}.process_code")
    started, ended, duration = _period(load, value, path)
    ingredients = (_fact("TTCH", one) for one in value.active_ingredients)
    fitted = Treatment(
        process_code=process_code,
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
    if _role(fitted, is_tagged=_is_factual(fitted)) is not ProcessRole.TREATMENT:
        load.no_place(path, value=True)
        return None
    return fitted


def _process_code(load: Load, value: Treatment, path: str) -> Code:
    """Return the code of a treatment; in the dialects with tags it is ZZZ."""
    name = value.process_code.name or None
    own = stripped(value.process_code.value)
    if own == TREATMENT_CODE or (load.dialect.is_coded and own is not None):
        return Code(own, LIST_IDS["K7187"], name)
    load.say(Level.INFO, path, PROCESS_CODE)
    return Code(TREATMENT_CODE, LIST_IDS["K7187"], name)


def _is_factual(value: Treatment) -> bool:
    """Tell whether a treatment says a fact that travels under a tag."""
    bare = Treatment(
        value.process_code,
        started=value.started,
        ended=value.ended,
        duration=value.duration,
        country=value.country,
        operator=value.operator,
    )
    return value != bare


def _role(value: Treatment | AppliedProcess, *, is_tagged: bool, is_described: bool = False) -> ProcessRole:
    return role_of(
        value.process_code.value,
        is_tagged=is_tagged,
        is_described=is_described,
        has_duration=value.duration is not None,
        country=value.country,
        operator=value.operator,
    )


def _fact(tag: str, value: Code | Text | None) -> Code | Text | None:
    said = words(value) if value is not None else None
    return fact(tag, said) if said is not None else None


def _period(load: Load, value: Treatment | AppliedProcess | Establishment, path: str) -> _Period:
    """Return start, end and duration; the schema has no end and no duration without a start."""
    started = time(value.started)
    if started is None:
        for name in ("ended", "duration"):
            if getattr(value, name, None) is not None:
                load.say(Level.WARNING, f"{path}.{name}", NO_START)
        return None, None, None
    duration = None if isinstance(value, Establishment) else value.duration
    return started, time(value.ended), load.measure(duration, f"{path}.duration")


def process(load: Load, value: AppliedProcess, path: str) -> AppliedProcess | None:
    """Return another process; what would be read as a treatment or an establishment has no place."""
    received = code(value.process_code, "K7187")
    if received is None:
        load.no_place(path, value=True)
        return None
    started, ended, duration = _period(load, value, path)
    fitted = AppliedProcess(
        process_code=received,
        started=started,
        ended=ended,
        duration=duration,
        characteristics=load.each(value.characteristics, f"{path}.characteristics", _characteristic),
        country=None if value.country is None else country(load, value.country, f"{path}.country"),
        operator=optional_party(load, value.operator, f"{path}.operator"),
    )
    is_tagged = any(map(_is_tagged, value.characteristics))
    if _role(fitted, is_tagged=is_tagged, is_described=bool(fitted.characteristics)) is ProcessRole.OTHER:
        return fitted
    load.no_place(path, value=True)
    return None


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


def establishment(load: Load, value: Establishment, path: str) -> Establishment | None:
    """Return an establishment: its operator by number, its section as the label of its role."""
    activity, number = code(value.activity, "K7187"), identifier(value.approval_number)
    if activity is None or number is None or activity.value == TREATMENT_CODE:
        load.no_place(path, value=True)
        return None
    role = code(value.role, "K3035")
    section = value.section or (role.name if role is not None else None)
    if role is not None and role.name not in {None, section}:
        load.say(Level.INFO, f"{path}.role", LABEL)
    if section is not None and role is None:
        role = Code(OTHER_ROLE, LIST_IDS["K3035"])
    started, ended, _ = _period(load, value, path)
    return Establishment(
        activity=activity,
        approval_number=number,
        name=load.filler(value.name, f"{path}.name"),
        country=value.country,
        section=section,
        role=None if role is None else Code(role.value, role.list_id),
        started=started,
        ended=ended,
    )
