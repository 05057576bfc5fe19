"""Webhook endpoints of a partner as staff see them: set up, tried, what was told and how it ended, told again.

Source: `exchange.md` 5.3, `ux.md` 6.8. A shared secret is shown in the answer to the form and never again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certification.services import form_token_use
from opensps.exchange.errors import EndpointNotFound, RecordRefused
from opensps.exchange.queries.webhooks import WebhookEndpoint, endpoint_for_caller, endpoints_of, messages_of
from opensps.exchange.services.webhook_endpoints import KeyedEndpoint
from opensps.exchange.services.webhook_staff import ByStaff, webhook_add, webhook_replay, webhook_switch, webhook_try
from opensps.lifecycle import PARTNER_STAFF
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, act, fresh_token, guarded, now, who
from opensps.web.html.deciding import Given, asked
from opensps.web.html.delivery_causes import no_answer
from opensps.web.html.forms.webhooks import ReplayForm, WebhookForm
from opensps.web.html.forms.words import why_record
from opensps.web.html.protection import secret_box
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.connections import READERS, STAFF, visible_partner
from opensps.web.html.views.deliveries import partner_name

_STATES: Final = {
    "pending": ("info", gettext_lazy("Waits")),
    "delivered": ("ok", gettext_lazy("Told")),
    "failed": ("bad", gettext_lazy("Given up")),
}
_OFF: Final = {
    "by_partner": gettext_lazy("Switched off"),
    "gone": gettext_lazy("The endpoint said that nobody listens any more (HTTP 410)"),
    "failing": gettext_lazy("It failed for five days"),
}


def _by(request: SignedInRequest, code: str, at: datetime) -> ByStaff:
    return ByStaff(**who(request, at), partner=code)


def _endpoint(request: SignedInRequest, code: str, endpoint_id: UUID) -> WebhookEndpoint:
    try:
        return endpoint_for_caller(partner=visible_partner(request, code), endpoint_id=endpoint_id)
    except EndpointNotFound as exc:
        raise Http404 from exc


def _state(row: WebhookEndpoint) -> tuple[str, str]:
    """Return tone and word of an endpoint."""
    if not row.is_active:
        return "bad", str(_OFF.get(row.disabled_reason, row.disabled_reason))
    if row.failing_since is not None:
        return "warn", _("Not reached since %(time)s") % {"time": moment_in_words(row.failing_since)}
    return "ok", _("In use")


@role_required(*READERS)
@require_safe
def listed(request: SignedInRequest, code: str) -> HttpResponse:
    """All endpoints of a partner."""
    partner = visible_partner(request, code)
    context = {
        "partner": partner,
        "name": partner_name(partner),
        "rows": [(row, *_state(row)) for row in endpoints_of(partner)],
        "may_act": bool(request.actor.roles & PARTNER_STAFF),
    }
    return render(request, "exchange/webhooks.html", context)


@dataclass(frozen=True, slots=True)
class Told:
    """A message for an endpoint."""

    what: str
    message_id: str
    at: datetime
    tone: str
    word: str
    text: str


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, code: str, endpoint_id: UUID) -> HttpResponse:
    """One endpoint: settings, the last messages and how they ended, what can be done."""
    row = _endpoint(request, code, endpoint_id)
    tone, word = _state(row)
    context = {
        "partner": row.partner,
        "name": partner_name(row.partner),
        "row": row,
        "tone": tone,
        "word": word,
        "facts": _facts(row),
        "told": [_told(each) for each in messages_of(row)],
        "token": fresh_token() if request.actor.roles & PARTNER_STAFF else "",
    }
    return render(request, "exchange/webhook.html", context)


def _facts(row: WebhookEndpoint) -> list[Fact]:
    rows = (
        (_("What it is for"), row.description),
        (_("What is told"), ", ".join(row.events) or _("everything")),
        (_("Signature"), "Ed25519 (v1a)" if row.signature == "v1a" else "HMAC-SHA-256 (v1)"),
        (_("Our public key"), row.public_key),
        (_("Form"), "CloudEvents 1.0" if row.as_cloudevent else "Standard Webhooks 1.0.0"),
        (_("Set up"), moment_in_words(row.created_at)),
    )
    return [Fact(label, text) for label, text in rows if text]


def _told(row: Any) -> Told:
    tone, word = _STATES[row.state]
    last = next(iter(row.attempts.all()), None)
    words = [] if last is None else [f"{last.code} {no_answer(last.code) if last.result == 'failed' else ''}".strip()]
    if row.tries > 1:
        words.append(_("%(count)d tries") % {"count": row.tries})
    if row.state == "pending" and row.due_at is not None and row.tries:
        words.append(_("next try %(time)s") % {"time": moment_in_words(row.due_at)})
    return Told(row.event_type, row.message_id, row.occurred_at, tone, str(word), "; ".join(filter(None, words)))


@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, code: str) -> HttpResponse:
    """Set up an endpoint; a shared secret is shown in the answer and never again."""
    partner = visible_partner(request, code)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    back = reverse("partner-webhooks", args=[code])
    words = {
        "heading": _("Add an endpoint: %(partner)s") % {"partner": partner_name(partner)},
        "texts": [_("Partners do the same themselves over REST. Nothing but identifiers and a status is ever told.")],
        "button": _("Save"),
        "back_url": back,
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "act/confirm.html", {"form": form, "token": fresh_token(), **words})

    def answer() -> HttpResponse:
        try:
            made = _made(request, code, form)
        except RecordRefused as exc:
            if exc.reason != "url":
                raise
            form.add_error("url", why_record("url"))
            return render(request, "act/confirm.html", {"form": form, "token": request.POST.get(FIELD, ""), **words})
        if made is None or not made.secret:
            return HttpResponseRedirect(back if made is None else _address(code, made.endpoint))
        context = {"partner": partner, "name": partner_name(partner), "made": made}
        return render(request, "exchange/webhook_made.html", context)

    return guarded(request, answer, back_url=back)


def _made(request: SignedInRequest, code: str, form: WebhookForm) -> KeyedEndpoint | None:
    """Set up an endpoint once for each form; None where this form set one up before."""
    at = now()
    token = {"operation": f"webhook.add.{code}", "key": request.POST.get(FIELD, "")[:64]}
    with transaction.atomic():
        if not form_token_use(authority=request.actor.authority, **token, actor=request.actor, at=at):
            return None
        return webhook_add(_by(request, code, at), asked=form.settings(), box=secret_box())


def _address(code: str, row: WebhookEndpoint) -> str:
    return reverse("partner-webhook", args=[code, row.pk])


@role_required(*STAFF)
@require_POST
def try_it(request: SignedInRequest, code: str, endpoint_id: UUID) -> HttpResponse:
    """Send the endpoint a message that says nothing."""
    back = _address(code, _endpoint(request, code, endpoint_id))

    def do(at: datetime) -> str:
        webhook_try(_by(request, code, at), endpoint_id=endpoint_id)
        return back

    return act(request, f"webhook.try.{endpoint_id.hex}", do, back_url=back)


@role_required(*STAFF)
@require_POST
def switch(request: SignedInRequest, code: str, endpoint_id: UUID) -> HttpResponse:
    """Switch the endpoint off or on."""
    row = _endpoint(request, code, endpoint_id)
    back, wanted = _address(code, row), request.POST.get("to") == "on"

    def do(at: datetime) -> str:
        webhook_switch(_by(request, code, at), endpoint_id=endpoint_id, is_active=wanted)
        return back

    return act(request, f"webhook.switch.{endpoint_id.hex}", do, back_url=back)


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: SignedInRequest, code: str, endpoint_id: UUID) -> HttpResponse:
    """Tell an endpoint once more what happened on some days."""
    row = _endpoint(request, code, endpoint_id)
    form = ReplayForm(request.POST if request.method == "POST" else None)

    def do(at: datetime, _given: Given) -> None:
        since, until = form.span()
        webhook_replay(_by(request, code, at), endpoint_id=endpoint_id, since=since, until=until)

    return asked(
        request,
        form,
        f"webhook.replay.{endpoint_id.hex}",
        do,
        back_url=_address(code, row),
        heading=_("Tell it again"),
        texts=[row.url, _("Messages keep their numbers, so a receiver that knows them already loses nothing.")],
        button=_("Tell it again"),
    )
