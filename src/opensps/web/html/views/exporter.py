"""The exporter's pages besides the steps: list, beginning, task list, submitting, answering, history, preview."""

from dataclasses import replace
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps import codes
from opensps.certificate import (
    Certificate,
    CertificateKind,
    CountryArea,
    Text,
    TradeLineItem,
    country_code,
)
from opensps.certification import services
from opensps.certification.models import Application
from opensps.certification.queries import (
    acts_for,
    application_value,
    documents_of,
    draft_findings,
    guards_for,
    inspections_of,
    reason_words,
    returned_fields_of,
)
from opensps.lifecycle import ApplicationAct, InspectionAct, InspectionState, Role
from opensps.rules import Finding, Level
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, fresh_token, guarded, now, who
from opensps.web.html.forms.acts import DeclarationForm, NewApplicationForm, ReasonForm
from opensps.web.html.forms.fields import day_text, language
from opensps.web.html.forms.findings import said, url_of
from opensps.web.html.forms.goods import bare
from opensps.web.html.forms.paths import path_of_pointer, place_of
from opensps.web.html.forms.returning import DOCUMENTS, words_of
from opensps.web.html.forms.step import emptied, with_consignment, with_lines
from opensps.web.html.forms.steps import Task, is_ready_to_check, severe, tasks
from opensps.web.html.records import due_day, heading_of, next_line
from opensps.web.html.sheets import sheet_of
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.answers import sections
from opensps.web.html.views.lists import exporter_rows, recent_applications
from opensps.web.html.views.own import own_application
from opensps.web.html.views.timelines import application_entries

EDITABLE: Final = frozenset({"draft", "returned"})


@role_required(Role.EXPORTER)
@require_safe
def applications(request: SignedInRequest) -> HttpResponse:
    """The organisation's applications, those with a deadline first."""
    return render(request, "exporter/list.html", exporter_rows(request))


