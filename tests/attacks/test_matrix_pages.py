"""The matrix of tenancy for people: every address of the URL map, opened by who has no business there.

Officials, administrators and embassies of XD, and an exporter of ours, open everything of Northland (XB) and of our own
desks, and the same under numbers nobody was given: page, file, export, form, search. The two answers are the same once
the number asked for, ids of the answer, the hour and the form's token are masked. Lists hold nothing of it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from opensps.accounts.models import Person
from opensps.lifecycle import Role
from tests.attacks.doors import BACKEND, network
from tests.attacks.northland import ABROAD, MISSING_NUMBER, OPEN, Northland, addresses, made, patterns, thing_of
from tests.databases import Blocker
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db
MOVING = re.compile(
    r"[0-9a-f]{32}|csrfmiddlewaretoken\" value=\"\w+|<span class=\"num\">\w{8,12}</span>|XA-Q-20\d\d-\w+"
    r"|\d{1,2} \w+ 20\d\d(?:, \d\d:\d\d)?|20\d\d-\d\d-\d\d(?:T[\d:.]+Z?)?|\d\d:\d\d(?::\d\d(?:\.\d{6})?)?"
    r"|concern/sent/\w{8}|\b\w{4}-\w{4}\b|theme\.[0-9a-f]{12}|Reference: \w+|name=\"form_token\" value=\"[\w-]+\""
)
EVERYBODY = (*ABROAD, Role.EXPORTER)


@pytest.fixture(scope="module")
def northland(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Northland]:
    """Made once; rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


