"""Inquiries and questions: the list, one with its thread and clocks, its files, the signed reply.

Source: `lifecycles.md` 5.2, 5.3, `ux.md` 6.5, 6.6. One set of pages for who asks and who answers: what each sees and
may do is said by `border`. Opening and acting: `inquiry_acts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from opensps.accounts.queries import Actor, authority_profile, names_by_id, offices
from opensps.border.inquiries import INQUIRY, SENDING
from opensps.border.inquiry_documents import BY_ASKER
from opensps.border.inquiry_parties import OPENING, READERS, acts_for, parties_of
from opensps.border.queries import (
    Inquiry,
    SoughtInquiries,
    attachment_seen_by,
    inquiries_seen_by,
    inquiry_seen_by,
    messages_of,
    replies_of,
    thread_of,
)
from opensps.border.queries.cases import case_of_paper
from opensps.border.queries.coordination import coordination_of_question
from opensps.border.replies import ReplyNotAuthentic, read_reply
from opensps.certification.queries import PAGE
from opensps.events.queries import EventView, due_event_ids, events_for
from opensps.exchange.queries.inquiries import is_carried, last_message
from opensps.lifecycle import DELIVERY_STAFF, OFFICERS, SHOWN, DeliveryState, Role
from opensps.lifecycle import words as states
from opensps.lifecycle.case import CASE_READERS
from opensps.lifecycle.inquiry import GRAVE_FINDINGS, InquiryAct, InquiryParty, InquiryState
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, now, post
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.paper import LABELS
from opensps.web.html.forms.words import word
from opensps.web.html.inquiry_shown import (
    asker_words,
    by_clock,
    clocks,
    evidence,
    facts,
    flags,
    heading,
    next_line,
    object_kind,
    place_words,
    shown_state,
    thread,
)
from opensps.web.html.inquiry_words import ACTIONS, BUTTONS, FINDINGS, MEASURES, SHORT_PRIORITIES
from opensps.web.html.installation import installation
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.lists import Chip, address, offset_of, paging

WHO: Final = tuple(sorted(READERS))
_BY_BUTTON: Final = frozenset({InquiryAct.ACKNOWLEDGE})


@dataclass(frozen=True, slots=True)
class Row:
    """An inquiry in the list."""

    url: str
    inquiry_number: str
    about: str
    asker: str
    urgency: str
    tone: str
    state: str
    flags: tuple[tuple[str, str], ...]
    due: str


@role_required(*WHO)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """What the reader may see, the nearest deadline first."""
    at, offset = now(), offset_of(request)
    views = {"mine": _("Waiting for me"), "late": _("Late"), "": _("All")}
    state = request.GET.get("state", "")
    number = request.GET.get("q", "").strip()[:64]
    sought = SoughtInquiries(state=state if state in {*views, *map(str, InquiryState)} else "", number=number)
    rows = inquiries_seen_by(actor=request.actor, sought=sought, at=at)
    count = rows.count()
    shown = tuple(rows[offset : offset + PAGE])
    names = names_of(request.actor, shown)
    context = {
        "rows": [_row(each, request.actor, names, at) for each in shown],
        "chips": [Chip(text, address(state=code, q=number), code == sought.state) for code, text in views.items()],
        "q": number,
        "state": sought.state,
        "is_filtered": bool(number or sought.state),
        "count_line": ngettext("%(count)d inquiry or question.", "%(count)d inquiries and questions.", count)
        % {"count": count},
        "can_ask": may_ask(request.actor),
        "can_question": may_question(request.actor),
        **paging(offset, count, q=number, state=sought.state),
    }
    return render(request, "border/inquiries.html", context)


def may_ask(actor: Actor) -> bool:
    """Tell whether somebody opens inquiries: officials abroad about ours, our border about a partner's."""
    return bool(actor.roles & {Role.FOREIGN_OFFICER, *OPENING})


def may_question(actor: Actor) -> bool:
    """Tell whether somebody puts questions to the enquiry point, or writes down one that came by mail."""
    return bool(actor.roles & {Role.FOREIGN_OFFICER, Role.ENQUIRY_DESK})


def _row(inquiry: Inquiry, actor: Actor, names: dict[str, str], at: Any) -> Row:
    state = shown_state(inquiry, is_asker=is_asker(actor, inquiry))
    is_question = inquiry.kind == Inquiry.QUESTION
    return Row(
        reverse("inquiry", args=[inquiry.inquiry_number]),
        inquiry.inquiry_number,
        heading(inquiry),
        place_words(inquiry.answerer) if inquiry.direction == Inquiry.OUTBOUND else asker_words(inquiry, names),
        "" if is_question else word(SHORT_PRIORITIES, inquiry.priority),
        states.word(object_kind(inquiry), state).tone,
        status_word(object_kind(inquiry), state),
        tuple(flags(inquiry, at)),
        "" if inquiry.state in ("answered", "closed") else by_clock(inquiry.reply_due_at, _minutes(actor, inquiry)),
    )


