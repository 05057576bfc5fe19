"""Who may open a page. Closed by default: a view nobody declared is answered "not found".

`public` opens a view to everybody, `role_required` to people who hold one of some roles, `signed_in` to everyone with
an account. Foreign, missing and forbidden give the same 404, so that an address tells nothing. `ActorMiddleware`
enforces it.
"""

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse

from opensps.accounts.queries import Actor
from opensps.lifecycle import Role

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., HttpResponse])

ANYBODY: Final = "anybody"
SIGNED_IN: Final = "signed in"
Access = str | frozenset[Role] | None
"""`ANYBODY`, `SIGNED_IN`, the roles of which one is needed, or None: nobody declared it, so nobody enters."""


class SignedInRequest(HttpRequest):
    """A request whose person is known; what a view behind `signed_in` or `role_required` receives."""

    actor: Actor


def public(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    view.access = ANYBODY  # type: ignore[attr-defined]  # the mark the middleware and the tests read
    return view


def role_required(
    *roles: Role,
) -> Callable[[Callable[Concatenate[SignedInRequest, P], HttpResponse]], Callable[..., HttpResponse]]:
    """Open a view to people who hold at least one of `roles`."""

    def mark(view: Callable[Concatenate[SignedInRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        view.access = frozenset(roles)  # type: ignore[attr-defined]  # the mark the middleware and the tests read
        return cast("Callable[..., HttpResponse]", view)

    return mark


def signed_in(view: Callable[Concatenate[SignedInRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to everyone with an account, whatever the role."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]  # the mark the middleware and the tests read
    return cast("Callable[..., HttpResponse]", view)


def access_of(view: Callable[..., object]) -> Access:
    """Return who may open the view, as declared beside it."""
    declared: Access = getattr(view, "access", None)
    return declared


def may_open(view: Callable[..., object], actor: Actor | None) -> bool:
    """Tell whether this person may open the view at all; what it shows is decided behind it."""
    access = access_of(view)
    if isinstance(access, frozenset):
        return actor is not None and bool(access & actor.roles)
    return access == ANYBODY or (access == SIGNED_IN and actor is not None)


def needs_sign_in(view: Callable[..., object], actor: Actor | None) -> bool:
    """Tell whether signing in could open the view to somebody, and nobody is signed in."""
    return actor is None and access_of(view) not in (None, ANYBODY)
