"""The matrix of tenancy for people: every address of the URL map, opened by who has no business there.

An official of XD opens everything of Northland (XB), and the same under numbers nobody was given: page, file, export,
form. The two answers are the same once the number asked for, ids of the answer, the hour and the form's token are
masked. Lists and searches hold nothing of Northland.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from opensps.accounts.models import Person
from opensps.accounts.queries import Actor, OrganisationKind
from opensps.border.desk import Desk
from opensps.border.inquiry_values import Question, Saying
from opensps.border.records import record_of
from opensps.border.services.desk import desk_number
from opensps.border.services.inquiry_people import inquiry_ask
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.lifecycle import Role
from opensps.lifecycle.inquiry import InquiryPriority, InquirySubject
from tests.attacks.doors import BACKEND, network
from tests.databases import Blocker
from tests.factories import certification
from tests.factories.accounts import grant, make_organisation, make_person
from tests.factories.presenting import presented

SINCE = datetime.now(UTC) - timedelta(days=2)
MISSING_NUMBER = str(IssuedNumber("XA", 2026, "014", 7_654_321))
HEX = "f" * 32
ID_NAMES = ("number", "reference", "inquiry_number", "verdict_id", "result_id", "list_id", "delivery_number", "token")
"""Parameters that name a thing; the first of them in an address is what is asked for."""

OTHERS = {
    "issuer": "XA",
    "partner": "XB",
    "code": "XB",
    "form": "pdf",
    "what": "paper",
    "name": "start",
    "act": "accept",
}
MOVING = re.compile(
    r"[0-9a-f]{32}|csrfmiddlewaretoken\" value=\"\w+|<span class=\"num\">\w{8,12}</span>"
    r"|\d{1,2} \w+ 20\d\d(?:, \d\d:\d\d)?|20\d\d-\d\d-\d\d(?:T[\d:]+Z?)?|\d\d:\d\d(?::\d\d)?"
    r"|theme\.[0-9a-f]{12}|Reference: \w+"
)


@dataclass(frozen=True, slots=True)
class Northland:
    """What officials of XB have with us: the name of a thing -> how it is called, and a name nobody has."""

    owner: Person
    things: dict[str, tuple[str, str]]
    secrets: tuple[str, ...]
    others: dict[Role, Person]


def foreigner(country: str, role: Role, name: str) -> tuple[Person, Actor]:
    """An official of another country who can sign in."""
    kind = OrganisationKind.EMBASSY if role is Role.EMBASSY else OrganisationKind.FOREIGN_AUTHORITY
    organisation = make_organisation(f"{name} of {country}", kind=kind, country=country)
    person = make_person(f"{name}@{country.lower()}.example")
    actor = grant(person, role, organisation_id=organisation.pk.hex)
    return person, replace(actor, country=country)


@pytest.fixture(scope="module")
def northland(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Northland]:
    """Made once; rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = certification.cast(at=SINCE)
        issued = certification.certificate_in(people, at=SINCE)
        owner, actor = foreigner("XB", Role.FOREIGN_OFFICER, "nora")
        roles = (Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.EMBASSY)
        others = {role: foreigner("XD", role, role.value)[0] for role in roles}
        yield Northland(owner, _things(issued, actor), _secrets(issued), others)
        transaction.set_rollback(True)


def _things(issued: Certificate, actor: Actor) -> dict[str, tuple[str, str]]:
    now = datetime.now(UTC)
    trust = certification.keys().trust
    verdict = desk_number(Desk(authority="XA", actor=actor, at=now, trust=trust), number=issued.number)
    paper = record_of(authority="XA", issuer="XA", number=issued.number)
    shown = presented(paper, by=actor, at=now)
    asked = Question(number=issued.number, subject=InquirySubject.GENUINENESS, priority=InquiryPriority.ROUTINE)
    saying = Saying(texts=(("en", "Is it genuine?"),))
    inquiry = inquiry_ask(authority="XA", actor=actor, question=asked, saying=saying, machinery=None, at=now)
    return {
        "certificate": (issued.number, MISSING_NUMBER),
        "verdict": (str(verdict.pk), HEX),
        "presentation": (shown.presentation_number, _like(shown.presentation_number)),
        "inquiry": (inquiry.inquiry_number, _like(inquiry.inquiry_number)),
    }


def _like(number: str) -> str:
    """Return a number of the same shape that nobody has."""
    return f"{number[:-6]}000000"


def _secrets(issued: Certificate) -> tuple[str, ...]:
    return issued.number, issued.consignor_name, issued.consignee_name, issued.token, issued.code


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Give every address of pages; programs have a matrix of their own."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        elif not entry.callback.__module__.startswith(("ninja.", "opensps.web.soap.", "opensps.web.rest.")):
            yield entry


