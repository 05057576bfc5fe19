"""What every act on a request for access has in common: the lock, the table, the new state and its event."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from opensps.accounts.access import ACCESS_REQUEST
from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotFound
from opensps.accounts.models import AccessAgreement, AccessRequest, ApplicantKind
from opensps.accounts.networks import keyed_digest
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessAct, AccessFacts, AccessScope, AccessState, next_access_state

_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens a one-time or personal address: shown once, kept as a digest."""

    text: str

    @property
    def digest(self) -> str:
        """Keyed digest, 64 hexadecimal digits."""
        return secret_digest(self.text)


def fresh_secret() -> Secret:
    """Return a new secret."""
    return Secret(secrets.token_urlsafe(_SECRET_BYTES))


def secret_digest(text: str) -> str:
    """Return the digest under which a secret is kept."""
    return keyed_digest("accounts.secret", text)


def applicant_of(request: AccessRequest) -> Actor:
    """Return the applicant of a request as whoever acts: nobody with an account yet."""
    return Actor(
        id=request.id.hex,
        authority=request.authority,
        roles=frozenset({Role.FOREIGN_OFFICER}),
        country=request.country,
        name=request.name,
    )


def locked_request(*, authority: str, reference: str, country: str = "") -> AccessRequest:
    """Return the row, locked until the transaction ends. Raises `NotFound`, also for one of another country."""
    rows = AccessRequest.objects.select_for_update().filter(authority=authority, reference=reference)
    found = (rows.filter(country=country) if country else rows).first()
    if found is None:
        raise NotFound(reference)
    return found


def agreement_with(*, authority: str, country: str) -> AccessAgreement | None:
    """Return what was agreed with a country."""
    return AccessAgreement.objects.filter(authority=authority, country=country).first()


def facts_of(request: AccessRequest, *, actor: Actor, at: datetime) -> AccessFacts:
    """Return what the tables ask about a request and whoever acts; the caller adds what only he knows."""
    agreement = agreement_with(authority=request.authority, country=request.country)
    return AccessFacts(
        at=at,
        actor=actor.id,
        actor_country=actor.country,
        country=request.country,
        mail=request.email,
        mail_domains=frozenset(agreement.mail_domains) if agreement else frozenset(),
        missing=missing_in(request),
        embassy_country=request.embassy_country,
        scopes=frozenset(AccessScope(each) for each in request.scopes),
        agreed_scopes=frozenset(AccessScope(each) for each in agreement.scopes) if agreement else frozenset(),
        has_agreement=agreement is not None,
        reviewer=request.reviewed_by,
        is_machine=request.kind == ApplicantKind.MACHINE,
        link_until=request.link_until,
    )


NEEDED = ("name", "email", "post", "office", "nominating_authority", "reason")


def missing_in(request: AccessRequest) -> tuple[str, ...]:
    """Return the fields without an answer that the embassy needs, the letter included."""
    needed = (*NEEDED, "responsible") if request.kind == ApplicantKind.MACHINE else NEEDED
    blank = tuple(name for name in needed if not str(getattr(request, name)).strip())
    lists = tuple(name for name in ("kinds", "scopes") if not getattr(request, name))
    letter = () if request.documents.exists() else ("letter",)
    return (*blank, *lists, *letter)


def move(request: AccessRequest, act: AccessAct, *, actor: Actor, facts: AccessFacts, at: datetime) -> AccessState:
    """Set the state an act leads to and start its clock anew; the caller saves. Raises `ActNotAllowed`."""
    before = AccessState(request.state) if request.state else None
    after = next_access_state(before, act, roles=actor.roles, facts=facts)
    if after is not before:
        request.since, request.is_reminded, request.is_stalled = at, False, False
    request.state = after.value
    return after


def tell(
    request: AccessRequest,
    act: AccessAct,
    before: str,
    *,
    actor: Actor,
    role: str,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Write the event of an act."""
    event_write(
        authority=request.authority,
        object_kind=ACCESS_REQUEST,
        object_id=request.reference,
        act=f"access.{act.value}",
        from_state=before,
        to_state=request.state,
        actor=actor.id,
        role=role,
        at=at,
        payload=payload,
    )


def act_on(
    request: AccessRequest,
    act: AccessAct,
    *,
    actor: Actor,
    role: Role,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
    **known: Any,
) -> AccessState:
    """Do one act on a locked request: judge, move, save, tell. ``known`` are further facts. Raises `ActNotAllowed`."""
    before = request.state
    facts = replace(facts_of(request, actor=actor, at=at), **known)
    after = move(request, act, actor=actor, facts=facts, at=at)
    request.save()
    tell(request, act, before, actor=actor, role=str(role), at=at, payload=payload)
    return after
