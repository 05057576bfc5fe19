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
    return role_required(*Role)(view)


def access_of(view: Callable[..., object]) -> str | frozenset[Role] | None:
    """Return `ANYBODY`, the roles that may open the view, or None when nobody declared it."""
    return getattr(view, "access", None)


def may_open(view: Callable[..., object], actor: Actor | None) -> bool:
    """Tell whether this person may open the view at all; what it shows is decided behind it."""
    access = access_of(view)
    if isinstance(access, frozenset):
        return actor is not None and bool(access & actor.roles)
    return access == ANYBODY


def needs_sign_in(view: Callable[..., object], actor: Actor | None) -> bool:
    """Tell whether signing in could open the view to somebody: it has roles, and nobody is signed in."""
    return actor is None and isinstance(access_of(view), frozenset)
