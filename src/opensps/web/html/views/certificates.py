"""Certificates: list and search, the page of one with its files, hold, lift, withdrawal by two people, copies."""

import io
import zipfile
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps import codes
from opensps.accounts.queries import names_by_id, office_by_code
from opensps.border.queries import inquiries_about
from opensps.certificate import TITLES
from opensps.certification import services
from opensps.certification.models import Certificate
from opensps.certification.queries import (
    certificate_acts_for,
    certificate_value,
    certificates_count_for_actor,
    certificates_for_actor,
    exact_number,
    hold_ends_at,
    holds_to_decide,
    reason_words,
    timeline_for,
    withdrawals_to_confirm,
)
from opensps.certification.queries.log import log_place
from opensps.formats.carriers import grouped
from opensps.formats.pdf import Mark
from opensps.lifecycle import OFFICERS, CertificateAct, CertificateState, Role
from opensps.signing.pdf_seals import seal_pdf
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, Post, act, fresh_token, guarded, now, post, who
from opensps.web.html.forms.acts import HoldForm, ReasonForm, WithdrawForm
from opensps.web.html.forms.fields import language
from opensps.web.html.installation import installation
from opensps.web.html.records import Fact, heading_of_value
from opensps.web.html.sheets import sheet_of
from opensps.web.html.templatetags.parts import moment_in_words, status_word
from opensps.web.html.views.deliveries import reached
from opensps.web.html.views.lists import Chip, address, offset_of, paging
from opensps.web.html.views.own import visible_certificate
from opensps.web.html.views.presentations import use_at_borders
from opensps.web.html.views.proof import proof_awaited
from opensps.web.html.views.timelines import certificate_entries

READERS: Final = (Role.EXPORTER, Role.MANAGER, *sorted(OFFICERS))


@role_required(*READERS)
@require_safe
def certificates(request: SignedInRequest) -> HttpResponse:
    """Certificates, newest first; a complete number finds its certificate whatever the filters say."""
    text, offset = request.GET.get("q", "").strip(), offset_of(request)
    states = tuple(state for state in CertificateState if state == request.GET.get("state"))
    who_asks: dict[str, Any] = {"authority": request.actor.authority, "actor": request.actor}
    if text and (number := exact_number(text)) and (found := certificates_for_actor(**who_asks, text=number)):
        return HttpResponseRedirect(reverse("certificate", args=[found[0].number]))
    count = certificates_count_for_actor(**who_asks, text=text, states=states)
    total = certificates_count_for_actor(**who_asks) if text or states else count
    state = str(states[0]) if states else ""
    chips = [Chip(_("All"), address(q=text), not state)]
    chips += [
        Chip(status_word("certificate", each), address(q=text, state=each), each == state) for each in CertificateState
    ]
    context = {
        "rows": certificates_for_actor(**who_asks, text=text, states=states, offset=offset),
        "chips": chips,
        "q": text,
        "state": state,
        "count_line": _count_line(count, total - count),
        "is_filtered": bool(text or state),
        "empty_text": _("No certificate fits the filter.") if text or state else _("There are no certificates yet."),
        **paging(offset, count, q=text, state=state),
    }
    return render(request, "certificates/list.html", context)


def _count_line(count: int, hidden: int) -> str:
    line = ngettext("%(count)d certificate, newest first.", "%(count)d certificates, newest first.", count) % {
        "count": count
    }
    if not hidden:
        return line
    return f"{line} " + ngettext("Filters hide %(count)d.", "Filters hide %(count)d.", hidden) % {"count": hidden}


@role_required(*READERS)
@require_safe
def certificate(request: SignedInRequest, number: str) -> HttpResponse:
    """One certificate: state, facts, code, files, acts, history."""
    row = visible_certificate(request, number)
    value = certificate_value(row)
    tone, text = _state_text(row)
    context = {
        "certificate": row,
        "heading": heading_of_value(value),
        "state_tone": tone,
        "state_text": text,
        "facts": _facts(request, row),
        "sheet": sheet_of(value),
        "code": grouped(row.code),
        "check_url": reverse("check-link", args=[row.token]),
        "paper_url": reverse("certificate-paper", args=[number]) if request.actor.roles & OFFICERS else "",
        "acts": _links(request, row),
        "posts": _posts(request, row),
        "entries": certificate_entries(request, number),
        "deliveries": reached(request, number),
        **use_at_borders(request, row.authority, number),
        "inquiries": inquiries_about(actor=request.actor, number=number),
    }
    return render(request, "certificates/certificate.html", context)


def _state_text(row: Certificate) -> tuple[str, str]:
    """Return tone and sentence of a state that needs one."""
    reason = reason_words(row.public_reason, language())
    if row.state == CertificateState.ON_HOLD:
        until = hold_ends_at(row)
        by = moment_in_words(until) if until else "–"
        return "warn", _("On hold: %(reason)s. To be decided by %(time)s.") % {"reason": reason, "time": by}
    if row.state == CertificateState.WITHDRAWN:
        at = moment_in_words(row.withdrawn_at) if row.withdrawn_at else "–"
        return "bad", _("Withdrawn on %(time)s: %(reason)s.") % {"reason": reason, "time": at}
    return "info", ""


