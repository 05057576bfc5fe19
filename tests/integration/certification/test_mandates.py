"""B40, G13: an agent acts only under a mandate with scope and end; every act says who acted for whom."""

import uuid
from copy import copy
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.errors import NotFound
from opensps.accounts.mandate_queries import mandates_for, principals_of
from opensps.accounts.mandates import Mandate
from opensps.accounts.models import Organisation
from opensps.accounts.queries import audit, organisation_by_id
from opensps.accounts.services import mandate_accept, mandate_clocks_run, mandate_decline, mandate_end
from opensps.certificate import CertificateKind
from opensps.certification import services
from opensps.certification.models import Application
from opensps.certification.queries import (
    application_is_visible_to,
    application_value,
    applications_for_actor,
    certificate_is_visible_to,
)
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed
from opensps.lifecycle.mandate import MandateScope
from tests.factories import certification
from tests.factories.certification import Cast, certificate_in
from tests.factories.mandates import PLANTS, Parties, broker, held, offered

pytestmark = pytest.mark.django_db
AT = certification.START + timedelta(days=1)
OTHER = next(kind.value for kind in CertificateKind if kind.value != PLANTS)
LONG = 1000
"""Days: a mandate that holds on the day these tests run, too."""


@pytest.fixture
def people() -> Cast:
    """An authority with everybody in it."""
    return certification.cast()


@pytest.fixture
def parties(people: Cast) -> Parties:
    """An agent with one person."""
    return broker()


def _begin(people: Cast, parties: Parties, **changes: Any) -> Application:
    given: dict[str, Any] = {"authority": "XA", "actor": parties.broker, "at": AT, **changes}
    return services.application_create(principal=people.exporter.organisation, **given)


def _edit(application: Application, parties: Parties, **changes: Any) -> None:
    services.application_edit(
        **{"authority": "XA", "actor": parties.broker, "at": AT, **changes},
        reference=application.reference,
        value=application_value(application),
        version=application.version,
    )


def _refused(why: str, act: Any) -> None:
    with pytest.raises(ActNotAllowed) as refusal:
        act()
    assert (refusal.value.guard, refusal.value.detail) == ("mandate_valid", why)


def test_B40_what_an_agent_does_names_agent_and_principal(people: Cast, parties: Parties) -> None:
    held(people.exporter, parties, at=AT, days=LONG)
    application = _begin(people, parties)
    _edit(application, parties)
    assert application.organisation == people.exporter.organisation
    told = events_for(authority="XA", object_kind="application", object_id=application.reference)
    assert [event.role for event in told] == ["trade_agent", "trade_agent"]
    assert {event.on_behalf_of for event in told} == {people.exporter.organisation}
    assert {(event.payload or {})["agent"] for event in told} == {parties.agent.pk.hex}
    assert application_is_visible_to(application, parties.broker)
    assert application_is_visible_to(application, people.exporter)


def test_G13_without_a_mandate_an_agent_can_do_nothing(people: Cast, parties: Parties) -> None:
    _refused("no_mandate", lambda: _begin(people, parties))
    waiting = offered(people.exporter, parties, at=AT, days=LONG)
    _refused("no_mandate", lambda: _begin(people, parties))
    own = services.application_create(authority="XA", actor=people.exporter, at=AT)
    _refused("no_mandate", lambda: _edit(own, parties))
    assert not application_is_visible_to(own, parties.broker)
    _refused("no_mandate", lambda: services.application_create(authority="XA", actor=parties.broker, at=AT))
    mandate_decline(authority="XA", mandate_id=waiting.opaque_id, actor=parties.broker, at=AT)
    _refused("no_mandate", lambda: _begin(people, parties))


def test_G13_an_act_outside_the_scope_is_refused(people: Cast, parties: Parties) -> None:
    held(people.exporter, parties, at=AT, scopes=(MandateScope.PREPARE,), days=LONG)
    application = _begin(people, parties)
    submit: dict[str, Any] = {"authority": "XA", "reference": application.reference, "actor": parties.broker, "at": AT}
    _refused("beyond_mandate", lambda: services.application_submit(**submit))
    animals: dict[str, Any] = {"certificate_kind": CertificateKind.ANIMAL_HEALTH}
    _refused("beyond_mandate", lambda: _begin(people, parties, **animals))
    with pytest.raises(ActNotAllowed):
        services.application_delete(**submit)
    with pytest.raises(ActNotAllowed):
        services.application_cancel(**submit, reason="The buyer left.")
    certificate = certificate_in(people)
    assert not certificate_is_visible_to(certificate, parties.broker)


def test_G13_after_the_last_day_and_after_the_end_nothing_is_possible(people: Cast, parties: Parties) -> None:
    mandate = held(people.exporter, parties, at=AT, days=30)
    application = _begin(people, parties)
    late = mandate.until
    _edit(application, parties, at=late - timedelta(seconds=1))
    application.refresh_from_db()
    _refused("mandate_over", lambda: _edit(application, parties, at=late))
    assert mandate_clocks_run(authority="XA", at=late - timedelta(seconds=1)) == 0
    assert mandate_clocks_run(authority="XA", at=late) == 1
    assert mandate_clocks_run(authority="XA", at=late) == 0
    again = held(people.exporter, parties, at=late, days=LONG)
    _edit(application, parties, at=late)
    end: dict[str, Any] = {"authority": "XA", "mandate_id": again.opaque_id, "at": late, "reason": "Other agent."}
    mandate_end(actor=people.exporter, **end)
    application.refresh_from_db()
    _refused("mandate_over", lambda: _edit(application, parties, at=late))
    assert applications_for_actor(authority="XA", actor=parties.broker) == ()


