"""Deciding about what was presented: one small form for each act of the table. Source: `lifecycles.md` 5.1."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from opensps.border.errors import PresentationRefused
from opensps.border.ledger import Presentation
from opensps.border.queries.presentations import acts_offered
from opensps.border.services.presentation_acts import presentation_act
from opensps.lifecycle.presentation import PresentationAct
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act as act_once
from opensps.web.html.acting import fresh_token, who
from opensps.web.html.forms.presentation_words import ACTS, EXPLAINED, PRESENTATION_REFUSALS
from opensps.web.html.forms.presentations import DecisionForm, Line
from opensps.web.html.forms.words import word
from opensps.web.html.views.presentations import PRESENTERS, visible_presentation

_DANGER = frozenset({PresentationAct.REJECT, PresentationAct.ANNUL})


@role_required(*PRESENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, presentation_number: str, name: str) -> HttpResponse:
    """Show the form of one act, or do it and come back to the presentation."""
    row = visible_presentation(request, presentation_number)
    which = _offered(request, row, name)
    back_url = reverse("presentation", args=[presentation_number])
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        act=which,
        needs_reason=row.verdict_class != "green",
        lines=_lines(row),
    )

    def do(at: datetime) -> str:
        presentation_act(
            **who(request, at), presentation_number=presentation_number, act=which, decision=form.decision()
        )
        return back_url

    if request.method == "POST" and form.is_valid():
        try:
            return act_once(request, f"presentation.{which}.{presentation_number}", do, back_url=back_url)
        except PresentationRefused as refused:
            form.add_error(None, word(PRESENTATION_REFUSALS, refused.reason))
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": back_url,
        "heading": ACTS[which],
        "texts": [EXPLAINED[which]],
        "button": ACTS[which],
        "danger": which in _DANGER,
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def _offered(request: SignedInRequest, row: Presentation, name: str) -> PresentationAct:
    """Return the act of an address; what is not on offer now does not exist."""
    offered = acts_offered(row, authority=request.actor.authority, actor=request.actor)
    found = next((each for each in ACTS if each.value == name), None)
    if found is None or (found not in offered and request.method != "POST"):
        raise Http404
    return found


def _lines(row: Presentation) -> list[Line]:
    return [
        Line(
            line=each.line,
            name=f"{each.line}",
            unit=each.unit,
            most=each.claimed,
            given=each.accepted if row.state in {"accepted", "accepted_partly"} else each.claimed,
        )
        for each in row.lines.all()
    ]
