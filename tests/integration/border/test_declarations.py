"""Customs hears clear or not clear, with reasons, for a declaration number; a claim made twice is not clear (A09)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from opensps.accounts.queries import Actor
from opensps.border.declarations import Declaration, DeclaredItem
from opensps.border.errors import DeclarationRefused
from opensps.border.ledger import LineBalance
from opensps.border.queries.audit import audit
from opensps.border.queries.clearance import clearance_of, declaration_for, declarations
from opensps.border.queries.presentations import acts_offered
from opensps.border.records import CertificateRecord, record_of
from opensps.border.services.declaring import Claimed, declaration_act, declaration_declare
from opensps.border.services.presenting import Claim, presentation_without
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed, CertificateState, Role
from opensps.lifecycle.declaration import DeclarationAct
from opensps.lifecycle.presentation import PresentationAct
from tests.factories.certification import cast, certificate_in
from tests.factories.desk import arrived, official
from tests.factories.presenting import AT, ELSEWHERE, OURS, act_on, actor, paper_of, presented

pytestmark = pytest.mark.django_db
CUSTOMS = actor("7", Role.CUSTOMS)
NUMBER, SECOND = "26XA-0000-0001", "26XA-0000-0002"


@pytest.fixture
def paper(db: None) -> CertificateRecord:
    """A certificate of Northland, come to us."""
    cast()
    found = record_of(authority="XA", issuer="XB", number=arrived())
    assert found is not None
    return found


def declared(number: str = NUMBER, *items: Claimed, direction: str = "import", by: Actor = CUSTOMS) -> Declaration:
    return declaration_declare(
        authority="XA", actor=by, declaration_number=number, direction=direction, items=items, at=AT
    )


def claim(paper: CertificateRecord, **changed: Any) -> Claimed:
    return Claimed(issuer=paper.issuer, number=paper.number, **changed)


def why(declaration: Declaration) -> list[str]:
    answer = clearance_of(declaration)
    reasons = [reason.value for item in answer.items for reason in item.reasons]
    assert answer.is_clear is not bool(reasons)
    return reasons


def do(act: DeclarationAct, number: str = NUMBER, *, by: Actor = CUSTOMS, reason: str = "") -> Declaration:
    return declaration_act(authority="XA", actor=by, declaration_number=number, act=act, reason=reason, at=AT)


def test_A09_goods_are_clear_when_the_border_accepted_what_is_declared_and_each_step_has_its_reason(
    paper: CertificateRecord,
) -> None:
    declaration = declared(NUMBER, claim(paper))
    assert why(declaration) == ["not_presented"]
    with pytest.raises(ActNotAllowed, match="not_clear"):
        do(DeclarationAct.RELEASE)
    row = presented(paper, by=OURS, place="XAPNO")
    assert why(declaration) == ["awaiting_decision"]
    act_on(row, PresentationAct.ACCEPT, by=OURS)
    assert why(declaration) == []
    twice = declared(SECOND, claim(paper))
    assert why(twice) == ["above_accepted"], "an earlier declaration claims the same goods"
    assert do(DeclarationAct.RELEASE).state == "released"
    with pytest.raises(ActNotAllowed, match="not_clear"):
        do(DeclarationAct.RELEASE, SECOND)
    acts = [event.act for event in events_for(authority="XA", object_kind="declaration", object_id=NUMBER)]
    assert acts == ["declaration.declare", "declaration.release"]
    assert audit("XA") == ()


def test_refused_goods_part_of_a_line_and_papers_that_are_not_there_are_not_clear(paper: CertificateRecord) -> None:
    assert why(declared(NUMBER, Claimed(goods="Cheese"))) == ["certificate_missing"]
    assert why(declared(NUMBER, Claimed(issuer="XB", number="XB/none"))) == ["not_in_register"]
    assert why(declared(NUMBER, claim(paper, line=9, quantity=Decimal(1)))) == ["line_unknown"]
    row = presented(paper, by=OURS, place="XAPNO")
    part = Decimal(100)
    act_on(row, PresentationAct.ACCEPT_PARTLY, by=OURS, accepted={1: part}, reason_code="part_of_the_goods")
    assert why(declared(NUMBER, claim(paper))) == ["above_accepted"]
    again = declared(NUMBER, claim(paper, line=1, quantity=part))
    assert (why(again), again.version) == ([], 5)
    assert declared(NUMBER, claim(paper, line=1, quantity=part)).version == 5, "the same again is the same"
    do(DeclarationAct.CANCEL, reason="Wrong firm")
    assert not clearance_of(Declaration.objects.get()).is_clear
    assert why(declared(SECOND, claim(paper, line=1, quantity=part))) == [], "what was cancelled claims nothing"


def test_goods_that_leave_are_clear_while_the_certificate_is_in_force_for_so_much() -> None:
    people = cast()
    own = certificate_in(people)
    item = Claimed(number=own.number)
    assert why(declared(NUMBER, item, direction="export")) == []
    assert why(declared(SECOND, item, direction="export")) == ["above_issued"]
    gone = certificate_in(people, CertificateState.WITHDRAWN)
    assert why(declared("26XA-0000-0003", Claimed(number=gone.number), direction="export")) == ["not_in_force"]


def test_what_another_country_accepted_does_not_open_our_border(paper: CertificateRecord) -> None:
    act_on(presented(paper, by=ELSEWHERE, place="XCAAA"), PresentationAct.ACCEPT, by=ELSEWHERE)
    assert LineBalance.objects.get(line=1).accepted == LineBalance.objects.get(line=1).issued
    assert why(declared(NUMBER, claim(paper))) == ["not_presented"]


def test_our_own_certificate_clears_no_goods_that_come_in_though_its_destination_accepted_them() -> None:
    own = certificate_in(cast())
    act_on(presented(paper_of(own)), PresentationAct.ACCEPT)
    assert why(declared(NUMBER, Claimed(number=own.number))) == ["not_for_us"]


def test_goods_do_not_leave_on_the_certificate_of_a_partner(paper: CertificateRecord) -> None:
    assert why(declared(NUMBER, claim(paper), direction="export")) == ["not_in_register"]


def test_who_claimed_a_certificate_first_comes_first_whoever_declared_first(paper: CertificateRecord) -> None:
    act_on(presented(paper, by=OURS, place="XAPNO"), PresentationAct.ACCEPT, by=OURS)
    older = declared(NUMBER, Claimed(goods="Cheese"))
    younger = declared(SECOND, claim(paper))
    declared(NUMBER, claim(paper))
    assert (why(Declaration.objects.get(pk=older.pk)), why(younger)) == (["above_accepted"], [])
    declared(SECOND, claim(paper), Claimed(goods="Cheese"))
    declared(SECOND, claim(paper))
    assert why(Declaration.objects.get(pk=younger.pk)) == [], "an amendment loses no place"


def test_the_same_again_after_the_release_is_the_same_and_anything_else_is_refused(paper: CertificateRecord) -> None:
    act_on(presented(paper, by=OURS, place="XAPNO"), PresentationAct.ACCEPT, by=OURS)
    declared(NUMBER, claim(paper))
    do(DeclarationAct.RELEASE)
    again = declared(NUMBER, claim(paper))
    assert (again.state, again.version) == ("released", 1)
    with pytest.raises(ActNotAllowed):
        declared(NUMBER, claim(paper), by=OURS)
    with pytest.raises(ActNotAllowed):
        declared(NUMBER, claim(paper, line=1))


@pytest.mark.parametrize("said", ["0.0000001", "1.0000001", "NaN", "Infinity", "-1", "9000000000001", "1E+30"])
def test_a_quantity_the_register_cannot_keep_exactly_is_refused(paper: CertificateRecord, said: str) -> None:
    with pytest.raises(DeclarationRefused, match="items"):
        declared(NUMBER, claim(paper, line=1, quantity=Decimal(said)))


def test_what_is_too_long_for_the_register_is_refused(paper: CertificateRecord) -> None:
    for item in (
        Claimed(issuer="X" * 61, number="1"),
        Claimed(issuer="XB", number="1" * 65),
        claim(paper, line=10_000),
    ):
        with pytest.raises(DeclarationRefused, match="items"):
            declared(NUMBER, item)


def test_customs_presents_and_decides_nothing(paper: CertificateRecord) -> None:
    row = presented(paper, by=CUSTOMS, place="XAPNO")
    assert (row.state, acts_offered(row, authority="XA", actor=CUSTOMS)) == ("presented", ())
    with pytest.raises(ActNotAllowed):
        act_on(row, PresentationAct.ACCEPT, by=CUSTOMS)
    goods = Claim(location="XAPNO", goods="Cheese; needs a health certificate")
    missing = presentation_without(authority="XA", actor=CUSTOMS, claim=goods, request_id="r-1", at=AT)
    assert missing.reasons == ["certificate_missing"]


def test_nobody_else_declares_or_learns_of_a_declaration_and_what_was_declared_stays(paper: CertificateRecord) -> None:
    declared(NUMBER, claim(paper))
    strangers = (official(), actor("8", Role.MANAGER), Actor(id="9" * 32, authority="XB", roles=CUSTOMS.roles))
    for stranger in strangers:
        with pytest.raises((DeclarationRefused, ActNotAllowed)):
            declared(SECOND, claim(paper), by=stranger)
        with pytest.raises(DeclarationRefused, match="not_found"):
            declaration_for(authority="XA", actor=stranger, declaration_number=NUMBER)
        with pytest.raises(DeclarationRefused, match="not_found"):
            do(DeclarationAct.CANCEL, by=stranger, reason="x")
        assert declarations(actor=stranger) == ((), 0)
    assert declarations(actor=OURS)[1] == 1, "the border reads them"
    for number, items in (
        ("?", (claim(paper),)),
        (SECOND, (Claimed(),)),
        (SECOND, (claim(paper, quantity=Decimal(1)),)),
    ):
        with pytest.raises(DeclarationRefused):
            declared(number, *items)
    with pytest.raises(ActNotAllowed, match="no_items"):
        declared(SECOND)
    with pytest.raises(DatabaseError), transaction.atomic():
        DeclaredItem.objects.update(quantity=None, line=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.all().delete()
