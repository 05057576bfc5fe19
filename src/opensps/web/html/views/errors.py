"""Error pages: what happened, a reference to quote, and the next step; never a traceback.

`broken` draws itself without the database, because a failing database may be the very reason it is shown.
"""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opensps.web.html.access import public

_PAGES: Final[Mapping[int, tuple[Promise, Promise, Promise]]] = {
    400: (
        _("We could not read this request"),
        _("Your browser sent something this page does not expect. Nothing was changed."),
        _("Go back, reload the page and try again."),
    ),
    403: (
        _("This form has expired"),
        _("We could not tell that it came from our own page, so we did not accept it. Nothing was changed."),
        _("Go back, reload the page and send it again. If you were signed out, sign in first."),
    ),
    404: (
        _("Page not found"),
        _("There is no page at this address, or it is not meant for you."),
        _("Check the address, or start again from the home page."),
    ),
    405: (
        _("This address does not accept that"),
        _("The page exists, but not for this kind of request. Nothing was changed."),
        _("Open the page and use its form."),
    ),
    410: (
        _("This page is no longer kept"),
        _("It existed and has been removed. Results of checks are kept for 24 hours."),
        _("Do the check again to get a new result."),
    ),
    413: (
        _("This file is too large"),
        _("We read files up to 10 MB. Nothing of it was kept."),
        _("Check the certificate by its number and code instead, or choose a smaller file."),
    ),
    429: (
        _("Too many requests"),
        _("Too many requests came from your network. Nothing is wrong with any certificate."),
        _("Wait a few minutes and try again."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("We have recorded it under the reference below. Nothing was stored by halves."),
        _("Try again. If it happens again, tell us the reference."),
    ),
    503: (
        _("The service is being looked after"),
        _("It will be back shortly. This says nothing about any certificate."),
        _("Try again in a few minutes."),
    ),
}


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page (or, for machines, the problem document of RFC 9457) of an HTTP status."""
    heading, sentence, next_step = _PAGES[status]
    reference = getattr(request, "reference", "")
    if "application/json" in request.headers.get("Accept", ""):
        problem = {"type": "about:blank", "title": str(heading), "detail": str(sentence), "status": status}
        return JsonResponse({**problem, "instance": reference}, status=status, content_type="application/problem+json")
    words = {"heading": heading, "sentence": sentence, "next_step": next_step, "reference": reference}
    if status >= 500:  # noqa: PLR2004 a page that needs nothing else to work
        return HttpResponse(get_template("frame/broken.html").render(words), status=status)
    return HttpResponse(get_template("frame/error.html").render(words, request), status=status)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django passes it by this name
    """Answer a request Django found suspicious (400)."""
    return error_page(request, 400)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:  # noqa: ARG001 Django passes its reason
    """Answer a form without its token (403)."""
    return error_page(request, 403)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 Django passes it by this name
    """Answer what is foreign, missing or forbidden, always alike (404)."""
    return error_page(request, 404)


@public
def broken(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen failure with its reference (500)."""
    return error_page(request, 500)
