"""The table of mandates: which agent acts for which exporter, in what, until when (row B40)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.lifecycle.mandate import MandateState

MANDATE = "mandate"
"""Object kind of its events; the id is the hexadecimal id of the row."""


class Mandate(models.Model):
    """What an exporter lets an agent do. Parties, scope and last day never change: other terms are another mandate."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    principal = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="mandates_held")
    state = models.CharField(max_length=20)
    scopes = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    """Of certificates."""

    last_day = models.DateField()
    until = models.DateTimeField()
    """24:00 of the last day in the authority's time; exclusive."""

    offered_by = models.CharField(max_length=64)
    offered_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=64, blank=True)
    accepted_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MandateState]), name="accounts_mandate_state"
            ),
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="accounts_mandate_of_two"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(accepted_at__isnull=False), name="accounts_mandate_was_accepted"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "agent", "state"], name="accounts_mandate_held"),
            models.Index(fields=["authority", "principal", "state"], name="accounts_mandate_given"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.id.hex} {self.state}"

    @property
    def opaque_id(self) -> str:
        """The id as events and addresses carry it: 32 hexadecimal digits."""
        return self.id.hex
