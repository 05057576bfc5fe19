"""Forms of webhook endpoints. Source: `exchange.md` 5.3."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from opensps.exchange.queries.webhooks import WebhookAttempt, WebhookEndpoint
from opensps.exchange.services.webhook_endpoints import EndpointSettings
from opensps.web.rest.forms.parts import DeliveryNumber, Given, ShortText
from opensps.web.rest.forms.times import GivenTime, Time

EventType = Literal[
    "envelope.waiting", "envelope.delivered", "envelope.failed", "envelope.expired", "certificate.issued",
    "certificate.replaced", "certificate.withdrawn", "certificate.held", "certificate.lifted", "outcome.recorded",
    "inquiry.opened", "inquiry.answered", "inquiry.closed", "partner.mode_changed", "partner.key_expiring",
]  # fmt: skip
Events = Annotated[list[EventType], Field(max_length=20)]
Url = Annotated[str, StringConstraints(min_length=9, max_length=500, pattern=r"^https://[!-~]+$")]
"""Absolute, https."""


class NewEndpoint(Given):
    """An address that wants to be told."""

    url: Url
    description: ShortText | None = None
    events: Events | None = None
    """Types told; absent: all."""

    signature: Literal["v1", "v1a"] = "v1a"
    """``v1a``: Ed25519, checked with ``public_key``. ``v1``: HMAC-SHA-256 with ``secret``, which is told once."""

    as_cloudevent: bool = False

    def settings(self) -> EndpointSettings:
        """Return what is asked for."""
        return EndpointSettings(
            url=self.url,
            description=self.description or "",
            events=tuple(self.events or ()),
            signature=self.signature,
            as_cloudevent=self.as_cloudevent,
        )


class ChangedEndpoint(Given):
    """What is changed of an endpoint; what is absent stays."""

    url: Url | None = None
    description: ShortText | None = None
    events: Events | None = None
    as_cloudevent: bool | None = None
    is_active: bool | None = None
    new_key: Literal[True] | None = None
    """Make a new key; alone. The earlier one signs beside it for a day."""

    def settings(self, row: WebhookEndpoint) -> EndpointSettings:
        """Return the settings of an endpoint with these changes."""
        return EndpointSettings(
            url=self.url or row.url,
            description=row.description if self.description is None else self.description,
            events=tuple(row.events if self.events is None else self.events),
            signature=row.signature,
            as_cloudevent=row.as_cloudevent if self.as_cloudevent is None else self.as_cloudevent,
            is_active=row.is_active if self.is_active is None else self.is_active,
        )


class EndpointForm(Schema):
    """An endpoint."""

    id: str
    url: str
    description: str
    events: list[str]
    signature: str
    public_key: str | None = None
    secret: str | None = None
    """Only in the answer that made it."""

    as_cloudevent: bool
    is_active: bool
    disabled_reason: str | None = None
    disabled_at: Time | None = None
    failing_since: Time | None = None
    created_at: Time
    changed_at: Time

    @classmethod
    def of(cls, row: WebhookEndpoint, *, secret: str = "") -> "EndpointForm":
        """Return the form of an endpoint."""
        return cls(
            id=str(row.pk),
            url=row.url,
            description=row.description,
            events=list(row.events),
            signature=row.signature,
            public_key=row.public_key or None,
            secret=secret or None,
            as_cloudevent=row.as_cloudevent,
            is_active=row.is_active,
            disabled_reason=row.disabled_reason or None,
            disabled_at=row.disabled_at,
            failing_since=row.failing_since,
            created_at=row.created_at,
            changed_at=row.changed_at,
        )


class Endpoints(Schema):
    """All endpoints of the caller's partner."""

    data: list[EndpointForm]


class Tried(Schema):
    """A message that tries an endpoint."""

    message_id: str


class Replay(Given):
    """Which messages are told once more: one by its id, or those of a time."""

    message_id: DeliveryNumber | None = None
    since: GivenTime | None = None
    until: GivenTime | None = None


class Replayed(Schema):
    """How many messages are told once more, under the same ids."""

    messages: int


class AttemptForm(Schema):
    """One attempt to tell."""

    message_id: str
    type: str
    ordinal: int
    state: str
    """Of the message: pending, delivered, failed."""

    started_at: Time
    ended_at: Time
    result: str
    code: str | None = None
    text: str | None = None

    @classmethod
    def of(cls, row: WebhookAttempt) -> "AttemptForm":
        """Return the form of an attempt."""
        return cls(
            message_id=row.message.message_id,
            type=row.message.event_type,
            ordinal=row.ordinal,
            state=row.message.state,
            started_at=row.started_at,
            ended_at=row.ended_at,
            result=row.result,
            code=row.code or None,
            text=row.text or None,
        )
