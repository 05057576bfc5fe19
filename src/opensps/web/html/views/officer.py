"""The certifying officer's pages: queue, one-screen decision, preparing, signing exactly what is shown, the result.

The signing page is drawn from the prepared bytes, read back, and carries their digest D. The officer gives the password
again or uses a passkey; the approval holds for that D and nothing else. What is risky waits for a second officer, who
finds it in the same queue. Repeating a post never makes a second certificate.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certification import services
from opensps.certification.models import Application, IssueIntention
from opensps.certification.queries import acts_for, certificate_of, guards_for, intention_of, worklist_for
from opensps.certification.services import ApprovalEvidence
from opensps.formats import read_certificate
from opensps.lifecycle import ActNotAllowed, ApplicationAct, ApplicationState, Role
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, fresh_token, guarded, now, refused, who
from opensps.web.html.approving import TEMPLATE, allows_password, approval_options, evidence_from
from opensps.web.html.forms.acts import SignForm
from opensps.web.html.forms.words import why_not
from opensps.web.html.installation import installation
from opensps.web.html.records import heading_of_value
from opensps.web.html.sheets import sheet_of
from opensps.web.html.views.desk import desk_context, passed_or_blocked
from opensps.web.html.views.lists import worklist
from opensps.web.html.views.own import visible_application

STATES: Final = (ApplicationState.READY,)
GROUP: Final = 8


@role_required(Role.CERTIFYING_OFFICER)
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Applications ready to sign, oldest deadline first."""
    context = worklist(request, STATES)
    first = context["rows"][0].reference if context["rows"] else ""
    words = _("No application fits the filter.") if context["is_filtered"] else _("Nothing is ready to sign.")
    own = {
        "heading": _("Work queue"),
        "url_name": "queue-application",
        "chips": (),
        "empty_text": words,
        "open_next_url": reverse("queue-application", args=[first]) if first else "",
    }
    return render(request, "act/queue.html", context | own)


@role_required(Role.CERTIFYING_OFFICER)
@require_safe
def application(request: SignedInRequest, reference: str) -> HttpResponse:
    """Decide on one screen: what the certificate will say, and what was checked."""
    row = visible_application(request, reference)
    if row.state == ApplicationState.ISSUED:
        return HttpResponseRedirect(reverse("queue-issued", args=[reference]))
    offered = acts_for(row, actor=request.actor)
    guards = guards_for(row, ApplicationAct.PREPARE_ISSUE, actor=request.actor, at=now())
    intention = intention_of(row)
    is_open = intention is not None and intention.state == IssueIntention.INTENDED
    context = desk_context(request, row) | {
        "checks": passed_or_blocked(guards),
        "can_prepare": ApplicationAct.PREPARE_ISSUE in offered and all(guard.has_passed for guard in guards),
        "continue_url": reverse("queue-sign", args=[reference]) if is_open else "",
        "token": fresh_token(),
        "acts": _other_acts(row, offered),
    }
    return render(request, "officer/decide.html", context)


def _other_acts(row: Application, offered: tuple[ApplicationAct, ...]) -> list[Link]:
    rows = (
        (ApplicationAct.SEND_BACK, "application-send-back", _("Send back to examination")),
        (ApplicationAct.REFUSE, "examine-refuse", _("Refuse the certificate")),
    )
    return [
        Link(reverse(name, args=[row.reference]), words, danger=act_name is ApplicationAct.REFUSE)
        for act_name, name, words in rows
        if act_name in offered
    ]


@role_required(Role.CERTIFYING_OFFICER)
@require_POST
def prepare(request: SignedInRequest, reference: str) -> HttpResponse:
    """Prepare the issue: take the number, render, read back, judge; then show it for signature."""
    visible_application(request, reference)

    def do(at: Any) -> str:
        services.issue_prepare(**who(request, at), reference=reference)
        return reverse("queue-sign", args=[reference])

    back_url = reverse("queue-application", args=[reference])
    return act(request, f"application.prepare.{reference}", do, back_url=back_url)


@dataclass(frozen=True, slots=True)
class Shown:
    """What lies on the signing page: the preparation and its value, read from the prepared bytes."""

    row: Application
    intention: IssueIntention

    @property
    def digest(self) -> str:
        """D in hexadecimal digits."""
        return bytes(self.intention.digest).hex()

    @property
    def is_intended(self) -> bool:
        """Approved before and not finished."""
        return self.intention.state == IssueIntention.INTENDED

    @property
    def awaits_second(self) -> bool:
        """Approved by one officer, and a second one is needed."""
        return self.is_intended and self.intention.needs_second and not self.intention.second_approved_by


