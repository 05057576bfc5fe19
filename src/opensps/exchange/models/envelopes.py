"""Envelopes in every direction, the bytes they carry, and each attempt to deliver one. Source: `exchange.md` 7.1, 8.

One table for what we send (``out``), what came to us (``in``) and what passes through our own hub (``through``): the
same number, the same domain key, the same words, whatever the channel.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.exchange.models import columns
from opensps.exchange.models.partners import Partner, PartnerConnection
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import DeliveryState, ReceiptState


class Way(StrEnum):
    """Which way an envelope goes."""

    OUT = "out"
    IN = "in"
    THROUGH = "through"
    """Between two participants of our own hub."""


class Content(models.Model):
    """Bytes of one or more envelopes, stored once by their digest. Only removal for good changes a row."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    sha256 = models.CharField(max_length=columns.DIGEST)
    data = models.BinaryField(null=True)
    """Exactly as signed or as received; null once kept no longer."""

    size_bytes = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "sha256"], name="exchange_content_once"),
            models.CheckConstraint(
                condition=Q(data__isnull=False, removed_at__isnull=True)
                | Q(data__isnull=True, removed_at__isnull=False),
                name="exchange_content_kept_or_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:16]


_ON_THE_WAY = Q(direction__in=["out", "through"])


class Envelope(models.Model):
    """One certificate number, type, status and version from one sender to one recipient."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    delivery_number = models.CharField(max_length=columns.DELIVERY)
    """ULID, given once, kept through every retry."""

    direction = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, default=Kind.CERTIFICATE.value)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="envelopes")
    """The other side: recipient of ``out`` and ``through``, sender of ``in``."""

    sender_partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, related_name="envelopes_through_us"
    )
    """Only ``through``."""

    connection = models.ForeignKey(PartnerConnection, on_delete=models.PROTECT, null=True, related_name="envelopes")
    channel = models.CharField(max_length=10, blank=True)
    """Empty while blocked for want of one."""

    from_code = models.CharField(max_length=columns.CONNECTION_CODE)
    to_code = models.CharField(max_length=columns.CONNECTION_CODE)
    number = models.CharField(max_length=columns.NUMBER)
    type_code = models.CharField(max_length=10)
    status_code = models.CharField(max_length=10)
    """As the wire has it, UNCL 4405."""

    version = models.PositiveIntegerField(default=1)
    """Our own sequence per number; 1 for what others send without one."""

    certificate_state = models.CharField(max_length=20, blank=True)
    """Our word at that version: ``in_force``, ``on_hold``, ``withdrawn`` ..."""

    issued_at = models.DateTimeField(null=True)
    """IssueDateTime of the certificate."""

    export_country = models.CharField(max_length=2, blank=True)
    import_country = models.CharField(max_length=2, blank=True)
    sha256 = models.CharField(max_length=columns.DIGEST)
    size_bytes = models.PositiveBigIntegerField(default=0)
    content_digest = models.CharField(max_length=columns.DIGEST, blank=True)
    """D of what came (`trust.md` 6.1), hexadecimal: the same certificate written otherwise has the same."""

    said_version = models.PositiveIntegerField(null=True)
    """Version as the other side said it; null where they said none."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, null=True, related_name="envelopes")
    detached_signature = models.BinaryField(null=True)
    """As received, or the seal of our own certificate at the time."""

    state = models.CharField(max_length=20)
    """`DeliveryState` for ``out`` and ``through``, `ReceiptState` for ``in``."""

    remote_number = models.CharField(max_length=columns.REMOTE, blank=True)
    """The number the other side gave, kept exactly."""

    message_mic = models.CharField(max_length=64, blank=True)
    """Of a mail: base64 of the SHA-256 of the signed part as sent; a signed receipt must carry it."""

    tracking = models.CharField(max_length=40, blank=True)
    """`TrackingInfo`, or the unknown word as it came."""

    tracking_text = models.TextField(blank=True)
    """Their words."""

    result = models.CharField(max_length=20, blank=True)
    """Result of an acknowledgement (`AcknowledgementCode`): of one we send, or of the one that answered this."""

    findings = models.JSONField(default=list)
    """What our rules found: area, level, field, rule, message, template, params."""

    checked_at = models.DateTimeField(null=True)
    blocked_reason = models.CharField(max_length=columns.CODE, blank=True)
    blocked_text = models.TextField(blank=True)
    mode = models.CharField(max_length=10, blank=True)
    """Mode of the exchange when it was queued."""

    urgent = models.BooleanField(default=False)
    """Withdrawals and replacements go first."""

    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When the worker looks at it again; null: not by itself."""

    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    """All attempts ever made."""

    tries = models.PositiveIntegerField(default=0)
    """Attempts since it was queued or revived; the schedule counts these."""

    first_attempt_at = models.DateTimeField(null=True)
    """Of the present round; 72 hours run from here."""

    sent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)
    """How often the other side did not know of it."""

    resent = models.PositiveIntegerField(default=0)
    """How often a person sent it again."""

    was_sent_again = models.BooleanField(default=False)
    """By itself, after they could not read it the first time."""

    change_sequence = models.PositiveBigIntegerField(null=True)
    """Order of changes towards the partner; given under the partner's row lock."""

    late_at = models.DateTimeField(null=True)
    """Since when nobody answered in time."""

    alarmed_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    """When its last word came; retention runs from here."""

    acknowledged_at = models.DateTimeField(null=True)
    """``in``: when our acknowledgement was taken."""

    changed_at = models.DateTimeField()
    forwardings = models.JSONField(default=list)
    """Channels that get a copy: ``code`` and, once known, ``delivery_number``."""

    golden_run = models.CharField(max_length=32, blank=True)
    """Run of golden messages it belongs to: made for a test, never checked before it goes."""

    golden_step = models.CharField(max_length=8, blank=True)
    event_id = models.UUIDField(null=True)
    """Event of ours that led to it."""

    in_reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    forwarded_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    """Another delivery of the same thing; applied once."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "delivery_number"], name="exchange_one_delivery_number"),
            models.UniqueConstraint(
                fields=[
                    *("authority", "direction", "partner", "from_code", "to_code"),
                    *("number", "type_code", "status_code", "version", "sha256"),
                ],
                condition=Q(kind="certificate", duplicate_of__isnull=True)
                & (Q(direction__in=["out", "through"]) | Q(state__in=["received", "received_remarks"])),
                name="exchange_one_envelope",
            ),
            models.UniqueConstraint(
                fields=["authority", "in_reply_to"],
                condition=Q(kind="acknowledgement", direction="out"),
                name="exchange_one_acknowledgement",
            ),
            models.UniqueConstraint(
                fields=["authority", "connection", "remote_number"],
                condition=Q(direction="in") & ~Q(remote_number=""),
                name="exchange_received_once",
            ),
            models.UniqueConstraint(
                fields=["authority", "partner", "event_id"],
                condition=Q(direction="out", kind="certificate", event_id__isnull=False),
                name="exchange_one_envelope_per_event",
            ),
            models.UniqueConstraint(
                fields=["authority", "partner", "change_sequence"],
                condition=Q(change_sequence__isnull=False),
                name="exchange_one_change_sequence",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=[str(way) for way in Way]), name="exchange_envelope_direction"
            ),
            models.CheckConstraint(condition=Q(kind__in=[str(kind) for kind in Kind]), name="exchange_envelope_kind"),
            models.CheckConstraint(
                condition=Q(channel__in=["", *(str(channel) for channel in Channel)]),
                name="exchange_envelope_channel",
            ),
            models.CheckConstraint(
                condition=_ON_THE_WAY & Q(state__in=[str(state) for state in DeliveryState])
                | Q(direction="in", state__in=[str(state) for state in ReceiptState]),
                name="exchange_envelope_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="blocked") | ~Q(blocked_reason=""), name="exchange_blocked_has_reason"
            ),
            models.CheckConstraint(
                condition=~_ON_THE_WAY
                | ~Q(state__in=["sending", "retrying", "sent", "waiting", "uncertain"])
                | ~Q(channel=""),
                name="exchange_on_its_way_has_channel",
            ),
            models.CheckConstraint(
                condition=~_ON_THE_WAY
                | ~Q(state="sending")
                | Q(lease__isnull=False, lease_until__isnull=False, first_attempt_at__isnull=False),
                name="exchange_sending_is_leased",
            ),
            models.CheckConstraint(
                condition=~_ON_THE_WAY
                | ~Q(state__in=["queued", "sending", "retrying", "uncertain"])
                | Q(due_at__isnull=False),
                name="exchange_undelivered_is_due",
            ),
            models.CheckConstraint(
                condition=~_ON_THE_WAY | ~Q(state__in=["sent"]) | Q(sent_at__isnull=False),
                name="exchange_sent_says_when",
            ),
            models.CheckConstraint(
                condition=Q(sender_partner__isnull=True) | Q(direction="through"), name="exchange_sender_only_through"
            ),
            models.CheckConstraint(
                condition=~Q(kind="acknowledgement") | ~Q(direction="out") | Q(in_reply_to__isnull=False),
                name="exchange_acknowledgement_answers",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="exchange_version_from_one"),
        ]
        indexes: ClassVar = [
            models.Index(
                F("authority"),
                F("urgent").desc(),
                F("due_at"),
                name="exchange_due",
                condition=Q(direction__in=["out", "through"], state__in=["queued", "sending", "retrying", "uncertain"]),
            ),
            models.Index(fields=["authority", "partner", "number", "version"], name="exchange_by_number"),
            models.Index(fields=["authority", "number"], name="exchange_number"),
            models.Index(fields=["authority", "direction", "state", "queued_at"], name="exchange_by_state"),
            models.Index(fields=["authority", "partner", "direction", "state"], name="exchange_box"),
            models.Index(fields=["authority", "direction", "-queued_at"], name="exchange_newest"),
            models.Index(fields=["authority", "remote_number"], name="exchange_remote"),
            models.Index(fields=["authority", "partner", "number", "content_digest"], name="exchange_by_content"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_number} {self.state}"


class Attempt(models.Model):
    """One attempt, written before its first byte and completed once. Nothing of it changes afterwards."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="attempt_rows")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, default="send")
    """``send`` or ``ask``."""

    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=columns.ADDRESS, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)
    """``sent``, ``refused``, ``unreachable``, ``uncertain``, ``known``, ``unknown``, ``lease_lost``."""

    code = models.CharField(max_length=20, blank=True)
    """HTTP or SMTP code."""

    text = models.TextField(blank=True)
    """The partner's words, secrets cut."""

    remote_number = models.CharField(max_length=columns.REMOTE, blank=True)
    trace = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "envelope", "ordinal"], name="exchange_one_attempt"),
            models.CheckConstraint(condition=Q(kind__in=["send", "ask"]), name="exchange_attempt_kind"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result="") | Q(ended_at__isnull=False) & ~Q(result=""),
                name="exchange_attempt_ended_has_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_id} {self.ordinal}: {self.result}"
