"""Partners: the public directory, one partner's record for staff, and what staff decide. Source: `ux.md` 6.1, 6.9."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opensps import codes
from opensps.exchange import services
from opensps.exchange.queries.deliveries import PartnerFigures, figures_by_partner
from opensps.exchange.queries.golden_talks import KeptRun, runs_of
from opensps.exchange.queries.partners import (
    DirectoryEntry,
    Exchanged,
    allowed_with,
    credentials_of,
    directory,
    exchanged_with,
)
from opensps.exchange.queries.rows import Partner, PartnerConnection, PartnerCredential
from opensps.lifecycle import ONBOARDING, PARTNER_STAFF, OnboardingAct, OnboardingState, allowed_acts
from opensps.web.html.access import SignedInRequest, public, role_required
from opensps.web.html.acting import Link, now, who
from opensps.web.html.deciding import decided
from opensps.web.html.delivery_words import (
    CHANNELS,
    CONTACTS,
    CREDENTIALS,
    MODES,
    ONBOARDING_TONES,
    SENT_AS,
    STAGES,
    WAYS,
    said,
)
from opensps.web.html.delivery_words import ONBOARDING as ONBOARDING_WORDS
from opensps.web.html.forms.fields import language
from opensps.web.html.installation import installation
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import in_words, moment_in_words
from opensps.web.html.views.connections import READERS, Health, address_of, health_of, visible_partner
from opensps.web.html.views.deliveries import partner_name


def country_names(partner: Partner) -> str:
    """Return the countries a partner serves, in the reader's language."""
    return ", ".join(codes.country_name(code, language()) for code in partner.countries)


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """A partner in the public directory."""

    code: str
    name: str
    countries: str
    stage: str
    since: str
    types: str
    channels: str
    modes: tuple[str, ...]


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Who we exchange certificates with, and how: for everybody."""
    here = installation()
    rows = [_directory_row(each) for each in directory(authority=here.authority, at=now())]
    actor = getattr(request, "actor", None)
    is_staff = actor is not None and bool(actor.roles & frozenset(READERS))
    may_add = actor is not None and bool(actor.roles & PARTNER_STAFF)
    return render(request, "exchange/partners.html", {"rows": rows, "is_staff": is_staff, "may_add": may_add})


def _directory_row(each: DirectoryEntry) -> DirectoryRow:
    return DirectoryRow(
        each.partner.code,
        partner_name(each.partner),
        country_names(each.partner),
        said(STAGES, each.partner.stage),
        in_words(each.since) if each.since else "",
        ", ".join(each.types),
        "; ".join(said(CHANNELS, channel) for channel in each.channels),
        tuple(_mode_words(mode) for mode in each.exchanged),
    )


def _mode_words(each: Exchanged) -> str:
    """Return one sentence: direction, types, how, and the end of a fallback."""
    direction = _("From us") if each.direction == "out" else _("To us")
    what = each.type_code or _("all types")
    words = f"{direction}, {what}: {said(MODES, each.mode)}"
    if each.until is None:
        return words
    return _("%(mode)s until %(time)s: %(reason)s") % {
        "mode": words,
        "time": moment_in_words(each.until),
        "reason": each.reason,
    }


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection with what is known of its health."""

    url: str
    words: str
    address: str
    codes: str
    health: Health


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of a connection."""

    use: str
    whose: str
    fingerprint: str
    until: str
    confirmed: str
    acts: tuple[Link, ...]


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, code: str) -> HttpResponse:
    """One partner: agreement, connections and their health, keys, what is exchanged, figures, contacts."""
    partner, at = visible_partner(request, code), now()
    may_act = bool(request.actor.roles & PARTNER_STAFF)
    figures = figures_by_partner(authority=request.actor.authority, at=at).get(partner.pk, PartnerFigures())
    state = OnboardingState(partner.state)
    context = {
        "partner": partner,
        "heading": partner_name(partner),
        "tone": ONBOARDING_TONES.get(state, "none"),
        "word": said(ONBOARDING_WORDS, state),
        "facts": _facts(partner),
        "figures": _figures(figures),
        "deliveries_url": f"{reverse('deliveries')}?partner={partner.code}",
        "connections": [_connection(each) for each in partner.connections.order_by("rank", "pk")],
        "keys": [_key(each, may_act=may_act) for each in credentials_of(partner)],
        "modes": [_mode_words(each) for each in exchanged_with(partner, at=at)],
        "allowed": _allowed(partner),
        "contacts": [(each, said(CONTACTS, each.role)) for each in partner.contacts.all()],
        "runs": [_run(partner, each) for each in runs_of(partner)],
        "may_act": may_act,
        "acts": _links(request, partner),
    }
    return render(request, "exchange/partner.html", context)


def _run(partner: Partner, run: KeptRun) -> tuple[str, str, str, str]:
    """Return address, words, tone and result of a conversation of golden messages."""
    words = f"{said(WAYS, run.direction)} ({said(CHANNELS, run.channel)}), {in_words(run.at)}"
    result = _("%(passed)d of %(all)d passed") % {"passed": run.passed, "all": run.all}
    tone = "ok" if run.passed == run.all else "warn"
    if run.is_made_up:
        tone, result = "none", _("Made up for the demonstration")
    return reverse("golden", args=[partner.code, run.run]), words, tone, result


def _facts(partner: Partner) -> list[Fact]:
    rows = (
        (_("Countries"), country_names(partner)),
        (_("Authority"), partner.authority_name),
        (_("Agreement"), said(STAGES, partner.stage)),
        (_("Languages"), ", ".join(partner.languages)),
        (_("Time zone"), partner.time_zone),
        (_("Certificates they send must be sealed"), _("Yes") if partner.requires_signature else _("No")),
        (_("Reason of the suspension"), partner.suspended_reason),
    )
    return [Fact(label, text) for label, text in rows if text]


def _figures(figures: PartnerFigures) -> list[Fact]:
    share = f"{figures.received * 100 // figures.sent} %" if figures.sent else "–"
    oldest = moment_in_words(figures.oldest_under_way) if figures.oldest_under_way else "–"
    rows = (
        (_("Failed, rejected or unreadable"), str(figures.in_trouble)),
        (_("Under way; the oldest since"), f"{figures.under_way}; {oldest}"),
        (_("Without an answer in time"), str(figures.unanswered)),
        (_("Confirmed, of all sent"), share),
    )
    return [Fact(label, text) for label, text in rows]


def _allowed(partner: Partner) -> list[Fact]:
    """Return what is taken by direction: types with the same statuses stand together."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in allowed_with(partner):
        found.setdefault(each.direction, {}).setdefault(each.type_code, []).append(each.status_code)
    labels: Mapping[str, str] = {"out": _("They take from us"), "in": _("We take from them")}
    return [Fact(labels[direction], "; ".join(_pairs(types))) for direction, types in found.items()]


