"""What the desks of the authority share: the page of an application with rules, documents, inspections, history.

Buttons come from the lifecycle table: what is not on offer in this state to this role is not shown.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from opensps.accounts.queries import names_by_id
from opensps.certificate import Certificate
from opensps.certification.models import Application
from opensps.certification.queries import (
    GuardAnswer,
    answer_differences,
    application_value,
    documents_of,
    draft_findings,
    inspections_of,
)
from opensps.web.html.access import SignedInRequest
from opensps.web.html.acting import now
from opensps.web.html.forms.returning import words_of
from opensps.web.html.forms.words import GUARDS, why_blocked, word
from opensps.web.html.records import documents, due_day, heading_of, next_line, remarks, report
from opensps.web.html.sheets import sheet_of
from opensps.web.html.views.timelines import application_entries


def desk_context(request: SignedInRequest, row: Application) -> dict[str, Any]:
    """Return what every desk sees of an application."""
    value = application_value(row)
    return {
        "application": row,
        "heading": heading_of(row),
        "next_line": next_line("application", row.state),
        "due_on": due_day(row.due_at),
        "sheet": sheet_of(value),
        "findings": remarks(draft_findings(row, at=now())),
        "documents": documents(row.reference, documents_of(row)),
        "inspections": reports(request, row, value),
        "changes": changed_since_return(row, value),
        "entries": application_entries(request, row),
    }


def reports(request: SignedInRequest, row: Application, value: Certificate) -> list[dict[str, Any]]:
    """Return the inspections of an application, newest first, with the inspectors' names."""
    visits = inspections_of(row)
    names = names_by_id(authority=request.actor.authority, ids=[visit.inspector for visit in visits if visit.inspector])
    return [report(visit, value, inspector=names.get(visit.inspector, "")) for visit in visits]


def changed_since_return(row: Application, value: Certificate) -> list[dict[str, str]]:
    """Return what the applicant changed since the last return: place, before, now."""
    return [
        {"place": words_of(value, found.path), "before": _leaf(found.before), "after": _leaf(found.after)}
        for found in answer_differences(row)
    ]


def _leaf(value: Any) -> str:
    """Return a leaf of the draft in words; trees by their texts."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(text for text in (_leaf(each) for each in value.values()) if text)
    if isinstance(value, list):
        return "; ".join(text for text in (_leaf(each) for each in value) if text)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def passed_or_blocked(guards: Iterable[GuardAnswer]) -> list[dict[str, str]]:
    """Return the guards as the list an officer reads before deciding; those about the post itself are left out."""
    return [
        {
            "tone": "ok" if guard.has_passed else "bad",
            "word": _("Passed") if guard.has_passed else _("Blocked"),
            "label": word(GUARDS, guard.name),
            "text": "" if guard.reason is None else why_blocked(guard.name, guard.reason),
        }
        for guard in guards
        if guard.name in GUARDS and guard.name != "reason_given"
    ]


def crumbs(url_name: str, words: str) -> dict[str, str]:
    """Return where a record stands."""
    return {"list_url": reverse(url_name), "list_words": words}
