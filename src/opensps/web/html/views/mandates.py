"""Mandates: an exporter lets an agent act for it, the agent answers, either ends it (row B40 of the catalogue)."""

from datetime import datetime
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.errors import NotFound
from opensps.accounts.mandate_queries import Mandate, mandate_acts, mandate_for, mandates_for
from opensps.accounts.services import mandate_accept, mandate_decline, mandate_end, mandate_offer
from opensps.lifecycle import APPLICANTS, Role
from opensps.lifecycle.mandate import MandateAct
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Post, act, now, post, who
from opensps.web.html.deciding import Given, asked, decided
from opensps.web.html.forms.access_words import MANDATE_SCOPES
from opensps.web.html.forms.fields import day_text
from opensps.web.html.forms.mandates import MandateForm
from opensps.web.html.forms.people import organisation_words
from opensps.web.html.forms.words import word
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.access_parts import history, kinds_in_words

ANSWERS: Final = {"accept": (MandateAct.ACCEPT, mandate_accept), "decline": (MandateAct.DECLINE, mandate_decline)}


def _visible(request: SignedInRequest, mandate_id: str) -> Mandate:
    try:
        return mandate_for(authority=request.actor.authority, actor=request.actor, mandate_id=mandate_id)
    except NotFound as exc:
        raise Http404 from exc


@role_required(*APPLICANTS)
@never_cache
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """The mandates one's organisation gave or holds."""
    rows = mandates_for(authority=request.actor.authority, actor=request.actor)
    context = {
        "rows": [{"row": row, "last_day": day_text(row.last_day), "is_over": row.until <= now()} for row in rows],
        "may_offer": Role.EXPORTER in request.actor.roles,
    }
    return render(request, "mandates/list.html", context)


@role_required(Role.EXPORTER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: SignedInRequest) -> HttpResponse:
    """Offer an agent a mandate."""
    form = MandateForm(request.POST if request.method == "POST" else None, authority=request.actor.authority)

    def do(at: datetime, _given: Given) -> str:
        mandate = mandate_offer(terms=form.terms(), **who(request, at))
        return reverse("mandate", args=[mandate.opaque_id])

    return asked(
        request,
        form,
        "mandate.offer",
        do,
        back_url=reverse("mandates"),
        heading=_("Let an agent act for you"),
        texts=[_("The mandate holds once the agent has accepted it. You can end it at any time.")],
        button=_("Offer the mandate"),
    )


@role_required(*APPLICANTS)
@never_cache
@require_safe
def one(request: SignedInRequest, mandate_id: str) -> HttpResponse:
    """One mandate: parties, scope, term, what happened, what can be done."""
    row = _visible(request, mandate_id)
    acts = mandate_acts(request.actor, row)
    context = {
        "row": row,
        "facts": _facts(row),
        "accept": _button(row, "accept", _("Accept the mandate")) if MandateAct.ACCEPT in acts else None,
        "decline": _button(row, "decline", _("Decline")) if MandateAct.DECLINE in acts else None,
        "end_url": reverse("mandate-end", args=[row.opaque_id]) if MandateAct.END in acts else "",
        "timeline": history(
            authority=row.authority, kind="mandate", object_id=row.opaque_id, instead=_other_side(request, row)
        ),
    }
    return render(request, "mandates/one.html", context)


def _other_side(request: SignedInRequest, row: Mandate) -> dict[str, str]:
    """Return the other party: its clerks are its own affair, the organisation stands for them."""
    sides = {row.principal_id.hex: organisation_words(row.principal), row.agent_id.hex: organisation_words(row.agent)}
    sides.pop(request.actor.organisation or "", None)
    return sides


def _button(row: Mandate, slug: str, words: str) -> Post:
    return post(reverse("mandate-answer", args=[row.opaque_id, slug]), words, is_main=slug == "accept")


def _facts(row: Mandate) -> list[Fact]:
    rows = (
        (_("Exporter"), organisation_words(row.principal)),
        (_("Agent"), organisation_words(row.agent)),
        (_("The agent may"), "; ".join(word(MANDATE_SCOPES, each) for each in row.scopes)),
        (_("Certificates"), kinds_in_words(row.kinds)),
        (_("Last day"), day_text(row.last_day)),
        (_("Offered"), moment_in_words(row.offered_at)),
        (_("Accepted"), moment_in_words(row.accepted_at) if row.accepted_at else ""),
        (_("Ended"), moment_in_words(row.ended_at) if row.ended_at else ""),
    )
    return [Fact(label, text) for label, text in rows if text]


@role_required(Role.TRADE_AGENT)
@never_cache
@require_POST
def answer(request: SignedInRequest, mandate_id: str, slug: str) -> HttpResponse:
    """Accept or decline."""
    row = _visible(request, mandate_id)
    if slug not in ANSWERS:
        raise Http404
    back, service = reverse("mandate", args=[row.opaque_id]), ANSWERS[slug][1]

    def do(at: datetime) -> str:
        service(mandate_id=mandate_id, **who(request, at))
        return back

    return act(request, f"mandate.{slug}.{row.opaque_id}", do, back_url=back)


@role_required(*APPLICANTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, mandate_id: str) -> HttpResponse:
    """End a mandate at once, with a reason."""
    row = _visible(request, mandate_id)
    if MandateAct.END not in mandate_acts(request.actor, row):
        raise Http404

    def do(at: datetime, reason: str) -> None:
        mandate_end(mandate_id=mandate_id, reason=reason, **who(request, at))

    return decided(
        request,
        f"mandate.end.{row.opaque_id}",
        do,
        back_url=reverse("mandate", args=[row.opaque_id]),
        heading=_("End the mandate"),
        texts=[_("The agent can do nothing more for the exporter, from this moment. What was done stays.")],
        button=_("End the mandate"),
        danger=True,
    )
