"""The page behind the ``type`` of every problem document: what happened and what to do, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from opensps.web.html.access import public
from opensps.web.rest.problems import KINDS, slug


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says of one kind of problem."""

    heading: Promise
    meaning: Promise
    next_step: Promise


WORDS: Final[Mapping[str, Words]] = {
    "REQUEST_MALFORMED": Words(
        _("The request cannot be read"),
        _("Address or body is not what this address expects: not JSON in UTF-8, a member named twice, or too deep."),
        _("Compare your request with the description of the interface. Sending it again unchanged does not help."),
    ),
    "CURSOR_INVALID": Words(
        _("The cursor does not belong here"),
        _("A cursor is good for one client, one set of filters and 90 days."),
        _("Leave the cursor out and begin again, or use updated_since."),
    ),
    "DIGEST_MISMATCH": Words(
        _("The digest does not fit the content"),
        _("What arrived is not what the sender took the digest of. Nothing was stored."),
        _("Take the SHA-256 of exactly the bytes you send, and send again."),
    ),
    "KEY_MISSING": Words(
        _("The Idempotency-Key is missing"),
        _("Every request that creates or sends something carries a key of its own, so that a repeat does no harm."),
        _("Send 8 to 255 printable characters, new for each request and the same again for a repeat."),
    ),
    "CREDENTIAL_MISSING": Words(
        _("An access token is needed"),
        _("The request had no access token."),
        _("Get a token at /oauth2/token and send it in the Authorization header."),
    ),
    "CREDENTIAL_INVALID": Words(
        _("The access token is not valid"),
        _("It is unknown or has ended, or it is bound to a client certificate that was not shown."),
        _("Get a new token. Tokens are good for 15 minutes."),
    ),
    "SCOPE_MISSING": Words(
        _("The access token does not cover this"),
        _("The token is valid but has not the scope this address needs."),
        _("Ask for the scope when you get the token. If it is refused there, ask us to grant it."),
    ),
    "PARTNER_SUSPENDED": Words(
        _("Exchange is suspended"),
        _("Exchange with this partner is suspended at present. What waits for you is kept."),
        _("Speak with your contact at the authority."),
    ),
    "CHANNEL_NOT_AGREED": Words(
        _("This exchange was not agreed"),
        _("Sender, recipient, type or status is not among those agreed with this partner."),
        _("Compare with your profile at /api/v1/partners/me, or agree on it with us."),
    ),
    "NOT_FOUND": Words(
        _("There is nothing here"),
        _("What you ask for does not exist, or it is not yours. Both are answered alike."),
        _("Check the number. Lists show everything that is yours."),
    ),
    "METHOD_NOT_ALLOWED": Words(
        _("The address does not accept this method"),
        _("The address exists, but not for this method. The header Allow names those it takes."),
        _("Compare your request with the description of the interface."),
    ),
    "REQUEST_IN_PROGRESS": Words(
        _("The same request is being worked on"),
        _("A request with the same Idempotency-Key has not been answered yet."),
        _("Wait for the seconds in Retry-After and send it again with the same key."),
    ),
    "STATE_CONFLICT": Words(
        _("The present state does not allow this"),
        _("What you want to do was possible at another time, or is not possible any more."),
        _("Read the present state and decide again."),
    ),
    "REMOVED": Words(
        _("The content is kept no longer"),
        _("The time for keeping the bytes is over. Number and digest remain."),
        _("If you need the document again, ask the authority that issued it."),
    ),
    "PRECONDITION_FAILED": Words(
        _("It was changed since you read it"),
        _("The ETag in If-Match is not that of the present version. Nothing was changed."),
        _("Read it again, look at the difference and send your change with the new ETag."),
    ),
    "BODY_TOO_LARGE": Words(
        _("The request is too large"),
        _("A certificate has at most 10 MiB, any other request 1 MB."),
        _("Send less at once."),
    ),
    "MEDIA_TYPE_UNSUPPORTED": Words(
        _("The media type is not accepted"),
        _("Bodies are JSON here."),
        _("Send Content-Type: application/json."),
    ),
    "SCHEMA_INVALID": Words(
        _("The request does not have the agreed form"),
        _("A member is missing, unknown or has a wrong value. The list of errors names each by its pointer."),
        _("Correct what is named and send again."),
    ),
    "REQUEST_ID_REUSED": Words(
        _("The key was used for another request"),
        _("The same Idempotency-Key came before with another body. Nothing was done."),
        _("Use a new key for a new request."),
    ),
    "PRECONDITION_REQUIRED": Words(
        _("If-Match is needed"),
        _("A change names the version it changes, so that nobody overwrites what he has not seen."),
        _("Read it first and send its ETag in If-Match."),
    ),
    "RATE_LIMIT": Words(
        _("Too many calls"),
        _("You called more often than agreed. Headers of every answer say how many calls are left."),
        _("Wait for the seconds in Retry-After."),
    ),
    "INTERNAL_ERROR": Words(
        _("Something went wrong on our side"),
        _("We have recorded it under the trace number of the answer. Nothing was stored by halves."),
        _("Send it again with the same Idempotency-Key. If it happens again, tell us the trace number."),
    ),
    "NOT_OFFERED": Words(
        _("This is not offered here"),
        _("The interface knows this, but this installation does not offer it."),
        _("Use another way that was agreed."),
    ),
    "MAINTENANCE": Words(
        _("The service is being looked after"),
        _("It will be back shortly. This says nothing about any certificate."),
        _("Wait for the seconds in Retry-After and send again with the same Idempotency-Key."),
    ),
}


@public
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """List all kinds of problems."""
    rows = [(KINDS[code].status, code, slug(code), words) for code, words in WORDS.items()]
    return render(request, "developers/problems.html", {"rows": rows})


@public
@require_safe
def problem(request: HttpRequest, name: str) -> HttpResponse:
    """Explain one kind of problem."""
    found = {slug(code): code for code in KINDS}.get(name)
    if found is None:
        raise Http404
    return render(request, "developers/problem.html", {"code": found, "kind": KINDS[found], "words": WORDS[found]})
