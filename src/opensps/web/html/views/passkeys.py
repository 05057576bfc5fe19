"""One's passkeys, for signing in and for an officer's approvals: registered, removed, and shown as others need them.

A passkey opens the account for good, so a session alone neither plants nor removes one: both ask for the password, and
for a code where there is a device.
"""

import json
import secrets
from typing import Any, Final

from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from opensps.accounts.errors import NotFound
from opensps.accounts.queries import passkeys_of
from opensps.accounts.services import has_codes, passkey_register, passkey_remove
from opensps.lifecycle import Role
from opensps.signing import EvidenceRefused
from opensps.signing.officer_table import fingerprint_of, line_of
from opensps.signing.passkeys import Credential, decoded, encoded, read_registration, registration_options
from opensps.web.html.access import SignedInRequest, signed_in
from opensps.web.html.acting import now, refused, who
from opensps.web.html.approving import party_of
from opensps.web.html.forms.access import ProofForm, RemoveForm
from opensps.web.html.proving import is_proved_again

_SESSION: Final = "passkey_challenge"
_BYTES: Final = 32


@signed_in
@never_cache
@sensitive_post_parameters("former", "present")
@require_http_methods(["GET", "HEAD", "POST"])
def passkeys(request: SignedInRequest) -> HttpResponse:
    """Show one's passkeys; take a new one, after the password and a code."""
    form = _proof(request)
    if request.method == "POST" and form.is_valid() and is_proved_again(request, form):
        return _registered(request)
    challenge = secrets.token_bytes(_BYTES)
    request.session[_SESSION] = encoded(challenge)
    rows = passkeys_of(authority=request.actor.authority, person_id=request.actor.id)
    credentials = [Credential(bytes(row.credential_id), request.actor.id, bytes(row.public_key)) for row in rows]
    options = registration_options(
        party=party_of(request),
        officer=request.actor.id,
        name=request.actor.name,
        challenge=challenge,
        known=tuple(each.id for each in credentials),
    )
    shown = [
        {
            "id": encoded(each.id),
            "registered_at": row.registered_at,
            "line": line_of(each),
            "fingerprint": fingerprint_of(each),
        }
        for row, each in zip(rows, credentials, strict=True)
    ]
    context = {
        "rows": shown,
        "is_officer": Role.CERTIFYING_OFFICER in request.actor.roles,
        "options": json.dumps(json.loads(options)),
        "form": form,
    }
    return render(request, "officer/passkeys.html", context, status=422 if form.errors else 200)


def _proof(request: SignedInRequest, form: type[ProofForm] = ProofForm, **more: Any) -> ProofForm:
    has_device = has_codes(request.user)  # type: ignore[arg-type]  # our own person model
    return form(request.POST if request.method == "POST" else None, has_codes=has_device, **more)


def _registered(request: SignedInRequest) -> HttpResponse:
    here, challenge = reverse("passkeys"), decoded(request.session.pop(_SESSION, ""))
    try:
        made = read_registration(
            request.POST.get("registration", "")[:20_000],
            party=party_of(request),
            officer=request.actor.id,
            challenge=challenge,
        )
        passkey_register(
            credential_id=made.id, public_key=made.public_key, sign_count=made.sign_count, **who(request, now())
        )
    except EvidenceRefused:
        return refused(request, _("The passkey was not registered. Try again."), back_url=here)
    except IntegrityError:
        return refused(request, _("This passkey is registered already."), back_url=here)
    return HttpResponseRedirect(here)


@signed_in
@never_cache
@sensitive_post_parameters("former", "present")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest) -> HttpResponse:
    """Remove a passkey, after the password and a code: it proves and approves nothing from now on."""
    here, key = reverse("passkeys"), _own_key(request)
    form = _proof(request, RemoveForm, initial={"id": encoded(key)})
    if request.method == "POST" and form.is_valid() and is_proved_again(request, form):
        try:
            passkey_remove(credential_id=key, **who(request, now()))
        except NotFound as exc:
            raise Http404 from exc
        return HttpResponseRedirect(here)
    context = {
        "form": form,
        "heading": _("Remove a passkey"),
        "texts": [_("It proves and approves nothing from now on.")],
        "button": _("Remove"),
        "back_url": here,
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def _own_key(request: SignedInRequest) -> bytes:
    """Return the credential id of the address, if it is one of the person's passkeys."""
    try:
        key = decoded((request.POST or request.GET).get("id", "")[:2000])
    except EvidenceRefused as exc:
        raise Http404 from exc
    held = passkeys_of(authority=request.actor.authority, person_id=request.actor.id)
    if key not in {bytes(row.credential_id) for row in held}:
        raise Http404
    return key
