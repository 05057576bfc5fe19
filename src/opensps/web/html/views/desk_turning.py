"""From a verdict that is not green to the ledger in one form: hold the goods, refuse the paper, or only record it.

Source: `fraud.md` 2, `ux.md` 6.6. The number need not exist: what was never issued is recorded like anything else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opensps.border.errors import PresentationRefused, RecordNotFound
from opensps.border.queries.presentations import last_place
from opensps.border.services.turning_away import verdict_present
from opensps.lifecycle.presentation import PresentationAct
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act as act_once
from opensps.web.html.acting import fresh_token, who
from opensps.web.html.forms.presentation_words import PRESENTATION_REFUSALS
from opensps.web.html.forms.presentations import TurningForm
from opensps.web.html.forms.words import word
from opensps.web.html.views.border_desk import visible_verdict
from opensps.web.html.views.desk_lists import issuers_for
from opensps.web.html.views.desk_parts import DECIDING, may_decide, may_present
from opensps.web.html.views.presentations import PRESENTERS

ACTS: Final[Mapping[str, PresentationAct | None]] = {
    "reject": PresentationAct.REJECT,
    "hold": PresentationAct.HOLD,
    "record": None,
}
WORDS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "reject": (
        gettext_lazy("Refuse it"),
        gettext_lazy("The paper is recorded as presented and refused. Its issuer is told, where there is one."),
    ),
    "hold": (
        gettext_lazy("Hold the goods"),
        gettext_lazy("The paper is recorded as presented, and the goods stay here. Decide within 15 days."),
    ),
    "record": (
        gettext_lazy("Record that it was presented"),
        gettext_lazy("The paper is recorded as presented. Decide about the goods afterwards."),
    ),
}
"""Heading and what it does, before it is done."""


@role_required(*PRESENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: SignedInRequest, verdict_id: str, name: str) -> HttpResponse:
    """Show the form, or record the paper of this verdict and decide, once."""
    verdict = visible_verdict(request, verdict_id)
    may = may_decide if name in DECIDING else may_present
    if name not in ACTS or verdict.verdict_class == "green" or not may(request.actor):
        raise Http404
    place = last_place(authority=request.actor.authority, actor=request.actor)
    posted = request.POST if request.method == "POST" else None
    issuers = () if verdict.issuer or not verdict.number else issuers_for(request)
    form = TurningForm(posted, act=ACTS[name], issuers=issuers, initial={"place": place})
    back_url = reverse("desk-result", args=[verdict_id])

    def do(at: datetime) -> str:
        row = verdict_present(
            **who(request, at),
            verdict_id=verdict_id,
            issuer=form.issuer,
            claim=form.claim(),
            act=ACTS[name],
            decision=form.decision(),
            request_id=request.POST.get("form_token", "") or fresh_token(),
        )
        return reverse("presentation", args=[row.presentation_number])

    if posted is not None and form.is_valid():
        try:
            return act_once(request, f"turn.{name}.{verdict_id}", do, back_url=back_url)
        except RecordNotFound as exc:
            raise Http404 from exc
        except PresentationRefused as refused:
            form.add_error("place" if refused.reason == "place" else None, word(PRESENTATION_REFUSALS, refused.reason))
    heading, text = WORDS[name]
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": back_url,
        "heading": heading,
        "texts": [_about(verdict.number), text],
        "button": heading,
        "danger": name == "reject",
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def _about(number: str) -> str:
    return _("Number on the paper: %(number)s.") % {"number": number} if number else _("No number could be read.")
