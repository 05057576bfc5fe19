"""Lists of the border desk: what comes to us, what was checked last, and whom a certificate may come from."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from opensps.border.arrivals import Arrival
from opensps.border.presenting_parties import desk_country
from opensps.border.queries.arrivals import arrivals_of, arriving
from opensps.border.records import PAGE, Coming, Origin, RecordLine, Sought, records_for
from opensps.border.verdicts import VerdictRecord
from opensps.certificate import TITLES, TYPE_CODES
from opensps.exchange.queries.partners import directory
from opensps.lifecycle import CertificateState
from opensps.lifecycle import words as states
from opensps.lifecycle.receipt import IncomingState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import now
from opensps.web.html.delivery_words import INCOMING, INCOMING_TONES, said
from opensps.web.html.receiving import receiving_terms
from opensps.web.html.spreadsheet import csv_file
from opensps.web.html.templatetags.parts import is_chinese, status_word
from opensps.web.html.views.desk_parts import READERS, class_tone, class_word
from opensps.web.html.views.lists import address, offset_of

Arrivals = Mapping[tuple[str, str], Arrival]
KEPT = ("q", "state", "kind", "issuer", "since", "port", "from_day", "until_day", "way")
"""Names of the filters in the address."""

ARRIVAL_COLUMNS = ("port", "port_name", "arrives_on", "is_transit")
MOST_ROWS: Final = 5_000
"""Rows of a file."""

COLUMNS = (
    *("issuer", "number", "state", "type_code", "goods", "consignor_name", "consignee_name", "export_country"),
    *("import_country", "issued_at", "changed_at"),
)


def issuers_for(request: SignedInRequest) -> tuple[tuple[str, str], ...]:
    """Return the partners our own border may name as issuer; officials of other countries name none."""
    if request.actor.country:
        return ()
    rows = directory(authority=request.actor.authority, at=now())
    chinese = is_chinese()
    return tuple(
        (each.partner.code, (each.partner.name_zh if chinese else "") or each.partner.name_en) for each in rows
    )


def recent_rows(verdicts: Iterable[VerdictRecord]) -> list[dict[str, Any]]:
    """Return verdicts as short rows."""
    return [
        {
            "url": reverse("desk-result", args=[each.pk]),
            "number": each.number or "–",
            "tone": class_tone(each.verdict_class),
            "word": class_word(each.verdict_class),
            "at": each.at,
            "country": each.country,
        }
        for each in verdicts
    ]


@role_required(*READERS)
@require_safe
def coming(request: SignedInRequest) -> HttpResponse:
    """Certificates whose goods come to this country, newest first."""
    sought, offset = _sought(request), offset_of(request)
    rows = records_for(authority=request.actor.authority, actor=request.actor, sought=sought, offset=offset)
    kept = {name: request.GET.get(name, "") for name in KEPT}
    arrivals = _arrivals(request, rows[:PAGE])
    context = {
        "rows": [_row(each, arrivals) for each in rows[:PAGE]],
        "kept": kept,
        "is_filtered": any(kept.values()),
        "states": _states(request),
        "kinds": _kinds(),
        "issuers": issuers_for(request),
        "csv_url": f"{reverse('desk-coming-csv')}{address(**kept)}",
        "previous_url": address(**kept, **{"from": offset - PAGE}) if offset >= PAGE else "",
        "next_url": address(**kept, **{"from": offset + PAGE}) if len(rows) > PAGE else "",
    }
    return render(request, "desk/coming.html", context)


@role_required(*READERS)
@require_safe
def coming_csv(request: SignedInRequest) -> HttpResponse:
    """Give the same list as a file for a spreadsheet, at most 5,000 rows."""
    rows = records_for(authority=request.actor.authority, actor=request.actor, sought=_sought(request), limit=MOST_ROWS)
    arrivals = _arrivals(request, rows[:MOST_ROWS])
    table = [(*COLUMNS, *ARRIVAL_COLUMNS), *(_cells(row, arrivals) for row in rows[:MOST_ROWS])]
    response = HttpResponse(csv_file(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="certificates.csv"'
    return response


def _cells(row: RecordLine, arrivals: Arrivals) -> list[str]:
    arrival = arrivals.get((row.issuer, row.number))
    coming = [_cell(getattr(arrival, name, "")) for name in ARRIVAL_COLUMNS]
    return [*(_cell(getattr(row, name)) for name in COLUMNS), *coming]


def _countries(request: SignedInRequest) -> frozenset[str]:
    """Return whose goods the reader's list is about: the official's country, else ours."""
    own = desk_country(authority=request.actor.authority, country=request.actor.country)
    return frozenset({own}) | (frozenset() if request.actor.country else receiving_terms().own_countries)


def _numbers(request: SignedInRequest, coming: Coming) -> tuple[str, ...]:
    is_own = bool(request.actor.country)
    return arriving(authority=request.actor.authority, countries=_countries(request), is_own=is_own, sought=coming)


def _arrivals(request: SignedInRequest, rows: Iterable[RecordLine]) -> Arrivals:
    named = [(each.issuer, each.number) for each in rows]
    return arrivals_of(authority=request.actor.authority, countries=_countries(request), named=named)


def _cell(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")


def _sought(request: SignedInRequest) -> Sought:
    given = request.GET
    codes = {code for code, _words in (*_states(request), *_kinds())}
    state, kind = given.get("state", ""), given.get("kind", "")
    coming = Coming(
        port=given.get("port", "").replace(" ", "").upper()[:5],
        arrives_from=_day(given.get("from_day", "")),
        arrives_until=_day(given.get("until_day", "")),
        is_transit=given.get("way") == "through",
    )
    return Sought(
        numbers=None if coming.is_empty else _numbers(request, coming),
        text=given.get("q", "").strip()[:100],
        state=state if state in codes else "",
        kind=kind if kind in codes else "",
        issuer=given.get("issuer", "")[:20],
        issued_from=_day(given.get("since", "")),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _states(request: SignedInRequest) -> list[tuple[str, str]]:
    if request.actor.country:
        return [(str(each), status_word("certificate", each)) for each in CertificateState]
    return [(str(each), said(INCOMING, each)) for each in IncomingState]


def _kinds() -> list[tuple[str, str]]:
    titles: dict[str, str] = {}
    for kind, code in TYPE_CODES.items():
        titles.setdefault(code, TITLES[kind][is_chinese()])
    return sorted(titles.items())


def _row(each: RecordLine, arrivals: Arrivals) -> dict[str, Any]:
    is_own = each.origin is Origin.OWN
    tone = states.word("certificate", each.state).tone if is_own else INCOMING_TONES.get(each.state, "none")
    word = status_word("certificate", each.state) if is_own else said(INCOMING, each.state)
    url = reverse("desk-record", args=[each.issuer, each.number])
    arrival = arrivals.get((each.issuer, each.number))
    return {"line": each, "url": url, "tone": tone, "word": word, "arrival": arrival}
