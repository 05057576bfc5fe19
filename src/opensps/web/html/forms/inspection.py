"""Forms of the inspector: what was found, line by line, and what follows from it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, Measure, TradeLineItem
from opensps.certification.queries import InspectionRecord, LineFinding
from opensps.formats.layouts.parts import measure as measure_words
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import QuantityField
from opensps.web.html.forms.goods import COUNT_UNITS, VOLUME_UNITS, WEIGHT_UNITS, coded_choices
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.words import IDENTITY_CHECKS, INSPECTION_RESULTS, METHODS

UNITS = (*WEIGHT_UNITS, *VOLUME_UNITS, *COUNT_UNITS)


def declared(line: TradeLineItem) -> Measure | None:
    """Return the quantity declared for a line: the first of weight, volume and count it has."""
    return line.net_weight or line.gross_weight or line.net_volume or line.count


def declared_words(line: TradeLineItem) -> str:
    """Return the sentence that says what was declared."""
    return gettext("Declared: %(quantity)s") % {"quantity": measure_words(declared(line)) or "–"}


class RecordForm(ActForm):
    """Identity, quantity of each line and findings of a visit."""

    identity = forms.ChoiceField(
        label=_("Identity check"),
        choices=list(IDENTITY_CHECKS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how you compared the goods with the papers.")},
    )
    identity_remark = forms.CharField(
        label=_("Seals seen, or why it was not done"), required=False, max_length=500, widget=forms.TextInput
    )
    documents_checked = forms.BooleanField(label=_("I compared the documents"), required=False)
    physical = forms.CharField(
        label=_("What you examined and what you saw"),
        help_text=_("For example: 60 cartons opened, clean, no soil."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("Write what you examined and what you saw.")},
    )
    pests = forms.CharField(
        label=_("Pests or diseases found"),
        help_text=_("Write “none” if there were none."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages={"required": _("Write which pests you found, or “none”.")},
    )

    def __init__(self, *args: Any, value: Certificate, record: InspectionRecord, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _shown(record))
        super().__init__(*args, **kwargs)
        self.lines = value.lines
        for line in self.lines:
            measure, n = declared(line), line.sequence
            self.fields[f"quantity_{n}"] = QuantityField(label=_("Quantity found"))
            self.fields[f"unit_{n}"] = forms.ChoiceField(
                label=_("Unit"),
                choices=coded_choices("un_rec20", wanted=UNITS)[1:],
                initial=measure.unit if measure else UNITS[0],
            )
            self.fields[f"method_{n}"] = forms.ChoiceField(label=_("How"), choices=list(METHODS.items()))

    def line_rows(self) -> list[tuple[tuple[str, str], list[BoundField]]]:
        """Return for each line its name, what was declared, and its fields."""
        return [
            (
                (line_name(line), declared_words(line)),
                [self[f"{name}_{line.sequence}"] for name in ("quantity", "unit", "method")],
            )
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where identity was not checked, and for a quantity on every line."""
        cleaned = super().clean() or {}
        if cleaned.get("identity") == "not_done" and not cleaned.get("identity_remark"):
            self.add_error("identity_remark", _("Say why the identity check was not done."))
        for line in self.lines:
            name = f"quantity_{line.sequence}"
            if name in cleaned and cleaned[name] is None:
                self.add_error(name, _("Enter the quantity you found; 0 if there was none."))
        return cleaned

    def record(self) -> InspectionRecord:
        """Return what was found, as it is kept."""
        cleaned = self.cleaned_data
        return InspectionRecord(
            lines=tuple(
                LineFinding(n, Decimal(cleaned[f"quantity_{n}"]), cleaned[f"unit_{n}"], cleaned[f"method_{n}"])
                for n in (line.sequence for line in self.lines)
            ),
            documents_checked=cleaned["documents_checked"],
            identity=cleaned["identity"],
            identity_remark=cleaned["identity_remark"],
            physical=cleaned["physical"],
            pests=cleaned["pests"],
        )


def _shown(record: InspectionRecord) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "identity": record.identity,
        "identity_remark": record.identity_remark,
        "documents_checked": record.documents_checked,
        "physical": record.physical,
        "pests": record.pests,
    }
    for line in record.lines:
        shown |= {
            f"quantity_{line.line}": line.quantity,
            f"unit_{line.line}": line.unit,
            f"method_{line.line}": line.method,
        }
    return shown


class ConcludeForm(ActForm):
    """The result of a visit."""

    result = forms.ChoiceField(
        label=_("Result of the inspection"),
        choices=list(INSPECTION_RESULTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the result.")},
    )
    remarks = forms.CharField(
        label=_("Remarks for the report"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
