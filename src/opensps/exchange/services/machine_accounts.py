"""Programs of other authorities that came through their embassy: approval for a partner, the making of their keys.

Source: `lifecycles.md` 6.2. Account and key are written in one transaction. The key is made here, shown once, and
counts only as long as the account stands (`queries.clients.whose_account_stands`); of the signing key the public half
is kept, of the key for SOAP what is needed to check it, encrypted.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from joserfc import jwk

from opensps.accounts.access_queries import AccessRequest, OfficialAccount
from opensps.accounts.queries import SYSTEM, Actor
from opensps.accounts.services import access_approve, end_of, machine_account_open, official_key
from opensps.exchange.key_material import read_public
from opensps.exchange.models import AccessToken, CredentialStatus, CredentialUse, Partner, PartnerCredential
from opensps.exchange.names import CREDENTIAL_ADDED, CREDENTIAL_RETIRED
from opensps.exchange.queries.connections import place_of
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.credentials import MADE_HERE
from opensps.exchange.services.records import locked_partner, partner_event
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle.access import AccessScope, AccountAct

SCOPES_OF: Final[Mapping[AccessScope, tuple[str, ...]]] = MappingProxyType(
    {
        AccessScope.VIEW: ("certificates:read",),
        AccessScope.VERIFY: ("checks:write",),
        AccessScope.INQUIRE: ("inquiries:read", "inquiries:write"),
        AccessScope.RECEIVE: ("outcomes:write",),
    }
)
"""What an official may do -> what a program may call; nothing that takes deliveries away from the partner itself."""

_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKey:
    """What a program needs to call, shown once."""

    account: OfficialAccount
    name: str
    """Client id, and user name for SOAP."""

    private_key: str = field(repr=False)
    """JWK on P-256, JSON: signs the statements of RFC 7523."""

    secret: str = field(repr=False)
    """Password of UsernameToken; empty where SOAP was not agreed with the partner."""

    scopes: tuple[str, ...]
    ends_at: datetime | None


def scopes_for(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return what a program may call under the scopes its account was approved for, each once."""
    return tuple(each for scope in AccessScope if scope in set(scopes) for each in SCOPES_OF.get(scope, ()))


def machine_partner(*, authority: str, country: str) -> str:
    """Return the code of the partner a country's programs belong to: it serves this country alone. Empty: none."""
    rows = Partner.objects.filter(authority=authority).order_by("code")
    return next((each.code for each in rows if each.countries == [country]), "")


@transaction.atomic
def machine_approve(*, authority: str, request: AccessRequest, actor: Actor, at: datetime) -> None:
    """Approve a program for the partner of its country. Raises `ActNotAllowed`, also where there is none."""
    partner = machine_partner(authority=authority, country=request.country)
    access_approve(authority=authority, reference=request.reference, partner=partner, actor=actor, at=at)


@transaction.atomic
def machine_enrol(*, authority: str, link: str, accepts_terms: bool, box: SecretBox | None, at: datetime) -> MachineKey:
    """Open the account of an approved program and make its key. Raises as `machine_account_open`."""
    account = machine_account_open(authority=authority, link=link, accepts_terms=accepts_terms, at=at)
    return _made(account, by=SYSTEM, box=box, at=at)


@transaction.atomic
def machine_key_renew(
    *, authority: str, account_id: str, has_second_factor: bool, box: SecretBox | None, actor: Actor, at: datetime
) -> MachineKey:
    """Make a new key; the former one and all its tokens end at once. Raises `ActNotAllowed`, `NotFound`."""
    known: dict[str, Any] = {"has_second_factor": has_second_factor, "actor": actor, "at": at}
    account = official_key(authority=authority, account_id=account_id, act=AccountAct.RENEW_KEY, **known)
    _retired(account, by=actor, at=at)
    return _made(account, by=actor, box=box, at=at)


