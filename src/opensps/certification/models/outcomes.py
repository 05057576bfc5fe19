"""What importing authorities reported of our certificates, as it came. Rows never change and never go."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.certification.models import columns
from opensps.certification.models.certificates import Certificate
from opensps.certification.outcomes import Outcome


class ReportedOutcome(models.Model):
    """One report of one authority about one certificate."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    outcome_number = models.CharField(max_length=40)
    """Ours, told to whoever reported."""

    reporter = models.CharField(max_length=columns.CODE)
    """Code of the partner."""

    request_id = models.CharField(max_length=64)
    """Theirs: the same report may come again and counts once."""

    digest = models.BinaryField(max_length=columns.DIGEST)
    """SHA-256 over what was reported: another report under the same request id is refused."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="reported_outcomes")
    outcome = models.CharField(max_length=20)
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    location = models.CharField(max_length=5, blank=True)
    office_reference = models.CharField(max_length=200, blank=True)
    reason_code = models.CharField(max_length=columns.CODE, blank=True)
    reason_text = models.TextField(blank=True)
    reason_language = models.CharField(max_length=35, blank=True)
    measure = models.CharField(max_length=30, blank=True)
    quantities = models.JSONField(default=list)
    """Lists of line, value as text, unit."""

    acknowledgement = models.BinaryField(null=True)
    alerts = models.JSONField(default=list)
    """Codes of `outcomes.ALERTS`, as they were told at the time."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "outcome_number"], name="certification_one_outcome_number"),
            models.UniqueConstraint(
                fields=["authority", "reporter", "request_id"], name="certification_one_outcome_per_request"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[str(each) for each in Outcome]), name="certification_outcome_word"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["certificate", "id"], name="certification_outcomes_of")]

    def __str__(self) -> str:
        return f"{self.outcome_number} {self.outcome}"
