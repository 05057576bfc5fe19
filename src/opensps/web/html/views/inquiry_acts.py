"""Opening an inquiry or question, and doing one act on it. Source: `lifecycles.md` 5.2, 5.3, `ux.md` 6.6.

From the result of a check it takes two acts: open this form, which the machine has filled in, and send it.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from opensps.accounts.queries import offices
from opensps.border.coordination_terms import MOST_PARTS
from opensps.border.errors import CoordinationRefused, InquiryRefused
from opensps.border.inquiry_parties import OPENING, acts_for
from opensps.border.inquiry_values import Decision, Machinery, Question, Saying
from opensps.border.queries import Inquiry, last_offset
from opensps.border.queries.concerns import concern_for
from opensps.border.queries.coordination import bodies
from opensps.border.services.concerns import TRIAGE, concern_end
from opensps.border.services.coordinating_questions import question_shared
from opensps.border.services.inquiry_machine import asking_for_country, machine_of
from opensps.border.services.inquiry_people import inquiry_ask, inquiry_do
from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.exchange.queries.partners import directory
from opensps.lifecycle import Role
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, guarded, now, refused, who
from opensps.web.html.forms.coordination import body_choices
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.inquiries import (
    AskForm,
    BodyForm,
    BothLanguages,
    DraftForm,
    EstimateForm,
    QuestionForm,
    RecordForm,
    ReportForm,
    RouteForm,
    SayingForm,
    SayingWithFilesForm,
)
from opensps.web.html.forms.words import word
from opensps.web.html.inquiry_evidence import Seen, seen_by
from opensps.web.html.inquiry_words import BUTTONS, TEXTS, WHY
from opensps.web.html.installation import installation
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.inquiries import WHO, may_ask, may_question, visible
from opensps.web.html.views.proof import proof_of

MOST_OCTETS: Final = 11_000_000
_MOST_REFERENCE: Final = 20


def _limited(request: SignedInRequest) -> HttpResponse | None:
    """Put a body under the limit before it is read; return the answer to one that is too large."""
    if request.method == "POST":
        try:
            limit(request, most_octets=MOST_OCTETS)
        except TooMuch:
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


@role_required(Role.FOREIGN_OFFICER, *sorted(OPENING))
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Ask about a certificate, from the result of a check or from nothing; the evidence goes along by itself."""
    return _limited(request) or _new(request)


@csrf_protect
def _new(request: SignedInRequest) -> HttpResponse:
    if not may_ask(request.actor):
        raise Http404
    posted = request.method == "POST"
    given = request.POST if posted else request.GET
    seen = seen_by(request.actor, given.get("result", "")[:32])
    partners = () if request.actor.country else _partners(request)
    concern = _concern(request)
    initial = _initial(request, seen, concern)
    form = AskForm(*((request.POST, request.FILES) if posted else ()), partners=partners, initial=initial)
    if posted and form.is_valid():
        return _asked(request, "inquiry.ask", lambda at, key: _ask(request, form, seen, concern, at, key))
    context = {
        "form": form,
        "seen": seen,
        "is_inbound": bool(request.actor.country),
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": reverse("inquiries"),
    }
    return render(request, "border/inquiry_new.html", context)


def _concern(request: SignedInRequest) -> Any:
    """Return the concern an inquiry is opened for; None where it is opened for none."""
    reference = request.GET.get("concern", "")[:_MOST_REFERENCE]
    if not reference:
        return None
    found = concern_for(authority=request.actor.authority, actor=request.actor, reference=reference)
    if found is None or not request.actor.roles & TRIAGE:
        raise Http404
    return found


def _partners(request: SignedInRequest) -> list[tuple[str, str]]:
    chinese = language() == "zh"
    rows = directory(authority=request.actor.authority, at=now())
    named = [(each.partner.code, (each.partner.name_zh if chinese else "") or each.partner.name_en) for each in rows]
    return [("", "–"), *named]


def _initial(request: SignedInRequest, seen: Seen | None, concern: Any) -> dict[str, Any]:
    """Return what the machine fills in: number, issuer, subject and words from the check that was made."""
    number = seen.number if seen is not None else request.GET.get("number", "")[:64]
    number = number or (concern.number[:64] if concern is not None else "")
    return {
        "number": number,
        "partner": request.GET.get("issuer", "")[:60] or (seen.issuer if seen is not None else ""),
        "subject": seen.subject.value if seen is not None else InquirySubject.GENUINENESS.value,
        "priority": "held_at_port",
        "text": _first_words(number, seen) or (_concern_words(number) if concern is not None else ""),
        "offset": last_offset(actor=request.actor),
        "result": seen.check_number if seen is not None else "",
    }


