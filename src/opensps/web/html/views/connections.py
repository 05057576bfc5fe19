"""Connections with a partner: settings, the test of a connection, pause and resume. Source: `ux.md` 6.9.

No secret stands on these pages; keys have their own (`partner_keys`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.exchange import services
from opensps.exchange.errors import PartnerNotFound
from opensps.exchange.queries.golden_talks import talks_of
from opensps.exchange.queries.keys_missing import keys_missing
from opensps.exchange.queries.partners import partner_by_code
from opensps.exchange.queries.rows import Partner, PartnerConnection
from opensps.exchange.services.trials import trial_begin, trial_end
from opensps.lifecycle import DELIVERY_STAFF, PARTNER_STAFF
from opensps.web.html import trials
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, guarded, now, post, who
from opensps.web.html.connection_words import trial_words
from opensps.web.html.deciding import Given, asked, decided
from opensps.web.html.delivery_words import CHANNELS, CREDENTIALS, PAUSED, said
from opensps.web.html.forms.connections import KINDS, ConnectionForm, Kind, kind_of
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.deliveries import partner_name

READERS: Final = tuple(sorted(DELIVERY_STAFF | PARTNER_STAFF))
STAFF: Final = tuple(sorted(PARTNER_STAFF))
_BESIDE: Final = {"address": "address", "connection_taken": "connection_code"}


def visible_partner(request: SignedInRequest, code: str) -> Partner:
    """Return a partner of this authority, or answer "not found"."""
    try:
        return partner_by_code(authority=request.actor.authority, code=code)
    except PartnerNotFound as exc:
        raise Http404 from exc


def visible_connection(request: SignedInRequest, code: str, connection_id: int) -> PartnerConnection:
    """Return a connection of a partner, or answer "not found"."""
    found = visible_partner(request, code).connections.select_related("partner").filter(pk=connection_id).first()
    if found is None:
        raise Http404
    return found


def address_of(row: PartnerConnection) -> str:
    """Return the address of a connection's page."""
    return reverse("connection", args=[row.partner.code, row.pk])


@dataclass(frozen=True, slots=True)
class Health:
    """How a connection is, in a word and a sentence."""

    tone: str
    word: str
    sentence: str


def health_of(row: PartnerConnection) -> Health:
    """Return how a connection is."""
    if not row.is_active:
        return Health("none", _("Not used"), "")
    if row.paused_reason:
        text = said(CREDENTIALS, row.paused_text) if row.paused_reason == "key_ended" else row.paused_text
        return Health("bad", _("Paused"), f"{said(PAUSED, row.paused_reason)} {text}".strip())
    if row.breaker_opened_at is not None:
        probe = moment_in_words(row.breaker_probe_at) if row.breaker_probe_at else "–"
        since = {"time": moment_in_words(row.breaker_opened_at), "probe": probe}
        sentence = _("Since %(time)s; the next probe is at %(probe)s.") % since
        return Health("warn", _("Not reachable"), sentence)
    if row.cycle_result == "failed":
        return Health("warn", _("The last round failed"), row.cycle_text)
    asked_at = row.cycle_ended_at
    sentence = _("Asked last at %(time)s.") % {"time": moment_in_words(asked_at)} if asked_at else ""
    return Health("ok", _("Works"), sentence)


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """One connection: how it is, its settings, the last test, the golden messages over it, what can be done."""
    row = visible_connection(request, code, connection_id)
    may_act = bool(request.actor.roles & PARTNER_STAFF)
    tone, sentence = trial_words(row.trial) if row.trial else ("", "")
    context = {
        "row": row,
        "heading": _("%(channel)s: %(partner)s") % {"channel": _title(row), "partner": partner_name(row.partner)},
        "partner_name": partner_name(row.partner),
        "health": health_of(row),
        "facts": _facts(row),
        "missing": [said(CREDENTIALS, each) for each in keys_missing(row, at=now())],
        "trial_tone": tone,
        "trial_sentence": sentence,
        "try_it": post(reverse("connection-try", args=[code, row.pk]), _("Test the connection")) if may_act else None,
        "acts": _links(row) if may_act else [],
        "talks": talks_of(row),
        "golden_url": reverse("golden-start", args=[code, row.pk]) if may_act and row.is_active else "",
    }
    return render(request, "exchange/connection.html", context)


def _title(row: PartnerConnection) -> str:
    kind = kind_of(row)
    return str(kind.words) if kind is not None else said(CHANNELS, row.channel)


