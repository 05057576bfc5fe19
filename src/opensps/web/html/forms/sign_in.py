"""The sign-in form: address and password; paste and password managers are welcome (`ux.md` 6.2)."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    """Mail address and password."""

    email = forms.EmailField(
        label=_("Mail address"),
        error_messages={
            "required": _("Enter your mail address."),
            "invalid": _("Enter your mail address like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false", "class": "w20"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "w20"}),
    )
