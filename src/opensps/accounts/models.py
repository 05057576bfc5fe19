"""Tables of accounts. State columns are projections of events; only `services` writes them."""

from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from opensps.accounts.access import (
    AccessAgreement,
    AccessApproval,
    AccessDocument,
    AccessEndorsement,
    AccessRequest,
    ApplicantKind,
    OfficialAccount,
)
from opensps.accounts.directory import PersonWord
from opensps.accounts.entry import EntryLink, EntryPurpose, OneTimeCodes, RecoveryCode
from opensps.accounts.mandates import Mandate
from opensps.lifecycle import FOREIGN, Role

__all__ = [
    "MACHINES",
    "NAME_LENGTH",
    "OFFICIAL_ROLES",
    "AccessAgreement",
    "AccessApproval",
    "AccessDocument",
    "AccessEndorsement",
    "AccessRequest",
    "ApplicantKind",
    "Authority",
    "EntryLink",
    "EntryPurpose",
    "Mandate",
    "Office",
    "OfficialAccount",
    "OneTimeCodes",
    "Organisation",
    "OrganisationKind",
    "Passkey",
    "Person",
    "PersonWord",
    "RecoveryCode",
    "RoleGrant",
    "TryCounter",
]

NAME_LENGTH = 200

MACHINES = (Role.SYSTEM, Role.CLOCK)
"""Roles no person can hold: they act for every authority, and no guard asks who they are."""

OFFICIAL_ROLES = (Role.COUNTRY_ADMIN, Role.FOREIGN_OFFICER)
"""Roles that come with an official account and in no other way (`lifecycles.md` I50)."""


class OrganisationKind(StrEnum):
    """What an organisation is to the authority."""

    COMPETENT_AUTHORITY = "competent_authority"
    EXPORTER = "exporter"
    AGENT = "agent"
    LABORATORY = "laboratory"
    FOREIGN_AUTHORITY = "foreign_authority"
    EMBASSY = "embassy"
    MINISTRY = "ministry"
    """A ministry or another body of the own country, which the coordinator gives work to."""


class Authority(models.Model):
    """The competent authority an installation works for: its names and how it writes and checks certificates."""

    authority = models.CharField(max_length=3, unique=True)
    """ISO 3166-1 alpha-2, one more sign where a country has several authorities."""

    name_en = models.CharField(max_length=NAME_LENGTH)
    name_zh = models.CharField(max_length=NAME_LENGTH)
    country = models.CharField(max_length=2)
    place_en = models.CharField(max_length=NAME_LENGTH)
    place_zh = models.CharField(max_length=NAME_LENGTH)
    offset_minutes = models.SmallIntegerField()
    """Minutes east of UTC in which times on certificates are written."""

    check_host = models.CharField(max_length=253)
    """The one short host printed beside every QR code."""

    profile = models.PositiveSmallIntegerField(default=1)
    """1 no log yet, 2 logged, 3 logged and witnessed (`trust.md` 7.3)."""

    four_eyes = models.BooleanField(default=True)
    """The reviewer of an application does not sign its certificate (`lifecycles.md` 10, I11)."""

    two_officers = models.JSONField(default=list)
    """What needs a second officer: kinds (``phytosanitary``), type codes (``853``), destinations (``to:XB``)."""

    allows_password = models.BooleanField(default=True)
    """Officers may approve with their password; otherwise only with a passkey."""

    def __str__(self) -> str:
        return self.name_en


