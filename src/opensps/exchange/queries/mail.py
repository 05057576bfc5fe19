"""Whose mail it is, what it answers, and whether it came before. Source: `exchange.md` 4.3, 4.6, 4.7."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from opensps.exchange.mail.certificates import ExchangeCertificate, read_pinned
from opensps.exchange.mail.preview import preview
from opensps.exchange.mail.reading import MailPartner
from opensps.exchange.models import (
    CredentialStatus,
    CredentialUse,
    Decision,
    Envelope,
    Partner,
    PartnerConnection,
    PartnerCredential,
    ReceivedMessage,
)
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle import OnboardingState

SIGNATURE_BY_SEAL = "seal"
BOUNCE = "bounce"
"""Reason kept with a report that counts towards the breaker."""

UNPROVEN = "unproven"
"""Reason kept with a receipt or bounce that proves nothing."""


@dataclass(frozen=True, slots=True)
class MailSender:
    """A partner who may write from an address."""

    partner: Partner
    connection: PartnerConnection
    profile: MailPartner


def mail_sender(*, authority: str, address: str, at: datetime) -> MailSender | None:
    """Return the partner that lists an address (lower case) at the time; ``None`` for strangers and suspended ones."""
    rows = PartnerConnection.objects.filter(authority=authority, channel=Channel.SMTP, is_active=True)
    known = rows.exclude(partner__state=OnboardingState.SUSPENDED).select_related("partner").order_by("rank", "pk")
    found = next((row for row in known if address in listed(row)), None)
    if found is None:
        return None
    profile = MailPartner(
        code=found.partner.code,
        addresses=listed(found),
        pinned=tuple(_pinned(found, at)),
        must_sign=found.options.get("signature") != SIGNATURE_BY_SEAL,
    )
    return MailSender(found.partner, found, profile)


def listed(connection: PartnerConnection) -> tuple[str, ...]:
    """Return the addresses mail of a connection may come from, lower case."""
    more = connection.options.get("addresses") or ()
    return tuple(str(each).lower() for each in (connection.address, *more) if each)


def _pinned(connection: PartnerConnection, at: datetime) -> Iterator[ExchangeCertificate]:
    """Yield the partner's exchange certificates, also the next one as soon as its fingerprint is confirmed."""
    rows = PartnerCredential.objects.filter(
        Q(connection__isnull=True) | Q(connection=connection),
        Q(valid_to__isnull=True) | Q(valid_to__gte=at),
        partner_id=connection.partner_id,
        use=CredentialUse.SMIME_SIGN,
        is_ours=False,
        confirmed_at__isnull=False,
        valid_from__lte=at,
    ).exclude(status=CredentialStatus.RETIRED)
    for material, confirmed in rows.order_by("pk").values_list("material", "fingerprint"):
        certificate = read_pinned(material.encode("utf-8"))
        if certificate is not None and certificate.fingerprint == confirmed:  # what people compared is this one
            yield certificate


def mail_delivery(*, authority: str, delivery_number: str) -> Envelope | None:
    """Return the envelope of ours that went by mail under this number."""
    rows = Envelope.objects.filter(authority=authority, direction="out", channel=Channel.SMTP)
    return rows.select_related("partner").filter(delivery_number=delivery_number).first()


def earlier_mails(message: ReceivedMessage, *, partner: Partner) -> Iterator[bytes]:
    """Yield the bytes of this partner's proven mails that came before under the same Message-ID."""
    if not message.message_key:
        return
    rows = ReceivedMessage.objects.filter(
        authority=message.authority,
        channel=Channel.SMTP,
        message_key=message.message_key,
        partner=partner,
        decision__in=(Decision.APPLIED, Decision.ANSWERED, Decision.REPORT, Decision.HANDED_ON),
        raw__isnull=False,
    ).exclude(pk=message.pk)
    for raw in rows.order_by("pk").values_list("raw", flat=True)[:5]:
        yield bytes(raw or b"")


@dataclass(frozen=True, slots=True)
class MailAside:
    """A mail in quarantine, as whoever watches needs it."""

    reason: str
    detail: str
    partner: str
    """Code of the partner that lists its sender; empty for a stranger."""

    text: str
    """Its header and its first plain text, cut."""

    received_at: datetime


def mail_aside(*, authority: str, message_id: int) -> MailAside | None:
    """Return a mail that is set aside; ``None`` for anything else."""
    rows = ReceivedMessage.objects.filter(authority=authority, channel=Channel.SMTP, pk=message_id)
    found = rows.select_related("connection__partner").first()
    if found is None or found.decision != Decision.QUARANTINED:
        return None
    shown = preview(bytes(found.raw or b""))
    return MailAside(
        reason=found.reason,
        detail=found.reason_text,
        partner=found.connection.partner.code if found.connection is not None else "",
        text="\n".join((*(value for _name, value in shown.fields), shown.text)),
        received_at=found.received_at,
    )


def was_handed_on(*, authority: str, partner: Partner, mic: str) -> bool:
    """Return whether the same signed part was handed on before; its Message-ID is outside the signature."""
    rows = ReceivedMessage.objects.filter(authority=authority, channel=Channel.SMTP, partner=partner)
    return rows.filter(decision=Decision.HANDED_ON, reason_text=mic).exists()


def reports_since(*, authority: str, reason: str, at: datetime, connection_id: int | None = None) -> int:
    """Return how many mails with this reason came in the hour before."""
    rows = ReceivedMessage.objects.filter(
        authority=authority, channel=Channel.SMTP, reason=reason, received_at__gt=at - timedelta(hours=1)
    )
    return (rows.filter(connection_id=connection_id) if connection_id is not None else rows).count()
