"""The exporter's pages besides the steps: list, beginning, task list, history, preview (acts: `applicant`)."""

from dataclasses import replace
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps import codes
from opensps.accounts.mandate_queries import is_agent, principals_of
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
    attestations_of,
    documents_of,
    draft_findings,
    inspections_of,
    reason_words,
    returned_fields_of,
    with_attestations,
)
from opensps.lifecycle import APPLICANTS, ApplicationAct, InspectionState
from opensps.rules import Finding
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, fresh_token, guarded, now, who
from opensps.web.html.forms.acts import NewApplicationForm
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.fitting import is_needed
from opensps.web.html.forms.goods import bare
from opensps.web.html.forms.paths import path_of_pointer
from opensps.web.html.forms.people import organisation_words
from opensps.web.html.forms.step import emptied, with_consignment, with_lines
from opensps.web.html.forms.steps import Task, is_ready_to_check, severe, tasks
from opensps.web.html.installation import installation
from opensps.web.html.records import due_day, heading_of, next_line
from opensps.web.html.sheets import sheet_of
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.lists import exporter_rows, recent_applications
from opensps.web.html.views.own import own_application
from opensps.web.html.views.timelines import application_entries

EDITABLE: Final = frozenset({"draft", "returned"})


@role_required(*APPLICANTS)
@require_safe
def applications(request: SignedInRequest) -> HttpResponse:
    """The organisation's applications, those with a deadline first."""
    return render(request, "exporter/list.html", exporter_rows(request))


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Three answers to begin an application with, or one of the last ones to copy."""
    form = NewApplicationForm(request.POST if request.method == "POST" else None, principals=_principals(request))
    here = reverse("application-new")
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        kind = CertificateKind(answers["kind"])

        def begin(at: Any) -> str:
            return _begun(
                request,
                at,
                kind,
                lambda value: _answered(value, answers["destination"], answers["product"]),
                principal=answers.get("principal") or None,
            )

        return act(request, "application.create", begin, back_url=reverse("applications"))
    recent = [{**row, "token": fresh_token()} for row in recent_applications(request)]
    context = {"form": form, "token": request.POST.get("form_token") or fresh_token(), "recent": recent}
    return render(request, "exporter/new.html", {**context, "back_url": reverse("applications"), "action": here})


def _principals(request: SignedInRequest) -> list[tuple[str, str]] | None:
    """Return for whom an agent may apply; None for somebody who applies for the own organisation."""
    if not is_agent(request.actor):
        return None
    rows = principals_of(authority=request.actor.authority, actor=request.actor, at=now())
    return [(row.pk.hex, organisation_words(row)) for row in rows]


def _begun(
    request: SignedInRequest, at: Any, kind: CertificateKind, changed: Any, *, principal: str | None = None
) -> str:
    """Create the draft, write the first answers into it, and return its address."""
    is_reexport = is_needed(kind, "lines.re_export")
    application = services.application_create(
        **who(request, at),
        kind_of_application=Application.RE_EXPORT if is_reexport else Application.NEW,
        certificate_kind=kind,
        principal=principal,
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


@role_required(*APPLICANTS)
@require_POST
def again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Make another like this: dates, lots, containers, seals and attachments are left out."""
    row = own_application(request, reference)
    model = application_value(row)

    def copied(value: Certificate) -> Certificate:
        document = replace(
            value.exchanged_document,
            declarations=replace(model.exchanged_document.declarations, inspections=(), distinguishing_marks=()),
        )
        consignment = replace(emptied(model.consignment), export_country=value.consignment.export_country)
        lines = tuple(bare(line) for line in model.lines)
        made = with_lines(replace(value, exchanged_document=document, consignment=consignment), lines)
        return with_attestations(made, attested) if (attested := attestations_of(model)) else made

    def begin(at: Any) -> str:
        return _begun(request, at, model.kind, copied, principal=row.organisation)

    return act(request, f"application.again.{reference}", begin, back_url=reverse("applications"))


@role_required(*APPLICANTS)
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
    first = next((task for task in found if not task.is_done and not task.is_optional), None)
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
                "hint": _("Only if it applies") if task.is_optional and not task.is_started else "",
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


@role_required(*APPLICANTS)
@require_safe
def history(request: SignedInRequest, reference: str) -> HttpResponse:
    """What happened to the application, newest first."""
    row = own_application(request, reference)
    return render(request, "exporter/history.html", {"application": row, "entries": application_entries(request, row)})


@role_required(*APPLICANTS)
@require_safe
def preview(request: SignedInRequest, reference: str) -> HttpResponse:
    """How the certificate will look."""
    row = own_application(request, reference)
    return render(request, "exporter/preview.html", {"application": row, "sheet": sheet_of(application_value(row))})


@role_required(*APPLICANTS)
@require_safe
def draft_pdf(request: SignedInRequest, reference: str) -> HttpResponse:
    """The draft on paper, marked DRAFT."""
    row = own_application(request, reference)

    def answer() -> HttpResponse:
        data = services.draft_pdf(
            authority=request.actor.authority, reference=row.reference, is_demo=installation().is_demo
        )
        name = f"{row.reference}-draft.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(data, content_type="application/pdf", headers=headers)

    return guarded(request, answer, back_url=reverse("application-preview", args=[reference]))
