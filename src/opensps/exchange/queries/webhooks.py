"""Reading webhooks: a partner's endpoints and what was tried with them. Source: `exchange.md` 5.3."""

from uuid import UUID

from django.db.models import Max, Prefetch

from opensps.exchange.errors import EndpointNotFound
from opensps.exchange.models import Partner, WebhookAttempt, WebhookEndpoint, WebhookMessage

__all__ = [
    "WebhookAttempt",
    "WebhookEndpoint",
    "attempts_of",
    "endpoint_for_caller",
    "endpoints_of",
    "message_exists",
    "messages_of",
    "partner_id_by_code",
]


def endpoints_of(partner: Partner) -> tuple[WebhookEndpoint, ...]:
    """Return the endpoints of a partner, oldest first."""
    rows = WebhookEndpoint.objects.filter(authority=partner.authority, partner=partner, deleted_at__isnull=True)
    return tuple(rows.order_by("created_at", "pk"))


def endpoint_for_caller(*, partner: Partner, endpoint_id: UUID) -> WebhookEndpoint:
    """Return one endpoint of a partner. Raises `EndpointNotFound`, also for those of others."""
    rows = WebhookEndpoint.objects.filter(authority=partner.authority, partner=partner, deleted_at__isnull=True)
    found = rows.filter(pk=endpoint_id).first()
    if found is None:
        raise EndpointNotFound(str(endpoint_id))
    return found


def attempts_of(endpoint: WebhookEndpoint, *, after: int, limit: int) -> tuple[WebhookAttempt, ...]:
    """Return up to ``limit`` + 1 attempts after one, oldest first, each with its message."""
    rows = WebhookAttempt.objects.filter(authority=endpoint.authority, message__endpoint=endpoint, pk__gt=after)
    return tuple(rows.select_related("message").order_by("pk")[: limit + 1])


def messages_of(endpoint: WebhookEndpoint, *, limit: int = 50) -> tuple[WebhookMessage, ...]:
    """Return the last messages for an endpoint, newest first, without their bodies, each with its last attempt."""
    rows = WebhookMessage.objects.filter(authority=endpoint.authority, endpoint=endpoint).defer("body")
    attempts = WebhookAttempt.objects.order_by("-ordinal", "-pk")
    return tuple(rows.prefetch_related(Prefetch("attempts", attempts)).order_by("-occurred_at", "-pk")[:limit])


def message_exists(endpoint: WebhookEndpoint, *, message_id: str) -> bool:
    """Whether an endpoint was ever told, or is to be told, this message."""
    rows = WebhookMessage.objects.filter(authority=endpoint.authority, endpoint=endpoint)
    return rows.filter(message_id=message_id).exists()


def last_attempt_number(message: WebhookMessage) -> int:
    """Return the ordinal of the last attempt of a message; 0 before the first."""
    rows = WebhookAttempt.objects.filter(authority=message.authority, message=message)
    return int(rows.aggregate(last=Max("ordinal"))["last"] or 0)


def partner_id_by_code(*, authority: str, code: str) -> int | None:
    """Return the row of a partner."""
    return Partner.objects.filter(authority=authority, code=code).values_list("pk", flat=True).first()
