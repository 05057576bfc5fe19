"""The form of many checks: lines pasted, or a CSV file (`ux.md` 5.1).

A file is read as UTF-8, as UTF-16 with its mark, or as GB 18030, which is what spreadsheets save.
"""

import codecs
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_OCTETS = 1024 * 1024
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ManyForm(forms.Form):
    """Lines or a file, one of the two; the list is in ``cleaned_data["list"]``."""

    lines = forms.CharField(
        label=_("Paste the list"),
        required=False,
        strip=False,
        help_text=_(
            "One certificate per row: number, comma, verification code. The text of a QR code may be a row too."
        ),
        widget=forms.Textarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    upload = forms.FileField(
        label=_("Or choose a CSV file"),
        required=False,
        help_text=_("Two columns: number and code. A first row of headings is left out."),
        error_messages={"empty": _("This file is empty. Choose the list.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean_upload(self) -> str:
        """Return the text of the file; say what to save when it is none."""
        file: UploadedFile[Any] | None = self.cleaned_data["upload"]
        if file is None:
            return ""
        text = _text(file.read())
        if text is None:
            raise forms.ValidationError(
                _("This file is not a list. Save the table as CSV and choose that."), code="text"
            )
        return text

    def clean(self) -> dict[str, Any]:
        """Put the list together; exactly one of the two is wanted."""
        pasted, file = self.cleaned_data.get("lines", ""), self.cleaned_data.get("upload")
        if file is None:
            return self.cleaned_data
        if pasted.strip() and file.strip():
            self.add_error("upload", _("Paste a list or choose a file, not both."))
        elif not pasted.strip() and not file.strip():
            self.add_error("lines", _("Paste at least one row, or choose a file."))
        self.cleaned_data["list"] = pasted if pasted.strip() else file
        return self.cleaned_data


def _text(data: bytes) -> str | None:
    """Return the text of a file, or None where it is not text."""
    encodings = ("utf-16",) if data.startswith(_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
