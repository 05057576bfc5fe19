"""The table of papers that were presented before anybody could check them, and of what the check said later.

Source: `fraud.md` 2 (a grey presentation is checked again by itself as soon as the issuer answers). The verdict of the
moment stays with the presentation; this row holds the later one, written once.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.border.ledger import Presentation
from opensps.lifecycle.presentation import VerdictClass


class Recheck(models.Model):
    """One presentation that waits for a check, or has got one."""

    authority = models.CharField(max_length=3)
    presentation = models.OneToOneField(Presentation, on_delete=models.PROTECT, related_name="recheck")
    asked_at = models.DateTimeField()
    """When its issuer was asked last."""

    answered_at = models.DateTimeField(null=True)
    verdict_class = models.CharField(max_length=5, blank=True)
    """Of the later check; empty while it waits."""

    verdict_kind = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, verdict_class="")
                | Q(
                    answered_at__isnull=False,
                    verdict_class__in=[str(each) for each in VerdictClass if each != VerdictClass.GREY],
                ),
                name="border_recheck_answered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["authority", "asked_at"], name="border_rechecks_waiting", condition=Q(answered_at__isnull=True)
            ),
            models.Index(fields=["authority", "answered_at"], name="border_rechecks_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.presentation_id}: {self.verdict_class or 'waits'}"


def class_now(row: Presentation) -> VerdictClass:
    """Return the class that holds now: of the later check, where there was one."""
    first = VerdictClass(row.verdict_class)
    if first is not VerdictClass.GREY or not hasattr(row, "recheck"):
        return first
    return VerdictClass(row.recheck.verdict_class or first)
