"""Forms and words of coordination between ministries; what may happen is asked of the services."""

from collections.abc import Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opensps.border.coordination_terms import MOST_SIGNS, Matter, Task
from opensps.certification.deadlines import day_end
from opensps.lifecycle.coordination import CoordinationAct, PartAct
from opensps.lifecycle.question import Procedure
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.fields import DayField, LineField, NeededLineField, language
from opensps.web.html.forms.words import Words
from opensps.web.html.inquiry_words import PROCEDURES


def _text(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MOST_SIGNS,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write a few words here.")},
    )


def body_choices(bodies: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Return id and name of every body, in the reader's language."""
    chinese = language() == "zh"
    return [(found, name_zh if chinese and name_zh else name) for found, name, name_zh in bodies]


class MatterForm(ActForm):
    """A new case, and the bodies that take part from the start."""

    procedure = forms.ChoiceField(
        label=_("Which kind of procedure is it about?"),
        choices=list(PROCEDURES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of procedure.")},
    )
    subject = NeededLineField(
        label=_("Subject"), max_length=200, error_messages={"required": _("Say in one line what it is about.")}
    )
    details = _text(_("What has to be agreed"), required=False, help_text=_("Every body that takes part reads it."))

    def matter(self) -> Matter:
        """Return what the case is about."""
        given = self.cleaned_data
        return Matter(
            procedure=Procedure(given["procedure"]), subject=given["subject"], details=given["details"].strip()
        )


class TaskForm(ActForm):
    """What one body is asked to do, until when."""

    body = forms.ChoiceField(
        label=_("Ministry or body"), error_messages={"required": _("Choose the ministry or body.")}
    )
    task = _text(_("What it is asked to do"))
    due = DayField(label=_("To be reported by"), required=False, help_text=_("Leave empty if there is no deadline."))

    def __init__(self, *args: Any, bodies: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].choices = [("", "–"), *body_choices(bodies)]  # type: ignore[attr-defined]  # ChoiceField

    def given(self, *, offset_minutes: int) -> Task:
        """Return the task; the deadline is the end of its day by the clock of the authority."""
        day = self.cleaned_data["due"]
        return Task(
            organisation=self.cleaned_data["body"],
            text=self.cleaned_data["task"],
            due_at=day_end(day, offset_minutes=offset_minutes) if day else None,
        )


class BodyForm(ActForm):
    """A ministry or body that is not on the list yet."""

    name = NeededLineField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the name.")})
    name_zh = LineField(label=_("Name in Chinese"), max_length=200, required=False)


class TextForm(ActForm):
    """What an act asks for in words."""

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = _text(label)


class AskAgainForm(TextForm):
    """What is missing, and until when."""

    due = DayField(
        label=_("To be reported by"), required=False, help_text=_("Leave empty if there is no other deadline.")
    )
    field_order = ("text", "due")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.order_fields(self.field_order)

    def clean_due(self) -> date | None:
        """Return the day; one that is over would be a deadline missed at once."""
        day: date | None = self.cleaned_data["due"]
        if day is not None and day < self.today:
            raise ValidationError(_("This day is over. Enter today or a later day."), code="past")
        return day

    def due_at(self, *, offset_minutes: int) -> datetime | None:
        """Return the end of the day by the clock of the authority."""
        day = self.cleaned_data["due"]
        return day_end(day, offset_minutes=offset_minutes) if day else None


CASE_ACTS: Final = MappingProxyType(
    {
        CoordinationAct.REMARK: (_("Write a remark"), _("Only coordinators read it."), _("Remark")),
        CoordinationAct.CLOSE: (
            _("Close the case"),
            _("Say what was agreed. Every part must have been reported or taken back."),
            _("What was agreed"),
        ),
        CoordinationAct.REOPEN: (_("Open the case again"), _("Say why."), _("Reason")),
    }
)
"""Act -> heading, what follows, what is asked."""

PART_ACTS: Final = MappingProxyType(
    {
        PartAct.TAKE: (_("Take it up"), _("The coordinator sees that you work on it."), ""),
        PartAct.REPORT: (
            _("Report the result"),
            _("The coordinator reads it; the other bodies do not."),
            _("What your body decided or did"),
        ),
        PartAct.REMARK: (_("Write to the other side"), _("Your body and the coordinator read it."), _("Text")),
        PartAct.ASK_AGAIN: (
            _("Ask again"),
            _("The body takes it up again and reports anew."),
            _("What is missing"),
        ),
        PartAct.WITHDRAW: (
            _("Take it back"),
            _("The body no longer sees the case. What it wrote stays on record."),
            _("Reason"),
        ),
    }
)
"""The same for the part of one body."""

LOG: Final[Words] = MappingProxyType(
    {
        "open": _("Case opened"),
        "assign": _("Given to a body"),
        "remark": _("Remark"),
        "close": _("Case closed"),
        "reopen": _("Opened again"),
        "take": _("Taken up"),
        "report": _("Result reported"),
        "ask_again": _("Asked again"),
        "withdraw": _("Taken back"),
        "due_clock_ends": _("Deadline passed"),
    }
)
