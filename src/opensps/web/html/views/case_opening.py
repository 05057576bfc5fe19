"""Opening a counterfeit case: from a check, an inquiry, a concern or an alert, or from a paper at the desk.

Who opens one without the case role gets its number, and sees no more of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.case_terms import GOODS, NewPaper
from opensps.border.queries import result_by_id
from opensps.border.queries.alerts import alert_for
from opensps.border.queries.cases import case_of_paper, cases_opened_by
from opensps.border.queries.concerns import concern_for
from opensps.border.queries.verdicts import verdict_by_id
from opensps.border.services.alerts import alert_end
from opensps.border.services.cases import case_open
from opensps.border.services.concerns import concern_end
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle import Role
from opensps.lifecycle.case import CASE_READERS
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, fresh_token, now, who
from opensps.web.html.forms.cases import OpenForm
from opensps.web.html.views.cases import case_do, paper_of

OPENERS = (Role.BORDER_OFFICER, Role.CASE_OFFICER, Role.INQUIRY_DESK)
_MOST = 64


@dataclass(frozen=True, slots=True)
class _Source:
    """What a case is opened from."""

    opened_from: str
    origin: str
    paper: NewPaper
    initial: Mapping[str, str]

    @property
    def is_concern(self) -> bool:
        """Whether somebody without an account reported it."""
        return self.opened_from == "concern"

    @property
    def is_alert(self) -> bool:
        """Whether a rule fired."""
        return self.opened_from == "alert"


@role_required(*OPENERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Ask what is known of the paper; a post opens the case."""
    source = _source(request)
    held = case_of_paper(authority=request.actor.authority, paper_key=source.paper.paper_key)
    posted = request.method == "POST"
    form = OpenForm(request.POST) if posted else OpenForm(initial=dict(source.initial))
    back = reverse("cases") if request.actor.roles & CASE_READERS else reverse("home")
    if posted and form.is_valid():
        return case_do(
            request, f"case.open.{source.origin}", lambda at: _opened(request, source, form, at), back_url=back
        )
    texts = [_("What is on the paper is taken as it claims. The case is assessed within two working days.")]
    if held and source.paper.paper_key:
        texts.append(_("This paper belongs to a case already: %(number)s") % {"number": held})
    context = {
        "form": form,
        "action": request.get_full_path(),
        "token": request.POST.get(FIELD) or fresh_token(),
        "back_url": back,
        "heading": _("Open a counterfeit case"),
        "button": _("Open the case"),
        "texts": texts,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "act/confirm.html", context, status=status)


def _opened(request: SignedInRequest, source: _Source, form: OpenForm, at: datetime) -> str:
    """Open the case and end what it came from, in the transaction of the form; return where to go."""
    given = form.cleaned_data
    typed = paper_of(form)
    paper = replace(
        source.paper,
        number=typed.number or source.paper.number,
        issuer=typed.issuer or source.paper.issuer,
        presented_where=typed.presented_where,
        presented_by=typed.presented_by,
        presented_at=typed.presented_at,
        features=typed.features,
    )
    case = case_open(
        **who(request, at),
        papers=(paper,),
        opened_from=source.opened_from,
        origin=source.origin,
        priority=given["priority"],
        goods={name: given[name] for name in GOODS if name in given},
    )
    if source.is_concern:
        concern_end(**who(request, at), reference=source.origin, state="to_case", origin=case.case_number)
    if source.is_alert:
        alert_end(**who(request, at), alert_number=source.origin, state="to_case", origin=case.case_number)
    return reverse("case-opened", args=[case.case_number])


def _source(request: SignedInRequest) -> _Source:
    asked = {name: request.GET.get(name, "")[:_MOST] for name in ("result", "inquiry", "concern", "alert", "number")}
    if asked["result"]:
        return _from_result(request, asked["result"])
    if asked["concern"]:
        return _from_concern(request, asked["concern"])
    if asked["alert"]:
        return _from_alert(request, asked["alert"])
    number = asked["number"]
    if asked["inquiry"]:
        key = f"inquiry:{asked['inquiry']}"
        return _Source("inquiry", asked["inquiry"], NewPaper(number=number, paper_key=key), {"number": number})
    return _Source("desk", "", NewPaper(number=number), {"number": number})


def _from_result(request: SignedInRequest, result_id: str) -> _Source:
    """Return what a check found: kept with the case, for the answer of the check itself is gone after a day.

    A verdict of the desk stays, and so does what was typed from the paper.
    """
    actor = request.actor
    verdict = verdict_by_id(authority=actor.authority, verdict_id=result_id, actor=actor)
    found = result_by_id(authority=actor.authority, result_id=result_id, at=now(), viewer=actor.id)
    if found is None:
        if verdict is None:
            raise Http404
        return _from_verdict(verdict, NewPaper(number=verdict.number, verdict=verdict.said))
    said: Mapping[str, Any] = found.answer("en")
    number = str(said.get("number") or "")
    differences = tuple((each["field"], each["presented"], each["recorded"]) for each in said.get("differences", ()))
    paper = NewPaper(
        number=number,
        paper_key=f"check:{found.id}",
        result=found.result,
        verdict=found.verdict,
        differences=differences,
    )
    if verdict is not None:
        return _from_verdict(verdict, paper)
    return _Source("verdict", found.id, paper, {"number": number, "issuer": paper.issuer})


def _from_verdict(verdict: VerdictRecord, paper: NewPaper) -> _Source:
    """Return what an officer found at the desk, with the fields of the paper that differ from the record."""
    typed = tuple(
        (each["field"], each["typed"], each["recorded"]) for each in verdict.fields if each["word"] == "differs"
    )
    whole = replace(
        paper,
        issuer=paper.issuer or verdict.issuer,
        paper_key=f"check:{verdict.pk}",
        result=verdict.result,
        differences=paper.differences or typed,
    )
    return _Source("verdict", verdict.pk, whole, {"number": whole.number, "issuer": whole.issuer})


def _from_concern(request: SignedInRequest, reference: str) -> _Source:
    found = concern_for(authority=request.actor.authority, actor=request.actor, reference=reference)
    if found is None:
        raise Http404
    paper = NewPaper(number=found.number[:_MOST], paper_key=f"concern:{reference}")
    return _Source("concern", reference, paper, {"number": paper.number, "presented_where": found.place})


def _from_alert(request: SignedInRequest, alert_number: str) -> _Source:
    found = alert_for(authority=request.actor.authority, actor=request.actor, alert_number=alert_number)
    if found is None:
        raise Http404
    paper = NewPaper(number=found.subject[:_MOST], paper_key=f"alert:{alert_number}")
    return _Source("alert", alert_number, paper, {"number": paper.number})


@role_required(*OPENERS)
@require_safe
def opened(request: SignedInRequest, number: str) -> HttpResponse:
    """Say which number the case got, to whoever opened it."""
    found = cases_opened_by(authority=request.actor.authority, actor=request.actor, case_number=number)
    if found is None:
        raise Http404
    url = reverse("case", args=[number]) if request.actor.roles & CASE_READERS else ""
    return render(request, "cases/opened.html", {"case": found, "url": url})