@role_required(Role.CERTIFYING_OFFICER)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, reference: str) -> HttpResponse:
    """Show exactly what is signed; take the approval; seal and issue."""
    row = visible_application(request, reference)
    if row.state == ApplicationState.ISSUED:
        return HttpResponseRedirect(reverse("queue-issued", args=[reference]))
    back_url = reverse("queue-application", args=[reference])
    intention = intention_of(row)
    if intention is None:
        return HttpResponseRedirect(back_url)
    shown = Shown(row, intention)
    if not shown.is_intended and intention.prepared_by != request.actor.id:
        return refused(request, why_not(ActNotAllowed("guard", detail="other_officer_prepared")), back_url=back_url)
    form = SignForm(
        request.POST if request.method == "POST" else None,
        initial={"digest": shown.digest},
        allows_password=allows_password(request),
    )
    if request.method == "POST" and form.is_valid():
        answer = _signed(request, shown, form)
        if answer is not None:
            return answer
    return _sign_page(request, shown, form)


def _sign_page(request: SignedInRequest, shown: Shown, form: SignForm) -> HttpResponse:
    value = read_certificate(bytes(shown.intention.xml)).certificate
    if value is None:
        raise Http404
    context = {
        "application": shown.row,
        "prepared": shown.intention,
        "prepared_at": shown.intention.prepared_at,
        "heading": heading_of_value(value),
        "digest_text": " ".join(shown.digest[n : n + GROUP] for n in range(0, len(shown.digest), GROUP)),
        "sheet": sheet_of(value),
        "xml_text": bytes(shown.intention.xml).decode(),
        "is_intended": shown.is_intended,
        "needs_second": shown.intention.needs_second and not shown.is_intended,
        "awaits_second": shown.awaits_second,
        "is_first": shown.awaits_second and shown.intention.prepared_by == request.actor.id,
        "passkey_options": approval_options(request, bytes(shown.intention.digest)),
        "allows_password": "password" in form.fields,
        "form": form,
        "token": fresh_token(),
        "back_url": reverse("queue-application", args=[shown.row.reference]),
    }
    return render(request, TEMPLATE, context)


def _signed(request: SignedInRequest, shown: Shown, form: SignForm) -> HttpResponse | None:
    """Take the approval and issue; put what is wrong beside the field and return None."""
    if form.cleaned_data["digest"] != shown.digest:
        form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as posted
        form.data["digest"] = shown.digest  # type: ignore[index]  # the copy is mutable
        form.add_error(
            None, _("The document was prepared anew after you opened this page. Look at it again, then sign.")
        )
        return None
    at, digest = now(), bytes(shown.intention.digest)
    evidence = evidence_from(request, form, digest=digest, at=at)
    if evidence is None:
        return None
    reference = shown.row.reference
    back_url = reverse("queue-application", args=[reference])
    return guarded(
        request,
        lambda: _or_already_issued(request, reference, lambda: _issue(request, shown, evidence, at)),
        back_url=back_url,
    )


def _issue(request: SignedInRequest, shown: Shown, evidence: ApprovalEvidence, at: datetime) -> HttpResponse:
    """Keep the approval, then seal and issue, unless a second officer has to approve first."""
    reference, digest = shown.row.reference, bytes(shown.intention.digest)
    key: dict[str, Any] = {
        "authority": request.actor.authority,
        "reference": reference,
        "signer": keys.signer(),
        "trust": keys.trust_list(),
        "accepts_training": installation().is_demo,
    }
    approval: dict[str, Any] = {"reference": reference, "digest": digest, "evidence": evidence}
    if not shown.is_intended:
        services.issue_key_check(**key, at=at)
        services.issue_intend(**who(request, at), **approval)
        if shown.intention.needs_second:
            return HttpResponseRedirect(reverse("queue-sign", args=[reference]))
    elif shown.awaits_second:
        services.issue_approve_second(**who(request, at), **approval)
    services.certificate_issue(**key, at=now())
    return HttpResponseRedirect(reverse("queue-issued", args=[reference]))


def _or_already_issued(request: SignedInRequest, reference: str, issue: Any) -> HttpResponse:
    """Issue; where somebody was faster, lead to the certificate that exists."""
    try:
        answer: HttpResponse = issue()
    except ActNotAllowed:
        if certificate_of(authority=request.actor.authority, reference=reference) is None:
            raise
        return HttpResponseRedirect(reverse("queue-issued", args=[reference]))
    return answer


@role_required(Role.CERTIFYING_OFFICER)
@require_safe
def issued(request: SignedInRequest, reference: str) -> HttpResponse:
    """The certificate exists: its files, and the next application."""
    row = visible_application(request, reference)
    certificate = certificate_of(authority=request.actor.authority, reference=reference)
    if certificate is None:
        return HttpResponseRedirect(reverse("queue-application", args=[reference]))
    waiting = worklist_for(
        authority=request.actor.authority, actor=request.actor, role=Role.CERTIFYING_OFFICER, limit=1
    )
    by_me = certificate.officer == request.actor.id
    context = {
        "application": row,
        "certificate": certificate,
        "lead": _("You signed it; it is sealed and in force.") if by_me else _("A colleague signed it; it is sealed."),
        "next_url": reverse("queue-application", args=[waiting[0].reference]) if waiting else "",
    }
    return render(request, "officer/issued.html", context)
