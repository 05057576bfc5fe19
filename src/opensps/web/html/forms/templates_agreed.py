"""Forms of the register of agreed templates: a new version, the letter that acknowledges one, its last day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.certificate import ISSUED_KINDS, TITLES, CertificateKind
from opensps.certification.services.templates import TemplateTold
from opensps.web.html.forms.acts import ActForm, in_order
from opensps.web.html.forms.fields import CountryField, DayField, NeededDayField, language

_REFUSED = {
    "name": ("name", _("Use capital letters, digits, full stops and hyphens, for example XB-VET.")),
    "version": ("version", _("Use letters, digits, full stops and hyphens, for example 2.")),
    "issuer": ("issuer", _("Choose who issues on it.")),
    "country": ("country", _("Enter the country of destination for a form of ours, and none for a partner's.")),
    "valid_from": ("valid_from", _("Enter the first day of issue.")),
    "valid_until": ("valid_until", _("The last day lies before the first.")),
    "reference": ("reference", _("This is too long.")),
    "repeated": ("version", _("This version is in the register already.")),
}
"""Why a template is not kept -> the field and the sentence."""


def kinds() -> list[tuple[str, Any]]:
    """Return the kinds of certificates by their titles."""
    return [(kind.value, TITLES[kind][language() == "zh"]) for kind in in_order(ISSUED_KINDS)]


class TemplateForm(ActForm):
    """A new version of the form of a certificate."""

    issuer = forms.ChoiceField(label=_("Who issues on it"), required=False)
    kind = forms.ChoiceField(label=_("Certificate"), choices=kinds)
    country = CountryField(
        label=_("Destination"), required=False, help_text=_("For a form of ours: the country it was agreed with.")
    )
    name = forms.CharField(
        label=_("Name of the form"),
        max_length=30,
        help_text=_("As it is printed, for example XB-VET."),
        widget=forms.TextInput(attrs={"class": "w20", "spellcheck": "false"}),
        error_messages={"required": _("Enter the name of the form.")},
    )
    version = forms.CharField(
        label=_("Version"),
        max_length=10,
        widget=forms.TextInput(attrs={"class": "w10", "spellcheck": "false"}),
        error_messages={"required": _("Enter the version.")},
    )
    valid_from = NeededDayField(
        label=_("First day of issue"),
        help_text=_("A form of ours is published at least a day ahead."),
        error_messages={"required": _("Enter the first day of issue.")},
    )
    valid_until = DayField(
        label=_("Last day of issue"), help_text=_("Leave empty if there is no end yet."), required=False
    )
    authority_name = forms.CharField(
        label=_("Name of the authority as this version prints it"),
        help_text=_("With it, papers that still print the former name are found."),
        max_length=450,
        required=False,
    )
    changes = forms.CharField(
        label=_("What is new"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    reference = forms.CharField(
        label=_("Letter by which the partner told us"),
        help_text=_("For a partner's form only."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, issuers: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].choices = [("", _("We do")), *issuers]  # type: ignore[attr-defined]  # ChoiceField

    def told(self) -> TemplateTold:
        """Return what was entered."""
        given = dict(self.cleaned_data)
        return TemplateTold(**{**given, "kind": CertificateKind(given["kind"])})

    def refuse(self, reason: str) -> None:
        """Show at its field why the template is not kept."""
        field, sentence = _REFUSED.get(reason, (None, _("This cannot be kept. Look at what you entered.")))
        self.add_error(field, sentence)


class LetterForm(ActForm):
    """The letter by which the other side acknowledged a form."""

    reference = forms.CharField(
        label=_("Reference and date of the letter"),
        max_length=200,
        error_messages={"required": _("Enter which letter it was.")},
    )


class LastDayForm(ActForm):
    """The last day of issue."""

    valid_until = NeededDayField(
        label=_("Last day of issue"), error_messages={"required": _("Enter the last day of issue.")}
    )
