"""Step "Approved establishments": who slaughtered, cut, made, packed or stored the goods, under which approval number.

Source: WOAH Terrestrial Code, 5.10, box I.24; CXG 38, box 15 (`domain.md` 5.4).
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.certificate import (
    Certificate,
    CertificateKind,
    Code,
    Establishment,
    Identifier,
    OfficialTime,
    country_code,
)
from opensps.web.html.forms.fields import ChosenField, CountryField, DayField, LineField
from opensps.web.html.forms.fitting import Asked, Wording
from opensps.web.html.forms.goods import coded_choices, keep_choice
from opensps.web.html.forms.onlines import OnLinesForm
from opensps.web.html.forms.step import Group, with_line

ACTIVITIES: Final = ("12", "34", "37", "39", "40", "13", "43", "33")
"""UNCL 7187: slaughter, cutting, manufacturing, processing, production, packing, storage, collection."""

ROLES: Final[Mapping[str, str]] = MappingProxyType({"12": "GQ", "37": "MF", "39": "GN", "40": "GD"})
"""UNCL 3035 by activity: slaughterer, manufacturer, processor, producer; others are mutually defined (ZZZ)."""

SCHEME: Final = "approval_number"


class EstablishmentForm(OnLinesForm):
    """One establishment of one line, or, when it is new, of all lines."""

    attribute = "establishments"

    paths: ClassVar[Mapping[str, str]] = {
        "": "approval_number",
        "activity": "activity",
        "approval_number": "approval_number",
        "name": "name",
        "country": "country",
        "section": "section",
        "started": "started",
        "ended": "ended",
    }

    groups: ClassVar[tuple[Group, ...]] = (
        Group("", (("for_line",), ("activity",), ("approval_number",), ("name",), ("country",), ("section",))),
        Group(_("When"), (("started", "ended"),)),
    )

    worded: ClassVar[Wording] = {
        CertificateKind.ANIMAL_HEALTH: {
            "for_line": Asked(_("Which animals were there")),
            "name": Asked(_("Name of the holding or establishment")),
            "section": Asked(_("Unit or stable"), _("Where the approval is for a part of it.")),
        }
    }

    for_line = ChosenField(label=_("Which goods were there"))
    activity = ChosenField(
        label=_("What was done there"),
        choices=lambda: coded_choices("un_7187", wanted=ACTIVITIES)[1:],
        widget=forms.RadioSelect,
    )
    approval_number = LineField(
        label=_("Approval number"),
        help_text=_("As in the list of approved establishments, for example XA-SL-0207."),
        max_length=60,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )
    name = LineField(label=_("Name of the establishment"), max_length=256)
    country = CountryField(label=_("Country"))
    section = LineField(
        label=_("Section"),
        help_text=_("Where the approval is for a section of the establishment, for example cold store."),
        required=False,
        max_length=100,
    )
    started = DayField(label=_("First day"), help_text=_("For example 2 November 2026."), required=False)
    ended = DayField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_choice(self, "activity")

    def clean_approval_number(self) -> str:
        """Return the number; without it there is nothing to name."""
        if not self.cleaned_data["approval_number"]:
            raise ValidationError(_("Enter the approval number."), code="required")
        return str(self.cleaned_data["approval_number"])

    def clean(self) -> dict[str, Any]:
        """Ask what was done there."""
        cleaned = super().clean() or {}
        if "activity" in cleaned and not cleaned["activity"]:
            self.add_error("activity", _("Choose what was done there."))
        return cleaned

    def shown(self, value: Certificate) -> dict[str, Any]:
        """Return what the fields show of the establishment; a new one is in the exporting country."""
        if self.place is None:
            return {"country": value.consignment.export_country.code or ""}
        done = value.lines[self.place[0]].establishments[self.place[1]]
        return {
            "activity": done.activity.value,
            "approval_number": done.approval_number.value,
            "name": done.name or "",
            "country": done.country or "",
            "section": done.section or "",
            "started": done.started.on if done.started else None,
            "ended": done.ended.on if done.ended else None,
        }

    def applied(self, value: Certificate) -> Certificate:
        """Return the value with this establishment changed, or added to the chosen lines."""
        if self.place is not None:
            n, k = self.place
            held = value.lines[n].establishments
            changed = _made(held[k], self.cleaned_data)
            return with_line(value, n, replace(value.lines[n], establishments=(*held[:k], changed, *held[k + 1 :])))
        fresh = _made(None, self.cleaned_data)
        for n in self.chosen_lines(value):
            line = value.lines[n]
            value = with_line(value, n, replace(line, establishments=(*line.establishments, fresh)))
        return value


def _made(before: Establishment | None, cleaned: Mapping[str, Any]) -> Establishment:
    activity, number = cleaned["activity"], cleaned["approval_number"]
    known = before or Establishment(Code(activity, "un_7187"), Identifier(number, SCHEME))
    same = known.activity.value == activity
    return replace(
        known,
        activity=known.activity if same else Code(activity, "un_7187"),
        role=known.role if same and before else Code(ROLES.get(activity, "ZZZ"), "un_3035"),
        approval_number=known.approval_number if known.approval_number.value == number else Identifier(number, SCHEME),
        name=cleaned["name"] or None,
        country=country_code(cleaned["country"]) if cleaned["country"] else None,
        section=cleaned["section"] or None,
        started=_day(known.started, cleaned["started"]),
        ended=_day(known.ended, cleaned["ended"]),
    )


def _day(before: OfficialTime | None, day: Any) -> OfficialTime | None:
    if day is None:
        return None
    return before if before is not None and before.on == day else OfficialTime(on=day)
