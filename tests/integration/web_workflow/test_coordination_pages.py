"""Coordination on its pages: opened and given out by one, reported by another, unseen by everybody else (A01, A02)."""

import pytest

from opensps.accounts.models import Person
from opensps.border.coordination import CoordinationCase
from opensps.border.coordination_terms import MOST_PARTS
from opensps.lifecycle import Role
from tests.factories import accounts, certification
from tests.factories.certification import Cast
from tests.factories.web import Visitor
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db


def liaison(name: str) -> Visitor:
    """Return the browser of somebody of a ministry that is on the list already."""
    found = accounts.Organisation.objects.get(name=name)
    actor = certification.person(f"Of {name}", Role.LIAISON, organisation=found.id.hex, at=SINCE)
    return Visitor(Person.objects.get(pk=actor.id))


@pytest.fixture
def coordinator(people: Cast, enter: Enter) -> Visitor:
    """The coordinator, with two ministries on the list."""
    visitor = enter(certification.person("Kai Moreau", Role.COORDINATOR, office="014", at=SINCE))
    for name in ("Ministry of Agriculture", "Ministry of Commerce"):
        assert name in visitor.open("/coordination/bodies").send(name=name, name_zh="").words
    return visitor


def test_a_coordinator_gives_out_parts_and_a_body_sees_its_own(
    coordinator: Visitor, people: Cast, enter: Enter
) -> None:
    page = coordinator.open("/coordination").link("Open a case")
    assert page.send(procedure="", subject="").status == 422
    assert "Say in one line what it is about." in page.send(procedure="approval", subject=" ").words
    assert "Enter the name." in coordinator.open("/coordination/bodies").send(name=" ", name_zh="").words
    page = page.send(procedure="approval", subject="New pest of garlic", details="Which measures?")
    assert "Approval" in page.words
    number = CoordinationCase.objects.get().case_number
    for name in ("Ministry of Agriculture", "Ministry of Commerce"):
        form = page.link("Give a part to a body")
        body = accounts.Organisation.objects.get(name=name).id.hex
        page = form.send(body=body, task=f"What does the {name} require?", due="5 June 2099")
    farms = liaison("Ministry of Agriculture")
    certification.certificate_in(people)
    home = farms.open("/home").words
    assert "Not taken up yet" in home
    assert "XA-20" not in home.replace(number, ""), "no certificate is a ministry's to see"
    mine = farms.open("/coordination").link(number)
    assert "What does the Ministry of Agriculture require?" in mine.words
    assert "Ministry of Commerce" not in mine.words
    assert farms.open(f"/coordination/{number}/parts/2/report").status == 404
    assert farms.open(f"/coordination/{number}/parts/1/withdraw").status == 404
    mine = mine.link("Take it up").send()
    mine.link("Write to the other side").send(text="We need a week.")
    assert "Of Ministry of Agriculture" in farms.open(f"/coordination/{number}").words
    mine.link("Report the result").send(text="Two treatments.")
    asking = coordinator.open(f"/coordination/{number}/parts/1/ask_again")
    assert "This day is over." in asking.send(text="Which ones?", due="5 June 2020").words
    assert asking.send(text="Which ones?", due="6 June 2099").status == 200
    farms.open(f"/coordination/{number}").link("Report the result").send(text="Two treatments: heat and cold.")
    assert "A part was not reported yet" in coordinator.open(f"/coordination/{number}/act/close").send(text="x").words
    page = coordinator.open(f"/coordination/{number}")
    assert "Two treatments." in page.words
    coordinator.open(f"/coordination/{number}/parts/2/withdraw").send(text="Not theirs after all.")
    closed = coordinator.open(f"/coordination/{number}").link("Close the case").send(text="Two treatments, agreed.")
    assert "Two treatments, agreed." in closed.words
    for stranger in (liaison("Ministry of Commerce"), enter(certification.person("Max", Role.MANAGER, at=SINCE))):
        assert stranger.open(f"/coordination/{number}").status == 404
    assert "协调结果" in coordinator.open(f"/zh-hans/coordination/{number}").words


def test_a_question_passed_to_several_bodies_opens_a_case_with_a_part_for_each(
    coordinator: Visitor, people: Cast, enter: Enter
) -> None:
    enquiries = enter(certification.person("Emil Sato", Role.ENQUIRY_DESK, office="014", at=SINCE))
    page = enquiries.open("/inquiries/question")
    asked = page.send(procedure="inspection", country="XB", text="Who inspects timber?", offset="0")
    asked = asked.send("/acknowledge")
    form = asked.link("Pass to the office")
    assert form.send().errors
    chosen = [
        accounts.Organisation.objects.get(name=f"Ministry of {each}").id.hex for each in ("Agriculture", "Commerce")
    ]
    more = [accounts.make_organisation(f"Body {each}", kind="ministry").id.hex for each in range(MOST_PARTS)]
    form = asked.link("Pass to the office")
    assert f"Choose {MOST_PARTS} bodies at most." in form.send(bodies=[*chosen, *more]).words
    assert CoordinationCase.objects.count() == 0
    page = asked.link("Pass to the office").send(bodies=chosen)
    case = CoordinationCase.objects.get()
    assert (case.procedure, case.parts.count()) == ("inspection", 2)
    assert case.case_number in page.words
    assert enquiries.open(f"/coordination/{case.case_number}").status == 404
    assert "Who inspects timber?" in liaison("Ministry of Commerce").open(f"/coordination/{case.case_number}").words
    assert case.question in coordinator.open(f"/coordination/{case.case_number}").words
