"""Telling endpoints what waits for them: leased, sent, written down, tried again by the schedule (`exchange.md` 5.3).

One slow or dead endpoint holds back nobody else: a few messages of each are taken at a time, and told side by side.
"""

import secrets
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Min, Q, QuerySet

from opensps.exchange.errors import SecretsLocked
from opensps.exchange.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from opensps.exchange.queries.webhooks import last_attempt_number
from opensps.exchange.redaction import cut
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.webhook_endpoints import place_of_endpoint
from opensps.exchange.transports.webhook import Ending, Telling, Told, WebhookTransport
from opensps.exchange.webhook_notices import DISABLED_AFTER, next_telling
from opensps.exchange.webhook_signing import WebhookKey, signed_headers

log = structlog.get_logger("opensps.webhooks")

LEASE = timedelta(minutes=2)
AT_ONCE = 8
OF_ONE = 2
"""Messages of one endpoint taken at a time."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class WebhookDeliverer:
    """Tells endpoints of one authority."""

    authority: str
    transport: WebhookTransport
    clock: Clock
    box: SecretBox | None = None

    def step(self) -> int:
        """Tell what is due, once; return how many messages were tried. Threads only send, they touch no table."""
        taken = messages_take(authority=self.authority, at=self.clock())
        if not taken:
            return 0
        with ThreadPoolExecutor(min(AT_ONCE, len(taken))) as pool:
            work = {}
            for message in taken:
                began = self.clock()
                work[pool.submit(self._sent, began, self._made(message, began))] = message, began
            for done in as_completed(work):
                message, began = work[done]
                message_told(message=message, ending=done.result(), began_at=began, at=self.clock())
        return len(taken)

    def _made(self, message: WebhookMessage, at: datetime) -> Telling | Ending:
        try:
            return self._signed(message, at)
        except SecretsLocked as exc:
            return Ending(Told.FAILED, "locked", exc.reason)

    def _sent(self, at: datetime, made: Telling | Ending) -> Ending:
        return made if isinstance(made, Ending) else self.transport.tell(made, at=at)

    def _signed(self, message: WebhookMessage, at: datetime) -> Telling:
        body = bytes(message.body)
        keys = keys_of(message.endpoint, box=self.box, at=at)
        headers = signed_headers(message_id=message.message_id, at=at, body=body, keys=keys)
        return Telling(message.endpoint.url, body, headers)


def keys_of(endpoint: WebhookEndpoint, *, box: SecretBox | None, at: datetime) -> tuple[WebhookKey, ...]:
    """Return the keys that sign for an endpoint, the newest first. Raises `SecretsLocked`."""
    if box is None:
        raise SecretsLocked("no_key")
    sealed = [endpoint.secret]
    if endpoint.earlier_until is not None and endpoint.earlier_until > at:
        sealed.append(endpoint.earlier_secret)
    place = place_of_endpoint(endpoint)
    return tuple(WebhookKey.read(box.open(bytes(each), place=place).decode()) for each in sealed if each)


@transaction.atomic
def messages_take(*, authority: str, at: datetime, limit: int = 50) -> tuple[WebhookMessage, ...]:
    """Take messages that are due, a few of each endpoint, the oldest first; a lease that ran out frees them again."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    rows = WebhookMessage.objects.filter(
        free, authority=authority, state="pending", due_at__lte=at, endpoint__is_active=True,
        endpoint__deleted_at__isnull=True,
    )  # fmt: skip
    chosen = _few_of_each(rows, limit)
    lease = uuid.uuid4()
    for row in chosen:
        row.lease, row.lease_until = lease, at + LEASE
    WebhookMessage.objects.bulk_update(chosen, ["lease", "lease_until"])
    return tuple(chosen)


def _few_of_each(rows: QuerySet[WebhookMessage], limit: int) -> list[WebhookMessage]:
    """Choose endpoints first, then messages of each: however many are due for one, the others have their turn."""
    waiting = rows.values("endpoint_id").annotate(first=Min("due_at")).order_by("first", "endpoint_id")
    locked = rows.select_for_update(of=("self",), skip_locked=True).select_related("endpoint").order_by("due_at", "pk")
    chosen: list[WebhookMessage] = []
    for endpoint in waiting.values_list("endpoint_id", flat=True)[:limit]:
        chosen += locked.filter(endpoint_id=endpoint)[: min(OF_ONE, limit - len(chosen))]
    return chosen


@transaction.atomic
def message_told(*, message: WebhookMessage, ending: Ending, began_at: datetime, at: datetime) -> None:
    """Write down how an attempt ended and what follows from it."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=message.endpoint_id)
    row = WebhookMessage.objects.select_for_update().get(pk=message.pk)
    WebhookAttempt.objects.create(
        authority=row.authority,
        message=row,
        ordinal=last_attempt_number(row) + 1,
        started_at=began_at,
        ended_at=at,
        result=str(ending.told),
        code=ending.code[:20],
        text=cut(ending.text),
    )
    if row.lease != message.lease:  # another worker has it by now; what is true of the attempt is written
        return
    row.lease = row.lease_until = None
    row.tries += 1
    if ending.told is Told.DELIVERED:
        row.state, row.delivered_at, row.due_at = "delivered", at, None
        endpoint.failing_since = None
    else:
        _failed(row, endpoint, ending, at)
    row.save(update_fields=["lease", "lease_until", "tries", "state", "delivered_at", "due_at"])
    endpoint.save(update_fields=["failing_since", "is_active", "disabled_reason", "disabled_at"])


def _failed(row: WebhookMessage, endpoint: WebhookEndpoint, ending: Ending, at: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or at
    spread = secrets.SystemRandom().uniform(-1, 1)
    due = next_telling(tries=row.tries, at=at, spread=spread, retry_after=ending.retry_after)
    row.state, row.due_at = ("failed", None) if due is None or ending.told is Told.GONE else ("pending", due)
    is_dead = at - endpoint.failing_since >= DISABLED_AFTER
    if endpoint.is_active and (is_dead or ending.told is Told.GONE):
        endpoint.is_active, endpoint.disabled_at = False, at
        endpoint.disabled_reason = "gone" if ending.told is Told.GONE else "failing"
        log.error("webhook_disabled", endpoint=str(endpoint.pk), reason=endpoint.disabled_reason)
