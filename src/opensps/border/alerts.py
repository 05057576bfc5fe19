"""Tables of alerts: which rule fired on what, with its limit and the raw rows; and how far each rule has read.

Source: `fraud.md` 5, G10. An alert changes no verdict by itself and tunes nothing: a false alarm is recorded, and that
is all.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

ALERT = "alert"
"""Kind of object in events; its id is the alert's number."""

STATES = ("open", "to_case", "false_alarm")
LEVELS = ("info", "amber", "hard")


class Alert(models.Model):
    """A rule fired."""

    authority = models.CharField(max_length=3)
    alert_number = models.CharField(max_length=40)
    rule = models.CharField(max_length=3)
    """S01 to S11, P01 to P16."""

    level = models.CharField(max_length=5)
    subject = models.CharField(max_length=100)
    """Certificate, network or officer the rule looked at."""

    limit = models.JSONField(default=dict)
    """The limit in force when it fired."""

    rows = models.JSONField(default=list)
    """The raw rows, as the rule saw them; at most a hundred."""

    state = models.CharField(max_length=12, default="open")
    raised_at = models.DateTimeField()
    key = models.CharField(max_length=200)
    """Rule, subject and period: the same fires once."""

    note = models.TextField(blank=True)
    origin = models.CharField(max_length=40, blank=True)
    """Number of the case it led to."""

    ended_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "alert_number"], name="border_one_alert_number"),
            models.UniqueConstraint(fields=["authority", "key"], name="border_one_alert_a_key"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="border_alert_state"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="border_alert_level"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "-raised_at"], name="border_alerts_waiting"),
            models.Index(fields=["authority", "subject"], name="border_alerts_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} {self.state}"


class AlertMark(models.Model):
    """A certificate an alert speaks of: by it the desk finds what fired on the paper in front of the officer."""

    authority = models.CharField(max_length=3)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="marks")
    issuer = models.CharField(max_length=60, blank=True)
    """Code of who issued it: our authority or a partner; empty: whoever uses the number."""

    number = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "issuer", "number"], name="border_one_mark_an_alert")
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "number"], name="border_alert_marks_number")]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.issuer} {self.number}"


class RuleCursor(models.Model):
    """How far the watching rules, or the figures, have read a table."""

    authority = models.CharField(max_length=3)
    name = models.CharField(max_length=40)
    position = models.BigIntegerField(default=0)
    """Highest row id seen."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["authority", "name"], name="border_one_cursor")]

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"


class SealMark(models.Model):
    """A seal named on a certificate of ours, by which one that was seen before is found (P12)."""

    authority = models.CharField(max_length=3)
    seal = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "seal", "number"], name="border_one_seal_a_certificate")
        ]

    def __str__(self) -> str:
        return f"{self.seal}: {self.number}"
