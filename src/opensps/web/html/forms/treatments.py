"""Step "Treatments": disinfestation or disinfection of a line of goods (ISPM 12, Annex 1, part III).

Of animals and food also vaccination, parasites, heat and irradiation; there the process has a code (UNCL 7187), where
a phytosanitary certificate says it in words only.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, CertificateKind, Code, Family, Measure, OfficialTime, Text, Treatment
from opensps.web.html.forms.fields import ChosenField, DayField, LineField, QuantityField, TemperatureField
from opensps.web.html.forms.fitting import CODED, Asked, Wording
from opensps.web.html.forms.goods import coded_choices, keep_choice, measured, unit_field
from opensps.web.html.forms.onlines import OnLinesForm
from opensps.web.html.forms.step import EN, Group, text_in, with_line, with_text

TEMPERATURE_UNITS = ("CEL", "FAH")
DURATION_UNITS = ("HUR", "DAY", "MIN")
CONCENTRATION_UNITS = ("A93", "GL", "KX", "59")
_MEASURES = (
    ("duration", DURATION_UNITS),
    ("temperature", TEMPERATURE_UNITS),
    ("concentration", CONCENTRATION_UNITS),
)
PROCESSES = ("45", "59", "92", "95", "101", "14", "17", "7", "74", "16")
"""UNCL 7187: treatment, biological treatment, disinfection, heat, pasteurisation, sterilisation, irradiation, cold."""

_IN_WORDS = "ZZZ"
"""The code of a process that is told in its fields."""


def _words(thing: Code | Text | None) -> str:
    if isinstance(thing, Code):
        return thing.name or thing.value
    return thing.value if thing else ""


def _kept(before: Code | Text | None, typed: str) -> Code | Text | None:
    """Return what was there when its words did not change: a code stays a code."""
    if not typed:
        return None
    return before if before is not None and _words(before) == typed else Text(typed, EN)


class TreatmentForm(OnLinesForm):
    """One treatment of one line, or, when it is new, of all lines."""

    attribute = "treatments"

    paths: ClassVar[Mapping[str, str]] = {
        "": "treatment",
        "process_code": "process",
        "type_level_1": "treatment",
        "type_level_2": "treatment",
        "active_ingredients": "chemical",
        "started": "started",
        "ended": "ended",
        "duration": "duration",
        "temperature": "temperature",
        "concentration": "concentration",
        "additional_information": "information",
    }

    groups: ClassVar[tuple[Group, ...]] = (
        Group("", (("for_line",), ("process",), ("treatment",), ("chemical",), ("started", "ended"))),
        Group(
            _("Measured values"),
            (
                ("duration", "duration_unit"),
                ("temperature", "temperature_unit"),
                ("concentration", "concentration_unit"),
                ("information",),
            ),
        ),
    )

    only: ClassVar[Mapping[str, frozenset[Family]]] = {"process": CODED}

    worded: ClassVar[Wording] = {
        Family.ANIMAL: {"treatment": Asked(_("Treatment"), _("For example: heat treatment at 70 °C."))},
        Family.FOOD: {"treatment": Asked(_("Treatment"), _("For example: pasteurisation at 72 °C for 15 seconds."))},
        CertificateKind.ANIMAL_HEALTH: {
            "for_line": Asked(_("Which animals were treated")),
            "treatment": Asked(_("Treatment"), _("For example: vaccination against equine influenza.")),
            "chemical": Asked(
                _("Vaccine or medicine, active ingredient"), _("Several: separate them with semicolons.")
            ),
        },
    }

    for_line = ChosenField(label=_("Which goods were treated"))
    process = ChosenField(
        label=_("Kind of treatment"),
        help_text=_("Vaccination is a biological treatment."),
        choices=lambda: coded_choices("un_7187", wanted=PROCESSES)[1:],
        initial=PROCESSES[0],
    )
    treatment = LineField(
        label=_("Treatment"), help_text=_("For example: cold treatment, fumigation, heat treatment."), max_length=256
    )
    chemical = LineField(
        label=_("Chemical, active ingredient"),
        help_text=_("Several: separate them with semicolons."),
        required=False,
        max_length=256,
    )
    started = DayField(label=_("Day it started"), help_text=_("For example 2 November 2026."))
    ended = DayField(label=_("Day it ended"), required=False)
    duration = QuantityField(label=_("Duration"), required=False)
    duration_unit = unit_field(DURATION_UNITS)
    temperature = TemperatureField(label=_("Temperature"), required=False)
    temperature_unit = unit_field(TEMPERATURE_UNITS)
    concentration = QuantityField(label=_("Concentration"), required=False)
    concentration_unit = unit_field(CONCENTRATION_UNITS)
    information = LineField(label=_("Additional information"), required=False, max_length=400)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*(f"{name}_unit" for name, _units in _MEASURES), "process"):
            if name in self.fields:
                keep_choice(self, name)

    def clean_treatment(self) -> str:
        """Return the treatment's name; without it there is nothing to record."""
        if not self.cleaned_data["treatment"]:
            raise ValidationError(_("Enter the treatment, for example cold treatment."), code="required")
        return str(self.cleaned_data["treatment"])

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the treatment."""
        if self.place is None:
            return {}
        treatment = value.lines[self.place[0]].treatments[self.place[1]]
        shown: dict[str, Any] = {
            "process": treatment.process_code.value,
            "treatment": _words(treatment.type_level_1),
            "chemical": "; ".join(_words(thing) for thing in treatment.active_ingredients),
            "started": treatment.started.on if treatment.started else None,
            "ended": treatment.ended.on if treatment.ended else None,
            "information": text_in(treatment.additional_information, EN),
        }
        for name, units in _MEASURES:
            measure: Measure | None = getattr(treatment, name)
            shown[name] = measure.value if measure else None
            shown[f"{name}_unit"] = measure.unit if measure and measure.unit else units[0]
        return shown

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with this treatment changed, or added to the chosen lines."""
        if self.place is not None:
            n, k = self.place
            done = value.lines[n].treatments
            changed = _treated(done[k], self.cleaned_data)
            return with_line(value, n, replace(value.lines[n], treatments=(*done[:k], changed, *done[k + 1 :])))
        fresh = _treated(Treatment(Code(_IN_WORDS)), self.cleaned_data)
        for n in self.chosen_lines(value):
            line = value.lines[n]
            value = with_line(value, n, replace(line, treatments=(*line.treatments, fresh)))
        return value


def _treated(before: Treatment, cleaned: Mapping[str, Any]) -> Treatment:
    names = tuple(
        part for part in (" ".join(p.split()) for p in cleaned["chemical"].replace("；", ";").split(";")) if part
    )
    known = {_words(thing): thing for thing in before.active_ingredients}
    process = cleaned.get("process") or before.process_code.value
    return replace(
        before,
        process_code=before.process_code if before.process_code.value == process else Code(process, "un_7187"),
        type_level_1=_kept(before.type_level_1, cleaned["treatment"]),
        active_ingredients=tuple(known.get(name, Text(name, EN)) for name in names),
        started=_day(before.started, cleaned["started"]),
        ended=_day(before.ended, cleaned["ended"]),
        additional_information=with_text(before.additional_information, EN, cleaned["information"]),
        full_text=(),
        duration=measured(cleaned, "duration", DURATION_UNITS),
        temperature=measured(cleaned, "temperature", TEMPERATURE_UNITS),
        concentration=measured(cleaned, "concentration", CONCENTRATION_UNITS),
    )


def _day(before: OfficialTime | None, day: Any) -> OfficialTime | None:
    if day is None:
        return None
    return before if before is not None and before.on == day else OfficialTime(on=day)
