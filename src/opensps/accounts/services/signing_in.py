"""Signing in, and giving the password once more for an approval.

An unknown address, a wrong password and a suspended account get the same answer after the same work, and the limits
count them alike, so that nothing says whether an account exists. An account with one-time codes or a passkey asks for
one of them after the right password; a session knows what was proved.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import constant_time_compare

from opensps.accounts.actors import SYSTEM
from opensps.accounts.errors import NotADemo, NotFound, TooManyTries
from opensps.accounts.models import Person
from opensps.accounts.networks import keyed_digest, network_prefix
from opensps.accounts.queries import actor_for, person_by_email, person_by_id
from opensps.accounts.services.counting import (
    Key,
    count_wrong,
    counts,
    forget,
    forget_before,
    locked_counts,
    waiting_until,
)
from opensps.accounts.services.officials import account_used
from opensps.accounts.services.people import person_event, state_of
from opensps.accounts.services.second_factor import code_verify, has_second_factor, passkey_verify
from opensps.events.services import event_write
from opensps.rules.limits import Limit
from opensps.signing.passkeys import Entry, RelyingParty

ACCOUNT_LIMIT = Limit(tries=5, window=timedelta(minutes=15))
"""One account from one network."""

EVERYWHERE_LIMIT = Limit(tries=100, window=timedelta(hours=1), longest_wait=timedelta(hours=1))
"""One account from everywhere; short waits, so that strangers cannot lock its owner out for long."""

NETWORK_LIMIT = Limit(tries=60, window=timedelta(hours=1))
"""One network, all accounts."""

APPROVAL_LIMIT = Limit(tries=5, window=timedelta(minutes=15))
"""The password given once more to approve something."""

COUNTERS_KEPT = timedelta(days=2)


class Factor(StrEnum):
    """What a person has proved."""

    PASSWORD = "password"  # noqa: S105 the name of a factor
    ONE_TIME_CODE = "one_time_code"
    PASSKEY = "passkey"
    DEMO = "demo"
    """One click, in the demo only."""


class SignInOutcome(StrEnum):
    """What became of an attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Address and password do not belong together, for whatever reason."""

    CODE = "code"
    """Address and password are right; the account also asks for a one-time code or a passkey."""

    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The answer to an attempt."""

    outcome: SignInOutcome
    person: Person | None = None
    """Only when accepted, or when a code is asked for."""

    proved: tuple[Factor, ...] = ()
    until: datetime | None = None
    """When the next attempt is looked at; only with `SignInOutcome.WAIT`."""


def _keys(*, email: str, network: str) -> tuple[Key, Key, Key]:
    account, prefix = email.strip().lower(), network_prefix(network)
    return (
        Key("account", keyed_digest("accounts.sign_in", "account", account, prefix), ACCOUNT_LIMIT),
        Key("everywhere", keyed_digest("accounts.sign_in", "everywhere", account), EVERYWHERE_LIMIT),
        Key("network", keyed_digest("accounts.sign_in", "network", prefix), NETWORK_LIMIT),
    )


def _matches(person: Person | None, password: str) -> bool:
    """Compare; without a person the same work is done for nothing."""
    if person is None or person.is_machine:
        make_password(password)
        return False
    return check_password(password, person.password) and person.is_active


def sign_in_attempt(*, authority: str, email: str, password: str, network: str, at: datetime) -> SignIn:
    """Judge an attempt and remember it. ``network`` is the caller's IP address; only its prefix is used, as a digest.

    Runs in transactions of its own, so that a refusal is remembered whatever the caller does next.
    """
    keys = _keys(email=email, network=network)
    until = waiting_until(counts(authority=authority, keys=keys), at=at)
    if until is not None:
        return SignIn(SignInOutcome.WAIT, until=until)
    # Outside the transaction: comparing takes long by design, and a lock must not wait for it.
    person = person_by_email(authority=authority, email=email)
    is_right = _matches(person, password)
    with transaction.atomic(durable=True):
        return _settle(authority=authority, keys=keys, person=person if is_right else None, at=at)


def _settle(*, authority: str, keys: tuple[Key, Key, Key], person: Person | None, at: datetime) -> SignIn:
    """Accept or count, under the locks: a right guess sent together with many wrong ones comes too late."""
    found = locked_counts(authority=authority, keys=keys)
    until = waiting_until(found, at=at)
    if until is not None:
        return SignIn(SignInOutcome.WAIT, until=until)
    if person is None:
        moved = count_wrong(authority=authority, found=found, at=at)
        if waiting_until(moved, at=at) is not None:
            _limit_reached(authority=authority, key=keys[0], at=at)
        return SignIn(SignInOutcome.REFUSED)
    forget(authority=authority, key=keys[0])
    if has_second_factor(person):
        _password_given(person=person, at=at)
        return SignIn(SignInOutcome.CODE, person=person, proved=(Factor.PASSWORD,))
    _signed_in(person=person, factor=Factor.PASSWORD, at=at)
    return SignIn(SignInOutcome.ACCEPTED, person=person, proved=(Factor.PASSWORD,))


