"""Desks at borders, and what they present: ours, two officers and a supervisor of XB, an officer of XC.

paper = paper_of(certificate_in(cast()))
first = presented(paper, by=OFFICER)
done = act_on(first, PresentationAct.ACCEPT, by=OFFICER)
"""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from opensps.accounts.queries import Actor
from opensps.border.ledger import Presentation
from opensps.border.records import CertificateRecord, record_of
from opensps.border.services.presentation_acts import Decision, presentation_act
from opensps.border.services.presenting import Checked, Claim, presentation_make
from opensps.certification.models import Certificate
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from opensps.lifecycle.presentation import PresentationAct
from tests.factories.certification import START

AT = START + timedelta(days=20)
_requests = itertools.count(1)


def actor(letter: str, role: Role, country: str = "") -> Actor:
    """Return somebody who never signed in: services are told who acts."""
    given = frozenset(AccessScope)
    return Actor(id=letter * 32, authority="XA", roles=frozenset({role}), country=country, scopes=given)


OFFICER = actor("1", Role.FOREIGN_OFFICER, "XB")
SECOND = actor("2", Role.FOREIGN_OFFICER, "XB")
SUPERVISOR = actor("3", Role.COUNTRY_ADMIN, "XB")
ELSEWHERE = actor("4", Role.FOREIGN_OFFICER, "XC")
OURS = actor("5", Role.BORDER_OFFICER)
SENIOR = actor("6", Role.SENIOR_OFFICER)


def paper_of(certificate: Certificate) -> CertificateRecord:
    """Return a certificate as its destination sees it."""
    found = record_of(authority=certificate.authority, issuer=certificate.authority, number=certificate.number)
    assert found is not None
    return found


def presented(
    paper: CertificateRecord | None,
    *,
    by: Actor = OFFICER,
    at: datetime = AT,
    place: str = "XBAAA",
    reasons: tuple[str, ...] = (),
    request_id: str = "",
    **claim: Any,
) -> Presentation:
    """Present a paper at a desk."""
    number = claim.pop("number", "")
    return presentation_make(
        authority="XA",
        actor=by,
        record=paper,
        number=number,
        checked=Checked(reasons=reasons),
        claim=Claim(location=place, **claim),
        request_id=request_id or f"request-{next(_requests)}",
        at=at,
    )


def act_on(
    row: Presentation, act: PresentationAct, *, by: Actor = OFFICER, at: datetime = AT, **said: Any
) -> Presentation:
    """Do an act of a desk."""
    return presentation_act(
        authority="XA",
        actor=by,
        presentation_number=row.presentation_number,
        act=act,
        decision=Decision(**said),
        at=at,
    )


def kilograms(value: str, line: int = 1) -> dict[int, Decimal]:
    """Return a quantity of one line."""
    return {line: Decimal(value)}
