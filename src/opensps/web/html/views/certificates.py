"""Certificates: list and search, the page of one with its files, copies on paper. Acts are in `certificate_acts`."""

import io
import zipfile
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

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
    reason_words,
)
from opensps.certification.queries.log import log_place
from opensps.formats.carriers import grouped
from opensps.formats.pdf import Mark
from opensps.lifecycle import APPLICANTS, OFFICERS, OWN_STAFF, CertificateAct, CertificateState, Role
from opensps.signing.pdf_seals import seal_pdf
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, Post, guarded, now, post, who
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

READERS: Final = (*sorted(APPLICANTS), Role.MANAGER, *sorted(OFFICERS))


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
    is_staff = bool(request.actor.roles & OWN_STAFF)
    names = names_by_id(authority=request.actor.authority, ids=[row.officer]) if is_staff else {}
    rows = (
        (_("Kind"), TITLES[certificate_value(row).kind][chinese]),
        (_("Issued"), moment_in_words(row.issued_at)),
        (_("Issuing office"), (office.name_zh if chinese else office.name_en) if office else row.office),
        (_("Certifying officer"), names.get(row.officer, "")),
        (_("Exporter"), row.consignor_name),
        (_("Destination"), codes.country_name(row.import_country, language())),
        (_("Copies printed"), str(row.copy_count)),
        (_("Papers reported lost"), ", ".join(map(str, _lost(row)))),
        (_("Form"), row.template),
        (_("Place in the public log"), str(log_place(authority=row.authority, number=row.number) or "")),
    )
    return [Fact(label, text) for label, text in rows if text]


def _lost(row: Certificate) -> list[str]:
    """Return the papers that were reported lost, in words."""
    numbers = sorted(map(int, row.lost_copies))
    return [_("copy %(number)d") % {"number": each} if each else _("the original") for each in numbers]


_ACT_PAGES: Final = (
    (CertificateAct.REPORT_COPY_LOST, "certificate-copy-lost"),
    (CertificateAct.HOLD, "certificate-hold"),
    (CertificateAct.LIFT, "certificate-lift"),
    (CertificateAct.PROPOSE_WITHDRAWAL, "certificate-withdraw"),
    (CertificateAct.CONFIRM_WITHDRAWAL, "certificate-decide"),
)


def _links(request: SignedInRequest, row: Certificate) -> list[Link]:
    words = {
        CertificateAct.REPORT_COPY_LOST: _("Report a paper as lost"),
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
