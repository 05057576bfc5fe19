"""The form of a mandate: whom an exporter lets act, in what, until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.accounts.mandate_queries import agents
from opensps.accounts.services import MandateTerms
from opensps.lifecycle.mandate import MandateScope
from opensps.web.html.forms.access_words import MANDATE_SCOPES
from opensps.web.html.forms.acts import ActForm, kinds_offered
from opensps.web.html.forms.fields import DayField
from opensps.web.html.forms.people import organisation_words


class MandateForm(ActForm):
    """What an exporter offers an agent."""

    agent = forms.ChoiceField(label=_("Agent"), error_messages={"required": _("Choose an agent.")})
    scopes = forms.MultipleChoiceField(
        label=_("What the agent may do for you"),
        choices=list(MANDATE_SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what the agent may do.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("For which certificates"),
        choices=kinds_offered,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one kind of certificate.")},
    )
    last_day = DayField(label=_("Last day"), help_text=_("At most three years from now."))

    def __init__(self, *args: Any, authority: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.pk.hex, organisation_words(row)) for row in agents(authority=authority)]
        self.fields["agent"].choices = [("", "–"), *rows]  # type: ignore[attr-defined]  # ChoiceField

    def clean_last_day(self) -> Any:
        """Return the last day; every mandate has one."""
        if not self.cleaned_data["last_day"]:
            raise forms.ValidationError(_("Enter the last day."), code="required")
        return self.cleaned_data["last_day"]

    def terms(self) -> MandateTerms:
        """Return what the service is told."""
        given = self.cleaned_data
        return MandateTerms(
            agent=given["agent"],
            scopes=tuple(MandateScope(each) for each in given["scopes"]),
            kinds=tuple(given["kinds"]),
            last_day=given["last_day"],
        )
