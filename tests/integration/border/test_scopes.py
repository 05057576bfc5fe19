"""An official does what the account was approved for, and nothing else (`lifecycles.md` 6.2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.border.desk import Desk
from opensps.border.errors import BorderError
from opensps.border.inquiries import Inquiry
from opensps.border.inquiry_values import Question, Saying
from opensps.border.ledger import Presentation
from opensps.border.records import record_for, records_for
from opensps.border.services.desk import desk_number
from opensps.border.services.inquiry_people import inquiry_ask
from opensps.border.verdicts import VerdictRecord
from opensps.certification.models import Certificate
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from opensps.lifecycle.inquiry import InquiryPriority, InquirySubject
from tests.factories import accounts, signing
from tests.factories.certification import START, cast, certificate_in
from tests.factories.desk import official
from tests.factories.presenting import paper_of, presented

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)


@pytest.fixture
def certificate() -> Certificate:
    return certificate_in(cast())


def look(actor: Actor, certificate: Certificate) -> None:
    assert records_for(authority="XA", actor=actor) != ()
    record_for(authority="XA", actor=actor, issuer="XA", number=certificate.number)


def check(actor: Actor, certificate: Certificate) -> None:
    desk = Desk(authority="XA", actor=actor, at=NOW, trust=signing.trust_list(), network="192.0.2.9")
    desk_number(desk, number=certificate.number)


def ask(actor: Actor, certificate: Certificate) -> None:
    question = Question(number=certificate.number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE)
    saying = Saying(texts=(("en", "Please check."),))
    inquiry_ask(authority="XA", actor=actor, question=question, saying=saying, machinery=None, at=NOW)


def receive(actor: Actor, certificate: Certificate) -> None:
    presented(paper_of(certificate), by=actor, place="XBAAA")


DOORS: dict[AccessScope, Any] = {
    AccessScope.VIEW: look,
    AccessScope.VERIFY: check,
    AccessScope.INQUIRE: ask,
    AccessScope.RECEIVE: receive,
}


@pytest.mark.parametrize("missing", list(DOORS))
def test_what_was_not_approved_is_refused_and_leaves_nothing_behind(
    certificate: Certificate, missing: AccessScope
) -> None:
    person = replace(official("XB"), scopes=frozenset(DOORS) - {missing})
    for scope, door in DOORS.items():
        if scope is not missing:
            door(person, certificate)
    counts = _counts()
    with pytest.raises((BorderError, AssertionError)):
        DOORS[missing](person, certificate)
    assert _counts() == counts


def _counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (VerdictRecord, Inquiry, Presentation))


def test_who_signs_in_acts_within_the_account(db: None) -> None:
    abroad = accounts.make_organisation("Northland Border", kind="foreign_authority", country="XB")
    actor = accounts.grant(
        accounts.make_person("n@northland.example"), Role.FOREIGN_OFFICER, organisation_id=abroad.id.hex
    )
    assert actor.scopes == frozenset(DOORS)
    assert not any(actor.lacks(scope) for scope in DOORS)
    assert actor.lacks(AccessScope.COUNTRY_ADMIN)
