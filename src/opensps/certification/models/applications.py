"""Applications: the draft as JSON of the value model, a handful of projected columns, and where it stands.

Source: `architecture.md` 3, `lifecycles.md` 3. Columns marked projected come from `projection` and nothing else.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.certification.models import columns
from opensps.lifecycle import ApplicationState


class Application(models.Model):
    """A request for a certificate."""

    NEW, RE_EXPORT = "new", "re_export"
    KINDS = (NEW, RE_EXPORT)

    authority = models.CharField(max_length=columns.AUTHORITY)
    reference = models.CharField(max_length=columns.REFERENCE)
    """``A-2026-0000318``."""

    kind = models.CharField(max_length=20)
    certificate_kind = models.CharField(max_length=30)
    state = models.CharField(max_length=20, default="draft")
    organisation = models.CharField(max_length=columns.PERSON)
    office = models.CharField(max_length=4)
    created_by = models.CharField(max_length=columns.PERSON)
    applicants = models.JSONField(default=list)
    """Ids of everybody who wrote in the draft; none of them examines, reviews or signs (I11)."""

    value = models.TextField()
    """The draft: `formats.json_form` of the value model."""

    version = models.PositiveIntegerField(default=1)
    """Grows with every change of value or documents."""

    consignor_name = models.CharField(max_length=columns.NAME, blank=True)
    consignee_name = models.CharField(max_length=columns.NAME, blank=True)
    export_country = models.CharField(max_length=2, blank=True)
    import_country = models.CharField(max_length=2, blank=True)
    goods = models.CharField(max_length=columns.NAME, blank=True)
    """Projected: what the first lines are, in words."""

    line_count = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """End of the clock that runs now, for whoever holds the file."""

    examiner = models.CharField(max_length=columns.PERSON, blank=True)
    reviewer = models.CharField(max_length=columns.PERSON, blank=True)
    rule_version = models.CharField(max_length=40, blank=True)
    """Frozen at submission, with the duty to inspect."""

    template = models.CharField(max_length=columns.TEMPLATE, blank=True, default="")
    """``XB-VET/2``: the template agreed with the destination it is made on; empty where none was agreed."""

    is_inspection_required = models.BooleanField(default=True)
    return_round = models.PositiveIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(blank=True)
    returned_value = models.TextField(blank=True)
    """The draft as it was returned: an answer shows what changed since."""

    reviewed_digest = models.CharField(max_length=64, blank=True)
    """Hex SHA-256 of value and documents as the reviewer saw them."""

    number = models.CharField(max_length=columns.NUMBER, blank=True)
    """Certificate number, once a preparation took one; kept until the end."""

    end_reason_code = models.CharField(max_length=columns.CODE, blank=True)
    end_legal_ground = models.CharField(max_length=200, blank=True)
    end_reason = models.TextField(blank=True)
    appeal_until = models.DateTimeField(null=True)
    has_cancel_consent = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "reference"], name="certification_one_reference"),
            models.UniqueConstraint(
                fields=["authority", "number"], condition=~Q(number=""), name="certification_number_of_one_application"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in ApplicationState]),
                name="certification_application_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | ~Q(number=""), name="certification_issued_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "issued"]) | ~Q(reviewed_digest=""),
                name="certification_ready_was_reviewed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "due_at"], name="certification_worklist"),
            models.Index(fields=["authority", "organisation", "state"], name="certification_own"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class ApplicationDocument(models.Model):
    """A file handed in with an application, kept in the database."""

    SUPPORTING, ATTACHED, ORIGINAL = "supporting", "attached", "original_certificate"
    PURPOSES = (SUPPORTING, ATTACHED, ORIGINAL)
    """Stays with us; travels with the certificate; the certificate a re-export came in with."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    purpose = models.CharField(max_length=30, default=SUPPORTING)
    filename = models.CharField(max_length=150)
    media_type = models.CharField(max_length=40)
    """Decided from the bytes."""

    size_bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=columns.DIGEST)
    content = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=columns.PERSON)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "application", "sha256"], name="certification_document_once"),
        ]

    def __str__(self) -> str:
        return self.filename


class ReturnedField(models.Model):
    """One field an examiner wants changed, and why."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="returned_fields")
    round = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    """JSON pointer into the draft, or ``documents``."""

    comment = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "application", "round", "path"], name="certification_field_once_per_round"
            ),
        ]

    def __str__(self) -> str:
        return self.path
