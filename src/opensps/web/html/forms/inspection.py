"""Forms of the inspector: what was found, line by line, and what follows from it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, Measure, TradeLineItem
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import QuantityField
from opensps.web.html.forms.goods import COUNT_UNITS, VOLUME_UNITS, WEIGHT_UNITS, coded_choices
from opensps.web.html.forms.words import INSPECTION_RESULTS

UNITS = (*WEIGHT_UNITS, *VOLUME_UNITS, *COUNT_UNITS)


@dataclass(frozen=True, slots=True)
class Found:
    """What the inspector found of one line."""

    line: int
    """Sequence number of the line, from 1."""

    quantity: Measure
    method: str


def declared(line: TradeLineItem) -> Measure | None:
    """Return the quantity declared for a line: the first of weight, volume and count it has."""
    return line.net_weight or line.gross_weight or line.net_volume or line.count


class RecordForm(ActForm):
    """Identity, quantity of each line and findings of a visit."""

    identity = forms.ChoiceField(
        label=_("Identity check"),
        choices=[
            ("seal", _("Seals compared")),
            ("full", _("Goods compared with the papers")),
            ("not_done", _("Not done")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how you compared the goods with the papers.")},
    )
    identity_note = forms.CharField(
        label=_("Seals seen, or why it was not done"), required=False, max_length=500, widget=forms.TextInput
    )
    findings = forms.CharField(
        label=_("Findings"),
        help_text=_("Pests, damage, soil, other remarks. Write “none” if there is nothing."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("Write what you found, or “none”.")},
    )

    def __init__(self, *args: Any, value: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = value.lines
        for line in self.lines:
            measure = declared(line)
            n = line.sequence
            self.fields[f"quantity_{n}"] = QuantityField(label=_("Quantity found"))
            self.fields[f"unit_{n}"] = forms.ChoiceField(
                label=_("Unit"),
                choices=coded_choices("un_rec20", wanted=UNITS)[1:],
                initial=measure.unit if measure else "KGM",
            )
            self.fields[f"method_{n}"] = forms.ChoiceField(
                label=_("How"),
                choices=[("weighed", _("Weighed")), ("counted", _("Counted")), ("papers", _("From the papers"))],
            )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where identity was not checked, and for a quantity on every line."""
        cleaned = super().clean() or {}
        if cleaned.get("identity") == "not_done" and not cleaned.get("identity_note"):
            self.add_error("identity_note", _("Say why the identity check was not done."))
        for line in self.lines:
            name = f"quantity_{line.sequence}"
            if name in cleaned and cleaned[name] is None:
                self.add_error(
                    name, ValidationError(_("Enter the quantity you found; 0 if there was none."), code="required")
                )
        return cleaned

    def found(self) -> tuple[Found, ...]:
        """Return the quantity found of every line."""
        cleaned = self.cleaned_data
        return tuple(
            Found(n, Measure(Decimal(cleaned[f"quantity_{n}"]), cleaned[f"unit_{n}"]), cleaned[f"method_{n}"])
            for n in (line.sequence for line in self.lines)
        )


class ConcludeForm(ActForm):
    """The result of a visit."""

    result = forms.ChoiceField(
        label=_("Result"),
        choices=list(INSPECTION_RESULTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the result.")},
    )
    remarks = forms.CharField(
        label=_("Remarks for the report"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
