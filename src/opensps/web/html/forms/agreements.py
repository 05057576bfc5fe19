"""Forms of the register of agreements: a stage of one partner, and a partner that is new (A20)."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.exchange.queries.stages import Stage
from opensps.exchange.services.stages import MOST_NOTE, Reached
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import DayField, LineField, NeededLineField
from opensps.web.html.forms.words import Words

_TYPE = re.compile(r"[0-9]{3}")


def _codes(typed: str) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"[\s,;，、]+", typed) if each)


class StageForm(ActForm):
    """How far the agreement is, since when, and for which types of certificates."""

    stage = forms.ChoiceField(
        label=_("Stage"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the stage.")},
    )
    on = DayField(label=_("Since"), required=False, help_text=_("Leave empty if no day is known."))
    types = LineField(
        label=_("Types of certificates"),
        required=False,
        max_length=200,
        help_text=_("Numbers of UNCL 1001, for example 851, 853. Leave empty if none are named."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=MOST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, stages: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = list(stages.items())  # type: ignore[attr-defined]  # ChoiceField

    def clean_types(self) -> tuple[str, ...]:
        """Return the numbers; anything else is not taken."""
        found = _codes(self.cleaned_data["types"])
        if not all(_TYPE.fullmatch(each) for each in found):
            raise ValidationError(_("Enter numbers of three digits, for example 851, 853."), code="type")
        return found

    def reached(self) -> Reached:
        """Return the stage as it is recorded."""
        given = self.cleaned_data
        return Reached(stage=Stage(given["stage"]), on=given["on"], types=given["types"], note=given["note"])


class PartnerForm(StageForm):
    """An authority we speak with for the first time."""

    code = forms.RegexField(
        label=_("Our code for it"),
        regex=r"^[A-Za-z0-9][A-Za-z0-9_-]{1,15}\Z",
        help_text=_("Usually the country code. It stays as it is."),
        error_messages={"invalid": _("Use two to sixteen letters, digits or hyphens.")},
    )
    name_en = NeededLineField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the name.")})
    name_zh = LineField(label=_("Name in Chinese"), max_length=200, required=False)
    countries = LineField(
        label=_("Countries"),
        required=False,
        max_length=200,
        help_text=_("Two letters each, for example XB. May stay empty until something is exchanged."),
    )
    field_order = ("code", "name_en", "name_zh", "countries", "stage", "on", "types", "note")

    def clean_code(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["code"]).upper()

    def clean_countries(self) -> tuple[str, ...]:
        """Return the codes of countries."""
        return _codes(self.cleaned_data["countries"])

    def names(self) -> dict[str, Any]:
        """Return what the service is told beside the stage."""
        return {name: self.cleaned_data[name] for name in ("code", "name_en", "name_zh", "countries")}
