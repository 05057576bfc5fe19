"""Step "Transport and route": destination, way, conveyance, point of entry, container (ISPM 12, Annex 1, part I)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.certificate import (
    Certificate,
    Code,
    CountryArea,
    Identifier,
    Location,
    MainCarriage,
    OfficialTime,
    Seal,
    Text,
    TransportEquipment,
    country_code,
)
from opensps.web.html.forms.fields import ChosenField, CountriesField, CountryField, DayField, LineField, LinesField
from opensps.web.html.forms.goods import coded_choices, keep_choice
from opensps.web.html.forms.step import EN, Group, StepForm, text_in, with_consignment, with_text

MODES = ("1", "3", "4", "2", "8", "5")
"""Rec 19: sea, road, air, rail, inland water, post."""


class TransportForm(StepForm):
    """Where the goods go and how they travel."""

    paths: ClassVar[Mapping[str, str]] = {
        "consignment.import_country": "destination",
        "consignment.transit_countries": "transit",
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
        Group(_("Where it goes"), (("destination",), ("transit",), ("entry_name", "entry_code"))),
        Group(_("How it travels"), (("mode",), ("conveyance_name", "conveyance_id"), ("container",), ("seals",))),
        Group(_("When"), (("departure", "arrival"),)),
    )

    destination = CountryField(label=_("Country of destination"))
    transit = CountriesField(
        label=_("Countries of transit"),
        help_text=_("One a line, in the order of the journey."),
        required=False,
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
        widget=forms.TextInput(attrs={"class": "w10", "spellcheck": "false", "autocapitalize": "characters"}),
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
    departure = DayField(label=_("Day of departure"), help_text=_("For example 18 November 2026."), required=False)
    arrival = DayField(label=_("Expected day of arrival"), help_text=_("For example 30 November 2026."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_choice(self, "mode")

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the value."""
        consignment = value.consignment
        entry = consignment.point_of_entry or Location()
        carriage = consignment.main_carriages[0] if consignment.main_carriages else None
        box = consignment.transport_equipment[0] if consignment.transport_equipment else TransportEquipment()
        return {
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
        return cleaned

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with route and conveyance as answered."""
        consignment, cleaned = value.consignment, self.cleaned_data
        return with_consignment(
            value,
            import_country=_country(consignment.import_country, cleaned["destination"]),
            transit_countries=tuple(_known(consignment.transit_countries, code) for code in cleaned["transit"]),
            point_of_entry=_entry(consignment.point_of_entry, cleaned),
            main_carriages=_carriages(consignment.main_carriages, cleaned),
            transport_equipment=_equipment(consignment.transport_equipment, cleaned),
            export_exit=_day(consignment.export_exit, cleaned["departure"]),
            availability_due=_day(consignment.availability_due, cleaned["arrival"]),
        )


def _country(before: CountryArea, code: str) -> CountryArea:
    if not code:
        return CountryArea()
    return before if before.code == code else CountryArea(country_code(code))


def _known(before: tuple[CountryArea, ...], code: str) -> CountryArea:
    return next((area for area in before if area.code == code), CountryArea(country_code(code)))


def _entry(before: Location | None, cleaned: Mapping[str, Any]) -> Location | None:
    place = before or Location()
    code = cleaned["entry_code"].upper()
    same = place.id is not None and place.id.value == code
    identifier = place.id if same else Identifier(code, "UN/LOCODE") if code else None
    found = replace(place, id=identifier, names=with_text(place.names, EN, cleaned["entry_name"]))
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
    )
    return before[1:] if changed == TransportEquipment() else (changed, *before[1:])


def _day(before: OfficialTime | None, day: Any) -> OfficialTime | None:
    if day is None:
        return None
    return before if before is not None and before.on == day else OfficialTime(on=day)
