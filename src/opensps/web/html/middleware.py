"""Who is there: the signed-in person on every request, and a closed door before what is not public.

The session is opened only when the browser brings its cookie, so that a stranger's check neither reads nor writes one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from opensps.accounts.queries import Actor, actor_for
from opensps.web.html import idle
from opensps.web.html.access import may_open, needs_sign_in
from opensps.web.html.views.errors import error_page

Answer = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Put the signed-in person on the request and keep everybody else out of what is not public."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _actor(request)  # type: ignore[attr-defined]  # typed as SignedInRequest for the views
        response = self.get_response(request)
        return _wrong_method(request, response) if _is_bare_refusal(response) else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Let the view run, send a stranger to the sign-in page, or say "not found"."""
        actor: Actor | None = request.actor  # type: ignore[attr-defined]  # set above
        if may_open(view, actor):
            return None
        if needs_sign_in(view, actor):
            return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
        raise Http404


def _is_bare_refusal(response: HttpResponse) -> bool:
    """Say whether a method was refused without a word; addresses of machines have their own words."""
    return response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content


def _wrong_method(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the bare refusal of a method its page."""
    page = error_page(request, response.status_code)
    page.headers["Allow"] = response.headers["Allow"]
    return page


def _actor(request: HttpRequest) -> Actor | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    now = datetime.now(UTC)
    actor = actor_for(request.user, now)
    return None if idle.sign_out_if_left(request, roles=actor.roles, at=now) else actor
