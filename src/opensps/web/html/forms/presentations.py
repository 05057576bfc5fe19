"""Forms of the ledger: what is presented, where, how much; and one form for each decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opensps import codes
from opensps.border.presentation_reasons import MEASURES, REASONS
from opensps.border.services.presentation_acts import Decision
from opensps.border.services.presenting import Claim
from opensps.formats.layouts.parts import number
from opensps.lifecycle.presentation import PresentationAct as Act
from opensps.web.html.forms.acts import ActForm, ReasonForm, reasons
from opensps.web.html.forms.fields import LineField, QuantityField, language

MOST_LINES: Final = 30
"""A certificate with more lines is presented whole."""

_PLACE = RegexValidator(r"^[A-Z]{2}[A-Z2-9]{3}\Z", message=gettext_lazy("Enter a UN/LOCODE, for example XBPRT."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of goods in a form."""

    line: int
    name: str
    unit: str
    most: Decimal
    given: Decimal


class PlaceField(LineField):
    """A UN/LOCODE, typed in any case."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": "w10", "autocomplete": "off", "spellcheck": "false", "maxlength": "6"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return five capitals; raise for anything else."""
        text = str(super().to_python(value)).replace(" ", "").upper()
        if text:
            _PLACE(text)
        return text

    def validate(self, value: Any) -> None:
        """Refuse nothing typed."""
        if not value:
            raise ValidationError(_("Enter the place, for example XBPRT."), code="required")


def quantity_in_words(value: Decimal, unit: str) -> str:
    """Return a quantity in the reader's language."""
    label = codes.label("un_rec20", unit, language()) if unit else _("of the line")
    return f"{number(value)} {label}"


class _WithLines(ActForm):
    """A form with a quantity for each line."""

    def __init__(self, *args: Any, lines: Iterable[Line] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = tuple(lines)
        for each in self.lines:
            self.fields[f"quantity_{each.line}"] = QuantityField(
                label=each.name,
                help_text=_("At most %(quantity)s.") % {"quantity": quantity_in_words(each.most, each.unit)},
                initial=each.given,
            )

    def quantities(self) -> dict[int, Decimal]:
        """Return line -> quantity; nothing typed is nothing."""
        given = self.cleaned_data
        return {each.line: given.get(f"quantity_{each.line}") or Decimal(0) for each in self.lines}


class PresentForm(_WithLines):
    """Where the paper was presented, which copy, how much of each line."""

    place = PlaceField(label=gettext_lazy("Place"), help_text=gettext_lazy("Port or post, as a UN/LOCODE"))
    copy = LineField(
        label=gettext_lazy("Number of the copy"),
        help_text=gettext_lazy("As printed on it; leave empty for the original"),
        max_length=10,
        required=False,
    )

    def claim(self) -> Claim:
        """Return what is presented; a certificate with too many lines is presented whole."""
        return Claim(
            location=self.cleaned_data["place"],
            copy=self.cleaned_data["copy"],
            quantities=self.quantities() if self.lines else None,
        )


class WithoutForm(ActForm):
    """Goods that came without a certificate."""

    place = PlaceField(label=gettext_lazy("Place"), help_text=gettext_lazy("Port or post, as a UN/LOCODE"))
    goods = forms.CharField(
        label=gettext_lazy("Goods, and the requirement"),
        help_text=gettext_lazy("What came, how much, and which rule asks for a certificate"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=450,
        error_messages={"required": gettext_lazy("Say what the goods are and why they need a certificate.")},
    )

    def claim(self) -> Claim:
        """Return what came."""
        return Claim(location=self.cleaned_data["place"], goods=self.cleaned_data["goods"])


class DecisionForm(_WithLines):
    """One decision; which questions it asks follows from the act and the verdict."""

    def __init__(self, *args: Any, act: Act, needs_reason: bool, lines: Iterable[Line] = (), **kwargs: Any) -> None:
        asks_lines = act in {Act.ACCEPT_PARTLY, Act.CORRECT_OUTCOME}
        super().__init__(*args, lines=lines if asks_lines else (), **kwargs)
        self.act = act
        if act in REASONS and (act in {Act.HOLD, Act.REJECT} or needs_reason):
            self.fields["reason_code"] = _chosen(_("Reason"), REASONS[act], _("Choose a reason."))
        if act is Act.REJECT:
            self.fields["measure"] = _chosen(
                _("What is ordered for the goods"), MEASURES, _("Choose what is ordered for the goods.")
            )
        if act is Act.FORWARD:
            self.fields["next_place"] = PlaceField(
                label=_("Place where they go"), help_text=_("Port or post, as a UN/LOCODE")
            )
        if act in {Act.ANNUL, Act.CORRECT_OUTCOME}:
            self.fields["reason"] = ReasonForm.base_fields["reason"]

    def decision(self) -> Decision:
        """Return what was decided."""
        given = self.cleaned_data
        return Decision(
            reason_code=given.get("reason_code", ""),
            reason=given.get("reason", ""),
            measure=given.get("measure", ""),
            accepted=self.quantities() if self.lines else None,
            next_location=given.get("next_place", ""),
        )


class TurningForm(DecisionForm):
    """Where the paper was shown, and what is decided at once; ``act`` None only records it."""

    place = PlaceField(label=gettext_lazy("Place"), help_text=gettext_lazy("Port or post, as a UN/LOCODE"))

    def __init__(self, *args: Any, act: Act | None, issuers: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, act=act or Act.PRESENT, needs_reason=True, **kwargs)
        if named := tuple(issuers):
            self.fields["issuer"] = forms.ChoiceField(
                label=_("Who is said to have issued it"),
                help_text=_("When they answer, it is checked again by itself."),
                choices=[("", _("Nobody we know")), *named],
                required=False,
            )

    @property
    def issuer(self) -> str:
        """Code of the partner who is said to have issued it; empty for nobody known."""
        return str(self.cleaned_data.get("issuer", ""))

    def claim(self) -> Claim:
        """Return what is presented: all of the certificate."""
        return Claim(location=self.cleaned_data["place"])


def _chosen(label: str, published: Any, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=reasons(published), widget=forms.RadioSelect, error_messages={"required": missing}
    )
