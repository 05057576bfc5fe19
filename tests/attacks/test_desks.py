"""Attacks 2, 3, 5, 10 to 12, 15, 17 and 21 on people at desks: officials abroad, our officers, rules that watch."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts import services as accounts
from opensps.accounts.errors import NotFound
from opensps.accounts.queries import Actor
from opensps.border.desk import Desk
from opensps.border.replies import ReplyNotAuthentic, read_reply
from opensps.border.services.desk import desk_compare, desk_number
from opensps.border.verdicts import VerdictRecord
from opensps.certification.models import Certificate
from opensps.formats import read_certificate
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.presentation import PresentationAct
from tests.attacks.world import World, trust
from tests.factories import signing
from tests.factories.certification import Story
from tests.factories.desk import arrived, border_officer, official
from tests.factories.presenting import AT, OFFICER, SECOND, act_on, kilograms, paper_of, presented

pytestmark = pytest.mark.django_db


def desk(actor: Actor = OFFICER, *, at: Any = AT) -> Desk:
    return Desk(authority="XA", actor=actor, at=at, trust=trust(), network="192.0.2.9")


def expect(found: VerdictRecord, colour: str, kind: str, *reasons: str) -> None:
    assert (found.verdict_class, found.kind) == (colour, kind), (found.reasons, found.result)
    assert set(reasons) <= set(found.reasons), found.reasons


def refused(story: Any, *steps: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(ActNotAllowed) as refusal:
        story(*steps, **options)
    return refusal.value.guard, refusal.value.reason


def test_attack_03_the_second_port_learns_that_it_is_open_elsewhere(world: World) -> None:
    paper = paper_of(world.genuine)
    expect(desk_number(desk(), number=paper.number), "green", "")
    presented(paper, place="XBAAA")
    found = desk_number(desk(SECOND, at=AT + timedelta(hours=1)), number=paper.number)
    assert found.verdict_class in {"amber", "red"}, found.reasons
    assert {"open_elsewhere", "already_presented"} & set(found.reasons), found.reasons


def test_attack_03_after_the_last_kilogram_nothing_more_is_accepted(world: World) -> None:
    paper = paper_of(world.genuine)
    act_on(presented(paper, place="XBAAA"), PresentationAct.ACCEPT)
    expect(desk_number(desk(SECOND, at=AT + timedelta(days=1)), number=paper.number), "red", "invalid", "used_up")
    again = presented(paper, by=SECOND, place="XBBBB", at=AT + timedelta(days=1))
    with pytest.raises(ActNotAllowed):
        act_on(again, PresentationAct.ACCEPT, by=SECOND, at=AT + timedelta(days=1))


def test_attack_03_a_part_leaves_only_the_rest(world: World) -> None:
    paper = paper_of(world.genuine)
    whole = paper.value.lines[0].net_weight
    assert whole is not None
    first = presented(paper, quantities=kilograms(str(whole.value - 1)))
    act_on(first, PresentationAct.ACCEPT)
    more = presented(paper, by=SECOND, quantities=kilograms("2"), at=AT + timedelta(days=1))
    with pytest.raises(ActNotAllowed):
        act_on(more, PresentationAct.ACCEPT, by=SECOND, at=AT + timedelta(days=1))


def test_attack_03_another_country_presents_nothing_of_it(world: World) -> None:
    found = desk_number(desk(official("XD")), number=world.genuine.number)
    assert found.verdict_class != "green"
    assert "XB" not in str(found.words("en"))


FORGED: Mapping[str, str] = {
    "number": "XA-2026-014-0004513-6",
    "consignor": "Old River Trading Co.",
    "consignee": "Somebody Else",
    "seals": "NOT-THE-SEAL",
    "containers": "XXXU1111110",
    "scientific_name.1": "Brassica oleracea",
    "net_weight.1": "999999 KGM",
    "gross_weight.1": "999999 KGM",
}
"""Field -> what stands on the paper or the goods in front of the officer: of other goods than were certified."""


def test_attack_10_goods_of_another_plant_seal_or_kind_are_named_field_by_field(world: World) -> None:
    first = desk_number(desk(), number=world.genuine.number)
    for field, text in FORGED.items():
        found, answers = desk_compare(desk(), verdict_id=first.pk, typed={field: text})
        expect(found, "red", "suspected_fraud", "fields_differ")
        assert [each.field for each in answers if each.word.value == "differs"] == [field]


def test_attack_02_a_raised_weight_is_the_only_field_named(world: World) -> None:
    value = read_certificate(bytes(world.genuine.xml or b"")).certificate
    assert value is not None
    weight = value.lines[0].net_weight
    assert weight is not None
    true = {"number": world.genuine.number, "net_weight.1": f"{weight.value} {weight.unit}"}
    first = desk_number(desk(), number=world.genuine.number)
    expect(desk_compare(desk(), verdict_id=first.pk, typed=true)[0], "green", "")
    raised = {**true, "net_weight.1": f"{weight.value + 1} {weight.unit}"}
    found, answers = desk_compare(desk(), verdict_id=first.pk, typed=raised)
    expect(found, "red", "suspected_fraud", "fields_differ")
    assert [each.field for each in answers if each.word.value == "differs"] == ["net_weight.1"]


def test_attack_05_a_perfect_print_of_a_partner_that_nobody_sent(world: World) -> None:
    own = desk(border_officer())
    assert desk_number(own, number="XB/PC/2026/99999").verdict_class == "grey"
    assert desk_number(own, number=arrived()).verdict_class in {"amber", "green"}


def test_attack_17_at_the_desk_a_withdrawn_certificate_is_red(world: World) -> None:
    expect(desk_number(desk(), number=world.withdrawn.number), "red", "invalid", "withdrawn")
    shown = presented(paper_of(world.withdrawn), reasons=("withdrawn",))
    with pytest.raises(ActNotAllowed):
        act_on(shown, PresentationAct.ACCEPT)


def test_attack_15_who_applied_or_reviewed_does_not_sign(world: World) -> None:
    people = world.people
    clever = replace(people.officer, roles=people.officer.roles | {Role.REVIEWER})
    story = Story(replace(people, reviewer=clever))
    story("submit", "open", "order", "inspect", "mark_ready")
    assert refused(story.prepare, clever)[0] == "four_eyes"
    turned = replace(people.exporter, roles=frozenset({Role.CERTIFYING_OFFICER}), organisation=None, office="014")
    assert refused(story.prepare, turned)[0] == "not_applicant"


def test_attack_15_nothing_is_certified_without_an_inspection(world: World) -> None:
    story = Story(world.people)
    story("submit", "open")
    assert refused(story, "mark_ready")[0] == "inspection_satisfied"
    with pytest.raises(ActNotAllowed):
        story.prepare()


def replied(certificate: Certificate) -> bytes:
    """Return the signed reply to an inquiry about a certificate, as it went out."""
    from tests.integration.border import test_inquiries as desks  # noqa: PLC0415  how people ask and answer stands there

    inquiry = desks.with_office(certificate.number)
    desks.done(inquiry, desks.EXAMINER, desks.InquiryAct.DRAFT_REPLY, desks.BOTH, decision=desks.GENUINE)
    desks.done(inquiry, desks.DESK, desks.InquiryAct.SEND)
    return bytes(desks.InquiryReply.objects.latest("pk").statement)


def test_attack_21_a_reply_altered_or_signed_by_another_proves_nothing(world: World) -> None:
    statement = replied(world.genuine)
    terms: dict[str, Any] = {"authority": "XA", "accepts_training": True}
    assert read_reply(statement, trust=signing.trust_list(), **terms).finding == "genuine"
    tries = (
        (statement.replace(b"genuine", b"altered"), signing.trust_list(), terms),
        (statement, signing.trust_list(), {**terms, "authority": "XB"}),
        (statement, signing.trust_list(signing.trusted(signing.stranger())), terms),
        (b"A letter, on our paper.", signing.trust_list(), terms),
    )
    for forged, believed, given in tries:
        with pytest.raises(ReplyNotAuthentic):
            read_reply(forged, trust=believed, **given)


def test_attack_21_an_endorsement_by_anybody_but_the_embassy_has_no_effect(db: None) -> None:
    from tests.factories import access  # noqa: PLC0415  people of access are made by few tests

    cast, other = access.desk("XB"), access.desk("XC")
    reference = access.sent(cast)
    given: dict[str, Any] = {"authority": "XA", "reference": reference, "note_reference": "Note 1", "at": access.START}
    for forger in (other.ambassador, cast.reviewer, official("XB")):
        with pytest.raises((NotFound, ActNotAllowed)):
            accounts.access_endorse(actor=forger, has_second_factor=True, **given)
    with pytest.raises(ActNotAllowed) as refusal:
        accounts.access_endorse(actor=cast.ambassador, has_second_factor=False, **given)
    assert refusal.value.guard == "second_factor"
