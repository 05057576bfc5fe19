"""Signing in and out, and what the pages say to those who may not enter."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.test import Client

from opensps.accounts.queries import SYSTEM, Actor, person_by_id
from opensps.accounts.services import password_set, person_suspend
from opensps.certification.models import Certificate
from tests.factories import certification

pytestmark = pytest.mark.django_db
PASSWORD = "a long password nobody else has"
ADMINISTRATOR = replace(SYSTEM, authority="XA")


def _email(actor: Actor) -> str:
    found = person_by_id(authority="XA", person_id=actor.id)
    assert found is not None
    return found.email


def _with_password(actor: Actor) -> str:
    """Give the person a password and return the address it belongs to."""
    password_set(authority="XA", person_id=actor.id, password=PASSWORD, actor=ADMINISTRATOR, at=certification.START)
    return _email(actor)


def _sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    response = client.post("/sign-in", {"email": email, "password": password, **more})
    return response.status_code, response.get("Location") or response.content.decode()


@pytest.fixture
def people() -> certification.Cast:
    """An authority with everybody in it."""
    return certification.cast()


def test_the_right_password_opens_the_work_of_the_day(client: Client, people: certification.Cast) -> None:
    email = _with_password(people.officer)
    assert _sign_in(client, email) == (302, "/home")
    assert client.get("/queue").status_code == 200
    client.post("/sign-out")
    assert client.get("/queue").status_code == 302


def test_a_wrong_password_an_unknown_address_and_a_suspended_person_get_the_same_words(
    people: certification.Cast,
) -> None:
    email = _with_password(people.officer)
    suspended = _with_password(people.officer2)
    person_suspend(authority="XA", person_id=people.officer2.id, actor=ADMINISTRATOR, at=certification.START)
    for address, password in ((email, "wrong"), ("nobody@example.org", PASSWORD), (suspended, PASSWORD)):
        status, page = _sign_in(Client(), address, password)
        assert status == 422
        assert "Address and password do not belong together." in page


def test_after_too_many_tries_the_page_says_when_to_come_back(client: Client, people: certification.Cast) -> None:
    email = _with_password(people.officer)
    for _ in range(5):
        _sign_in(client, email, "wrong")
    status, page = _sign_in(client, email)
    assert status == 422
    assert "Too many tries. You can try again at" in page


def test_signing_in_leads_back_to_the_page_asked_for_and_nowhere_else(
    client: Client, people: certification.Cast
) -> None:
    email = _with_password(people.officer)
    assert client.get("/queue").headers["Location"] == "/sign-in?next=%2Fqueue"
    assert _sign_in(client, email, next="/queue") == (302, "/queue")
    assert _sign_in(Client(), email, next="https://evil.example/") == (302, "/home")
    assert _sign_in(Client(), email, next="//evil.example/") == (302, "/home")


def test_the_session_is_a_new_one_after_signing_in(client: Client, people: certification.Cast) -> None:
    email = _with_password(people.officer)
    client.session.save()
    before = client.cookies["__Host-session"].value if "__Host-session" in client.cookies else ""
    _sign_in(client, email)
    assert client.cookies["__Host-session"].value != before
    assert client.cookies["__Host-session"]["httponly"]
    assert client.cookies["__Host-session"]["secure"]


def test_suspension_ends_a_session_with_the_next_request(client: Client, people: certification.Cast) -> None:
    _sign_in(client, _with_password(people.officer))
    person_suspend(authority="XA", person_id=people.officer.id, actor=ADMINISTRATOR, at=certification.START)
    assert client.get("/queue").status_code == 302


def test_foreign_missing_and_forbidden_are_the_same_page_not_found(people: certification.Cast) -> None:
    issued: Certificate = certification.certificate_in(people)
    stranger = Client()
    _sign_in(stranger, _with_password(people.stranger))
    foreign = stranger.get(f"/certificates/{issued.number}")
    missing = stranger.get("/certificates/XA-2026-014-0009999-0")
    forbidden = stranger.get("/queue")
    assert foreign.status_code == missing.status_code == forbidden.status_code == 404
    for page in (foreign, missing, forbidden):
        assert "Page not found" in page.content.decode()
        assert issued.number not in page.content.decode().split("<main", 1)[1]


def test_one_click_signs_in_in_a_demonstration(
    client: Client, people: certification.Cast, settings: LazySettings
) -> None:
    settings.OPENSPS_DEMO = True
    assert client.post("/sign-in/demo", {"email": _email(people.officer)}).status_code == 302
    assert client.get("/queue").status_code == 200
    assert client.post("/sign-in/demo", {"email": "nobody@demo.example"}).status_code == 404


def _left_alone(client: Client, minutes: int) -> None:
    """Let the session look as if nothing had happened for so long."""
    session = client.session
    session["used_at"] -= 60 * minutes
    session.save()


def test_an_officer_who_leaves_the_screen_is_signed_out_after_a_quarter_of_an_hour(
    client: Client, people: certification.Cast
) -> None:
    email = _with_password(people.officer)
    _sign_in(client, email)
    assert client.get("/queue").status_code == 200
    _left_alone(client, 14)
    assert client.get("/queue").status_code == 200
    _left_alone(client, 14)
    assert client.get("/queue").status_code == 200, "each request begins the quarter of an hour anew"
    _left_alone(client, 16)
    left = client.get("/queue", follow=True)
    assert left.redirect_chain == [("/sign-in?next=%2Fqueue", 302)]
    assert "nothing happened for 15 minutes" in left.content.decode()
    assert client.get("/queue").status_code == 302


def test_an_exporter_may_leave_a_form_open(client: Client, people: certification.Cast) -> None:
    _sign_in(client, _with_password(people.exporter))
    client.get("/applications")
    assert "used_at" not in client.session
