"""Who may open what: every address of the work pages, for every role; foreign and missing look the same."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import RequestFactory

from opensps.accounts.queries import Actor, OrganisationKind
from opensps.certification.models import Application, Certificate
from opensps.certification.services import application_take_back, certificate_propose_withdrawal
from opensps.lifecycle import FOREIGN, ApplicationState, Role
from opensps.web.html.access import ANYBODY, access_of, may_open
from opensps.web.html.middleware import ActorMiddleware
from opensps.web.html.urls_workflow import urlpatterns
from tests.factories import accounts, certification
from tests.factories.certification import Cast
from tests.factories.web import Visitor
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db
MISSING = {"reference": "A-2026-9999999", "number": "XA-2026-014-9999999-0"}
READING = 200


MADE_UP = {"int": "999999", "uuid": "00000000-0000-0000-0000-000000000000"}
"""Kind of a part of an address -> something that is not there; any other kind takes a name."""


def _address(pattern: Any, **values: Any) -> str:
    """Return an address the pattern matches, with these values and made-up ones for the rest."""

    def filled(found: re.Match[str]) -> str:
        return str(values.get(found[2], MADE_UP.get(found[1], "start")))

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", filled, str(pattern.pattern))


def _actor_with(people: Cast, role: Role) -> Actor:
    known = {
        Role.EXPORTER: people.exporter,
        Role.EXAMINER: people.examiner,
        Role.REVIEWER: people.reviewer,
        Role.PLANNER: people.planner,
        Role.INSPECTOR: people.inspector,
        Role.CERTIFYING_OFFICER: people.officer,
        Role.SENIOR_OFFICER: people.senior,
    }
    return known.get(role) or (
        _of_abroad(role)
        if role in {*FOREIGN, Role.LIAISON, Role.TRADE_AGENT}
        else certification.person(f"A {role}", role, at=SINCE)
    )


def _of_abroad(role: Role) -> Actor:
    kinds = {Role.EMBASSY: OrganisationKind.EMBASSY, Role.TRADE_AGENT: OrganisationKind.AGENT}
    kind = kinds.get(role, OrganisationKind.FOREIGN_AUTHORITY)
    organisation = accounts.make_organisation(f"Of {role}", kind=kind, country="XB")
    person = accounts.make_person(f"{role}@xb.example", password=None)
    return accounts.grant(person, role, organisation_id=str(organisation.pk))


PEOPLE = tuple(role for role in Role if role not in {Role.SYSTEM, Role.CLOCK})
RECORDS = [p for p in urlpatterns if "<" in str(p.pattern) and access_of(p.callback) != ANYBODY]
"""Pages of one record each, that not everybody may open."""


@pytest.mark.parametrize("role", PEOPLE, ids=[str(role) for role in PEOPLE])
def test_a_page_of_another_role_is_closed(role: Role) -> None:
    """At the door itself, which every request passes: the next test goes through it from outside."""
    door, actor = ActorMiddleware(_never), Actor(id="a" * 32, authority="XA", roles=frozenset({role}))
    request: Any = RequestFactory().get("/")
    request.actor = actor
    for pattern in urlpatterns:
        assert access_of(pattern.callback) is not None, pattern.name
        if may_open(pattern.callback, actor):
            assert door.process_view(request, pattern.callback, (), {}) is None
            continue
        with pytest.raises(Http404):
            door.process_view(request, pattern.callback, (), {})


def _never(_request: Any) -> Any:
    raise AssertionError("nothing is answered behind the door")


@pytest.mark.parametrize("turn", range(3))
def test_a_page_of_another_role_does_not_exist(people: Cast, enter: Enter, turn: int) -> None:
    """Every page three times, each time for another role that may not open it."""
    actors = {role: _actor_with(people, role) for role in PEOPLE}
    visitors = {role: enter(actor) for role, actor in actors.items()}
    for place, pattern in enumerate(urlpatterns):
        closed = [role for role in PEOPLE if not may_open(pattern.callback, actors[role])]
        role = closed[(place * 5 + turn * 7) % len(closed)] if closed else None
        if role is not None:
            address = _address(pattern, **MISSING)
            assert visitors[role].open(address).status == 404, (role, pattern.name)
            assert visitors[role].post(address, {}).status == 404, (role, pattern.name)


def test_a_record_that_is_missing_is_not_found_by_anybody(people: Cast, enter: Enter) -> None:
    visitors: dict[Role, Visitor] = {}
    for pattern in RECORDS:
        access = access_of(pattern.callback)
        assert isinstance(access, frozenset)
        role = min(access, key=PEOPLE.index)
        visitor = visitors.get(role) or visitors.setdefault(role, enter(_actor_with(people, role)))
        address = _address(pattern, **MISSING)
        pages = [visitor.open(address), visitor.post(address, {})]
        assert {page.status for page in pages} <= {404, 405}, pattern.name
        assert any(page.status == 404 for page in pages), pattern.name


@pytest.mark.parametrize("state", [ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.READY])
def test_another_exporter_sees_nothing_of_an_application(people: Cast, enter: Enter, state: ApplicationState) -> None:
    row = certification.application_in(people, state, at=SINCE)
    stranger = enter(people.stranger)
    for pattern in (p for p in urlpatterns if "applications/<str:reference>" in str(p.pattern)):
        foreign, missing = (
            stranger.open(_address(pattern, reference=reference)) for reference in (row.reference, MISSING["reference"])
        )
        assert foreign.status == missing.status, pattern.name
        assert foreign.status in {404, 405}
        assert _masked(foreign.text, row) == _masked(missing.text, row), pattern.name


def test_another_exporter_sees_nothing_of_a_certificate(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    stranger, own = enter(people.stranger), enter(people.exporter)
    for url in ("", "/file.pdf", "/file.xml", "/file.xades", "/file.zip"):
        assert own.file(f"/certificates/{issued.number}{url}").status_code == READING
        assert stranger.file(f"/certificates/{issued.number}{url}").status_code == 404
    assert "0 certificates" in stranger.open("/certificates").words


def test_what_officers_write_for_each_other_is_not_shown_to_the_applicant(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    certificate_propose_withdrawal(
        authority="XA",
        number=issued.number,
        reason_code="obtained_by_deception",
        text="Ask the harbour police first.",
        actor=people.officer,
        at=SINCE + timedelta(hours=5),
    )
    page = f"/certificates/{issued.number}"
    accusation = "The certificate was obtained by deception"
    for_colleagues, for_applicant = (enter(actor).open(page).words for actor in (people.senior, people.exporter))
    assert f"{accusation} – Ask the harbour police first." in for_colleagues
    assert "Ask the harbour police first." not in for_applicant
    assert accusation not in for_applicant


def taken_back(exporter: Actor, reference: str) -> None:
    application_take_back(authority="XA", reference=reference, actor=exporter, at=SINCE + timedelta(hours=1))


def test_a_draft_is_private_until_it_is_handed_in(people: Cast, enter: Enter) -> None:
    draft = certification.application_in(people, ApplicationState.DRAFT, at=SINCE)
    handed_in = certification.application_in(people, ApplicationState.SUBMITTED, at=SINCE)
    examiner = enter(people.examiner)
    assert examiner.open(f"/examine/{draft.reference}").status == 404
    assert examiner.open(f"/examine/{handed_in.reference}").status == READING
    taken_back(people.exporter, handed_in.reference)
    assert examiner.open(f"/examine/{handed_in.reference}").status == 404
    assert enter(people.exporter).open(f"/applications/{handed_in.reference}").status == READING


def test_lists_ask_the_database_the_same_few_questions_whatever_their_length(
    people: Cast, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    for _n in range(3):
        certification.certificate_in(people, at=SINCE)
        certification.application_in(people, ApplicationState.READY, at=SINCE)
        certification.application_in(people, ApplicationState.SUBMITTED, at=SINCE)
    assert (Application.objects.count(), Certificate.objects.count()) == (9, 3)
    ceilings = (
        (people.exporter, "/applications", 9),
        (people.exporter, "/certificates", 9),
        (people.exporter, "/home", 12),
        (people.examiner, "/examine", 9),
        (people.planner, "/inspections", 7),
        (people.inspector, "/inspect", 7),
        (people.officer, "/queue", 9),
        (people.senior, "/decisions", 8),
    )
    for actor, url, most in ceilings:
        visitor = enter(actor)
        visitor.open(url)  # the first page of a session notes that it is used
        with django_assert_max_num_queries(most):
            assert visitor.open(url).status == READING


def _masked(text: str, row: Application) -> str:
    """Return a page without what differs on every page: references, form keys, addresses typed in."""
    text = re.sub(rf"{row.reference}|{MISSING['reference']}", "REFERENCE", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|<span class="num">\w{8,12}</span>', "", text)
