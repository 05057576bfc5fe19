"""Forms of counterfeit cases: they parse what an officer enters; what may happen is asked of the services."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.lifecycle.case import CaseFinding
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.case_words import (
    FEATURES,
    FINDINGS,
    GOODS,
    HARMED,
    PARTS,
    PRIORITIES,
    STANDINGS,
)
from opensps.web.html.forms.fields import DayField, LineField

_PAPER_FEATURES = ("template", "sheet", "stamp", "qr_address", "producer", "traces")


def _line(label: Any, *, required: bool = False, most: int = 200, help_text: Any = "") -> LineField:
    return LineField(label=label, required=required, max_length=most, help_text=help_text)


def _text(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words here.")},
    )


class PaperForm(ActForm):
    """A paper as it claims to be, and what may give its maker away."""

    number = _line(_("Certificate number"), most=64, help_text=_("As the paper says, even if it cannot be right."))
    issuer = _line(_("Authority the paper claims"), most=16, help_text=_("Country code, for example XB."))
    presented_where = _line(_("Where it was presented"))
    presented_by = _line(_("Who presented it"))
    presented_on = DayField(label=_("When it was presented"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _PAPER_FEATURES:
            self.fields[name] = _line(FEATURES[name])

    def features(self) -> dict[str, str]:
        """Return the features that were entered."""
        return {name: str(self.cleaned_data[name]) for name in _PAPER_FEATURES if self.cleaned_data.get(name)}


class OpenForm(PaperForm):
    """A new case with its first paper."""

    field_order = ("priority",)
    priority = forms.ChoiceField(
        label=_("How long can it wait?"), choices=PRIORITIES.items(), widget=forms.RadioSelect, initial="routine"
    )
    product = _line(GOODS["product"])
    quantity = _line(GOODS["quantity"])
    container = _line(GOODS["container"], most=40)


class FileForm(ActForm):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG or GIF; 10 MB at most, 20 files in all."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )


class GoodsForm(ActForm):
    """What is known of the goods."""

    product = _line(GOODS["product"])
    quantity = _line(GOODS["quantity"])
    container = _line(GOODS["container"], most=40)
    place = _line(GOODS["place"])
    measure = _line(GOODS["measure"])


class PartyForm(ActForm):
    """Somebody the paper names, or who brought it."""

    name = _line(_("Name"), required=True)
    part = forms.ChoiceField(label=_("Part"), choices=PARTS.items(), widget=forms.RadioSelect)
    standing = forms.ChoiceField(
        label=_("Standing"), choices=STANDINGS.items(), widget=forms.RadioSelect, initial="claimed"
    )


class HarmForm(ActForm):
    """Whom the forgery harmed, and who was told when."""

    whom = forms.ChoiceField(label=_("Who was harmed"), choices=HARMED.items(), widget=forms.RadioSelect)
    name = _line(_("Name"), required=True)
    told_at = DayField(label=_("Told on"), required=False, help_text=_("Leave it empty if nobody was told yet."))
    note = _text(_("How, and what was said"), required=False)


class CustodyForm(ActForm):
    """Where an original went."""

    original = _line(_("Original"), required=True, help_text=_("For example: paper certificate, one sheet."))
    giver = _line(_("From"), required=True)
    taker = _line(_("To"), required=True)


class LinkForm(ActForm):
    """A case that belongs together with this one."""

    case = _line(_("Number of the other case"), required=True, most=40)
    reason = _line(_("Why they belong together"), required=True)


class ConclusionForm(ActForm):
    """Finding and grounds."""

    finding = forms.ChoiceField(label=_("Finding"), choices=FINDINGS.items(), widget=forms.RadioSelect)
    grounds = _text(_("Grounds"))
    issuer_answer = _text(
        _("What the issuing authority answered"),
        required=False,
        help_text=_("With date and sender. Needed unless a check against its record proves the finding."),
    )

    def chosen(self) -> CaseFinding:
        """Return the finding."""
        return CaseFinding(self.cleaned_data["finding"])


class CaseActForm(ActForm):
    """What an act asks for in words."""

    def __init__(self, *args: Any, label: Any, required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = _text(label, required=required)


PARTS_ADDED: Mapping[str, tuple[type[ActForm], Any]] = {
    "paper": (PaperForm, _("Add a paper")),
    "file": (FileForm, _("Add a file")),
    "goods": (GoodsForm, _("Describe the goods")),
    "party": (PartyForm, _("Name a party")),
    "harm": (HarmForm, _("Record harm and who was told")),
    "custody": (CustodyForm, _("Hand over an original")),
    "link": (LinkForm, _("Link another case")),
    "conclusion": (ConclusionForm, _("Write the finding")),
}
"""Part of a case -> its form and the words of its page."""
