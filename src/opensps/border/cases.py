"""Tables of counterfeit cases: the case, its papers, their files and features, its log, the list shared with partners.

Source: `fraud.md` 7. Papers, files, log and list are never changed; what is said of goods, parties, harm, links and
custody stands in the log, and the newest entry counts. Each entry of the log carries the digest of the one before.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from opensps.lifecycle.case import CaseFinding, CaseState

CASE = "case"
"""Kind of object in events; its id is the case's number."""

FROM = ("inquiry", "verdict", "concern", "alert", "desk")
"""What a case is opened from."""

PRIORITIES = ("perishable", "held_at_port", "routine")


class Case(models.Model):
    """A counterfeit case."""

    authority = models.CharField(max_length=3)
    case_number = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    office = models.CharField(max_length=4, blank=True)
    opened_from = models.CharField(max_length=10)
    origin = models.CharField(max_length=64, blank=True)
    """Number of the inquiry, check, concern or alert it was opened from."""

    priority = models.CharField(max_length=20)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    owner = models.CharField(max_length=64, blank=True)
    second_reader = models.CharField(max_length=64, blank=True)
    """Who confirmed or dismissed it."""

    finding = models.CharField(max_length=20, blank=True)
    grounds = models.TextField(blank=True)
    issuer_answer = models.TextField(blank=True)
    competent_body = models.CharField(max_length=200, blank=True)
    measure = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    entry_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "case_number"], name="border_one_case_number"),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in CaseState]), name="border_case_state"),
            models.CheckConstraint(condition=Q(opened_from__in=FROM), name="border_case_from"),
            models.CheckConstraint(
                condition=Q(finding__in=["", *[str(each) for each in CaseFinding]]), name="border_case_finding"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(finding__in=["altered", "counterfeit"], confirmed_at__isnull=False)
                & ~Q(second_reader="")
                & ~Q(second_reader=models.F("owner")),
                name="border_case_two_names",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "due_at"], name="border_cases_due"),
            models.Index(fields=["authority", "opened_by", "-opened_at"], name="border_cases_opened_by"),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.state}"


class CasePaper(models.Model):
    """A paper of a case as it was presented, with the check that was made of it."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    sequence = models.PositiveIntegerField()
    """From 1."""

    paper_key = models.CharField(max_length=80, blank=True)
    """Names the paper where it was met before, such as ``check:<id>``: one paper belongs to one case."""

    number = models.CharField(max_length=64, blank=True)
    """As the paper claims."""

    type_code = models.CharField(max_length=10, blank=True)
    issuer = models.CharField(max_length=60, blank=True)
    """Code of the authority the paper claims."""

    presented_where = models.CharField(max_length=200, blank=True)
    presented_by = models.CharField(max_length=200, blank=True)
    presented_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=30, blank=True)
    verdict = models.JSONField(default=dict)
    """The check as it was kept, ``en`` and ``zh``."""

    differences = models.JSONField(default=list)
    """Triples: field, as typed or read, as signed."""

    features = models.JSONField(default=dict)
    """Template version, sheet number, QR address and the like."""

    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence"], name="border_one_paper_a_place"),
            models.UniqueConstraint(
                fields=["authority", "paper_key"], condition=~Q(paper_key=""), name="border_one_case_per_paper"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "number"], name="border_case_paper_number")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.number}"


class CaseFeature(models.Model):
    """One feature of a paper or its goods, by which look-alikes are found."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="features")
    name = models.CharField(max_length=30)
    value = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "name", "value"], name="border_one_feature_a_case")
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "name", "value"], name="border_case_features")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class CaseFile(models.Model):
    """A file of a case, as it came."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size_bytes = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.file_name


class CaseEntry(models.Model):
    """One line of the log of a case: who looked, who changed what, where an original went."""

    authority = models.CharField(max_length=3)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    act = models.CharField(max_length=30)
    data = models.JSONField(default=dict)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    """SHA-256, hexadecimal, over the digest before and this line (`verification.evidence`)."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "sequence"], name="border_one_case_entry_a_place")
        ]
        indexes: ClassVar = [models.Index(fields=["case", "act"], name="border_case_entries_act")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act}"


class ForgeryNotice(models.Model):
    """One line of the list shared with partners: a paper that was listed, or is withdrawn from the list."""

    LISTED, WITHDRAWN = "listed", "withdrawn"

    authority = models.CharField(max_length=3)
    notice_number = models.CharField(max_length=40)
    """The same for listing and withdrawal of one paper; tells nothing of the case."""

    paper = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="notices")
    status = models.CharField(max_length=10)
    at = models.DateTimeField()
    number = models.CharField(max_length=64, blank=True)
    type_code = models.CharField(max_length=10, blank=True)
    issuer = models.CharField(max_length=60, blank=True)
    finding = models.CharField(max_length=20)
    fields = models.JSONField(default=list)
    """Names of the fields that differ."""

    features = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=["listed", "withdrawn"]), name="border_notice_status")
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "id"], name="border_notices_in_order"),
            models.Index(fields=["authority", "number"], name="border_notices_number"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_number} {self.status}"
