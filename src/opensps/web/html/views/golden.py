"""Golden messages with a partner: started in either direction, how far they are, and the report to print.

Source: `exchange.md` 7.3, 7.4; `ux.md` 6.9. Our messages are made by the worker; theirs are only waited for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.golden import TITLES, Golden
from opensps.exchange.queries.golden_talks import GoldenTalk, kept_run, talk_by_run
from opensps.exchange.queries.rows import Partner
from opensps.exchange.services.golden_keeping import talk_results
from opensps.exchange.services.golden_results import GoldenResult
from opensps.exchange.services.golden_talks import golden_talk_ask, golden_talk_stop
from opensps.lifecycle import PARTNER_STAFF
from opensps.lifecycle.golden_talk import OPEN_TALKS, TalkState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, who
from opensps.web.html.deciding import Given, asked
from opensps.web.html.delivery_words import CHANNELS, GOLDEN, GOLDEN_TONES, WAYS, said
from opensps.web.html.forms.golden import GoldenForm
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.connections import READERS, STAFF, address_of, visible_connection, visible_partner
from opensps.web.html.views.deliveries import partner_name

REFRESH_SECONDS: Final = 5
_STATES: Final = {
    TalkState.ASKED: ("info", gettext_lazy("The worker makes and seals our messages.")),
    TalkState.STOPPED: ("warn", gettext_lazy("It was stopped before it began; nothing was sent.")),
}


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest, code: str, connection_id: int) -> HttpResponse:
    """Start a conversation over a connection, in the direction that is chosen."""
    row = visible_connection(request, code, connection_id)
    form = GoldenForm(request.POST if request.method == "POST" else None)

    def do(at: datetime, given: Given) -> str:
        which = {"connection_id": row.pk, "direction": given["direction"]}
        talk = golden_talk_ask(**who(request, at), partner=code, **which)
        return reverse("golden", args=[code, talk.run])

    return asked(
        request,
        form,
        f"golden.{row.pk}.{code}",
        do,
        back_url=address_of(row),
        beside={"talk_open": "direction", "state": "direction"},
        heading=_("Golden messages with %(partner)s") % {"partner": partner_name(row.partner)},
        texts=[
            _(
                "Eleven messages prove a connection before it carries anything real. "
                "Their numbers are training numbers."
            ),
        ],
        button=_("Start"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One golden message in a report."""

    message: str
    title: str
    tone: str
    word: str
    steps: tuple[Mapping[str, Any], ...]
    delivery: str
    """Delivery number that shows it, of a message of theirs."""


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, code: str, run: str) -> HttpResponse:
    """One conversation: under way, or its report."""
    partner = visible_partner(request, code)
    talk = talk_by_run(partner, run)
    rows = _results(partner, run, talk)
    is_open = talk is not None and talk.state in OPEN_TALKS
    first = rows[0] if rows and not isinstance(rows[0], GoldenResult) else None
    direction = talk.direction if talk is not None else first.direction if first is not None else ""
    lines = [_line(each, is_open=is_open) for each in rows]
    context = {
        "partner": partner,
        "name": partner_name(partner),
        "run": run,
        "heading": _("Golden messages %(way)s: %(partner)s")
        % {"way": said(WAYS, direction), "partner": partner_name(partner)},
        "facts": _facts(talk, first, run),
        "lines": lines,
        "notice": _notice(talk, lines, is_made_up=first is not None and bool(first.evidence.get("made_up"))),
        "refresh": REFRESH_SECONDS if is_open else 0,
        "is_ours": direction == "out",
        "stop_token": fresh_token() if is_open and request.actor.roles & PARTNER_STAFF else "",
        "back_url": address_of(talk.connection) if talk is not None else reverse("partner", args=[code]),
    }
    return render(request, "exchange/golden.html", context)


def _results(partner: Partner, run: str, talk: GoldenTalk | None) -> tuple[Any, ...]:
    """Return kept results, or those of a conversation under way so far."""
    try:
        return kept_run(partner, run)
    except EnvelopeNotFound as exc:
        if talk is None:
            raise Http404 from exc
        return talk_results(talk) if talk.state == TalkState.RUNNING else ()


def _line(each: Any, *, is_open: bool) -> Line:
    code = "waiting" if is_open and each.result == "not_run" else each.result
    evidence: Mapping[str, Any] = each.evidence
    return Line(
        message=str(each.message),
        title=_(TITLES[Golden(each.message)]),
        tone=GOLDEN_TONES.get(code, "none"),
        word=said(GOLDEN, code),
        steps=tuple(evidence.get("steps", ())),
        delivery=str(evidence.get("delivery_number", "")),
    )


def _facts(talk: GoldenTalk | None, first: Any, run: str) -> list[Fact]:
    channel = talk.connection.channel if talk is not None else first.channel if first is not None else ""
    ended = talk.ended_at if talk is not None else first.at if first is not None else None
    times = (
        (_("Begun"), talk.begun_at if talk is not None else None),
        (_("Not waited for longer than"), talk.until if talk is not None and talk.state in OPEN_TALKS else None),
        (_("Ended"), ended),
    )
    found = [Fact(_("Channel"), said(CHANNELS, channel)), Fact(_("Conversation"), run)]
    return found + [Fact(label, moment_in_words(at)) for label, at in times if at is not None]


def _notice(talk: GoldenTalk | None, lines: Iterable[Line], *, is_made_up: bool) -> tuple[str, str]:
    """Return tone and sentence about the whole of it."""
    if is_made_up:
        return "warn", _(
            "These results were made up when the demonstration was loaded; nothing was sent. Start a conversation to "
            "get real ones."
        )
    if talk is not None and talk.state in _STATES:
        tone, words = _STATES[TalkState(talk.state)]
        return tone, str(words)
    good = [line for line in lines if line.tone in {"ok", "none"} and line.word != said(GOLDEN, "not_run")]
    told = {"passed": len(good), "all": len(list(lines))}
    if talk is not None and talk.state in OPEN_TALKS:
        return "info", _("Under way: %(passed)d of %(all)d are done. This page looks again by itself.") % told
    if told["passed"] == told["all"]:
        return "ok", _("All golden messages that say something on this channel were passed.")
    return "bad", _("%(passed)d of %(all)d golden messages were passed.") % told


@role_required(*STAFF)
@require_http_methods(["POST"])
def stop(request: SignedInRequest, code: str, run: str) -> HttpResponse:
    """Wait no longer; what came until now is kept."""
    visible_partner(request, code)
    back = reverse("golden", args=[code, run])

    def do(at: datetime) -> str:
        golden_talk_stop(**who(request, at), partner=code, run=run)
        return back

    return act(request, f"golden.stop.{run}", do, back_url=back)
