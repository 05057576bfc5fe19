"""Forms of inquiries and questions. They parse; who may do what, and when, is asked of the services."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from opensps.border.inquiry_values import Decision, File, Saying
from opensps.certification.deadlines import day_end
from opensps.lifecycle.inquiry import InquiryFinding, InquiryMeasure, InquiryPriority, InquirySubject
from opensps.lifecycle.question import Procedure
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.check import FilesInput
from opensps.web.html.forms.fields import DayField, LineField, language
from opensps.web.html.inquiry_words import ACTIONS, FINDINGS, MEASURES, PRIORITIES, PROCEDURES, SUBJECTS

MOST_FILES: Final = 5
MOST_FILE: Final = 3_000_000
MOST_TOGETHER: Final = 10_000_000
MOST_SIGNS: Final = 4_000
MOST_NAME: Final = 200
BEGINNINGS: Final[Mapping[str, bytes]] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
"""The bytes decide what a file is; nothing else is taken at a page."""

OFFSETS: Final = tuple(range(-12 * 60, 14 * 60 + 1, 30))


def offset_words(minutes: int) -> str:
    """Return UTC+02:00."""
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


class EvidenceField(forms.FileField):
    """None to five files, read in memory and judged by their bytes."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> tuple[File, ...]:  # noqa: ARG002  Django's signature
        """Return the files as values."""
        given: Sequence[UploadedFile[Any]] = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES or sum(each.size or 0 for each in given) > MOST_TOGETHER:
            raise ValidationError(_("At most 5 files, 3 MB each and 10 MB together."), code="too_much")
        return tuple(_file(each) for each in given)


def _file(upload: "UploadedFile[Any]") -> File:
    if (upload.size or 0) > MOST_FILE:
        raise ValidationError(_("At most 5 files, 3 MB each and 10 MB together."), code="too_much")
    content = upload.read()
    found = next((kind for kind, begin in BEGINNINGS.items() if content.startswith(begin)), None)
    if found is None:
        raise ValidationError(_("A file must be a PDF, a JPEG or a PNG picture."), code="kind")
    return File(_safe_name(upload.name or ""), found, content)


def _safe_name(name: str) -> str:
    """Return a name without path, control characters and direction marks."""
    base = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in base if not unicodedata.category(sign).startswith("C")).strip()
    return plain[:MOST_NAME] or "file"


class MultipleFiles(forms.Form):
    """Adds the files of a message."""

    files_given = EvidenceField(
        label=_("Files"), required=False, help_text=_("PDF, JPEG or PNG; at most 5 files, 3 MB each.")
    )


def _text(label: Any, *, rows: int = 5, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Say something in words.")},
    )


class SayingForm(ActForm):
    """A text in the writer's language."""

    text = _text(_("Text"))

    def saying(self, request_id: str) -> Saying:
        """Return what is said."""
        given = self.cleaned_data
        return Saying(texts=((language(), given["text"]),), files=given.get("files_given") or (), request_id=request_id)

    def decision(self) -> Decision:
        """Return what is decided besides."""
        return Decision()


class SayingWithFilesForm(MultipleFiles, SayingForm):
    """A text and files."""

    field_order = ("text", "files_given")


