"""Attack 3 at its worst: two officers in two browsers press the same buttons for the same certificate at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from opensps.accounts.models import Person
from opensps.border.ledger import LineBalance, Presentation
from opensps.certification.models import Certificate
from tests.attacks.desks import foreign_officer
from tests.factories.certification import cast, certificate_in
from tests.factories.web import Page, Visitor

PLACES = "XBAAA", "XBBBB"


@pytest.mark.parametrize("rounds", [1, pytest.param(100, marks=[pytest.mark.heavy, pytest.mark.timeout(1800)])])
def test_attack_03_two_ports_press_accept_at_the_same_moment(
    fresh_database: object, rounds: int, heavy_count: Callable[[int], int]
) -> None:
    people, officers = cast(), (foreign_officer(), foreign_officer())
    for turn in range(rounds if rounds == 1 else heavy_count(rounds)):
        certificate = certificate_in(people)
        pressed(officers, certificate)
        rows = Presentation.objects.filter(number=certificate.number)
        states = sorted(row.state for row in rows)
        assert states.count("accepted") == 1, (turn, states)
        balances = LineBalance.objects.filter(number=certificate.number)
        assert all(each.accepted <= each.issued for each in balances)


def pressed(officers: tuple[Person, ...], certificate: Certificate) -> None:
    """Let each check, present and accept in a browser of their own, every step at the same moment."""
    barrier = threading.Barrier(len(officers))

    def at(port: int) -> None:
        try:
            visitor = Visitor(officers[port])
            verdict = visitor.open("/desk").send("/desk", number=certificate.number)
            form = verdict.link("Record that it was presented")
            barrier.wait(60)
            shown = form.send(place=PLACES[port])
            barrier.wait(60)
            shown.link("Accept").send(**({"reason_code": "explained_at_desk"} if _asks(shown) else {}))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(officers)) as pool:
        list(pool.map(at, range(len(officers))))


def _asks(page: Page) -> bool:
    """Whether a decision needs a reason: whatever is not green."""
    return "Match" not in page.words
