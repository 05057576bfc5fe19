"""Findings and comments in the reader's words, beside the field they speak of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from opensps.rules import Finding
from opensps.web.html.forms.paths import Place, place_of
from opensps.web.html.forms.steps import title_of


@dataclass(frozen=True, slots=True)
class Said:
    """One finding or comment as a page shows it."""

    message: str
    tone: str
    step: str
    """Title of the step; empty where the applicant cannot change it."""

    url: str
    """Where it is changed, at the very field; empty where it cannot be."""

    rule: str = ""


_TONES = {"SEVERE": "bad", "WARNING": "warn", "INFO": "info"}


def sentence(finding: Finding) -> str:
    """Return the finding's sentence in the reader's language, from the same template as the English one."""
    return gettext(finding.template) % finding.params


def url_of(place: Place, reference: str) -> str:
    """Return the address where the place is edited, with the field as fragment; empty where nobody can.

    Without a reference nobody is meant to change it.
    """
    if place.step is None or not reference:
        return ""
    fragment = f"#id_{place.field}" if place.field else ""
    if place.step == "goods":
        if place.line is None:
            return reverse("application-goods", args=[reference])
        return reverse("application-line", args=[reference, place.line + 1]) + fragment
    if place.line is not None and place.entry is not None:
        return reverse(f"application-{place.step}-one", args=[reference, place.line + 1, place.entry + 1]) + fragment
    return reverse(f"application-{place.step}", args=[reference]) + fragment


def said(finding: Finding, reference: str) -> Said:
    """Return a finding as an applicant's page shows it."""
    place = place_of(finding.field)
    return Said(
        message=sentence(finding),
        tone=_TONES[finding.level],
        step=title_of(place),
        url=url_of(place, reference),
        rule=finding.rule,
    )


def beside(form: forms.Form, findings: Iterable[Finding], comments: Mapping[str, str], *, at: Place) -> None:
    """Put findings and an examiner's comments of this page beside their fields.

    `at` says which page it is: step, and where it is one line or one entry of it, which. A finding about the whole
    page stands above the form.
    """
    if not form.is_bound:
        form.full_clean()
        form.cleaned_data = {}
    for path, message in [
        *((path, message) for path, message in comments.items()),
        *((finding.field, sentence(finding)) for finding in findings),
    ]:
        place = place_of(path)
        if place.step != at.step or (at.line is not None and place.line != at.line):
            continue
        if at.entry is not None and place.entry != at.entry:
            continue
        name = place.field if place.field in form.fields else None
        form.add_error(name, message)
