"""Official accounts: opened by an approval, reconfirmed every year, suspended, restored, revoked (`lifecycles.md` 6.2).

Suspending or revoking closes the person's account in the same transaction: every session ends with its next request,
every sign-in fails (I52).
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.access import OFFICIAL_ACCOUNT
from opensps.accounts.actors import CLOCK, SYSTEM, Actor
from opensps.accounts.errors import NotFound
from opensps.accounts.models import AccessApproval, ApplicantKind, OfficialAccount, Organisation, Person
from opensps.accounts.queries import uuid_of
from opensps.accounts.services.access_steps import agreement_with
from opensps.accounts.services.people import grant_write, locked_person, person_create, turn
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.access import (
    RECONFIRM_EVERY,
    RECONFIRM_GRACE,
    UNUSED_AFTER,
    AccessFacts,
    AccessScope,
    AccountAct,
    AccountState,
    SuspensionReason,
    next_account_state,
)

_ADMIN, _OFFICER = Role.COUNTRY_ADMIN, Role.FOREIGN_OFFICER


def _tell(
    account: OfficialAccount, act: AccountAct, before: str, *, actor: Actor, role: Role, at: datetime, reason: str = ""
) -> None:
    event_write(
        authority=account.authority,
        object_kind=OFFICIAL_ACCOUNT,
        object_id=account.opaque_id,
        act=f"official.{act.value}",
        from_state=before,
        to_state=account.state,
        actor=actor.id,
        role=str(role),
        at=at,
        reason_code=account.reason_code,
        payload={"person": account.person_id.hex, "country": account.country, "reason": reason},
    )


def account_open(
    *, person: Person, approval: AccessApproval, organisation: Organisation, at: datetime
) -> OfficialAccount:
    """Open the account of an approved applicant, in the caller's transaction: with its roles, a program with none.

    Raises `ActNotAllowed`.
    """
    facts = AccessFacts(at=at, endorser=approval.endorsed_by, approver=approval.approved_by)
    state = next_account_state(None, AccountAct.OPEN, roles=SYSTEM.roles, facts=facts)
    account = _written(person, approval, organisation, state, tuple(approval.scopes), at)
    _tell(account, AccountAct.OPEN, "", actor=SYSTEM, role=Role.SYSTEM, at=at)
    if not person.is_machine:
        _roles_given(account, approval, actor=SYSTEM, acting_as=Role.SYSTEM, at=at)
    return account


def _written(
    person: Person,
    approval: AccessApproval,
    organisation: Organisation,
    state: AccountState,
    scopes: tuple[str, ...],
    at: datetime,
    heir_of: OfficialAccount | None = None,
) -> OfficialAccount:
    return OfficialAccount.objects.create(
        id=uuid.uuid4(),
        authority=person.authority,
        person=person,
        organisation=organisation,
        country=organisation.country,
        kind=(ApplicantKind.MACHINE if person.is_machine else ApplicantKind.PERSON).value,
        partner=approval.partner if person.is_machine else "",
        approval=approval,
        inherited_from=heir_of,
        state=state.value,
        scopes=list(scopes),
        opened_at=at,
        reconfirmed_at=at,
        used_at=at,
    )


def _roles_given(
    account: OfficialAccount, approval: AccessApproval, *, actor: Actor, acting_as: Role, at: datetime
) -> None:
    """Give the roles that the scopes amount to, until the last day that was asked for."""
    scopes = set(account.scopes)
    roles = [_OFFICER] if scopes - {AccessScope.COUNTRY_ADMIN} else []
    roles += [_ADMIN] if AccessScope.COUNTRY_ADMIN in scopes else []
    ends = end_of(approval)
    until = max(ends, at + timedelta(seconds=1)) if ends else None
    for role in roles:
        grant_write(
            person=account.person,
            role=role,
            organisation=account.organisation,
            official=account,
            valid_from=at,
            valid_until=until,
            actor=actor,
            acting_as=acting_as,
            at=at,
        )


def end_of(approval: AccessApproval) -> datetime | None:
    """Return 24:00 UTC of the last day that was approved; ``None`` without one."""
    if approval.ends_on is None:
        return None
    return datetime.combine(approval.ends_on + timedelta(days=1), time(), UTC)


def _locked(authority: str, account_id: str, country: str = "") -> OfficialAccount:
    rows = OfficialAccount.objects.select_for_update(of=("self",)).select_related("person", "organisation", "approval")
    rows = rows.filter(authority=authority, pk=uuid_of(account_id))
    found = (rows.filter(country=country) if country else rows).first()
    if found is None:
        raise NotFound(account_id)
    return found


def _move(
    account: OfficialAccount,
    act: AccountAct,
    *,
    actor: Actor,
    role: Role,
    at: datetime,
    reason: str = "",
    reason_code: str = "",
    due_at: datetime | None = None,
    has_second_factor: bool = False,
) -> None:
    """Judge one act, set the state, open or close the person's account with it, and write the event."""
    facts = AccessFacts(
        at=at,
        actor=actor.id,
        actor_country=actor.country,
        country=account.country,
        reason=reason,
        due_at=due_at,
        person=account.person_id.hex,
        is_machine=account.is_machine,
        has_second_factor=has_second_factor,
        ends_at=end_of(account.approval),
    )
    before = account.state
    after = next_account_state(AccountState(before), act, roles=actor.roles, facts=facts)
    account.state, account.reason_code = after.value, reason_code
    if act is AccountAct.RESTORE:
        account.reconfirmed_at = account.used_at = at
    elif act is AccountAct.RECONFIRM:
        account.reconfirmed_at = at
    account.save()
    _tell(account, act, before, actor=actor, role=role, at=at, reason=reason)
    person = locked_person(authority=account.authority, person_id=account.person_id.hex)
    is_active = after is AccountState.ACTIVE
    turn(person, is_active=is_active, actor=actor, role=role, at=at, reason_code=reason_code or act.value)


