"""Requests no browser sends: answered with a page and no trace of a failure."""

from typing import Any

import pytest
from django.test import Client

from opensps.accounts.queries import person_by_id
from opensps.border.models import CheckAttempt
from opensps.lifecycle import ApplicationState
from tests.factories import certification

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/applications/A%00", "/certificates?q=a%00", "/examine/%00", "/?%00"])
def test_a_zero_octet_in_an_address_is_a_bad_request(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "We could not read this request" in response.content.decode()


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "http://[v.example]:x", "\t"])
def test_an_origin_that_is_no_address_is_not_ours(client: Client, origin: str) -> None:
    response = client.post("/check", {"number": "x", "code": "y"}, headers={"Origin": origin})
    assert response.status_code in {403, 422}


@pytest.mark.parametrize(("is_behind", "networks"), [(True, 2), (False, 1)])
def test_only_our_own_proxy_is_believed_about_where_a_caller_is(
    settings: Any, *, is_behind: bool, networks: int
) -> None:
    settings.OPENSPS_BEHIND_PROXY = is_behind
    certification.cast()
    for seen in ("198.51.100.7", "203.0.113.9"):
        told = {"X-Forwarded-For": f"192.0.2.1, {seen}"}
        assert Client().post("/check", {"number": "A-2026-0000001"}, headers=told).status_code == 303
    assert CheckAttempt.objects.values("network_digest").distinct().count() == networks


def test_a_version_of_five_thousand_digits_is_no_version(client: Client) -> None:
    people = certification.cast()
    draft = certification.application_in(people, ApplicationState.DRAFT)
    person = person_by_id(authority="XA", person_id=people.exporter.id)
    assert person is not None
    client.force_login(person, backend="opensps.accounts.backends.PersonBackend")
    answer = client.post(f"/applications/{draft.reference}/goods/add", {"version": "9" * 5000})
    assert answer.status_code == 409
