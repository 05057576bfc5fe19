"""What each public figure counts, and what it does not, on an installation where everything is known (A38 to A45)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from opensps.border.services.figuring import figures_count
from opensps.lifecycle import Role
from opensps.lifecycle.presentation import PresentationAct
from tests.attacks.desks import DeskDoor, foreign_officer, own_officer
from tests.attacks.doors import Door
from tests.attacks.world import World
from tests.factories.presenting import AT, OFFICER, SECOND, act_on, paper_of, presented
from tests.factories.web import Page, Visitor

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def shown(at: datetime = LATER) -> dict[str, str]:
    """Return figure -> what a visitor without an account reads; medians are computed twice an hour."""
    figures_count(authority="XA", at=at)
    page: Page = Visitor().open("/figures")
    named: list[Any] = page.root.xpath("//*[@data-figure]")
    return {each.get("data-figure"): "".join(each.text_content().split()) for each in named}


def test_A38_every_certificate_that_was_issued_counts_once_whatever_became_of_it(world: World, db: None) -> None:
    assert shown()["uploaded"] == "4"
    assert shown()["uploaded"] == "4"


def test_A39_a_country_counts_once_it_has_asked_and_a_stranger_is_no_country(world: World, db: None) -> None:
    before = int(shown()["countries"] or 0)
    Door().number(world.genuine.number, world.genuine.code)
    assert int(shown()["countries"] or 0) == before
    for officer in (foreign_officer("XB"), foreign_officer("XB"), foreign_officer("XC")):
        DeskDoor(officer).number(world.genuine.number)
    assert int(shown()["countries"]) == before + 2


def test_A40_officials_are_accounts_that_are_active_and_own_people_are_none(world: World, db: None) -> None:
    before = int(shown()["officials"] or 0)
    foreign_officer("XB"), foreign_officer("XC", Role.COUNTRY_ADMIN), own_officer()
    assert int(shown()["officials"]) == before + 2


def test_A41_verified_is_the_number_of_certificates_not_of_checks(world: World, db: None) -> None:
    assert shown()["verified"] == "0"
    for number in (world.genuine.number, world.genuine.number, world.second.number, "XA-2026-014-0999999-0"):
        DeskDoor(foreign_officer("XB")).number(number)
    DeskDoor(foreign_officer("XD")).number(world.withdrawn.number)
    Door().number(world.on_hold.number, world.on_hold.code)
    assert shown()["verified"] == "2"


def test_A45_from_presentation_to_outcome_is_the_median_of_what_was_decided(world: World, db: None) -> None:
    assert not shown()["clearance_minutes"][:1].isdigit()
    for certificate, officer, minutes in ((world.genuine, OFFICER, 30), (world.second, SECOND, 90)):
        row = presented(paper_of(certificate), by=officer)
        act_on(row, PresentationAct.ACCEPT, by=officer, at=AT + timedelta(minutes=minutes))
    presented(paper_of(world.genuine), by=SECOND, at=AT + timedelta(hours=2))
    found = shown(LATER + timedelta(hours=1))["clearance_minutes"]
    assert found.startswith(("60", "1h")), found


def test_A44_each_of_the_five_benefits_has_an_indicator(world: World, db: None) -> None:
    figures_count(authority="XA", at=LATER)
    page = Visitor().open("/figures")
    lists: list[Any] = page.root.xpath("//dl[@class='rows']")
    rows = [len(each.xpath("./div")) for each in lists]
    assert 5 in rows, rows
