"""Doing one act from a page: once per form, and an answer in words when it may not be.

Every form of an act carries a one-time key. The first post does the act and leads on; the same post again leads to the
same place and does nothing. What is refused becomes a page that says why, what did not happen, and the way back.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opensps.accounts.errors import NotAllowed as AccountNotAllowed
from opensps.accounts.errors import NotFound as AccountNotFound
from opensps.certification import errors
from opensps.certification.queries import form_answer
from opensps.certification.services import form_token_answer, form_token_use
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed, PartnerNotFound, RecordRefused
from opensps.lifecycle import ActNotAllowed
from opensps.signing import NoSigningKey, SigningError, TryLater
from opensps.web.html.access import SignedInRequest
from opensps.web.html.forms.findings import said
from opensps.web.html.forms.words import why_not, why_record

log = structlog.get_logger("opensps.web")

CONFLICT: Final = 409
FIELD: Final = "form_token"
MOST_LETTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Link:
    """An address and its words."""

    url: str
    words: str | Promise
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """An act that needs no more than a button."""

    url: str
    words: str | Promise
    token: str
    is_main: bool = False


def now() -> datetime:
    """Return the time of the request, aware UTC; services and queries are given it."""
    return datetime.now(UTC)


def fresh_token() -> str:
    """Return a one-time key for a form."""
    return secrets.token_urlsafe(24)


def post(url: str, words: str, *, is_main: bool = False) -> Post:
    """Return a button with a key of its own."""
    return Post(url, words, fresh_token(), is_main)


def act(request: SignedInRequest, operation: str, do: Callable[[datetime], str], *, back_url: str) -> HttpResponse:
    """Do an act once and lead on to where `do` says; refused, say why.

    `operation` names act and object, so that a key fits one form only. A repeated post leads where the first one led.
    """
    return guarded(request, lambda: HttpResponseRedirect(once(request, operation, do, back_url)), back_url=back_url)


def once(request: SignedInRequest, operation: str, do: Callable[[datetime], str], back_url: str) -> str:
    """Use the form's key and do the act in one transaction: an act that fails gives its key back."""
    at, operation = now(), operation[:MOST_LETTERS]
    token = {"authority": request.actor.authority, "operation": operation, "key": request.POST.get(FIELD, "")[:64]}
    if not token["key"]:
        return do(at)
    with transaction.atomic():
        if form_token_use(**token, actor=request.actor, at=at):
            answer = do(at)
            form_token_answer(**token, answer=answer)
            return answer
    return form_answer(**token) or back_url


def guarded(request: HttpRequest, answer: Callable[[], HttpResponse], *, back_url: str) -> HttpResponse:
    """Return the answer, or the page that says why it could not be given."""
    try:
        return answer()
    except (errors.NotFound, AccountNotFound, AccountNotAllowed, EnvelopeNotFound, PartnerNotFound, NotAllowed) as exc:
        raise Http404 from exc
    except ActNotAllowed as exc:
        return refused(request, why_not(exc), back_url=back_url)
    except RecordRefused as exc:
        return refused(request, why_record(exc.reason), back_url=back_url)
    except errors.RulesBroken as exc:
        rows = [said(finding, "") for finding in exc.findings]
        return refused(request, _("The rules do not allow this yet."), back_url=back_url, rows=rows)
    except errors.VersionConflict:
        return render(request, "act/conflict.html", {"back_url": back_url}, status=CONFLICT)
    except (SigningError, errors.NotConfigured, errors.ReadBackDiffers, errors.BytesChanged, errors.LogError) as exc:
        log.warning("issue_stopped", reason=type(exc).__name__)
        return refused(request, _why_stopped(exc), back_url=back_url)


def _why_stopped(exc: Exception) -> str:
    """Return what to tell an officer whose act met a missing, silent or wrong key, or bytes that are not right."""
    if isinstance(exc, TryLater):
        return _(
            "The key that seals does not answer now. Where the history says approved, the same document is sealed as "
            "soon as the key answers, and you need not approve again."
        )
    if isinstance(exc, NoSigningKey | errors.NotConfigured):
        return _("The service is not set up for this. Tell the administrator.")
    if isinstance(exc, errors.LogError):
        return _("The public log was stopped, and nothing is issued until that is cleared. Tell the administrator.")
    return _("Our own check of the document failed, so it was stopped. Tell the administrator.")


def refused(request: HttpRequest, sentence: str, *, back_url: str, rows: object = ()) -> HttpResponse:
    """Return the page that says an act was not done, and why."""
    context = {"heading": _("This cannot be done now"), "sentence": sentence, "back_url": back_url, "rows": rows}
    return render(request, "act/refused.html", context, status=CONFLICT)


def who(request: SignedInRequest, at: datetime) -> dict[str, Any]:
    """Return what every service is told about the request: authority, actor, time."""
    return {"authority": request.actor.authority, "actor": request.actor, "at": at}


def version_of(request: HttpRequest) -> int:
    """Return which version of a draft the page was made from; nonsense is version 0, which nothing has."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len("10000000000") else 0
