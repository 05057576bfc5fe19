"""What was agreed with a partner, as the partner itself may read it. Source: `exchange.md` 5.2, 7.1."""

from dataclasses import dataclass
from datetime import datetime

from opensps.exchange.models import (
    AllowedDocument,
    ChannelRule,
    CredentialStatus,
    ExchangeMode,
    Partner,
    PartnerConnection,
    PartnerCredential,
)
from opensps.exchange.queries.for_callers import connections_of
from opensps.lifecycle import OnboardingState


@dataclass(frozen=True, slots=True)
class PartnerProfile:
    """The records of one partner, without people and secrets."""

    partner: Partner
    connections: tuple[PartnerConnection, ...]
    documents: tuple[AllowedDocument, ...]
    rules: tuple[ChannelRule, ...]
    modes: tuple[ExchangeMode, ...]
    keys: tuple[PartnerCredential, ...]


def profile_of(partner: Partner, *, at: datetime) -> PartnerProfile:
    """Return what stands with a partner at a time."""
    own = {"authority": partner.authority, "partner": partner}
    documents = AllowedDocument.objects.filter(**own, active=True).order_by("direction", "type_code", "status_code")
    rules = ChannelRule.objects.filter(**own, active=True).order_by("pk")
    modes = ExchangeMode.objects.filter(**own, valid_from__lte=at).order_by("direction", "type_code", "valid_from")
    keys = PartnerCredential.objects.filter(**own).exclude(status=CredentialStatus.RETIRED).order_by("use", "pk")
    return PartnerProfile(partner, connections_of(partner), tuple(documents), tuple(rules), tuple(modes), tuple(keys))


def partners_listed(*, authority: str) -> tuple[Partner, ...]:
    """Return the partners that exchange certificates, or are about to."""
    states = (OnboardingState.CERTIFIED, OnboardingState.PARALLEL, OnboardingState.LIVE)
    return tuple(Partner.objects.filter(authority=authority, state__in=states).order_by("code"))
