"""Forms of access: the request, the embassy's confirmation, enrolment, the department's decisions."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.accounts.access_queries import AccessRequest, embassies
from opensps.accounts.services import Heir, Wish
from opensps.lifecycle.access import AccessScope, SuspensionReason
from opensps.web.html.forms.access_words import SCOPES, SUSPENSIONS
from opensps.web.html.forms.acts import ActForm, kinds_offered
from opensps.web.html.forms.fields import CountryField, DayField, country_text, language

_WORDS = 200


def _line(label: Any, required: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=_WORDS, error_messages={"required": required}, **more)


class WishForm(ActForm):
    """What an applicant says; the embassy and the department read it."""

    name = _line(_("Full name"), _("Enter your name."), help_text=_("As it stands in the letter of your authority."))
    email = forms.EmailField(
        label=_("Official mail address"),
        help_text=_("An address of your authority; private addresses are not accepted."),
        error_messages={
            "required": _("Enter your official mail address."),
            "invalid": _("Enter your mail address like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    nominating_authority = _line(_("Authority that nominates you"), _("Enter the name of your authority."))
    post = _line(_("Post"), _("Enter your post."), help_text=_("For example plant health inspector."))
    office = _line(_("Office or border post"), _("Enter your office."))
    ports = forms.CharField(label=_("Ports and border posts you work at"), max_length=_WORDS, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Certificates you work with"),
        choices=kinds_offered,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one kind of certificate.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What you need to do"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["view", "verify"],
        error_messages={"required": _("Tick what you need to do.")},
    )
    reason = forms.CharField(
        label=_("What you need access for"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Say what you need access for.")},
    )
    ends_on = DayField(label=_("Until when"), help_text=_("Leave empty if there is no end."), required=False)

    def clean_ends_on(self) -> date | None:
        """Return the last day, None for no end."""
        found: date | None = self.cleaned_data["ends_on"] or None
        return found

    def wish(self) -> Wish:
        """Return what was said."""
        given = self.cleaned_data
        lines = ("name", "email", "nominating_authority", "post", "office", "ports", "reason", "ends_on")
        return Wish(
            **{name: given[name] for name in lines},
            kinds=tuple(given["kinds"]),
            scopes=tuple(AccessScope(each) for each in given["scopes"]),
            language="zh-hans" if language() == "zh" else "en",
        )


class ProgramForm(WishForm):
    """What an authority says about a program of its own that is to call our services."""

    name = _line(_("Name of the program"), _("Enter the name of the program."))
    responsible = _line(
        _("Responsible person"),
        _("Enter who is responsible for the program."),
        help_text=_("Answers for the program and keeps its key."),
    )
    email = forms.EmailField(
        label=_("Official mail address"),
        help_text=_("Of the office that runs the program; an address that has no account here yet."),
        error_messages={
            "required": _("Enter the official mail address."),
            "invalid": _("Enter the mail address like name@example.org."),
        },
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the program needs to do"),
        choices=[(code, words) for code, words in SCOPES.items() if code != AccessScope.COUNTRY_ADMIN],
        widget=forms.CheckboxSelectMultiple,
        initial=["verify"],
        error_messages={"required": _("Tick what the program needs to do.")},
    )
    field_order: Any = ("name", "responsible")

    def wish(self) -> Wish:
        """Return what was said."""
        return replace(super().wish(), kind="machine", responsible=self.cleaned_data["responsible"])


class _EmbassyChosen(ActForm):
    """The embassy, before everything else."""

    embassy = forms.ChoiceField(
        label=_("Embassy of your country"),
        help_text=_("It confirms who you are. Countries without an agreement are not listed."),
        error_messages={"required": _("Choose the embassy of your country.")},
    )

    field_order: Any = ("embassy",)

    def __init__(self, *args: Any, authority: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(each.id.hex, f"{country_text(each.country)}: {each.name}") for each in embassies(authority=authority)]
        self.fields["embassy"].choices = [("", "–"), *rows]  # type: ignore[attr-defined]  # ChoiceField


class ApplyForm(_EmbassyChosen, WishForm):
    """The first form of an official."""


class ProgramApplyForm(_EmbassyChosen, ProgramForm):
    """The first form of a program."""

    field_order = ("embassy", "name", "responsible")


def wish_form_of(request: AccessRequest) -> type[WishForm]:
    """Return the form in which a request is changed."""
    return ProgramForm if request.kind == "machine" else WishForm


def initial_of(request: AccessRequest) -> dict[str, Any]:
    """Return what a request says, as a form shows it."""
    return {name: getattr(request, name) for name in wish_form_of(request).base_fields}


class LetterForm(ActForm):
    """The letter of the nominating authority."""

    file = forms.FileField(
        label=_("Letter of your authority"),
        help_text=_("PDF, JPEG, PNG or GIF; 10 MB at most."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )


class EndorseForm(ActForm):
    """The embassy's confirmation."""

    note_reference = forms.CharField(
        label=_("Reference of the note or letter"),
        help_text=_("Under which your embassy confirms this official, for example Note verbale 12/2026."),
        max_length=100,
        error_messages={"required": _("Enter the reference of the note or letter.")},
    )


