"""People of the authority: found, invited, given roles, let in anew by two administrators, let go.

Source: `lifecycles.md` 6 (end), `ux.md` 6.9. Administrators only. A link is shown once to whoever made it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.errors import EmailTaken, GrantIncomplete, NotAllowed, NotFound, NotTheSecond
from opensps.accounts.people_queries import PersonRow, open_reset, people_found, person_row, resets_waiting
from opensps.accounts.queries import grants_for
from opensps.accounts.services import (
    invitation_renew,
    person_invite,
    person_leave,
    person_restore,
    person_suspend,
    reset_ask,
    reset_confirm,
    reset_decline,
    role_end,
    role_grant,
    sessions_end,
)
from opensps.lifecycle import Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, guarded, now, post, refused, who
from opensps.web.html.deciding import decided
from opensps.web.html.forms.access import InviteForm
from opensps.web.html.forms.people import RoleForm, office_names
from opensps.web.html.forms.words import ROLES, word
from opensps.web.html.templatetags.parts import in_words
from opensps.web.html.views.access_parts import history

ADMINISTRATORS: Final = (Role.ADMINISTRATOR,)
RESETTERS: Final = (Role.ADMINISTRATOR, Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER)


@role_required(*ADMINISTRATORS)
@never_cache
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """Everybody, by name; of a text, or of a role."""
    text, role = request.GET.get("q", "")[:100].strip(), request.GET.get("role", "")
    role, places = role if role in set(Role) else "", office_names(request.actor.authority)
    office = request.GET.get("office", "") if request.GET.get("office", "") in places else ""
    found = people_found(authority=request.actor.authority, text=text, role=role, office=office, at=now())
    shown = {"shown": len(found.rows), "total": found.total}
    context = {
        "rows": found.rows,
        "count_line": ngettext("%(total)d person, by name", "%(total)d people, by name; %(shown)d shown", found.total)
        % shown,
        "q": text,
        "role": role,
        "office": office,
        "places": list(places.items()),
        "resets": resets_waiting(authority=request.actor.authority),
        "roles": [(each.value, word(ROLES, each)) for each in Role if each not in {Role.SYSTEM, Role.CLOCK}],
    }
    return render(request, "people/list.html", context)


@role_required(*ADMINISTRATORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """Open an account without a password and show the link for its owner, once."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person, link = person_invite(**form.cleaned_data, **who(request, now()))
        except EmailTaken:
            form.add_error("email", _("There is an account with this mail address already."))
        else:
            return link_page(request, person.name, link.text, reverse("person", args=[person.opaque_id]))
    context: dict[str, Any] = {
        "form": form,
        "heading": _("Invite somebody"),
        "texts": [_("The account has no password until its owner sets one. Give roles afterwards.")],
        "button": _("Invite"),
        "back_url": reverse("people"),
        "token": request.POST.get(FIELD) or fresh_token(),
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def link_page(request: HttpRequest, name: str, link: str, back_url: str) -> HttpResponse:
    """Show a one-time link, once."""
    address = request.build_absolute_uri(reverse("join", args=[link]))
    return render(request, "people/link.html", {"name": name, "address": address, "back_url": back_url})


def _visible(request: SignedInRequest, person_id: str) -> PersonRow:
    try:
        return person_row(authority=request.actor.authority, actor=request.actor, person_id=person_id, at=now())
    except NotFound as exc:
        raise Http404 from exc


@dataclass(frozen=True, slots=True)
class Step:
    """What the page calls an act, what follows from it, and for whom it is offered."""

    words: str | Promise
    text: str | Promise
    service: Callable[..., object]
    offered: Callable[[PersonRow], bool]
    danger: bool = False


STEPS: Final[Mapping[str, Step]] = {
    "sessions": Step(
        gettext_lazy("End all sessions"),
        gettext_lazy("Every device is signed out with its next request. Password and roles stay."),
        sessions_end,
        lambda row: row.is_active,
    ),
    "reset": Step(
        gettext_lazy("Ask for a reset"),
        gettext_lazy("Password, passkeys and device are set up anew, once a second administrator confirms."),
        reset_ask,
        lambda row: row.is_active and not row.is_own and row.has_password,
    ),
    "suspend": Step(
        gettext_lazy("Close for now"),
        gettext_lazy("All sessions end; the account has no role until it is opened again."),
        person_suspend,
        lambda row: row.is_active and not row.is_own and not row.is_official,
        danger=True,
    ),
    "restore": Step(
        gettext_lazy("Open again"),
        gettext_lazy("The person can sign in again, with the roles that have not ended."),
        person_restore,
        lambda row: not row.is_active and not row.is_official,
    ),
    "leave": Step(
        gettext_lazy("Has left the authority"),
        gettext_lazy("All roles, sessions, passkeys and devices end, and the account closes."),
        person_leave,
        lambda row: row.is_active and not row.is_own and not row.is_official,
        danger=True,
    ),
}
"""Acts with a reason, by their part of the address."""


@role_required(*RESETTERS)
@never_cache
@require_safe
def one(request: SignedInRequest, person_id: str) -> HttpResponse:
    """One person: roles with their time, what happened, what can be done."""
    row, authority = _visible(request, person_id), request.actor.authority
    is_administrator = Role.ADMINISTRATOR in request.actor.roles
    steps = {slug: step for slug, step in STEPS.items() if is_administrator or slug == "reset"}
    reset = open_reset(authority=authority, person_id=person_id)
    context = {
        "row": row,
        "roles": [_grant(each, person_id, is_administrator=is_administrator) for each in _grants(authority, person_id)],
        "is_administrator": is_administrator,
        "links": [
            Link(reverse("person-decide", args=[person_id, slug]), step.words, step.danger)
            for slug, step in steps.items()
            if step.offered(row)
        ],
        "reset": reset,
        "may_confirm": reset is not None and request.actor.id != reset.asked_by and not row.is_own,
        "confirm": post(reverse("person-reset", args=[person_id, "confirm"]), _("Confirm the reset")),
        "decline": post(reverse("person-reset", args=[person_id, "decline"]), _("Decline")),
        "invitation": post(reverse("person-link", args=[person_id]), _("Make a new link"))
        if not row.has_password and row.is_active and is_administrator
        else None,
        "timeline": history(authority=authority, kind="person", object_id=person_id),
    }
    return render(request, "people/one.html", context)


def _grants(authority: str, person_id: str) -> tuple[Any, ...]:
    return grants_for(authority=authority, person_id=person_id)


def _grant(grant: Any, person_id: str, *, is_administrator: bool) -> dict[str, Any]:
    is_over = grant.valid_until is not None and grant.valid_until <= now()
    may_end = is_administrator and not is_over and grant.official_id is None
    return {
        "role": word(ROLES, grant.role),
        "place": grant.office.code if grant.office else grant.organisation.name if grant.organisation else "",
        "since": in_words(grant.valid_from),
        "until": in_words(grant.valid_until) if grant.valid_until else "",
        "is_over": is_over,
        "end": post(reverse("person-role-end", args=[person_id, grant.id.hex]), _("End")) if may_end else None,
    }


@role_required(*RESETTERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, person_id: str, slug: str) -> HttpResponse:
    """Ask for the reason and do the act."""
    row, step = _visible(request, person_id), STEPS.get(slug)
    is_reset = slug == "reset"
    if step is None or not step.offered(row) or not (is_reset or Role.ADMINISTRATOR in request.actor.roles):
        raise Http404

    def do(at: datetime, reason: str) -> None:
        said = {"reason": reason} if step.service in {reset_ask, person_leave} else {}
        step.service(person_id=person_id, **said, **who(request, at))

    page: dict[str, Any] = {"heading": f"{row.name}: {step.words}", "texts": [step.text], "button": step.words}
    back = reverse("person", args=[person_id])
    return decided(request, f"person.{slug}.{person_id}", do, back_url=back, danger=step.danger, **page)


@role_required(*ADMINISTRATORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def role_add(request: SignedInRequest, person_id: str) -> HttpResponse:
    """Give one more role."""
    row, back = _visible(request, person_id), reverse("person", args=[person_id])
    form = RoleForm(request.POST if request.method == "POST" else None, authority=request.actor.authority)
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            role_grant(person_id=person_id, **form.given(), **who(request, at))
            return back

        try:
            return act(request, f"person.role.{person_id}", do, back_url=back)
        except GrantIncomplete:
            form.add_error(None, _("This role needs an office or an organisation, and an end after today."))
    context: dict[str, Any] = {
        "form": form,
        "heading": _("Give %(name)s a role") % {"name": row.name},
        "button": _("Give the role"),
        "back_url": back,
        "token": request.POST.get(FIELD) or fresh_token(),
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


@role_required(*ADMINISTRATORS)
@never_cache
@require_POST
def role_over(request: SignedInRequest, person_id: str, grant: str) -> HttpResponse:
    """End a role now."""
    _visible(request, person_id)
    back, held = reverse("person", args=[person_id]), grants_for(authority=request.actor.authority, person_id=person_id)
    found = next((each for each in held if each.id.hex == grant and each.official_id is None), None)
    if found is None:
        raise Http404
    grant_id: UUID = found.id

    def do(at: datetime) -> str:
        role_end(grant_id=grant_id, **who(request, at))
        return back

    return act(request, f"person.role_end.{grant}", do, back_url=back)


@role_required(*RESETTERS)
@never_cache
@require_POST
def reset(request: SignedInRequest, person_id: str, slug: str) -> HttpResponse:
    """Confirm a reset as the second person and show the link once, or decline it."""
    row, back = _visible(request, person_id), reverse("person", args=[person_id])
    if slug == "decline":

        def decline(at: datetime) -> str:
            reset_decline(person_id=person_id, **who(request, at))
            return back

        return act(request, f"person.decline.{person_id}", decline, back_url=back)
    if slug != "confirm":
        raise Http404

    def answer() -> HttpResponse:
        try:
            link = reset_confirm(person_id=person_id, **who(request, now()))
        except NotTheSecond:
            return refused(request, _("You asked for this reset, so a second person has to confirm it."), back_url=back)
        return link_page(request, row.name, link.text, back)

    return guarded(request, answer, back_url=back)


@role_required(*ADMINISTRATORS)
@never_cache
@require_POST
def new_link(request: SignedInRequest, person_id: str) -> HttpResponse:
    """Make a new invitation link; an earlier one works no more."""
    row, back = _visible(request, person_id), reverse("person", args=[person_id])

    def answer() -> HttpResponse:
        try:
            link = invitation_renew(person_id=person_id, **who(request, now()))
        except NotAllowed as exc:
            raise Http404 from exc
        return link_page(request, row.name, link.text, back)

    return guarded(request, answer, back_url=back)
