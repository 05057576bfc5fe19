"""The second factor: one-time codes from a device, a passkey, and recovery codes for the day a device is lost.

Source: `reliability.md` 4.3, RFC 6238. A code is taken once; wrong ones are counted; mail is never a factor. Every
change and every use is an event of the person.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from opensps.accounts.actors import Actor
from opensps.accounts.errors import CodeRefused, NotFound, TooManyTries
from opensps.accounts.models import OneTimeCodes, Passkey, Person, RecoveryCode
from opensps.accounts.networks import keyed_digest
from opensps.accounts.one_time_codes import SECRET_BYTES, step_of
from opensps.accounts.queries import actor_for, person_by_id
from opensps.accounts.sealing import NONCE_BYTES, seal, unseal
from opensps.accounts.services.counting import Key, count_wrong, forget, locked_counts, waiting_until
from opensps.accounts.services.people import person_event, state_of
from opensps.rules.limits import Limit
from opensps.signing import EvidenceRefused
from opensps.signing.passkeys import Credential, Entry, RelyingParty, Verified, verify_entry

CODE_LIMIT = Limit(tries=5, window=timedelta(minutes=15))
"""Wrong codes of one person."""

RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUPS, _GROUP = 3, 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """A secret shown to its owner, and the code the owner's device made from it."""

    secret: bytes
    code: str


def new_secret() -> bytes:
    """Return a fresh secret for a device; nothing is kept until a code proves that the device has it."""
    return secrets.token_bytes(SECRET_BYTES)


def _tell(person: Person, act: str, *, actor: Actor, at: datetime, payload: Mapping[str, Any] | None = None) -> None:
    state, role = state_of(person), str(min(actor.roles, default=""))
    person_event(
        person=person, act=act, actor=actor, role=role, at=at, from_state=state, to_state=state, payload=payload
    )


def codes_set(person: Person, chosen: Chosen, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Keep a device's secret in place of any earlier one; return fresh recovery codes, shown once.

    Runs in the caller's transaction. Raises `CodeRefused` unless the code fits the secret.
    """
    step = step_of(chosen.secret, chosen.code, at=at)
    if step is None:
        raise CodeRefused(person.opaque_id)
    sealed = seal(chosen.secret, place=person.opaque_id, nonce=secrets.token_bytes(NONCE_BYTES))
    values = {"authority": person.authority, "secret": sealed, "last_step": step, "set_at": at}
    OneTimeCodes.objects.update_or_create(person=person, defaults=values)
    _tell(person, "person.one_time_codes_set", actor=actor, at=at)
    return _fresh_recovery(person)


def _fresh_recovery(person: Person) -> tuple[str, ...]:
    RecoveryCode.objects.filter(person=person).delete()
    made = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    RecoveryCode.objects.bulk_create(
        RecoveryCode(authority=person.authority, person=person, digest=_digest(person, code)) for code in made
    )
    return made


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _digest(person: Person, code: str) -> str:
    bare = "".join(sign for sign in code.upper() if sign.isalnum())
    return keyed_digest("accounts.recovery", person.opaque_id, bare)


def codes_forget(person: Person, *, actor: Actor, at: datetime) -> None:
    """Forget device and recovery codes, in the caller's transaction; nothing happens where there are none."""
    RecoveryCode.objects.filter(person=person).delete()
    if OneTimeCodes.objects.filter(person=person).delete()[0]:
        _tell(person, "person.one_time_codes_removed", actor=actor, at=at)


@transaction.atomic
def own_codes_set(*, authority: str, chosen: Chosen, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Keep the device of whoever acts; return the recovery codes. Raises `CodeRefused`, `NotFound`."""
    person = person_by_id(authority=authority, person_id=actor.id)
    if person is None:
        raise NotFound(actor.id)
    return codes_set(person, chosen, actor=actor, at=at)


def has_codes(person: Person) -> bool:
    """Return whether somebody has a device for one-time codes."""
    return OneTimeCodes.objects.filter(person=person).exists()


def has_second_factor(person: Person) -> bool:
    """Return whether signing in asks for more than the password: a code, or a passkey."""
    return has_codes(person) or Passkey.objects.filter(person=person, removed_at__isnull=True).exists()


def passkey_verify(person: Person, entry: Entry, *, nonce: bytes, party: RelyingParty, at: datetime) -> None:
    """Take what a passkey of the person signed at this sign-in; wrong ones are counted with wrong codes.

    A counter that went back is the mark of a copied key: it opens nothing, and an event says so.
    Runs in a transaction of its own. Raises `CodeRefused`, `TooManyTries`.
    """
    rows = Passkey.objects.filter(person=person, credential_id=entry.credential_id, removed_at__isnull=True)
    found = _verified(rows.first(), entry, nonce=nonce, party=party)
    if found is not None and found.has_counter_gone_back:
        with transaction.atomic():
            _tell(person, "person.passkey_counter_back", actor=actor_for(person, at), at=at)
        found = None
    _settled(person, is_right=found is not None, at=at)
    rows.update(sign_count=Greatest(F("sign_count"), found.sign_count if found else 0))


def _verified(held: Passkey | None, entry: Entry, *, nonce: bytes, party: RelyingParty) -> Verified | None:
    """Return what the authenticator counted; None for what does not prove anything."""
    if held is None:
        return None
    known = Credential(bytes(held.credential_id), held.person_id.hex, bytes(held.public_key), held.sign_count)
    try:
        return verify_entry(entry, known, nonce=nonce, party=party)
    except EvidenceRefused:
        return None


def code_verify(person: Person, code: str, at: datetime) -> None:
    """Take a one-time or recovery code; no code is taken twice.

    Runs in a transaction of its own, so that a wrong one is remembered. Raises `CodeRefused`, `TooManyTries`.
    """
    _settled(person, is_right=lambda: _take(person, code, at), at=at)


def _settled(person: Person, *, is_right: Callable[[], bool] | bool, at: datetime) -> None:
    """Judge a proof under the lock of its counter, and remember a wrong one."""
    key = Key("second_factor", keyed_digest("accounts.second_factor", person.opaque_id), CODE_LIMIT)
    with transaction.atomic(durable=True):
        found = locked_counts(authority=person.authority, keys=(key,))
        until = waiting_until(found, at=at)
        if until is not None:
            raise TooManyTries(until)
        is_right = is_right() if callable(is_right) else is_right
        if is_right:
            forget(authority=person.authority, key=key)
        else:
            count_wrong(authority=person.authority, found=found, at=at)
            _tell(person, "person.code_refused", actor=actor_for(person, at), at=at)
    if not is_right:
        raise CodeRefused(person.opaque_id)


def _take(person: Person, code: str, at: datetime) -> bool:
    held = OneTimeCodes.objects.filter(person=person).first()
    if held is None:
        return False
    step = step_of(unseal(bytes(held.secret), place=person.opaque_id), code, at=at)
    if step is not None:
        # The condition is the lock: of two requests with the same code one moves the step.
        newer = OneTimeCodes.objects.filter(person=person, last_step__lt=step)
        return bool(newer.update(last_step=step))
    unused = RecoveryCode.objects.filter(person=person, digest=_digest(person, code), used_at__isnull=True)
    if not unused.update(used_at=at):
        return False
    _tell(person, "person.recovery_code_used", actor=actor_for(person, at), at=at)
    return True
