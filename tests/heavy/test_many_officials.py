"""Row A28: ten thousand official accounts of one country are opened, and every one of them signs in.

Every account has its papers, password and device of its own and comes in by the pages of sign-in. What one sign-in
asks of the database is the same for the first account as for the last.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opensps.accounts import services
from opensps.accounts.access_queries import official_figures
from opensps.accounts.models import Person
from opensps.accounts.one_time_codes import code_at, step_at
from opensps.accounts.queries import OrganisationKind
from opensps.accounts.services.second_factor import codes_set
from opensps.lifecycle import Role
from tests.factories.access import chosen
from tests.factories.accounts import PASSWORD, grant, make_authority, make_organisation, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]
FULL = 10_000


def _secret(number: int) -> bytes:
    return number.to_bytes(20, "big")


def _opened(number: int, service: str, at: datetime) -> Person:
    """Open an account whose device was set up two minutes ago."""
    person = make_person(f"officer{number}@border.northland.example")
    actor = grant(person, Role.FOREIGN_OFFICER, organisation_id=service)
    earlier = at - timedelta(minutes=2)
    codes_set(person, chosen(earlier, _secret(number)), actor=actor, at=earlier)
    return person


def _sign_in(number: int) -> None:
    """Sign in by the two pages."""
    client, at = Client(REMOTE_ADDR=f"10.{number >> 8}.{number & 255}.9"), datetime.now(UTC)
    typed = {"email": f"officer{number}@border.northland.example", "password": PASSWORD}
    assert client.post("/sign-in", typed).status_code == 302, number
    code = code_at(_secret(number), step_at(at))
    assert client.post("/sign-in/code", {"code": code}).headers["Location"] == "/home", number


def _queries(number: int) -> int:
    """Sign in; return how many queries that took."""
    with CaptureQueriesContext(connection) as asked:
        _sign_in(number)
    return len(asked)


def test_A28_ten_thousand_officials_of_one_country_all_sign_in(heavy_count: Callable[[int], int]) -> None:
    make_authority()
    service = make_organisation("Northland Border Service", kind=OrganisationKind.FOREIGN_AUTHORITY, country="XB")
    at, many = datetime.now(UTC), heavy_count(FULL)
    for number in range(many):
        _opened(number, service.pk.hex, at)
    assert official_figures(authority="XA") == {"XB": many}
    first = _queries(0)
    for number in range(1, many - 1):
        _sign_in(number)
    assert _queries(many - 1) == first, "the last one costs what the first one cost"
    assert services.counters_purge(authority="XA", at=at) == 0, "nobody typed anything wrong"
