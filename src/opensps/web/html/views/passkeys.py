"""One's passkeys, for signing in and for an officer's approvals: registered, removed, and shown as others need them."""

import json
import secrets
from typing import Final

from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from opensps.accounts.errors import NotFound
from opensps.accounts.queries import passkeys_of
from opensps.accounts.services import passkey_register, passkey_remove
from opensps.lifecycle import Role
from opensps.signing import EvidenceRefused
from opensps.signing.officer_table import fingerprint_of, line_of
from opensps.signing.passkeys import Credential, decoded, encoded, read_registration, registration_options
from opensps.web.html.access import SignedInRequest, signed_in
from opensps.web.html.acting import fresh_token, guarded, now, refused, who
from opensps.web.html.approving import party_of

_SESSION: Final = "passkey_challenge"
_BYTES: Final = 32


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkeys(request: SignedInRequest) -> HttpResponse:
    """Show one's passkeys; take a new one."""
    if request.method == "POST":
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
        "token": fresh_token(),
    }
    return render(request, "officer/passkeys.html", context)


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
@require_POST
def remove(request: SignedInRequest) -> HttpResponse:
    """Remove a passkey: it proves and approves nothing from now on."""
    here = reverse("passkeys")

    def answer() -> HttpResponse:
        try:
            passkey_remove(credential_id=decoded(request.POST.get("id", "")[:2000]), **who(request, now()))
        except (NotFound, EvidenceRefused) as exc:
            raise Http404 from exc
        return HttpResponseRedirect(here)

    return guarded(request, answer, back_url=here)
