"""ISPM 12, Annex 1, part III: disinfestation and/or disinfection treatment."""

from collections.abc import Iterator
from decimal import Decimal

from opensps.certificate import Treatment
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import PLANTS, Found, Rule, on_treatments

_PART = "ISPM 12, section 5 and Annex 1, part III"
_PLAUSIBLE = {
    "CEL": (Decimal(-80), Decimal(300)),
    "FAH": (Decimal(-112), Decimal(572)),
    "KEL": (Decimal(193), Decimal(573)),
}
"""Unit to lowest and highest temperature goods are treated at."""


def _ends_before_it_starts(treatment: Treatment) -> bool:
    started, ended = treatment.started, treatment.ended
    if started is None or ended is None:
        return False
    if started.at and ended.at:
        return ended.at < started.at
    return ended.on < started.on


def _temperature_not_plausible(treatment: Treatment) -> bool:
    temperature = treatment.temperature
    if temperature is None or temperature.unit not in _PLAUSIBLE:
        return False
    lowest, highest = _PLAUSIBLE[temperature.unit]
    return not lowest <= temperature.value <= highest


def _starts_after_issue(case: Case) -> Iterator[Found]:
    issued = case.document.issued
    for path, treatment in case.every(Treatment):
        if issued and treatment.started and treatment.started.on > issued.on:
            yield f"{path}.started", {"date": treatment.started.on.isoformat()}


def _without_kind(treatment: Treatment) -> bool:
    return not (treatment.type_level_1 or treatment.type_level_2 or treatment.full_text)


def _without_date(treatment: Treatment) -> bool:
    return treatment.started is None and treatment.ended is None


def _without_duration(treatment: Treatment) -> bool:
    has_period = treatment.started is not None and treatment.ended is not None
    return bool(treatment.active_ingredients) and treatment.duration is None and not has_period


_MISSING = Area.MANDATORY_ELEMENTS

RULES = (
    Rule(
        "ISPM12-III-KIND",
        f"{_PART} (treatment)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: choose the kind of treatment, or remove the treatment.",
        on_treatments("type_level_1", _without_kind),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-PERIOD",
        f"{_PART} (date, duration)",
        Level.SEVERE,
        Area.CONSISTENCY,
        "Line %(line)s: check start and end of the treatment; it ends before it starts.",
        on_treatments("ended", _ends_before_it_starts),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-DATE",
        f"{_PART} (date)",
        Level.WARNING,
        _MISSING,
        "Line %(line)s: enter the date of the treatment.",
        on_treatments("started", _without_date),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-CONCENTRATION",
        f"{_PART} (concentration)",
        Level.WARNING,
        _MISSING,
        "Line %(line)s: enter the concentration or dose of the active ingredient.",
        on_treatments("concentration", lambda one: bool(one.active_ingredients) and one.concentration is None),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-CHEMICAL",
        f"{_PART} (chemical (active ingredient))",
        Level.WARNING,
        _MISSING,
        "Line %(line)s: name the active ingredient the concentration is of.",
        on_treatments("active_ingredients", lambda one: one.concentration is not None and not one.active_ingredients),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-DURATION",
        f"{_PART} (duration and temperature)",
        Level.WARNING,
        _MISSING,
        "Line %(line)s: enter how long the treatment lasted, or when it began and ended.",
        on_treatments("duration", _without_duration),
        PLANTS,
    ),
    Rule(
        "ISPM12-III-TEMPERATURE",
        f"{_PART} (duration and temperature)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Line %(line)s: check the temperature of the treatment and its unit; it is out of the usual range.",
        on_treatments("temperature", _temperature_not_plausible),
        PLANTS,
    ),
)

AT_ISSUE = (
    Rule(
        "ISPM12-III-LATER",
        f"{_PART} (date)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Check the date of the treatment: %(date)s is after the date of issue, as only treatment in transit is.",
        _starts_after_issue,
        PLANTS,
    ),
)
