"""Forms of the acts: one small form per thing a person can do to an application, inspection or certificate.

They parse and normalise; whether the act may happen is asked of the service, which asks the lifecycle.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from opensps.certificate import ISSUED_KINDS, TITLES, CertificateKind
from opensps.certification.queries import HOLD_REASONS, REFUSAL_REASONS, WITHDRAWAL_REASONS
from opensps.web.html.forms.fields import CountryField, DayField, LineField, day_text, language
from opensps.web.html.forms.words import CAUSES, PURPOSES, WAIVER_WORDS


class ActForm(forms.Form):
    """A form of an act; the page's token makes a second press harmless."""

    use_required_attribute = False


def needed(form: forms.Form, name: str, message: Any) -> None:
    """Make a missing answer say what to do instead of "required"."""
    form.fields[name].error_messages["required"] = message


Choices = Callable[[], list[tuple[str, str]]]


def offered(published: Mapping[str, tuple[str, str]]) -> Choices:
    """Return what makes published reasons choices in the reader's language, at the moment of reading."""
    return lambda: reasons(published)


def reasons(published: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return published reasons as choices in the reader's language."""
    return [(code, words[language() == "zh"]) for code, words in published.items() if code != "withdrawal_proposed"]


KINDS: Mapping[CertificateKind, Any] = {
    CertificateKind.PHYTOSANITARY: _("A phytosanitary certificate: the goods come from here"),
    CertificateKind.PHYTOSANITARY_REEXPORT: _("A phytosanitary certificate for re-export: the goods came from abroad"),
    CertificateKind.VETERINARY_HEALTH: _("A veterinary health certificate: meat and other products of animals"),
    CertificateKind.ANIMAL_HEALTH: _("An animal health certificate: live animals, hatching eggs"),
    CertificateKind.SANITARY: _("A sanitary certificate: food, above all fish and fishery products"),
    CertificateKind.HEALTH: _("A health certificate: processed food, dairy products, food for sale"),
}
"""What each kind is for, in the words of the first question."""


def kinds_offered() -> list[tuple[str, Any]]:
    """Return the kinds that can be applied for; one without words here goes by its title."""
    return [(kind.value, KINDS.get(kind) or TITLES[kind][language() == "zh"]) for kind in in_order(ISSUED_KINDS)]


def in_order(kinds: Iterable[CertificateKind]) -> list[CertificateKind]:
    """Return kinds in the order of the first question."""
    known = list(KINDS)
    return sorted(kinds, key=lambda kind: known.index(kind) if kind in known else len(known))


class NewApplicationForm(ActForm):
    """What kind of certificate, where to, which goods."""

    kind = forms.ChoiceField(
        label=_("What do you need?"),
        choices=kinds_offered,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the certificate you need.")},
    )
    destination = forms.CharField(error_messages={"required": _("Enter the country of destination.")})
    product = forms.CharField(
        label=_("Goods or animals"),
        help_text=_("For example: fresh garlic; live horses; frozen beef. You can add more later."),
        max_length=256,
        error_messages={"required": _("Enter the goods.")},
    )

    principal = forms.ChoiceField(
        label=_("For whom do you apply?"), error_messages={"required": _("Choose the exporter you act for.")}
    )

    def __init__(self, *args: Any, principals: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["destination"] = NeededCountryField(label=_("Country of destination"))
        if principals is None:
            del self.fields["principal"]
        else:
            self.fields["principal"].choices = [("", "–"), *principals]  # type: ignore[attr-defined]  # ChoiceField
            self.order_fields(["principal"])


class NeededCountryField(CountryField):
    """A country that must be given."""

    def validate(self, value: Any) -> None:
        """Refuse nothing typed."""
        if not value:
            raise ValidationError(_("Enter the country of destination."), code="required")


class DeclarationForm(ActForm):
    """The applicant's declaration before submitting."""

    is_declared = forms.BooleanField(
        label=_("What I have entered is true and complete, and the goods may be inspected at any time."),
        error_messages={"required": _("Tick the box to declare that what you entered is true.")},
    )


class ReasonForm(ActForm):
    """A reason in the person's own words."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Enter the reason.")},
    )


class UploadForm(ActForm):
    """One file from the applicant's computer."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG or GIF; 10 MB at most, 20 files in all."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=list(PURPOSES.items()), widget=forms.RadioSelect, initial="supporting"
    )

    def __init__(self, *args: Any, is_reexport: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_reexport:
            fitting = [(code, words) for code, words in PURPOSES.items() if code != "original_certificate"]
            self.fields["purpose"].choices = fitting  # type: ignore[attr-defined]  # ChoiceField


class ReturnForm(ActForm):
    """Everything that must change, in one notice: fields, a comment on each, a date."""

    reason = forms.CharField(
        label=_("What the applicant should know"),
        help_text=_("One notice lists everything. Write so that somebody outside the office understands it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Enter what the applicant should know.")},
    )

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = dict(places)
        """Words of the place by its path in the certificate value."""
        for n, words in enumerate(places.values()):
            self.fields[f"pick_{n}"] = forms.BooleanField(label=words, required=False)
            self.fields[f"comment_{n}"] = forms.CharField(
                label=_("Comment"), required=False, max_length=500, widget=forms.TextInput()
            )

    def clean(self) -> dict[str, Any]:
        """Ask for at least one field, and for a comment on every field picked."""
        cleaned = super().clean() or {}
        for n in range(len(self.places)):
            if cleaned.get(f"pick_{n}") and not cleaned.get(f"comment_{n}"):
                self.add_error(f"comment_{n}", _("Say what should change here."))
        if not self.comments() and not self.errors:
            raise ValidationError(_("Pick at least one field and say what should change."), code="no_fields")
        return cleaned

    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        """Return box and comment of each place."""
        return [(self[f"pick_{n}"], self[f"comment_{n}"]) for n in range(len(self.places))]

    def comments(self) -> dict[str, str]:
        """Return the comment by path; a comment counts also where its box was forgotten."""
        cleaned = self.cleaned_data
        return {path: cleaned[f"comment_{n}"] for n, path in enumerate(self.places) if cleaned.get(f"comment_{n}")}


class RefuseForm(ActForm):
    """A refusal: ground in law, reason, facts."""

    reason_code = forms.ChoiceField(
        label=_("Ground"),
        choices=offered(REFUSAL_REASONS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the ground.")},
    )
    legal_ground = forms.CharField(
        label=_("Legal ground"),
        help_text=_("Law and article, as they will stand in the notice."),
        max_length=200,
        error_messages={"required": _("Enter law and article.")},
    )
    text = forms.CharField(
        label=_("Facts"),
        help_text=_("What was found, for the notice to the applicant."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Enter what was found.")},
    )


class OrderInspectionForm(ActForm):
    """Why the goods are to be inspected."""

    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[(code, CAUSES[code]) for code in ("required", "risk", "random")],
        widget=forms.RadioSelect,
        initial="required",
    )


class PlanForm(ActForm):
    """Who inspects, when and where."""

    inspector = forms.ChoiceField(label=_("Inspector"), error_messages={"required": _("Choose an inspector.")})
    planned_on = DayField(label=_("Day"), help_text=_("For example 25 November 2026."))
    slot = LineField(label=_("Time"), help_text=_("For example 09:00-11:00."), max_length=40, required=False)
    place = LineField(label=_("Place"), help_text=_("Address of the store, packing house or port."), max_length=200)
    is_unannounced = forms.BooleanField(label=_("Unannounced: the exporter is not asked to confirm"), required=False)

    def __init__(self, *args: Any, inspectors: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspector"].choices = [("", "–"), *inspectors]  # type: ignore[attr-defined]  # ChoiceField

    def clean_planned_on(self) -> date:
        """Return the day; a visit needs one."""
        if self.cleaned_data["planned_on"] is None:
            raise ValidationError(_("Enter the day of the visit."), code="required")
        day: date = self.cleaned_data["planned_on"]
        return day

    def clean_place(self) -> str:
        """Return the place; a visit needs one."""
        if not self.cleaned_data["place"]:
            raise ValidationError(_("Enter the place of the visit."), code="required")
        return str(self.cleaned_data["place"])


class WaiveForm(ActForm):
    """Why no inspection takes place; a senior officer's decision."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        choices=list(WAIVER_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )


class SignForm(ActForm):
    """The officer's approval over the digest that was shown: the password again, or what a passkey signed."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    assertion = forms.CharField(widget=forms.HiddenInput, max_length=8000, required=False)
    """Filled by passkey.js: JSON with id, authenticatorData, clientDataJSON, signature."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("You sign by entering your password again."),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, allows_password: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allows_password:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """Return what was given; one of both is needed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("assertion") and not given.get("password"):
            has_field = "password" in self.fields
            self.add_error("password" if has_field else None, _("Enter your password or use your passkey."))
        return given


class CopyLostForm(ActForm):
    """Which paper was lost, and how."""

    copy = forms.ChoiceField(
        label=_("Which paper"), widget=forms.RadioSelect, error_messages={"required": _("Choose which paper was lost.")}
    )
    reason = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, copies: int, lost: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [number for number in range(copies + 1) if number not in lost]
        words = [(str(each), _("Copy %(number)d") % {"number": each} if each else _("The original")) for each in left]
        self.fields["copy"].choices = words  # type: ignore[attr-defined]  # ChoiceField


class HoldForm(ActForm):
    """Why a certificate must wait, and until when it is decided."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        choices=offered(HOLD_REASONS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    decide_by = DayField(label=_("Decide by"), help_text=_("At most ten working days from today."))

    def __init__(self, *args: Any, decide_by: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"decide_by": day_text(decide_by)})
        super().__init__(*args, **kwargs)

    def clean_decide_by(self) -> date:
        """Return the day; a hold without a date of decision does not exist."""
        if self.cleaned_data["decide_by"] is None:
            raise ValidationError(_("Enter the day of the decision."), code="required")
        day: date = self.cleaned_data["decide_by"]
        return day


class WithdrawForm(ActForm):
    """A proposal to withdraw: reason and facts, for the second person to decide."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        choices=offered(WITHDRAWAL_REASONS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    text = forms.CharField(
        label=_("Facts"),
        help_text=_("For the colleague who decides. Not shown to the public."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Enter the facts.")},
    )