@transaction.atomic
def official_reconfirm(*, authority: str, account_id: str, actor: Actor, at: datetime) -> None:
    """Say for the country that the official still holds the post. Raises `ActNotAllowed`, `NotFound`."""
    account = _locked(authority, account_id, actor.country or "-")
    role = Role.EMBASSY if Role.EMBASSY in actor.roles else Role.COUNTRY_ADMIN
    _move(account, AccountAct.RECONFIRM, actor=actor, role=role, at=at)


@transaction.atomic
def official_suspend(
    *, authority: str, account_id: str, why: SuspensionReason, reason: str, actor: Actor, at: datetime
) -> None:
    """Close an account for now: all its sessions end. Raises `ActNotAllowed`, `NotFound`."""
    given: dict[str, Any] = {"actor": actor, "role": Role.ACCESS_APPROVER, "at": at, "reason": reason}
    _move(_locked(authority, account_id), AccountAct.SUSPEND, reason_code=why.value, **given)


@transaction.atomic
def official_restore(*, authority: str, account_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """Open a suspended account again; its clocks begin anew. Raises `ActNotAllowed`, `NotFound`."""
    account = _locked(authority, account_id)
    _move(account, AccountAct.RESTORE, actor=actor, role=Role.ACCESS_APPROVER, at=at, reason=reason)


@transaction.atomic
def official_revoke(*, authority: str, account_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """Close an account for good. Raises `ActNotAllowed`, `NotFound`."""
    account = _locked(authority, account_id)
    _move(
        account,
        AccountAct.REVOKE,
        actor=actor,
        role=Role.ACCESS_APPROVER,
        at=at,
        reason=reason,
        reason_code="revoked",
    )


@transaction.atomic
def official_key(
    *, authority: str, account_id: str, act: AccountAct, has_second_factor: bool, actor: Actor, at: datetime
) -> OfficialAccount:
    """Judge and tell that a program's key is renewed or ended; the caller does it in the same transaction.

    Raises `ActNotAllowed`, `NotFound`.
    """
    account = _locked(authority, account_id, actor.country)
    role = _ADMIN if _ADMIN in actor.roles else Role.ACCESS_APPROVER
    _move(account, act, actor=actor, role=role, at=at, has_second_factor=has_second_factor)
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """Whom a country administrator lets in."""

    name: str
    email: str
    scopes: tuple[AccessScope, ...]
    language: str = "en"


@transaction.atomic
def official_open_inherited(
    *, authority: str, heir: Heir, has_second_factor: bool, actor: Actor, at: datetime
) -> OfficialAccount:
    """Open an account under the administrator's own endorsement, where the agreement allows; nobody can sign in yet.

    Raises `ActNotAllowed`, `NotFound`, `EmailTaken`.
    """
    rows = OfficialAccount.objects.select_related("organisation", "approval").select_for_update(of=("self",))
    own = rows.filter(authority=authority, person_id=uuid_of(actor.id), state=AccountState.ACTIVE).first()
    if own is None:
        raise NotFound(actor.id)
    facts = replace(
        _heir_facts(own, heir, actor=actor, at=at),
        has_second_factor=has_second_factor,
        endorser=own.approval.endorsed_by,
        approver=own.approval.approved_by,
    )
    state = next_account_state(None, AccountAct.OPEN_INHERITED, roles=actor.roles, facts=facts)
    person = person_create(
        authority=authority,
        email=heir.email,
        name=heir.name,
        password=None,
        preferred_language=heir.language,
        actor=SYSTEM,
        at=at,
    )
    account = _written(person, own.approval, own.organisation, state, heir.scopes, at, heir_of=own)
    _tell(account, AccountAct.OPEN_INHERITED, "", actor=actor, role=_ADMIN, at=at)
    _roles_given(account, own.approval, actor=actor, acting_as=_ADMIN, at=at)
    return account


def _heir_facts(own: OfficialAccount, heir: Heir, *, actor: Actor, at: datetime) -> AccessFacts:
    agreement = agreement_with(authority=own.authority, country=own.country)
    agreed = {AccessScope(each) for each in agreement.scopes} if agreement else set()
    return AccessFacts(
        at=at,
        actor=actor.id,
        actor_country=actor.country,
        country=own.country,
        mail=heir.email.strip().lower(),
        mail_domains=frozenset(agreement.mail_domains) if agreement else frozenset(),
        scopes=frozenset(heir.scopes),
        # An heir never gets more than whoever lets him in, nor lets others in.
        agreed_scopes=frozenset(agreed & set(own.scopes) - {AccessScope.COUNTRY_ADMIN}),
        has_agreement=agreement is not None,
        allows_inheritance=agreement is not None and agreement.allows_inheritance,
    )


def official_clocks_run(*, authority: str, at: datetime) -> int:
    """Suspend accounts nobody reconfirmed or used in time; return how many. Each in its own transaction."""
    return sum(_clock(authority, account_id, act, at) for account_id, act in tuple(_due(authority, at)))


def _due(authority: str, at: datetime) -> Iterator[tuple[str, AccountAct]]:
    rows = OfficialAccount.objects.filter(authority=authority, state=AccountState.ACTIVE)
    unconfirmed = rows.filter(reconfirmed_at__lte=at - RECONFIRM_EVERY - RECONFIRM_GRACE)
    yield from ((each.opaque_id, AccountAct.RECONFIRM_CLOCK_ENDS) for each in unconfirmed)
    yield from ((each.opaque_id, AccountAct.UNUSED_CLOCK_ENDS) for each in rows.filter(used_at__lte=at - UNUSED_AFTER))


def _clock(authority: str, account_id: str, act: AccountAct, at: datetime) -> bool:
    with transaction.atomic():
        account = _locked(authority, account_id)
        if account.state != AccountState.ACTIVE:
            return False
        is_reconfirming = act is AccountAct.RECONFIRM_CLOCK_ENDS
        due_at = account.reconfirmed_at + RECONFIRM_EVERY + RECONFIRM_GRACE
        due_at = due_at if is_reconfirming else account.used_at + UNUSED_AFTER
        reason_code = "not_reconfirmed" if is_reconfirming else "unused"
        _move(account, act, actor=CLOCK, role=Role.CLOCK, at=at, due_at=due_at, reason_code=reason_code)
    return True


USED_EVERY = timedelta(minutes=1)


def official_used(account: OfficialAccount, *, at: datetime) -> None:
    """Remember that a program called; once a minute is enough, so that most calls write nothing."""
    if account.used_at <= at - USED_EVERY:
        OfficialAccount.objects.filter(pk=account.pk, used_at__lt=at).update(used_at=at)


def account_used(person: Person, at: datetime) -> None:
    """Remember that an official signed in; nothing for other people."""
    OfficialAccount.objects.filter(person=person, used_at__lt=at).update(used_at=at)
