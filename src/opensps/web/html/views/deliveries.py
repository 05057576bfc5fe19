"""Deliveries: the list, one with its attempts, and what a person may decide about it. Source: `ux.md` 6.5, 9."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.exchange import services
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.findings import from_plain
from opensps.exchange.queries.deliveries import (
    MOST_COUNTED,
    Asked,
    attempts_of,
    deliveries,
    deliveries_count,
    deliveries_of_certificate,
    delivery,
)
from opensps.exchange.queries.rows import Attempt, Envelope, Partner
from opensps.lifecycle import DELIVERY, DELIVERY_STAFF, SHOWN, DeliveryEvent, DeliveryState, Role, allowed_acts
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, who
from opensps.web.html.deciding import decided
from opensps.web.html.delivery_causes import cause, told
from opensps.web.html.delivery_words import ATTEMPTS, CHANNELS, MODES, said, what_is_sent
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.findings import sentence
from opensps.web.html.records import Entry, Fact
from opensps.web.html.templatetags.parts import moment_in_words, status_word
from opensps.web.html.views.lists import Chip, address, offset_of, paging

READERS: Final = (Role.CERTIFYING_OFFICER, *sorted(DELIVERY_STAFF))
_SHOWN: Final = tuple(dict.fromkeys(SHOWN.values()))
_REMARKED: Final = (DeliveryState.RECEIVED_REMARKS, DeliveryState.UNREADABLE, DeliveryState.REJECTED)
"""States in which the text kept is a remark about the certificate, not what a server said on the way."""


def partner_name(partner: Partner) -> str:
    """Return the name of a partner in the reader's language."""
    return (partner.name_zh if language() == "zh" and partner.name_zh else partner.name_en) or partner.code


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery in a list."""

    delivery_number: str
    number: str
    partner: str
    what: str
    channel: str
    shown: str
    facts: str
    """Beside the word: handed over, opened, fetched, late."""

    queued_at: datetime


@role_required(*READERS)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """Everything we sent, newest first, narrowed by word, partner and number."""
    asked, offset = _asked(request), offset_of(request)
    authority = request.actor.authority
    count = deliveries_count(authority=authority, asked=asked)
    kept = {"state": asked.shown, "partner": asked.partner, "q": asked.number}
    words = [("", _("All")), ("attention", _("Needs attention")), ("late", _("Late"))]
    words += [(code, status_word("delivery", code)) for code in _SHOWN]
    context = {
        "rows": [row_of(each) for each in deliveries(authority=authority, asked=asked, offset=offset)],
        "chips": [Chip(text, address(**{**kept, "state": code}), code == asked.shown) for code, text in words],
        "q": asked.number,
        "state": asked.shown,
        "partner": asked.partner,
        "is_filtered": any(kept.values()),
        "count_line": _count_words(count),
        "empty_text": _("No delivery fits the filter.") if any(kept.values()) else _("Nothing has been sent yet."),
        **paging(offset, count, **kept),
    }
    return render(request, "exchange/deliveries.html", context)


def _asked(request: SignedInRequest) -> Asked:
    state = request.GET.get("state", "")
    return Asked(
        shown=state if state in {*_SHOWN, "attention", "late"} else "",
        partner=request.GET.get("partner", "")[:16],
        number=request.GET.get("q", "").strip()[:100],
    )


def _count_words(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than %(count)d deliveries, newest first.") % {"count": MOST_COUNTED}
    return ngettext("%(count)d delivery, newest first.", "%(count)d deliveries, newest first.", count) % {
        "count": count
    }


def row_of(row: Envelope) -> Row:
    """Return a delivery as a list shows it."""
    return Row(
        row.delivery_number,
        row.number or row.delivery_number,
        partner_name(row.partner),
        what_is_sent(row),
        said(CHANNELS, row.channel) if row.channel else "–",
        SHOWN[DeliveryState(row.state)],
        "; ".join(_beside(row)),
        row.queued_at,
    )


def _beside(row: Envelope) -> list[str]:
    """Return the facts beside the word "Sent", each with its time; none of them is a confirmation."""
    if row.state == DeliveryState.RETRYING and row.due_at is not None:
        return [_("next try %(time)s") % {"time": moment_in_words(row.due_at)}]
    facts = (
        (_("handed over %(time)s"), row.handed_over_at),
        (_("opened %(time)s"), row.opened_at),
        (_("fetched %(time)s"), row.fetched_at),
        (_("no answer in time since %(time)s"), row.late_at),
    )
    if SHOWN[DeliveryState(row.state)] != "sent":
        return []
    return [text % {"time": moment_in_words(at)} for text, at in facts if at is not None]


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a certificate was sent, as its own page and its exporter see it."""

    partner: str
    what: str
    shown: str
    facts: str
    at: datetime
    url: str
    """Empty for those who may not open deliveries."""


