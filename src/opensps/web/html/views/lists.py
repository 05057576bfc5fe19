"""Lists: rows, chips, count line and paging, the same on every list page (`ux.md` 2.3: table, filters, paging)."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opensps.certification.queries import (
    PAGE,
    application_counts_for_actor,
    applications_count_for_actor,
    applications_for_actor,
)
from opensps.lifecycle import ApplicationState
from opensps.web.html.access import SignedInRequest
from opensps.web.html.records import due_day
from opensps.web.html.templatetags.parts import status_word


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter: its words, its address, and whether it is on."""

    words: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application in a list."""

    reference: str
    goods: str
    consignor_name: str
    import_country: str
    state: str
    due_on: Any
    number: str


RECENT: Final = 5

OPEN_STATES: Final = (
    ApplicationState.RETURNED,
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.IN_EXAMINATION,
    ApplicationState.IN_INSPECTION,
    ApplicationState.READY,
)


def application_row(row: Any) -> ApplicationRow:
    """Return an application as a list shows it."""
    return ApplicationRow(
        row.reference, row.goods, row.consignor_name, row.import_country, row.state, due_day(row.due_at), row.number
    )


def offset_of(request: SignedInRequest) -> int:
    """Return where the page begins; nonsense is the beginning."""
    typed = request.GET.get("from", "")
    return min(int(typed), 1_000_000) if typed.isascii() and typed.isdecimal() and len(typed) < len("10000000") else 0


def address(**parts: str | int) -> str:
    """Return a query string of the parts that say something."""
    said = {name: part for name, part in parts.items() if part not in {"", 0}}
    return f"?{urlencode(said)}"


def paging(offset: int, count: int, **parts: str) -> dict[str, str]:
    """Return the addresses of the pages before and after."""
    return {
        "previous_url": address(**parts, **{"from": offset - PAGE}) if offset >= PAGE else "",
        "next_url": address(**parts, **{"from": offset + PAGE}) if offset + PAGE < count else "",
    }


def count_words(count: int, hidden: int) -> str:
    """Return the count line of a worklist: how many, in which order, how many the filters hide."""
    line = ngettext(
        "%(count)d application, oldest deadline first.", "%(count)d applications, oldest deadline first.", count
    ) % {"count": count}
    if hidden <= 0:
        return line
    return f"{line} " + ngettext("Filters hide %(count)d.", "Filters hide %(count)d.", hidden) % {"count": hidden}


def chosen_states(request: SignedInRequest, offered: tuple[ApplicationState, ...]) -> tuple[ApplicationState, ...]:
    """Return the one state the address asks for, or all on offer."""
    asked = request.GET.get("state", "")
    return tuple(state for state in offered if state == asked) or offered


def worklist(request: SignedInRequest, offered: tuple[ApplicationState, ...]) -> dict[str, Any]:
    """Return rows, chips, count line and paging of the applications in these states.

    Three queries, whatever the length of the list.
    """
    text, states, offset = request.GET.get("q", "").strip(), chosen_states(request, offered), offset_of(request)
    who: dict[str, Any] = {"authority": request.actor.authority, "actor": request.actor}
    rows = applications_for_actor(**who, states=states, text=text, offset=offset)
    counts = application_counts_for_actor(**who)
    total = sum(counts[state] for state in offered)
    count = applications_count_for_actor(**who, states=states, text=text) if text else sum(counts[s] for s in states)
    state = states[0] if states != offered else ""
    chips = [Chip(_("All (%(count)d)") % {"count": total}, address(q=text), not state)]
    chips += [
        Chip(f"{status_word('application', each)} ({counts[each]})", address(q=text, state=each), each == state)
        for each in offered
        if counts[each] or each == state
    ]
    return {
        "rows": [application_row(row) for row in rows],
        "chips": chips,
        "q": text,
        "view": "",
        "count_line": count_words(count, total - count),
        "is_filtered": bool(text or state),
        "here": request.path,
        **paging(offset, count, q=text, state=state),
    }


def exporter_rows(request: SignedInRequest) -> dict[str, Any]:
    """Return the exporter's own list."""
    ended = tuple(state for state in ApplicationState if state not in {*OPEN_STATES, ApplicationState.DELETED})
    context = worklist(request, (*OPEN_STATES, *ended))
    text = _("No application fits the filter.") if context["is_filtered"] else _("You have no applications yet.")
    return {**context, "empty_text": text}


def recent_applications(request: SignedInRequest) -> list[dict[str, Any]]:
    """Return the last five applications that were issued or handed in, to make another like one of them."""
    states = (ApplicationState.ISSUED, ApplicationState.READY, ApplicationState.SUBMITTED)
    rows = applications_for_actor(authority=request.actor.authority, actor=request.actor, states=states, limit=RECENT)
    return [{"reference": row.reference, "goods": row.goods, "import_country": row.import_country} for row in rows]
