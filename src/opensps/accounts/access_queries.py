"""Reading access: who may see which request and account, what waits for whom.

The embassy and a country's administrators see their own country; reviewers and approvers all of them, but no drafts.
Foreign, missing and forbidden give the same `NotFound`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from opensps.accounts.actors import Actor
from opensps.accounts.directory import named
from opensps.accounts.errors import NotFound
from opensps.accounts.models import (
    AccessAgreement,
    AccessDocument,
    AccessRequest,
    ApplicantKind,
    EntryLink,
    EntryPurpose,
    OfficialAccount,
    Organisation,
    OrganisationKind,
)
from opensps.accounts.queries import uuid_of
from opensps.accounts.services.access_steps import missing_in, secret_digest
from opensps.lifecycle import ActNotAllowed, Role, allowed_acts
from opensps.lifecycle.access import (
    ACCESS_REQUEST,
    OFFICIAL_ACCOUNT,
    RECONFIRM_EVERY,
    RECONFIRM_GRACE,
    AccessAct,
    AccessState,
    AccountAct,
    AccountState,
)

__all__ = [
    "ABROAD",
    "DEPARTMENT",
    "AccessAgreement",
    "AccessRequest",
    "ActNotAllowed",
    "ApplicantKind",
    "OfficialAccount",
    "account_acts",
    "account_by_id",
    "accounts_for",
    "agreements",
    "embassies",
    "letter_for",
    "missing_in",
    "official_figures",
    "reconfirm_due",
    "request_acts",
    "request_by_key",
    "request_for",
    "requests_for",
    "requests_to_do",
    "stands",
]

DEPARTMENT = frozenset({Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER})
ABROAD = frozenset({Role.EMBASSY, Role.COUNTRY_ADMIN})
OF_PROGRAMS = frozenset({AccountAct.RENEW_KEY, AccountAct.END_KEY})
MOST_ROWS = 200


def embassies(*, authority: str) -> tuple[Organisation, ...]:
    """Return the embassies whose countries have an agreement, by name: those that can be applied to."""
    agreed = AccessAgreement.objects.filter(authority=authority).values("country")
    rows = Organisation.objects.filter(authority=authority, kind=OrganisationKind.EMBASSY, country__in=agreed)
    return tuple(rows.order_by("name", "id"))


def agreements(*, authority: str) -> tuple[AccessAgreement, ...]:
    """Return what was agreed with each country, by country."""
    return tuple(AccessAgreement.objects.filter(authority=authority).order_by("country"))


def request_by_key(*, authority: str, key: str) -> AccessRequest:
    """Return the applicant's own request. Raises `NotFound`."""
    rows = AccessRequest.objects.select_related("embassy")
    found = rows.filter(authority=authority, key_digest=secret_digest(key)).first()
    if found is None:
        raise NotFound("request")
    return found


def _requests(authority: str, actor: Actor) -> QuerySet[AccessRequest]:
    rows = AccessRequest.objects.filter(authority=authority).exclude(state=AccessState.DRAFT)
    if actor.authority == authority and actor.roles & DEPARTMENT:
        return rows
    if actor.authority == authority and Role.EMBASSY in actor.roles and actor.country:
        return rows.filter(country=actor.country)
    return rows.none()


def requests_for(*, authority: str, actor: Actor, state: str = "", limit: int = MOST_ROWS) -> tuple[AccessRequest, ...]:
    """Return the requests somebody may see, the longest waiting first; of one state where it is given."""
    rows = _requests(authority, actor).select_related("embassy")
    return tuple((rows.filter(state=state) if state else rows).order_by("since", "id")[:limit])


def requests_to_do(*, authority: str, actor: Actor, limit: int = MOST_ROWS) -> tuple[AccessRequest, ...]:
    """Return the requests on which somebody can act now, the longest waiting first."""
    states = [state for state in AccessState if state in _ACTED_ON and request_acts(actor, state)]
    rows = _requests(authority, actor).filter(state__in=states)
    return tuple(rows.order_by("since", "id")[:limit])


_ACTED_ON = frozenset({AccessState.WITH_EMBASSY, AccessState.ENDORSED, AccessState.IN_REVIEW, AccessState.APPROVED})


