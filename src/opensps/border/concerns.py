"""Tables of concerns: what somebody without an account reported about a paper, and the pictures that came along.

Source: `ux.md` 5.5, `lifecycles.md` 5.2. A concern changes no certificate and carries no promise of an answer time.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

CONCERN = "concern"
"""Kind of object in events; its id is the reference."""

STATES = ("received", "to_case", "to_inquiry", "closed")


class Concern(models.Model):
    """A report about a paper."""

    authority = models.CharField(max_length=3)
    reference = models.CharField(max_length=20)
    """Given to whoever reported it; unguessable."""

    state = models.CharField(max_length=10, default="received")
    at = models.DateTimeField()
    number = models.CharField(max_length=80, blank=True)
    """As typed; nobody asked the register about it."""

    place = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    contact = models.CharField(max_length=200, blank=True)
    """How to reach whoever reported it, if they wished; erased a year after the end."""

    network_digest = models.CharField(max_length=64, blank=True)
    """Keyed digest of the /24 or /48, hexadecimal; erased after 30 days."""

    origin = models.CharField(max_length=40, blank=True)
    """Number of the case or inquiry it led to."""

    note = models.TextField(blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "reference"], name="border_one_concern_reference"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="border_concern_state"),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "state", "at"], name="border_concerns_waiting")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class ConcernFile(models.Model):
    """A picture or PDF that came with a concern, as it came."""

    authority = models.CharField(max_length=3)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="files")
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.file_name
