"""Rows A28 and B32: nothing limits how many officials there are; only one's own account asks for a password."""

import re

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from opensps.accounts.models import OfficialAccount
from opensps.accounts.queries import OrganisationKind, actor_for
from opensps.lifecycle import Role
from tests.attacks.doors import BACKEND, network
from tests.attacks.world import World
from tests.factories.accounts import START, grant, make_organisation, make_person

pytestmark = pytest.mark.django_db
MANY = 60
OWN = ("sign-in", "sign-out", "account", "passkey", "enrol", "join")
"""Pages of one's own account, where one's own password is asked for; an officer's is asked for where he signs."""


def test_A28_nothing_limits_how_many_officials_a_country_has() -> None:
    """No quota stands in schema, code or settings; ten thousand are made by the benchmark of the border desk."""
    named = {field.name for model in apps.get_app_config("accounts").get_models() for field in model._meta.get_fields()}
    assert not [name for name in named if re.search(r"quota|max_users|seats|user_limit", name)]
    service = make_organisation("Northland", kind=OrganisationKind.FOREIGN_AUTHORITY, country="XB")
    people = [make_person(f"official{number}@northland.example", password=None) for number in range(MANY)]
    for person in people:
        grant(person, Role.FOREIGN_OFFICER, organisation_id=service.pk.hex)
    assert OfficialAccount.objects.filter(country="XB").count() == MANY
    assert all(Role.FOREIGN_OFFICER in actor_for(person, START).roles for person in people[:: MANY // 3])


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in resolver.url_patterns:
        found += _patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def _is_own(pattern: URLPattern) -> bool:
    return "<" in str(pattern.pattern) or "(" in str(pattern.pattern) or str(pattern.name).startswith(OWN)


def test_B32_no_page_but_those_of_ones_own_account_asks_for_a_password(world: World) -> None:
    people = world.people
    for actor in (None, people.exporter):
        client = Client(REMOTE_ADDR=network())
        if actor is not None:
            client.force_login(world.person(actor), backend=BACKEND)
        for pattern in _patterns(get_resolver()):
            if _is_own(pattern):
                continue
            page = client.get(f"/{pattern.pattern}")
            asks = page.status_code == 200 and not page.streaming and b'type="password"' in page.content
            assert not asks, pattern.name
