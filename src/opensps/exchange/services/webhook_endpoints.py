"""A partner's webhook endpoints: set up, changed, tried, told again. Source: `exchange.md` 5.3.

Secrets are made here, shown once and kept encrypted. A change of the key leaves the earlier one signing beside it for a
day, so that the receiver can follow.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from opensps.exchange.errors import EndpointNotFound, RecordRefused
from opensps.exchange.models import Partner, WebhookEndpoint, WebhookMessage
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.webhook_telling import test_message
from opensps.exchange.transports.http_address import read_url
from opensps.exchange.transports.http_result import Forbidden
from opensps.exchange.webhook_notices import SUBSCRIBABLE
from opensps.exchange.webhook_signing import SEED_BYTES, SYMMETRIC, WebhookKey

MOST_ENDPOINTS = 20
MOST_REPLAYED = 1_000
ROLLING = timedelta(days=1)
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """What a partner asks for."""

    url: str
    description: str = ""
    events: tuple[str, ...] = ()
    """Types told; empty: all."""

    signature: str = "v1a"
    as_cloudevent: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class KeyedEndpoint:
    """An endpoint and its new secret, which is told this once."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)
    """``whsec_...`` for a shared secret; empty for Ed25519, whose private key stays here."""


class EndpointChanged(Exception):
    """Somebody changed the endpoint meanwhile; nothing was written."""


def endpoint_create(
    *, partner: Partner, asked: EndpointSettings, created_by: str, box: SecretBox | None, at: datetime
) -> KeyedEndpoint:
    """Set up an endpoint. Raises `RecordRefused` (url, event, too_many, no_key)."""
    _judge(asked)
    key = WebhookKey(asked.signature, secrets.token_bytes(SEED_BYTES))
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)  # counts with the row it adds to
        held = WebhookEndpoint.objects.filter(authority=partner.authority, partner=partner, deleted_at__isnull=True)
        if held.count() >= MOST_ENDPOINTS:
            raise RecordRefused("too_many")
        endpoint = WebhookEndpoint(
            id=uuid.uuid4(), authority=partner.authority, partner=partner, created_by=created_by, created_at=at
        )
        _set(endpoint, asked, at)
        endpoint.signature, endpoint.public_key = key.scheme, key.public
        endpoint.secret = _sealed(endpoint, key, box)
        endpoint.save(force_insert=True)
    return KeyedEndpoint(endpoint, _shown(key))


def endpoint_change(
    *, partner: Partner, endpoint_id: uuid.UUID, version: int, asked: EndpointSettings, at: datetime
) -> WebhookEndpoint:
    """Change an endpoint that still has this version; switching it on forgets earlier failures.

    Raises `EndpointNotFound`, `EndpointChanged`, `RecordRefused`.
    """
    _judge(asked)
    with transaction.atomic():
        endpoint = _locked(partner, endpoint_id, version)
        _set(endpoint, asked, at)
        endpoint.version += 1
        endpoint.save()
    return endpoint


def endpoint_rekey(
    *, partner: Partner, endpoint_id: uuid.UUID, version: int, box: SecretBox | None, at: datetime
) -> KeyedEndpoint:
    """Give an endpoint a new key; the earlier one signs beside it for a day. Raises as `endpoint_change`."""
    with transaction.atomic():
        endpoint = _locked(partner, endpoint_id, version)
        key = WebhookKey(endpoint.signature, secrets.token_bytes(SEED_BYTES))
        endpoint.earlier_secret, endpoint.earlier_until = endpoint.secret, at + ROLLING
        endpoint.public_key = key.public
        endpoint.secret = _sealed(endpoint, key, box)
        endpoint.version += 1
        endpoint.changed_at = at
        endpoint.save()
    return KeyedEndpoint(endpoint, _shown(key))


def endpoint_delete(*, partner: Partner, endpoint_id: uuid.UUID, version: int, at: datetime) -> None:
    """Take an endpoint out for good; what waits for it is never told, what was tried stays on record."""
    with transaction.atomic():
        endpoint = _locked(partner, endpoint_id, version)
        endpoint.deleted_at = endpoint.changed_at = at
        endpoint.secret = endpoint.earlier_secret = None
        endpoint.version += 1
        endpoint.save()
        WebhookMessage.objects.filter(authority=partner.authority, endpoint=endpoint, state="pending").update(
            state="failed", due_at=None
        )


def endpoint_test(*, endpoint: WebhookEndpoint, at: datetime) -> str:
    """Send an endpoint a message that says nothing; return its id."""
    return test_message(endpoint, at=at)


def messages_replay(
    *,
    endpoint: WebhookEndpoint,
    at: datetime,
    message_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Tell one message, or those of a time, once more under the same ids; return how many, at most a thousand."""
    rows = WebhookMessage.objects.filter(authority=endpoint.authority, endpoint=endpoint)
    if message_id:
        rows = rows.filter(message_id=message_id)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if until is not None:
        rows = rows.filter(occurred_at__lte=until)
    chosen = list(rows.order_by("occurred_at", "pk").values_list("pk", flat=True)[:MOST_REPLAYED])
    again = {"state": "pending", "due_at": at, "tries": 0, "delivered_at": None, "lease": None, "lease_until": None}
    return WebhookMessage.objects.filter(pk__in=chosen).update(**again)


def place_of_endpoint(endpoint: WebhookEndpoint) -> str:
    """Return the place a secret of an endpoint is encrypted for: it opens in no other row."""
    return f"{endpoint.authority} webhook {endpoint.pk}"


def _judge(asked: EndpointSettings) -> None:
    found = read_url(asked.url)
    if isinstance(found, Forbidden):
        raise RecordRefused("url", found.text)
    unknown = set(asked.events) - set(SUBSCRIBABLE)
    if unknown:
        raise RecordRefused("event", min(unknown))


def _set(endpoint: WebhookEndpoint, asked: EndpointSettings, at: datetime) -> None:
    endpoint.url, endpoint.description, endpoint.events = asked.url, asked.description, list(asked.events)
    endpoint.as_cloudevent, endpoint.changed_at = asked.as_cloudevent, at
    if asked.is_active and not endpoint.is_active:
        endpoint.failing_since = endpoint.disabled_at = None
        endpoint.disabled_reason = ""
    if not asked.is_active and endpoint.is_active:
        endpoint.disabled_reason, endpoint.disabled_at = "by_partner", at
    endpoint.is_active = asked.is_active


def _locked(partner: Partner, endpoint_id: uuid.UUID, version: int) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update().filter(
        authority=partner.authority, partner=partner, deleted_at__isnull=True
    )
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound(str(endpoint_id))
    if endpoint.version != version:
        raise EndpointChanged(str(endpoint_id))
    return endpoint


def _sealed(endpoint: WebhookEndpoint, key: WebhookKey, box: SecretBox | None) -> bytes:
    if box is None:
        raise RecordRefused("no_key")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return box.seal(key.text.encode(), place=place_of_endpoint(endpoint), nonce=nonce)


def _shown(key: WebhookKey) -> str:
    return key.text if key.scheme == SYMMETRIC else ""
