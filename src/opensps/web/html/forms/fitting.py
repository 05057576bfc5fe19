"""Which questions a kind of certificate asks, and in which words: steps and fields follow its profile.

A field of a form names the field of the certificate it edits (`StepForm.marked`); the profile of the kind says whether
there is such a field and whether it must be filled in. What is asked of some families only is named in `StepForm.only`.
Words that differ stand in the table of a form by kind or by family (`StepForm.worded`); the name of the printed box
comes from the profile. Nothing here asks which kind it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.certificate import CertificateKind, Family
from opensps.certificate.kinds import KindProfile, Mark, profile_of
from opensps.web.html.forms.fields import language

PLANTS: Final = frozenset({Family.PLANT})
CODED: Final = frozenset({Family.ANIMAL, Family.FOOD})
"""The families whose certificates name establishments, batches and attestations in words."""

ANIMALS: Final = "lines.animals"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is put."""

    label: str | Promise
    help_text: str | Promise = ""
    is_needed: bool | None = None
    """Where the profile says nothing; None: as the form says."""


Wording = Mapping[CertificateKind | Family, Mapping[str, Asked]]
"""By kind, else by family: form field to how it is asked; other fields are asked as the form says."""


def is_there(kind: CertificateKind, field: str, *, only: frozenset[Family] | None = None) -> bool:
    """Say whether a kind has a field, named by its path in the profile, and belongs to one of these families."""
    profile = profile_of(kind)
    return profile.mark(field) is not Mark.ABSENT and (only is None or profile.family in only)


def is_needed(kind: CertificateKind, field: str) -> bool:
    """Say whether a kind demands a field."""
    return profile_of(kind).mark(field) is Mark.MANDATORY


def fit(form: Any, kind: CertificateKind) -> None:
    """Leave in a form what the kind asks, mark what it demands, and put it in the kind's words."""
    profile = profile_of(kind)
    for name in tuple(form.fields):
        path, only = form.marked.get(name, ""), form.only.get(name)
        is_foreign = only is not None and profile.family not in only
        if is_foreign or name in form.unasked.get(kind, ()) or (path and profile.mark(path) is Mark.ABSENT):
            del form.fields[name]
        elif path in profile.marks:
            form.fields[name].required = profile.marks[path] is Mark.MANDATORY
    for name, asked in words_of(form.worded, profile).items():
        if name in form.fields:
            field = form.fields[name]
            field.label, field.help_text = asked.label, asked.help_text
            field.required = field.required if asked.is_needed is None else asked.is_needed
    _name_boxes(form.fields, form.printed, profile)


def label_of(form: Any, kind: CertificateKind, name: str) -> str:
    """Return how a form calls one of its fields in this kind."""
    asked = words_of(form.worded, profile_of(kind)).get(name)
    return str(asked.label if asked else form.base_fields[name].label)


def words_of(worded: Wording, profile: KindProfile) -> Mapping[str, Asked]:
    """Return the words of a kind: its own before those of its family."""
    family: Mapping[str, Asked] = worded.get(profile.family, {}) if profile.family else {}
    return {**family, **worded.get(profile.kind, {})}


def _name_boxes(fields: Mapping[str, forms.Field], printed: Mapping[str, str], profile: KindProfile) -> None:
    """Say in which box of the certificate an answer is printed, where the kind has a name for the box."""
    if profile.family in PLANTS:
        return
    for name, path in printed.items():
        label = profile.labels.get(path)
        if name in fields and label is not None:
            box = label[language() == "zh"]
            fields[name].help_text = " ".join(part for part in (str(fields[name].help_text), str(_in_box(box))) if part)


def _in_box(box: str) -> str:
    return str(_("Printed in the box “%(box)s”.")) % {"box": box}
