"""Step "Transport and route": destination, way, conveyance, point of entry, container (ISPM 12, Annex 1, part I)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.certificate import (
    Certificate,
    CertificateKind,
    Code,
    CountryArea,
    Family,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Seal,
    Temperature,
    Text,
    TransportCondition,
    TransportEquipment,
    country_code,
)
from opensps.web.html.forms.fields import (
    ChosenField,
    CountriesField,
    CountryField,
    DayField,
    LineField,
    LinesField,
    TemperatureField,
)
from opensps.web.html.forms.fitting import CODED, Asked, Wording
from opensps.web.html.forms.goods import coded_choices, keep_choice
from opensps.web.html.forms.step import EN, Group, StepForm, text_in, with_consignment, with_text

MODES = ("1", "3", "4", "2", "8", "5")
"""Rec 19: sea, road, air, rail, inland water, post."""

_NO_CONDITION = "NONE"
"""The answer that there is no condition, where the kind does not demand one."""

_CELSIUS = "CEL"
_ON_THE_WAY = Code("2", "un_6245")
"""UNCL 6245: transport temperature."""

_PORT = forms.TextInput(attrs={"class": "w10", "spellcheck": "false", "autocapitalize": "characters"})


class TransportForm(StepForm):
    """Where the goods go and how they travel."""

    paths: ClassVar[Mapping[str, str]] = {
        "consignment.import_country": "destination",
        "consignment.transit_countries": "transit",
        "consignment.place_of_loading": "loading_name",
        "consignment.place_of_loading.id": "loading_code",
        "consignment.transport_condition": "condition",
        "consignment.transport_equipment[0].temperatures": "coldest",
        "consignment.point_of_entry": "entry_name",
        "consignment.point_of_entry.id": "entry_code",
        "consignment.main_carriages": "mode",
        "consignment.main_carriages[0].id": "conveyance_id",
        "consignment.main_carriages[0].means_name": "conveyance_name",
        "consignment.transport_equipment": "container",
        "consignment.transport_equipment[0].seals": "seals",
        "consignment.export_exit": "departure",
        "consignment.availability_due": "arrival",
    }

    groups: ClassVar[tuple[Group, ...]] = (
        Group(
            _("Where it goes"),
            (("destination",), ("transit",), ("loading_name", "loading_code"), ("entry_name", "entry_code")),
        ),
        Group(
            _("How it travels"),
            (
                ("mode",),
                ("conveyance_name", "conveyance_id"),
                ("container",),
                ("seals",),
                ("condition",),
                ("coldest", "warmest"),
            ),
        ),
        Group(_("When"), (("departure", "arrival"),)),
    )

    marked: ClassVar[Mapping[str, str]] = {
        "loading_name": "consignment.place_of_loading",
        "entry_name": "consignment.point_of_entry",
        "mode": "consignment.main_carriages",
        "container": "consignment.transport_equipment",
        "condition": "consignment.transport_condition",
        "departure": "consignment.export_exit",
    }

    only: ClassVar[Mapping[str, frozenset[Family]]] = dict.fromkeys(
        ("loading_name", "loading_code", "condition", "coldest", "warmest"), CODED
    )

    worded: ClassVar[Wording] = {
        family: {
            "entry_name": Asked(_("Point of entry"), _("Port, airport or border post where the consignment enters.")),
            "conveyance_name": Asked(_("Name of the ship or vehicle")),
            "seals": Asked(_("Seal numbers"), _("One a line.")),
        }
        for family in CODED
    } | {
        CertificateKind.ANIMAL_HEALTH: {
            "condition": Asked(_("Temperature during transport"), _("Only where the animals need it.")),
            "container": Asked(_("Number of the container, horse box or crate")),
        }
    }

    printed: ClassVar[Mapping[str, str]] = {
        "loading_name": "consignment.place_of_loading",
        "entry_name": "consignment.point_of_entry",
        "conveyance_name": "consignment.main_carriages",
        "condition": "consignment.transport_condition",
    }

    destination = CountryField(label=_("Country of destination"))
    transit = CountriesField(
        label=_("Countries of transit"),
        help_text=_("One a line, in the order of the journey."),
        required=False,
    )
    loading_name = LineField(
        label=_("Place of loading"),
        help_text=_("Port, airport or town where the consignment is loaded for export."),
        max_length=256,
    )
    loading_code = LineField(
        label=_("UN/LOCODE of the place of loading"),
        help_text=_("Five characters, for example XAPAL."),
        required=False,
        max_length=5,
        widget=_PORT,
    )
    entry_name = LineField(
        label=_("Point of entry"),
        help_text=_(
            "Port, airport or border post where the goods enter. Printed in the box “Declared point of entry”."
        ),
        max_length=256,
    )
    entry_code = LineField(
        label=_("UN/LOCODE of the point of entry"),
        help_text=_("Five characters, for example XBNPT."),
        required=False,
        max_length=5,
        widget=_PORT,
    )
    mode = ChosenField(
        label=_("Means of transport"),
        choices=lambda: coded_choices("un_rec19", wanted=MODES)[1:],
        widget=forms.RadioSelect,
    )
    conveyance_name = LineField(
        label=_("Name of the ship or vehicle"),
        help_text=_("Printed in the box “Declared means of conveyance”."),
        required=False,
        max_length=256,
    )
    conveyance_id = LineField(label=_("Voyage, flight or registration number"), required=False, max_length=256)
    container = LineField(
        label=_("Container number"),
        help_text=_("Four letters and seven digits, like ZZZU 123456 4."),
        required=False,
        max_length=35,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )
    seals = LinesField(label=_("Seal numbers"), help_text=_("One a line."), required=False, rows=2)
    condition = ChosenField(
        label=_("Temperature during transport and storage"),
        choices=lambda: coded_choices("product_temperature", wanted=tuple(TransportCondition))[1:],
        widget=forms.RadioSelect,
    )
    coldest = TemperatureField(
        label=_("Lowest temperature (°C)"), help_text=_("Set in the container, for example 2."), required=False
    )
    warmest = TemperatureField(
        label=_("Highest temperature (°C)"), help_text=_("Set in the container, for example -18."), required=False
    )
    departure = DayField(label=_("Day of departure"), help_text=_("For example 18 November 2026."), required=False)
    arrival = DayField(label=_("Expected day of arrival"), help_text=_("For example 30 November 2026."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_choice(self, "mode")
        if "condition" in self.fields and not self.fields["condition"].required:
            field: Any = self.fields["condition"]
            field.choices = [*field.choices, (_NO_CONDITION, _("No special temperature"))]

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        consignment = value.consignment
        entry = consignment.point_of_entry or Location()
        carriage = consignment.main_carriages[0] if consignment.main_carriages else None
        box = consignment.transport_equipment[0] if consignment.transport_equipment else TransportEquipment()
        loading = consignment.place_of_loading or Location()
        kept = box.temperatures[0] if box.temperatures else Temperature()
        return {
            "loading_name": text_in(loading.names, EN),
            "loading_code": loading.id.value if loading.id else "",
            "condition": consignment.transport_condition or _NO_CONDITION,
            "coldest": kept.minimum.value if kept.minimum else None,
            "warmest": kept.maximum.value if kept.maximum else None,
            "destination": consignment.import_country.code or "",
            "transit": tuple(area.code for area in consignment.transit_countries if area.code),
            "entry_name": text_in(entry.names, EN),
            "entry_code": entry.id.value if entry.id else "",
            "mode": carriage.mode.value if carriage else "",
            "conveyance_id": carriage.id.value if carriage and carriage.id else "",
            "conveyance_name": carriage.means_name.value if carriage and carriage.means_name else "",
            "container": box.id.value if box.id else "",
            "seals": tuple(seal.id for seal in box.seals),
            "departure": consignment.export_exit.on if consignment.export_exit else None,
            "arrival": consignment.availability_due.on if consignment.availability_due else None,
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the means of transport where only its name or number was given."""
        cleaned = super().clean() or {}
        if (cleaned.get("conveyance_name") or cleaned.get("conveyance_id")) and not cleaned.get("mode"):
            self.add_error("mode", _("Choose the means of transport."))
        coldest, warmest = cleaned.get("coldest"), cleaned.get("warmest")
        if coldest is not None and warmest is not None and coldest > warmest:
            self.add_error("warmest", _("The highest temperature is below the lowest. Change one of the two."))
        return cleaned

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with route and conveyance as answered."""
        consignment, cleaned = value.consignment, self.cleaned_data
        return with_consignment(
            value,
            import_country=_country(consignment.import_country, cleaned["destination"]),
            transit_countries=tuple(_known(consignment.transit_countries, code) for code in cleaned["transit"]),
            point_of_entry=_place(consignment.point_of_entry, cleaned["entry_name"], cleaned["entry_code"]),
            main_carriages=_carriages(consignment.main_carriages, cleaned),
            transport_equipment=_equipment(consignment.transport_equipment, cleaned),
            export_exit=_day(consignment.export_exit, cleaned["departure"]),
            availability_due=_day(consignment.availability_due, cleaned["arrival"]),
            **_in_some_kinds(consignment.place_of_loading, cleaned),
        )


def _in_some_kinds(loading: Location | None, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered of the questions not every kind asks; the rest stays as it was."""
    changes: dict[str, Any] = {}
    if "loading_name" in cleaned:
        changes["place_of_loading"] = _place(loading, cleaned["loading_name"], cleaned.get("loading_code", ""))
    if "condition" in cleaned:
        condition = cleaned["condition"]
        is_one = condition in TransportCondition.__members__
        changes["transport_condition"] = TransportCondition(condition) if is_one else None
    return changes


