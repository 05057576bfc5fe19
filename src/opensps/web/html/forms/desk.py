"""The forms of the border desk: one field for whatever is typed or scanned, one for a file or photo, one for a list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.web.html.forms.check import FilesField, FilesInput

MOST_ROWS = 500
MOST_SIGNS = 200_000
MOST_OCTETS = 1_000_000
_EXACT = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
_CODES = ("HTTPS://", "HTTP://", "EC1:")


class DeskForm(forms.Form):
    """What a keyboard or a scanner gives: a number, or the text of a QR code."""

    number = forms.CharField(
        label=_("Certificate number, or scan the QR code here"),
        max_length=2_000,
        help_text=_("A hand scanner types into this field. Case, spaces and hyphens do not matter."),
        error_messages={"required": _("Enter or scan something first.")},
        widget=forms.TextInput(attrs={**_EXACT, "autofocus": True}),
    )
    code = forms.CharField(
        label=_("Verification code"),
        max_length=60,
        required=False,
        help_text=_("Only for a certificate made out for another country."),
        widget=forms.TextInput(attrs={**_EXACT, "class": "code w10"}),
    )
    issuer = forms.ChoiceField(label=_("Issued by"), required=False)
    reference = forms.CharField(
        label=_("Your own reference"),
        max_length=60,
        required=False,
        help_text=_("For example a customs declaration. It stands on the proof of this check."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, issuers: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(issuers)
        if choices:
            self.fields["issuer"].choices = [("", _("Whoever sent it")), *choices]  # type: ignore[attr-defined]  # a choice field
            del self.fields["code"]
        else:
            del self.fields["issuer"]

    @property
    def is_scanned(self) -> bool:
        """Whether what was given is the text of a code."""
        return str(self.cleaned_data["number"]).strip().upper().startswith(_CODES)


class DeskFileForm(forms.Form):
    """A file of a certificate, or a photo of its code."""

    upload = FilesField(
        label=_("File of the certificate, or photo of its code"),
        help_text=_("PDF, XML or ZIP, JPEG, PNG or WebP, up to 10 MB. It is read once and not kept."),
        error_messages={
            "required": _("Choose a photo or a file first."),
            "empty": _("This file is empty. Choose another one."),
        },
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,.pdf,.xml,.xades,.zip"}),
    )


class DeskListForm(forms.Form):
    """Up to 500 numbers, pasted or as a file."""

    lines = forms.CharField(
        label=_("Numbers, one a line"),
        required=False,
        max_length=MOST_SIGNS,
        help_text=_("A verification code may stand after a comma. The text of a QR code may stand alone."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false", "autocomplete": "off"}),
    )
    upload = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_("Up to 500 rows, in UTF-8. The first column holds the number."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the list as one text under ``list``."""
        given = self.cleaned_data
        text = str(given.get("lines") or "")
        upload = given.get("upload")
        if not text.strip() and upload is not None:
            text = self._of_file(upload)
        if not text.strip() and not self.errors:
            raise forms.ValidationError({"lines": _("Paste some numbers or choose a file first.")})
        return {**given, "list": text}

    def _of_file(self, upload: Any) -> str:
        try:
            return str(upload.read(MOST_OCTETS + 1)[:MOST_OCTETS].decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("upload", _("This file is not in UTF-8. Save it as CSV in UTF-8."))
            return ""


class CustomsForm(forms.Form):
    """What customs recorded beside the paper, which explains some differences."""

    seal_reference = forms.CharField(
        label=_("Customs reference of a changed seal"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    has_transhipment = forms.BooleanField(
        label=_("Customs recorded that the goods were put into another container"), required=False
    )
    treatment_at_least = forms.BooleanField(
        label=_("Our requirement for the treatment says “at least”"), required=False
    )
    hs_edition_changed = forms.BooleanField(
        label=_("The edition of the customs tariff changed after the certificate was issued"), required=False
    )
