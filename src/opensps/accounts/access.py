"""Tables of access for officials of other countries. State columns are projections of events; only `services` writes.

Source: `lifecycles.md` 6, I50. An official account points to an approval, an approval to an endorsement, an endorsement
to a request, and none of these may be empty: so the database itself knows no account without both, of the same request.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.lifecycle.access import AccessState, AccountState

ACCESS_REQUEST, OFFICIAL_ACCOUNT = "access_request", "official_account"
"""Kinds of objects in events; the ids are the reference of the request and the id of the account."""

_NAME = 200
_UNSENT = (AccessState.DRAFT.value, AccessState.RETURNED.value, AccessState.LAPSED.value)
_DECIDED = (AccessState.APPROVED.value, AccessState.COMPLETED.value)


class ApplicantKind(StrEnum):
    """For whom access is asked."""

    PERSON = "person"
    MACHINE = "machine"


class AccessAgreement(models.Model):
    """What was agreed with a country about the officials it may have here."""

    authority = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    mail_domains = models.JSONField(default=list)
    """Lower case; an applicant's address lies in one of them or under it."""

    scopes = models.JSONField(default=list)
    """Codes of `AccessScope`."""

    allows_inheritance = models.BooleanField(default=False)
    """Administrators of the country may open accounts under their own endorsement."""

    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "country"], name="accounts_one_agreement_per_country")
        ]

    def __str__(self) -> str:
        return self.country


class AccessRequest(models.Model):
    """A request for access, from its first draft to the account or its end."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    reference = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, default=ApplicantKind.PERSON.value)
    country = models.CharField(max_length=2)
    embassy = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    embassy_country = models.CharField(max_length=2)
    """Copied from the embassy, so that the database can compare it with the applicant's."""

    name = models.CharField(max_length=_NAME)
    email = models.EmailField(max_length=254)
    responsible = models.CharField(max_length=_NAME, blank=True)
    """Who answers for a program; empty for an official."""

    post = models.CharField(max_length=_NAME, blank=True)
    office = models.CharField(max_length=_NAME, blank=True)
    nominating_authority = models.CharField(max_length=_NAME, blank=True)
    ports = models.CharField(max_length=_NAME, blank=True)
    kinds = models.JSONField(default=list)
    """Codes of the certificate kinds the applicant works with."""

    scopes = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    ends_on = models.DateField(null=True)
    """Last day on which access is needed."""

    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    """When it came into this state; the clocks count from here."""

    is_reminded = models.BooleanField(default=False)
    is_stalled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    key_digest = models.CharField(max_length=64, unique=True)
    """Of the secret in the applicant's own address."""

    said = models.TextField(blank=True)
    """Why it was returned or refused, for the applicant."""

    reviewed_by = models.CharField(max_length=64, blank=True)
    link_digest = models.CharField(max_length=64, blank=True)
    link_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "reference"], name="accounts_one_request_per_reference"),
            models.CheckConstraint(condition=Q(embassy_country=F("country")), name="accounts_embassy_of_own_country"),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED) | ~Q(reviewed_by=""), name="accounts_approved_was_reviewed"
            ),
            models.CheckConstraint(
                condition=Q(kind=ApplicantKind.PERSON.value)
                | (Q(kind=ApplicantKind.MACHINE.value) & (Q(state__in=_UNSENT) | ~Q(responsible=""))),
                name="accounts_program_has_responsible",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "state", "since"], name="accounts_request_state"),
            models.Index(fields=["authority", "country", "state"], name="accounts_request_country"),
        ]

    def __str__(self) -> str:
        return self.reference


class AccessDocument(models.Model):
    """A paper handed in with a request: the letter of the nominating authority."""

    authority = models.CharField(max_length=3)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="documents")
    filename = models.CharField(max_length=_NAME)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.request_id} {self.sha256[:16]}"


class AccessEndorsement(models.Model):
    """An embassy's word that the applicant is who he says and holds the post he names."""

    authority = models.CharField(max_length=3)
    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="endorsements")
    endorsed_by = models.CharField(max_length=64)
    """Opaque id of a person of the embassy."""

    note_reference = models.CharField(max_length=100)
    endorsed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(endorsed_by="") & ~Q(note_reference=""), name="accounts_endorsement_is_signed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.note_reference}"


class AccessApproval(models.Model):
    """The department's approval of an endorsed request, by another person than the reviewer."""

    authority = models.CharField(max_length=3)
    endorsement = models.OneToOneField(AccessEndorsement, on_delete=models.PROTECT, related_name="approval")
    endorsed_by = models.CharField(max_length=64)
    reviewed_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    approved_at = models.DateTimeField()
    scopes = models.JSONField(default=list)
    ends_on = models.DateField(null=True)
    partner = models.CharField(max_length=16, blank=True)
    """Code of the partner a program's key belongs to; empty for an official."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reviewed_by="")
                & ~Q(approved_by="")
                & ~Q(endorsed_by="")
                & ~Q(approved_by=F("reviewed_by"))
                & ~Q(approved_by=F("endorsed_by"))
                & ~Q(reviewed_by=F("endorsed_by")),
                name="accounts_approval_by_three_people",
            )
        ]

    def __str__(self) -> str:
        return f"approval of {self.endorsement_id}"


class OfficialAccount(models.Model):
    """The account of an official, or of a machine, of another country."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    person = models.OneToOneField("accounts.Person", on_delete=models.PROTECT, related_name="official")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, default=ApplicantKind.PERSON.value)
    approval = models.ForeignKey(AccessApproval, on_delete=models.PROTECT, related_name="accounts")
    inherited_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="heirs")
    """The account of the country administrator who opened this one under his own endorsement."""

    state = models.CharField(max_length=20)
    scopes = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    reconfirmed_at = models.DateTimeField()
    used_at = models.DateTimeField()
    """Newest sign-in, or when it was opened or restored."""

    partner = models.CharField(max_length=16, blank=True)
    """Code of the partner a program's key belongs to; empty for an official."""

    reason_code = models.CharField(max_length=60, blank=True)
    """Why it is suspended or revoked."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["approval"], condition=Q(inherited_from__isnull=True), name="accounts_one_account_per_approval"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AccountState]), name="accounts_account_state"
            ),
            models.CheckConstraint(
                condition=Q(kind=ApplicantKind.PERSON.value, partner="")
                | (Q(kind=ApplicantKind.MACHINE.value, inherited_from__isnull=True) & ~Q(partner="")),
                name="accounts_program_has_partner",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "country", "state"], name="accounts_official_country")]

    def __str__(self) -> str:
        return self.id.hex

    @property
    def opaque_id(self) -> str:
        """The id as events carry it: 32 hexadecimal digits."""
        return self.id.hex

    @property
    def is_machine(self) -> bool:
        """Whether it is the account of a program, which signs in at no page."""
        return self.kind == ApplicantKind.MACHINE
