"""What was agreed with a partner: documents taken, channel rules, modes from a moment on (`exchange.md` 1.8, 7.2)."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.exchange.models import columns
from opensps.exchange.models.partners import Partner, Stage, one_of


class Mode(StrEnum):
    """How a type of certificate is exchanged in one direction (`exchange.md` 7.2)."""

    PAPER = "paper"
    HYBRID = "hybrid"
    PARALLEL = "parallel"
    PAPERLESS = "paperless"
    FALLBACK = "fallback"


class AllowedDocument(models.Model):
    """A pair of type and status that may be exchanged in one direction."""

    AGREED, HUB = "agreed", "hub"

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="allowed_documents")
    direction = models.CharField(max_length=10)
    type_code = models.CharField(max_length=10)
    """UNCL 1001."""

    status_code = models.CharField(max_length=10)
    """UNCL 4405."""

    active = models.BooleanField(default=True)
    origin = models.CharField(max_length=10, default=AGREED)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "partner", "direction", "type_code", "status_code"],
                name="exchange_one_allowed_document",
            ),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="exchange_allowed_direction"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.type_code}/{self.status_code}"


class ChannelRule(models.Model):
    """Somebody receives in place of the partner, or gets a copy (`exchange.md` 1.8)."""

    FORWARD, DELEGATE = "FORWARD", "DELEGATE"

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="channel_rules")
    number = models.PositiveIntegerField()
    """The id on the wire."""

    rule_type = models.CharField(max_length=10)
    direction = models.CharField(max_length=3)
    """OUT: what the partner sends; INC: what is sent to the partner."""

    type_code = models.CharField(max_length=10, default="0")
    """0: all."""

    status_code = models.CharField(max_length=10, default="0")
    country = models.CharField(max_length=2, blank=True)
    """Empty: all."""

    target = models.CharField(max_length=columns.CONNECTION_CODE)
    """Connection code of who receives."""

    active = models.BooleanField(default=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "partner", "number"], name="exchange_one_channel_rule"),
            models.CheckConstraint(
                condition=Q(rule_type__in=["FORWARD", "DELEGATE"]), name="exchange_channel_rule_type"
            ),
            models.CheckConstraint(condition=Q(direction__in=["OUT", "INC"]), name="exchange_channel_rule_direction"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_type} {self.direction} to {self.target}"


class ExchangeMode(models.Model):
    """How one type is exchanged in one direction from a moment on. A change never touches what was issued before."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="modes")
    type_code = models.CharField(max_length=10, blank=True)
    """UNCL 1001; empty: every type without a mode of its own."""

    direction = models.CharField(max_length=10)
    mode = models.CharField(max_length=10)
    includes_transit = models.BooleanField(default=False)
    """Certificates that only pass through their country are sent too."""

    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    earlier_mode = models.CharField(max_length=10, blank=True)
    """What a fallback returns to."""

    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=columns.PERSON)
    """Opaque id on our side."""

    partner_person = models.CharField(max_length=columns.NAME, blank=True)
    """Who on theirs."""

    class Meta:
        constraints: ClassVar = [
            one_of("mode", Mode, "exchange_mode"),
            models.UniqueConstraint(
                fields=["authority", "partner", "type_code", "direction"],
                condition=Q(valid_to__isnull=True),
                name="exchange_one_open_mode",
            ),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="exchange_mode_direction"),
            models.CheckConstraint(
                condition=~Q(mode="fallback") | Q(valid_to__isnull=False) & ~Q(earlier_mode=""),
                name="exchange_fallback_ends",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="exchange_mode_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_code or 'all'} {self.direction}: {self.mode}"


class AgreementStage(models.Model):
    """A stage the agreement with a partner came to, as it was recorded (A20); the row recorded last counts."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=20)
    since = models.DateField(null=True)
    """Since when; null = no day is known."""

    types = models.JSONField(default=list)
    """Types of certificates the agreement covers (UNCL 1001), in order; empty = none named."""

    note = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=columns.PERSON)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [one_of("stage", Stage, "exchange_agreement_stage")]
        indexes: ClassVar = [models.Index(fields=["authority", "partner", "id"], name="exchange_stages_of_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.stage}"