def _minutes(actor: Actor, inquiry: Inquiry) -> int:
    """Return by whose clock a list shows a deadline to this reader."""
    return inquiry.asked_from_minutes if actor.country else own_minutes()


def own_minutes() -> int:
    """Return the minutes east of UTC by the clock of the authority."""
    profile = authority_profile(installation().authority)
    return profile.offset_minutes if profile is not None else 0


def is_asker(actor: Actor, inquiry: Inquiry) -> bool:
    """Tell whether the reader stands on the asking side."""
    return bool(actor.country) or (
        inquiry.direction == Inquiry.OUTBOUND and InquiryParty.ASKER in parties_of(actor, inquiry)
    )


def names_of(actor: Actor, rows: Iterable[Inquiry]) -> dict[str, str]:
    """Return names of people in inquiries: our own read all, officials abroad the names of their side."""
    ids = {each.asked_by for each in rows if each.asked_by}
    return dict(names_by_id(authority=actor.authority, ids=ids)) if ids else {}


def visible(request: SignedInRequest, inquiry_number: str) -> Inquiry:
    """Return an inquiry the reader may see; anything else is not found."""
    found = inquiry_seen_by(actor=request.actor, inquiry_number=inquiry_number[:40])
    if found is None:
        raise Http404
    return found


@role_required(*WHO)
@require_safe
def one(request: SignedInRequest, inquiry_number: str) -> HttpResponse:
    """One inquiry: where it stands, both clocks, the thread, the evidence, what can be done now."""
    inquiry, actor, at = visible(request, inquiry_number), request.actor, now()
    theirs = bool(actor.country)
    messages = messages_of(inquiry) if theirs else thread_of(inquiry)
    ids = {each.said_by for each in messages if not theirs or each.party == "caller"}
    names = dict(names_by_id(authority=actor.authority, ids={each for each in (*ids, inquiry.asked_by) if each}))
    state = shown_state(inquiry, is_asker=is_asker(actor, inquiry))
    chinese = language() == "zh"
    places = {each.code: each.name_zh if chinese else each.name_en for each in offices(authority=actor.authority)}
    context = {
        "inquiry": inquiry,
        "heading": heading(inquiry),
        "kind": object_kind(inquiry),
        "state": state,
        "flags": flags(inquiry, at),
        "next_line": next_line(inquiry, state),
        "clocks": clocks(inquiry, own_minutes=own_minutes(), at=at),
        "facts": facts(inquiry, names=names, offices=places),
        "thread": thread(inquiry, messages, own_minutes=own_minutes(), names=names),
        "evidence": evidence(inquiry, LABELS),
        "answer": _answer(inquiry, is_theirs=theirs),
        "posts": _posts(actor, inquiry),
        "acts": _links(actor, inquiry),
        "certificate_url": _certificate_url(actor, inquiry),
        **_case(actor, inquiry),
        "coordination": _coordination(actor, inquiry),
        "sending": _sending(actor, inquiry),
    }
    return render(request, "border/inquiry.html", context)


def _coordination(actor: Actor, inquiry: Inquiry) -> dict[str, str] | None:
    """Return the case of coordination of a question, for our own people: number, state, outcome."""
    if inquiry.kind != Inquiry.QUESTION or actor.country:
        return None
    found = coordination_of_question(authority=inquiry.authority, question=inquiry.inquiry_number)
    if found is None:
        return None
    is_coordinator = Role.COORDINATOR in actor.roles
    url = reverse("coordination-one", args=[found.case_number]) if is_coordinator else ""
    return {"number": found.case_number, "state": found.state, "outcome": found.outcome, "url": url}


def _answer(inquiry: Inquiry, *, is_theirs: bool) -> dict[str, Any] | None:
    """Return finding, measures and the signed reply, checked anew; a draft is ours to see only."""
    is_sent = inquiry.state in ("answered", "closed") and bool(inquiry.answered_at)
    if not inquiry.finding or (not is_sent and is_theirs):
        return None
    replies = replies_of(inquiry)
    return {
        "finding": word(FINDINGS, inquiry.finding),
        "measures": [word(MEASURES, each) for each in inquiry.measures],
        "is_grave": inquiry.finding in GRAVE_FINDINGS,
        "is_draft": not is_sent,
        "action": word(ACTIONS, inquiry.action) if inquiry.action else "",
        "reply_url": reverse("inquiry-reply", args=[inquiry.inquiry_number]) if replies else "",
        "is_proven": bool(replies) and _is_proven(bytes(replies[-1].statement), _replied_by(inquiry)),
    }


def _replied_by(inquiry: Inquiry) -> str:
    return inquiry.answerer if inquiry.direction == Inquiry.OUTBOUND else inquiry.authority


