"""Tables of how people get in: one-time links of invitations and resets, one-time codes, recovery codes.

Source: `lifecycles.md` 6 (end), `reliability.md` 4.3. No link and no code is stored, only digests; the secret of the
one-time codes lies encrypted.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class EntryPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class EntryLink(models.Model):
    """A one-time link: an invitation by one administrator, or a reset by two."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    purpose = models.CharField(max_length=20)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="entries")
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    confirmed_by = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    """Of the link's secret; empty until a reset is confirmed."""

    until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    """Used, declined or replaced by a newer one."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="accounts_one_entry_per_digest"),
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(closed_at__isnull=True), name="accounts_one_open_entry"
            ),
            models.CheckConstraint(
                condition=~Q(purpose=EntryPurpose.RESET.value)
                | Q(digest="")
                | (~Q(confirmed_by="") & ~Q(confirmed_by=F("asked_by"))),
                name="accounts_reset_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person_id}"


class OneTimeCodes(models.Model):
    """The secret from which a person's device makes one-time codes (RFC 6238)."""

    person = models.OneToOneField(
        "accounts.Person", primary_key=True, on_delete=models.PROTECT, related_name="one_time_codes"
    )
    authority = models.CharField(max_length=3)
    secret = models.BinaryField(max_length=200)
    """Encrypted."""

    last_step = models.BigIntegerField()
    """Newest time step a code was taken for: no code is taken twice."""

    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"one-time codes of {self.person_id}"


class RecoveryCode(models.Model):
    """A code for the day the device is lost; each works once."""

    authority = models.CharField(max_length=3)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "digest"], name="accounts_one_recovery_code")
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.person_id}"
