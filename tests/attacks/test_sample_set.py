"""Row A46 on a sample set made for it: what the desk suspects, what two people confirm and what is counted agree.

More than a thousand counterfeits, the same every time, among papers that are honest. Each is shown at the desk, goes
into a case from there, and two officers confirm it. The public figure is then their number, and partners get them.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from opensps.accounts.models import Person
from opensps.accounts.queries import Actor, actor_for
from opensps.border.case_terms import NewPaper
from opensps.border.models import Case, CasePaper, StoredResult, VerdictRecord
from opensps.border.services.case_parts import case_conclude
from opensps.border.services.cases import case_act, case_open
from opensps.border.services.figuring import figures_count
from opensps.lifecycle import Role
from opensps.lifecycle.case import CaseAct, CaseFinding
from tests.attacks.desks import DeskDoor, differing, own_officer
from tests.attacks.forgeries import Forgery, forgeries, value_of
from tests.attacks.world import World, sealed_files
from tests.factories.genuine import read_off
from tests.factories.rest import ApiVisitor, partner_of
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db
WHOLE = 1_200
A_SHIFT = 100
"""Papers shown by one officer, and papers of one case: fewer wrong numbers than one officer may ask for."""

FEW = 18
"""Three of each family, in `make test`."""


@dataclass(frozen=True, slots=True)
class Caught:
    """A counterfeit and what the desk said of it."""

    forgery: Forgery
    verdict: VerdictRecord


def shown(items: Iterator[Forgery]) -> Iterator[Caught]:
    """Show each at a desk, every shift with another officer, and assert that it is caught as what it is."""
    while shift := list(itertools.islice(items, A_SHIFT)):
        door = DeskDoor(own_officer())
        for item in shift:
            found = item.at(door)
            assert found is not None, item.name
            said = (item.attack, item.name, found.verdict_class, found.kind, found.result, found.reasons)
            assert (found.verdict_class, found.kind) == ("red", "suspected_fraud"), said
            assert item.results & {found.result, *found.reasons}, said
            assert not item.field or differing(found) == [item.field], (said, differing(found))
            yield Caught(item, found)


def honest(world: World) -> None:
    """Show what is honest between them: nobody suspects it, so nobody can count it."""
    door = DeskDoor(own_officer())
    for certificate in (world.genuine, world.second):
        first = door.number(certificate.number)
        assert first is not None
        assert first.verdict_class == "green", first.reasons
        again = door.paper(first, read_off(value_of(certificate)))
        assert again is not None
        assert again.verdict_class == "green", differing(again)
        filed = door.files(*sealed_files(certificate))
        assert filed is not None
        assert filed.verdict_class == "green", filed.reasons


def actor(person: Person) -> Actor:
    return actor_for(person, datetime.now(UTC))


def in_cases(caught: list[Caught]) -> list[Case]:
    """Open cases with many papers each, as an officer clears a shift, and let two people confirm them."""
    opener, first, second = (actor(own_officer(role)) for role in OFFICERS)
    papers, cases = iter(caught), []
    while batch := list(itertools.islice(papers, A_SHIFT)):
        at = datetime.now(UTC)
        given: dict[str, Any] = {"authority": "XA", "at": at}
        attached = tuple(map(paper, batch))
        case = case_open(**given, actor=opener, papers=attached, opened_from="desk")
        named = {**given, "case_number": case.case_number}
        case_act(**named, actor=first, act=CaseAct.TAKE)
        case_conclude(**named, actor=first, finding=CaseFinding.COUNTERFEIT, grounds="Our records prove it.")
        cases.append(case_act(**named, actor=second, act=CaseAct.CONFIRM))
    return cases


OFFICERS = (Role.BORDER_OFFICER, Role.CASE_OFFICER, Role.CASE_OFFICER)


def paper(each: Caught) -> NewPaper:
    verdict = StoredResult.objects.get(pk=each.verdict.pk).verdict
    number, key = each.verdict.number or "unread", f"check:{each.verdict.pk}"
    features = {"attack": f"{each.forgery.attack:02}"}
    return NewPaper(number=number, paper_key=key, result=each.verdict.result, verdict=verdict, features=features)


def listed() -> int:
    """Count what a program of a partner reads in the list of counterfeits."""
    visitor, cursor, count = ApiVisitor.of(partner_of()), "", 0
    while True:
        page = visitor.get(f"/counterfeits?limit=200&cursor={cursor}").json()
        count, cursor = count + len(page["data"]), page["next_cursor"]
        if not page["has_more"]:
            return count


def counted(world: World, many: int) -> None:
    """Assert that of ``many`` counterfeits none is missed, and that page, list and figure name as many."""
    honest(world)
    caught = list(shown(itertools.islice(forgeries(world), many)))
    honest(world)
    cases = in_cases(caught)
    assert {case.state for case in cases} == {"confirmed"}
    figures_count(authority="XA", at=datetime.now(UTC))
    (shown_figure,) = Visitor().open("/figures").root.xpath("//strong[@data-figure='counterfeits']/text()")
    assert "".join(shown_figure.split()) == str(many)
    assert listed() == CasePaper.objects.count() == many
    suspected = VerdictRecord.objects.filter(verdict_class="red", kind="suspected_fraud")
    assert suspected.count() == many


def test_A46_the_figure_is_the_number_of_counterfeits_and_none_is_missed(world: World, db: None) -> None:
    counted(world, FEW)


def test_A46_the_sample_set_is_the_same_every_time_and_of_every_family(world: World, db: None) -> None:
    first, again = (tuple(itertools.islice(forgeries(world), 60)) for _ in range(2))
    assert [(each.attack, each.name) for each in first] == [(each.attack, each.name) for each in again]
    assert {each.attack for each in first} == {1, 2, 6, 8, 9, 10, 16}


def test_A46_a_suspected_paper_becomes_a_case_with_the_field_that_differed(world: World, db: None) -> None:
    """From the verdict it is one link and one button; what was typed and what is on record come along."""
    item = next(each for each in forgeries(world) if each.attack == 2)
    person = own_officer()
    found = item.at(DeskDoor(person))
    page = Visitor(person).open(f"/desk/checks/{found.pk}").link("Open a counterfeit case").send()
    assert page.heading == "Case opened"
    kept = CasePaper.objects.get()
    assert (kept.number, kept.result) == (item.number, "fields_differ")
    assert [each[0] for each in kept.differences] == [item.field]


def test_A46_a_case_is_opened_from_a_verdict_of_last_week(world: World, db: None) -> None:
    """The answer of a check is kept for a day, its verdict for good: a case can be opened as long as that stands."""
    item = next(each for each in forgeries(world) if each.attack == 10)
    person = own_officer()
    found = item.at(DeskDoor(person))
    StoredResult.objects.filter(pk=found.pk).delete()
    page = Visitor(person).open(f"/desk/checks/{found.pk}").link("Open a counterfeit case").send()
    assert page.heading == "Case opened"
    assert [each[0] for each in CasePaper.objects.get().differences] == [item.field]


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_A46_more_than_a_thousand_counterfeits(world: World, db: None, heavy_count: Callable[[int], int]) -> None:
    counted(world, heavy_count(WHOLE))
    assert Client().get("/figures").status_code == 200
