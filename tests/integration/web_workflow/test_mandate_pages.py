"""B40 on pages: an exporter lets an agent act, the agent applies for it, and both names stand with every act."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opensps.accounts.queries import Actor, person_by_id
from tests.factories import certification
from tests.factories.certification import Cast
from tests.factories.mandates import PLANTS, Parties, broker
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db


def _as(actor: Actor) -> Visitor:
    return Visitor(person_by_id(authority="XA", person_id=actor.id))


@pytest.fixture
def people() -> Cast:
    """An authority with everybody in it."""
    return certification.cast()


def _offered(exporter: Visitor, parties: Parties) -> str:
    last = (timezone.localdate() + timedelta(days=60)).isoformat()
    page = exporter.open("/mandates").link("Let an agent act for you")
    assert "Enter the last day." in page.send(agent="", last_day="").errors
    kinds, scopes = [PLANTS], ["prepare", "answer"]
    done = page.send(agent=parties.agent.pk.hex, scopes=scopes, kinds=kinds, last_day=last)
    assert done.errors == []
    return done.url


def test_B40_from_offer_to_an_application_that_names_both_to_the_end(people: Cast) -> None:
    parties, stranger = broker(), broker("other")
    exporter, agent = _as(people.exporter), _as(parties.broker)
    here = _offered(exporter, parties)
    assert _as(stranger.broker).open(here).status == 404
    assert _as(people.officer).open("/mandates").status == 404
    page = agent.open("/home").link("Mandate of Green Valley Export Co.").send("/accept")
    assert "Mandate accepted" in page.words
    seller, beside = f"Exporter · {people.exporter.name}", "Agent · Harbour Brokers"
    assert seller not in page.words, "the clerks of the other side are its own affair"
    assert beside not in page.words
    assert seller in exporter.open(here).words
    assert beside in exporter.open(here).words
    page = agent.open("/applications/new")
    assert page.send(kind=PLANTS, destination="XB", product="Garlic").errors == ["Choose the exporter you act for."]
    draft = page.send(principal=people.exporter.organisation, kind=PLANTS, destination="XB", product="Garlic")
    assert draft.status == 200
    history = exporter.open(f"{draft.url}/history")
    assert "Agent · Harbour Brokers · for Green Valley Export Co." in history.words
    assert agent.open(f"{draft.url}/check").status == 200
    refused = agent.post(f"{draft.url}/check", {"is_declared": "on"})
    assert refused.status == 409
    assert "The mandate does not include this." in refused.words
    page = exporter.open(here).link("End the mandate").send(reason="We apply ourselves now.")
    assert "Ended" in page.words
    assert agent.open(draft.url).status == 404
    again = agent.open("/applications/new").send(
        principal=people.exporter.organisation, kind=PLANTS, destination="XB", product="Garlic"
    )
    assert again.errors, "nobody is on offer any more"