def test_an_agent_collects_certificates_where_the_mandate_says_so(people: Cast, parties: Parties) -> None:
    certificate = certificate_in(people)
    assert not certificate_is_visible_to(certificate, parties.broker)
    held(people.exporter, parties, at=AT, scopes=(MandateScope.COLLECT,), days=LONG)
    assert certificate_is_visible_to(certificate, parties.broker)
    assert not certificate_is_visible_to(certificate, broker("other").broker)


def test_a_mandate_belongs_to_its_two_parties_alone(people: Cast, parties: Parties) -> None:
    mandate, other = offered(people.exporter, parties, at=AT, days=LONG), broker("other")
    given: dict[str, Any] = {"authority": "XA", "mandate_id": mandate.opaque_id, "at": AT}
    for stranger in (other.broker, people.officer):
        assert mandates_for(authority="XA", actor=stranger) == ()
        with pytest.raises(NotFound):
            mandate_accept(actor=stranger, **given)
        with pytest.raises(NotFound):
            mandate_end(actor=stranger, reason="x", **given)
    with pytest.raises(ActNotAllowed):
        mandate_accept(actor=people.exporter, **given)
    assert Mandate.objects.get().state == "offered"


def test_only_agents_are_given_mandates_and_only_for_the_own_organisation(people: Cast, parties: Parties) -> None:
    with pytest.raises(ActNotAllowed) as refusal:
        offered(parties.broker, parties, at=AT)
    assert refusal.value.reason == "role"
    own = organisation_by_id(authority="XA", organisation_id=people.exporter.organisation or "")
    assert own is not None
    exporter = Parties(own, parties.broker)
    with pytest.raises(ActNotAllowed) as refusal:
        offered(people.exporter, exporter, at=AT)
    assert refusal.value.guard == "agent_named"


def test_whoever_applied_as_an_agent_does_not_examine(people: Cast, parties: Parties) -> None:
    held(people.exporter, parties, at=AT, days=LONG)
    application = _begin(people, parties)
    assert parties.broker.id in application.applicants


def _many(people: Cast, parties: Parties, many: int) -> None:
    """Let that many exporters give the agent a mandate, as rows."""
    one = organisation_by_id(authority="XA", organisation_id=people.exporter.organisation or "")
    mandate = held(people.exporter, parties, at=AT, days=LONG)
    assert one is not None
    exporters, mandates = [], []
    for n in range(many):
        one.pk, one.name = uuid.uuid4(), f"Exporter {n}"
        exporters.append(copy(one))
        mandate.pk, mandate.principal_id, mandate.kinds = uuid.uuid4(), one.pk, [PLANTS, OTHER][: n % 2 + 1]
        mandates.append(copy(mandate))
    Organisation.objects.bulk_create(exporters)
    Mandate.objects.bulk_create(mandates)


def test_an_agent_of_1200_exporters_sees_its_work(people: Cast, parties: Parties) -> None:
    _many(people, parties, 1200)
    application = _begin(people, parties)
    assert [row.pk for row in applications_for_actor(authority="XA", actor=parties.broker)] == [application.pk]
    assert not applications_for_actor(authority="XA", actor=broker("other").broker)
    assert len(principals_of(authority="XA", actor=parties.broker, at=AT)) == 1201


def test_what_holds_comes_first_however_much_ended_since(people: Cast, parties: Parties) -> None:
    first = held(people.exporter, parties, at=AT)
    for days in range(1, 4):
        later = held(people.exporter, parties, at=AT + timedelta(days=days))
        given = {"authority": "XA", "mandate_id": later.opaque_id, "reason": "done", "actor": people.exporter}
        mandate_end(at=AT + timedelta(days=days), **given)
    rows = mandates_for(authority="XA", actor=parties.broker, limit=2)
    assert [row.pk for row in rows] == [first.pk, later.pk]


def test_one_offer_at_a_time_waits_between_two(people: Cast, parties: Parties) -> None:
    waiting = offered(people.exporter, parties, at=AT)
    with pytest.raises(ActNotAllowed, match="offer_waits"):
        offered(people.exporter, parties, at=AT)
    offered(people.exporter, broker("other"), at=AT)
    mandate_decline(authority="XA", mandate_id=waiting.opaque_id, actor=parties.broker, at=AT)
    offered(people.exporter, parties, at=AT)


def test_the_doctor_sees_a_mandate_whose_state_no_event_made(people: Cast, parties: Parties) -> None:
    mandate = held(people.exporter, parties, at=AT)
    assert audit("XA") == ()
    Mandate.objects.filter(pk=mandate.pk).update(state="ended")
    assert [mandate.opaque_id in problem.where for problem in audit("XA")] == [True]
