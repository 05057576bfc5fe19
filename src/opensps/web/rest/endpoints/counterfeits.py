"""The list of confirmed counterfeits for partners' programs: what was listed, and what was taken back.

Source: `fraud.md` 7. No people and no firms are named. A line never changes; a paper that is no longer held for false
gets another line.
"""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps.border.queries.cases import ForgeryNotice, notices_after
from opensps.web.rest.answering import answered
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.forms.times import Time
from opensps.web.rest.operations import operation
from opensps.web.rest.paging import MOST, USUAL, Page, cut, link_next, position

router = Router(tags=["Counterfeits"])
READ = "inquiries:read"


class Lines(Schema):
    """Where in the list."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=512)] = ""


class CounterfeitForm(Schema):
    """One line of the list."""

    notice_number: str
    """The same when the paper is listed and when it is taken back."""

    status: str
    """LISTED or WITHDRAWN."""

    at: Time
    number: str
    """As the paper claims; empty where it has none."""

    type_code: str
    claimed_issuer: str
    finding: str
    """ALTERED or COUNTERFEIT; of a line taken back, what was found then."""

    fields_that_differ: list[str]
    features: dict[str, str]


@operation(
    router,
    "GET",
    "counterfeits",
    scope=READ,
    response=Page[CounterfeitForm],
    summary="List counterfeits to watch for",
)
def list_counterfeits(request: ApiRequest, asked: Query[Lines]) -> HttpResponse:
    """Oldest first; ask again with the cursor for what was listed or taken back since."""
    caller = request.auth.caller
    start = position(cursor=asked.cursor, caller=caller.client_id, question={"list": "counterfeits"})
    rows = notices_after(authority=caller.partner.authority, after=start.after, limit=asked.limit)
    shown, has_more = cut(rows, limit=asked.limit)
    cursor = start.at(shown[-1].pk if shown else start.after).cursor()
    page = Page[CounterfeitForm](data=[_form(row) for row in shown], next_cursor=cursor, has_more=has_more)
    return answered(page, headers=link_next(request, cursor) if has_more else {})


def _form(row: ForgeryNotice) -> CounterfeitForm:
    return CounterfeitForm(
        notice_number=row.notice_number,
        status=row.status.upper(),
        at=row.at,
        number=row.number,
        type_code=row.type_code,
        claimed_issuer=row.issuer,
        finding=row.finding.upper(),
        fields_that_differ=list(row.fields),
        features=dict(row.features),
    )
