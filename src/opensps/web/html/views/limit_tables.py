"""Tables of limits of the rules that watch: what holds, as of which day, and who says so (`fraud.md` 5)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from opensps.border.queries.alerts import READERS
from opensps.border.queries.limit_tables import PAGE, WatchTable, table_for, table_rows, tables_for
from opensps.rules.limit_tables import LIMIT_TABLES
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.templatetags.parts import is_chinese
from opensps.web.html.views.alerts import rule_words
from opensps.web.html.views.lists import address, offset_of

_LONGEST = 100


def _words(name: str) -> str:
    table = LIMIT_TABLES[name]
    return table.chinese if is_chinese() else table.english


def _column(name: str) -> str:
    """Return what a column is called."""
    return {
        "origin": _("Country of origin"),
        "product": _("HS code"),
        "month": _("Month"),
        "kilograms": _("Kilograms"),
        "countries": _("Countries"),
        "harvest": _("Months of harvest"),
        "storage_months": _("Months it keeps"),
        "establishment": _("Establishment"),
        "from": _("From"),
        "to": _("To"),
        "mode": _("Mode of transport"),
        "least_days": _("Fewest days"),
        "ports": _("Ports in order"),
        "lot": _("Lot"),
        "method": _("Method"),
        "least_hours": _("Fewest hours"),
        "laboratory": _("Laboratory"),
        "sample": _("Sample"),
        "received_at": _("Received"),
        "signed_at": _("Time of signature"),
        "value": _("Value"),
        "country": _("Country"),
        "registration": _("Registration number"),
        "listed_from": _("Listed from"),
        "listed_until": _("Listed until"),
    }[name]


@role_required(*sorted(READERS))
@require_safe
def limit_tables(request: SignedInRequest) -> HttpResponse:
    """Every table, with the one in use."""
    held = {each.name: each for each in tables_for(authority=request.actor.authority, actor=request.actor)}
    rows = [
        {
            "words": _words(name),
            "table": held.get(name),
            "url": reverse("alert-limit", args=[name]) if name in held else "",
            "rules": [(code, rule_words(code)) for code in table.rules],
        }
        for name, table in LIMIT_TABLES.items()
    ]
    return render(request, "cases/limit_tables.html", {"rows": rows})


@role_required(*sorted(READERS))
@require_safe
def limit_table(request: SignedInRequest, name: str) -> HttpResponse:
    """The rows of one table in use, by the beginning of their key."""
    found = table_for(authority=request.actor.authority, actor=request.actor, name=name)
    if found is None or name not in LIMIT_TABLES:
        raise Http404
    return render(request, "cases/limit_table.html", _context(request, found))


def _context(request: SignedInRequest, found: WatchTable) -> dict[str, Any]:
    offset, text = offset_of(request), request.GET.get("q", "").strip()[:_LONGEST]
    rows = table_rows(found, text=text, offset=offset)
    columns = tuple(LIMIT_TABLES[found.name].columns)
    return {
        "table": found,
        "words": _words(found.name),
        "rules": [(code, rule_words(code)) for code in LIMIT_TABLES[found.name].rules],
        "columns": [_column(each) for each in columns],
        "rows": [[_cell(row.get(each, "")) for each in columns] for row in rows[:PAGE]],
        "text": text,
        "previous_url": address(q=text, **{"from": max(0, offset - PAGE)}) if offset else "",
        "next_url": address(q=text, **{"from": offset + PAGE}) if len(rows) > PAGE else "",
    }


def _cell(value: object) -> str:
    return " ".join(str(each) for each in value) if isinstance(value, list) else str(value)