class AskForm(MultipleFiles, SayingForm):
    """An inquiry about a certificate; the evidence of the check goes along by itself."""

    number = LineField(label=_("Certificate number"), max_length=64, required=False)
    subject = forms.ChoiceField(label=_("What is it about?"), choices=list(SUBJECTS.items()), widget=forms.RadioSelect)
    priority = forms.ChoiceField(
        label=_("How long can the goods wait?"), choices=list(PRIORITIES.items()), widget=forms.RadioSelect
    )
    location = forms.RegexField(
        label=_("Place, as a code"),
        help_text=_("UN/LOCODE of the port, for example XBPNO."),
        regex=r"^[A-Za-z]{2}[A-Za-z0-9]{3}$",
        required=False,
    )
    offset = forms.TypedChoiceField(
        label=_("Your clock"),
        help_text=_("Deadlines are shown by your clock and by ours."),
        choices=[(each, offset_words(each)) for each in OFFSETS],
        coerce=int,
    )
    result = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    partner = forms.ChoiceField(label=_("Which authority issued it?"), required=False)
    field_order = ("number", "partner", "subject", "priority", "text", "files_given", "location", "offset", "result")

    def __init__(self, *args: Any, partners: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if partners:
            self.fields["partner"].choices = list(partners)  # type: ignore[attr-defined]  # ChoiceField
            self.fields["partner"].required = self.fields["number"].required = True
        else:
            del self.fields["partner"]

    @property
    def subject_given(self) -> InquirySubject:
        """What it is about."""
        return InquirySubject(self.cleaned_data["subject"])

    @property
    def priority_given(self) -> InquiryPriority:
        """How long the goods can wait."""
        return InquiryPriority(self.cleaned_data["priority"])


class QuestionForm(MultipleFiles, SayingForm):
    """A question to the enquiry point."""

    procedure = forms.ChoiceField(
        label=_("Which kind of procedure is it about?"), choices=list(PROCEDURES.items()), widget=forms.RadioSelect
    )
    country = forms.CharField(
        label=_("Country that asks"), help_text=_("Two letters, for example XB."), required=False, max_length=2
    )
    offset = forms.TypedChoiceField(
        label=_("Your clock"),
        help_text=_("Deadlines are shown by your clock and by ours."),
        choices=[(each, offset_words(each)) for each in OFFSETS],
        coerce=int,
    )
    field_order = ("procedure", "country", "text", "files_given", "offset")

    def __init__(self, *args: Any, is_desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_desk:
            self.fields["country"].required = True
        else:
            del self.fields["country"]

    @property
    def procedure_given(self) -> str:
        """Which procedure."""
        return Procedure(self.cleaned_data["procedure"]).value


class RouteForm(ActForm):
    """To which office of ours."""

    office = forms.ChoiceField(label=_("Office"), error_messages={"required": _("Choose the office.")})

    def __init__(self, *args: Any, offices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "–"), *offices]  # type: ignore[attr-defined]  # ChoiceField

    def saying(self, request_id: str) -> Saying:
        """Return nothing said."""
        return Saying(request_id=request_id)

    def decision(self) -> Decision:
        """Return the office."""
        return Decision(office=self.cleaned_data["office"])


class BodyForm(ActForm):
    """To which body a question goes, or to which several."""

    bodies = forms.MultipleChoiceField(
        label=_("Ministries and bodies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several open a case of coordination, with a part for each."),
    )
    office = LineField(label=_("Or another body, by its name"), max_length=60, required=False)

    def __init__(self, *args: Any, bodies: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = dict(bodies)
        if bodies:
            self.fields["bodies"].choices = list(bodies)  # type: ignore[attr-defined]  # ChoiceField
        else:
            del self.fields["bodies"]
            self.fields["office"].label = _("Responsible body")

    def clean(self) -> dict[str, Any]:
        """Refuse a form that names nobody."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("office") and not given.get("bodies"):
            self.add_error("office", _("Name the body that is responsible."))
        return given

    def chosen(self) -> tuple[str, ...]:
        """Return the ids of the bodies that were ticked."""
        return tuple(self.cleaned_data.get("bodies") or ())

    def saying(self, request_id: str) -> Saying:
        """Return nothing said."""
        return Saying(request_id=request_id)

    def decision(self) -> Decision:
        """Return the body, or the names of several as far as they fit."""
        names = [self.names[each] for each in self.chosen()] or [self.cleaned_data["office"]]
        return Decision(office=", ".join(names)[:60])


class _FindingForm(ActForm):
    """Finding and measures, by their codes."""

    finding = forms.ChoiceField(
        label=_("Finding"),
        choices=list(FINDINGS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Give a finding and a measure.")},
    )
    measures = forms.MultipleChoiceField(
        label=_("Measures"),
        choices=list(MEASURES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Give a finding and a measure.")},
    )

    def decision(self) -> Decision:
        """Return finding and measures."""
        given = self.cleaned_data
        return Decision(
            finding=InquiryFinding(given["finding"]),
            measures=tuple(InquiryMeasure(each) for each in given["measures"]),
        )


class BothLanguages(ActForm):
    """A text in English and in Chinese."""

    text_en = _text(_("Text in English"))
    text_zh = _text(_("Text in Chinese"))

    def saying(self, request_id: str) -> Saying:
        """Return both texts."""
        given = self.cleaned_data
        return Saying(texts=(("en", given["text_en"]), ("zh", given["text_zh"])), request_id=request_id)

    def decision(self) -> Decision:
        """Return nothing decided."""
        return Decision()


class DraftForm(_FindingForm, BothLanguages):
    """A reply: finding, measures, text in both languages."""

    field_order = ("finding", "measures", "text_en", "text_zh")


class RecordForm(_FindingForm, MultipleFiles, SayingForm):
    """What a partner answered."""

    field_order = ("finding", "measures", "text", "files_given")


class ReportForm(SayingForm):
    """What the asker did after the reply."""

    outcome = forms.ChoiceField(
        label=_("What became of the goods?"),
        choices=list(ACTIONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of the goods.")},
    )
    field_order = ("outcome", "text")

    def decision(self) -> Decision:
        """Return the action."""
        return Decision(action=self.cleaned_data["outcome"])


class EstimateForm(SayingForm):
    """By which day a question will be answered."""

    day = DayField(label=_("Answer by"), help_text=_("For example 25 November 2026."))
    field_order = ("day", "text")

    def clean_day(self) -> Any:
        """Return the day; an estimate without one says nothing."""
        if self.cleaned_data["day"] is None:
            raise ValidationError(_("Enter the day."), code="required")
        return self.cleaned_data["day"]

    def decision(self) -> Decision:
        """Return the end of the day named."""
        return Decision(estimate_at=day_end(self.cleaned_data["day"]))
