"""Partners' programs read which papers were confirmed as counterfeit, and which were taken back."""

from datetime import timedelta

import pytest

from opensps.border.case_terms import NewPaper
from opensps.border.services.case_parts import case_conclude
from opensps.border.services.cases import case_act, case_open
from opensps.lifecycle import Role
from opensps.lifecycle.case import CaseAct, CaseFinding
from tests.factories.certification import START, cast, person
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db


def confirmed(number: str, bearer: str) -> None:
    first, second = (person(name, Role.CASE_OFFICER, office="014") for name in ("Cleo", "Carl"))
    when = START + timedelta(days=1)
    paper = NewPaper(number=number, issuer="XA", presented_by=bearer, differences=(("seals", "1", "2"),))
    case = case_open(authority="XA", actor=first, papers=(paper,), opened_from="desk", at=when)
    who = {"authority": "XA", "case_number": case.case_number, "at": when}
    case_act(**who, actor=first, act=CaseAct.TAKE)
    case_conclude(**who, actor=first, finding=CaseFinding.ALTERED, grounds="Seal.", issuer_answer="Not ours.")
    case_act(**who, actor=second, act=CaseAct.CONFIRM)


def test_the_list_is_read_page_by_page_and_names_nobody() -> None:
    cast()
    visitor = ApiVisitor.of(partner_of())
    for number in ("N-1", "N-2"):
        confirmed(number, "Mr Bearer")
    first = visitor.get("/counterfeits?limit=1")
    assert first.status_code == 200
    (line,) = first.json()["data"]
    assert (line["number"], line["status"], line["finding"]) == ("N-1", "LISTED", "ALTERED")
    assert line["fields_that_differ"] == ["seals"]
    assert "Bearer" not in first.content.decode()
    second = visitor.get(f"/counterfeits?cursor={first.json()['next_cursor']}").json()
    assert ([each["number"] for each in second["data"]], second["has_more"]) == (["N-2"], False)