def _first_words(number: str, seen: Seen | None) -> str:
    if seen is None or not seen.heading:
        return ""
    return _(
        "The certificate %(number)s was presented to us. We checked it, and the answer was: %(result)s. "
        "Please tell us whether it is genuine, and what you advise."
    ) % {"number": number or "–", "result": seen.heading}


def _concern_words(number: str) -> str:
    """Return the question a concern leads to; what somebody reported stays here."""
    return _(
        "A concern about the certificate %(number)s was reported to us. "
        "Please tell us whether it is genuine, and what you advise."
    ) % {"number": number or "–"}


def _ask(request: SignedInRequest, form: AskForm, seen: Seen | None, concern: Any, at: datetime, key: str) -> str:
    given = form.cleaned_data
    question = Question(
        number=_number(given["number"]),
        subject=form.subject_given,
        priority=form.priority_given,
        location=given["location"].upper(),
        presented=seen.presented if seen is not None else {},
        seen=seen.kept if seen is not None else {},
        seen_number=seen.check_number if seen is not None else "",
        answerer=given.get("partner", ""),
        asked_from_minutes=given["offset"],
    )
    opened = inquiry_ask(
        **who(request, at), question=question, saying=form.saying(key), machinery=_machinery(request, question, at)
    )
    if concern is not None:
        ended = {"reference": concern.reference, "state": "to_inquiry", "origin": opened.inquiry_number}
        concern_end(**who(request, at), **ended)
    return reverse("inquiry", args=[opened.inquiry_number])


def _number(typed: str) -> str:
    """Return a number as printed where it is one of ours in form, else as typed."""
    try:
        return parse_number(typed).text
    except NumberTypo:
        return " ".join(typed.split())


def _machinery(request: SignedInRequest, question: Question, at: datetime) -> Machinery:
    asking = asking_for_country(
        authority=request.actor.authority,
        country=request.actor.country,
        presented=question.presented,
        trust=keys.trust_list(),
        at=at,
        accepts_training=installation().is_demo,
        proofs=proof_of,
    )
    return lambda: machine_of(question.number, asking)


@role_required(Role.FOREIGN_OFFICER, Role.ENQUIRY_DESK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest) -> HttpResponse:
    """Put a question to the enquiry point, or write down one that came by mail."""
    return _limited(request) or _question(request)


@csrf_protect
def _question(request: SignedInRequest) -> HttpResponse:
    if not may_question(request.actor):
        raise Http404
    posted = request.method == "POST"
    form = QuestionForm(
        *((request.POST, request.FILES) if posted else ()),
        is_desk=not request.actor.country,
        initial={"offset": last_offset(actor=request.actor)},
    )
    if posted and form.is_valid():

        def do(at: datetime, key: str) -> str:
            given = form.cleaned_data
            asked = Question(
                number="",
                subject=InquirySubject.OTHER,
                priority=InquiryPriority.ROUTINE,
                kind=Inquiry.QUESTION,
                procedure=form.procedure_given,
                answerer=given.get("country", "").upper(),
                asked_from_minutes=given["offset"],
            )
            opened = inquiry_ask(**who(request, at), question=asked, saying=form.saying(key), machinery=None)
            return reverse("inquiry", args=[opened.inquiry_number])

        return _asked(request, "inquiry.question", do)
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": reverse("inquiries"),
        "heading": _("Ask the enquiry point"),
        "texts": [
            _(
                "A general question about a procedure, not about one certificate. It is acknowledged within one "
                "working day and answered within five, or you are told by when."
            )
        ],
        "button": _("Send the question"),
    }
    return render(request, "act/confirm.html", context)


def _asked(request: SignedInRequest, name: str, do: Callable[[datetime, str], str]) -> HttpResponse:
    """Open once per form, and lead to what was opened."""
    key = request.POST.get("form_token", "")[:64]
    back = reverse("inquiries")
    try:
        return act(request, name, lambda at: do(at, key and f"form.{key}"[:64]), back_url=back)
    except InquiryRefused as exc:
        return refused_inquiry(request, exc, back)


def refused_inquiry(request: SignedInRequest, exc: InquiryRefused, back_url: str) -> HttpResponse:
    """Return why an act on an inquiry was not done; what is not theirs is not there."""
    if exc.reason == "not_found":
        raise Http404 from exc
    return refused(request, word(WHY, exc.reason), back_url=back_url)