def _pairs(types: Mapping[str, list[str]]) -> Iterator[str]:
    by_statuses: dict[tuple[str, ...], list[str]] = {}
    for type_code, statuses in types.items():
        by_statuses.setdefault(tuple(statuses), []).append(type_code)
    for same, several in by_statuses.items():
        words = ", ".join(f"{said(SENT_AS, status)} ({status})" for status in same)
        yield f"{', '.join(several)}: {words}"


def _connection(row: PartnerConnection) -> ConnectionRow:
    names = _("we are %(ours)s, they are %(theirs)s") % {"ours": row.own_code, "theirs": row.connection_code}
    return ConnectionRow(address_of(row), said(CHANNELS, row.channel), row.address, names, health_of(row))


def _key(row: PartnerCredential, *, may_act: bool) -> KeyRow:
    confirmed = moment_in_words(row.confirmed_at) if row.confirmed_at else _("Waits for a second person")
    given = [row.partner.code, row.pk]
    acts = [Link(reverse("key-retire", args=given), _("Retire"), danger=True)]
    if not row.confirmed_at:
        acts.insert(0, Link(reverse("key-confirm", args=given), _("Confirm")))
    return KeyRow(
        f"{said(CREDENTIALS, row.use)} {row.name}".strip(),
        _("Ours") if row.is_ours else _("Theirs"),
        row.fingerprint,
        in_words(row.valid_to) if row.valid_to else "–",
        confirmed,
        tuple(acts) if may_act else (),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A step staff may take with a partner."""

    step: OnboardingAct
    words: str | Promise
    text: str | Promise
    is_dangerous: bool = False


CHOICES: Final = {
    "suspend": Choice(
        OnboardingAct.SUSPEND,
        gettext_lazy("Suspend"),
        gettext_lazy("Nothing is sent any more, and what they ask is refused. The queue is kept."),
        is_dangerous=True,
    ),
    "resume": Choice(
        OnboardingAct.RESUME,
        gettext_lazy("Resume"),
        gettext_lazy("Exchange goes on where it stopped; what waited is sent now."),
    ),
    "sandbox": Choice(
        OnboardingAct.OPEN_SANDBOX,
        gettext_lazy("Open the sandbox"),
        gettext_lazy("The partner may try the golden messages. Nothing real is sent."),
    ),
    "profile": Choice(
        OnboardingAct.FILL_PROFILE,
        gettext_lazy("The profile is complete"),
        gettext_lazy("Countries, documents, channel, confirmed keys and three contacts are on record."),
    ),
    "certify": Choice(
        OnboardingAct.CERTIFY,
        gettext_lazy("Golden messages passed"),
        gettext_lazy("All golden messages were answered rightly in both directions."),
    ),
    "parallel": Choice(
        OnboardingAct.START_PARALLEL,
        gettext_lazy("Start parallel exchange"),
        gettext_lazy("From now on real certificates are sent beside the paper."),
    ),
    "live": Choice(
        OnboardingAct.GO_LIVE,
        gettext_lazy("Go live"),
        gettext_lazy("The electronic certificate may now be the original, type by type."),
    ),
}
"""Part of the address -> the step."""


def _links(request: SignedInRequest, partner: Partner) -> list[Link]:
    offered = allowed_acts(ONBOARDING, OnboardingState(partner.state), request.actor.roles)
    return [
        Link(reverse("partner-act", args=[partner.code, slug]), each.words, each.is_dangerous)
        for slug, each in CHOICES.items()
        if each.step in offered
    ]


@role_required(*sorted(PARTNER_STAFF))
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    """Ask for the reason and take the step."""
    partner, choice = visible_partner(request, code), CHOICES.get(slug)
    if choice is None:
        raise Http404

    def do(at: datetime, reason: str) -> None:
        services.partner_advance(**who(request, at), code=partner.code, act=choice.step, reason=reason)

    return decided(
        request,
        f"partner.{slug}.{code}",
        do,
        back_url=reverse("partner", args=[code]),
        heading=f"{partner_name(partner)}: {choice.words}",
        texts=[choice.text],
        button=choice.words,
        danger=choice.is_dangerous,
    )