@transaction.atomic
def machine_key_end(*, authority: str, account_id: str, actor: Actor, at: datetime) -> None:
    """End the key and all its tokens; the account stays, a new key can be made. Raises `ActNotAllowed`, `NotFound`."""
    known: dict[str, Any] = {"has_second_factor": False, "actor": actor, "at": at}
    account = official_key(authority=authority, account_id=account_id, act=AccountAct.END_KEY, **known)
    _retired(account, by=actor, at=at)


def _retired(account: OfficialAccount, *, by: Actor, at: datetime) -> None:
    partner = locked_partner(authority=account.authority, code=account.partner)
    rows = PartnerCredential.objects.filter(official=account).exclude(status=CredentialStatus.RETIRED)
    for key in tuple(rows):
        key.status, key.retired_at, key.secret = CredentialStatus.RETIRED.value, at, None
        key.save(update_fields=["status", "retired_at", "secret"])
        _tell(partner, CREDENTIAL_RETIRED, key, by=by, at=at)
    AccessToken.objects.filter(partner=partner, client_id=_name(account), revoked_at=None).update(revoked_at=at)


def _name(account: OfficialAccount) -> str:
    return f"{account.partner.lower()}-{account.opaque_id}"


def _made(account: OfficialAccount, *, by: Actor, box: SecretBox | None, at: datetime) -> MachineKey:
    partner = locked_partner(authority=account.authority, code=account.partner)
    private = jwk.ECKey.generate_key("P-256")
    public = read_public(json.dumps(private.as_dict(private=False)))
    _kept(account, partner, CredentialUse.OAUTH_CLIENT, public.fingerprint, by=by, at=at, material=public.material)
    has_soap = box is not None and partner.connections.filter(channel=Channel.SOAP, is_active=True).exists()
    return MachineKey(
        account=account,
        name=_name(account),
        private_key=json.dumps(private.as_dict(private=True)),
        secret=_soap_secret(account, partner, box, by=by, at=at) if box is not None and has_soap else "",
        scopes=scopes_for(account.scopes),
        ends_at=end_of(account.approval),
    )


def _soap_secret(account: OfficialAccount, partner: Partner, box: SecretBox, *, by: Actor, at: datetime) -> str:
    """Return the secret as it is shown: its letters are the password of a UsernameToken."""
    made = secrets.token_urlsafe(_SECRET_BYTES)
    digest = hashlib.sha256(made.encode()).hexdigest()
    key = _kept(account, partner, CredentialUse.WSSE_KEY, digest, by=by, at=at)
    key.secret = box.seal(made.encode(), place=place_of(key), nonce=secrets.token_bytes(12))
    key.save(update_fields=["secret"])
    return made


def _kept(
    account: OfficialAccount,
    partner: Partner,
    use: CredentialUse,
    fingerprint: str,
    *,
    by: Actor,
    at: datetime,
    material: str = "",
) -> PartnerCredential:
    """Write down a key that is in use from now on, until the last day that was approved."""
    key = PartnerCredential.objects.create(
        authority=account.authority,
        partner=partner,
        official=account,
        use=use.value,
        name=_name(account),
        fingerprint=fingerprint,
        material=material,
        scopes=list(scopes_for(account.scopes)),
        status=CredentialStatus.ACTIVE.value,
        valid_from=at,
        valid_to=end_of(account.approval),
        added_by=by.id,
        added_at=at,
        confirmed_by=by.id,
        confirmed_how=MADE_HERE,
        confirmed_at=at,
    )
    _tell(partner, CREDENTIAL_ADDED, key, by=by, at=at)
    return key


def _tell(partner: Partner, act: str, key: PartnerCredential, *, by: Actor, at: datetime) -> None:
    """Write it on the history of the partner too; whoever did it need not be of its staff."""
    told = {"use": key.use, "fingerprint": key.fingerprint, "official": key.official_id.hex, "by": by.id}  # type: ignore[union-attr]  # of a program
    partner_event(partner, act, actor=SYSTEM, at=at, payload=told)
