"""Intentions to issue and certificates at rest: the sealed bytes exactly as sealed, never rendered again.

Source: `architecture.md` 3 and 4, `trust.md` 4, `lifecycles.md` 4. The database refuses any change of what was
sealed (`immutable`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.certification.models import columns
from opensps.certification.models.applications import Application
from opensps.lifecycle import CertificateState


class IssueIntention(models.Model):
    """What is about to be sealed: unsigned bytes, their digest D, who approved them and how."""

    PREPARED, INTENDED, ISSUED, DISCARDED = "prepared", "intended", "issued", "discarded"

    authority = models.CharField(max_length=columns.AUTHORITY)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="intentions")
    state = models.CharField(max_length=20, default=PREPARED)
    number = models.CharField(max_length=columns.NUMBER)
    xml = models.BinaryField()
    """The certificate as it will be sealed."""

    digest = models.BinaryField(max_length=columns.DIGEST)
    """D of `trust.md` 6.1."""

    projection = models.JSONField()
    """The columns of the certificate, from the value as it was read back."""

    prepared_by = models.CharField(max_length=columns.PERSON)
    prepared_at = models.DateTimeField()
    office = models.CharField(max_length=4)
    approved_at = models.DateTimeField(null=True)
    approval_method = models.CharField(max_length=20, blank=True)
    approval_template_digest = models.BinaryField(max_length=columns.DIGEST, default=bytes)
    """SHA-256 of the page template on which the officer approved."""

    needs_second = models.BooleanField(default=False)
    """The authority calls it risky: a second officer approves the same D before it is sealed."""

    second_approved_by = models.CharField(max_length=columns.PERSON, blank=True)
    second_approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "application"],
                condition=~Q(state="discarded"),
                name="certification_one_intention",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["intended", "issued"]) | Q(approved_at__isnull=False) & ~Q(approval_method=""),
                name="certification_intended_is_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(needs_second=False) | ~Q(second_approved_by=""),
                name="certification_risky_by_two",
            ),
            models.CheckConstraint(
                condition=Q(second_approved_by="") | ~Q(second_approved_by=F("prepared_by")),
                name="certification_two_officers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Certificate(models.Model):
    """An issued certificate."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    number = models.CharField(max_length=columns.NUMBER)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="certificate")
    state = models.CharField(max_length=20)
    xml = models.BinaryField(null=True)
    """Exactly as sealed."""

    seal = models.BinaryField(null=True)
    """The .xades file."""

    digest = models.BinaryField(max_length=columns.DIGEST)
    salt = models.BinaryField(max_length=16)
    token = models.CharField(max_length=20)
    code = models.CharField(max_length=12)

    kind = models.CharField(max_length=30)
    type_code = models.CharField(max_length=10)
    office = models.CharField(max_length=4)
    issued_at = models.DateTimeField()
    officer = models.CharField(max_length=columns.PERSON)
    organisation = models.CharField(max_length=columns.PERSON)
    consignor_name = models.CharField(max_length=columns.NAME, blank=True)
    consignee_name = models.CharField(max_length=columns.NAME, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    import_country = models.CharField(max_length=2, blank=True)
    goods = models.CharField(max_length=columns.NAME, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    template = models.CharField(max_length=columns.TEMPLATE, blank=True, default="")
    """``XB-VET/2``: the template it was issued on, also where its XML has no place to say so."""

    sealed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    """When the state last moved."""

    valid_until = models.DateField(null=True)
    copy_count = models.PositiveIntegerField(default=0)
    lost_copies = models.JSONField(default=dict)
    """Number of a copy reported lost -> the day; copy 0 is the original paper."""

    public_reason = models.CharField(max_length=columns.CODE, blank=True)
    """Code of `reasons`, shown with a hold or a withdrawal."""

    hold_decide_by = models.DateField(null=True)
    was_hold_extended = models.BooleanField(default=False)
    is_escalated = models.BooleanField(default=False)
    held_before_proposal = models.BooleanField(default=False)
    """A hold stood already when the withdrawal was proposed: declining leads back to it."""

    hold_reason_before_proposal = models.CharField(max_length=columns.CODE, blank=True)
    hold_decide_by_before_proposal = models.DateField(null=True)
    proposed_by = models.CharField(max_length=columns.PERSON, blank=True)
    proposed_reason_code = models.CharField(max_length=columns.CODE, blank=True)
    proposed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=columns.PERSON, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="certification_one_number"),
            models.UniqueConstraint(fields=["authority", "token"], name="certification_one_token"),
            models.UniqueConstraint(fields=["authority", "digest"], name="certification_one_digest"),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in CertificateState]),
                name="certification_certificate_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(xml__isnull=False, seal__isnull=False),
                name="certification_in_force_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state="on_hold") | Q(hold_decide_by__isnull=False) & ~Q(public_reason=""),
                name="certification_hold_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | ~Q(proposed_by="") & ~Q(confirmed_by="") & Q(withdrawn_at__isnull=False),
                name="certification_withdrawn_by_two",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("proposed_by")),
                name="certification_two_people",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "organisation", "-issued_at"], name="certification_own_issued"),
            models.Index(fields=["authority", "state", "-issued_at"], name="certification_issued"),
            models.Index(fields=["authority", "import_country", "-issued_at"], name="certification_issued_for"),
            models.Index(fields=["authority", "-issued_at", "-id"], name="certification_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
