"""Partners as people see them: the public directory, and one partner's record for staff. Source: `exchange.md` 7."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from opensps.exchange.errors import PartnerNotFound
from opensps.exchange.models import (
    AllowedDocument,
    CredentialStatus,
    ExchangeMode,
    Partner,
    PartnerConnection,
    PartnerCredential,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """How one type of certificate is exchanged with a partner in one direction."""

    type_code: str
    """UNCL 1001; empty: every type without a row of its own."""

    direction: str
    mode: str
    until: datetime | None
    """End of a fallback."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """A partner as the public sees it."""

    partner: Partner
    channels: tuple[str, ...]
    types: tuple[str, ...]
    """UNCL 1001, in either direction."""

    exchanged: tuple[Exchanged, ...]
    since: date | None
    """When exchange of the stage it is in began."""


def directory(*, authority: str, at: datetime) -> tuple[DirectoryEntry, ...]:
    """Return every partner by code, in four queries, whatever their number."""
    rows = Partner.objects.filter(authority=authority).order_by("code")
    filled = rows.prefetch_related(
        Prefetch("connections", PartnerConnection.objects.filter(is_active=True).order_by("rank", "pk")),
        Prefetch("allowed_documents", AllowedDocument.objects.filter(active=True)),
        Prefetch("modes", in_force(at)),
    )
    return tuple(_entry(each) for each in filled)


def in_force(at: datetime) -> QuerySet[ExchangeMode]:
    """Return the modes in force at a time, of all partners."""
    rows = ExchangeMode.objects.filter(valid_from__lte=at)
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at)).order_by("direction", "type_code")


def _entry(partner: Partner) -> DirectoryEntry:
    stages = partner.stages_on or {}
    since = stages.get(partner.stage)
    return DirectoryEntry(
        partner=partner,
        channels=tuple(dict.fromkeys(each.channel for each in partner.connections.all())),
        types=tuple(sorted({each.type_code for each in partner.allowed_documents.all()})),
        exchanged=tuple(_exchanged(each) for each in partner.modes.all()),
        since=date.fromisoformat(since) if since else None,
    )


def _exchanged(row: ExchangeMode) -> Exchanged:
    is_fallback = row.mode == "fallback"
    return Exchanged(
        type_code=row.type_code,
        direction=row.direction,
        mode=row.mode,
        until=row.valid_to if is_fallback else None,
        reason=row.reason if is_fallback else "",
    )


def partner_by_code(*, authority: str, code: str) -> Partner:
    """Return a partner with what was agreed with it. Raises `PartnerNotFound`."""
    rows = Partner.objects.filter(authority=authority, code=code)
    found = rows.prefetch_related("connections", "contacts", "channel_rules").first()
    if found is None:
        raise PartnerNotFound(code)
    return found


def credentials_of(partner: Partner) -> tuple[PartnerCredential, ...]:
    """Return the keys of a partner that are in use or waiting, without their secrets; those that end first, first."""
    rows = PartnerCredential.objects.filter(authority=partner.authority, partner=partner)
    kept = rows.exclude(status=CredentialStatus.RETIRED).select_related("partner").defer("secret")
    return tuple(kept.order_by("use", "valid_to", "pk"))


def exchanged_with(partner: Partner, *, at: datetime) -> tuple[Exchanged, ...]:
    """Return the modes in force with a partner."""
    return tuple(_exchanged(each) for each in in_force(at).filter(partner=partner))


def allowed_with(partner: Partner) -> tuple[AllowedDocument, ...]:
    """Return the pairs of type and status that are taken, by direction."""
    rows = AllowedDocument.objects.filter(authority=partner.authority, partner=partner, active=True)
    return tuple(rows.order_by("direction", "type_code", "status_code"))
