"""The code lists this installation holds, as pages: all of them with their editions, and one that can be searched.

Source: `ux.md` 6.8. The same lists stand at `/api/v1/code-lists` for programs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from opensps import codes
from opensps.web.html.access import public
from opensps.web.html.forms.fields import language

MOST: Final = 100
"""Codes on a page; whoever wants all takes the interface for programs."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list in its present edition."""

    name: str
    version: str
    origin: str
    size: int


@public
@require_safe
def code_lists(request: HttpRequest) -> HttpResponse:
    """Name every list with its edition and origin."""
    held = (codes.get(name) for name in sorted(codes.LIST_IDS))
    rows = [ListRow(each.id, each.version, each.origin, len(each.entries)) for each in held]
    return render(request, "developers/codes.html", {"rows": rows})


@public
@require_safe
def code_list(request: HttpRequest, name: str) -> HttpResponse:
    """Show one list, at most a hundred codes that fit what is looked for."""
    if name not in codes.LIST_IDS:
        raise Http404
    held, asked = codes.get(name), request.GET.get("q", "").strip()[:60]
    found = list(_found(held, asked))
    context = {"held": held, "q": asked, "rows": found[:MOST], "has_more": len(found) > MOST, "most": MOST}
    return render(request, "developers/code_list.html", context)


def _found(held: codes.CodeList, asked: str) -> Iterator[tuple[str, str, bool]]:
    """Yield code, name and whether it is withdrawn, up to one more than a page."""
    wanted, count = asked.casefold(), 0
    for code, entry in sorted(held.entries.items()):
        words = entry.names.get(language()) or entry.names.get("en") or ""
        if wanted in code.casefold() or wanted in words.casefold():
            yield code, words, entry.withdrawn
            count += 1
        if count > MOST:
            return
