"""The figures of the service, computed from data, with their meaning, at a cost that does not grow (A38 to A46)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from opensps.accounts.models import Person
from opensps.border.services.figuring import figures_count
from opensps.lifecycle import Role
from tests.factories.certification import cast, person
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db


def visitor(name: str, *roles: Role) -> Visitor:
    return Visitor(Person.objects.get(pk=person(name, *roles, office="014").id))


def test_the_figures_stand_beside_their_meaning_and_cost_the_same_however_many_there_are(
    django_assert_num_queries: Any,
) -> None:
    cast()
    assert "have not been computed yet" in Visitor().open("/figures").words
    figures_count(authority="XA", at=datetime.now(UTC))
    page = Visitor().open("/figures")
    assert "Counterfeits identified" in page.words
    assert "Papers in cases that two officers confirmed" in page.words
    with django_assert_num_queries(6):  # the row of figures, the register of agreements
        Client().get("/figures")
    assert "From presentation to decision, by port" in visitor("Max", Role.MANAGER).open("/figures/service").words
    assert visitor("Boris", Role.BORDER_OFFICER).open("/figures/service").status == 404
