"""Asking for access: the applicant's side and the embassy's (`lifecycles.md` 6.1).

The applicant has no account: a secret in his own address stands for him. Nothing is mailed.
"""

import hashlib
import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotFound, TooManyTries
from opensps.accounts.models import AccessDocument, AccessEndorsement, AccessRequest, Organisation, OrganisationKind
from opensps.accounts.networks import keyed_digest, network_prefix
from opensps.accounts.queries import uuid_of
from opensps.accounts.services.access_steps import (
    Secret,
    act_on,
    applicant_of,
    facts_of,
    fresh_secret,
    locked_request,
    move,
    secret_digest,
    tell,
)
from opensps.accounts.services.counting import Key, count_wrong, locked_counts, waiting_until
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessAct, AccessScope, AccessState
from opensps.rules.limits import Limit

APPLY_LIMIT = Limit(tries=10, window=timedelta(hours=1))
"""New requests from one network."""

MOST_DOCUMENTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an applicant says about himself and what he needs."""

    name: str
    email: str
    responsible: str = ""
    """Who answers for a program; its name is ``name`` then."""

    post: str = ""
    office: str = ""
    nominating_authority: str = ""
    ports: str = ""
    kinds: tuple[str, ...] = ()
    scopes: tuple[AccessScope, ...] = ()
    reason: str = ""
    ends_on: date | None = None
    kind: str = "person"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Letter:
    """A paper of the nominating authority, judged by its bytes before it comes here."""

    filename: str
    media_type: str
    content: bytes


def _columns(wish: Wish) -> dict[str, Any]:
    return {**asdict(wish), "email": wish.email.strip().lower(), "kinds": list(wish.kinds), "scopes": list(wish.scopes)}


def application_count(*, authority: str, network: str, at: datetime) -> None:
    """Count one more new request of a network; raise `TooManyTries` beyond the limit."""
    key = Key("access", keyed_digest("accounts.access", network_prefix(network)), APPLY_LIMIT)
    with transaction.atomic():
        found = locked_counts(authority=authority, keys=(key,))
        until = waiting_until(found, at=at)
        if until is not None:
            raise TooManyTries(until)
        count_wrong(authority=authority, found=found, at=at)


@transaction.atomic
def access_apply(*, authority: str, embassy_id: str, wish: Wish, at: datetime) -> tuple[AccessRequest, Secret]:
    """Begin a request; the secret opens the applicant's own page. Raises `ActNotAllowed`, `NotFound`."""
    embassies = Organisation.objects.filter(authority=authority, kind=OrganisationKind.EMBASSY)
    embassy = embassies.filter(pk=uuid_of(embassy_id)).first()
    if embassy is None:
        raise NotFound(embassy_id)
    key = fresh_secret()
    request = AccessRequest(
        id=uuid.uuid4(),
        authority=authority,
        reference=f"{authority}-U-{at:%Y}-{secrets.token_hex(4).upper()}",
        country=embassy.country,
        embassy=embassy,
        embassy_country=embassy.country,
        created_at=at,
        since=at,
        key_digest=key.digest,
        **_columns(wish),
    )
    applicant = applicant_of(request)
    move(request, AccessAct.APPLY, actor=applicant, facts=facts_of(request, actor=applicant, at=at), at=at)
    request.save(force_insert=True)
    payload = {"name": request.name, "email": request.email, "country": request.country}
    tell(request, AccessAct.APPLY, "", actor=applicant, role=str(Role.FOREIGN_OFFICER), at=at, payload=payload)
    return request, key


def _own(authority: str, key: str) -> AccessRequest:
    """Return the applicant's own request, locked. Raises `NotFound`."""
    rows = AccessRequest.objects.select_for_update().filter(authority=authority, key_digest=secret_digest(key))
    found = rows.first()
    if found is None:
        raise NotFound("request")
    return found


def _by_applicant(request: AccessRequest, act: AccessAct, *, at: datetime, **more: Any) -> None:
    act_on(request, act, actor=applicant_of(request), role=Role.FOREIGN_OFFICER, at=at, **more)


