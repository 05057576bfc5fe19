"""The desks of examiner and reviewer: queue, examining, returning, ordering an inspection, refusing, making ready."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certificate import CertificateKind
from opensps.certification import services
from opensps.certification.models import Application
from opensps.certification.queries import (
    CERTIFIED_AS,
    acts_for,
    application_value,
    attestations_of,
    guards_for,
    statements_of,
)
from opensps.lifecycle import ApplicationAct, ApplicationState, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, fresh_token, now, post, version_of, who
from opensps.web.html.forms.acts import OrderInspectionForm, ReasonForm, RefuseForm, ReturnForm
from opensps.web.html.forms.attestations import WordingForm, in_language
from opensps.web.html.forms.returning import returnable
from opensps.web.html.sources import asked_guards, source_rows
from opensps.web.html.views.desk import crumbs, desk_context, passed_or_blocked
from opensps.web.html.views.lists import worklist
from opensps.web.html.views.own import visible_application

STATES: Final = (
    ApplicationState.SUBMITTED,
    ApplicationState.IN_EXAMINATION,
    ApplicationState.RETURNED,
    ApplicationState.IN_INSPECTION,
    ApplicationState.READY,
    ApplicationState.REFUSED,
)
_PLAIN: Final = {
    "open": (ApplicationAct.OPEN, services.application_open),
    "ready": (ApplicationAct.MARK_READY, services.application_mark_ready),
    "agree": (ApplicationAct.AGREE_TO_CANCEL, services.application_agree_to_cancel),
}


@role_required(Role.EXAMINER, Role.REVIEWER)
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Applications to examine, oldest deadline first."""
    context = worklist(request, STATES)
    words = _("No application fits the filter.") if context["is_filtered"] else _("No application waits.")
    own = {"heading": _("Applications to examine"), "url_name": "examine-application", "empty_text": words}
    return render(request, "act/queue.html", context | own)


@role_required(Role.EXAMINER, Role.REVIEWER)
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """One application with everything a decision needs."""
    row = visible_application(request, reference)
    offered = acts_for(row, actor=request.actor)
    context = desk_context(request, row) | crumbs("examine", _("Applications to examine"))
    context |= {"posts": _posts(row, offered), "acts": _links(row, offered), "sources": source_rows(row, at=now())}
    if ApplicationAct.MARK_READY in offered:
        guards = asked_guards(row, guards_for(row, ApplicationAct.MARK_READY, actor=request.actor, at=now()))
        is_free = all(guard.has_passed for guard in guards)
        context |= {
            "checks": passed_or_blocked(guards),
            "checks_heading": _("Before it is ready to sign"),
            "posts": [each for each in context["posts"] if is_free or not each.url.endswith("/ready")],
        }
    return render(request, "examiner/application.html", context)


def _url(name: str, row: Application, *more: str) -> str:
    return reverse(name, args=[row.reference, *more])


def _posts(row: Application, offered: tuple[ApplicationAct, ...]) -> list[Any]:
    words = {
        "open": _("Begin the examination"),
        "ready": _("Mark as ready to sign"),
        "agree": _("Agree to the cancellation"),
    }
    return [
        post(_url("examine-act", row, name), words[name], is_main=name in {"open", "ready"})
        for name, (act_name, _service) in _PLAIN.items()
        if act_name in offered and not (name == "agree" and row.has_cancel_consent)
    ]


def _links(row: Application, offered: tuple[ApplicationAct, ...]) -> list[Link]:
    rows = (
        (ApplicationAct.WORD_ATTESTATIONS, "examine-attestations", _("Word the statements")),
        (ApplicationAct.ORDER_INSPECTION, "examine-inspection", _("Order an inspection")),
        (ApplicationAct.RETURN_FOR_CHANGES, "examine-return", _("Return for changes")),
        (ApplicationAct.SEND_BACK, "application-send-back", _("Send back to examination")),
        (ApplicationAct.REFUSE, "examine-refuse", _("Refuse the certificate")),
    )
    left_out = () if statements_of(CertificateKind(row.certificate_kind)) else (ApplicationAct.WORD_ATTESTATIONS,)
    return [
        Link(_url(name, row), words)
        for act_name, name, words in rows
        if act_name in offered and act_name not in left_out
    ]


