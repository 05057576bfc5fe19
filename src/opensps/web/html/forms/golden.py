"""The form that starts golden messages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from opensps.web.html.forms.acts import ActForm


class GoldenForm(ActForm):
    """Which direction is to be proved."""

    direction = forms.ChoiceField(
        label=_("Which direction?"),
        choices=[
            ("out", _("From us to them: we send ours now, they answer. It takes minutes; an hour at most.")),
            ("in", _("From them to us: we watch for theirs from now on, for one day.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a direction.")},
    )
