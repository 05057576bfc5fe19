"""The published code lists as this installation holds them, dated. Source: `exchange.md` 5.2."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps import codes
from opensps.web.rest.answering import answered, tagged
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.forms.times import GivenDay
from opensps.web.rest.operations import operation
from opensps.web.rest.problems import Problem

router = Router(tags=["Code lists"])


class ListForm(Schema):
    """One list in one edition."""

    name: str
    version: str
    origin: str
    valid_from: date
    size: int


class Lists(Schema):
    """All lists held."""

    data: list[ListForm]


class EntryForm(Schema):
    """One code."""

    code: str
    name: str | None = None
    group: str | None = None
    since: date | None = None
    withdrawn: bool
    withdrawn_on: date | None = None


class ListWithEntries(ListForm):
    """A list with its codes."""

    data: list[EntryForm]


class Filter(Schema):
    """What is asked of a list."""

    on: GivenDay | None = None
    """Only codes a document of that day may name."""

    lang: Literal["en", "zh"] = "en"
    starts_with: Annotated[str, Field(max_length=20)] = ""


@operation(router, "GET", "code-lists", scope="", response=Lists, summary="List code lists")
def list_code_lists(request: ApiRequest) -> HttpResponse:
    """Names, editions and origins."""
    rows = [_head(codes.get(name)) for name in sorted(codes.LIST_IDS)]
    return tagged(request, answered(Lists(data=rows)))


@operation(router, "GET", "code-lists/{name}", scope="", response=ListWithEntries, summary="Read a code list")
def read_code_list(request: ApiRequest, name: str, asked: Query[Filter]) -> HttpResponse:
    """The codes of one list."""
    try:
        held = codes.get(name)
    except codes.UnknownList as exc:
        raise Problem("NOT_FOUND") from exc
    rows = [
        _entry(entry, asked.lang)
        for code, entry in sorted(held.entries.items())
        if code.startswith(asked.starts_with) and (asked.on is None or held.was_in_use(code, asked.on))
    ]
    return tagged(request, answered(ListWithEntries(**_head(held).model_dump(), data=rows)))


def _head(held: codes.CodeList) -> ListForm:
    return ListForm(
        name=held.id, version=held.version, origin=held.origin, valid_from=held.valid_from, size=len(held.entries)
    )


def _entry(entry: codes.CodeEntry, language: str) -> EntryForm:
    return EntryForm(
        code=entry.code,
        name=entry.names.get(language) or entry.names.get("en"),
        group=entry.group or None,
        since=entry.since,
        withdrawn=entry.withdrawn,
        withdrawn_on=entry.withdrawn_on,
    )
