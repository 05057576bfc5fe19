"""Who may open what: every address of the work pages, for every role; foreign and missing look the same."""

import re
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.certification.models import Application, Certificate
from opensps.certification.services import application_take_back, certificate_propose_withdrawal
from opensps.lifecycle import ApplicationState, Role
from opensps.web.html.access import ANYBODY, access_of, may_open
from opensps.web.html.urls_workflow import urlpatterns
from tests.factories import certification
from tests.factories.certification import Cast
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db
MISSING = {"reference": "A-2026-9999999", "number": "XA-2026-014-9999999-0"}
READING = 200


def _address(pattern: Any, **values: Any) -> str:
    """Return an address the pattern matches, with these values and made-up ones for the rest."""
    made_up = {
        "number": "1",
        "place": "1",
        "document_id": "1",
        "form": "pdf",
        "name": "start",
        "act": "duplicate",
        "delivery_number": "01JD0000000000000000000009",
        "slug": "retry",
        "message_id": "999999",
        "digest": "0",
        "partner": "XQ",
        "code": "XQ",
        "connection_id": "999999",
        "incoming_id": "999999",
        "inquiry_number": "XA-Q-2026-0000000000",
        "attachment_id": "999999",
    }
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str({**made_up, **values}[found[1]]), str(pattern.pattern))


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
    return known.get(role) or certification.person(f"A {role}", role, at=SINCE)


PEOPLE = tuple(role for role in Role if role not in {Role.SYSTEM, Role.CLOCK})


@pytest.mark.parametrize("role", PEOPLE, ids=[str(role) for role in PEOPLE])
def test_a_page_of_another_role_does_not_exist(people: Cast, enter: Enter, role: Role) -> None:
    actor = _actor_with(people, role)
    visitor = enter(actor)
    for pattern in urlpatterns:
        assert access_of(pattern.callback) not in {None, ANYBODY}, pattern.name
        if not may_open(pattern.callback, actor):
            for answer in (visitor.open, lambda url: visitor.post(url, {})):
                page = answer(_address(pattern, **MISSING))
                assert page.status == 404, (role, pattern.name, page.status)


@pytest.mark.parametrize("pattern", [p for p in urlpatterns if "<" in str(p.pattern)], ids=lambda p: p.name)
def test_a_record_that_is_missing_is_not_found_by_anybody(people: Cast, enter: Enter, pattern: Any) -> None:
    access = access_of(pattern.callback)
    assert isinstance(access, frozenset)
    role = min(access, key=PEOPLE.index)
    visitor = enter(_actor_with(people, role))
    pages = [visitor.open(_address(pattern, **MISSING)), visitor.post(_address(pattern, **MISSING), {})]
    assert {page.status for page in pages} <= {404, 405}, pattern.name
    assert any(page.status == 404 for page in pages)


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
