"""The officers' evidence that goes with a seal, kept as it was given (`trust.md` 6.14).

One row an officer and intention: the database itself refuses a second approval by the same person.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.certification.models import columns
from opensps.certification.models.certificates import IssueIntention


class IssueApproval(models.Model):
    """One officer's approval of the D of an intention."""

    FIRST, SECOND = 1, 2

    authority = models.CharField(max_length=columns.AUTHORITY)
    intention = models.ForeignKey(IssueIntention, on_delete=models.PROTECT, related_name="approvals")
    officer = models.CharField(max_length=columns.PERSON)
    rank = models.PositiveSmallIntegerField(default=FIRST)
    method = models.CharField(max_length=20)
    at = models.DateTimeField()
    digests = models.JSONField()
    """Every D of the act, hexadecimal, in the order in which they were approved."""

    template_digest = models.BinaryField(max_length=columns.DIGEST)
    credential_id = models.BinaryField(default=bytes)
    authenticator_data = models.BinaryField(default=bytes)
    client_data = models.BinaryField(default=bytes)
    signature = models.BinaryField(default=bytes)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intention", "officer"], name="certification_one_approval_each"),
            models.UniqueConstraint(fields=["intention", "rank"], name="certification_one_approval_a_rank"),
            models.CheckConstraint(condition=Q(rank__in=[1, 2]), name="certification_approval_rank"),
            models.CheckConstraint(
                condition=Q(method="password") | Q(method="webauthn") & ~Q(signature=b""),
                name="certification_approval_method",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.rank}"


class SignedPaper(models.Model):
    """The signed PDF of a certificate, kept from its first download on."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    number = models.CharField(max_length=columns.NUMBER)
    made_from = models.BinaryField(max_length=columns.DIGEST)
    """SHA-256 of the unsigned PDF: a paper that would be printed otherwise today is signed anew."""

    content = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "number"], name="certification_one_signed_paper"),
        ]

    def __str__(self) -> str:
        return self.number
