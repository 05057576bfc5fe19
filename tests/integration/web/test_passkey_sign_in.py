"""A passkey as second factor: after the right password only what it signed for this very sign-in opens the door."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from opensps.accounts.models import Person
from opensps.accounts.one_time_codes import code_at, step_at
from opensps.accounts.queries import actor_for, passkeys_of
from opensps.accounts.services import Chosen, new_secret, own_codes_set, sessions_end
from opensps.events.queries import events_for
from opensps.lifecycle import Role
from opensps.signing.passkeys import RelyingParty, decoded
from tests.factories.accounts import PASSWORD, grant, make_authority, make_person
from tests.factories.passkeys import Passkey
from tests.factories.web import Page, Visitor

pytestmark = pytest.mark.django_db
PARTY = RelyingParty("testserver", "https://testserver")


@pytest.fixture
def planner() -> Person:
    """One of our own people, who signs nothing."""
    make_authority()
    person = make_person()
    grant(person, Role.PLANNER)
    return person


def _options(page: Page, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(page.root.xpath(f"string(//div[@data-passkey='{kind}']/@data-options)"))
    return options


def _registered(person: Person) -> Passkey:
    visitor, key = Visitor(person), Passkey(person.opaque_id, PARTY)
    page = visitor.open("/account").link("Passkeys")
    challenge = decoded(_options(page, "register")["challenge"])
    page.send(former=PASSWORD, registration=key.registration(challenge))
    assert "Line for the signing service" not in visitor.open("/passkeys").words
    return key


def _halfway(person: Person) -> tuple[Visitor, Page]:
    visitor = Visitor()
    page = visitor.open("/sign-in").send("/sign-in", email=person.email, password=PASSWORD)
    assert page.heading == "Second proof"
    assert visitor.open("/inspections").url.startswith("/sign-in")
    return visitor, page


def _challenge(page: Page) -> bytes:
    return decoded(_options(page, "approve")["challenge"])


def test_the_passkey_of_the_person_opens_the_door_once(planner: Person) -> None:
    key = _registered(planner)
    visitor, page = _halfway(planner)
    answer = key.entry(_challenge(page))
    assert page.send(assertion=answer).url == "/home"
    assert visitor.open("/inspections").status == 200
    newest = events_for(authority="XA", object_kind="person", object_id=planner.opaque_id)[-1]
    assert (newest.act, newest.reason_code) == ("person.signed_in", "passkey")
    _, again = _halfway(planner)
    refused = again.send(assertion=answer)
    assert refused.status == 422
    assert "This passkey did not prove who you are. Try again." in refused.errors


def test_no_other_key_place_or_person_will_do(planner: Person) -> None:
    key = _registered(planner)
    elsewhere = Passkey(planner.opaque_id, RelyingParty("evil.example", "https://evil.example"), key.key)
    unverified = Passkey(planner.opaque_id, PARTY, key.key, is_verified=False)
    visitor, page = _halfway(planner)
    for forged in (Passkey(planner.opaque_id, PARTY), elsewhere, unverified):
        page = page.send(assertion=forged.entry(_challenge(page)))
        assert page.status == 422
    assert page.send(assertion="{}").status == 422
    assert visitor.open("/inspections").url.startswith("/sign-in")
    last = visitor.open("/sign-in/code")
    last = last.send(assertion=key.entry(b"x" * 32))
    late = last.send(assertion=key.entry(_challenge(last)))
    assert "Too many tries" in " ".join(late.errors), "five wrong ones close the door for a while"


def test_a_removed_passkey_asks_and_proves_no_more(planner: Person) -> None:
    key = _registered(planner)
    Visitor(planner).open("/passkeys").link("Remove").send(former=PASSWORD)
    page = Visitor().open("/sign-in").send("/sign-in", email=planner.email, password=PASSWORD)
    assert page.url == "/home"
    assert key.count == 0


def _held(person: Person) -> int:
    return len(passkeys_of(authority="XA", person_id=person.opaque_id))


def test_an_unlocked_browser_plants_and_removes_no_passkey(planner: Person) -> None:
    key, visitor = Passkey(planner.opaque_id, PARTY), Visitor(planner)
    page = visitor.open("/passkeys")
    for password, words in (("", "Enter your password."), ("not my password", "This is not your password.")):
        page = page.send(
            former=password, registration=key.registration(decoded(_options(page, "register")["challenge"]))
        )
        assert (page.status, page.errors) == (422, [words])
        assert not _held(planner)
    assert page.send(former=PASSWORD, registration="{}").status == 409
    _registered(planner)
    asked = visitor.open("/passkeys").link("Remove")
    assert asked.send(former="not my password").errors == ["This is not your password."]
    assert visitor.post("/passkeys/remove", {"id": "AA", "former": PASSWORD}).status == 404
    assert _held(planner) == 1


def test_whoever_has_a_device_shows_a_code_of_it_as_well(planner: Person) -> None:
    at, secret = datetime.now(UTC), new_secret()
    actor = actor_for(planner, at)
    device = Chosen(secret, code_at(secret, step_at(at) - 1))
    recovery = own_codes_set(authority="XA", chosen=device, actor=actor, at=at)
    key, visitor = Passkey(planner.opaque_id, PARTY), Visitor(planner)
    page = visitor.open("/passkeys")
    made = key.registration(decoded(_options(page, "register")["challenge"]))
    assert page.send(former=PASSWORD, registration=made).errors == ["Enter the code."]
    page = visitor.open("/passkeys")
    made = key.registration(decoded(_options(page, "register")["challenge"]))
    wrong = page.send(former=PASSWORD, present="000000-wrong", registration=made)
    assert wrong.errors == ["This code is wrong or was used before. Wait for the next one."]
    made = key.registration(decoded(_options(wrong, "register")["challenge"]))
    assert wrong.send(former=PASSWORD, present=recovery[0], registration=made).status == 200
    assert _held(planner) == 1
    asked = visitor.open("/passkeys").link("Remove")
    assert asked.send(former=PASSWORD, present=recovery[0]).status == 422, "no code is taken twice"
    asked.send(former=PASSWORD, present=recovery[1])
    assert not _held(planner)


def test_a_counter_that_went_back_opens_no_door_and_is_written_down(planner: Person) -> None:
    key = _registered(planner)
    _, page = _halfway(planner)
    assert page.send(assertion=key.entry(_challenge(page))).url == "/home"
    key.count = 0
    visitor, page = _halfway(planner)
    refused = page.send(assertion=key.entry(_challenge(page)))
    assert refused.status == 422
    assert visitor.open("/inspections").url.startswith("/sign-in")
    told = [each.act for each in events_for(authority="XA", object_kind="person", object_id=planner.opaque_id)]
    assert told[-2:] == ["person.passkey_counter_back", "person.code_refused"]


def test_ended_sessions_end_a_sign_in_between_password_and_proof(planner: Person) -> None:
    key, at = _registered(planner), datetime.now(UTC)
    visitor, page = _halfway(planner)
    answer = key.entry(_challenge(page))
    sessions_end(authority="XA", person_id=planner.opaque_id, actor=actor_for(planner, at), at=at)
    assert page.send(assertion=answer).heading == "Sign in"
    assert visitor.open("/inspections").url.startswith("/sign-in")
