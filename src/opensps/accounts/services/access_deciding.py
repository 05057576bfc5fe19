"""The department's side of access: review, approval by another person, enrolment, agreements, clocks (6.1).

What an approval opens is an account of `officials`; both are written in the same transaction as the enrolment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from opensps.accounts.actors import CLOCK, SYSTEM, Actor
from opensps.accounts.errors import LinkOver, NotAllowed
from opensps.accounts.models import (
    AccessAgreement,
    AccessApproval,
    AccessEndorsement,
    AccessRequest,
    ApplicantKind,
    OfficialAccount,
    Organisation,
    OrganisationKind,
    Person,
)
from opensps.accounts.services.access_steps import (
    act_on,
    agreement_with,
    applicant_of,
    locked_request,
    secret_digest,
)
from opensps.accounts.services.officials import account_open
from opensps.accounts.services.people import person_create
from opensps.accounts.services.places import organisation_create
from opensps.accounts.services.second_factor import Chosen, codes_set
from opensps.events.services import event_write, lock
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.access import (
    CHANGES_WITHIN,
    LINK_VALID,
    REMIND_AFTER_DAYS,
    STALL_AFTER_DAYS,
    AccessAct,
    AccessScope,
    AccessState,
)

AGREERS = frozenset({Role.ADMINISTRATOR, Role.ACCESS_APPROVER, Role.SYSTEM})
"""Who writes down what was agreed with a country."""


@transaction.atomic
def access_agreement_set(
    *,
    authority: str,
    country: str,
    mail_domains: tuple[str, ...],
    scopes: tuple[AccessScope, ...],
    allows_inheritance: bool,
    actor: Actor,
    at: datetime,
) -> AccessAgreement:
    """Write down what officials of a country may have here. Raises `NotAllowed`."""
    if not actor.roles & AGREERS or (actor.authority != authority and Role.SYSTEM not in actor.roles):
        raise NotAllowed(actor.id)
    lock("access_agreement", authority, country)
    known = agreement_with(authority=authority, country=country) is not None
    values = {
        "mail_domains": sorted({each.strip().lower().lstrip("@.") for each in mail_domains if each.strip()}),
        "scopes": sorted(scopes),
        "allows_inheritance": allows_inheritance,
    }
    made, _created = AccessAgreement.objects.update_or_create(
        authority=authority, country=country, defaults={**values, "changed_at": at}
    )
    event_write(
        authority=authority,
        object_kind="access_agreement",
        object_id=country,
        act="access_agreement.set",
        from_state="agreed" if known else "",
        to_state="agreed",
        actor=actor.id,
        role=str(min(actor.roles & AGREERS)),
        at=at,
        payload=values,
    )
    return made


@transaction.atomic
def access_review(*, authority: str, reference: str, actor: Actor, at: datetime) -> None:
    """Take an endorsed request into review; the reviewer is not the one who approves. Raises `ActNotAllowed`."""
    request = locked_request(authority=authority, reference=reference)
    request.reviewed_by = actor.id
    act_on(request, AccessAct.REVIEW, actor=actor, role=Role.ACCESS_REVIEWER, at=at)


@transaction.atomic
def access_approve(*, authority: str, reference: str, partner: str = "", actor: Actor, at: datetime) -> AccessApproval:
    """Approve a reviewed request as another person than the reviewer; the link may be made for seven days.

    ``partner`` is the code of the partner a program's key belongs to. Raises `ActNotAllowed`, also where the mail
    address has an account already, and for a program without a partner.
    """
    request = locked_request(authority=authority, reference=reference)
    if Person.objects.filter(authority=authority, email=request.email).exists():
        raise ActNotAllowed("guard", act=AccessAct.APPROVE, guard="address_free", detail="address_taken")
    endorsement = endorsement_of(request)
    request.link_until = at + LINK_VALID
    act_on(
        request,
        AccessAct.APPROVE,
        actor=actor,
        role=Role.ACCESS_APPROVER,
        at=at,
        endorser=endorsement.endorsed_by,
        has_partner=bool(partner),
    )
    return AccessApproval.objects.create(
        authority=authority,
        endorsement=endorsement,
        endorsed_by=endorsement.endorsed_by,
        reviewed_by=request.reviewed_by,
        approved_by=actor.id,
        approved_at=at,
        scopes=request.scopes,
        ends_on=request.ends_on,
        partner=partner if request.kind == ApplicantKind.MACHINE else "",
    )


def endorsement_of(request: AccessRequest) -> AccessEndorsement:
    """Return the newest endorsement; a request that came into review has one."""
    return request.endorsements.latest("id")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The new account, and the recovery codes that are shown once."""

    person: Person
    account: OfficialAccount
    recovery_codes: tuple[str, ...]


