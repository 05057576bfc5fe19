"""What an applicant does with a finished draft: hand in, answer, take back, delete, cancel; and agree on a visit."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certificate import (
    Certificate,
)
from opensps.certification import services
from opensps.certification.models import Application
from opensps.certification.queries import (
    application_value,
    documents_of,
    draft_findings,
    guards_for,
    inspections_of,
    returned_fields_of,
)
from opensps.lifecycle import APPLICANTS, ApplicationAct, InspectionAct
from opensps.rules import Level
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, now, who
from opensps.web.html.forms.acts import DeclarationForm, ReasonForm
from opensps.web.html.forms.fields import day_text
from opensps.web.html.forms.findings import said, url_of
from opensps.web.html.forms.paths import path_of_pointer, place_of
from opensps.web.html.forms.returning import DOCUMENTS, words_of
from opensps.web.html.forms.steps import severe
from opensps.web.html.records import due_day, next_line
from opensps.web.html.views.answers import sections
from opensps.web.html.views.own import own_application


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, reference: str) -> HttpResponse:
    """Check the answers, declare, submit."""
    row = own_application(request, reference, act=ApplicationAct.SUBMIT)
    value = application_value(row)
    findings = draft_findings(row, at=now())
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    here = reverse("application-check", args=[reference])
    if request.method == "POST" and form.is_valid():

        def submit(at: Any) -> str:
            services.application_submit(**who(request, at), reference=reference)
            return reverse("application-submitted", args=[reference])

        return act(request, f"application.submit.{reference}", submit, back_url=here)
    context = {
        "application": row,
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "button": _("Submit the application"),
        "problems": [said(finding, reference) for finding in severe(findings)],
        "warnings": [said(finding, reference) for finding in findings if finding.level is Level.WARNING],
        "sections": sections(reference, value, documents_of(row)),
        "has_errors": bool(severe(findings)),
    }
    return render(request, "exporter/check.html", context)


@role_required(*APPLICANTS)
@require_safe
def submitted(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that it is in, what happens next, and until when."""
    row = own_application(request, reference)
    if row.submitted_at is None or row.state == "draft":
        return HttpResponseRedirect(reverse("application", args=[reference]))
    until = due_day(row.due_at)
    line = (
        _("An examiner looks at it by %(day)s.") % {"day": day_text(until)}
        if until
        else next_line("application", row.state)
    )
    context = {"application": row, "next_line": line, "again_token": fresh_token()}
    return render(request, "exporter/submitted.html", context)


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the examiner wants changed, how far it is, and sending it."""
    row = own_application(request, reference, act=ApplicationAct.ANSWER)
    here = reverse("application-changes", args=[reference])
    if request.method == "POST":

        def answer(at: Any) -> str:
            services.application_answer(**who(request, at), reference=reference)
            return reverse("application", args=[reference])

        return act(request, f"application.answer.{reference}.{row.return_round}", answer, back_url=here)
    value = application_value(row)
    guards = guards_for(row, ApplicationAct.ANSWER, actor=request.actor, at=now())
    untouched = {
        path for guard in guards if guard.name == "named_fields_touched" for path in (guard.reason or "").split(",")
    }
    problems = severe(draft_findings(row, at=now()))
    fields = returned_fields_of(row)
    due_on = due_day(row.due_at)
    context = {
        "application": row,
        "lead": _changes_lead(len(fields), due_on),
        "due_on": due_on,
        "rows": [_change_row(row, value, field, is_open=field.path in untouched) for field in fields],
        "problems": [said(finding, reference) for finding in problems],
        "can_answer": all(guard.has_passed for guard in guards),
        "token": fresh_token(),
    }
    return render(request, "exporter/changes.html", context)


def _changes_lead(count: int, due_on: Any) -> str:
    needed = ngettext(
        "%(count)d thing is needed before we can continue.",
        "%(count)d things are needed before we can continue.",
        count,
    ) % {"count": count}
    until = _("You have until %(day)s.") % {"day": day_text(due_on)} if due_on else ""
    return " ".join(part for part in (needed, until) if part)


def _change_row(row: Application, value: Certificate, field: Any, *, is_open: bool) -> dict[str, str]:
    if field.path == DOCUMENTS:
        url = reverse("application-documents", args=[row.reference])
    else:
        url = url_of(place_of(path_of_pointer(field.path)), row.reference)
    tone, word = ("warn", _("To change")) if is_open else ("ok", _("Changed"))
    return {"url": url, "place": words_of(value, field.path), "comment": field.comment, "tone": tone, "word": word}


def _confirmed(request: SignedInRequest, row: Application, act_name: ApplicationAct, **words: Any) -> HttpResponse:
    """Ask once more, with a reason where the act needs one, and do it."""
    form = ReasonForm(request.POST if request.method == "POST" else None) if words.pop("with_reason", False) else None
    back_url = reverse("application", args=[row.reference])
    service, then = words.pop("service"), words.pop("then")
    if request.method == "POST" and (form is None or form.is_valid()):
        given = {"reason": form.cleaned_data["reason"]} if form is not None else {}

        def do(at: Any) -> str:
            service(**who(request, at), reference=row.reference, **given)
            return str(then)

        return act(request, f"application.{act_name}.{row.reference}.{row.version}", do, back_url=back_url)
    context = {"form": form, "token": fresh_token(), "back_url": back_url, **words}
    return render(request, "act/confirm.html", context)


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take an application back before it is opened."""
    row = own_application(request, reference)
    return _confirmed(
        request,
        row,
        ApplicationAct.TAKE_BACK,
        service=services.application_take_back,
        then=reverse("application", args=[reference]),
        heading=_("Take the application back"),
        texts=[_("It becomes a draft again. You can change it and submit it again at any time.")],
        button=_("Take it back"),
    )


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, reference: str) -> HttpResponse:
    """Delete a draft that was never submitted."""
    row = own_application(request, reference)
    return _confirmed(
        request,
        row,
        ApplicationAct.DELETE,
        service=services.application_delete,
        then=reverse("applications"),
        heading=_("Delete the draft"),
        texts=[_("Everything you entered and every document is erased. Only its reference stays on record.")],
        button=_("Delete the draft"),
        danger=True,
    )


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, reference: str) -> HttpResponse:
    """Cancel an application, with a reason."""
    row = own_application(request, reference)
    return _confirmed(
        request,
        row,
        ApplicationAct.CANCEL,
        service=services.application_cancel,
        then=reverse("application", args=[reference]),
        heading=_("Cancel the application"),
        texts=[
            _("No certificate will be issued for it. This cannot be undone, but you can make another one like it."),
            _("Once an inspection was ordered, the examiner has to agree first."),
        ],
        button=_("Cancel the application"),
        danger=True,
        with_reason=True,
    )


@role_required(*APPLICANTS)
@require_POST
def visit(request: SignedInRequest, reference: str) -> HttpResponse:
    """Confirm the planned visit, or ask for another day."""
    row = own_application(request, reference)
    planned = next(iter(inspections_of(row)), None)
    answers = {"confirm": services.inspection_confirm, "reschedule": services.inspection_reschedule}
    service: Any = answers.get(request.POST.get("answer", ""))
    if planned is None or service is None:
        raise Http404
    here = reverse("application", args=[reference])

    def do(at: Any) -> str:
        service(**who(request, at), reference=planned.reference)
        return here

    return act(request, f"inspection.{InspectionAct.CONFIRM}.{planned.reference}", do, back_url=here)
