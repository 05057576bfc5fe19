"""The same certificate presented and accepted at two ports at once: exactly one first acceptance (`lifecycles.md` I30).

Threads with connections of their own, real commits, the database the suite runs on: SQLite and PostgreSQL.
"""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections

from opensps.border.ledger import LineBalance, Presentation
from opensps.border.records import CertificateRecord
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.presentation import PresentationAct
from tests.factories.certification import cast, certificate_in
from tests.factories.presenting import OFFICER, SECOND, SUPERVISOR, act_on, paper_of, presented

PORTS = ((OFFICER, "XBAAA"), (SECOND, "XBBBB"))


@pytest.mark.parametrize("rounds", [3, pytest.param(1_000, marks=pytest.mark.heavy)])
def test_of_two_ports_at_once_exactly_one_accepts(
    fresh_database: object, rounds: int, heavy_count: Callable[[int], int]
) -> None:
    paper = paper_of(certificate_in(cast()))
    for turn in range(rounds if rounds < 100 else heavy_count(rounds)):
        rows = _race(paper)
        assert sorted(row.state for row in rows) == ["accepted", "presented"], turn
        assert all(each.accepted == each.issued for each in LineBalance.objects.all())
        _undone(rows)


def _race(paper: CertificateRecord) -> tuple[Presentation, ...]:
    """Present and accept at both ports, each step at the same moment; return both rows as they stand."""
    barrier = threading.Barrier(len(PORTS))

    def at(port: int) -> str:
        officer, place = PORTS[port]
        try:
            barrier.wait(20)
            row = presented(paper, by=officer, place=place)
            barrier.wait(20)
            with contextlib.suppress(ActNotAllowed):
                act_on(row, PresentationAct.ACCEPT, by=officer, reason_code="earlier_cleared")
            return row.presentation_number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(PORTS)) as pool:
        numbers = tuple(pool.map(at, range(len(PORTS))))
    return tuple(Presentation.objects.filter(presentation_number__in=numbers))


def _undone(rows: tuple[Presentation, ...]) -> None:
    """Take everything back by acts, so that the next round begins with a whole certificate."""
    for row in rows:
        if row.state == "accepted":
            nothing = dict.fromkeys(row.lines.values_list("line", flat=True), Decimal(0))
            act_on(row, PresentationAct.CORRECT_OUTCOME, by=SUPERVISOR, accepted=nothing, reason="The next round.")
        else:
            act_on(row, PresentationAct.ANNUL, by=SUPERVISOR, reason="The next round.")