def _facts(request: SignedInRequest, row: Certificate) -> list[Fact]:
    office = office_by_code(authority=request.actor.authority, code=row.office)
    chinese = language() == "zh"
    is_staff = not request.actor.roles <= {Role.EXPORTER}
    names = names_by_id(authority=request.actor.authority, ids=[row.officer]) if is_staff else {}
    rows = (
        (_("Kind"), TITLES[certificate_value(row).kind][chinese]),
        (_("Issued"), moment_in_words(row.issued_at)),
        (_("Issuing office"), (office.name_zh if chinese else office.name_en) if office else row.office),
        (_("Certifying officer"), names.get(row.officer, "")),
        (_("Exporter"), row.consignor_name),
        (_("Destination"), codes.country_name(row.import_country, language())),
        (_("Copies printed"), str(row.copy_count)),
        (_("Place in the public log"), str(log_place(authority=row.authority, number=row.number) or "")),
    )
    return [Fact(label, text) for label, text in rows if text]


_ACT_PAGES: Final = (
    (CertificateAct.HOLD, "certificate-hold"),
    (CertificateAct.LIFT, "certificate-lift"),
    (CertificateAct.PROPOSE_WITHDRAWAL, "certificate-withdraw"),
    (CertificateAct.CONFIRM_WITHDRAWAL, "certificate-decide"),
)


def _links(request: SignedInRequest, row: Certificate) -> list[Link]:
    words = {
        CertificateAct.HOLD: _("Put on hold"),
        CertificateAct.LIFT: _("Lift the hold"),
        CertificateAct.PROPOSE_WITHDRAWAL: _("Propose a withdrawal"),
        CertificateAct.CONFIRM_WITHDRAWAL: _("Decide on the withdrawal"),
    }
    offered = certificate_acts_for(row, actor=request.actor)
    has_proposal = bool(row.proposed_by)
    fitting = {
        CertificateAct.LIFT: not has_proposal,
        CertificateAct.PROPOSE_WITHDRAWAL: not has_proposal,
        CertificateAct.CONFIRM_WITHDRAWAL: has_proposal,
    }
    return [
        Link(reverse(name, args=[row.number]), words[act_name])
        for act_name, name in _ACT_PAGES
        if act_name in offered and fitting.get(act_name, True)
    ]


def _posts(request: SignedInRequest, row: Certificate) -> list[Post]:
    if CertificateAct.PRINT_COPY not in certificate_acts_for(row, actor=request.actor):
        return []
    return [post(reverse("certificate-copy", args=[row.number]), _("Print a copy"))]


@role_required(*READERS)
@require_safe
def file(request: SignedInRequest, number: str, form: str) -> HttpResponse:
    """A file of the certificate: the paper, the sealed XML, its seal, or both in one ZIP."""
    row = visible_certificate(request, number)
    makers: dict[str, tuple[Any, str]] = {
        "pdf": (lambda: _paper(row), "application/pdf"),
        "xml": (lambda: bytes(row.xml or b""), "application/xml"),
        "xades": (lambda: bytes(row.seal or b""), "application/xml"),
        "zip": (lambda: _zipped(row), "application/zip"),
    }
    if form not in makers:
        raise Http404
    make, media_type = makers[form]
    return guarded(
        request,
        lambda: _download(make(), media_type, f"{row.number}.{form}"),
        back_url=reverse("certificate", args=[number]),
    )


def _paper(row: Certificate) -> bytes:
    """Return the signed paper; that of a demo says so on every page."""
    return services.certificate_paper(
        authority=row.authority,
        number=row.number,
        signer=keys.signer(),
        at=now(),
        is_demo=installation().is_demo,
        codes=keys.code_signer(),
        bundle=proof_awaited(row),
    )


def _copy(row: Certificate) -> bytes:
    """Return a copy, signed; each has a number of its own, so none is kept."""
    copy = services.certificate_pdf(
        authority=row.authority,
        number=row.number,
        mark=Mark.COPY,
        is_demo=installation().is_demo,
        codes=keys.code_signer(),
        bundle=proof_awaited(row),
    )
    return seal_pdf(copy, signer=keys.signer(), at=now())


def _zipped(row: Certificate) -> bytes:
    """Return XML, seal and, once the log has it, the proof as one file; the same certificate gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"xml": row.xml or b"", "xades": row.seal or b"", "tlog-proof": proof_awaited(row)}
        for ending, data in files.items():
            if data is not None:
                archive.writestr(zipfile.ZipInfo(f"{row.number}.{ending}"), bytes(data))
    return packed.getvalue()


def _download(data: bytes, media_type: str, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=media_type, headers=headers)


@role_required(*READERS)
@require_POST
def print_copy(request: SignedInRequest, number: str) -> HttpResponse:
    """Count a copy and hand it out, marked COPY."""
    row = visible_certificate(request, number)
    here = reverse("certificate", args=[number])

    def answer() -> HttpResponse:
        copy = services.certificate_print_copy(**who(request, now()), number=number)
        return _download(_copy(row), "application/pdf", f"{number}-copy-{copy}.pdf")

    return guarded(request, answer, back_url=here)


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