def _facts(row: PartnerConnection) -> list[Fact]:
    """Return the settings as the form names them, those that are set."""
    kind = kind_of(row)
    if kind is None:
        return [Fact(_("Address"), row.address), Fact(_("Their connection code"), row.connection_code)]
    form, found = ConnectionForm(kind=kind, row=row), []
    for field in form:
        value = form.initial.get(field.name)
        choices = dict(getattr(field.field, "choices", ()))
        words = {True: _("Yes"), False: _("No")}.get(value) if isinstance(value, bool) else choices.get(value, value)
        if words not in (None, ""):
            found.append(Fact(str(field.label), str(words)))
    return found


def _links(row: PartnerConnection) -> list[Link]:
    given = [row.partner.code, row.pk]
    found = [Link(reverse("connection-change", args=given), _("Change the settings"))] if kind_of(row) else []
    if row.paused_reason:
        found.append(Link(reverse("connection-resume", args=given), _("Resume")))
    elif row.is_active:
        found.append(Link(reverse("connection-pause", args=given), _("Pause"), danger=True))
    return found


@role_required(*STAFF)
@require_safe
def kinds(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose what kind of connection to add."""
    partner = visible_partner(request, code)
    rows = [(reverse("connection-add", args=[code, each.slug]), each.words, each.text) for each in KINDS.values()]
    context = {"heading": _("Add a connection"), "partner": partner, "name": partner_name(partner), "rows": rows}
    return render(request, "exchange/choose.html", context)


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    """Add a connection of one kind."""
    partner, kind = visible_partner(request, code), KINDS.get(slug)
    if kind is None:
        raise Http404
    form = ConnectionForm(request.POST if request.method == "POST" else None, kind=kind, initial=_usual(request, code))
    return _set(request, partner, form, kind, heading=_("Add a connection"))


def _usual(request: SignedInRequest, code: str) -> dict[str, object]:
    return {"connection_code": code, "own_code": request.actor.authority, "rank": 1, "is_active": True}


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """Change the settings of a connection."""
    row = visible_connection(request, code, connection_id)
    kind = kind_of(row)
    if kind is None:
        raise Http404
    form = ConnectionForm(request.POST if request.method == "POST" else None, kind=kind, row=row)
    return _set(request, row.partner, form, kind, heading=_("Change the settings"))


def _set(request: SignedInRequest, partner: Partner, form: ConnectionForm, kind: Kind, *, heading: str) -> HttpResponse:
    row = form.row

    def do(at: datetime, _given: Given) -> str:
        known = None if row is None else row.pk
        saved = services.connection_set(
            **who(request, at), partner=partner.code, connection_id=known, **form.settings()
        )
        return reverse("connection", args=[partner.code, saved.pk])

    return asked(
        request,
        form,
        f"connection.set.{partner.code}.{kind.slug if row is None else row.pk}",
        do,
        back_url=reverse("partner", args=[partner.code]) if row is None else address_of(row),
        beside=_BESIDE if "address" in form.fields else {"connection_taken": "connection_code"},
        heading=f"{heading}: {partner_name(partner)}",
        texts=[kind.words, kind.text],
        button=_("Save"),
    )


@role_required(*STAFF)
@require_POST
def try_it(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """Make a real request over the connection and keep what came of it; outside any transaction."""
    row = visible_connection(request, code, connection_id)
    back = address_of(row)

    def do() -> HttpResponse:
        begun = trial_begin(**who(request, now()), partner=code, connection_id=row.pk)
        trial = trials.tried(begun, now())
        trial_end(connection=begun, trial=trial, actor=request.actor, at=now())
        return HttpResponseRedirect(f"{back}#test")

    return guarded(request, do, back_url=back)


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """Send nothing more over a connection until somebody resumes it."""
    row = visible_connection(request, code, connection_id)

    def do(at: datetime, reason: str) -> None:
        services.connection_pause(**who(request, at), connection_id=row.pk, reason="by_hand", text=reason)

    return decided(
        request,
        f"connection.pause.{row.pk}.{code}",
        do,
        back_url=address_of(row),
        heading=_("Pause the connection"),
        texts=[_("Nothing is sent over it until somebody resumes it. What waits is kept.")],
        button=_("Pause"),
        danger=True,
    )


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """Send again over a paused connection."""
    row = visible_connection(request, code, connection_id)

    def do(at: datetime, reason: str) -> None:
        services.connection_resume(**who(request, at), connection_id=row.pk, reason=reason)

    return decided(
        request,
        f"connection.{row.pk}.{code}",
        do,
        back_url=address_of(row),
        heading=_("Resume the connection"),
        texts=[said(PAUSED, row.paused_reason), _("What waited is sent now.")],
        button=_("Resume"),
    )
