"""Passkeys: registered by their owner, removed, and counted when they approve. Each act is one event."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotFound
from opensps.accounts.models import Passkey, Person
from opensps.accounts.queries import ACTIVE, SUSPENDED, person_by_id
from opensps.events.services import event_write


def _self(authority: str, actor: Actor) -> Person:
    person = person_by_id(authority=authority, person_id=actor.id)
    if person is None:
        raise NotFound(actor.id)
    return person


def _written(act: str, person: Person, *, actor: Actor, at: datetime, passkey: bytes) -> None:
    state = ACTIVE if person.is_active else SUSPENDED
    event_write(
        authority=person.authority,
        object_kind="person",
        object_id=person.opaque_id,
        act=act,
        from_state=state,
        to_state=state,
        actor=actor.id,
        role=str(min(actor.roles, default="")),
        at=at,
        payload={"passkey": passkey.hex()},
    )


@transaction.atomic
def passkey_register(
    *, authority: str, credential_id: bytes, public_key: bytes, sign_count: int, actor: Actor, at: datetime
) -> Passkey:
    """Keep a passkey of whoever acts; ``IntegrityError`` for one that is registered already."""
    person = _self(authority, actor)
    made = Passkey.objects.create(
        authority=authority,
        person=person,
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        registered_at=at,
    )
    _written("person.passkey_registered", person, actor=actor, at=at, passkey=credential_id)
    return made


@transaction.atomic
def passkey_remove(*, authority: str, credential_id: bytes, actor: Actor, at: datetime) -> None:
    """Let a passkey of whoever acts approve no more; raise `NotFound` where there is none."""
    person = _self(authority, actor)
    kept = Passkey.objects.filter(person=person, credential_id=credential_id, removed_at__isnull=True)
    if not kept.update(removed_at=at):
        raise NotFound(credential_id.hex())
    _written("person.passkey_removed", person, actor=actor, at=at, passkey=credential_id)


def passkey_count(*, authority: str, credential_id: bytes, sign_count: int) -> None:
    """Keep the highest count an authenticator showed."""
    rows = Passkey.objects.filter(authority=authority, credential_id=credential_id)
    rows.update(sign_count=Greatest(F("sign_count"), sign_count))
