"""What could not be checked when it was presented: held, or accepted by the paper where agreed, and checked later."""

from datetime import datetime, timedelta

import pytest

from opensps.border.desk import Desk
from opensps.border.ledger import Presentation
from opensps.border.queries.ledger_audit import ledger_problems
from opensps.border.queries.presentations import balance_of, presentation_for, rechecked
from opensps.border.services.desk import desk_number
from opensps.border.services.presentation_acts import Decision, presentation_act
from opensps.border.services.presenting import Claim
from opensps.border.services.turning_away import verdict_present
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