class HeirForm(ActForm):
    """Whom the administrator of a country lets in."""

    name = _line(_("Full name"), _("Enter the name."))
    email = forms.EmailField(
        label=_("Official mail address"),
        error_messages={
            "required": _("Enter the mail address."),
            "invalid": _("Enter the mail address like name@example.org."),
        },
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the official may do"),
        choices=[(code, words) for code, words in SCOPES.items() if code != AccessScope.COUNTRY_ADMIN],
        widget=forms.CheckboxSelectMultiple,
        initial=["view", "verify"],
        error_messages={"required": _("Tick what the official may do.")},
    )

    def heir(self) -> Heir:
        """Return who was named."""
        scopes = tuple(AccessScope(each) for each in self.cleaned_data["scopes"])
        return Heir(name=self.cleaned_data["name"], email=self.cleaned_data["email"], scopes=scopes)


class SuspendForm(ActForm):
    """Why an account is closed for now."""

    why = forms.ChoiceField(
        label=_("Why"),
        choices=list(SUSPENSIONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Enter the reason.")},
    )

    def clean_why(self) -> SuspensionReason:
        """Return the reason as a code."""
        return SuspensionReason(self.cleaned_data["why"])


class AgreementForm(ActForm):
    """What officials of a country may have here."""

    mail_domains = forms.CharField(
        label=_("Mail domains of its authorities"),
        help_text=_("One a line, for example gov.example."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=2000,
        error_messages={"required": _("Enter at least one mail domain.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What its officials may do"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what its officials may do.")},
    )
    allows_inheritance = forms.BooleanField(
        label=_("Administrators of the country may open accounts themselves"), required=False
    )


class NewAgreementForm(AgreementForm):
    """A country with which something was agreed for the first time, and its embassy here."""

    country = CountryField(label=_("Country"))
    embassy = _line(_("Name of its embassy"), _("Enter the name of the embassy."))
    field_order = ("country", "embassy")

    def clean_country(self) -> str:
        """Return the country; an agreement is made with one."""
        if not self.cleaned_data["country"]:
            raise ValidationError(_("Enter the country."), code="required")
        return str(self.cleaned_data["country"])


class PasswordForm(ActForm):
    """A new password of one's own, typed once; it can be shown."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. Several words are easier to remember than signs."),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a new password.")},
    )


class CodeForm(ActForm):
    """A one-time code."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Six digits from your authenticator program."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "w10"}),
        error_messages={"required": _("Enter the code.")},
    )


class SetUpForm(PasswordForm, CodeForm):
    """Password and device of a new account."""

    accepts_terms = forms.BooleanField(
        label=_(
            "I use this access for my office only, keep password and device to myself, and say when I change post."
        ),
        error_messages={"required": _("Accept the terms of use.")},
    )
    field_order = ("password", "code", "accepts_terms")


class ProgramSetUpForm(ActForm):
    """The terms under which a program gets its key."""

    accepts_terms = forms.BooleanField(
        label=_("The program is used for our office only, and we keep its key where nobody else can read it."),
        error_messages={"required": _("Accept the terms of use.")},
    )


class JoinForm(PasswordForm):
    """The password of an account somebody was invited to."""

    accepts_terms = forms.BooleanField(
        label=_(
            "I use this access for my office only, keep password and device to myself, and say when I change post."
        ),
        error_messages={"required": _("Accept the terms of use.")},
    )


def _former() -> forms.CharField:
    return forms.CharField(
        label=_("Your present password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )


class ChangePasswordForm(PasswordForm):
    """The former password and the new one."""

    former = _former()
    field_order = ("former", "password")


def _present() -> forms.CharField:
    return forms.CharField(
        label=_("Code of your present device, or a recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the code.")},
    )


class ProofForm(ActForm):
    """The password once more, and a code of the present device where there is one."""

    former = _former()
    present = _present()

    def __init__(self, *args: Any, has_codes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_codes:
            del self.fields["present"]


class RemoveForm(ProofForm):
    """Which passkey goes, proved as any change of how one signs in."""

    id = forms.CharField(max_length=2000, widget=forms.HiddenInput)


class DeviceForm(ProofForm, CodeForm):
    """A device for one-time codes: the password, a code of the former device, a code of the new one."""

    field_order = ("former", "present", "code")


class InviteForm(ActForm):
    """Somebody new: name, address and first role."""

    name = _line(_("Full name"), _("Enter the name."))
    email = forms.EmailField(
        label=_("Official mail address"),
        error_messages={
            "required": _("Enter the mail address."),
            "invalid": _("Enter the mail address like name@example.org."),
        },
    )


def password_problem(reasons: tuple[str, ...]) -> ValidationError:
    """Return what is wrong with a password that is too weak."""
    words = {
        "password_too_short": _("Use at least 12 characters."),
        "password_too_common": _("This password is on the lists of common ones. Choose another."),
        "password_too_similar": _("The password is too much like your name or address."),
    }
    return ValidationError([words.get(code, _("Choose a stronger password.")) for code in reasons])
