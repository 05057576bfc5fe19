"""How an operation of the API is declared: scope, limits, whether it creates; the description follows from it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import Router

from opensps.web.rest.calling import SMALL, Count, OAuth2
from opensps.web.rest.repeating import once

View = Callable[..., HttpResponse]


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    scope: str,
    response: Any,
    summary: str,
    count: Count = Count.READS,
    creates: bool = False,
    changes: bool = False,
    document: str = "",
    largest: int = SMALL,
    errors: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Declare an operation.

    ``creates``: needs an Idempotency-Key. ``changes``: needs If-Match. ``document``: media type of bytes it answers.
    ``errors``: statuses of problems beyond those of every operation.
    """
    extra = {"x-scope": scope, "x-creates": creates, "x-changes": changes, "x-document": document, "x-errors": errors}

    def declare(view: View) -> View:
        worked = once(view) if creates else view
        router.api_operation(
            [method],
            path,
            auth=OAuth2(scope, count, largest=largest),
            response=response,
            operation_id=view.__name__,
            summary=summary,
            description=(view.__doc__ or "").strip() or None,
            openapi_extra=extra,
            by_alias=True,
        )(worked)
        return worked

    return declare
