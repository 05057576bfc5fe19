"""Signing in: one answer for everything that is wrong, limits per account and network, sessions that end."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY, get_user, login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from opensps.accounts import services
from opensps.accounts.backends import PersonBackend
from opensps.accounts.errors import NotADemo, NotFound, TooManyTries
from opensps.accounts.models import Person, TryCounter
from opensps.accounts.queries import SYSTEM, network_prefix
from opensps.accounts.services import Factor, SignIn, SignInOutcome, password_verify, sign_in_attempt, sign_in_demo
from opensps.events.models import Event
from opensps.events.queries import events_for
from tests.factories.accounts import PASSWORD, START, make_person

NOW = START + timedelta(days=1)
NETWORK = "192.0.2.17"
BACKEND = "opensps.accounts.backends.PersonBackend"


def attempt(
    password: str = PASSWORD, *, email: str = "somebody@demo.example", network: str = NETWORK, minutes: float = 0
) -> SignIn:
    at = NOW + timedelta(minutes=minutes)
    return sign_in_attempt(authority="XA", email=email, password=password, network=network, at=at)


@pytest.mark.django_db
def test_the_right_password_signs_in_and_is_an_event() -> None:
    person = make_person()
    signed_in = attempt(email=" Somebody@Demo.Example")
    assert signed_in == SignIn(SignInOutcome.ACCEPTED, person=person, proved=(Factor.PASSWORD,))
    newest = events_for(authority="XA", object_kind="person", object_id=person.opaque_id)[-1]
    assert (newest.act, newest.actor, newest.reason_code) == ("person.signed_in", person.opaque_id, "password")


def wrong_ways() -> list[str]:
    """Make a suspended account, one without a password and one to miss; return addresses that must all be refused."""
    suspended = make_person("suspended@demo.example")
    services.person_suspend(authority="XA", person_id=suspended.opaque_id, actor=SYSTEM, at=START)
    make_person("invited@demo.example", password=None)
    make_person("elsewhere@demo.example", authority="XB")
    return ["suspended@demo.example", "invited@demo.example", "elsewhere@demo.example", "nobody@demo.example"]


@pytest.mark.django_db
def test_every_refusal_looks_the_same_and_costs_the_same_queries() -> None:
    make_person()
    costs = set()
    for email in [*wrong_ways(), "somebody@demo.example"]:
        password = "wrong" if email.startswith("somebody") else PASSWORD
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert attempt(password, email=email) == SignIn(SignInOutcome.REFUSED)
        costs.add(len(queries))
        TryCounter.objects.all().delete()
    assert len(costs) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["somebody@demo.example", "nobody@demo.example"])
def test_after_five_wrong_passwords_the_account_waits_whether_or_not_it_exists(email: str) -> None:
    make_person()
    for _ in range(5):
        assert attempt("wrong", email=email).outcome is SignInOutcome.REFUSED
    waiting = attempt(email=email)
    assert waiting == SignIn(SignInOutcome.WAIT, until=NOW + timedelta(minutes=15))
    assert Event.objects.filter(act="sign_in.limit_reached").count() == 1
    assert attempt(email=email, minutes=15).outcome is (
        SignInOutcome.ACCEPTED if email.startswith("somebody") else SignInOutcome.REFUSED
    )


@pytest.mark.django_db
def test_a_stranger_cannot_lock_somebody_out_from_another_network() -> None:
    make_person()
    for _ in range(6):
        attempt("wrong", network="198.51.100.1")
    assert attempt().outcome is SignInOutcome.ACCEPTED


@pytest.mark.django_db
def test_a_right_password_forgets_the_wrong_ones_of_the_account_but_not_of_the_network() -> None:
    make_person()
    for _ in range(4):
        attempt("wrong")
    attempt()
    assert attempt("wrong").outcome is SignInOutcome.REFUSED
    assert TryCounter.objects.get(scope="account").wrong == 1
    assert TryCounter.objects.get(scope="network").wrong == 5


@pytest.mark.django_db
def test_a_network_waits_after_sixty_wrong_passwords_for_whatever_accounts() -> None:
    make_person()
    for turn in range(60):
        assert attempt("wrong", email=f"guess{turn}@demo.example").outcome is SignInOutcome.REFUSED
    assert attempt(network="192.0.2.99").outcome is SignInOutcome.WAIT
    assert attempt(network="192.0.3.1").outcome is SignInOutcome.ACCEPTED


@pytest.mark.django_db
def test_neither_address_nor_network_is_kept_in_a_counter() -> None:
    attempt("wrong")
    assert {len(row.key) for row in TryCounter.objects.all()} == {64}
    assert "192.0.2" not in str(list(TryCounter.objects.values()))


@pytest.mark.django_db
def test_counters_nobody_touched_for_two_days_are_removed() -> None:
    attempt("wrong")
    assert services.counters_purge(authority="XA", at=NOW + timedelta(days=1)) == 0
    assert services.counters_purge(authority="XA", at=NOW + timedelta(days=3)) == 3


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.17", "4:c00002"),
        ("::ffff:192.0.2.200", "4:c00002"),
        ("2001:db8:1:2:3:4:5:6", "6:20010db80001"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_network_is_its_first_24_or_48_bits(address: str, prefix: str) -> None:
    assert network_prefix(address) == prefix


def test_a_right_guess_among_many_sent_at_once_comes_too_late(fresh_database: object) -> None:
    make_person()
    barrier = threading.Barrier(8)

    def guess(password: str) -> SignInOutcome:
        try:
            barrier.wait(20)
            return attempt(password).outcome
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, ["wrong"] * 8))
    assert outcomes.count(SignInOutcome.REFUSED) == 5
    assert outcomes.count(SignInOutcome.WAIT) == 3
    assert TryCounter.objects.get(scope="network").wrong == 5


@pytest.mark.django_db
def test_one_click_works_in_a_demo_only() -> None:
    person = make_person()
    signed_in = sign_in_demo(authority="XA", email=person.email, is_demo=True, at=NOW)
    assert (signed_in.person, signed_in.proved) == (person, (Factor.DEMO,))
    with pytest.raises(NotADemo):
        sign_in_demo(authority="XA", email=person.email, is_demo=False, at=NOW)
    with pytest.raises(NotFound):
        sign_in_demo(authority="XA", email="nobody@demo.example", is_demo=True, at=NOW)


@pytest.mark.django_db
def test_a_wrong_password_for_an_approval_is_counted_and_is_an_event() -> None:
    person = make_person()
    assert password_verify(person, PASSWORD, NOW)
    assert not password_verify(person, "wrong", NOW)
    assert Event.objects.filter(act="person.approval_failed").count() == 1
    assert password_verify(person, PASSWORD, NOW)
    for _ in range(5):
        assert not password_verify(person, "wrong", NOW)
    with pytest.raises(TooManyTries) as refusal:
        password_verify(person, PASSWORD, NOW)
    assert refusal.value.until == NOW + timedelta(minutes=15)
    assert attempt().outcome is SignInOutcome.ACCEPTED


def test_a_refusal_is_remembered_whatever_the_caller_does(fresh_database: object) -> None:
    person = make_person()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        password_verify(person, "wrong", NOW)


def session_of(person: Person) -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend=BACKEND)
    return request


def opened(request: HttpRequest) -> object:
    return get_user(request)


@pytest.mark.django_db
def test_a_session_ends_with_suspension_and_does_not_come_back() -> None:
    person = make_person()
    request = session_of(person)
    assert opened(request) == person
    services.person_suspend(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=NOW)
    assert getattr(opened(request), "is_anonymous", False)
    services.person_restore(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=NOW)
    assert getattr(opened(request), "is_anonymous", False)


@pytest.mark.django_db
def test_a_session_ends_with_a_new_password() -> None:
    person = make_person()
    request = session_of(person)
    services.password_set(
        authority="XA", person_id=person.opaque_id, password="another-long-word-here", actor=SYSTEM, at=NOW
    )
    assert getattr(opened(request), "is_anonymous", False)
    assert attempt("another-long-word-here").outcome is SignInOutcome.ACCEPTED


@pytest.mark.django_db
def test_a_session_survives_a_change_of_the_secret_key(settings: object) -> None:
    person = make_person()
    request = session_of(person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]  # pytest-django's wrapper
    settings.SECRET_KEY = "a newer key"  # type: ignore[attr-defined]  # pytest-django's wrapper
    assert opened(request) == person
    assert request.session[SESSION_KEY]


@pytest.mark.django_db
def test_there_is_no_way_in_past_the_limits() -> None:
    make_person()
    assert PersonBackend().authenticate(HttpRequest(), username="somebody@demo.example", password=PASSWORD) is None
    assert PersonBackend().get_user("not an id") is None
