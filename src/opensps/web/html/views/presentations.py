"""The ledger of use at a desk: what was presented here, one presentation with its acts, and presenting.

Source: `ux.md` 6.6, `lifecycles.md` 5.1. One workspace for officials of another country with our certificates and for
our own border with certificates of partners.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.errors import PresentationNotFound, PresentationRefused
from opensps.border.ledger import Presentation
from opensps.border.presentation_reasons import reason_in_words
from opensps.border.presenting_parties import PRESENTING, WATCHERS
from opensps.border.queries.presentations import (
    Wanted,
    acts_offered,
    balance_of,
    entries_of,
    last_place,
    presentation_for,
    presentations,
    presentations_count,
    presentations_of,
    use_state,
)
from opensps.border.queries.verdicts import verdict_by_id
from opensps.border.records import CertificateRecord
from opensps.border.services.desk import desk_number
from opensps.border.services.presenting import POINTS, Checked, presentation_make, presentation_without
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle import OFFICERS
from opensps.verification.results import RESULTS
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, act, fresh_token, who
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.presentation_words import (
    ACTS,
    DONE,
    POINTS_IN_WORDS,
    PRESENTATION_REFUSALS,
    REPLAYS,
    USES,
)
from opensps.web.html.forms.presentations import MOST_LINES, Line, PresentForm, WithoutForm, quantity_in_words
from opensps.web.html.forms.words import word
from opensps.web.html.records import Fact
from opensps.web.html.templatetags.parts import moment_in_words, status_word
from opensps.web.html.views.desk_parts import class_tone, class_word, desk_of, issuer_name, visible_record
from opensps.web.html.views.lists import Chip, address, offset_of, paging

READERS: Final = tuple(sorted(PRESENTING | WATCHERS | OFFICERS))
PRESENTERS: Final = tuple(sorted(PRESENTING))
_STATES: Final = ("presented", "held", "forwarded", "accepted", "accepted_partly", "rejected", "annulled")


@role_required(*READERS)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """What was presented in this country, newest first; what waits for a decision by one press."""
    state = request.GET.get("state", "")
    wanted = Wanted(
        state=state if state in {*_STATES, "open", "overdue"} else "",
        number=request.GET.get("q", "").strip()[:64],
        is_mine=request.GET.get("mine") == "1",
    )
    asked: dict[str, Any] = {"authority": request.actor.authority, "actor": request.actor, "wanted": wanted}
    offset, count = offset_of(request), presentations_count(**asked)
    kept = {"q": wanted.number, "state": wanted.state, "mine": "1" if wanted.is_mine else ""}
    words = [("", _("All")), ("open", _("To decide")), ("overdue", _("Overdue"))]
    words += [(each, status_word("presentation", each)) for each in _STATES[3:]]
    chips = [Chip(text, address(**{**kept, "state": code}), code == wanted.state) for code, text in words]
    context = {
        "rows": presentations(**asked, offset=offset),
        "chips": [*chips, Chip(_("Mine"), address(**{**kept, "mine": "" if wanted.is_mine else "1"}), wanted.is_mine)],
        "q": wanted.number,
        "count_line": ngettext("%(count)d presentation.", "%(count)d presentations.", count) % {"count": count},
        "may_present": bool(request.actor.roles & PRESENTING),
        **paging(offset, count, **kept),
    }
    return render(request, "border/presentations.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantities:
    """One line of a presentation in words."""

    name: str
    claimed: str
    reserved: str
    accepted: str
    left: str


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, presentation_number: str) -> HttpResponse:
    """One presentation: its verdict, what was claimed and what is left, what may be decided, its history."""
    row = visible_presentation(request, presentation_number)
    offered = acts_offered(row, authority=request.actor.authority, actor=request.actor)
    context = {
        "row": row,
        "heading": row.number or row.goods,
        "class_tone": class_tone(row.verdict_class),
        "class_word": class_word(row.verdict_class),
        "rechecked": _rechecked(row),
        "alerts": [str(REPLAYS[code]) for code in row.alerts if code in REPLAYS],
        "reasons": _reasons(row),
        "facts": _facts(row),
        "lines": _quantities(row),
        "acts": [
            Link(reverse("presentation-act", args=[row.presentation_number, each.value]), words)
            for each, words in ACTS.items()
            if each in offered
        ],
        "entries": _entries(row),
        "record_url": record_url(row),
    }
    return render(request, "border/presentation.html", context)


def _rechecked(row: Presentation) -> dict[str, Any] | None:
    """Return what a check said that was made after it was presented; None where there was none."""
    later = getattr(row, "recheck", None)
    if later is None or later.answered_at is None:
        return None
    return {
        "tone": class_tone(later.verdict_class),
        "word": class_word(later.verdict_class),
        "at": later.answered_at,
        "reasons": [_sentence(code, row) for code in later.reasons],
    }


def record_url(row: Presentation) -> str:
    """Return the address of the certificate at the desk; empty where there is none."""
    is_known = row.is_known and row.number and row.lines.exists()
    return reverse("desk-record", args=[row.issuer, row.number]) if is_known else ""


def visible_presentation(request: SignedInRequest, presentation_number: str) -> Presentation:
    """Return a presentation this person may see; for anybody else the page does not exist."""
    try:
        return presentation_for(
            authority=request.actor.authority, actor=request.actor, presentation_number=presentation_number
        )
    except PresentationNotFound as exc:
        raise Http404 from exc


def _facts(row: Presentation) -> list[Fact]:
    chinese = language() == "zh"
    rows = (
        (_("Certificate number"), row.number),
        (_("Issued by"), issuer_name(row.authority, row.issuer) if row.number and row.lines.exists() else ""),
        (_("Place"), row.location),
        (_("Presented"), moment_in_words(row.presented_at)),
        (_("Number of the copy"), row.copy),
        (_("Decide by"), moment_in_words(row.due_at) if row.due_at else ""),
        (_("Reason"), reason_in_words(row.reason_code, chinese=chinese)),
        (_("What is ordered for the goods"), reason_in_words(row.measure, chinese=chinese)),
        (_("Sent on to"), row.next_location),
        (_("Goods, and the requirement"), row.goods),
    )
    return [Fact(label, text) for label, text in rows if text]


def _reasons(row: Presentation) -> list[str]:
    """Return what the check found against the paper; what the ledger found stands in the alerts."""
    told = {POINTS[code] for code in row.alerts if code in POINTS}
    return [_sentence(code, row) for code in row.reasons if code not in told]


def _sentence(code: str, row: Presentation) -> str:
    """Return a reason of a verdict in words; sentences that need more than the code say their heading."""
    if code == "never_issued" and row.issuer == row.authority and row.country != row.issuer[:2]:
        return _("We issued no such certificate for goods to or through this country.")
    found = RESULTS.get(code)
    if found is None:
        return word(POINTS_IN_WORDS, code)
    chinese = language() == "zh"
    sentence = found.chinese_sentence if chinese else found.english_sentence
    return sentence if "{" not in sentence else (found.heading.chinese if chinese else found.heading.english)


def _quantities(row: Presentation) -> list[Quantities]:
    left = {use.line: use.left for use in balance_of(authority=row.authority, issuer=row.issuer, number=row.number)}
    return [
        Quantities(
            name=_("Line %(number)s") % {"number": each.line},
            claimed=quantity_in_words(each.claimed, each.unit),
            reserved=quantity_in_words(each.reserved, each.unit),
            accepted=quantity_in_words(each.accepted, each.unit),
            left=quantity_in_words(left[each.line], each.unit) if each.line in left else "–",
        )
        for each in row.lines.all()
    ]


def _entries(row: Presentation) -> list[dict[str, Any]]:
    chinese = language() == "zh"
    return [
        {
            "title": word(DONE, each.act),
            "at": each.at,
            "reason": reason_in_words(each.reason_code, chinese=chinese),
            "measure": reason_in_words(each.measure, chinese=chinese),
        }
        for each in reversed(entries_of(row))
    ]


@role_required(*PRESENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def present(request: SignedInRequest, issuer: str, number: str) -> HttpResponse:
    """Record that a certificate was presented here, with the check that was made of it or one made now."""
    record = visible_record(request, issuer, number)
    place = last_place(authority=request.actor.authority, actor=request.actor)
    posted = request.POST if request.method == "POST" else None
    form = PresentForm(posted, lines=_lines(record), initial={"place": place})

    def do(at: datetime) -> str:
        row = presentation_make(
            **who(request, at),
            record=record,
            checked=_checked(request, record),
            claim=form.claim(),
            request_id=request.POST.get("form_token", "") or fresh_token(),
        )
        return reverse("presentation", args=[row.presentation_number])

    return _opened(
        request,
        form,
        f"present.{record.number}",
        do,
        heading=_("Record that it was presented"),
        texts=[
            _("Certificate %(number)s. What you enter is reserved until you decide, so that nobody else can use it.")
            % {"number": record.number}
        ],
    )


def _lines(record: CertificateRecord) -> list[Line]:
    if record.value is None or len(record.value.lines) > MOST_LINES:
        return []
    names = {line.sequence: line_name(line) for line in record.value.lines}
    uses = balance_of(authority=record.authority, issuer=record.issuer, number=record.number, certificate=record.value)
    return [
        Line(line=use.line, name=names[use.line], unit=use.unit, most=use.unused, given=use.unused)
        for use in uses
        if use.line in names
    ]


def _checked(request: SignedInRequest, record: CertificateRecord) -> Checked:
    """Return the check the officer came from, if it was of this very paper; else one made now."""
    asked = request.GET.get("check", "")[:32]
    found = verdict_by_id(authority=record.authority, verdict_id=asked, actor=request.actor) if asked else None
    is_of_it = found is not None and (found.issuer, found.number) == (record.issuer, record.number)
    if found is None or not is_of_it or found.checker != request.actor.id:
        found = desk_number(desk_of(request), number=record.number, issuer=record.issuer)
    return checked_by(found)


def checked_by(verdict: VerdictRecord) -> Checked:
    """Return a verdict of the desk as what a presentation keeps of it."""
    return Checked(reasons=tuple(verdict.reasons), verdict=verdict.said, check_number=verdict.pk)


@role_required(*PRESENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def without(request: SignedInRequest) -> HttpResponse:
    """Record goods that need a certificate and came without one."""
    place = last_place(authority=request.actor.authority, actor=request.actor)
    form = WithoutForm(request.POST if request.method == "POST" else None, initial={"place": place})

    def do(at: datetime) -> str:
        token = request.POST.get("form_token", "") or fresh_token()
        row = presentation_without(**who(request, at), claim=form.claim(), request_id=token)
        return reverse("presentation", args=[row.presentation_number])

    return _opened(
        request,
        form,
        "present.without",
        do,
        heading=_("Goods without a certificate"),
        texts=[_("Goods that need a certificate and came without one are recorded and cannot be accepted.")],
    )


def _opened(request: SignedInRequest, form: Any, name: str, do: Any, **words: Any) -> HttpResponse:
    """Show the form, or do it once and lead to the presentation."""
    back_url = reverse("presentations")
    if request.method == "POST" and form.is_valid():
        try:
            return act(request, name, do, back_url=back_url)
        except PresentationRefused as refused:
            form.add_error("place" if refused.reason == "place" else None, word(PRESENTATION_REFUSALS, refused.reason))
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "back_url": back_url,
        "button": _("Record it"),
        **words,
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def history_rows(rows: Iterable[Presentation]) -> list[dict[str, Any]]:
    """Return presentations as a certificate's page lists them."""
    return [
        {
            "url": reverse("presentation", args=[row.presentation_number]),
            "number": row.presentation_number,
            "state": row.state,
            "place": row.location,
            "at": row.presented_at,
            "tone": class_tone(row.verdict_class),
            "word": class_word(row.verdict_class),
            "alerts": [str(REPLAYS[code]) for code in row.alerts if code in REPLAYS],
        }
        for row in rows
    ]


def use_at_borders(request: SignedInRequest, issuer: str, number: str) -> dict[str, Any]:
    """Return the use of a certificate for its page, with the presentations this person may open."""
    authority = request.actor.authority
    tone, words = USES[use_state(authority=authority, issuer=issuer, number=number)]
    rows = presentations_of(authority=authority, actor=request.actor, issuer=issuer, number=number)
    return {"use_tone": tone, "use_word": str(words), "uses": history_rows(rows)}
