"""Webhook endpoints of the caller's partner: set up, changed, tried, told again. Source: `exchange.md` 5.2, 5.3."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from opensps.exchange.errors import EndpointNotFound, RecordRefused
from opensps.exchange.queries.webhooks import (
    WebhookEndpoint,
    attempts_of,
    endpoint_for_caller,
    endpoints_of,
    message_exists,
)
from opensps.exchange.services.webhook_endpoints import (
    EndpointChanged,
    endpoint_change,
    endpoint_create,
    endpoint_delete,
    endpoint_rekey,
    endpoint_test,
    messages_replay,
)
from opensps.web.html.protection import secret_box
from opensps.web.rest.answering import answered, must_match, tagged
from opensps.web.rest.calling import ApiRequest, Count
from opensps.web.rest.forms.webhooks import (
    AttemptForm,
    ChangedEndpoint,
    EndpointForm,
    Endpoints,
    NewEndpoint,
    Replay,
    Replayed,
    Tried,
)
from opensps.web.rest.operations import operation
from opensps.web.rest.paging import MOST, USUAL, Page, cut, link_next, position
from opensps.web.rest.problems import Fault, Problem

router = Router(tags=["Webhooks"])
SCOPE = "webhooks:manage"
_ONE = "webhook-endpoints/{endpoint_id}"


class Pages(Schema):
    """Where in a list."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=512)] = ""


def _refusal(exc: RecordRefused) -> Problem:
    if exc.reason == "no_key":
        return Problem("NOT_OFFERED", "this installation has no key that protects secrets")
    if exc.reason == "too_many":
        return Problem("STATE_CONFLICT", "you have as many endpoints as one partner may have")
    return Problem("SCHEMA_INVALID", faults=(Fault(exc.reason.upper(), exc.detail, pointer=f"/{exc.reason}"),))


def _theirs(request: ApiRequest, endpoint_id: UUID) -> WebhookEndpoint:
    try:
        return endpoint_for_caller(partner=request.auth.caller.partner, endpoint_id=endpoint_id)
    except EndpointNotFound as exc:
        raise Problem("NOT_FOUND") from exc


def _tag(row: WebhookEndpoint) -> str:
    """Return the ETag: a new one for every change somebody made or a failure brought about."""
    return f'"{row.version}-{int(row.changed_at.timestamp())}-{int(row.is_active)}"'


@operation(router, "GET", "webhook-endpoints", scope=SCOPE, response=Endpoints, summary="List webhook endpoints")
def list_webhook_endpoints(request: ApiRequest) -> HttpResponse:
    """All of your partner's, oldest first."""
    rows = endpoints_of(request.auth.caller.partner)
    return tagged(request, answered(Endpoints(data=[EndpointForm.of(row) for row in rows])))


@operation(
    router, "POST", "webhook-endpoints", scope=SCOPE, response={201: EndpointForm}, summary="Set up an endpoint",
    count=Count.WRITES, creates=True, errors=(501,),
)  # fmt: skip
def create_webhook_endpoint(request: ApiRequest, endpoint: NewEndpoint) -> HttpResponse:
    """Its secret, if it has one, is told in this answer only; a repeat leaves it out."""
    caller = request.auth.caller
    try:
        made = endpoint_create(
            partner=caller.partner,
            asked=endpoint.settings(),
            created_by=caller.client_id,
            box=secret_box(),
            at=request.auth.at,
        )
    except RecordRefused as exc:
        raise _refusal(exc) from exc
    form = EndpointForm.of(made.endpoint, secret=made.secret)
    here = f"/api/v1/webhook-endpoints/{made.endpoint.pk}"
    return answered(form, status=201, headers={"Location": here, "ETag": _tag(made.endpoint)})


@operation(router, "GET", _ONE, scope=SCOPE, response=EndpointForm, summary="Read an endpoint")
def read_webhook_endpoint(request: ApiRequest, endpoint_id: UUID) -> HttpResponse:
    """With the state it is in."""
    row = _theirs(request, endpoint_id)
    return tagged(request, answered(EndpointForm.of(row)), etag=_tag(row))


