"""An inquiry as a page shows it: facts, both clocks in both time zones, thread, evidence, acts. Asks no database.

Source: `lifecycles.md` 5.2, `ux.md` 6.6. A reply that is only drafted is shown to the asker as with the office.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opensps import codes
from opensps.border.queries import Inquiry, InquiryMessage
from opensps.lifecycle import words as states
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.inquiries import offset_words
from opensps.web.html.forms.words import word
from opensps.web.html.inquiry_words import (
    ESCALATED,
    FLAGS,
    MACHINE,
    PARTIES,
    PROCEDURES,
    SAID,
    SHORT_PRIORITIES,
    SUBJECTS,
)
from opensps.web.html.templatetags.parts import status_word

ENDED = ("answered", "closed")


@dataclass(frozen=True, slots=True)
class Clock:
    """One moment by both clocks."""

    label: str
    at: datetime
    theirs: str
    ours: str
    is_past: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message."""

    title: str
    who: str
    side: str
    """caller, authority or system."""

    theirs: str
    ours: str
    texts: tuple[tuple[str, str], ...]
    """Language as HTML writes it, and text."""

    files: tuple[Any, ...]
    is_among_us: bool


def object_kind(inquiry: Inquiry) -> str:
    """Return under which name `lifecycle.words` knows its states."""
    return "enquiry_question" if inquiry.kind == Inquiry.QUESTION else "inquiry"


def shown_state(inquiry: Inquiry, *, is_asker: bool) -> str:
    """Return the state as the reader knows it."""
    is_drafted = inquiry.state == "reply_drafted" and is_asker and inquiry.direction == Inquiry.INBOUND
    return "with_office" if is_drafted else inquiry.state


def heading(inquiry: Inquiry) -> str:
    """Return what it is about, in words."""
    if inquiry.kind == Inquiry.QUESTION:
        return _("Question about %(procedure)s procedures") % {
            "procedure": str(PROCEDURES.get(inquiry.procedure, "")).lower()
        }
    if not inquiry.number:
        return _("Inquiry about a missing certificate")
    return _("Inquiry about %(number)s") % {"number": inquiry.number}


def by_clock(at: datetime, minutes: int) -> str:
    """Return 21 November 2026, 22:14 UTC+02:00."""
    local = at.astimezone(timezone(timedelta(minutes=minutes)))
    text = date_format(local.replace(tzinfo=None), "Y年n月j日 H:i" if language() == "zh" else "j F Y, H:i")
    return f"{text} {offset_words(minutes)}"


def clocks(inquiry: Inquiry, *, own_minutes: int, at: datetime) -> list[Clock]:
    """Return the deadlines and what was reached, each by the asker's clock and by ours."""
    is_open = inquiry.state not in ENDED
    waiting = _("Stands still while more information is awaited.") if inquiry.paused_at else ""
    rows = (
        (_("Opened"), inquiry.opened_at, False, ""),
        (_("First finding by the register"), inquiry.found_at, False, ""),
        (_("Acknowledged"), inquiry.acknowledged_at, False, ""),
        (_step_label(inquiry), inquiry.step_due_at, True, ""),
        (_("Answer due"), inquiry.reply_due_at if is_open else None, True, waiting),
        (_("Answered"), inquiry.answered_at, False, ""),
        (_("Closed"), inquiry.closed_at, False, ""),
    )
    return [
        Clock(
            label,
            moment,
            by_clock(moment, inquiry.asked_from_minutes),
            by_clock(moment, own_minutes),
            is_due and moment <= at and not note,
            note,
        )
        for label, moment, is_due, note in rows
        if moment is not None
    ]


def _step_label(inquiry: Inquiry) -> str:
    return {
        "open": _("To be acknowledged by"),
        "received": _("To be acknowledged by"),
        "acknowledged": _("To be passed to the office by"),
        "waiting_asker": _("The asker answers by, else it is closed"),
        "answered": _("Action to be reported by, else it is closed"),
    }.get(inquiry.state, "")


def flags(inquiry: Inquiry, at: datetime) -> list[tuple[str, str]]:
    """Return tone and word of what stands beside the state."""
    is_open = inquiry.state not in ENDED and not inquiry.paused_at
    found = []
    if is_open and at > inquiry.reply_due_at:
        found.append(("bad", status_word("inquiry", "overdue")))
    elif is_open and inquiry.step_due_at is not None and at > inquiry.step_due_at:
        found.append(("warn", word(FLAGS, "step_late")))
    if inquiry.rounds:
        found.append(("warn", word(FLAGS, "asked_again")))
    if inquiry.escalated_to and inquiry.state not in ENDED:
        found.append(("warn", word(ESCALATED, inquiry.escalated_to)))
    return found


