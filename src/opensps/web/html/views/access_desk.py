"""The desks of access: what the embassy confirms and what the department reviews and approves (`lifecycles.md` 6.1).

The table of lifecycle decides which buttons somebody sees; the service asks it again under its lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.access_queries import (
    AccessRequest,
    ApplicantKind,
    accounts_for,
    agreements,
    letter_for,
    official_figures,
    request_acts,
    request_for,
    requests_for,
    requests_to_do,
)
from opensps.accounts.errors import NotFound
from opensps.accounts.queries import OrganisationKind, organisations
from opensps.accounts.services import (
    access_agreement_set,
    access_approve,
    access_decline,
    access_endorse,
    access_hand_over,
    access_review,
    organisation_create,
)
from opensps.exchange.services.machine_accounts import machine_approve
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessAct, AccessScope, AccessState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, guarded, now, post, who
from opensps.web.html.deciding import Given, asked, decided
from opensps.web.html.forms.access import AgreementForm, EndorseForm, NewAgreementForm
from opensps.web.html.proving import has_proved_second
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.access_parts import country_name, history, request_facts, scopes_in_words

DESK: Final = (Role.EMBASSY, Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER)
AGREERS: Final = (Role.ACCESS_APPROVER, Role.ADMINISTRATOR)
_STATES: Final = tuple(state for state in AccessState if state is not AccessState.DRAFT)


@role_required(*DESK)
@never_cache
@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """What waits for this desk, then all requests it may see, of one state where asked."""
    authority, state = request.actor.authority, request.GET.get("state", "")
    state = state if state in _STATES else ""
    context = {
        "todo": requests_to_do(authority=authority, actor=request.actor),
        "rows": requests_for(authority=authority, actor=request.actor, state=state),
        "chips": _chips(state),
        "accounts": accounts_for(authority=authority, actor=request.actor, limit=1).total,
        "is_department": Role.EMBASSY not in request.actor.roles,
        "may_agree": bool(request.actor.roles & set(AGREERS)),
    }
    return render(request, "access/requests.html", context)


def _chips(state: str) -> list[dict[str, Any]]:
    here = reverse("access")
    rows = [{"url": here, "words": _("All"), "is_current": not state}]
    for each in _STATES:
        words = status_word("access_request", each)
        rows.append({"url": f"{here}?state={each}", "words": words, "is_current": each == state})
    return rows


def _visible(request: SignedInRequest, reference: str) -> AccessRequest:
    try:
        return request_for(authority=request.actor.authority, actor=request.actor, reference=reference)
    except NotFound as exc:
        raise Http404 from exc


@dataclass(frozen=True, slots=True)
class Step:
    """What the page calls an act, and what it says before it is done."""

    act: AccessAct
    words: str | Promise
    text: str | Promise = ""
    danger: bool = False


STEPS: Final[Mapping[str, Step]] = {
    "endorse": Step(
        AccessAct.ENDORSE,
        gettext_lazy("Confirm for the embassy"),
        gettext_lazy("You confirm that this person is who the request says and holds this post."),
    ),
    "return": Step(
        AccessAct.RETURN,
        gettext_lazy("Return for changes"),
        gettext_lazy("The applicant reads what you write and has sixty days to answer."),
    ),
    "refuse": Step(
        AccessAct.REFUSE,
        gettext_lazy("Refuse"),
        gettext_lazy("The applicant reads what you write. A refusal is final."),
        danger=True,
    ),
}
"""Acts that need a form, by their part of the address."""

BUTTONS: Final[Mapping[str, Step]] = {
    "review": Step(AccessAct.REVIEW, gettext_lazy("Begin the review")),
    "approve": Step(AccessAct.APPROVE, gettext_lazy("Approve")),
    "link": Step(AccessAct.HAND_OVER, gettext_lazy("Make the link for the applicant")),
}


@role_required(*DESK)
@never_cache
@require_safe
def one(request: SignedInRequest, reference: str) -> HttpResponse:
    """One request: what it says, its letters, what happened, what can be done now."""
    row = _visible(request, reference)
    acts = request_acts(request.actor, row.state)
    context = {
        "row": row,
        "facts": request_facts(row),
        "letters": row.documents.all(),
        "timeline": history(authority=row.authority, kind="access_request", object_id=row.reference),
        "links": [
            Link(reverse("access-request-decide", args=[reference, slug]), step.words, step.danger)
            for slug, step in STEPS.items()
            if step.act in acts
        ],
        "buttons": [
            post(reverse("access-request-act", args=[reference, slug]), str(step.words), is_main=True)
            for slug, step in BUTTONS.items()
            if step.act in acts
        ],
        "is_own_review": row.reviewed_by == request.actor.id,
    }
    return render(request, "access/one.html", context)


@role_required(*DESK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """Confirm, return or refuse, with what has to be written for it."""
    row, step = _visible(request, reference), STEPS.get(slug)
    if step is None or step.act not in request_acts(request.actor, row.state):
        raise Http404
    back, words = reverse("access-request", args=[reference]), {"heading": step.words, "button": step.words}
    page: dict[str, Any] = {"back_url": back, "texts": [row.name, step.text], "danger": step.danger, **words}
    if step.act is AccessAct.ENDORSE:
        form = EndorseForm(request.POST if request.method == "POST" else None)
        return asked(request, form, f"access.endorse.{reference}", _endorsing(request, reference), **page)

    def decline(at: datetime, reason: str) -> None:
        access_decline(reference=reference, act=step.act, reason=reason, **who(request, at))

    return decided(request, f"access.{slug}.{reference}", decline, **page)


def _endorsing(request: SignedInRequest, reference: str) -> Any:
    def endorse(at: datetime, given: Given) -> None:
        access_endorse(
            reference=reference,
            note_reference=given["note_reference"],
            has_second_factor=has_proved_second(request),
            **who(request, at),
        )

    return endorse


@role_required(*DESK)
@never_cache
@require_POST
def do(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """Begin the review, approve, or make the link, which is shown once."""
    row, back = _visible(request, reference), reverse("access-request", args=[reference])
    if slug == "link":
        return guarded(request, lambda: _link_page(request, row), back_url=back)
    if slug not in BUTTONS:
        raise Http404

    def once(at: datetime) -> str:
        if slug == "review":
            access_review(reference=reference, **who(request, at))
        elif row.kind == ApplicantKind.MACHINE:
            machine_approve(request=row, **who(request, at))
        else:
            access_approve(reference=reference, **who(request, at))
        return back

    return act(request, f"access.{slug}.{reference}", once, back_url=back)


def _link_page(request: SignedInRequest, row: AccessRequest) -> HttpResponse:
    link = access_hand_over(
        reference=row.reference, has_second_factor=has_proved_second(request), **who(request, now())
    )
    address = request.build_absolute_uri(reverse("enrol", args=[link.text]))
    return render(request, "access/link.html", {"row": row, "address": address})


@role_required(*DESK)
@never_cache
@require_safe
def letter(request: SignedInRequest, reference: str, document_id: int) -> HttpResponse:
    """Hand out a letter as a download, never to be run by the browser."""
    try:
        found = letter_for(
            authority=request.actor.authority, actor=request.actor, reference=reference, document_id=document_id
        )
    except NotFound as exc:
        raise Http404 from exc
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.filename) or "attachment"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@role_required(*AGREERS)
@require_safe
def agreed(request: SignedInRequest) -> HttpResponse:
    """What was agreed with each country, and how many accounts it has."""
    figures = official_figures(authority=request.actor.authority)
    rows = [
        {
            "country": each.country,
            "name": country_name(each.country),
            "domains": ", ".join(each.mail_domains),
            "scopes": scopes_in_words(each.scopes),
            "inherits": each.allows_inheritance,
            "accounts": figures.get(each.country, 0),
        }
        for each in agreements(authority=request.actor.authority)
    ]
    is_administrator = Role.ADMINISTRATOR in request.actor.roles
    return render(request, "access/agreements.html", {"rows": rows, "is_administrator": is_administrator})


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_new(request: SignedInRequest) -> HttpResponse:
    """Write down a first agreement with a country, and its embassy here."""
    form = NewAgreementForm(request.POST if request.method == "POST" else None)

    def write(at: datetime, given: Given) -> None:
        country = given["country"]
        known = organisations(authority=request.actor.authority, kind=OrganisationKind.EMBASSY)
        if not any(each.country == country and each.name == given["embassy"] for each in known):
            organisation_create(
                kind=OrganisationKind.EMBASSY, name=given["embassy"], country=country, **who(request, at)
            )
        _written(request, country, at, given)

    page: dict[str, Any] = {"heading": _("Agreement with another country"), "button": _("Save")}
    return asked(request, form, "agreement.new", write, back_url=reverse("access-agreements"), **page)


def _written(request: SignedInRequest, country: str, at: datetime, given: Given) -> None:
    access_agreement_set(
        country=country,
        mail_domains=tuple(given["mail_domains"].split()),
        scopes=tuple(AccessScope(each) for each in given["scopes"]),
        allows_inheritance=given["allows_inheritance"],
        **who(request, at),
    )


@role_required(*AGREERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: SignedInRequest, country: str) -> HttpResponse:
    """Change what was agreed with a country."""
    found = next((each for each in agreements(authority=request.actor.authority) if each.country == country), None)
    if found is None:
        raise Http404
    initial = {
        "mail_domains": "\n".join(found.mail_domains),
        "scopes": found.scopes,
        "allows_inheritance": found.allows_inheritance,
    }
    form = AgreementForm(request.POST) if request.method == "POST" else AgreementForm(initial=initial)

    def write(at: datetime, given: Given) -> None:
        _written(request, country, at, given)

    name = country_name(country)
    back = reverse("access-agreements")
    return asked(request, form, f"agreement.{country}", write, back_url=back, heading=name, button=_("Save"))