SEGMENTS = {
    "inquiries": ("inquiry",),
    "presentations": ("presentation",),
    "desk": ("certificate", "verdict"),
    "check": ("verdict",),
}
"""First part of an address -> what can be asked for there; elsewhere it is the certificate."""


OPEN_BY_ID = {"check-proof"}
"""Whoever holds the random id printed on a proof of check may see whether that proof is genuine."""


def addresses(pattern: URLPattern, northland: Northland) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Give the address of each thing, that of the missing one, and both names."""
    text = str(pattern.pattern)
    named = re.findall(r"<(?:\w+:)?(\w+)>", text)
    if not named:
        return
    asked = next((name for name in named if name in ID_NAMES), named[-1])
    for thing in SEGMENTS.get(text.partition("/")[0], ("certificate",)):
        known, missing = northland.things[thing]
        yield _filled(text, asked, known), _filled(text, asked, missing), (known, missing)


def _filled(text: str, asked: str, value: str) -> str:
    def fill(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        return value if name == asked else "1" if kind == "int" else OTHERS.get(name, "abc")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, text)


def said(response: Any, names: tuple[str, str]) -> tuple[int, str]:
    """Return status and answer without what differs in any two answers."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{response.get('Location', '')} {response.get('Content-Type', '')} {data.decode(errors='replace')}"
    for name in names:
        text = text.replace(name, "ASKED")
    return response.status_code, MOVING.sub("…", text)


def entered(person: Person) -> Client:
    client = Client(REMOTE_ADDR=network(), raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def differing(northland: Northland, person: Person, ask: Callable[[Client, str], Any]) -> dict[str, Any]:
    client, found = entered(person), {}
    for pattern in patterns():
        for known, missing, names in addresses(pattern, northland):
            if pattern.pattern.match(known[1:]) is None or pattern.name in OPEN_BY_ID:
                continue
            nobody, foreign = said(ask(client, missing), names), said(ask(client, known), names)
            if foreign != nobody or foreign[0] >= 500:
                found[known] = (foreign[0], nobody[0], _apart(foreign[1], nobody[1]))
    return found


def _apart(one: str, other: str) -> tuple[str, str]:
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return one[max(at - 60, 0) : at + 80], other[max(at - 60, 0) : at + 80]


@pytest.mark.django_db
def test_an_official_of_another_country_gets_the_same_as_for_what_is_not_there(northland: Northland) -> None:
    assert differing(northland, northland.others[Role.FOREIGN_OFFICER], lambda client, url: client.get(url)) == {}


@pytest.mark.django_db
def test_no_act_of_another_country_reaches_what_is_not_theirs(northland: Northland) -> None:
    assert differing(northland, northland.others[Role.FOREIGN_OFFICER], lambda client, url: client.post(url, {})) == {}


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COUNTRY_ADMIN, Role.EMBASSY])
def test_nor_do_administrators_and_embassies_of_another_country(northland: Northland, role: Role) -> None:
    for ask in (lambda client, url: client.get(url), lambda client, url: client.post(url, {})):
        assert differing(northland, northland.others[role], ask) == {}


@pytest.mark.django_db
def test_lists_searches_and_exports_hold_nothing_of_another_country(northland: Northland) -> None:
    nothing_of_northland(northland, Role.FOREIGN_OFFICER)


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COUNTRY_ADMIN, Role.EMBASSY])
def test_nor_do_those_of_administrators_and_embassies(northland: Northland, role: Role) -> None:
    nothing_of_northland(northland, role)


def nothing_of_northland(northland: Northland, role: Role) -> None:
    client, opened = entered(northland.others[role]), 0
    inquiry = northland.things["inquiry"][0]
    for pattern in patterns():
        if "<" in str(pattern.pattern) or "(" in str(pattern.pattern) or pattern.name == "sign-out":
            continue
        response = client.get(f"/{pattern.pattern}", {"q": "XA-2026", "issuer": "XA"})
        text = said(response, ())[1]
        opened += response.status_code == 200
        assert not [each for each in (*northland.secrets, inquiry) if each and each in text], pattern.pattern
        assert response.status_code < 500, pattern.pattern
    assert opened >= 10


@pytest.mark.django_db
def test_the_official_of_the_destination_opens_them(northland: Northland) -> None:
    """Otherwise the matrix would compare refusals of everybody."""
    client = entered(northland.owner)
    opened = {
        pattern.name
        for pattern in patterns()
        for known, _missing, _names in addresses(pattern, northland)
        if pattern.pattern.match(known[1:]) is not None and client.get(known).status_code == 200
    }
    assert {"desk-record", "desk-result", "desk-compare", "inquiry"} <= opened, opened
