"""What several pages show of an application, inspection or certificate: heading, next step, documents, timeline.

Nothing here asks the database; the queries' answers come in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Protocol

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opensps import codes
from opensps.border.presentation_reasons import reason_in_words
from opensps.certificate import Certificate, Measure
from opensps.certification.names import OUTCOME_REPORTED
from opensps.certification.queries import reason_words
from opensps.events.queries import EventView
from opensps.formats.layouts.parts import measure as measure_words
from opensps.lifecycle import Role
from opensps.lifecycle import words as states
from opensps.rules import Finding, Level
from opensps.web.html.forms.fields import day_text, language
from opensps.web.html.forms.findings import sentence
from opensps.web.html.forms.inspection import declared
from opensps.web.html.forms.words import (
    CAUSES,
    EVENT_TITLES,
    IDENTITY_CHECKS,
    INSPECTION_RESULTS,
    METHODS,
    PURPOSES,
    ROLES,
    WAIVER_WORDS,
    word,
)
from opensps.web.html.sheets import goods_in_words

NO_AGENTS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a summary list."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a timeline, as `{% timeline %}` draws it."""

    title: str
    who: str
    at: datetime
    text: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding as an officer's page shows it."""

    tone: str
    word: str
    message: str
    rule: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A file handed in."""

    url: str
    filename: str
    purpose: str
    size_bytes: int


class HasApplication(Protocol):
    """What of an application the words below need."""

    reference: str
    state: str
    import_country: str
    goods: str


def heading_of(application: HasApplication) -> str:
    """Return goods and destination in words: the heading of every page about an application."""
    country = codes.country_name(application.import_country, language()) if application.import_country else ""
    if application.goods and country:
        return _("%(goods)s to %(country)s") % {"goods": application.goods, "country": country}
    return application.goods or application.reference


def heading_of_value(value: Certificate) -> str:
    """Return goods and destination of a certificate in words."""
    goods, code = goods_in_words(value), value.consignment.import_country.code
    if not code:
        return goods
    return _("%(goods)s to %(country)s") % {"goods": goods, "country": codes.country_name(code, language())}


def next_line(kind: str, state: str) -> str:
    """Return who acts next, as a sentence; empty when nobody has to."""
    entry = states.word(kind, state)
    actor = entry.next_chinese if language() == "zh" else entry.next_to_act
    return _("Next: %(actor)s.") % {"actor": actor} if actor else ""


def due_day(due_at: datetime | None) -> date | None:
    """Return the last day of a deadline that ends at 24:00."""
    return localtime(due_at - timedelta(seconds=1)).date() if due_at else None


def remarks(findings: Iterable[Finding]) -> list[Remark]:
    """Return findings with the word of their level, the heaviest first."""
    labels = {
        Level.SEVERE: ("bad", _("Must be corrected")),
        Level.WARNING: ("warn", _("Look again")),
        Level.INFO: ("info", _("For information")),
    }
    order = list(labels)
    found = sorted(findings, key=lambda finding: order.index(finding.level))
    return [Remark(*labels[finding.level], sentence(finding), finding.rule) for finding in found]


def documents(reference: str, rows: Iterable[Any]) -> list[DocumentRow]:
    """Return the files of an application with what each is for."""
    return [
        DocumentRow(
            reverse("application-document", args=[reference, row.pk]),
            row.filename,
            word(PURPOSES, row.purpose),
            row.size_bytes,
        )
        for row in rows
    ]


def entries(
    events: Iterable[EventView],
    names: Mapping[str, str],
    *,
    offices: Mapping[str, str],
    with_people: bool,
    agents: Mapping[str, str] = NO_AGENTS,
) -> list[Entry]:
    """Return a timeline, newest first.

    Of what an agent did everybody sees who acted for whom; ``agents`` are the names of both. An applicant sees role and
    office, colleagues also the name and what one wrote for the other.
    """
    rows = [
        _entry(event, names, offices, agents, with_people=with_people)
        for event in events
        if event.act != "application.edited"
    ]
    return sorted(rows, key=lambda entry: entry.at, reverse=True)


def _entry(
    event: EventView,
    names: Mapping[str, str],
    offices: Mapping[str, str],
    agents: Mapping[str, str],
    *,
    with_people: bool,
) -> Entry:
    name = names.get(event.actor, "") if with_people else ""
    parts = (word(ROLES, event.role), offices.get(event.office, ""), *_parties(event, agents), name)
    return Entry(
        title=word(EVENT_TITLES, event.act),
        who=" · ".join(part for part in parts if part),
        at=event.at,
        text=_told(event, is_staff=with_people),
    )


def _parties(event: EventView, agents: Mapping[str, str]) -> tuple[str, ...]:
    """Return the agent and for whom it acted; nothing for what others did."""
    if event.role != Role.TRADE_AGENT:
        return ()
    agent = agents.get(str((event.payload or {}).get("agent", "")), "")
    return (agent, _("for %(name)s") % {"name": agents.get(event.on_behalf_of, "–")})


_AMONG_STAFF = frozenset(
    {
        "application.sent_back",
        "application.reopened",
        "certificate.held",
        "certificate.hold_extended",
        "certificate.hold_lifted",
        "certificate.withdrawal_proposed",
        "certificate.withdrawal_declined",
    }
)
"""Acts whose free text is for colleagues; the applicant sees the published reason."""


def _told(event: EventView, *, is_staff: bool) -> str:
    payload = event.payload or {} if is_staff or event.act not in _AMONG_STAFF else {}
    if event.is_erased:
        return _("The details were erased.")
    if event.act == OUTCOME_REPORTED:
        return _outcome(event)
    is_open_to_reader = is_staff or event.act != "certificate.withdrawal_proposed"  # an accusation not yet decided
    texts = (
        _reason_of(event.reason_code) if is_open_to_reader else "",
        *(str(payload[key]) for key in ("reason", "text", "remarks", "filename", "place") if payload.get(key)),
    )
    return " – ".join(text for text in texts if text)


def _outcome(event: EventView) -> str:
    """Return what an importing country decided, why, what it ordered for the goods and where."""
    said, chinese = event.payload or {}, language() == "zh"
    texts = (
        states.word("presentation", str(said.get("outcome", "presented"))).label(language()),
        reason_in_words(event.reason_code, chinese=chinese),
        reason_in_words(str(said.get("measure", "")), chinese=chinese),
        str(said.get("place", "")),
    )
    return " – ".join(text for text in texts if text)


def _reason_of(code: str) -> str:
    """Return the words of a reason code of any event; empty for none."""
    for table in (INSPECTION_RESULTS, CAUSES, WAIVER_WORDS):
        if code in table:
            return word(table, code)
    return reason_words(code, language()) if code else ""


def report(visit: Any, value: Certificate, *, inspector: str = "") -> dict[str, Any]:
    """Return one inspection as `inspector/report.html` draws it."""
    record = visit.record or {}
    rows = (
        (_("Why"), word(CAUSES, visit.cause)),
        (_("Inspector"), inspector),
        (_("Day"), day_text(visit.planned_on) if visit.planned_on else ""),
        (_("Time"), visit.slot),
        (_("Place"), visit.place),
        (_("Announcement"), _("Unannounced") if visit.is_unannounced else ""),
        (_("Confirmed by the exporter"), _("Yes") if visit.confirmed_at else ""),
        (_("Identity check"), word(IDENTITY_CHECKS, record.get("identity", ""))),
        (_("Seals seen, or why it was not done"), record.get("identity_remark", "")),
        (_("What was examined and seen"), record.get("physical", "")),
        (_("Pests or diseases found"), record.get("pests", "")),
        (_("Result of the inspection"), word(INSPECTION_RESULTS, visit.result)),
        (_("Remarks"), visit.remarks),
        (_("Waived because"), word(WAIVER_WORDS, visit.end_reason_code) if visit.state == "waived" else ""),
        (_("A certificate may rest on it until"), day_text(visit.valid_until) if visit.valid_until else ""),
    )
    return {
        "reference": visit.reference,
        "state": visit.state,
        "facts": [Fact(label, text) for label, text in rows if text],
        "lines": _found(record.get("lines", ()), value),
    }


def _found(found: Sequence[Mapping[str, Any]], value: Certificate) -> list[dict[str, str]]:
    lines = {line.sequence: line for line in value.lines}
    return [
        {
            "name": (line.descriptions or line.common_names or line.scientific_names)[0].value,
            "declared": measure_words(declared(line)) or "–",
            "found": measure_words(Measure(Decimal(row["quantity"]), row["unit"])) or "–",
            "method": word(METHODS, row["method"]),
        }
        for row in found
        if (line := lines.get(row["line"])) and (line.descriptions or line.common_names or line.scientific_names)
    ]
