"""The two forms of the public check: number with verification code, and files.

Both forgive what people type (`ux.md` 5.1). A failed check character is a typing error beside the field, said before
anything is looked up, and so the same whether or not the certificate exists.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import NumberTypo, parse_number
from opensps.formats.carriers import CodeTypo, grouped, parse_code
from opensps.verification.entry import is_application_reference

MOST_OCTETS = 10 * 1024 * 1024
MOST_FILES = 3
_EXAMPLE = mark_safe('<span class="num">XA-2026-014-0004512-0</span>')
_EXACT = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}


def _number_hint() -> SafeString:
    return format_html(gettext("At the top of the certificate, for example {number}"), number=_EXAMPLE)


class NumberForm(forms.Form):
    """Certificate number and verification code."""

    number = forms.CharField(
        label=_("Certificate number"),
        max_length=80,
        help_text=lazy(_number_hint, SafeString)(),
        error_messages={"required": _("Enter the certificate number.")},
        widget=forms.TextInput(attrs=_EXACT),
    )
    code = forms.CharField(
        label=_("Verification code"),
        max_length=60,
        help_text=_("12 letters and digits below the QR code"),
        error_messages={"required": _("Enter the verification code.")},
        widget=forms.TextInput(attrs={**_EXACT, "class": "code w10"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not is_application_reference(str(self.data.get("number", "")))

    def clean_number(self) -> str:
        """Return the number as printed; say what a number looks like when this cannot be one."""
        typed: str = self.cleaned_data["number"]
        if is_application_reference(typed):
            return typed
        try:
            return str(parse_number(typed))
        except NumberTypo as exc:
            raise forms.ValidationError(
                _("Check the number: one character looks wrong. It should look like XA-2026-014-0004512-0."),
                code="typing_error",
            ) from exc

    def clean_code(self) -> str:
        """Return the code in groups of four; say what a code looks like when this cannot be one."""
        typed: str = self.cleaned_data["code"]
        if is_application_reference(self.cleaned_data.get("number", "")):
            return typed
        try:
            return grouped(parse_code(typed))
        except CodeTypo as exc:
            raise forms.ValidationError(
                _("Check the code: one character looks wrong. It has 12 letters and digits, like 0A1S-5HDR-ANA5."),
                code="typing_error",
            ) from exc


class FilesInput(forms.ClearableFileInput):
    """A native file input for one or several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """One to three files, 10 MB together."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Return the files; say which limit was passed."""
        given: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(one, initial) for one in given or [None]]
        files = [file for file in cleaned if file is not None]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most three files that belong to one certificate."), code="many")
        if sum(file.size or 0 for file in files) > MOST_OCTETS:
            raise forms.ValidationError(_("The files are larger than 10 MB together."), code="large")
        return files


class FileForm(forms.Form):
    """A certificate's file: PDF, XML, an XML with its seal, or both in one ZIP."""

    upload = FilesField(
        label=_("File of the certificate"),
        help_text=_("PDF, XML or ZIP, up to 10 MB. An XML and its .xades may be chosen together."),
        error_messages={
            "required": _("Choose the file of the certificate first."),
            "empty": _("This file is empty. Choose the file of the certificate."),
        },
        widget=FilesInput(attrs={"accept": ".pdf,.xml,.xades,.zip,application/pdf,application/xml,text/xml"}),
    )


class ScanForm(forms.Form):
    """A photo of the code, or what the other file form takes."""

    upload = FilesField(
        label=_("Photo of the code, or file of the certificate"),
        help_text=_("Photo as JPEG, PNG or WebP, or PDF, XML or ZIP, up to 10 MB."),
        error_messages={
            "required": _("Choose a photo or a file first."),
            "empty": _("This file is empty. Choose another one."),
        },
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,.pdf,.xml,.xades,.zip"}),
    )