def _country(before: CountryArea, code: str) -> CountryArea:
    if not code:
        return CountryArea()
    return before if before.code == code else CountryArea(country_code(code))


def _known(before: tuple[CountryArea, ...], code: str) -> CountryArea:
    return next((area for area in before if area.code == code), CountryArea(country_code(code)))


def _place(before: Location | None, name: str, typed: str) -> Location | None:
    place = before or Location()
    code = typed.upper()
    same = place.id is not None and place.id.value == code
    identifier = place.id if same else Identifier(code, "un_locode") if code else None
    found = replace(place, id=identifier, names=with_text(place.names, EN, name))
    return None if found == Location() else found


def _carriages(before: tuple[MainCarriage, ...], cleaned: Mapping[str, Any]) -> tuple[MainCarriage, ...]:
    if not cleaned["mode"]:
        return before[1:]
    mode = Code(cleaned["mode"], "un_rec19")
    first = before[0] if before else MainCarriage(mode)
    number = cleaned["conveyance_id"]
    same = first.id is not None and first.id.value == number
    changed = replace(
        first,
        mode=first.mode if first.mode.value == mode.value else mode,
        id=first.id if same else Identifier(number) if number else None,
        means_name=Text(cleaned["conveyance_name"]) if cleaned["conveyance_name"] else None,
    )
    return (changed, *before[1:])


