"""Report a concern without an account, and the officers' list of what was reported (`ux.md` 5.5).

Nothing asks the register, so the answer is the same whatever number is given. No session and no cookie for the public
form: it is accepted when its `Origin` is our own.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.concerns import STATES
from opensps.border.errors import CaseRefused
from opensps.border.queries.concerns import PAGE, READERS, concern_files, concern_for, concerns_for
from opensps.border.services.concerns import MOST_FILES, Report, concern_end, concern_receive
from opensps.certification.errors import DocumentRefused
from opensps.lifecycle import Role
from opensps.web.html.access import SignedInRequest, public, role_required
from opensps.web.html.acting import FIELD, fresh_token, now, who
from opensps.web.html.forms.acts import ActForm, ReasonForm
from opensps.web.html.forms.case_words import REFUSED
from opensps.web.html.forms.check import FilesField, FilesInput
from opensps.web.html.forms.words import UPLOADS_REFUSED, word
from opensps.web.html.installation import installation
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.cases import case_do
from opensps.web.html.views.check import is_ours, private
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.lists import Chip, address, offset_of

MOST_OCTETS: Final = 12 * 1024 * 1024
_REFERENCE: Final = 8


class ConcernForm(ActForm):
    """What somebody noticed."""

    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As the paper says, if there is one."),
    )
    text = forms.CharField(
        label=gettext_lazy("What did you notice?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Tell us what you noticed.")},
    )
    place = forms.CharField(
        label=gettext_lazy("Where and when?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example the port, the shop or the address of a page."),
    )
    photos = FilesField(
        label=gettext_lazy("Photos or PDF"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG, GIF or PDF; three files at most, 10 MB together."),
        widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/gif,.pdf"}),
    )
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only if you wish. It is shown to the officers who look into this and to nobody else."),
    )


@public
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: HttpRequest) -> HttpResponse:
    """Ask what was noticed; a post keeps it and gives a reference."""
    if request.method != "POST":
        return _page(request, ConcernForm(initial={"number": request.GET.get("number", "")[:80]}))
    if not is_ours(request):
        return error_page(request, HTTPStatus.FORBIDDEN)
    try:
        handler = limit(request, most_octets=MOST_OCTETS)
    except TooMuch:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = ConcernForm(request.POST, request.FILES)
    if handler.was_stopped:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _received(request, form) if form.is_valid() else _page(request, form)


def _received(request: HttpRequest, form: ConcernForm) -> HttpResponse:
    given = form.cleaned_data
    files = tuple((each.name, each.read()) for each in given["photos"] if each)[:MOST_FILES]
    report = Report(
        text=given["text"], number=given["number"], place=given["place"], contact=given["contact"], files=files
    )
    try:
        kept = concern_receive(
            authority=installation().authority,
            report=report,
            network=request.META.get("REMOTE_ADDR") or "",
            at=now(),
        )
    except DocumentRefused as exc:
        form.add_error("photos", word(UPLOADS_REFUSED, exc.reason))
        return _page(request, form)
    except CaseRefused as exc:
        form.add_error(None, word(REFUSED, exc.reason))
        return _page(request, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer = HttpResponseRedirect(reverse("concern-sent", args=[kept.reference]))
    answer.status_code = HTTPStatus.SEE_OTHER
    return private(answer)


def _page(request: HttpRequest, form: ConcernForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    said = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors and status == HTTPStatus.OK else status
    return private(render(request, "public/concern.html", {"form": form}, status=said))


@public
@never_cache
@require_safe
def sent(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the reference back; nothing is looked up, so any text of the right shape is answered alike."""
    shown = reference.upper()
    if len(shown) != _REFERENCE or not shown.isalnum() or not shown.isascii():
        raise Http404
    return private(render(request, "public/concern_sent.html", {"reference": f"{shown[:4]}-{shown[4:]}"}))


@role_required(*sorted(READERS))
@require_safe
def concerns(request: SignedInRequest) -> HttpResponse:
    """What was reported, newest first."""
    state, offset = request.GET.get("state", ""), offset_of(request)
    state = state if state in STATES else ""
    authority = request.actor.authority
    rows, count = concerns_for(authority=authority, actor=request.actor, state=state, offset=offset)
    chips = [Chip(_("All"), "?", not state)]
    chips += [Chip(status_word("concern", each), address(state=each), each == state) for each in STATES]
    context = {
        "rows": rows,
        "chips": chips,
        "previous_url": address(state=state, **{"from": offset - PAGE}) if offset >= PAGE else "",
        "next_url": address(state=state, **{"from": offset + PAGE}) if offset + PAGE < count else "",
    }
    return render(request, "cases/concerns.html", context)


@role_required(*sorted(READERS))
@require_safe
def one(request: SignedInRequest, reference: str) -> HttpResponse:
    """One concern, with the ways to end it."""
    found = _found(request, reference)
    may_end = found.state == "received" and bool(request.actor.roles & {Role.CASE_OFFICER, Role.INQUIRY_DESK})
    context = {"concern": found, "files": concern_files(found), "may_end": may_end}
    return render(request, "cases/concern.html", context)


@role_required(*sorted(READERS))
@require_safe
def file(request: SignedInRequest, reference: str, file_id: int) -> HttpResponse:
    """A file of a concern, for download only: a browser never shows it."""
    found = next((each for each in concern_files(_found(request, reference)) if each.pk == file_id), None)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
    return response


@role_required(Role.CASE_OFFICER, Role.INQUIRY_DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, reference: str) -> HttpResponse:
    """End a concern that leads to nothing, with a note."""
    _found(request, reference)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    back = reverse("concern-one", args=[reference])
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            note = form.cleaned_data["reason"]
            concern_end(**who(request, at), reference=reference, state="closed", note=note)
            return back

        return case_do(request, f"concern.close.{reference}", do, back_url=back)
    context: dict[str, Any] = {
        "form": form,
        "token": request.POST.get(FIELD) or fresh_token(),
        "back_url": back,
        "heading": _("Close the concern"),
        "button": _("Close it"),
    }
    return render(request, "act/confirm.html", context)


def _found(request: SignedInRequest, reference: str) -> Any:
    found = concern_for(authority=request.actor.authority, actor=request.actor, reference=reference)
    if found is None:
        raise Http404
    return found
