"""An officer's approval as it comes from the signing page: the password again, or a passkey's signature over D.

Source: `trust.md` 6.14. The challenge is made from the digest, so nothing is kept between page and answer, and an
answer fits no other document.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.translation import gettext as _

from opensps.accounts.errors import TooManyTries
from opensps.accounts.queries import Passkey, authority_profile, passkeys_of
from opensps.accounts.services import password_verify
from opensps.certification.services import ApprovalEvidence
from opensps.signing import Approval, EvidenceRefused, Method, challenge_of
from opensps.signing.passkeys import Entry, RelyingParty, decoded, encoded
from opensps.web.html.access import SignedInRequest
from opensps.web.html.forms.acts import SignForm
from opensps.web.html.templatetags.parts import moment_in_words

TEMPLATE: Final = "officer/sign.html"
"""The page on which a document is approved; its digest is part of the evidence."""


def party_of(request: HttpRequest) -> RelyingParty:
    """Return this installation as browsers see it; the host was checked against the allowed ones."""
    host = request.get_host()
    return RelyingParty(host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host, f"https://{host}")


def allows_password(request: SignedInRequest) -> bool:
    """Return whether a password may approve here."""
    profile = authority_profile(request.actor.authority)
    return profile is None or profile.allows_password


def approval_options(request: SignedInRequest, digest: bytes) -> str:
    """Return what passkey.js asks the authenticator, JSON; empty for somebody without a passkey."""
    known = passkeys_of(authority=request.actor.authority, person_id=request.actor.id)
    if not known:
        return ""
    return passkey_options(known, party=party_of(request), challenge=challenge_of("issue", (digest,)))


def passkey_options(known: Iterable[Passkey], *, party: RelyingParty, challenge: bytes) -> str:
    """Return what passkey.js asks one of these passkeys to sign, JSON."""
    options = {
        "challenge": encoded(challenge),
        "rpId": party.id,
        "allowCredentials": [{"type": "public-key", "id": encoded(bytes(each.credential_id))} for each in known],
        "userVerification": "required",
    }
    return json.dumps(options)


def template_digest() -> bytes:
    """Return the SHA-256 of the page template on which the officer approves."""
    template: Any = get_template(TEMPLATE)
    return hashlib.sha256(str(template.template.source).encode()).digest()


def evidence_from(request: SignedInRequest, form: SignForm, *, digest: bytes, at: datetime) -> ApprovalEvidence | None:
    """Return the evidence of a form, or put what is wrong beside the field and return None."""
    given = form.cleaned_data
    if given["assertion"]:
        signed = _signed(request, given["assertion"], digest=digest, at=at)
        if signed is None:
            form.add_error(None, _("Your passkey did not sign this document. Nothing was signed. Try again."))
            return None
        return ApprovalEvidence(str(Method.WEBAUTHN), template_digest(), signed, party_of(request))
    if (problem := _password_problem(request, given.get("password", ""), at)) is not None:
        form.add_error("password", problem)
        return None
    return ApprovalEvidence(str(Method.PASSWORD), template_digest())


def entry_from(assertion: str) -> Entry | None:
    """Return what the browser says a passkey signed, None for anything else; whether it was is asked by services."""
    try:
        said = json.loads(assertion)
        names = ("id", "authenticatorData", "clientDataJSON", "signature")
        return Entry(*(decoded(str(said[name])) for name in names))
    except (ValueError, KeyError, TypeError, RecursionError, EvidenceRefused):
        return None


def _signed(request: SignedInRequest, assertion: str, *, digest: bytes, at: datetime) -> Approval | None:
    """Return what the browser says was signed; whether it was is asked by the service that keeps it."""
    entry = entry_from(assertion)
    if entry is None:
        return None
    return Approval(
        method=Method.WEBAUTHN,
        officer=request.actor.id,
        at=at,
        digests=(digest,),
        template_digest=template_digest(),
        credential_id=entry.credential_id,
        authenticator_data=entry.authenticator_data,
        client_data=entry.client_data,
        signature=entry.signature,
    )


def _password_problem(request: SignedInRequest, password: str, at: datetime) -> str | None:
    try:
        is_right = password_verify(request.user, password, at)  # type: ignore[arg-type]  # our own person model
    except TooManyTries as exc:
        return _("Too many wrong passwords. You can try again at %(time)s.") % {"time": moment_in_words(exc.until)}
    return None if is_right else _("This is not your password. Nothing was signed. Try again.")