def said(response: Any, names: tuple[str, ...]) -> tuple[int, str]:
    """Return status and answer without what differs in any two answers."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{response.get('Location', '')} {response.get('Content-Type', '')} {data.decode(errors='replace')}"
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "ASKED", text)
    return response.status_code, MOVING.sub("…", text)


def entered(person: Person) -> Client:
    client = Client(REMOTE_ADDR=network(), raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def differing(northland: Northland, person: Person, ask: Callable[[Client, str], Any]) -> dict[str, Any]:
    client, found = entered(person), {}
    for pattern in patterns():
        row = addresses(pattern, northland.things)
        if row is None:
            continue
        known, missing, names = row
        nobody, foreign = said(ask(client, missing), names), said(ask(client, known), names)
        if foreign != nobody or foreign[0] >= 500:
            found[known] = (foreign[0], nobody[0], _apart(foreign[1], nobody[1]))
    return found


def _apart(one: str, other: str) -> tuple[str, str]:
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return one[max(at - 60, 0) : at + 80], other[max(at - 60, 0) : at + 80]


def test_every_address_that_names_a_thing_is_in_the_matrix(northland: Northland) -> None:
    """A new page has to say what it may be asked for, and that thing has to be there."""
    named = [each for each in patterns() if "<" in str(each.pattern) and each.name not in OPEN]
    assert [str(each.pattern) for each in named if thing_of(each) is None] == []
    assert {found[1] for each in named if (found := thing_of(each)) is not None} == northland.things.keys()


def test_an_official_of_another_country_gets_the_same_as_for_what_is_not_there(northland: Northland) -> None:
    assert differing(northland, northland.others[Role.FOREIGN_OFFICER], lambda client, url: client.get(url)) == {}


def test_no_act_of_another_country_reaches_what_is_not_theirs(northland: Northland) -> None:
    assert differing(northland, northland.others[Role.FOREIGN_OFFICER], lambda client, url: client.post(url, {})) == {}


@pytest.mark.heavy
@pytest.mark.parametrize("role", [Role.COUNTRY_ADMIN, Role.EMBASSY, Role.EXPORTER])
def test_nor_do_others_who_have_no_business_there(northland: Northland, role: Role) -> None:
    for ask in (lambda client, url: client.get(url), lambda client, url: client.post(url, {})):
        assert differing(northland, northland.others[role], ask) == {}


QUESTIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("post", "/desk", {"number": "{}"}),
    ("post", "/desk/list", {"lines": "{}\n{}"}),
    ("post", "/check", {"number": "{}"}),
    ("post", "/check", {"number": "{}", "code": "0A1S-5HDR-ANA5"}),
    ("post", "/check/many", {"lines": "{}"}),
    ("get", "/desk/coming", {"q": "{}"}),
    ("get", "/desk/coming.csv", {"q": "{}"}),
    ("get", "/presentations", {"q": "{}"}),
    ("get", "/inquiries", {"q": "{}"}),
    ("get", "/inquiries/new", {"number": "{}"}),
    ("get", "/cases/new", {"number": "{}"}),
    ("get", "/certificates", {"q": "{}"}),
    ("get", "/applications", {"q": "{}"}),
    ("get", "/deliveries", {"q": "{}"}),
    ("get", "/incoming", {"q": "{}"}),
    ("get", "/counterfeits", {"q": "{}"}),
    ("get", "/concern", {"number": "{}"}),
    ("post", "/concern", {"text": "A strange seal.", "number": "{}"}),
)
"""Pages that are asked about a number in a form or a search: method, address, what is sent."""


def asked_alike(northland: Northland, role: Role) -> dict[str, Any]:
    """Ask every question about a certificate of Northland and about none; return where the answers part."""
    client, found, number = entered(northland.others[role]), {}, northland.things["certificate"][0]
    for method, address, given in QUESTIONS:
        answers = []
        for name in (MISSING_NUMBER, number):
            data = {key: value.replace("{}", name) for key, value in given.items()}
            answer = getattr(client, method)(address, data)
            pages = [said(answer, (name,))]
            if answer.status_code in {302, 303}:
                pages.append(said(client.get(answer.headers["Location"]), (name,)))
            answers.append(pages)
        if answers[0] != answers[1]:
            found[f"{method} {address}"] = [_apart(*(page[1] for page in pair)) for pair in zip(*answers, strict=False)]
    return found


def test_a_number_in_a_form_or_a_search_tells_an_official_of_another_country_nothing(northland: Northland) -> None:
    assert asked_alike(northland, Role.FOREIGN_OFFICER) == {}


@pytest.mark.heavy
@pytest.mark.parametrize("role", [Role.COUNTRY_ADMIN, Role.EMBASSY, Role.EXPORTER])
def test_nor_anybody_else(northland: Northland, role: Role) -> None:
    assert asked_alike(northland, role) == {}


def test_an_inquiry_about_what_is_not_theirs_is_taken_like_one_about_nothing(northland: Northland) -> None:
    """The first finding of the register, which is made by a machine within a minute, gives nothing away either."""
    visitor, told = Visitor(northland.others[Role.FOREIGN_OFFICER]), []
    for number in (MISSING_NUMBER, northland.things["certificate"][0]):
        form = visitor.open(f"/inquiries/new?number={number}")
        page = form.send(text="Is it genuine?", subject="genuineness")
        assert page.url != form.url, page.errors
        told.append(MOVING.sub("…", page.text.replace(number, "ASKED")))
    assert told[0] == told[1], _apart(*told)


def test_lists_searches_and_exports_hold_nothing_of_another_country(northland: Northland) -> None:
    nothing_of_northland(northland, Role.FOREIGN_OFFICER)


@pytest.mark.heavy
@pytest.mark.parametrize("role", [Role.COUNTRY_ADMIN, Role.EMBASSY, Role.EXPORTER])
def test_nor_do_those_of_others(northland: Northland, role: Role) -> None:
    nothing_of_northland(northland, role)


def nothing_of_northland(northland: Northland, role: Role) -> None:
    client, opened = entered(northland.others[role]), 0
    for pattern in patterns():
        if "<" in str(pattern.pattern) or "(" in str(pattern.pattern) or pattern.name == "sign-out":
            continue
        response = client.get(f"/{pattern.pattern}", {"q": "XA-2026", "issuer": "XA"})
        text = said(response, ())[1]
        opened += response.status_code == 200
        assert not [each for each in northland.secrets if each in text], pattern.pattern
        assert response.status_code < 500, pattern.pattern
    assert opened >= 10


def test_the_official_of_the_destination_opens_them(northland: Northland) -> None:
    """Otherwise the matrix would compare refusals of everybody."""
    client = entered(northland.owner)
    rows = ((pattern.name, addresses(pattern, northland.things)) for pattern in patterns())
    opened = {name for name, row in rows if row is not None and client.get(row[0]).status_code == 200}
    assert {"desk-record", "desk-result", "desk-compare", "desk-listed", "presentation", "inquiry"} <= opened, opened


@pytest.mark.heavy
def test_everything_that_is_named_is_opened_by_somebody(northland: Northland) -> None:
    """Each thing of the matrix is really there: its page opens for one of our own desks."""
    people = Person.objects.exclude(pk__in=[each.pk for each in northland.others.values()])
    opened = set()
    for client in map(entered, people):
        for pattern in patterns():
            row, found = addresses(pattern, northland.things), thing_of(pattern)
            if row is not None and found is not None and found[1] not in opened:
                opened |= {found[1]} if client.get(row[0]).status_code == 200 else set()
    assert opened >= northland.things.keys() - {"account", "person", "request", "country"}, opened