@transaction.atomic
def access_enrol(
    *, authority: str, link: str, password: str, chosen: Chosen, accepts_terms: bool, at: datetime
) -> Enrolled:
    """Open the account of an approved request: own password, own device, terms accepted; the link is used up.

    Raises `LinkOver`, `ActNotAllowed`, `CodeRefused`, `PasswordRefused`, `EmailTaken`; then nothing is kept.
    """
    request = locked_by_link(authority=authority, link=link, kind=ApplicantKind.PERSON)
    known: dict[str, Any] = {"has_second_factor": True, "accepts_terms": accepts_terms}
    act_on(request, AccessAct.ENROL, actor=applicant_of(request), role=Role.FOREIGN_OFFICER, at=at, payload={}, **known)
    person = person_create(
        authority=authority,
        email=request.email,
        name=request.name,
        password=password,
        preferred_language=request.language,
        actor=SYSTEM,
        at=at,
    )
    codes = codes_set(person, chosen, actor=SYSTEM, at=at)
    account = account_open(
        person=person,
        approval=endorsement_of(request).approval,
        organisation=organisation_of(request, at=at),
        at=at,
    )
    return Enrolled(person, account, codes)


def locked_by_link(*, authority: str, link: str, kind: ApplicantKind) -> AccessRequest:
    """Return the approved request a one-time link is for, locked, the link taken out. Raises `LinkOver`."""
    rows = AccessRequest.objects.select_for_update().filter(authority=authority, state=AccessState.APPROVED, kind=kind)
    request = rows.filter(link_digest=secret_digest(link)).first()
    if request is None:
        raise LinkOver(authority)
    request.link_digest = ""
    return request


def organisation_of(request: AccessRequest, *, at: datetime) -> Organisation:
    """Return the nominating authority of a request; made when its country had none of this name."""
    kind = OrganisationKind.FOREIGN_AUTHORITY
    lock("organisation", request.authority, request.country)
    rows = Organisation.objects.filter(authority=request.authority, kind=kind, country=request.country)
    found = rows.filter(name=request.nominating_authority).order_by("id").first()
    return found or organisation_create(
        authority=request.authority,
        kind=kind,
        name=request.nominating_authority,
        country=request.country,
        actor=SYSTEM,
        at=at,
    )


def link_request(*, authority: str, link: str, at: datetime) -> AccessRequest:
    """Return the request a one-time link is for, without using it. Raises `LinkOver`."""
    rows = AccessRequest.objects.filter(authority=authority, state=AccessState.APPROVED, link_until__gt=at)
    found = rows.filter(link_digest=secret_digest(link)).first()
    if found is None:
        raise LinkOver(authority)
    return found


def deadline(since: datetime, days: int) -> datetime:
    """Return 24:00 UTC of the last of so many days; the day of the start does not count."""
    last: date = since.astimezone(UTC).date() + timedelta(days=days + 1)
    return datetime.combine(last, time(), UTC)


def _due(authority: str, at: datetime) -> Iterator[tuple[str, AccessAct]]:
    """Yield reference and act of the deadlines that ended, as far as rows alone can tell."""
    rows = AccessRequest.objects.filter(authority=authority)
    waiting = rows.filter(state__in=[AccessState.WITH_EMBASSY, AccessState.ENDORSED, AccessState.IN_REVIEW])
    reminded = waiting.filter(is_reminded=False, since__lte=at - timedelta(days=REMIND_AFTER_DAYS))
    stalled = waiting.filter(is_stalled=False, since__lte=at - timedelta(days=STALL_AFTER_DAYS))
    unsent = Q(state__in=[AccessState.DRAFT, AccessState.RETURNED], since__lte=at - CHANGES_WITHIN)
    yield from ((each.reference, AccessAct.REMIND) for each in reminded)
    yield from ((each.reference, AccessAct.STALL) for each in stalled)
    yield from ((each.reference, AccessAct.CHANGES_CLOCK_ENDS) for each in rows.filter(unsent))
    ended = rows.filter(state=AccessState.APPROVED, link_until__lte=at)
    yield from ((each.reference, AccessAct.LINK_ENDS) for each in ended)


def _due_at(request: AccessRequest, act: AccessAct) -> datetime | None:
    if act is AccessAct.LINK_ENDS:
        return request.link_until
    if act is AccessAct.CHANGES_CLOCK_ENDS:
        return request.since + CHANGES_WITHIN
    return deadline(request.since, REMIND_AFTER_DAYS if act is AccessAct.REMIND else STALL_AFTER_DAYS)


def access_clocks_run(*, authority: str, at: datetime) -> int:
    """Let the deadlines of requests end: remind, mark as waiting too long, close. Returns how many acts were done.

    Each in its own transaction; what moved meanwhile is left alone.
    """
    return sum(_clock(authority, reference, act, at) for reference, act in tuple(_due(authority, at)))


def _clock(authority: str, reference: str, act: AccessAct, at: datetime) -> bool:
    with transaction.atomic():
        request = locked_request(authority=authority, reference=reference)
        if (act is AccessAct.REMIND and request.is_reminded) or (act is AccessAct.STALL and request.is_stalled):
            return False
        request.is_reminded = request.is_reminded or act is AccessAct.REMIND
        request.is_stalled = request.is_stalled or act is AccessAct.STALL
        try:
            act_on(request, act, actor=CLOCK, role=Role.CLOCK, at=at, due_at=_due_at(request, act))
        except ActNotAllowed:
            return False
    return True