def sign_in_code(*, authority: str, person_id: str, seal: str, code: str, at: datetime) -> SignIn:
    """Complete a sign-in whose password was right with a one-time or recovery code.

    ``seal`` is the person's session hash at that moment. Raises `CodeRefused`, `TooManyTries`, `NotFound` for somebody
    who is gone, has another password or ended all sessions meanwhile.
    """
    person = _halfway(authority, person_id, seal)
    code_verify(person, code, at)
    return _completed(person, Factor.ONE_TIME_CODE, at)


def sign_in_passkey(
    *, authority: str, person_id: str, seal: str, entry: Entry, nonce: bytes, party: RelyingParty, at: datetime
) -> SignIn:
    """Complete a sign-in whose password was right with a passkey, which signed this very sign-in.

    Takes and raises what `sign_in_code` does.
    """
    person = _halfway(authority, person_id, seal)
    passkey_verify(person, entry, nonce=nonce, party=party, at=at)
    return _completed(person, Factor.PASSKEY, at)


def _halfway(authority: str, person_id: str, seal: str) -> Person:
    person = person_by_id(authority=authority, person_id=person_id)
    if person is None or not person.is_active or person.is_machine:
        raise NotFound(person_id)
    if not constant_time_compare(seal, person.get_session_auth_hash()):
        raise NotFound(person_id)
    return person


def _completed(person: Person, factor: Factor, at: datetime) -> SignIn:
    with transaction.atomic():
        _signed_in(person=person, factor=factor, at=at)
    return SignIn(SignInOutcome.ACCEPTED, person=person, proved=(Factor.PASSWORD, factor))


def _password_given(*, person: Person, at: datetime) -> None:
    state, actor = state_of(person), actor_for(person, at)
    person_event(
        person=person, act="person.password_given", actor=actor, role="", at=at, from_state=state, to_state=state
    )


def _limit_reached(*, authority: str, key: Key, at: datetime) -> None:
    """Write the alarm; its object is the digest of what was typed, whether or not such an account exists."""
    event_write(
        authority=authority,
        object_kind="sign_in",
        object_id=key.digest,
        act="sign_in.limit_reached",
        actor=SYSTEM.id,
        role="system",
        at=at,
    )


def _signed_in(*, person: Person, factor: Factor, at: datetime) -> None:
    state = state_of(person)
    person_event(
        person=person,
        act="person.signed_in",
        actor=actor_for(person, at),
        role="",
        at=at,
        from_state=state,
        to_state=state,
        reason_code=factor,
    )
    account_used(person, at)


def sign_in_demo(*, authority: str, email: str, is_demo: bool, at: datetime) -> SignIn:
    """Sign in with one click. Raises `NotADemo` unless the installation is one, `NotFound` for an unknown account."""
    if not is_demo:
        raise NotADemo(authority)
    person = person_by_email(authority=authority, email=email)
    if person is None or not person.is_active or person.is_machine:
        raise NotFound(email)
    with transaction.atomic():
        _signed_in(person=person, factor=Factor.DEMO, at=at)
    return SignIn(SignInOutcome.ACCEPTED, person=person, proved=(Factor.DEMO,))


def password_verify(person: Person, password: str, at: datetime) -> bool:
    """Return whether this is the person's password, as evidence of an approval; a wrong one is counted and an event.

    Raises `TooManyTries`. Runs in a transaction of its own: call it before the transaction of the act.
    """
    key = Key("approval", keyed_digest("accounts.approval", person.opaque_id), APPROVAL_LIMIT)
    is_right = _matches(person, password)
    with transaction.atomic(durable=True):
        found = locked_counts(authority=person.authority, keys=(key,))
        until = waiting_until(found, at=at)
        if until is not None:
            raise TooManyTries(until)
        if is_right:
            forget(authority=person.authority, key=key)
        else:
            count_wrong(authority=person.authority, found=found, at=at)
            _approval_failed(person=person, at=at)
    return is_right


def _approval_failed(*, person: Person, at: datetime) -> None:
    state, actor = state_of(person), actor_for(person, at)
    person_event(
        person=person, act="person.approval_failed", actor=actor, role="", at=at, from_state=state, to_state=state
    )


def counters_purge(*, authority: str, at: datetime) -> int:
    """Remove counters that matter no more; return how many."""
    return forget_before(authority=authority, at=at, age=COUNTERS_KEPT)
