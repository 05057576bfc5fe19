"""The transparency log at rest: which logs there are, their leaves, what witnesses have seen.

Source: `trust.md` 4.6 and 6.5 to 6.10, `reliability.md` 2.7. The tree itself lies in tiles (`log_directory`); the row
of a log says which tree is the true one. The database refuses that a log shrinks and that a leaf changes (`immutable`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.certification.models import columns

ORIGIN = 255
"""Signs of the name of a log."""


class TransparencyLog(models.Model):
    """One log of an authority; usually one a year."""

    OPEN, FROZEN, READ_ONLY = "open", "frozen", "read_only"
    """Frozen: its year is over. Read-only: somebody has seen a larger tree than we have; nothing is signed any more."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    ordinal = models.PositiveIntegerField()
    """1, 2, 3 ... per authority, in the order in which they were created."""

    origin = models.CharField(max_length=ORIGIN)
    key = models.TextField()
    """Key string of the public key that signs its checkpoints."""

    state = models.CharField(max_length=20, default=OPEN)
    size = models.BigIntegerField(default=0)
    """Leaves in the tree; moved with `root` by compare-and-set, before anything is signed."""

    root = models.BinaryField(max_length=columns.DIGEST)
    checkpoint = models.BinaryField(default=bytes)
    """The note we signed last; for a smaller size than `size` after a crash."""

    checkpoint_size = models.BigIntegerField(default=-1)
    head_position = models.BigIntegerField(default=0)
    """Place in the chain of events that the newest audit head among the leaves stands for."""

    head_at = models.DateTimeField(null=True)
    alarm = models.CharField(max_length=columns.CODE, blank=True)
    alarm_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "ordinal"], name="certification_log_ordinal"),
            models.UniqueConstraint(fields=["authority", "origin"], name="certification_one_log_origin"),
            models.UniqueConstraint(
                fields=["authority"], condition=~Q(state="frozen"), name="certification_one_open_log"
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="certification_log_size"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "frozen", "read_only"]), name="certification_log_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="read_only") | ~Q(alarm="") & Q(alarm_at__isnull=False),
                name="certification_log_alarm_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class LogLeaf(models.Model):
    """A leaf with its index, from the moment it has one; never changed, never dropped."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    log = models.ForeignKey(TransparencyLog, on_delete=models.PROTECT, related_name="leaves")
    index = models.BigIntegerField()
    kind = models.PositiveSmallIntegerField()
    """`transparency.leaf.LeafEvent`."""

    data = models.BinaryField()
    """Exactly what is hashed and served."""

    number = models.CharField(max_length=columns.NUMBER, blank=True)
    """Of the certificate meant, if any."""

    event_id = models.UUIDField(null=True)
    """The event it stands for; none for an audit head."""

    chain_position = models.BigIntegerField(null=True)
    """Of an audit head: the place in the chain of events."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "log", "index"], name="certification_one_leaf_per_index"),
            models.UniqueConstraint(fields=["authority", "event_id"], name="certification_one_leaf_per_event"),
            models.CheckConstraint(condition=Q(index__gte=0), name="certification_leaf_index"),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "number", "kind"], name="certification_leaf_of")]

    def __str__(self) -> str:
        return f"{self.log_id} {self.index}"


class LogCheckpoint(models.Model):
    """A checkpoint that a quorum of witnesses has countersigned; the first one over a leaf makes its bundle final."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    log = models.ForeignKey(TransparencyLog, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=columns.DIGEST)
    note = models.BinaryField()
    """With the signature of the log and the cosignatures."""

    organisations = models.CharField(max_length=200)
    """Codes of those who signed, with blanks between."""

    witnessed_at = models.DateTimeField()
    """When the last one that was needed signed, by its own clock."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "log", "size"], name="certification_one_checkpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.size}"


class LogWitness(models.Model):
    """What we know of one witness of a log: the size it has signed last, so that the next proof begins there."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    log = models.ForeignKey(TransparencyLog, on_delete=models.PROTECT, related_name="witnesses")
    url = models.CharField(max_length=500)
    size = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    """When it last signed."""

    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=columns.CODE, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "log", "url"], name="certification_one_witness"),
        ]

    def __str__(self) -> str:
        return f"{self.url} {self.size}"
