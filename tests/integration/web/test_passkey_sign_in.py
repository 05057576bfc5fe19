"""A passkey as second factor: after the right password only what it signed for this very sign-in opens the door."""

import json
from typing import Any

import pytest

from opensps.accounts.models import Person
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
    page.send(registration=key.registration(challenge))
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
    Visitor(planner).open("/passkeys").send("/passkeys/remove")
    page = Visitor().open("/sign-in").send("/sign-in", email=planner.email, password=PASSWORD)
    assert page.url == "/home"
    assert key.count == 0