def request_for(*, authority: str, actor: Actor, reference: str) -> AccessRequest:
    """Return one request somebody may see. Raises `NotFound`."""
    rows = _requests(authority, actor).select_related("embassy").prefetch_related("documents", "endorsements")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound(reference)
    return found


def request_acts(actor: Actor, state: str) -> tuple[AccessAct, ...]:
    """Return what somebody may try with a request in this state."""
    return allowed_acts(ACCESS_REQUEST, AccessState(state), actor.roles - {Role.FOREIGN_OFFICER})


def letter_for(*, authority: str, actor: Actor, reference: str, document_id: int) -> AccessDocument:
    """Return a paper of a request somebody may see. Raises `NotFound`."""
    request = request_for(authority=authority, actor=actor, reference=reference)
    found = request.documents.filter(pk=document_id).first()
    if found is None:
        raise NotFound(str(document_id))
    return found


def _accounts(authority: str, actor: Actor) -> QuerySet[OfficialAccount]:
    rows = OfficialAccount.objects.filter(authority=authority).select_related("person", "organisation")
    if actor.authority == authority and actor.roles & (DEPARTMENT | {Role.ADMINISTRATOR}):
        return rows
    if actor.authority == authority and actor.roles & ABROAD and actor.country:
        return rows.filter(country=actor.country)
    return rows.none()


@dataclass(frozen=True, slots=True)
class Found:
    """Accounts of one page, and how many there are in all."""

    rows: tuple[OfficialAccount, ...]
    total: int


def accounts_for(
    *, authority: str, actor: Actor, text: str = "", state: str = "", country: str = "", limit: int = MOST_ROWS
) -> Found:
    """Return the official accounts somebody may see, by name; of name or address ``text``, a state, a country."""
    rows = _accounts(authority, actor)
    rows = named(rows, authority=authority, text=text, by="person__in")
    rows = rows.filter(**{name: value for name, value in (("state", state), ("country", country)) if value})
    return Found(tuple(rows.order_by("person__name", "id")[:limit]), rows.count())


def account_by_id(*, authority: str, actor: Actor, account_id: str) -> OfficialAccount:
    """Return one account somebody may see. Raises `NotFound`."""
    rows = _accounts(authority, actor).select_related("approval__endorsement__request", "inherited_from__person")
    found = rows.filter(pk=uuid_of(account_id)).first()
    if found is None:
        raise NotFound(account_id)
    return found


def account_acts(actor: Actor, account: OfficialAccount) -> tuple[AccountAct, ...]:
    """Return what somebody may try with an account; nobody reconfirms his own."""
    found = allowed_acts(OFFICIAL_ACCOUNT, AccountState(account.state), actor.roles)
    kept = (act for act in found if account.is_machine or act not in OF_PROGRAMS)
    return tuple(act for act in kept if act is not AccountAct.RECONFIRM or account.person_id.hex != actor.id)


def stands(at: datetime, path: str = "") -> Q:
    """Match official accounts that are open at this moment, also before the clock has run; ``path`` leads to them."""
    confirmed = at - RECONFIRM_EVERY - RECONFIRM_GRACE
    known = {"state": AccountState.ACTIVE, "reconfirmed_at__gt": confirmed, "person__is_active": True}
    return Q(**{f"{path}{name}": value for name, value in known.items()})


def reconfirm_due(account: OfficialAccount) -> datetime:
    """Return until when the country should say that the official still holds the post."""
    return account.reconfirmed_at + RECONFIRM_EVERY


def open_reset(account: OfficialAccount) -> EntryLink | None:
    """Return the reset of an official's person that is under way."""
    rows = EntryLink.objects.filter(person=account.person, purpose=EntryPurpose.RESET, closed_at__isnull=True)
    return rows.first()


def official_figures(*, authority: str) -> Mapping[str, int]:
    """Return how many official accounts each country has, suspended and revoked ones left out."""
    rows = OfficialAccount.objects.filter(authority=authority, state=AccountState.ACTIVE)
    counted = rows.values_list("country").annotate(people=Count("id")).order_by("country")
    return dict(counted)
