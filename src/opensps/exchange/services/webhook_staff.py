"""Staff look after a partner's webhook endpoints: set up for them, tried, told again, switched off and on.

Source: `exchange.md` 5.3, `ux.md` 6.8. Partners do the same over REST with a scope; here a role is asked, and each act
is an event of the partner.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.models import Partner, WebhookEndpoint
from opensps.exchange.names import WEBHOOK_ADDED, WEBHOOK_REPLAYED, WEBHOOK_SWITCHED, WEBHOOK_TRIED
from opensps.exchange.queries.webhooks import endpoint_for_caller
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.records import changing, partner_event
from opensps.exchange.services.webhook_endpoints import (
    EndpointSettings,
    KeyedEndpoint,
    endpoint_change,
    endpoint_create,
    endpoint_test,
    messages_replay,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByStaff:
    """Who acts, for which partner, when."""

    authority: str
    partner: str
    actor: Actor
    at: datetime

    def row(self) -> Partner:
        """Return the locked partner. Raises `NotAllowed`, `PartnerNotFound`."""
        return changing(authority=self.authority, code=self.partner, actor=self.actor)

    def told(self, row: Partner, act: str, endpoint: WebhookEndpoint, **more: str | int) -> None:
        """Write the event; addresses of endpoints are no secrets, keys of theirs are never in it."""
        partner_event(row, act, actor=self.actor, at=self.at, payload={"endpoint": str(endpoint.pk), **more})


@transaction.atomic
def webhook_add(by: ByStaff, *, asked: EndpointSettings, box: SecretBox | None) -> KeyedEndpoint:
    """Set up an endpoint for a partner. Raises as `endpoint_create`, `NotAllowed`."""
    row = by.row()
    made = endpoint_create(partner=row, asked=asked, created_by=by.actor.id[:60], box=box, at=by.at)
    by.told(row, WEBHOOK_ADDED, made.endpoint, url=asked.url)
    return made


@transaction.atomic
def webhook_try(by: ByStaff, *, endpoint_id: uuid.UUID) -> str:
    """Send an endpoint a message that says nothing; return its id. Raises `EndpointNotFound`, `NotAllowed`."""
    row = by.row()
    endpoint = endpoint_for_caller(partner=row, endpoint_id=endpoint_id)
    message_id = endpoint_test(endpoint=endpoint, at=by.at)
    by.told(row, WEBHOOK_TRIED, endpoint, message=message_id)
    return message_id


@transaction.atomic
def webhook_replay(by: ByStaff, *, endpoint_id: uuid.UUID, since: datetime, until: datetime) -> int:
    """Tell an endpoint once more what happened in a time; return how many messages."""
    row = by.row()
    endpoint = endpoint_for_caller(partner=row, endpoint_id=endpoint_id)
    count = messages_replay(endpoint=endpoint, since=since, until=until, at=by.at)
    by.told(row, WEBHOOK_REPLAYED, endpoint, messages=count)
    return count


@transaction.atomic
def webhook_switch(by: ByStaff, *, endpoint_id: uuid.UUID, is_active: bool) -> WebhookEndpoint:
    """Switch an endpoint off or on; on forgets earlier failures."""
    row = by.row()
    held = endpoint_for_caller(partner=row, endpoint_id=endpoint_id)
    asked = EndpointSettings(
        url=held.url,
        description=held.description,
        events=tuple(held.events),
        signature=held.signature,
        as_cloudevent=held.as_cloudevent,
        is_active=is_active,
    )
    changed = endpoint_change(partner=row, endpoint_id=held.pk, version=held.version, asked=asked, at=by.at)
    by.told(row, WEBHOOK_SWITCHED, changed, active=int(is_active))
    return changed
