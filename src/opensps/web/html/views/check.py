"""The public check: number and code, check link, file; and the page of its result (`ux.md` 5).

No session and no cookie: a form is accepted when its `Origin` is our own. A post answers 303 to an address that holds
only a random id, so that refresh is safe and no code reaches an address or a log.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import activate, get_language, get_language_from_path, get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import SYSTEM
from opensps.border.queries import StoredResult, result_by_id
from opensps.border.queries.verdicts import verdict_of
from opensps.border.services import check_file, check_number, check_token
from opensps.certification.queries import certificate_record, certificates_for_actor
from opensps.formats.carriers import grouped
from opensps.lifecycle import CertificateState
from opensps.verification.statement import read_proof
from opensps.web.html import keys
from opensps.web.html.access import public
from opensps.web.html.answer import page_answer
from opensps.web.html.context import authority_names
from opensps.web.html.forms.check import MOST_FILES, MOST_OCTETS, FileForm, NumberForm
from opensps.web.html.installation import installation
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.proof import proof_of

SAMPLES = (CertificateState.IN_FORCE, CertificateState.ON_HOLD, CertificateState.WITHDRAWN)
"""States of which a demonstration offers a sample."""


@public
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show the three ways to check; a post is number and code."""
    if request.method != "POST":
        return _page(request, number_form=NumberForm(initial=_sample(request)))
    if not is_ours(request):
        return error_page(request, HTTPStatus.FORBIDDEN)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, number_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    found = check_number(
        number_typed=form.cleaned_data["number"], code_typed=form.cleaned_data["code"], **circumstances(request)
    )
    return see_other(request, found)


@public
@never_cache
@csrf_exempt
@require_http_methods(["POST"])
def check_files(request: HttpRequest) -> HttpResponse:
    """Check one to three files of one certificate; they are read in memory and not kept."""
    if not is_ours(request):
        return error_page(request, HTTPStatus.FORBIDDEN)
    try:
        handler = limit(request, most_octets=MOST_FILES * MOST_OCTETS)
    except TooMuch:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = FileForm(request.POST, request.FILES)
    if handler.was_stopped:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.is_valid():
        return _page(request, file_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    files = tuple((file.name, file.read()) for file in form.cleaned_data["upload"])
    answered = proof_answer(files)
    return answered or see_other(request, check_file(files=files, **circumstances(request)))


def proof_answer(files: Iterable[tuple[str, bytes]]) -> HttpResponse | None:
    """Lead to the page that answers for a proof of check among the files; None where there is none of ours."""
    proof = next((found for _name, data in files if (found := read_proof(data)) is not None), None)
    verdict_id = str(proof.statement["id"]) if proof is not None else ""
    verdict = verdict_of(authority=installation().authority, verdict_id=verdict_id) if proof is not None else None
    if proof is None or verdict is None:
        return None
    is_same = bytes(verdict.digest) == proof.digest and not proof.problem
    address = f"{reverse('check-proof', args=[verdict.pk])}?file={'same' if is_same else 'other'}"
    return private(HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER))


@public
@never_cache
@require_safe
def check_link(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the link of a QR code, directly, in any case of its letters and in the language of the browser."""
    if get_language_from_path(request.path) is None:
        activate(get_language_from_request(request))
    found = check_token(token_typed=token, **circumstances(request))
    request.here = reverse("check-result", args=[found.id])  # type: ignore[attr-defined]  # the language list leads there
    response = _result(request, found, wants_json=_wants_json(request), is_link=True)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@public
@never_cache
@require_safe
def result(request: HttpRequest, result_id: str, form: str = "") -> HttpResponse:
    """Show a result that is kept for 24 hours under its random id; as JSON for `.json` or who accepts only that."""
    actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    found = result_by_id(
        authority=installation().authority,
        result_id=result_id,
        at=datetime.now(UTC),
        viewer=actor.id if actor else "",
    )
    if found is None:
        return error_page(request, HTTPStatus.GONE)
    return _result(request, found, wants_json=form == "json" or _wants_json(request))


def _page(
    request: HttpRequest,
    *,
    number_form: NumberForm | None = None,
    file_form: FileForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "number_form": number_form or NumberForm(),
        "file_form": file_form or FileForm(),
        "has_errors": status != HTTPStatus.OK,
        "samples": SAMPLES if installation().is_demo else (),
    }
    return private(render(request, "public/check.html", context, status=status))


def _result(request: HttpRequest, found: StoredResult, *, wants_json: bool, is_link: bool = False) -> HttpResponse:
    said = found.answer(get_language() or "en")
    if wants_json:
        return private(JsonResponse({"id": found.id, **said}, json_dumps_params={"ensure_ascii": False}))
    shown = page_answer(said, result_id=found.id, names=authority_names(installation().authority))
    code_number = said["number"] or "" if is_link else None
    context = {"answer": shown, "code_number": code_number, "paper_url": _paper_url(found, said)}
    return private(render(request, "public/result.html", context))


def _paper_url(found: StoredResult, said: Mapping[str, Any]) -> str:
    """Return where an official compares the paper with a certificate of ours; empty for everybody else."""
    number = said["number"]
    if not found.checker or not number or not said["facts"]:
        return ""
    is_ours = certificate_record(authority=installation().authority, number=number) is not None
    return reverse("certificate-paper", args=[number]) if is_ours else ""


def see_other(request: HttpRequest, found: StoredResult) -> HttpResponse:
    if _wants_json(request):
        return _result(request, found, wants_json=True)
    response = HttpResponseRedirect(reverse("check-result", args=[found.id]))
    response.status_code = HTTPStatus.SEE_OTHER
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    """Let no address leave with a link and no search engine keep the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def is_ours(request: HttpRequest) -> bool:
    """Tell whether the form came from our own page: `Origin`, or `Sec-Fetch-Site` where a browser leaves it out.

    A program sends neither; nobody's browser and nobody's cookie are abused through it, so it may ask.
    """
    origin = request.headers.get("Origin")
    if origin and origin != "null":
        return origin.partition("://")[2] == request.get_host()
    return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")


def circumstances(request: HttpRequest) -> dict[str, Any]:
    """Return what every check needs besides what was given; of the address `border` keeps a keyed digest only."""
    place = installation()
    return {
        "authority": place.authority,
        "network": request.META.get("REMOTE_ADDR") or "",
        "at": datetime.now(UTC),
        "trust": keys.trust_list(),
        "accepts_training": place.is_demo,
        "checker": request.actor,  # type: ignore[attr-defined]  # set by the middleware
        "proofs": proof_of,
    }


def _sample(request: HttpRequest) -> dict[str, str]:
    """Return number and code of a certificate of the demonstration in the state asked for; nothing anywhere else."""
    place, wanted = installation(), request.GET.get("sample", "")
    if not place.is_demo or wanted not in SAMPLES:
        return {}
    state = CertificateState(wanted)
    newest = certificates_for_actor(authority=place.authority, actor=SYSTEM, states=(state,), limit=1)
    record = certificate_record(authority=place.authority, number=newest[0].number) if newest else None
    return {"number": record.number, "code": grouped(record.code)} if record else {}