def _is_proven(statement: bytes, authority: str) -> bool:
    try:
        read_reply(statement, authority=authority, trust=keys.trust_list(), accepts_training=installation().is_demo)
    except ReplyNotAuthentic:
        return False
    return True


def _posts(actor: Actor, inquiry: Inquiry) -> list[Any]:
    return [
        post(reverse("inquiry-act", args=[inquiry.inquiry_number, slug_of(each)]), str(BUTTONS[each]), is_main=True)
        for each in acts_for(actor, inquiry)
        if each in _BY_BUTTON
    ]


def _links(actor: Actor, inquiry: Inquiry) -> list[Link]:
    return [
        Link(reverse("inquiry-act", args=[inquiry.inquiry_number, slug_of(each)]), BUTTONS[each])
        for each in acts_for(actor, inquiry)
        if each not in _BY_BUTTON and each in BUTTONS
    ]


def slug_of(act: InquiryAct) -> str:
    """Return an act as addresses write it."""
    return act.value.replace("_", "-")


def _certificate_url(actor: Actor, inquiry: Inquiry) -> str:
    """Return where the reader sees the certificate: the desk's record, or the page of our own officers."""
    is_known = bool(inquiry.found_at) and inquiry.machine_finding not in ("never_issued", "cannot_tell")
    if inquiry.direction == Inquiry.OUTBOUND:
        return reverse("incoming") + address(q=inquiry.number) if actor.roles & DELIVERY_STAFF else ""
    if not inquiry.number or not is_known:
        return ""
    if actor.country:
        return reverse("desk-record", args=[inquiry.authority, inquiry.number])
    return reverse("certificate", args=[inquiry.number]) if actor.roles & (OFFICERS | {Role.MANAGER}) else ""


def _case(actor: Actor, inquiry: Inquiry) -> dict[str, str]:
    """Return the case that has the paper of this inquiry and where it is read, else where one is opened."""
    if inquiry.finding not in GRAVE_FINDINGS or inquiry.state not in ("answered", "closed") or actor.country:
        return {}
    held = case_of_paper(authority=inquiry.authority, paper_key=f"inquiry:{inquiry.inquiry_number}")
    if held:
        url = reverse("case", args=[held]) if actor.roles & CASE_READERS else ""
        return {"case_number": held, "case_held_url": url}
    if not actor.roles & {Role.BORDER_OFFICER, Role.INQUIRY_DESK}:
        return {}
    return {"case_url": reverse("case-new") + address(inquiry=inquiry.inquiry_number)}


def _unsent(inquiry: Inquiry, told: Iterable[EventView]) -> str:
    """Return why our last words are not in the outbox: on their way there, no channel, none then; empty if they are."""
    ours = [each.id for each in told if each.act.rpartition(".")[2] in BY_ASKER]
    if last_message(authority=inquiry.authority, event_ids=ours[-1:]) is not None:
        return ""
    if not is_carried(authority=inquiry.authority, partner=inquiry.answerer):
        return "is_by_hand"
    is_due = due_event_ids(authority=inquiry.authority, consumer=SENDING, among=ours[-1:])
    return "is_underway" if is_due else "is_left_out"


def _sending(actor: Actor, inquiry: Inquiry) -> dict[str, Any]:
    """Return how the last message of ours to a partner's machine went; nothing where none goes by itself."""
    if actor.country or inquiry.kind == Inquiry.QUESTION:
        return {}
    told = events_for(authority=inquiry.authority, object_kind=INQUIRY, object_id=inquiry.inquiry_number)
    unsent = _unsent(inquiry, told) if inquiry.direction == Inquiry.OUTBOUND else ""
    if unsent:
        return {unsent: True}
    sent = last_message(authority=inquiry.authority, event_ids=[each.id for each in told])
    if sent is None:
        return {}
    url = reverse("delivery", args=[sent.delivery_number]) if actor.roles & DELIVERY_STAFF else ""
    return {"state": SHOWN[DeliveryState(sent.state)], "url": url, "at": sent.queued_at}


@role_required(*WHO)
@require_safe
def file(request: SignedInRequest, inquiry_number: str, attachment_id: int) -> HttpResponse:
    """A file of a message, for download only: a browser never shows it."""
    found = attachment_seen_by(actor=request.actor, inquiry_number=inquiry_number[:40], attachment_id=attachment_id)
    if found is None:
        raise Http404
    return _download(bytes(found.content), found.file_name)


@role_required(*WHO)
@require_safe
def reply(request: SignedInRequest, inquiry_number: str) -> HttpResponse:
    """The last reply as it was signed, for whoever wants to keep and check it."""
    replies = replies_of(visible(request, inquiry_number))
    if not replies:
        raise Http404
    return _download(bytes(replies[-1].statement), f"{inquiry_number}.reply.cose")


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