_FORMS: Final[dict[InquiryAct, Any]] = {
    InquiryAct.ASK_BACK: SayingForm,
    InquiryAct.SUPPLY: SayingWithFilesForm,
    InquiryAct.DRAFT_REPLY: DraftForm,
    InquiryAct.REWORK: SayingForm,
    InquiryAct.RECORD_ANSWER: RecordForm,
    InquiryAct.ESTIMATE: EstimateForm,
    InquiryAct.REPORT_ACTION: ReportForm,
    InquiryAct.CONTEST: SayingWithFilesForm,
    InquiryAct.WITHDRAW_INQUIRY: SayingForm,
    InquiryAct.MEASURE_DONE: SayingForm,
}


@role_required(*WHO)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acted(request: SignedInRequest, inquiry_number: str, name: str) -> HttpResponse:
    """Show the form of one act, or do it and come back to the inquiry."""
    return _limited(request) or _acted(request, inquiry_number, name)


@csrf_protect
def _acted(request: SignedInRequest, inquiry_number: str, name: str) -> HttpResponse:
    inquiry = visible(request, inquiry_number)
    wanted = name.replace("-", "_")
    found = next((each for each in BUTTONS if each.value == wanted), None)
    if found is None:
        raise Http404
    here = reverse("inquiry", args=[inquiry.inquiry_number])
    if found not in acts_for(request.actor, inquiry):
        return refused(request, word(WHY, "state"), back_url=here)
    form = _form(request, inquiry, found)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _done(request, inquiry, found, form, here)
        except CoordinationRefused as exc:
            if exc.reason != "too_many":
                raise Http404 from exc
            form.add_error("bodies", _("Choose %(count)s bodies at most.") % {"count": MOST_PARTS})
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": here,
        "heading": BUTTONS[found],
        "texts": [TEXTS[found]] if found in TEXTS else [],
        "button": BUTTONS[found],
        "danger": found is InquiryAct.WITHDRAW_INQUIRY,
    }
    return render(request, "act/confirm.html", context)


def _form(request: SignedInRequest, inquiry: Inquiry, wanted: InquiryAct) -> Any:
    """Return the form of an act; None where a button is enough."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    is_question = inquiry.kind == Inquiry.QUESTION
    if wanted is InquiryAct.ROUTE and inquiry.direction == Inquiry.INBOUND:
        listed = body_choices(bodies(authority=request.actor.authority)) if is_question else []
        return BodyForm(*posted[:1], bodies=listed) if is_question else _route_form(request, inquiry, posted[:1])
    if wanted is InquiryAct.SEND and is_question:
        return BothLanguages(*posted[:1])
    if wanted not in _FORMS:
        return None
    made = _FORMS[wanted]
    return made(*(posted if "files_given" in made.base_fields else posted[:1]))


def _route_form(request: SignedInRequest, inquiry: Inquiry, posted: tuple[Any, ...]) -> RouteForm:
    """Return the form with our offices; the one in the number is chosen already."""
    chinese = language() == "zh"
    rows = [
        (each.code, f"{each.code} {each.name_zh if chinese else each.name_en}")
        for each in offices(authority=request.actor.authority)
    ]
    try:
        named = parse_number(inquiry.number).office
    except NumberTypo:
        named = ""
    return RouteForm(*posted, offices=rows, initial={"office": named})


def _done(request: SignedInRequest, inquiry: Inquiry, wanted: InquiryAct, form: Any, here: str) -> HttpResponse:
    """Do the act. Sending signs first, so it holds no lock and no key of a form: the state lets it happen once."""
    key = request.POST.get("form_token", "")[:64]
    request_id = f"form.{key}"[:64] if key else ""

    def do(at: datetime) -> str:
        saying = Saying(request_id=request_id) if form is None else form.saying(request_id)
        decision = Decision() if form is None else form.decision()
        signer = keys.signer() if wanted is InquiryAct.SEND else None
        asked: dict[str, Any] = {"inquiry_number": inquiry.inquiry_number, "act": wanted, "signer": signer}
        with transaction.atomic() if isinstance(form, BodyForm) else nullcontext():
            inquiry_do(**who(request, at), **asked, saying=saying, decision=decision)
            if isinstance(form, BodyForm) and len(form.chosen()) > 1:
                question_shared(**who(request, at), inquiry_number=inquiry.inquiry_number, bodies=form.chosen())
        return here

    try:
        if wanted is InquiryAct.SEND:
            return guarded(request, lambda: HttpResponseRedirect(do(now())), back_url=here)
        return act(request, f"inquiry.{wanted.value}", do, back_url=here)
    except InquiryRefused as exc:
        return refused_inquiry(request, exc, here)
