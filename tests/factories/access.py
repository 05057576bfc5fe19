"""Requests for access and official accounts for tests, made through the services as far as asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from opensps.accounts import services
from opensps.accounts.models import (
    AccessRequest,
    Organisation,
    OrganisationKind,
)
from opensps.accounts.one_time_codes import code_at, step_at
from opensps.accounts.queries import SYSTEM, Actor
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from tests.factories.accounts import PASSWORD, START, grant, make_organisation, make_person

ALL_SCOPES = tuple(AccessScope)
SECRET = b"a secret of 20 octets"[:20]
LETTER = services.Letter("letter.pdf", "application/pdf", b"%PDF-1.7 nominated")
WISH = services.Wish(
    name="Wei Larsen",
    email="wei@port.gov.example",
    post="Inspector",
    office="Northport",
    nominating_authority="Northland Border Inspection",
    kinds=("PHYTOSANITARY",),
    scopes=(AccessScope.VIEW, AccessScope.VERIFY),
    reason="Checks plants at Northport.",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who plays a part in access."""

    embassy: Organisation
    ambassador: Actor
    reviewer: Actor
    approver: Actor


def desk(country: str = "XB", *, at: datetime = START) -> Desk:
    """Make the embassy of a country with an agreement and one person, and the two of the department."""
    services.access_agreement_set(
        authority="XA",
        country=country,
        mail_domains=("gov.example",),
        scopes=ALL_SCOPES,
        allows_inheritance=True,
        actor=SYSTEM,
        at=at,
    )
    embassy = make_organisation(f"Embassy of {country}", kind=OrganisationKind.EMBASSY, country=country)
    low = country.lower()
    return Desk(
        embassy,
        grant(make_person(f"embassy@{low}.example"), Role.EMBASSY, organisation_id=embassy.id.hex),
        grant(make_person(f"reviewer@{low}.example"), Role.ACCESS_REVIEWER),
        grant(make_person(f"approver@{low}.example"), Role.ACCESS_APPROVER),
    )


def applied(cast: Desk, *, at: datetime = START, **changes: Any) -> tuple[AccessRequest, str]:
    """Begin a complete request with its letter; return it with the applicant's key."""
    wish = replace(WISH, **changes)
    request, key = services.access_apply(authority="XA", embassy_id=cast.embassy.id.hex, wish=wish, at=at)
    services.access_letter_add(authority="XA", key=key.text, letter=LETTER, at=at)
    return request, key.text


def sent(cast: Desk, *, at: datetime = START, **changes: Any) -> str:
    """Send a request to the embassy; return its reference."""
    request, key = applied(cast, at=at, **changes)
    services.access_send(authority="XA", key=key, at=at)
    return request.reference


def endorsed(cast: Desk, *, at: datetime = START, **changes: Any) -> str:
    """Let the embassy confirm a request."""
    reference = sent(cast, at=at, **changes)
    services.access_endorse(
        authority="XA",
        reference=reference,
        note_reference="Note 12/2026",
        has_second_factor=True,
        actor=cast.ambassador,
        at=at,
    )
    return reference


def approved(cast: Desk, *, at: datetime = START, **changes: Any) -> str:
    """Let the department review and approve a request."""
    reference = endorsed(cast, at=at, **changes)
    services.access_review(authority="XA", reference=reference, actor=cast.reviewer, at=at)
    services.access_approve(authority="XA", reference=reference, actor=cast.approver, at=at)
    return reference


def chosen(at: datetime, secret: bytes = SECRET) -> services.Chosen:
    """Return a device's secret with the code it shows at that moment."""
    return services.Chosen(secret, code_at(secret, step_at(at)))


def enrolled(cast: Desk, *, at: datetime = START, password: str = PASSWORD, **changes: Any) -> services.Enrolled:
    """Take a request to the active account."""
    reference = approved(cast, at=at, **changes)
    link = services.access_hand_over(
        authority="XA", reference=reference, has_second_factor=True, actor=cast.ambassador, at=at
    )
    return services.access_enrol(
        authority="XA", link=link.text, password=password, chosen=chosen(at), accepts_terms=True, at=at
    )