class Organisation(models.Model):
    """An exporter, an agent, a laboratory or an authority, with the address that a consignor's box is filled from."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.value) for kind in OrganisationKind])
    name = models.CharField(max_length=NAME_LENGTH)
    name_zh = models.CharField(max_length=NAME_LENGTH, blank=True)
    address_lines = models.JSONField(default=list)
    """0 to 5 texts, in order."""

    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "name"], name="accounts_organisation_name")]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """An issuing office; its code is part of the certificate numbers (`domain.md` 2.2)."""

    authority = models.CharField(max_length=3)
    code = models.CharField(max_length=4)
    """3 or 4 digits."""

    name_en = models.CharField(max_length=NAME_LENGTH)
    name_zh = models.CharField(max_length=NAME_LENGTH)
    place_en = models.CharField(max_length=NAME_LENGTH)
    place_zh = models.CharField(max_length=NAME_LENGTH)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "code"], name="accounts_one_office_per_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{3,4}$"), name="accounts_office_code_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"


class Person(AbstractBaseUser):
    """Somebody who signs in. ``id`` is the opaque id that events carry; name and address stay here."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    email = models.EmailField(max_length=254)
    """Lower case."""

    name = models.CharField(max_length=NAME_LENGTH)
    preferred_language = models.CharField(max_length=10, default="en")
    """``en`` or ``zh-hans``."""

    is_active = models.BooleanField(default=True)
    is_machine = models.BooleanField(default=False)
    """A program of another authority: it has a key elsewhere, no password, and signs in at no page."""

    session_epoch = models.PositiveIntegerField(default=0)
    """Part of every session's seal: one more ends all sessions of this person."""

    last_login = None  # sign-ins are events, not a column the framework writes
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "email"], name="accounts_one_person_per_email"),
            models.CheckConstraint(
                condition=Q(is_machine=False) | Q(password__startswith="!"),  # noqa: S106  the mark of an account without one
                name="accounts_program_has_no_password",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["authority", "name", "id"], name="accounts_person_by_name")]

    def __str__(self) -> str:
        return self.id.hex

    @property
    def opaque_id(self) -> str:
        """The id as events, applications and certificates carry it: 32 hexadecimal digits."""
        return self.id.hex

    def get_session_auth_hash(self) -> str:
        """Return the seal of a session: it breaks with a new password and with a new epoch."""
        return self._seal(secret=None)

    def get_session_auth_fallback_hash(self) -> Any:
        """Yield the seals under the secret keys before the present one."""
        from django.conf import settings  # noqa: PLC0415 the framework's own key list, not one of ours

        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._seal(secret=secret)

    def _seal(self, *, secret: str | bytes | None) -> str:
        value = f"{self.password}\n{self.session_epoch}"
        return salted_hmac("opensps.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class RoleGrant(models.Model):
    """One role of one person for a time, for an organisation or in an office."""

    id = models.UUIDField(primary_key=True, editable=False)
    authority = models.CharField(max_length=3)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="grants")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="grants")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    """Exclusive; null = until it is ended."""

    official = models.ForeignKey(OfficialAccount, on_delete=models.PROTECT, null=True, related_name="grants")
    """The account a role of an official belongs to."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="accounts_grant_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.EXPORTER.value) | Q(organisation__isnull=False),
                name="accounts_exporter_has_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(role.value for role in FOREIGN)) | Q(organisation__isnull=False),
                name="accounts_foreigner_has_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.LIAISON.value) | Q(organisation__isnull=False),
                name="accounts_liaison_has_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.TRADE_AGENT.value) | Q(organisation__isnull=False),
                name="accounts_agent_has_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in OFFICIAL_ROLES]) | Q(official__isnull=False),
                name="accounts_official_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.CERTIFYING_OFFICER.value) | Q(office__isnull=False),
                name="accounts_certifier_has_office",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in MACHINES]), name="accounts_no_person_is_a_machine"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["authority", "role"], name="accounts_grant_role"),
            models.Index(fields=["authority", "office", "role"], name="accounts_grant_office"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"


class TryCounter(models.Model):
    """Wrong passwords of one key: an account from a network, an account from everywhere, a network, an approval."""

    authority = models.CharField(max_length=3)
    scope = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    """Keyed digest, hexadecimal: neither the address of an account nor that of a network."""

    wrong = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    rounds = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "scope", "key"], name="accounts_one_counter_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Passkey(models.Model):
    """The public half of an officer's passkey, with which approvals are verified (`trust.md` 6.14)."""

    authority = models.CharField(max_length=3)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField(max_length=2000)
    """COSE key."""

    sign_count = models.BigIntegerField(default=0)
    registered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "credential_id"], name="accounts_one_passkey"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {bytes(self.credential_id).hex()[:16]}"
