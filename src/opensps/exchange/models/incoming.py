"""What arrived, byte by byte, and which certificates of others stand. Source: `exchange.md` 7.1, 8.3, 8.4."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.exchange.models import columns
from opensps.exchange.models.envelopes import Envelope
from opensps.exchange.models.partners import Partner, PartnerConnection
from opensps.exchange.transports.transport import Channel


class Decision(StrEnum):
    """What was made of a message."""

    ARRIVED = "arrived"
    """Stored, nothing decided yet."""

    HINT = "hint"
    """Believed only after it was asked for at its source."""

    APPLIED = "applied"
    ANSWERED = "answered"
    """Stored and acknowledged, not applied: unreadable, older, conflict, duplicate."""

    REPORT = "report"
    """A receipt, bounce or acknowledgement that was matched."""

    HANDED_ON = "handed_on"
    """Given to a handler for other kinds of message."""

    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    IGNORED = "ignored"
    """Kept and counted: automatic mail, unproven receipts."""


class ReceivedMessage(models.Model):
    """One message exactly as it came, stored before anything is answered. Bytes and facts never change."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    channel = models.CharField(max_length=10)
    connection = models.ForeignKey(PartnerConnection, on_delete=models.PROTECT, null=True, related_name="received")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="received")
    """Once known for certain."""

    raw = models.BinaryField(null=True)
    """Null once kept no longer."""

    sha256 = models.CharField(max_length=columns.DIGEST)
    size_bytes = models.PositiveBigIntegerField()
    peer = models.CharField(max_length=columns.ADDRESS, blank=True)
    """Fingerprint of the client certificate, client id or mail address: who it was by the channel's own proof."""

    message_key = models.CharField(max_length=columns.REMOTE, blank=True)
    """Message-ID, hub number or request key, for finding a repeat."""

    facts = models.JSONField(default=dict)
    """Header fields and channel facts."""

    received_at = models.DateTimeField()
    decision = models.CharField(max_length=20, default=Decision.ARRIVED.value)
    reason = models.CharField(max_length=columns.CODE, blank=True)
    reason_text = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=columns.PERSON, blank=True)
    """Opaque id of who released or rejected it."""

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, null=True, related_name="messages")
    due_at = models.DateTimeField(null=True)
    """When the worker takes it up; null: nothing to do."""

    lease = models.UUIDField(null=True)
    tries = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(channel__in=[str(channel) for channel in Channel]), name="exchange_received_channel"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=[str(decision) for decision in Decision]), name="exchange_received_decision"
            ),
            models.CheckConstraint(
                condition=Q(raw__isnull=False, removed_at__isnull=True) | Q(raw__isnull=True, removed_at__isnull=False),
                name="exchange_received_kept_or_removed",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["quarantined", "rejected"]) | ~Q(reason=""),
                name="exchange_quarantine_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["applied", "answered"]) | Q(envelope__isnull=False),
                name="exchange_applied_has_envelope",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["authority", "due_at"], name="exchange_received_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["authority", "channel", "message_key"], name="exchange_received_key"),
            models.Index(fields=["authority", "decision", "-received_at"], name="exchange_received_by"),
            models.Index(fields=["authority", "sha256"], name="exchange_received_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.sha256[:16]}: {self.decision}"


class IncomingCertificate(models.Model):
    """What stands of a certificate of another authority; a withdrawal that came first is a tombstone without bytes."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="incoming")
    """The authority that issued it."""

    number = models.CharField(max_length=columns.NUMBER)
    folded_number = models.CharField(max_length=columns.NUMBER)
    """Case, width and look-alikes folded, to find collisions."""

    type_code = models.CharField(max_length=10)
    kind = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20)
    """``in_force``, ``on_hold``, ``replaced``, ``withdrawn``, ``split``, ``combined``, ``expired``."""

    status_code = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, null=True, related_name="+")
    """Whose content stands; null for a tombstone."""

    status_envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="+")
    """What led to the present state."""

    sha256 = models.CharField(max_length=columns.DIGEST, blank=True)
    content_digest = models.CharField(max_length=columns.DIGEST, blank=True)
    """D of what counts, hexadecimal."""

    said = models.JSONField(default=list)
    """Every distinct statement ever made about it; the state is a pure function of these."""

    chosen_digest = models.CharField(max_length=columns.DIGEST, blank=True)
    """Which content a person chose in a conflict."""

    chosen_by = models.CharField(max_length=columns.PERSON, blank=True)
    replaces_number = models.CharField(max_length=columns.NUMBER, blank=True)
    own_number = models.CharField(max_length=columns.NUMBER, blank=True)
    """Certificate of ours that it refers to."""

    issued_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    has_conflict = models.BooleanField(default=False)
    """Another content came under the same number and status: a person decides."""

    is_held = models.BooleanField(default=False)
    """Severe findings: a person looks at it before it counts."""

    has_proven_signature = models.BooleanField(default=False)
    replaces = models.JSONField(default=list)
    replaced_by = models.CharField(max_length=columns.NUMBER, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    import_country = models.CharField(max_length=2, blank=True)
    consignor_name = models.CharField(max_length=450, blank=True)
    consignee_name = models.CharField(max_length=450, blank=True)
    goods = models.CharField(max_length=450, blank=True)
    line_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "partner", "number"], name="exchange_incoming_once"),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(envelope__isnull=False), name="exchange_in_force_has_bytes"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "-arrived_at"], name="exchange_incoming_newest"),
            models.Index(fields=["authority", "folded_number"], name="exchange_incoming_folded"),
            models.Index(fields=["authority", "partner", "replaces_number"], name="exchange_incoming_replaces"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