def next_line(inquiry: Inquiry, state: str) -> str:
    """Return who acts next, as a sentence; nobody once it is closed."""
    found = states.word(object_kind(inquiry), state)
    actor = found.next_chinese if language() == "zh" else found.next_to_act
    return _("Next: %(actor)s.") % {"actor": actor} if actor else ""


def place_words(code: str) -> str:
    """Return the country of a partner or of officials; a longer code of a partner as it is."""
    return codes.country_name(code, language()) if len(code) == len("XB") else code


def asker_words(inquiry: Inquiry, names: Mapping[str, str]) -> str:
    """Return who asks: the country or partner, and the person where the reader may know it."""
    where = place_words(inquiry.asker)
    name = names.get(inquiry.asked_by, "")
    return f"{name}, {where}" if name else where


def thread(
    inquiry: Inquiry, messages: Iterable[InquiryMessage], *, own_minutes: int, names: Mapping[str, str]
) -> list[Said]:
    """Return the messages, oldest first."""
    return [
        Said(
            word(SAID, each.act),
            names.get(each.said_by, "") or word(PARTIES, each.party),
            each.party,
            by_clock(each.sent_at, inquiry.asked_from_minutes),
            by_clock(each.sent_at, own_minutes),
            _texts(each),
            tuple(each.attachments.all()),
            each.act in InquiryMessage.AMONG_US,
        )
        for each in messages
    ]


def _texts(message: InquiryMessage) -> tuple[tuple[str, str], ...]:
    """Return the texts; of what the register says by itself the reader's own language alone."""
    texts = tuple((language, text) for language, text in message.texts)
    if message.party == InquiryMessage.SYSTEM:
        mine = "zh" if language().startswith("zh") else "en"
        texts = tuple(each for each in texts if each[0] == mine) or texts
    return tuple(("zh-Hans" if code == "zh" else code or "en", text) for code, text in texts)


def facts(inquiry: Inquiry, *, names: Mapping[str, str], offices: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is known of an inquiry beside thread and clocks."""
    is_question = inquiry.kind == Inquiry.QUESTION
    rows = (
        (_("Asked by"), asker_words(inquiry, names)),
        (_("Asked of"), place_words(inquiry.answerer)),
        (_("Certificate"), inquiry.number),
        (_("Procedure"), word(PROCEDURES, inquiry.procedure) if inquiry.procedure else ""),
        (_("About"), "" if is_question else word(SUBJECTS, inquiry.subject)),
        (_("Urgency"), "" if is_question else word(SHORT_PRIORITIES, inquiry.priority)),
        (_("Place"), inquiry.location),
        (_("First finding"), word(MACHINE, inquiry.machine_finding) if inquiry.found_at else ""),
        (_("Lies with"), offices.get(inquiry.office, inquiry.office)),
        (_("Contested"), str(inquiry.rounds or "")),
    )
    return [(label, text) for label, text in rows if text]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was frozen when the inquiry opened."""

    heading: str
    at: str
    fields: tuple[tuple[str, str, str], ...]
    """Field, as presented, as recorded (empty where nobody may tell)."""

    files: tuple[tuple[str, str], ...]
    check_number: str


def evidence(inquiry: Inquiry, labels: Mapping[str, Any]) -> Evidence:
    """Return the frozen evidence in the reader's language; ``labels`` are the words of fields."""
    kept: Mapping[str, Any] = inquiry.evidence
    seen: Mapping[str, Any] = kept.get("seen") or {}
    headings: Mapping[str, str] = seen.get("heading") or {}
    compared = [(row["field"], row.get("typed", ""), row.get("recorded", "")) for row in seen.get("fields", ())]
    named = {field for field, _typed, _recorded in compared}
    compared += [(field, text, "") for field, text in (kept.get("presented") or {}).items() if field not in named]
    rows = tuple((_field_words(field, labels), typed, recorded) for field, typed, recorded in compared)
    return Evidence(
        heading=headings.get("zh" if language() == "zh" else "en", ""),
        at=str(seen.get("at", "")),
        fields=rows,
        files=tuple((each["name"], each["sha256"]) for each in kept.get("files", ())),
        check_number=str(kept.get("seen_number") or kept.get("check_number") or ""),
    )


def _field_words(field: str, labels: Mapping[str, Any]) -> str:
    name, _dot, line = field.partition(".")
    label = str(labels.get(name, name))
    return _("%(field)s, line %(line)s") % {"field": label, "line": line} if line else label
