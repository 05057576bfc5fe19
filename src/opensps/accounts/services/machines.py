"""Accounts of programs of other authorities: the same request, endorsement and approval, a key instead of a password.

Source: `lifecycles.md` 6.2. The key is made in `exchange`, in the same transaction. Such an account holds no role and
signs in at no page; what it may do hangs on its key.
"""

from datetime import datetime

from django.db import transaction

from opensps.accounts.actors import SYSTEM
from opensps.accounts.models import ApplicantKind, OfficialAccount
from opensps.accounts.services.access_deciding import endorsement_of, locked_by_link, organisation_of
from opensps.accounts.services.access_steps import act_on, applicant_of
from opensps.accounts.services.officials import account_open
from opensps.accounts.services.people import person_create
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessAct


@transaction.atomic
def machine_account_open(*, authority: str, link: str, accepts_terms: bool, at: datetime) -> OfficialAccount:
    """Open the account of an approved program; the link is used up. The caller makes its key, which is its factor.

    Raises `LinkOver`, also for the link of an official, `ActNotAllowed`, `EmailTaken`.
    """
    request = locked_by_link(authority=authority, link=link, kind=ApplicantKind.MACHINE)
    known = {"has_second_factor": True, "accepts_terms": accepts_terms}
    act_on(request, AccessAct.ENROL, actor=applicant_of(request), role=Role.FOREIGN_OFFICER, at=at, payload={}, **known)
    person = person_create(
        authority=authority,
        email=request.email,
        name=request.name,
        password=None,
        preferred_language=request.language,
        is_machine=True,
        actor=SYSTEM,
        at=at,
    )
    return account_open(
        person=person,
        approval=endorsement_of(request).approval,
        organisation=organisation_of(request, at=at),
        at=at,
    )
