"""Inspections: planned, recorded, concluded, signed. Source: `lifecycles.md` 8."""

from typing import ClassVar

from django.db import models

from opensps.certification.models import columns
from opensps.certification.models.applications import Application
from opensps.lifecycle import InspectionState


class Inspection(models.Model):
    """One inspection of the goods of an application."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    reference = models.CharField(max_length=columns.REFERENCE)
    """``I-2026-0000318``."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="inspections")
    state = models.CharField(max_length=20, default="requested")
    cause = models.CharField(max_length=20)
    inspector = models.CharField(max_length=columns.PERSON, blank=True)
    planned_on = models.DateField(null=True)
    slot = models.CharField(max_length=40, blank=True)
    """Part of the day, in words: ``09:00-11:00``."""

    place = models.CharField(max_length=200, blank=True)
    is_unannounced = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    reschedule_count = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    record = models.JSONField(default=dict)
    """What was found: see `findings.InspectionRecord`."""

    result = models.CharField(max_length=40, blank=True)
    remarks = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=columns.PERSON, blank=True)
    valid_until = models.DateField(null=True)
    """Last day on which a certificate may rest on the report."""

    end_reason_code = models.CharField(max_length=columns.CODE, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "reference"], name="certification_one_inspection_reference"),
            models.UniqueConstraint(
                fields=["authority", "application"],
                condition=models.Q(
                    state__in=["requested", "inspection_booked", "in_progress", "lab_wait", "inspected", "no_show"]
                ),
                name="certification_one_open_inspection",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[str(state) for state in InspectionState]),
                name="certification_inspection_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["report_signed", "closed"])
                | models.Q(signed_at__isnull=False) & ~models.Q(signed_by="") & ~models.Q(result=""),
                name="certification_report_is_signed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "planned_on"], name="certification_visits"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
