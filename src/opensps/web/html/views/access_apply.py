"""Asking for access without an account: the request, the applicant's own page, its letter, and sending it.

The address of the applicant's page holds a secret; whoever has it is the applicant. Nothing here tells whether an
account exists.
"""

from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from opensps.accounts.access_queries import AccessRequest, embassies, missing_in, request_by_key
from opensps.accounts.errors import NotFound, TooManyTries
from opensps.accounts.services import (
    Letter,
    access_apply,
    access_change,
    access_letter_add,
    access_send,
    application_count,
)
from opensps.certification.errors import DocumentRefused
from opensps.certification.uploads import judged
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.access import AccessState
from opensps.web.html.access import public
from opensps.web.html.acting import now, refused
from opensps.web.html.forms.access import ApplyForm, LetterForm, ProgramApplyForm, initial_of, wish_form_of
from opensps.web.html.forms.access_words import MISSING
from opensps.web.html.forms.words import UPLOADS_REFUSED, why_not, word
from opensps.web.html.installation import installation
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.access_parts import request_facts
from opensps.web.html.views.errors import error_page

MOST_OCTETS: Final = 11_000_000
OPEN: Final = frozenset({AccessState.DRAFT, AccessState.RETURNED})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_access(request: HttpRequest) -> HttpResponse:
    """Show the form; a good one begins a request and leads to its own page."""
    authority = installation().authority
    is_program = request.GET.get("for") == "program"
    kind = ProgramApplyForm if is_program else ApplyForm
    form = kind(request.POST if request.method == "POST" else None, authority=authority)
    if request.method == "POST" and form.is_valid():
        key = _begun(request, form)
        if key:
            return HttpResponseRedirect(reverse("access-own", args=[key]))
    context = {
        "form": form,
        "has_embassies": bool(embassies(authority=authority)),
        "is_program": is_program,
    }
    return render(request, "access/request.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, form: ApplyForm | ProgramApplyForm) -> str:
    """Begin the request and return its key, or put the refusal on the form and return nothing."""
    authority, at = installation().authority, now()
    try:
        application_count(authority=authority, network=request.META.get("REMOTE_ADDR") or "", at=at)
        _made, key = access_apply(authority=authority, embassy_id=form.cleaned_data["embassy"], wish=form.wish(), at=at)
    except TooManyTries as exc:
        form.add_error(
            None, _("Too many requests. You can try again at %(time)s.") % {"time": moment_in_words(exc.until)}
        )
    except ActNotAllowed as exc:
        form.add_error("email" if exc.guard == "official_mail_domain" else None, why_not(exc))
    except NotFound:
        form.add_error("embassy", _("Choose the embassy of your country."))
    else:
        return key.text
    return ""


def _own(key: str) -> AccessRequest:
    try:
        return request_by_key(authority=installation().authority, key=key)
    except NotFound as exc:
        raise Http404 from exc


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, key: str) -> HttpResponse:
    """The applicant's page; a post adds a letter. The body is limited before the form key is looked for in it."""
    if request.method == "POST":
        try:
            limit(request, most_octets=MOST_OCTETS)
        except TooMuch:
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _own_page(request, key)


@csrf_protect
def _own_page(request: HttpRequest, key: str) -> HttpResponse:
    found = _own(key)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = LetterForm(*posted)
    if request.method == "POST" and form.is_valid() and _letter_added(key, form):
        return HttpResponseRedirect(reverse("access-own", args=[key]))
    context = {
        "row": found,
        "key": key,
        "facts": request_facts(found),
        "letters": found.documents.all(),
        "form": form if found.state in OPEN else None,
        "missing": [word(MISSING, each) for each in missing_in(found)] if found.state in OPEN else [],
        "address": request.build_absolute_uri(reverse("access-own", args=[key])),
    }
    return render(request, "access/own.html", context, status=422 if form.errors else 200)


def _letter_added(key: str, form: LetterForm) -> bool:
    """Keep the letter, or put the reason why not beside the field."""
    upload = form.cleaned_data["file"]
    try:
        paper = judged(upload.name, upload.read(), sizes_bytes=())
        letter = Letter(paper.filename, paper.media_type, paper.data)
        access_letter_add(authority=installation().authority, key=key, letter=letter, at=now())
    except DocumentRefused as exc:
        form.add_error("file", word(UPLOADS_REFUSED, exc.reason))
    except ActNotAllowed as exc:
        form.add_error(None, why_not(exc))
    return not form.errors


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change what a draft or returned request says."""
    found = _own(key)
    kind = wish_form_of(found)
    form = kind(request.POST) if request.method == "POST" else kind(initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            access_change(authority=installation().authority, key=key, wish=form.wish(), at=now())
        except ActNotAllowed as exc:
            form.add_error("email" if exc.guard == "official_mail_domain" else None, why_not(exc))
        else:
            return HttpResponseRedirect(reverse("access-own", args=[key]))
    context: dict[str, Any] = {
        "form": form,
        "heading": _("Change your request"),
        "back_url": reverse("access-own", args=[key]),
        "button": _("Save"),
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_POST
def send(request: HttpRequest, key: str) -> HttpResponse:
    """Send the request to the embassy; the same press twice sends once."""
    here = reverse("access-own", args=[key])
    if _own(key).state in OPEN:
        try:
            access_send(authority=installation().authority, key=key, at=now())
        except ActNotAllowed as exc:
            return refused(request, why_not(exc), back_url=here)
    return HttpResponseRedirect(here)
