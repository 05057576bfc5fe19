"""Tables of coordination between ministries: the case, the part of each body, what was said. Rows A01, A02.

What was opened, given out and said never changes; states, deadlines and outcomes do. An entry that belongs to a part
is read by that body and the coordinator, one that belongs to none by the coordinator alone.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.lifecycle.coordination import CoordinationState, PartState
from opensps.lifecycle.question import Procedure

COORDINATION = "coordination"
"""Kind of object in events; its id is the number of the case."""

PART = "coordination_part"
"""Kind of object in events; its id is the number of the case, a stroke, the place of the part."""


class CoordinationCase(models.Model):
    """A matter that several bodies have a part in."""

    authority = models.CharField(max_length=3)
    case_number = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    procedure = models.CharField(max_length=20)
    """Control, assessment, inspection or approval (A02)."""

    subject = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    question = models.CharField(max_length=40, blank=True)
    """Number of the question to the enquiry point it was opened for."""

    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    entry_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "case_number"], name="border_one_coordination_number"),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in CoordinationState]), name="border_coordination_state"
            ),
            models.CheckConstraint(
                condition=Q(procedure__in=[str(each) for each in Procedure]), name="border_coordination_procedure"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(outcome="") & Q(closed_at__isnull=False),
                name="border_coordination_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "-id"], name="border_coordination_list"),
            models.Index(fields=["authority", "question"], name="border_coordination_question"),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.state}"


class CoordinationPart(models.Model):
    """What one body has to do in a case."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(CoordinationCase, on_delete=models.PROTECT, related_name="parts")
    place = models.PositiveIntegerField()
    """From 1."""

    organisation = models.CharField(max_length=32)
    """Id of the body, 32 hexadecimal digits."""

    task = models.TextField()
    state = models.CharField(max_length=20)
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    is_overdue = models.BooleanField(default=False)
    reported_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "place"], name="border_one_part_a_place"),
            models.UniqueConstraint(
                fields=["case", "organisation"], condition=~Q(state="withdrawn"), name="border_one_part_a_body"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in PartState]), name="border_coordination_part_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "organisation", "state"], name="border_parts_of_body"),
            models.Index(fields=["authority", "state", "due_at"], name="border_parts_due"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.place} {self.state}"

    @property
    def is_outstanding(self) -> bool:
        """Whether the body still has to report."""
        return self.state in (PartState.ASSIGNED, PartState.IN_WORK)


class CoordinationEntry(models.Model):
    """One thing that was done or said."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(CoordinationCase, on_delete=models.PROTECT, related_name="entries")
    part = models.ForeignKey(CoordinationPart, on_delete=models.PROTECT, null=True, related_name="entries")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    act = models.CharField(max_length=30)
    text = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence"], name="border_one_coordination_entry_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act}"
