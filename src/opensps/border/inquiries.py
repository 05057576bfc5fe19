"""Tables of inquiries and questions: the inquiry, its messages, their files, signed replies. What was said stays.

Source: `lifecycles.md` 5.2, 5.3. The evidence of the asker is frozen when it opens.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.lifecycle.inquiry import InquiryPriority, InquiryState, InquirySubject
from opensps.lifecycle.question import Procedure, QuestionState

INQUIRY = "inquiry"
"""Kind of object in events; its id is the inquiry's number."""

SENDING = "inquiry_sending"
"""Name of the consumer that sends what is said in inquiries; while it has an event due, that message is on its way."""

THEIRS = "theirs"
"""In an event: the number that the partner we asked gave the inquiry."""

BY_MAIL = "mail:"
"""Before the asker's own number, in the request of an inquiry that came by mail."""


STATES = sorted({*map(str, InquiryState), *map(str, QuestionState)})


class Inquiry(models.Model):
    """A question of another authority about a certificate, of ours to a partner, or to the enquiry point."""

    CERTIFICATE, QUESTION = "certificate", "question"
    INBOUND, OUTBOUND = "inbound", "outbound"

    authority = models.CharField(max_length=3)
    inquiry_number = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, default=CERTIFICATE)
    direction = models.CharField(max_length=8, default=INBOUND)
    asker = models.CharField(max_length=60)
    """Code of the partner, or country of the officials, who see it alike; our own authority's code when we ask."""

    answerer = models.CharField(max_length=60, blank=True)
    """Code of the partner we ask."""

    asked_by = models.CharField(max_length=64, blank=True)
    """Opaque id of the person who asked; empty for a machine."""

    asked_from_minutes = models.SmallIntegerField(default=0)
    """Minutes east of UTC by the asker's clock."""

    procedure = models.CharField(max_length=12, blank=True)
    """Of a question: control, assessment, inspection or approval."""

    office = models.CharField(max_length=60, blank=True)
    """Code of the issuing office it lies with; of a question the name of the responsible body."""

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
    step_due_at = models.DateTimeField(null=True)
    """Until when the step is due that this state waits for, where it has a clock of its own."""

    paused_at = models.DateTimeField(null=True)
    """Since when the answer clock stands still."""

    reminded_at = models.DateTimeField(null=True)
    """When the next level up was told that the step is late, or the asker that we wait."""

    is_escalated = models.BooleanField(default=False)
    escalated_to = models.CharField(max_length=12, blank=True)
    """coordinator, then embassy."""

    found_at = models.DateTimeField(null=True)
    """When the register gave its own finding."""

    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    """Of the last answer."""

    drafted_by = models.CharField(max_length=64, blank=True)
    sent_by = models.CharField(max_length=64, blank=True)
    """Opaque ids of who wrote the reply and who let it go."""

    needs_second = models.BooleanField(default=False)
    """The reply must be sent by somebody else than who wrote it."""

    action = models.CharField(max_length=20, blank=True)
    """What the asker did after the answer."""

    is_withdrawn = models.BooleanField(default=False)
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
            models.CheckConstraint(condition=Q(state__in=STATES), name="border_inquiry_state"),
            models.CheckConstraint(condition=Q(kind__in=["certificate", "question"]), name="border_inquiry_kind"),
            models.CheckConstraint(condition=Q(direction__in=["inbound", "outbound"]), name="border_inquiry_direction"),
            models.CheckConstraint(
                condition=Q(procedure="") | Q(procedure__in=[str(each) for each in Procedure]),
                name="border_inquiry_procedure",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False)
                | ~Q(state__in=["answered", "closed"])
                | (~Q(drafted_by="") & ~Q(sent_by="") & ~Q(drafted_by=F("sent_by"))),
                name="border_inquiry_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(kind="question") | ~Q(finding="") | Q(is_withdrawn=True),
                name="border_inquiry_closed_with_finding",
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
            models.Index(fields=["authority", "state", "step_due_at"], name="border_inquiries_step"),
            models.Index(fields=["authority", "number"], name="border_inquiries_about"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_number} {self.state}"


class InquiryMessage(models.Model):
    """One thing said in an inquiry, by whom and when."""

    CALLER, AUTHORITY, SYSTEM = "caller", "authority", "system"
    NOT_PROPOSED = "withdrawal_not_proposed"
    """A reply promises a withdrawal, and none could be proposed by itself: somebody has to."""

    AMONG_US = ("draft_reply", "rework", "route", "measure_done", NOT_PROPOSED)
    """Acts whose words the asker never reads."""

    authority = models.CharField(max_length=3)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="messages")
    sequence = models.PositiveIntegerField()
    """From 1."""

    party = models.CharField(max_length=10)
    act = models.CharField(max_length=30)
    sent_at = models.DateTimeField()
    texts = models.JSONField(default=list)
    """Pairs of language and text."""

    said_by = models.CharField(max_length=64, blank=True)
    """Opaque id of a person; empty for a machine."""

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


class InquiryReply(models.Model):
    """An answer as it was signed."""

    authority = models.CharField(max_length=3)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="replies")
    round = models.PositiveSmallIntegerField()
    """0 for the first answer, then one more for each time it was contested."""

    statement = models.BinaryField()
    """COSE_Sign1 (`border.replies`)."""

    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "round"], name="border_one_reply_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.round}"