def _equipment(before: tuple[TransportEquipment, ...], cleaned: Mapping[str, Any]) -> tuple[TransportEquipment, ...]:
    first = before[0] if before else TransportEquipment()
    number = " ".join(cleaned["container"].upper().split())
    same = first.id is not None and first.id.value == number
    seals = {seal.id: seal for seal in first.seals}
    changed = replace(
        first,
        id=first.id if same else Identifier(number) if number else None,
        seals=tuple(seals.get(name, Seal(name)) for name in cleaned["seals"]),
        temperatures=_temperatures(first.temperatures, cleaned),
    )
    return before[1:] if changed == TransportEquipment() else (changed, *before[1:])


def _temperatures(before: tuple[Temperature, ...], cleaned: Mapping[str, Any]) -> tuple[Temperature, ...]:
    """Return the temperatures with the first as answered, in degrees Celsius; one in other units stays."""
    if "coldest" not in cleaned:
        return before
    first = before[0] if before else Temperature(type_code=_ON_THE_WAY)
    changed = replace(
        first,
        minimum=_degrees(first.minimum, cleaned["coldest"]),
        maximum=_degrees(first.maximum, cleaned["warmest"]),
    )
    is_empty = changed.value is None and changed.minimum is None and changed.maximum is None
    return before[1:] if is_empty else (changed, *before[1:])


def _degrees(before: Measure | None, value: Any) -> Measure | None:
    if value is None:
        return None
    return before if before is not None and before.value == value else Measure(value, _CELSIUS)


def _day(before: OfficialTime | None, day: Any) -> OfficialTime | None:
    if day is None:
        return None
    return before if before is not None and before.on == day else OfficialTime(on=day)