def reached(request: SignedInRequest, number: str) -> list[Reached]:
    """Return the deliveries of a certificate, by partner; what partners wrote to staff is not among it."""
    may_open = bool(request.actor.roles & frozenset(READERS))
    return [
        Reached(
            partner_name(row.partner),
            what_is_sent(row),
            SHOWN[DeliveryState(row.state)],
            "; ".join(_beside(row)),
            row.changed_at,
            reverse("delivery", args=[row.delivery_number]) if may_open else "",
        )
        for row in deliveries_of_certificate(authority=request.actor.authority, number=number)
    ]


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, delivery_number: str) -> HttpResponse:
    """One delivery: where it stands, what was tried, what they said, what can be done."""
    row = _visible(request, delivery_number)
    partner = partner_name(row.partner)
    attempts = attempts_of(row)
    tone, sentences = told(row, partner, attempts)
    context = {
        "row": row,
        "shown": SHOWN[DeliveryState(row.state)],
        "heading": _("%(number)s to %(partner)s") % {"number": row.number, "partner": partner},
        "tone": tone,
        "sentence": sentences,
        "facts": _facts(row),
        "findings": [sentence(each) for each in from_plain(row.findings)],
        "attempts": [_entry(each) for each in attempts],
        "acts": _links(request, row),
    }
    return render(request, "exchange/delivery.html", context)


def _visible(request: SignedInRequest, delivery_number: str) -> Envelope:
    try:
        return delivery(authority=request.actor.authority, delivery_number=delivery_number)
    except EnvelopeNotFound as exc:
        raise Http404 from exc


def _facts(row: Envelope) -> list[Fact]:
    host = row.connection.address.split("?")[0] if row.connection is not None else ""
    times = (
        (_("Queued"), row.queued_at),
        (_("First try"), row.first_attempt_at),
        (_("Sent"), row.sent_at),
        (_("Handed over"), row.handed_over_at),
        (_("Opened"), row.opened_at),
        (_("Fetched"), row.fetched_at),
        (_("No answer in time since"), row.late_at),
        (_("Last word"), row.final_at),
    )
    texts = (
        (_("What is sent"), what_is_sent(row)),
        (_("Version"), str(row.version)),
        (_("Channel"), said(CHANNELS, row.channel) if row.channel else ""),
        (_("Address"), host),
        (_("Mode"), said(MODES, row.mode) if row.mode else ""),
        (_("Delivery number"), row.delivery_number),
        (_("Their number"), row.remote_number),
        (_("Their word"), row.tracking),
        (_("Their remark"), row.tracking_text if row.state in _REMARKED else ""),
    )
    said_times = [Fact(label, moment_in_words(at)) for label, at in times if at is not None]
    return [Fact(label, text) for label, text in texts if text] + said_times


def _entry(each: Attempt) -> Entry:
    title = _("Try %(count)d: %(result)s") if each.kind == "send" else _("Question %(count)d: %(result)s")
    words = cause(each) or f"{each.code} {each.text}".strip()
    return Entry(
        title=title % {"count": each.ordinal, "result": said(ATTEMPTS, each.result) if each.result else _("under way")},
        who="",
        at=each.started_at,
        text=words,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """An act a person may decide on: its event, the service, and its words."""

    event: DeliveryEvent
    service: Callable[..., Any]
    words: str | Promise
    text: str | Promise
    is_dangerous: bool = False


CHOICES: Final = {
    "retry": Choice(
        DeliveryEvent.RETRY_NOW,
        services.envelope_retry_now,
        gettext_lazy("Try now"),
        gettext_lazy("The next try is made at once instead of at its time."),
    ),
    "send-anyway": Choice(
        DeliveryEvent.FREE,
        services.envelope_free,
        gettext_lazy("Send in spite of it"),
        gettext_lazy("It is sent although our own check or the agreement stands against it; the record names you."),
    ),
    "send-again": Choice(
        DeliveryEvent.REVIVE,
        services.envelope_revive,
        gettext_lazy("Send again"),
        gettext_lazy("The same signed bytes are sent again under the same delivery number."),
    ),
    "not-needed": Choice(
        DeliveryEvent.NOT_NEEDED,
        services.envelope_not_needed,
        gettext_lazy("Not needed"),
        gettext_lazy("It is not sent any more. The certificate itself does not change."),
        is_dangerous=True,
    ),
}
"""Part of the address -> the act."""


def _links(request: SignedInRequest, row: Envelope) -> list[Link]:
    offered = allowed_acts(DELIVERY, DeliveryState(row.state), request.actor.roles)
    return [
        Link(reverse("delivery-act", args=[row.delivery_number, slug]), each.words, each.is_dangerous)
        for slug, each in CHOICES.items()
        if each.event in offered
    ]


@role_required(*sorted(DELIVERY_STAFF))
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, delivery_number: str, slug: str) -> HttpResponse:
    """Ask for the reason and do the act."""
    row = _visible(request, delivery_number)
    choice = CHOICES.get(slug)
    if choice is None:
        raise Http404

    def do(at: datetime, reason: str) -> None:
        choice.service(**who(request, at), delivery_number=row.delivery_number, reason=reason)

    return decided(
        request,
        f"delivery.{slug}.{delivery_number}",
        do,
        back_url=reverse("delivery", args=[delivery_number]),
        heading=choice.words,
        texts=[choice.text],
        button=choice.words,
        danger=choice.is_dangerous,
    )