@operation(
    router, "PATCH", _ONE, scope=SCOPE, response=EndpointForm, summary="Change an endpoint", count=Count.WRITES,
    changes=True, errors=(501,),
)  # fmt: skip
def change_webhook_endpoint(request: ApiRequest, endpoint_id: UUID, change: ChangedEndpoint) -> HttpResponse:
    """Only what is named; switching it on again forgets earlier failures."""
    row = _theirs(request, endpoint_id)
    must_match(request, _tag(row))
    named: dict[str, Any] = {"partner": row.partner, "endpoint_id": row.pk, "version": row.version}
    secret = ""
    try:
        if change.new_key:
            keyed = endpoint_rekey(**named, box=secret_box(), at=request.auth.at)
            changed, secret = keyed.endpoint, keyed.secret
        else:
            changed = endpoint_change(**named, asked=change.settings(row), at=request.auth.at)
    except RecordRefused as exc:
        raise _refusal(exc) from exc
    except EndpointChanged as exc:
        raise Problem("PRECONDITION_FAILED") from exc
    return answered(EndpointForm.of(changed, secret=secret), headers={"ETag": _tag(changed)})


@operation(
    router, "DELETE", _ONE, scope=SCOPE, response={204: None}, summary="Take an endpoint out", count=Count.WRITES,
    changes=True,
)  # fmt: skip
def delete_webhook_endpoint(request: ApiRequest, endpoint_id: UUID) -> HttpResponse:
    """What waits for it is not told any more."""
    row = _theirs(request, endpoint_id)
    must_match(request, _tag(row))
    try:
        endpoint_delete(partner=row.partner, endpoint_id=row.pk, version=row.version, at=request.auth.at)
    except EndpointChanged as exc:
        raise Problem("PRECONDITION_FAILED") from exc
    return HttpResponse(status=204)


@operation(
    router, "POST", f"{_ONE}/test", scope=SCOPE, response={202: Tried}, summary="Try an endpoint",
    count=Count.WRITES, creates=True,
)  # fmt: skip
def test_webhook_endpoint(request: ApiRequest, endpoint_id: UUID) -> HttpResponse:
    """Sends ``webhook.test``; look at the attempts for what became of it."""
    row = _theirs(request, endpoint_id)
    if not row.is_active:
        raise Problem("STATE_CONFLICT", "the endpoint is switched off")
    return answered(Tried(message_id=endpoint_test(endpoint=row, at=request.auth.at)), status=202)


@operation(
    router, "POST", f"{_ONE}/replay", scope=SCOPE, response={202: Replayed}, summary="Tell messages once more",
    count=Count.WRITES, creates=True,
)  # fmt: skip
def replay_webhook_messages(request: ApiRequest, endpoint_id: UUID, replay: Replay) -> HttpResponse:
    """One, or those of a time, at most a thousand; under the ids they had."""
    row = _theirs(request, endpoint_id)
    if replay.message_id is None and replay.since is None:
        raise Problem("SCHEMA_INVALID", faults=(Fault("ONE_OF_REQUIRED", "message_id or since", pointer="/"),))
    if replay.message_id is not None and not message_exists(row, message_id=replay.message_id):
        raise Problem("NOT_FOUND")
    count = messages_replay(
        endpoint=row,
        at=request.auth.at,
        message_id=replay.message_id or "",
        since=replay.since,
        until=replay.until,
    )
    return answered(Replayed(messages=count), status=202)


@operation(router, "GET", f"{_ONE}/attempts", scope=SCOPE, response=Page[AttemptForm], summary="List attempts to tell")
def list_webhook_attempts(request: ApiRequest, endpoint_id: UUID, asked: Query[Pages]) -> HttpResponse:
    """Oldest first."""
    row = _theirs(request, endpoint_id)
    caller = request.auth.caller.client_id
    start = position(cursor=asked.cursor, caller=caller, question={"attempts": str(row.pk)})
    shown, has_more = cut(attempts_of(row, after=start.after, limit=asked.limit), limit=asked.limit)
    cursor = start.at(shown[-1].pk if shown else start.after).cursor()
    page = Page[AttemptForm](data=[AttemptForm.of(each) for each in shown], next_cursor=cursor, has_more=has_more)
    return answered(page, headers=link_next(request, cursor) if has_more else {})
