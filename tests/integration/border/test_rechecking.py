"""What could not be checked when it was presented: held, or accepted by the paper where agreed, and checked later."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from opensps.border.desk import Desk
from opensps.border.ledger import LineBalance, Presentation
from opensps.border.papers_again import paper_points
from opensps.border.queries.ledger_audit import ledger_problems
from opensps.border.queries.presentations import balance_of, presentation_for, rechecked
from opensps.border.records import record_of
from opensps.border.services.desk import desk_number
from opensps.border.services.presentation_acts import Decision, presentation_act
from opensps.border.services.presenting import Checked, Claim, presentation_make
from opensps.border.services.turning_away import verdict_present
from opensps.border.verdicts import VerdictRecord
from opensps.exchange.models import ExchangeMode, Partner
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import PresentationAct as Act
from opensps.project.rechecking import rechecks_of_desks_run
from tests.factories import signing
from tests.factories.certification import Cast, cast, certificate_in
from tests.factories.desk import ARRIVED_AT, arrived, border_officer, official
from tests.factories.incoming import NUMBER
from tests.factories.partners import live_partner

pytestmark = pytest.mark.django_db
NOW = ARRIVED_AT + timedelta(hours=1)
US = border_officer()


@pytest.fixture(autouse=True)
def people(db: None) -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def partner(people: Cast, monkeypatch: pytest.MonkeyPatch) -> Partner:
    monkeypatch.setattr("opensps.project.rechecking.own_trust", signing.trust_list)
    return live_partner("XB")


def shown(act: Act | None = Act.HOLD, *, request_id: str = "r1") -> Presentation:
    """A paper of Northland is shown before its message came."""
    desk = Desk(authority="XA", actor=US, at=NOW, trust=signing.trust_list())
    verdict = desk_number(desk, number=NUMBER)
    assert verdict.verdict_class == "grey"
    return verdict_present(
        authority="XA",
        actor=US,
        verdict_id=verdict.pk,
        issuer="XB",
        claim=Claim(location="XAPRT"),
        act=act,
        decision=Decision(reason_code="not_checked_yet"),
        request_id=request_id,
        at=NOW,
    )


def accept(row: Presentation, at: datetime = NOW) -> Presentation:
    decision = Decision(reason_code="accepted_by_paper")
    number = row.presentation_number
    return presentation_act(
        authority="XA", actor=US, presentation_number=number, act=Act.ACCEPT, decision=decision, at=at
    )


def run() -> int:
    return rechecks_of_desks_run(authority="XA", at=NOW + timedelta(minutes=1))


def again(row: Presentation) -> Presentation:
    return presentation_for(authority="XA", actor=US, presentation_number=row.presentation_number)


def test_a_grey_paper_is_checked_again_as_soon_as_its_issuer_answers(partner: Partner) -> None:
    row = shown()
    assert (row.state, row.verdict_class, row.issuer) == ("held", "grey", "XB")
    assert run() == 0, "nobody has answered yet"
    arrived(partner=partner)
    assert run() == 1
    assert run() == 0, "once is enough"
    later = again(row)
    assert later.verdict_class == "grey", "the verdict of the moment stays"
    assert later.recheck.verdict_class in {"green", "amber"}
    assert all(line.reserved == line.claimed > 0 for line in later.lines.all())
    assert [each.presentation for each in rechecked(authority="XA", actor=US, since=NOW)] == [row]
    assert rechecked(authority="XA", actor=official("XB"), since=NOW) == ()
    assert accept(row).state == "accepted", "amber with a reason"


def agreed(partner: Partner, mode: str) -> None:
    ExchangeMode.objects.filter(partner=partner, direction="in").update(mode=mode)


def test_by_the_paper_only_where_the_paper_is_the_original_and_written_off_later(partner: Partner) -> None:
    row = shown()
    agreed(partner, "paperless")
    with pytest.raises(ActNotAllowed) as refused:
        accept(row)
    assert refused.value.detail == "verdict_grey"
    agreed(partner, "parallel")
    assert accept(row).state == "accepted"
    arrived(partner=partner)
    assert run() == 1
    assert all(use.left == 0 for use in balance_of(authority="XA", issuer="XB", number=NUMBER))
    assert ledger_problems("XA") == ()


def test_a_second_paper_accepted_before_the_answer_turns_red_and_moves_nothing(partner: Partner) -> None:
    agreed(partner, "parallel")
    first, second = accept(shown(request_id="r1")), accept(shown(request_id="r2"))
    arrived(partner=partner)
    assert run() == 2
    assert again(first).recheck.verdict_class != "red"
    assert (again(second).recheck.verdict_class, again(second).recheck.reasons[0]) == ("red", "used_up")
    assert rechecked(authority="XA", actor=US, since=NOW)[0].presentation == second
    assert ledger_problems("XA") == ()


def test_what_another_country_may_not_see_never_turns_into_an_answer(people: Cast) -> None:
    certificate = certificate_in(people)
    desk = Desk(authority="XA", actor=official("XD"), at=NOW, trust=signing.trust_list())
    verdict = desk_number(desk, number=certificate.number)
    assert verdict.verdict_class == "red"
    row = verdict_present(
        authority="XA",
        actor=official("XD"),
        verdict_id=verdict.pk,
        claim=Claim(location="XDPRT"),
        act=None,
        decision=Decision(),
        request_id="r2",
        at=NOW,
    )
    assert run() == 0
    assert (row.is_known, row.alerts, hasattr(row, "recheck")) == (False, [], False)


def claimed(request_id: str, quantities: dict[int, Decimal] | None = None, copy: str = "") -> Presentation:
    """A paper of Northland is presented before its message came, with what it says."""
    desk = Desk(authority="XA", actor=US, at=NOW, trust=signing.trust_list())
    verdict = desk_number(desk, number=NUMBER)
    return presentation_make(
        authority="XA",
        actor=US,
        record=None,
        issuer="XB",
        number=NUMBER,
        checked=Checked(reasons=tuple(verdict.reasons), verdict=verdict.said, check_number=verdict.pk),
        claim=Claim(location="XAPRT", quantities=quantities, copy=copy),
        request_id=request_id,
        at=NOW,
    )


def test_a_quantity_that_was_raised_on_the_paper_turns_red_when_the_record_comes(partner: Partner) -> None:
    raised, less, foreign = (
        claimed(f"r{line} {weight}", {line: Decimal(weight)}) for line, weight in ((1, 250_000), (1, 1), (9, 9))
    )
    arrived(partner=partner)
    assert run() == 3
    assert (again(raised).recheck.verdict_class, again(raised).recheck.verdict_kind) == ("red", "suspected_fraud")
    assert again(raised).recheck.reasons[0] == "fields_differ"
    assert [line.reserved for line in again(raised).lines.all()] == [0, 0]
    assert again(less).recheck.verdict_class != "red"
    assert [line.reserved for line in again(less).lines.all()] == [1, 0]
    assert again(foreign).recheck.verdict_class == "red", "a line that was never certified"
    assert ledger_problems("XA") == ()


def test_what_was_typed_is_held_against_the_record_and_a_file_that_is_gone_is_never_green(partner: Partner) -> None:
    """The fields of a check are kept with it; of a file or a code only that it was given."""
    rows = [claimed(f"r{place}") for place in range(3)]
    said: dict[str, Any] = {
        "number": NUMBER,
        "authority": "XA",
        "at": NOW,
        "checker": US.id,
        "statement": b"",
        "digest": b"",
    }
    weight = {"field": "net_weight.1", "recorded": "", "word": "equal", "reason": ""}
    shown_with: tuple[dict[str, Any], ...] = (
        {"door": "paper", "fields": [{**weight, "typed": "250000 KGM"}]},
        {"door": "paper", "fields": [{**weight, "typed": "1 KGM"}]},
        {"door": "file"},
    )
    arrived(partner=partner)
    for row, each in zip(rows, shown_with, strict=True):
        kept = VerdictRecord.objects.create(id=f"{row.pk:032}", **said, **each)
        row.check_number = kept.pk
    record = record_of(authority="XA", issuer="XB", number=NUMBER)
    assert record is not None
    assert [paper_points(row, record) for row in rows] == [("fields_differ",), (), ("paper_not_compared",)]
    gone = replace(record, value=None)
    assert paper_points(rows[1], gone) == ("paper_not_compared",)


def test_the_same_copy_shown_twice_unchecked_is_named_at_the_second(partner: Partner) -> None:
    first, second = claimed("r1", {1: Decimal(1)}, "2"), claimed("r2", {1: Decimal(1)}, "2")
    arrived(partner=partner)
    assert run() == 2
    assert "already_presented" not in again(first).recheck.reasons
    assert "already_presented" in again(second).recheck.reasons


def forwarded(row: Presentation) -> Presentation:
    decision = Decision(next_location="XABBB")
    number = row.presentation_number
    return presentation_act(
        authority="XA", actor=US, presentation_number=number, act=Act.FORWARD, decision=decision, at=NOW
    )


def test_goods_sent_on_unchecked_are_checked_where_they_are_now(partner: Partner) -> None:
    first = forwarded(shown(act=None))
    second = moved_to("XABBB")
    assert second.continues == first
    assert second.alerts == []
    arrived(partner=partner)
    assert run() == 1
    assert again(second).recheck.verdict_class != "red"
    assert all(line.reserved == line.claimed > 0 for line in again(second).lines.all())
    assert not again(first).lines.exists()
    assert ledger_problems("XA") == ()


def moved_to(place: str) -> Presentation:
    return presentation_make(
        authority="XA",
        actor=US,
        record=None,
        issuer="XB",
        number=NUMBER,
        checked=Checked(reasons=("offline_unknown",)),
        claim=Claim(location=place),
        request_id=place,
        at=NOW,
    )


def test_what_another_office_only_reserves_is_amber_and_a_line_used_up_before_is_no_excess(partner: Partner) -> None:
    first, second = shown(request_id="r1"), shown(request_id="r2")
    arrived(partner=partner)
    assert run() == 2
    assert again(first).recheck.verdict_class != "red"
    assert "open_elsewhere" in again(second).recheck.reasons
    assert again(second).recheck.verdict_class == "amber"
    third = shown_after_a_line_went_on()
    assert run() == 1
    assert again(third).recheck.verdict_class != "red"


def shown_after_a_line_went_on() -> Presentation:
    """One line was re-exported whole, what the others had is free: the paper is genuine for the rest."""
    for number in Presentation.objects.values_list("presentation_number", flat=True):
        said = Decision(reason_code="pest_or_disease_found", measure="quarantine")
        presentation_act(authority="XA", actor=US, presentation_number=number, act=Act.REJECT, decision=said, at=NOW)
    LineBalance.objects.filter(number=NUMBER, line=2).update(moved=F("issued"))
    return moved_to("XACCC")
