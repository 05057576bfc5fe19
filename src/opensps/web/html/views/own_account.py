"""One's own account: password, one-time codes, sessions; and the one-time link by which somebody enters.

Source: `ux.md` 6.2. A link opens nothing but its own page; recovery codes are shown once.
"""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.errors import CodeRefused, LinkOver, PasswordRefused
from opensps.accounts.people_queries import colleagues
from opensps.accounts.queries import grants_for, offices, passkeys_of, person_by_id
from opensps.accounts.services import (
    Chosen,
    entry_for,
    entry_use,
    has_codes,
    needs_device,
    own_codes_set,
    own_password_change,
    sessions_end,
)
from opensps.lifecycle import OWN_STAFF
from opensps.web.html.access import SignedInRequest, public, role_required, signed_in
from opensps.web.html.acting import now, who
from opensps.web.html.forms.access import (
    ChangePasswordForm,
    DeviceForm,
    JoinForm,
    SetUpForm,
    password_problem,
)
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.words import ROLES, word
from opensps.web.html.installation import installation
from opensps.web.html.proving import SESSION, is_own_password, is_proved_again
from opensps.web.html.views.access_parts import history
from opensps.web.html.views.enrolment import device_context, secret_from


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, link: str) -> HttpResponse:
    """Set a password, and a device where one is needed, by an invitation or a reset."""
    try:
        entry = entry_for(authority=installation().authority, link=link, at=now())
    except LinkOver as exc:
        raise Http404 from exc
    is_needed, secret = needs_device(entry.person), secret_from(request)
    form = (SetUpForm if is_needed else JoinForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        codes = _joined(form, link, secret if is_needed else None)
        if codes is not None:
            if not codes:
                return HttpResponseRedirect(reverse("sign-in"))
            return render(request, "access/recovery.html", {"codes": codes, "email": entry.person.email})
    context: dict[str, Any] = {"form": form, "person": entry.person, "purpose": entry.purpose}
    if is_needed:
        context |= device_context(secret, account=entry.person.email)
    return render(request, "people/join.html", context, status=422 if form.errors else 200)


def _joined(form: Any, link: str, secret: bytes | None) -> tuple[str, ...] | None:
    """Use the link; return the recovery codes, or put what is wrong on the form and return None."""
    chosen = Chosen(secret, form.cleaned_data["code"]) if secret is not None else None
    given = {"link": link, "password": form.cleaned_data["password"], "chosen": chosen, "at": now()}
    try:
        return entry_use(authority=installation().authority, **given)[1]
    except PasswordRefused as exc:
        form.add_error("password", password_problem(exc.reasons))
    except CodeRefused:
        form.add_error("code", _("This is not the code your device shows now. Wait for the next one."))
    except LinkOver as exc:
        raise Http404 from exc
    return None


@signed_in
@never_cache
@require_safe
def own(request: SignedInRequest) -> HttpResponse:
    """Roles, password, one-time codes, passkeys and what happened to the account."""
    authority, actor = request.actor.authority, request.actor
    person = person_by_id(authority=authority, person_id=actor.id)
    if person is None:
        raise Http404
    at = now()
    held = [each for each in grants_for(authority=authority, person_id=actor.id) if _is_valid(each, at)]
    context = {
        "person": person,
        "roles": [word(ROLES, each.role) for each in held],
        "has_codes": has_codes(person),
        "passkeys": len(passkeys_of(authority=authority, person_id=actor.id)),
        "timeline": history(authority=authority, kind="person", object_id=actor.id)[:20],
    }
    return render(request, "people/account.html", context)


def _is_valid(grant: Any, at: Any) -> bool:
    return grant.valid_from <= at and (grant.valid_until is None or grant.valid_until > at)


@signed_in
@never_cache
@sensitive_post_parameters("former", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _password_changed(request, form):
        return HttpResponseRedirect(reverse("account"))
    context = {
        "form": form,
        "heading": _("Change your password"),
        "texts": [_("All your other sessions end.")],
        "button": _("Save"),
        "back_url": reverse("account"),
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def _password_changed(request: SignedInRequest, form: ChangePasswordForm) -> bool:
    if not is_own_password(request, form, "former"):
        return False
    try:
        person = own_password_change(password=form.cleaned_data["password"], **who(request, now()))
    except PasswordRefused as exc:
        form.add_error("password", password_problem(exc.reasons))
        return False
    update_session_auth_hash(request, person)
    return True


@signed_in
@never_cache
@sensitive_post_parameters("former", "present", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: SignedInRequest) -> HttpResponse:
    """Set up one-time codes for one's account, or move them to another device; show the recovery codes once.

    A session that began with the password alone has proved the second factor afterwards.
    """
    person = person_by_id(authority=request.actor.authority, person_id=request.actor.id)
    if person is None:
        raise Http404
    secret, is_set = secret_from(request), has_codes(person)
    form = DeviceForm(request.POST if request.method == "POST" else None, has_codes=is_set)
    if request.method == "POST" and form.is_valid():
        made = _codes_made(request, form, secret)
        if made:
            request.session[SESSION] = sorted({*request.session.get(SESSION, ()), "one_time_code"})
            return render(request, "access/recovery.html", {"codes": made, "email": person.email, "is_signed_in": True})
    context = {"form": form, "has_codes": is_set, **device_context(secret, account=person.email)}
    return render(request, "people/codes.html", context, status=422 if form.errors else 200)


def _codes_made(request: SignedInRequest, form: DeviceForm, secret: bytes) -> tuple[str, ...]:
    """Keep the device, after the password and, where there is one, a code of the former device."""
    if not is_proved_again(request, form):
        return ()
    try:
        return own_codes_set(chosen=Chosen(secret, form.cleaned_data["code"]), **who(request, now()))
    except CodeRefused:
        form.add_error("code", _("This is not the code your device shows now. Wait for the next one."))
    return ()


@signed_in
@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """End all sessions of one's own account, this one too."""
    sessions_end(person_id=request.actor.id, **who(request, now()))
    return HttpResponseRedirect(reverse("sign-in"))


@role_required(*sorted(OWN_STAFF))
@require_safe
def organisation(request: SignedInRequest) -> HttpResponse:
    """The authority: its offices, and its people with their roles, by name."""
    text, office = request.GET.get("q", "")[:100].strip(), request.GET.get("office", "")[:4]
    places = offices(authority=request.actor.authority)
    names = {row.code: row.name_zh if language() == "zh" else row.name_en for row in places}
    rows = colleagues(authority=request.actor.authority, text=text, office=office if office in names else "", at=now())
    context = {
        "rows": [(row.name, [word(ROLES, role) for role in row.roles], names.get(row.office, "")) for row in rows],
        "places": list(names.items()),
        "q": text,
        "office": office,
    }
    return render(request, "people/organisation.html", context)
