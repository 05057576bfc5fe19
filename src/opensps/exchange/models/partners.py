"""Partners' records (`exchange.md` 7.1, 7.2): who they are, how they are reached, what was agreed, who said so."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opensps.exchange.models import columns
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle import OnboardingState


class Direction(StrEnum):
    """Which way certificates go, seen from us."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class Side(StrEnum):
    """Who calls whom."""

    CLIENT = "client"
    """We call them, or a hub."""

    HOST = "host"
    """They call us: our hub, our services."""


class Delivery(StrEnum):
    """How an envelope of ours reaches them over a connection."""

    PUSH = "push"
    PULL = "pull"
    """It waits until they collect it."""


class CredentialUse(StrEnum):
    """What a key or secret is for (`exchange.md` 7.1)."""

    CLIENT_TLS = "client_tls"
    SERVER_TLS = "server_tls"
    """Certificate or issuer their server is pinned to."""

    WSSE_KEY = "wsse_key"
    OAUTH_CLIENT = "oauth_client"
    SMIME_SIGN = "smime_sign"
    SMIME_ENCRYPT = "smime_encrypt"
    CERTIFICATE_SIGNER = "certificate_signer"
    WEBHOOK = "webhook"


class CredentialStatus(StrEnum):
    """Where a key stands; two at once during a change."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class Stage(StrEnum):
    """Stage of the agreement between the authorities (A20, A42, A43)."""

    COMMUNICATED = "communicated"
    AGREED = "agreed"
    SIGNED = "signed"
    LIVE = "live"


def one_of(field: str, values: type[StrEnum], name: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of the words of an enumeration."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [str(value) for value in values]}), name=name)


class Partner(models.Model):
    """Another authority we exchange certificates with."""

    SANDBOX, PRODUCTION = "sandbox", "live"

    authority = models.CharField(max_length=columns.AUTHORITY)
    code = models.CharField(max_length=columns.PARTNER)
    """Our own permanent name of the partner, usually its country code."""

    name_en = models.CharField(max_length=columns.NAME)
    name_zh = models.CharField(max_length=columns.NAME, blank=True)
    authority_name = models.CharField(max_length=columns.NAME, blank=True)
    """Name of the foreign authority, as it writes itself."""

    countries = models.JSONField(default=list)
    """ISO 3166-1 alpha-2 codes it serves."""

    languages = models.JSONField(default=list)
    time_zone = models.CharField(max_length=columns.CODE, default="UTC")
    stage = models.CharField(max_length=20, default=Stage.COMMUNICATED.value)
    stages_on = models.JSONField(default=dict)
    """Stage -> date."""

    state = models.CharField(max_length=20, default=OnboardingState.APPLIED.value)
    resumes_as = models.CharField(max_length=20, blank=True)
    """State before a suspension."""

    suspended_reason = models.CharField(max_length=columns.CODE, blank=True)
    environment = models.CharField(max_length=10, default=SANDBOX)
    rules_profile = models.CharField(max_length=20, default="issue")
    """Profile of `rules` that what we send must pass."""

    requires_signature = models.BooleanField(default=False)
    """What they send must carry a certificate signature that verifies; what fails is not applied."""

    signature_variant = models.CharField(max_length=30, default="detached")
    forwards_holds = models.BooleanField(default=True)
    """Holds and their ends go to them over our own channels."""

    change_sequence = models.PositiveBigIntegerField(default=0)
    """The last one given; moved under the row lock, so that a cursor misses nothing."""

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "code"], name="exchange_one_partner_per_code"),
            one_of("state", OnboardingState, "exchange_partner_state"),
            one_of("stage", Stage, "exchange_partner_stage"),
            models.CheckConstraint(
                condition=~Q(state="suspended") | ~Q(resumes_as="") & ~Q(suspended_reason=""),
                name="exchange_suspended_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(environment__in=["sandbox", "live"]), name="exchange_partner_environment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    @property
    def is_exchanging(self) -> bool:
        """Whether certificates go to them."""
        return self.state in (OnboardingState.PARALLEL, OnboardingState.LIVE)


class PartnerConnection(models.Model):
    """One way to one partner, with its breaker and its poll cycle."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="connections")
    channel = models.CharField(max_length=10)
    connection_code = models.CharField(max_length=columns.CONNECTION_CODE)
    """What a hub calls the participant; not always ISO, never mixed with the country."""

    own_code = models.CharField(max_length=columns.CONNECTION_CODE)
    """What we are called there."""

    address = models.CharField(max_length=columns.ADDRESS, blank=True)
    """URL or mail address; empty where they only come to us."""

    side = models.CharField(max_length=10, default=Side.CLIENT.value)
    delivery = models.CharField(max_length=10, default=Delivery.PUSH.value)
    direction = models.CharField(max_length=10, default=Direction.BOTH.value)
    is_active = models.BooleanField(default=True)
    rank = models.PositiveSmallIntegerField(default=1)
    """Envelopes of ours take the active connection with the lowest."""

    tls_policy = models.CharField(max_length=30, default="required")
    """``required``, ``required+pinned``; never opportunistic."""

    authentication = models.CharField(max_length=20, default="mtls")
    """``mtls``, ``digest``, ``mtls+digest``, ``oauth``."""

    send_operation = models.CharField(max_length=20, default="validate")
    limits = models.JSONField(default=dict)
    """``bytes``, ``calls_per_minute``, ``at_once``, ``seconds`` and what a channel adds."""

    options = models.JSONField(default=dict)
    """What only one channel knows: poll interval, encryption, receipts, push settings."""

    breaker_failures = models.PositiveIntegerField(default=0)
    """Failures in a row."""

    breaker_opened_at = models.DateTimeField(null=True)
    breaker_probe_at = models.DateTimeField(null=True)
    """When one envelope may try again; set while the breaker is open."""

    breaker_probes = models.PositiveIntegerField(default=0)
    doubt = models.CharField(max_length=columns.CODE, blank=True)
    """Reason for a pause that is believed only when it comes again."""

    doubts = models.PositiveIntegerField(default=0)
    """How often it came in a row."""

    paused_reason = models.CharField(max_length=columns.CODE, blank=True)
    paused_text = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True)
    cycle_lease = models.UUIDField(null=True)
    cycle_lease_until = models.DateTimeField(null=True)
    cycle_due_at = models.DateTimeField(null=True)
    cycle_ended_at = models.DateTimeField(null=True)
    cycle_result = models.CharField(max_length=columns.CODE, blank=True)
    cycle_text = models.TextField(blank=True)
    lists_refreshed_at = models.DateTimeField(null=True)
    """When profile, participants and code lists were last fetched from a hub."""

    tested_at = models.DateTimeField(null=True)
    tested_result = models.CharField(max_length=columns.CODE, blank=True)
    """Code of what came of the last trial by a person; empty: never tried."""

    trial = models.JSONField(default=dict)
    """What was asked then and what came back (`transports.trying.Trial`)."""

    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "channel", "connection_code", "address"], name="exchange_one_connection"
            ),
            one_of("channel", Channel, "exchange_connection_channel"),
            one_of("side", Side, "exchange_connection_side"),
            one_of("delivery", Delivery, "exchange_connection_delivery"),
            one_of("direction", Direction, "exchange_connection_direction"),
            models.CheckConstraint(condition=Q(delivery="pull") | ~Q(address=""), name="exchange_push_has_address"),
            models.CheckConstraint(
                condition=Q(breaker_opened_at__isnull=True) | Q(breaker_probe_at__isnull=False),
                name="exchange_open_breaker_probes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.connection_code}"


class PartnerCredential(models.Model):
    """A key or secret of a conversation. A secret of ours is kept encrypted; nothing active is unconfirmed."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="credentials")
    connection = models.ForeignKey(PartnerConnection, on_delete=models.PROTECT, null=True, related_name="credentials")
    """Null: for every connection of the partner."""

    official = models.ForeignKey(
        "accounts.OfficialAccount", on_delete=models.PROTECT, null=True, related_name="credentials"
    )
    """The account of a program whose key it is: it counts only as long as the account stands. Null: the partner's."""

    use = models.CharField(max_length=30)
    is_ours = models.BooleanField(default=False)
    name = models.CharField(max_length=100, blank=True)
    """User name, client id, key id or mail address."""

    fingerprint = models.CharField(max_length=columns.DIGEST)
    """SHA-256, hexadecimal: of the certificate (DER), of the public key, or of the secret."""

    material = models.TextField(blank=True)
    """Public part: PEM or JWK; for a key of ours its address."""

    secret = models.BinaryField(null=True)
    """Encrypted (`secrets`)."""

    scopes = models.JSONField(default=list)
    status = models.CharField(max_length=10, default=CredentialStatus.NEXT.value)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    added_by = models.CharField(max_length=columns.PERSON)
    added_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=columns.PERSON, blank=True)
    confirmed_how = models.CharField(max_length=columns.CODE, blank=True)
    """The second way: telephone, letter, meeting, diplomatic note, made here."""

    confirmed_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    """When its end was last announced."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "use", "fingerprint"],
                condition=~Q(status="retired"),
                name="exchange_one_holder_of_a_key",
            ),
            models.UniqueConstraint(
                fields=["authority", "use", "name"],
                condition=Q(use__in=["wsse_key", "oauth_client"], status="active", is_ours=False),
                name="exchange_one_holder_of_a_name",
            ),
            one_of("use", CredentialUse, "exchange_credential_use"),
            one_of("status", CredentialStatus, "exchange_credential_status"),
            models.CheckConstraint(
                condition=~Q(status="active")
                | ~Q(confirmed_by="") & ~Q(confirmed_how="") & Q(confirmed_at__isnull=False),
                name="exchange_active_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="exchange_credential_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(official__isnull=True) | Q(use__in=["wsse_key", "oauth_client"], is_ours=False),
                name="exchange_key_of_a_program",
            ),
            models.UniqueConstraint(
                fields=["official", "use"], condition=~Q(status="retired"), name="exchange_one_key_of_a_program"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.fingerprint[:16]} {self.status}"


class PartnerContact(models.Model):
    """Somebody to call. Personal data: shown to exchange staff only."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=20)
    """``policy``, ``technical``, ``duty_desk``."""

    name = models.CharField(max_length=columns.NAME)
    address = models.CharField(max_length=columns.ADDRESS, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    hours = models.CharField(max_length=columns.NAME, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=["policy", "technical", "duty_desk"]), name="exchange_contact_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.partner_id}"


class GoldenRun(models.Model):
    """One golden message sent or received in an onboarding, with what came back (`exchange.md` 7.4)."""

    authority = models.CharField(max_length=columns.AUTHORITY)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="golden_runs")
    run = models.CharField(max_length=32)
    """Groups the messages of one conversation."""

    direction = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    message = models.CharField(max_length=10)
    """M1 to M11."""

    expected = models.CharField(max_length=columns.CODE)
    got = models.CharField(max_length=columns.CODE, blank=True)
    result = models.CharField(max_length=20)
    """``passed``, ``failed``, ``not_applicable``, ``not_run``."""

    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "partner", "run", "direction", "channel", "message"],
                name="exchange_one_golden_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.direction} {self.channel}: {self.result}"
