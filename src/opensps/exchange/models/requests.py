"""What makes repeated, replayed and too many calls harmless. Source: `exchange.md` 3.6, 5.1; `reliability.md` 2.2."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.exchange.models import columns
from opensps.exchange.models.partners import Partner


class RequestKey(models.Model):
    """A caller's key for one operation, the digest of its body and the answer that was given; kept 90 days."""

    IN_FLIGHT, DONE = "in_flight", "done"

    authority = models.CharField(max_length=columns.AUTHORITY)
    caller = models.CharField(max_length=columns.NAME)
    """Client id, partner code or fingerprint: never shared by two callers."""

    operation = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=columns.DIGEST)
    state = models.CharField(max_length=10, default=IN_FLIGHT)
    status = models.PositiveIntegerField(null=True)
    """HTTP status of the answer."""

    headers = models.JSONField(default=dict)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "caller", "operation", "key"], name="exchange_request_once"),
            models.CheckConstraint(
                condition=Q(state="in_flight") | Q(state="done", answer__isnull=False),
                name="exchange_request_done_has_answer",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "expires_at"], name="exchange_request_ends")]

    def __str__(self) -> str:
        return f"{self.operation} {self.state}"


class UsedNonce(models.Model):
    """A nonce or token id that may not come twice: WS-Security nonces, ``jti`` of client assertions, proof ids."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    scope = models.CharField(max_length=30)
    """``wsse``, ``oauth_assertion`` ..."""

    name = models.CharField(max_length=columns.NAME)
    """User name or client id."""

    digest = models.CharField(max_length=columns.DIGEST)
    """SHA-256 of the nonce or id."""

    used_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "scope", "name", "digest"], name="exchange_nonce_once")
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "expires_at"], name="exchange_nonce_ends")]

    def __str__(self) -> str:
        return f"{self.scope} {self.name}"


class AccessToken(models.Model):
    """An opaque access token, kept as its digest only."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="access_tokens")
    client_id = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=columns.DIGEST)
    scopes = models.JSONField(default=list)
    certificate_sha256 = models.CharField(max_length=columns.DIGEST, blank=True)
    """Client certificate it is bound to (RFC 8705)."""

    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "sha256"], name="exchange_access_token_once")
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "expires_at"], name="exchange_token_ends")]

    def __str__(self) -> str:
        return f"token of {self.client_id}"


class CallCounter(models.Model):
    """Calls, or failures, of one caller in one window; what limits are measured with."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    scope = models.CharField(max_length=30)
    """``reads``, ``writes``, ``checks``, ``tokens``, ``soap``, ``wsse_failures`` ..."""

    caller = models.CharField(max_length=columns.NAME)
    window_at = models.DateTimeField()
    """When the window began."""

    calls = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)
    """Locked until then."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "scope", "caller"], name="exchange_one_call_counter")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.caller}"