@role_required(Role.EXPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Three answers to begin an application with, or one of the last ones to copy."""
    form = NewApplicationForm(request.POST if request.method == "POST" else None)
    here = reverse("application-new")
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        kind = CertificateKind(answers["kind"])

        def begin(at: Any) -> str:
            return _begun(request, at, kind, lambda value: _answered(value, answers["destination"], answers["product"]))

        return act(request, "application.create", begin, back_url=reverse("applications"))
    recent = [{**row, "token": fresh_token()} for row in recent_applications(request)]
    context = {"form": form, "token": request.POST.get("form_token") or fresh_token(), "recent": recent}
    return render(request, "exporter/new.html", {**context, "back_url": reverse("applications"), "action": here})


def _begun(request: SignedInRequest, at: Any, kind: CertificateKind, changed: Any) -> str:
    """Create the draft, write the first answers into it, and return its address."""
    is_reexport = kind is CertificateKind.PHYTOSANITARY_REEXPORT
    application = services.application_create(
        **who(request, at),
        kind_of_application=Application.RE_EXPORT if is_reexport else Application.NEW,
        certificate_kind=kind,
    )
    services.application_edit(
        **who(request, at),
        reference=application.reference,
        value=changed(application_value(application)),
        version=application.version,
    )
    return reverse("application", args=[application.reference])


def _answered(value: Certificate, destination: str, product: str) -> Certificate:
    """Return the empty draft with destination and one line of goods."""
    written = with_consignment(value, import_country=CountryArea(country_code(destination)))
    tongue = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in product) else "en"
    return with_lines(written, (TradeLineItem(1, descriptions=(Text(product, tongue),)),))


@role_required(Role.EXPORTER)
@require_POST
def again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Make another like this: dates, lots, containers, seals and attachments are left out."""
    model = application_value(own_application(request, reference))

    def copied(value: Certificate) -> Certificate:
        document = replace(
            value.exchanged_document,
            declarations=replace(model.exchanged_document.declarations, inspections=(), distinguishing_marks=()),
        )
        consignment = replace(emptied(model.consignment), export_country=value.consignment.export_country)
        lines = tuple(bare(line) for line in model.lines)
        return with_lines(replace(value, exchanged_document=document, consignment=consignment), lines)

    def begin(at: Any) -> str:
        return _begun(request, at, model.kind, copied)

    return act(request, f"application.again.{reference}", begin, back_url=reverse("applications"))


@role_required(Role.EXPORTER)
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """The task list of a draft; of anything else where it stands and what was applied for."""
    row = own_application(request, reference)
    value = application_value(row)
    is_open = row.state in EDITABLE
    context: dict[str, Any] = {
        "application": row,
        "heading": heading_of(row),
        "links": _links(request, row),
        "again_token": fresh_token(),
        **(_task_list(row, value) if is_open else _standing(row, value)),
    }
    return render(request, "exporter/application.html", context)


def _task_list(row: Application, value: Certificate) -> dict[str, Any]:
    findings = draft_findings(row, at=now())
    paths = [path_of_pointer(field.path) for field in returned_fields_of(row)] if row.state == "returned" else []
    found = tasks(value, findings, comments=paths, documents=len(documents_of(row)))
    done = sum(task.is_done for task in found)
    count = _("%(done)d of %(all)d sections done.") % {"done": done, "all": len(found)}
    saved = _("Saved %(time)s.") % {"time": moment_in_words(row.changed_at)}
    first = next((task for task in found if not task.is_done and not task.step.is_optional), None)
    return {
        "tasks": found,
        "sections": _task_sections(row, value, found, findings),
        "saved_line": f"{saved} {count}",
        "notice_text": _returned_notice(row, len(paths)),
        **_next(row, first),
    }


def _next(row: Application, first: Task | None) -> dict[str, Any]:
    if row.state == "returned":
        return {}
    if first is None:
        return {
            "next_url": reverse("application-check", args=[row.reference]),
            "next_label": _("Check your answers and submit"),
        }
    return {
        "next_url": reverse(f"application-{first.step.slug}", args=[row.reference]),
        "next_label": _("Continue: %(task)s") % {"task": first.step.title},
    }


def _returned_notice(row: Application, count: int) -> str:
    if row.state != "returned":
        return ""
    return ngettext(
        "%(count)d thing is needed before we can continue.",
        "%(count)d things are needed before we can continue.",
        count,
    ) % {"count": count}


def _task_sections(
    row: Application, value: Certificate, found: tuple[Task, ...], findings: tuple[Finding, ...]
) -> list[dict[str, Any]]:
    country = value.consignment.import_country.code
    asked = (
        _("What %(country)s asks for") % {"country": codes.country_name(country, language())}
        if country
        else _("What the importing country asks for")
    )
    titles = {"about": _("About the consignment"), "asked": asked}
    rows: dict[str, list[dict[str, Any]]] = {"about": [], "asked": []}
    for task in found:
        rows[task.step.section].append(
            {
                "url": reverse(f"application-{task.step.slug}", args=[row.reference]),
                "label": task.step.title,
                "tone": task.tone,
                "word": task.word,
                "hint": _("Only if it applies") if task.step.is_optional and not task.is_started else "",
            }
        )
    sections = [{"title": titles[name], "rows": each} for name, each in rows.items()]
    return [*sections, {"title": _("Finish"), "rows": [_finish(row, found, findings)]}]


def _finish(row: Application, found: tuple[Task, ...], findings: tuple[Finding, ...]) -> dict[str, Any]:
    is_ready = is_ready_to_check(found)
    word = _("Cannot start yet") if not is_ready else _("Not started")
    if row.state == "returned":
        label, name = _("Send the changes"), "application-changes"
    else:
        label, name = _("Check your answers and submit"), "application-check"
    count = len(severe(findings))
    tone = "none"
    if is_ready and count:
        tone = "warn"
        word = ngettext("%(count)d thing to fix", "%(count)d things to fix", count) % {"count": count}
    url = reverse(name, args=[row.reference]) if is_ready else ""
    return {"url": url, "label": label, "tone": tone, "word": word, "hint": ""}


def _standing(row: Application, value: Certificate) -> dict[str, Any]:
    visits = inspections_of(row)
    visit = visits[0] if visits else None
    awaits_answer = (
        visit is not None
        and visit.state == InspectionState.INSPECTION_BOOKED
        and visit.confirmed_at is None
        and not visit.is_unannounced
    )
    return {
        "next_line": next_line("application", row.state),
        "due_on": due_day(row.due_at),
        "certificate_number": row.number if row.state == "issued" else "",
        "end_text": _end_text(row),
        "visit": visit,
        "visit_token": fresh_token() if awaits_answer else "",
        "sheet": sheet_of(value),
    }


def _end_text(row: Application) -> str:
    reason = reason_words(row.end_reason_code, language()) if row.end_reason_code else ""
    appeal = ""
    if row.appeal_until and row.state == "refused":
        appeal = _("You can appeal until %(time)s.") % {"time": moment_in_words(row.appeal_until)}
    return "\n".join(text for text in (reason, row.end_legal_ground, row.end_reason, appeal) if text)


_ACTS: Final = (
    (ApplicationAct.TAKE_BACK, "application-take-back"),
    (ApplicationAct.DELETE, "application-delete"),
    (ApplicationAct.CANCEL, "application-cancel"),
)


def _links(request: SignedInRequest, row: Application) -> list[Link]:
    words = {
        ApplicationAct.TAKE_BACK: _("Take it back"),
        ApplicationAct.DELETE: _("Delete the draft"),
        ApplicationAct.CANCEL: _("Cancel the application"),
    }
    offered = acts_for(row, actor=request.actor)
    links = [Link(reverse("application-history", args=[row.reference]), _("History"))]
    if row.state not in EDITABLE:
        links.append(Link(reverse("application-preview", args=[row.reference]), _("Preview of the certificate")))
    for act_name, url_name in _ACTS:
        if act_name in offered and not (act_name is ApplicationAct.DELETE and row.submitted_at):
            links.append(Link(reverse(url_name, args=[row.reference]), words[act_name]))
    return links


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
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


@role_required(Role.EXPORTER)
@require_safe
def history(request: SignedInRequest, reference: str) -> HttpResponse:
    """What happened to the application, newest first."""
    row = own_application(request, reference)
    return render(request, "exporter/history.html", {"application": row, "entries": application_entries(request, row)})


@role_required(Role.EXPORTER)
@require_safe
def preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """How the certificate will look."""
    row = own_application(request, reference)
    return render(request, "exporter/preview.html", {"application": row, "sheet": sheet_of(application_value(row))})


@role_required(Role.EXPORTER)
@require_safe
def draft_pdf(request: SignedInRequest, reference: str) -> HttpResponse:
    """The draft on paper, marked DRAFT."""
    row = own_application(request, reference)

    def answer() -> HttpResponse:
        data = services.draft_pdf(authority=request.actor.authority, reference=row.reference)
        headers = {"Content-Disposition": f'inline; filename="{row.reference}-draft.pdf"', "Cache-Control": "no-store"}
        return HttpResponse(data, content_type="application/pdf", headers=headers)

    return guarded(request, answer, back_url=reverse("application-preview", args=[reference]))
