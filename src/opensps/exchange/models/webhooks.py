"""Who is told by webhook, what they are told, and each attempt. Source: `exchange.md` 5.3."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.exchange.models import columns
from opensps.exchange.models.partners import Partner


class WebhookEndpoint(models.Model):
    """One address of a partner that wants to be told."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(max_length=columns.ADDRESS)
    description = models.CharField(max_length=columns.NAME, blank=True)
    events = models.JSONField(default=list)
    """Types told; empty: all."""

    signature = models.CharField(max_length=3, default="v1a")
    """``v1`` HMAC-SHA256 or ``v1a`` Ed25519."""

    secret = models.BinaryField(null=True)
    """``whsec_`` or ``whsk_``, encrypted."""

    public_key = models.CharField(max_length=200, blank=True)
    """``whpk_``."""

    earlier_secret = models.BinaryField(null=True)
    """Signs too until `earlier_until`, so that keys can roll."""

    earlier_until = models.DateTimeField(null=True)
    as_cloudevent = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=columns.CODE, blank=True)
    disabled_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    """For ETag and If-Match."""

    created_by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_active=True) | ~Q(disabled_reason=""), name="exchange_disabled_webhook_says_why"
            ),
            models.CheckConstraint(condition=Q(signature__in=["v1", "v1a"]), name="exchange_webhook_signature"),
        ]

    def __str__(self) -> str:
        return f"webhook {self.id}"


class WebhookMessage(models.Model):
    """One event told to one endpoint, under one id through every retry."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="messages")
    message_id = models.CharField(max_length=64)
    """``webhook-id``."""

    event_type = models.CharField(max_length=columns.CODE)
    cause = models.CharField(max_length=100)
    """Id of the event or change behind it: a repeat writes nothing."""

    body = models.BinaryField()
    """Exactly what is signed and sent."""

    occurred_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="pending")
    """``pending``, ``delivered``, ``failed``."""

    due_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "endpoint", "message_id"], name="exchange_webhook_message"),
            models.UniqueConstraint(
                fields=["authority", "endpoint", "event_type", "cause"], name="exchange_webhook_told_once"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", due_at__isnull=False)
                | Q(state="delivered", delivered_at__isnull=False)
                | Q(state="failed"),
                name="exchange_webhook_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "due_at"], name="exchange_webhook_due", condition=Q(state="pending")),
            models.Index(fields=["authority", "endpoint", "-occurred_at"], name="exchange_webhook_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.state}"


class WebhookAttempt(models.Model):
    """One attempt to tell; never changed."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    message = models.ForeignKey(WebhookMessage, on_delete=models.PROTECT, related_name="attempts")
    ordinal = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    result = models.CharField(max_length=20)
    code = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "message", "ordinal"], name="exchange_one_webhook_attempt")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.ordinal}: {self.result}"
