"""Tables of inquiries about certificates: the inquiry, its messages, their files. What was said never changes.

Source: `lifecycles.md` 5.2. The evidence of the asker is frozen when it opens.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.lifecycle.inquiry import InquiryPriority, InquiryState, InquirySubject

INQUIRY = "inquiry"
"""Kind of object in events; its id is the inquiry's number."""


class Inquiry(models.Model):
    """A question of another authority about a certificate."""

    authority = models.CharField(max_length=3)
    inquiry_number = models.CharField(max_length=40)
    asker = models.CharField(max_length=60)
    """Code of the partner."""

    number = models.CharField(max_length=64, blank=True)
    """Certificate it is about, as it was given; may be one nobody issued."""

    subject = models.CharField(max_length=30)
    priority = models.CharField(max_length=20)
    location = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=20)
    rounds = models.PositiveSmallIntegerField(default=0)
    """How often an answer was contested."""

    opened_at = models.DateTimeField()
    reply_wanted_by = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField()
    is_escalated = models.BooleanField(default=False)
    machine_finding = models.CharField(max_length=30, blank=True)
    finding = models.CharField(max_length=30, blank=True)
    measures = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    """Frozen: what was presented, the check that was made of it, digests of the files."""

    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "inquiry_number"], name="border_one_inquiry_number"),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in InquiryState]), name="border_inquiry_state"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=[str(each) for each in InquirySubject]), name="border_inquiry_subject"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[str(each) for each in InquiryPriority]), name="border_inquiry_priority"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="border_inquiry_closed_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "reply_due_at"], name="border_inquiries_due"),
            models.Index(fields=["authority", "asker", "-opened_at"], name="border_inquiries_of"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_number} {self.state}"


class InquiryMessage(models.Model):
    """One thing said in an inquiry, by whom and when."""

    CALLER, AUTHORITY, SYSTEM = "caller", "authority", "system"

    authority = models.CharField(max_length=3)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="messages")
    sequence = models.PositiveIntegerField()
    """From 1."""

    party = models.CharField(max_length=10)
    act = models.CharField(max_length=30)
    sent_at = models.DateTimeField()
    texts = models.JSONField(default=list)
    """Pairs of language and text."""

    asker = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    """Of the asker's message: the same may come again and counts once."""

    digest = models.BinaryField(max_length=32, default=bytes)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "sequence"], name="border_one_message_a_place"),
            models.UniqueConstraint(
                fields=["authority", "asker", "request_id"],
                condition=~Q(request_id=""),
                name="border_one_message_per_request",
            ),
            models.CheckConstraint(
                condition=Q(party__in=["caller", "authority", "system"]), name="border_message_party"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.sequence} {self.party}"


class InquiryAttachment(models.Model):
    """A file that came with a message, as it came."""

    authority = models.CharField(max_length=3)
    message = models.ForeignKey(InquiryMessage, on_delete=models.PROTECT, related_name="attachments")
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.file_name