@transaction.atomic
def access_change(*, authority: str, key: str, wish: Wish, at: datetime) -> AccessRequest:
    """Change what a draft or returned request says. Raises `ActNotAllowed`, `NotFound`."""
    request = _own(authority, key)
    for name, value in _columns(wish).items():
        setattr(request, name, value)
    _by_applicant(request, AccessAct.CHANGE, at=at, payload={"name": request.name, "email": request.email})
    return request


@transaction.atomic
def access_letter_add(*, authority: str, key: str, letter: Letter, at: datetime) -> AccessDocument:
    """Add a paper to a draft or returned request; the same paper twice is kept once. Raises `ActNotAllowed`."""
    request, digest = _own(authority, key), hashlib.sha256(letter.content).hexdigest()
    _by_applicant(request, AccessAct.CHANGE, at=at, payload={"letter": digest})
    held = request.documents.filter(sha256=digest).first()
    if held is not None or request.documents.count() >= MOST_DOCUMENTS:
        return held or request.documents.latest("id")
    return AccessDocument.objects.create(
        authority=authority,
        request=request,
        filename=letter.filename,
        media_type=letter.media_type,
        sha256=digest,
        content=letter.content,
        added_at=at,
    )


@transaction.atomic
def access_send(*, authority: str, key: str, at: datetime) -> AccessRequest:
    """Send a complete request to the embassy. Raises `ActNotAllowed`, `NotFound`."""
    request = _own(authority, key)
    _by_applicant(request, AccessAct.SEND, at=at)
    return request


def _at_embassy(authority: str, reference: str, actor: Actor) -> AccessRequest:
    """Return a request of the actor's own country, locked; for a person of no country there is none."""
    return locked_request(authority=authority, reference=reference, country=actor.country or "-")


@transaction.atomic
def access_endorse(
    *, authority: str, reference: str, note_reference: str, has_second_factor: bool, actor: Actor, at: datetime
) -> AccessEndorsement:
    """Confirm the applicant's identity and post for the embassy. Raises `ActNotAllowed`, `NotFound`."""
    request = _at_embassy(authority, reference, actor)
    known = {"note_reference": note_reference, "has_second_factor": has_second_factor}
    payload = {"note_reference": note_reference}
    act_on(request, AccessAct.ENDORSE, actor=actor, role=Role.EMBASSY, at=at, payload=payload, **known)
    return AccessEndorsement.objects.create(
        authority=authority,
        request=request,
        endorsed_by=actor.id,
        note_reference=note_reference.strip(),
        endorsed_at=at,
    )


@transaction.atomic
def access_decline(
    *, authority: str, reference: str, act: AccessAct, reason: str, actor: Actor, at: datetime
) -> AccessState:
    """Return or refuse a request with a reason the applicant reads: the embassy, or the department in its turn.

    Raises `ActNotAllowed`, `NotFound`.
    """
    if Role.EMBASSY in actor.roles:
        request = _at_embassy(authority, reference, actor)
        role = Role.EMBASSY
    else:
        request = locked_request(authority=authority, reference=reference)
        role = Role.ACCESS_REVIEWER if act is AccessAct.RETURN else Role.ACCESS_APPROVER
    request.said = reason.strip()
    return act_on(request, act, actor=actor, role=role, at=at, payload={"reason": reason}, reason=reason)


@transaction.atomic
def access_hand_over(*, authority: str, reference: str, has_second_factor: bool, actor: Actor, at: datetime) -> Secret:
    """Make the one-time link of an approved request for the applicant; an earlier one works no more.

    The embassy sees it once and hands it over. Raises `ActNotAllowed`, `NotFound`.
    """
    request = _at_embassy(authority, reference, actor)
    link = fresh_secret()
    request.link_digest = link.digest
    act_on(
        request,
        AccessAct.HAND_OVER,
        actor=actor,
        role=Role.EMBASSY,
        at=at,
        has_second_factor=has_second_factor,
    )
    return link
