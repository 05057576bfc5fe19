"""Whatever desks and partners do in whatever order, nobody accepts more than was issued (`lifecycles.md` I30, I31)."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from opensps.border.errors import PresentationRefused
from opensps.border.ledger import LineBalance, Presentation, PresentationEntry
from opensps.border.queries.ledger_audit import ledger_problems
from opensps.border.records import CertificateRecord
from opensps.border.services.presentation_reports import Report, report_enter
from opensps.certification.models import Certificate
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import PresentationAct
from tests.databases import Blocker
from tests.factories.certification import cast, certificate_in
from tests.factories.presenting import AT, ELSEWHERE, OFFICER, SECOND, SUPERVISOR, act_on, paper_of, presented

pytestmark = pytest.mark.django_db
DESKS = ((OFFICER, "XBAAA"), (SECOND, "XBBBB"), (ELSEWHERE, "XCAAA"))
REASONS = {"hold": "sample_taken", "reject": "goods_differ"}


@pytest.fixture(scope="module")
def issued(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Certificate]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield certificate_in(cast())
        transaction.set_rollback(True)


class Ledger(RuleBasedStateMachine):
    """Three desks of two countries, a supervisor and a partner's machine, all with the same certificate."""

    paper: CertificateRecord

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.reports = 0

    def teardown(self) -> None:
        """Balances are the sum of the entries, states those of the events; then forget it all."""
        problems = ledger_problems("XA")
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)
        assert problems == ()

    @rule(
        desk=st.integers(0, len(DESKS) - 1),
        amounts=st.none() | st.dictionaries(st.integers(1, 2), st.decimals(0, 30_000, places=3), max_size=2),
    )
    def present(self, desk: int, amounts: dict[int, Decimal] | None) -> None:
        officer, place = DESKS[desk]
        presented(self.paper, by=officer, place=place, quantities=amounts)

    @rule(
        which=st.integers(0, 20),
        act=st.sampled_from([act for act in PresentationAct if act is not PresentationAct.PRESENT]),
        share=st.sampled_from(["0", "0.5", "1", "2"]),
        is_supervised=st.booleans(),
    )
    def decide(self, which: int, act: PresentationAct, share: str, is_supervised: bool) -> None:
        rows = tuple(Presentation.objects.order_by("id"))
        if not rows:
            return
        row = rows[which % len(rows)]
        officer = next((who for who, place in DESKS if place == row.location), OFFICER)
        said: dict[str, Any] = {
            "reason_code": REASONS.get(act, "earlier_cleared"),
            "reason": "So it was.",
            "measure": "seizure",
            "next_location": "XBBBB",
            "accepted": {line.line: line.claimed * Decimal(share) for line in row.lines.all()},
        }
        try:
            act_on(row, act, by=SUPERVISOR if is_supervised and row.country == "XB" else officer, **said)
        except (ActNotAllowed, PresentationRefused):
            return

    @rule(
        outcome=st.sampled_from(["accepted", "accepted_partly", "rejected", "held", "forwarded", "presented"]),
        value=st.none() | st.decimals(0, 60_000, places=2),
        line=st.integers(1, 3),
    )
    def report(self, outcome: str, value: Decimal | None, line: int) -> None:
        self.reports += 1
        report_enter(
            Report(
                authority="XA",
                reporter="XB",
                number=self.paper.number,
                outcome_number=f"XB-{self.reports}",
                outcome=outcome,
                place="XBAAA",
                measure="",
                reason_code="",
                quantities=() if value is None else ((line, value, "KGM"),),
                at=AT,
            )
        )

    @invariant()
    def nothing_goes_beyond_what_was_issued(self) -> None:
        assert all(row.use.holds for row in LineBalance.objects.all())

    @invariant()
    def nothing_red_was_accepted(self) -> None:
        taken = PresentationEntry.objects.filter(act__in=["accept", "accept_partly"])
        assert not taken.filter(presentation__verdict_class="red").exists()


@pytest.mark.parametrize("examples", [8, pytest.param(2_000, marks=pytest.mark.heavy)])
def test_balances_hold_in_any_order(
    issued: Certificate, db: None, examples: int, heavy_count: Callable[[int], int]
) -> None:
    Ledger.paper = paper_of(issued)
    many = examples if examples < 100 else heavy_count(examples)
    steps = settings(max_examples=many, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledger, settings=steps)


def _reported(paper: CertificateRecord, *, line: int, value: Decimal) -> Presentation:
    told = Report(
        authority="XA",
        reporter="XB",
        number=paper.number,
        outcome_number="XB-1",
        outcome="accepted",
        place="XBAAA",
        measure="",
        reason_code="",
        quantities=((line, value, "KGM"),),
        at=AT,
    )
    row = report_enter(told)
    assert row is not None
    return row


def test_a_report_about_a_line_we_never_issued_is_kept_and_moves_nothing(issued: Certificate, db: None) -> None:
    row = _reported(paper_of(issued), line=9, value=Decimal(5))
    assert row.state == "presented"
    assert all(balance.use.accepted == balance.use.reserved == 0 for balance in LineBalance.objects.all())
    assert ledger_problems("XA") == ()


def test_goods_sent_on_with_nothing_reserved_are_presented_anew(issued: Certificate, db: None) -> None:
    paper = paper_of(issued)
    officer, place = DESKS[1]
    first = presented(paper, by=OFFICER, place=DESKS[0][1], quantities={})
    act_on(first, PresentationAct.FORWARD, by=OFFICER, next_location=place)
    second = presented(paper, by=officer, place=place, quantities=None)
    assert second.continues == first, "known by the place it was sent to"
    assert ledger_problems("XA") == ()
