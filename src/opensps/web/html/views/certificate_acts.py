"""Acts on a certificate: hold and lift, withdrawal by two people, and what waits for a decision."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import names_by_id
from opensps.certification import services
from opensps.certification.models import Certificate
from opensps.certification.queries import (
    holds_to_decide,
    reason_words,
    timeline_for,
    withdrawals_to_confirm,
)
from opensps.lifecycle import OFFICERS, CertificateState, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, now, who
from opensps.web.html.forms.acts import CopyLostForm, HoldForm, ReasonForm, WithdrawForm
from opensps.web.html.forms.fields import language
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.own import visible_certificate


def _act_page(request: SignedInRequest, number: str, form: Any, name: str, do: Any, **words: Any) -> HttpResponse:
    """Show the form of one act on a certificate, or do it and come back to the certificate."""
    back_url = reverse("certificate", args=[number])
    if request.method == "POST" and form.is_valid():

        def once(at: Any) -> str:
            do(at)
            return back_url

        return act(request, f"certificate.{name}.{number}", once, back_url=back_url)
    context = {"form": form, "token": request.POST.get("form_token") or fresh_token(), "back_url": back_url, **words}
    return render(request, "act/confirm.html", context)


def _posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


@role_required(*sorted(OFFICERS | {Role.EXPORTER}))
@require_http_methods(["GET", "HEAD", "POST"])
def copy_lost(request: SignedInRequest, number: str) -> HttpResponse:
    """Report that the original or a copy was lost: whoever presents it is asked for another one."""
    row = visible_certificate(request, number)
    form = CopyLostForm(_posted(request), copies=row.copy_count, lost=frozenset(map(int, row.lost_copies)))

    def do(at: Any) -> None:
        given = form.cleaned_data
        services.certificate_report_copy_lost(
            **who(request, at), number=number, copy=int(given["copy"]), reason=given["reason"]
        )

    return _act_page(
        request,
        number,
        form,
        "copy_lost",
        do,
        heading=_("Report a paper as lost"),
        texts=[
            _("The certificate stays in force. Whoever scans the code of this paper learns that it was reported lost."),
            _("This cannot be taken back. Print a new copy for the importer."),
        ],
        button=_("Report as lost"),
    )


@role_required(*sorted(OFFICERS))
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: SignedInRequest, number: str) -> HttpResponse:
    """Put a certificate on hold until a day."""
    visible_certificate(request, number)
    form = HoldForm(_posted(request), decide_by=services.hold_decide_by(now()))

    def do(at: Any) -> None:
        given = form.cleaned_data
        services.certificate_hold(
            **who(request, at), number=number, reason_code=given["reason_code"], decide_by=given["decide_by"]
        )

    return _act_page(
        request,
        number,
        form,
        "hold",
        do,
        heading=_("Put on hold"),
        texts=[
            _("From now on every check answers “On hold – wait for our answer”, with the reason below."),
            _("A senior officer lifts the hold or the certificate is withdrawn."),
        ],
        button=_("Put on hold"),
    )


@role_required(Role.SENIOR_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: SignedInRequest, number: str) -> HttpResponse:
    """Lift a hold, with a reason."""
    visible_certificate(request, number)
    form = ReasonForm(_posted(request))

    def do(at: Any) -> None:
        services.certificate_lift(**who(request, at), number=number, reason=form.cleaned_data["reason"])

    return _act_page(
        request,
        number,
        form,
        "lift",
        do,
        heading=_("Lift the hold"),
        texts=[_("The certificate is in force again, and checks say so at once.")],
        button=_("Lift the hold"),
    )


@role_required(*sorted(OFFICERS))
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    """Propose a withdrawal; a second person decides."""
    visible_certificate(request, number)
    form = WithdrawForm(_posted(request))

    def do(at: Any) -> None:
        given = form.cleaned_data
        services.certificate_propose_withdrawal(
            **who(request, at), number=number, reason_code=given["reason_code"], text=given["text"]
        )

    return _act_page(
        request,
        number,
        form,
        "withdraw",
        do,
        heading=_("Propose a withdrawal"),
        texts=[
            _("It is put on hold at once. A senior officer other than you decides within one working day."),
        ],
        button=_("Propose the withdrawal"),
        danger=True,
    )


@role_required(Role.SENIOR_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, number: str) -> HttpResponse:
    """Decide on a proposal: withdraw for good, or decline."""
    row = visible_certificate(request, number)
    back_url = reverse("certificate", args=[number])
    if request.method == "POST":
        answers: dict[str, Any] = {
            "confirm": services.certificate_confirm_withdrawal,
            "decline": services.certificate_decline_withdrawal,
        }
        service = answers.get(request.POST.get("answer", ""))
        if service is None:
            raise Http404

        def do(at: Any) -> str:
            service(**who(request, at), number=number)
            return back_url

        return act(request, f"certificate.decide.{number}", do, back_url=back_url)
    if not row.proposed_by or row.state != CertificateState.ON_HOLD:
        return HttpResponseRedirect(back_url)
    names = names_by_id(authority=request.actor.authority, ids=[row.proposed_by])
    facts = (
        (_("Proposed by"), names.get(row.proposed_by, "")),
        (_("Reason"), reason_words(row.proposed_reason_code, language())),
        (_("Facts"), _proposal_text(request, number)),
        (_("Goods"), row.goods),
        (_("Exporter"), row.consignor_name),
        (_("Issued"), moment_in_words(row.issued_at)),
    )
    context = {
        "certificate": row,
        "facts": [Fact(label, text) for label, text in facts if text],
        "token": fresh_token(),
    }
    return render(request, "certificates/decide.html", context)


def _proposal_text(request: SignedInRequest, number: str) -> str:
    """Return the facts of the newest proposal; empty where they were erased."""
    events = timeline_for(authority=request.actor.authority, object_kind="certificate", object_id=number)
    told = (event.payload or {} for event in reversed(events) if event.act == "certificate.withdrawal_proposed")
    return str(next(told, {}).get("text", ""))


@role_required(Role.SENIOR_OFFICER)
@require_safe
def decisions(request: SignedInRequest) -> HttpResponse:
    """Withdrawals to confirm and holds to decide, oldest deadline first."""
    authority = request.actor.authority
    rows = [
        _decision(row, "certificate-decide", _("Withdrawal")) for row in withdrawals_to_confirm(authority=authority)
    ]
    rows += [_decision(row, "certificate", _("Hold")) for row in holds_to_decide(authority=authority)]
    rows.sort(key=lambda row: row["due_on"] or localdate())
    line = ngettext("%(count)d decision waits.", "%(count)d decisions wait.", len(rows)) % {"count": len(rows)}
    return render(request, "certificates/decisions.html", {"rows": rows, "count_line": line})


def _decision(row: Certificate, url_name: str, what: str) -> dict[str, Any]:
    return {
        "url": reverse(url_name, args=[row.number]),
        "number": row.number,
        "goods": row.goods,
        "what": what,
        "reason": reason_words(row.proposed_reason_code or row.public_reason, language()),
        "due_on": row.hold_decide_by,
    }
