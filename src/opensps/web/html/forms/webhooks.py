"""Forms of webhook endpoints: setting one up for a partner, and what is told once more. Source: `exchange.md` 5.3."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.exchange.services.webhook_endpoints import EndpointSettings
from opensps.exchange.webhook_notices import SUBSCRIBABLE
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import DayField, LineField


class WebhookForm(ActForm):
    """An endpoint that wants to be told."""

    url = LineField(label=_("Address"), help_text=_("https; it must lie in the open Internet."), max_length=500)
    description = LineField(label=_("What it is for"), max_length=200, required=False)
    events = forms.MultipleChoiceField(
        label=_("What is told"),
        help_text=_("None ticked: everything."),
        choices=[(each, each) for each in SUBSCRIBABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    signature = forms.ChoiceField(
        label=_("Signature"),
        choices=[
            ("v1a", _("Ed25519: they need our public key only")),
            ("v1", _("HMAC-SHA-256: with a shared secret, shown once")),
        ],
        widget=forms.RadioSelect,
        initial="v1a",
    )
    as_cloudevent = forms.BooleanField(label=_("As CloudEvents 1.0"), required=False)

    def settings(self) -> EndpointSettings:
        """Return what is asked for."""
        given = self.cleaned_data
        return EndpointSettings(
            url=given["url"],
            description=given["description"],
            events=tuple(given["events"]),
            signature=given["signature"],
            as_cloudevent=given["as_cloudevent"],
        )


class ReplayForm(ActForm):
    """The days whose messages are told once more."""

    since = DayField(label=_("From day"))
    until = DayField(label=_("To day"), help_text=_("At most a thousand messages, the oldest first. Days are in UTC."))

    def clean(self) -> dict[str, Any]:
        """Ask for both days in their order."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if name in given and given[name] is None:
                self.add_error(name, _("Enter a day."))
        if not self.errors and given["since"] > given["until"]:
            raise ValidationError(_("The first day is after the last one."), code="order")
        return given

    def span(self) -> tuple[datetime, datetime]:
        """Return begin and end, aware UTC."""
        first: date = self.cleaned_data["since"]
        last: date = self.cleaned_data["until"]
        return datetime.combine(first, time(), UTC), datetime.combine(last + timedelta(days=1), time(), UTC)