@role_required(Role.EXAMINER, Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def attestations(request: SignedInRequest, reference: str) -> HttpResponse:
    """The words of the statements the certificate makes, to be changed before the review."""
    row = visible_application(request, reference)
    value = application_value(row)
    if not statements_of(value.kind):
        raise Http404
    form = WordingForm(request.POST if request.method == "POST" else None, value=value)
    back_url = _url("examine-application", row)
    version = version_of(request)
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> str:
            services.application_word_attestations(
                **who(request, at), reference=reference, attestations=form.attestations(), version=version
            )
            return back_url

        return act(request, f"application.attestations.{reference}", do, back_url=back_url)
    context = {
        "application": row,
        "form": form,
        "version": version or row.version,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": back_url,
        "uses": [in_language(each.texts) for each in attestations_of(value) if each.id == CERTIFIED_AS],
    }
    return render(request, "examiner/attestations.html", context)


@role_required(Role.EXAMINER, Role.REVIEWER)
@require_POST
def plain_act(request: SignedInRequest, reference: str, name: str) -> HttpResponse:
    """An act that needs no more than a button: begin, mark ready, agree."""
    row = visible_application(request, reference)
    if name not in _PLAIN:
        raise Http404
    service: Any = _PLAIN[name][1]
    here = _url("examine-application", row)

    def do(at: Any) -> str:
        service(**who(request, at), reference=reference)
        return here

    return act(request, f"application.{name}.{reference}", do, back_url=here)


@role_required(Role.EXAMINER)
@require_http_methods(["GET", "HEAD", "POST"])
def return_for_changes(request: SignedInRequest, reference: str) -> HttpResponse:
    """One notice that lists everything: fields, comments, until when."""
    row = visible_application(request, reference)
    back_url = _url("examine-application", row)
    form = ReturnForm(request.POST if request.method == "POST" else None, places=returnable(application_value(row)))
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> str:
            services.application_return_for_changes(
                **who(request, at), reference=reference, reason_text=form.cleaned_data["reason"], fields=form.comments()
            )
            return back_url

        return act(request, f"application.return.{reference}", do, back_url=back_url)
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": back_url,
        "lead": _("The applicant has 30 days to answer. The clock of the examination pauses until then."),
    }
    return render(request, "examiner/return.html", context)


def _act_page(request: SignedInRequest, form: Any, operation: str, do: Any, **words: Any) -> HttpResponse:
    """Show the form of one act, or do it."""
    if request.method == "POST" and form.is_valid():
        return act(request, operation, do, back_url=words["back_url"])
    context = {"form": form, "token": request.POST.get("form_token") or fresh_token(), **words}
    return render(request, "act/confirm.html", context)


@role_required(Role.EXAMINER)
@require_http_methods(["GET", "HEAD", "POST"])
def order_inspection(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the planner for an inspection."""
    row = visible_application(request, reference)
    back_url = _url("examine-application", row)
    form = OrderInspectionForm(request.POST if request.method == "POST" else None)

    def do(at: Any) -> str:
        services.application_order_inspection(**who(request, at), reference=reference, cause=form.cleaned_data["cause"])
        return back_url

    return _act_page(
        request,
        form,
        f"application.inspection.{reference}",
        do,
        heading=_("Order an inspection"),
        texts=[_("The planner names inspector, day and place.")],
        button=_("Order the inspection"),
        back_url=back_url,
    )


@role_required(Role.EXAMINER, Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Refuse the certificate: ground, facts, appeal."""
    row = visible_application(request, reference)
    back_url = _url("examine-application", row)
    form = RefuseForm(request.POST if request.method == "POST" else None)

    def do(at: Any) -> str:
        given = form.cleaned_data
        services.application_refuse(
            **who(request, at),
            reference=reference,
            reason_code=given["reason_code"],
            legal_ground=given["legal_ground"],
            text=given["text"],
        )
        return back_url

    return _act_page(
        request,
        form,
        f"application.refuse.{reference}",
        do,
        heading=_("Refuse the certificate"),
        texts=[_("The applicant gets a notice with ground and facts and can appeal within 30 days.")],
        button=_("Refuse"),
        danger=True,
        back_url=back_url,
    )


@role_required(Role.REVIEWER, Role.CERTIFYING_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send a ready application back to examination, with a reason."""
    row = visible_application(request, reference)
    is_officer = Role.CERTIFYING_OFFICER in request.actor.roles
    back_url = _url("queue-application" if is_officer else "examine-application", row)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def do(at: Any) -> str:
        services.application_send_back(**who(request, at), reference=reference, reason=form.cleaned_data["reason"])
        return reverse("queue") if is_officer else back_url

    return _act_page(
        request,
        form,
        f"application.send-back.{reference}",
        do,
        heading=_("Send back to examination"),
        texts=[_("What was prepared for signature is discarded. The examiner sees your reason.")],
        button=_("Send back"),
        back_url=back_url,
    )
