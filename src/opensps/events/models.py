"""Tables of events. `Event` and `EventPosition` are insert-only: the triggers of `guards` refuse the rest."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

CODE_LENGTH = 60
ID_LENGTH = 64


class Event(models.Model):
    """One act on one object (`lifecycles.md` 1). Never edited, never deleted."""

    id = models.UUIDField(primary_key=True, editable=False)
    """Chosen by the service before the insert, because the digest covers it."""

    authority = models.CharField(max_length=3)
    object_kind = models.CharField(max_length=CODE_LENGTH)
    object_id = models.CharField(max_length=ID_LENGTH)
    seq = models.PositiveIntegerField()
    """1, 2, 3 ... per object, without a gap."""

    from_state = models.CharField(max_length=CODE_LENGTH, blank=True)
    act = models.CharField(max_length=CODE_LENGTH)
    """Dotted and permanent: ``certificate.issued``."""

    to_state = models.CharField(max_length=CODE_LENGTH, blank=True)
    actor = models.CharField(max_length=ID_LENGTH)
    """Opaque id, never a name."""

    role = models.CharField(max_length=CODE_LENGTH)
    on_behalf_of = models.CharField(max_length=ID_LENGTH, blank=True)
    office = models.CharField(max_length=CODE_LENGTH, blank=True)
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=CODE_LENGTH, blank=True)
    payload_digest = models.BinaryField(max_length=32)
    """32 bytes; empty when the act has no payload."""

    previous_digest = models.BinaryField(max_length=32)
    """Digest of the event before on the same object; empty for the first."""

    digest = models.BinaryField(max_length=32, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "object_kind", "object_id", "seq"], name="events_one_event_per_step"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="events_seq_from_one"),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "at"], name="events_by_time")]

    def __str__(self) -> str:
        return f"{self.object_kind} {self.object_id} {self.seq}: {self.act}"


class EventPayload(models.Model):
    """Free text and personal data of an event; erasable, the event's digest does not move."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    authority = models.CharField(max_length=3)
    salt = models.BinaryField(max_length=16, null=True)
    body = models.TextField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, salt__isnull=False, body__isnull=False)
                | Q(erased_at__isnull=False, salt__isnull=True, body__isnull=True),
                name="events_payload_kept_or_erased",
            )
        ]

    def __str__(self) -> str:
        return f"payload of {self.event_id}"


class EventDue(models.Model):
    """One consumer still has to follow one event; written with the event, deleted with the consumer's work."""

    consumer = models.CharField(max_length=CODE_LENGTH)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="due")
    authority = models.CharField(max_length=3)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    """How often a worker took it."""

    claim = models.UUIDField(null=True)
    """Who holds it until ``due_at``; the next claim takes it over."""

    last_error = models.TextField(blank=True)
    """Kind of the last failure, without personal data."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consumer", "event"], name="events_due_once_per_consumer")
        ]
        indexes: ClassVar = [models.Index(fields=["consumer", "due_at", "id"], name="events_due_next")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"


class EventPosition(models.Model):
    """The place of an event in the one chain of its authority, given by the sequencer. Insert-only."""

    authority = models.CharField(max_length=3)
    position = models.PositiveBigIntegerField()
    """1, 2, 3 ... per authority, without a gap."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="position")
    event_digest = models.BinaryField(max_length=32)
    """Copied, so that the chain can be recomputed even where an event was made to disappear."""

    chain = models.BinaryField(max_length=32)
    """`digests.chain_digest` of the position before, this position and this event."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "position"], name="events_one_event_per_position"),
            models.CheckConstraint(condition=Q(position__gte=1), name="events_position_from_one"),
        ]
        ordering: ClassVar = [F("authority").asc(), F("position").asc()]

    def __str__(self) -> str:
        return f"{self.authority} {self.position}"
