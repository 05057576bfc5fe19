"""Tables of the ledger of use: what was presented where, how much of it, what was decided, and what is left.

Source: `lifecycles.md` 5.1 (I30, I31: every presentation stays, also of numbers that do not exist), `fraud.md` 3. One
ledger for everybody: officials of another country and partners' machines with certificates of ours, our own border with
certificates of partners. Entries are only ever added; states and balances follow from them.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.border.quantities import QuantityField
from opensps.lifecycle.balance import LineUse
from opensps.lifecycle.presentation import PresentationAct, PresentationState, VerdictClass

PRESENTATION = "presentation"
"""Kind of object in events; its id is the presentation's number."""

CHANNELS = ("desk", "partner")
"""By a person at the desk, or by a machine of the partner."""


class Presentation(models.Model):
    """A paper was presented at a place, with the verdict of that moment and what was decided since."""

    authority = models.CharField(max_length=3)
    presentation_number = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, default="partner")
    presenter = models.CharField(max_length=60)
    """Code of the partner whose machine presented; else the country of the desk."""

    country = models.CharField(max_length=2, blank=True)
    """Of the place, ISO 3166-1 alpha-2: whose officials see this row."""

    person = models.CharField(max_length=64, blank=True)
    """Opaque id of who presented; empty for a machine."""

    request_id = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    """SHA-256 over what was asked: another question under the same request id is refused."""

    issuer = models.CharField(max_length=60, blank=True)
    """Code of who issued it, or is said to have: our authority or a partner."""

    number = models.CharField(max_length=64, blank=True)
    """As it was given, or as read from a file or code; empty where none could be read, or there was no paper."""

    location = models.CharField(max_length=5)
    """UN/LOCODE."""

    copy = models.CharField(max_length=10, blank=True)
    """Number of the copy, as printed."""

    presented_at = models.DateTimeField()
    result = models.CharField(max_length=30)
    verdict = models.JSONField()
    """The answer as it was given, ``en`` and ``zh``."""

    check_number = models.CharField(max_length=32)
    verdict_class = models.CharField(max_length=5, default="grey")
    verdict_kind = models.CharField(max_length=20, blank=True)
    """Of a red one: ``invalid`` or ``suspected_fraud``."""

    reasons = models.JSONField(default=list)
    """Codes that gave the class, the worst first."""

    alerts = models.JSONField(default=list)
    """Codes of `lifecycle.balance.Replay`."""

    is_known = models.BooleanField(default=True)
    """Whether the presenter may see such a certificate: what they may not see is recorded, and reserves nothing."""

    goods = models.CharField(max_length=450, blank=True)
    """What came without a certificate."""

    continues = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="continued_by")
    """The presentation of the office that sent the goods on."""

    state = models.CharField(max_length=20, default=PresentationState.PRESENTED.value)
    measure = models.CharField(max_length=30, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    next_location = models.CharField(max_length=5, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """When an outcome is due; null once there is one."""

    is_overdue = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "presenter", "request_id"], name="border_one_presentation_per_request"
            ),
            models.UniqueConstraint(fields=["authority", "presentation_number"], name="border_one_presentation_number"),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in PresentationState]), name="border_presentation_state"
            ),
            models.CheckConstraint(
                condition=Q(verdict_class__in=[str(each) for each in VerdictClass]), name="border_presentation_class"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "accepted_partly"]) | ~Q(verdict_class="red"),
                name="border_no_red_accepted",
            ),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="border_presentation_channel"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "number", "presented_at"], name="border_presented_number"),
            models.Index(fields=["authority", "country", "state", "-presented_at"], name="border_presented_here"),
            models.Index(
                fields=["authority", "due_at"], name="border_presented_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} at {self.location}: {self.result}"


class PresentationLine(models.Model):
    """How much of one line was claimed, is reserved, was accepted."""

    authority = models.CharField(max_length=3)
    presentation = models.ForeignKey(Presentation, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    unit = models.CharField(max_length=3, blank=True)
    """UNECE Rec 20; empty: the line as a whole."""

    claimed = QuantityField()
    reserved = QuantityField(default=0)
    accepted = QuantityField(default=0)

    class Meta:
        ordering: ClassVar = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["presentation", "line"], name="border_one_claim_a_line"),
            models.CheckConstraint(
                condition=Q(claimed__gte=0, reserved__gte=0, accepted__gte=0), name="border_claim_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.claimed} {self.unit}"


class PresentationEntry(models.Model):
    """One act on a presentation and what it moved. Only ever added."""

    authority = models.CharField(max_length=3)
    presentation = models.ForeignKey(Presentation, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField()
    act = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    """After it."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    party = models.CharField(max_length=10)
    reason_code = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=30, blank=True)
    moved = models.JSONField(default=list)
    """Lists of line, unit, change of what is reserved, change of what is accepted; quantities as text."""

    report_number = models.CharField(max_length=40, blank=True)
    """Number of the report that the issuing authority keeps of it; ours only."""

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["presentation", "sequence"], name="border_one_entry_a_place"),
            models.UniqueConstraint(
                fields=["authority", "report_number"], condition=~Q(report_number=""), name="border_one_entry_a_report"
            ),
            models.CheckConstraint(
                condition=Q(act__in=[str(each) for each in PresentationAct]), name="border_entry_act"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.presentation_id} {self.sequence} {self.act}"


class LineBalance(models.Model):
    """What is left of one line of one certificate; the database refuses more than was issued (I30)."""

    authority = models.CharField(max_length=3)
    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    line = models.PositiveIntegerField()
    unit = models.CharField(max_length=3, blank=True)
    issued = QuantityField()
    accepted = QuantityField(default=0)
    reserved = QuantityField(default=0)
    moved = QuantityField(default=0)
    """Gone on to other certificates."""

    class Meta:
        ordering: ClassVar = ["line"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "issuer", "number", "line"], name="border_one_balance_a_line"),
            models.CheckConstraint(
                condition=Q(accepted__gte=0, reserved__gte=0, moved__gte=0)
                & Q(issued__gte=F("accepted") + F("reserved") + F("moved")),
                name="border_never_more_than_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.number} {self.line}"

    @property
    def use(self) -> LineUse:
        """The row as the value the rules count with."""
        return LineUse(
            line=self.line,
            unit=self.unit,
            issued=self.issued,
            accepted=self.accepted,
            reserved=self.reserved,
            moved=self.moved,
        )


class SourceDraw(models.Model):
    """What an application for re-export draws of one line of the certificate its goods came in with.

    Held from the submission on, drawn for good at the issue, given back when the application ends (P06, I30).
    """

    RESERVED, MOVED, FREED = "reserved", "moved", "freed"

    authority = models.CharField(max_length=3)
    reference = models.CharField(max_length=40)
    """Of the application."""

    line = models.PositiveIntegerField()
    """Of the re-export."""

    issuer = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    source_line = models.PositiveIntegerField()
    unit = models.CharField(max_length=3, blank=True)
    """Of the line of the import certificate, UNECE Rec 20."""

    from_accepted = QuantityField(default=0)
    """Of what was accepted at the border before."""

    from_left = QuantityField(default=0)
    """Of what nobody had accepted: reserved, then moved in `LineBalance`."""

    state = models.CharField(max_length=10, default=RESERVED)
    drawn_by = models.CharField(max_length=64, blank=True)
    """Number of the certificate for re-export, once it is issued."""

    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["reserved", "moved", "freed"]), name="border_draw_state"),
            models.CheckConstraint(
                condition=Q(from_accepted__gte=0, from_left__gte=0), name="border_draw_not_negative"
            ),
            models.CheckConstraint(condition=~Q(state="moved") | ~Q(drawn_by=""), name="border_drawn_by_a_certificate"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "reference"], name="border_draws_of_one"),
            models.Index(fields=["authority", "issuer", "number"], name="border_draws_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.line}: {self.number} {self.source_line} {self.state}"

    @property
    def quantity(self) -> Decimal:
        """What is drawn, in the unit of the source's line."""
        return self.from_accepted + self.from_left
