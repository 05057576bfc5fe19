"""Programs of partners that may ask for tokens, and who a token belongs to. Source: `exchange.md` 5.1."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from opensps.accounts.access_queries import OfficialAccount, stands
from opensps.exchange.models import AccessToken, CredentialStatus, CredentialUse, Partner, PartnerCredential
from opensps.lifecycle import OnboardingState

SCOPES = (
    "certificates:read",
    "declarations:write",
    "envelopes:read",
    "envelopes:write",
    "envelopes:acknowledge",
    "checks:write",
    "outcomes:write",
    "inquiries:read",
    "inquiries:write",
    "webhooks:manage",
)
"""Scopes that programs of partners may hold."""


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """A program of a partner, proven by its token."""

    partner: Partner
    client_id: str
    scopes: frozenset[str]
    official: OfficialAccount | None = None
    """The account of a program that came through its embassy; None for a program of the partner itself."""


def in_use(at: datetime) -> Q:
    """Match credentials in use: active, or next and confirmed, so that two hold during a change; within their time."""
    stands = Q(status=CredentialStatus.ACTIVE) | Q(status=CredentialStatus.NEXT, confirmed_at__isnull=False)
    return stands & Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def whose_account_stands(at: datetime) -> Q:
    """Match keys of the partner itself, and those of programs whose official account stands at this moment."""
    return Q(official__isnull=True) | stands(at, "official__")


def is_of_its_country(credential: PartnerCredential) -> bool:
    """Whether the partner of a program's key still serves the program's country, and no other."""
    return credential.official is None or credential.partner.countries == [credential.official.country]


def clients_named(*, authority: str, client_id: str, at: datetime) -> tuple[PartnerCredential, ...]:
    """Return the credentials of a client, with their partners; two during a change of keys, none for a stranger."""
    rows = PartnerCredential.objects.filter(
        in_use(at),
        whose_account_stands(at),
        authority=authority,
        use=CredentialUse.OAUTH_CLIENT,
        is_ours=False,
        name=client_id,
    )
    found = rows.select_related("partner", "official").order_by("pk")
    return tuple(each for each in found if is_of_its_country(each))


def program_keys(account: OfficialAccount) -> tuple[PartnerCredential, ...]:
    """Return the keys in use of a program's account, without their secrets."""
    rows = PartnerCredential.objects.filter(authority=account.authority, official=account)
    return tuple(rows.exclude(status=CredentialStatus.RETIRED).defer("secret").order_by("use"))


def caller_of_token(*, authority: str, token: str, certificate_sha256: str, at: datetime) -> ApiCaller | None:
    """Return whose token it is; None for one that is unknown, ended, revoked, of a client that is no more, or shown
    without the client certificate it is bound to."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    rows = AccessToken.objects.filter(authority=authority, sha256=digest, expires_at__gt=at, revoked_at__isnull=True)
    found = rows.select_related("partner").first()
    if found is None or found.certificate_sha256 not in ("", certificate_sha256):
        return None
    named = clients_named(authority=authority, client_id=found.client_id, at=at)
    kept = tuple(client for client in named if client.partner_id == found.partner_id)
    granted = {scope for client in kept for scope in client.scopes}
    if not kept:
        return None
    return ApiCaller(found.partner, found.client_id, frozenset(found.scopes) & granted, kept[0].official)


def is_served(partner: Partner) -> bool:
    """Whether calls of a partner are answered: not before it has a sandbox, not while it is suspended."""
    return partner.state not in (OnboardingState.APPLIED, OnboardingState.PROFILE_SET, OnboardingState.SUSPENDED)
