"""Files handed in with an application: adding, removing, reading. The bytes decide what a file is."""

from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certificate import CertificateKind
from opensps.certification import services
from opensps.certification.errors import DocumentRefused, NotFound
from opensps.certification.queries import document_by_id, documents_of
from opensps.lifecycle import APPLICANTS, OFFICERS, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, guarded, now, who
from opensps.web.html.forms.acts import UploadForm
from opensps.web.html.forms.returning import DOCUMENTS
from opensps.web.html.forms.words import PURPOSES, UPLOADS_REFUSED, word
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.own import visible_application
from opensps.web.html.views.steps import Draft, draft_of, position_of, url_after

MOST_OCTETS: Final = 11_000_000


@role_required(*APPLICANTS)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: SignedInRequest, reference: str) -> HttpResponse:
    """The files of the draft, and one more; the body is limited before the form key is looked for in it."""
    if request.method == "POST":
        try:
            limit(request, most_octets=MOST_OCTETS)
        except TooMuch:
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _documents(request, reference)


@csrf_protect
def _documents(request: SignedInRequest, reference: str) -> HttpResponse:
    draft = draft_of(request, reference)
    is_reexport = draft.value.kind is CertificateKind.PHYTOSANITARY_REEXPORT
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*posted, is_reexport=is_reexport)
    if request.method == "POST" and form.is_valid():
        answer = _added(request, draft, form)
        if answer is not None:
            return answer
    return _page(request, draft, form)


def _added(request: SignedInRequest, draft: Draft, form: UploadForm) -> HttpResponse | None:
    """Keep the file and come back, or put the reason why not beside the field and return None."""
    upload = form.cleaned_data["file"]
    reference = draft.application.reference
    here = reverse("application-documents", args=[reference])

    def add() -> HttpResponse:
        services.application_document_add(
            **who(request, now()),
            reference=reference,
            filename=upload.name,
            data=upload.read(),
            purpose=form.cleaned_data["purpose"],
        )
        return HttpResponseRedirect(here)

    try:
        return guarded(request, add, back_url=here)
    except DocumentRefused as exc:
        form.add_error("file", word(UPLOADS_REFUSED, exc.reason))
        return None


def _page(request: SignedInRequest, draft: Draft, form: UploadForm) -> HttpResponse:
    reference = draft.application.reference
    rows = [
        {
            "url": reverse("application-document", args=[reference, row.pk]),
            "filename": row.filename,
            "purpose": word(PURPOSES, row.purpose),
            "size_bytes": row.size_bytes,
            "state": _("Received"),
            "remove_url": reverse("application-document-remove", args=[reference, row.pk]),
            "token": fresh_token(),
        }
        for row in documents_of(draft.application)
    ]
    context = {
        "application": draft.application,
        "documents": rows,
        "form": form,
        "token": fresh_token(),
        "messages_here": [text for path, text in draft.comments.items() if path == DOCUMENTS],
        "position": position_of(draft.value, "documents"),
        "next_url": url_after(draft, "documents"),
    }
    return render(request, "exporter/documents.html", context)


@role_required(*APPLICANTS)
@require_POST
def document_remove(request: SignedInRequest, reference: str, document_id: int) -> HttpResponse:
    """Take a file out of the draft."""
    draft_of(request, reference)
    here = reverse("application-documents", args=[reference])

    def remove(at: Any) -> str:
        services.application_document_remove(**who(request, at), reference=reference, document_id=document_id)
        return here

    return act(request, f"document.remove.{document_id}", remove, back_url=here)


@role_required(*APPLICANTS, Role.MANAGER, *OFFICERS)
@require_safe
def document(request: SignedInRequest, reference: str, document_id: int) -> HttpResponse:
    """Hand a file out as a download, with the type its bytes have."""
    row = visible_application(request, reference)
    try:
        found = document_by_id(authority=request.actor.authority, reference=row.reference, document_id=document_id)
    except NotFound as exc:
        raise Http404 from exc
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.filename) or "attachment"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
