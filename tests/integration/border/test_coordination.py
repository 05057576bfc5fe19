"""Coordination between ministries: given out, followed, closed; a body sees its own part alone (A01, A02)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from opensps.accounts.errors import NameMissing
from opensps.accounts.queries import Actor, OrganisationKind
from opensps.accounts.services.places import body_create
from opensps.border.coordination import CoordinationCase, CoordinationEntry, CoordinationPart
from opensps.border.coordination_terms import Matter, Task
from opensps.border.errors import CoordinationRefused
from opensps.border.queries.audit import audit
from opensps.border.queries.coordination import coordination_seen, coordinations, parts_waiting
from opensps.border.services.coordinating import (
    coordination_act,
    coordination_assign,
    coordination_clocks_run,
    coordination_open,
    coordination_part_act,
)
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.coordination import CoordinationAct, PartAct
from opensps.lifecycle.question import Procedure
from tests.factories.accounts import make_organisation
from tests.factories.certification import START, cast, person

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)
MATTER = Matter(procedure=Procedure.APPROVAL, subject="New pest of garlic", details="Measures of two ministries.")


class Bodies:
    """A coordinator and three bodies, each with somebody who speaks for it."""

    def __init__(self) -> None:
        cast()
        self.coordinator = person("Kai", Role.COORDINATOR, office="014")
        self.ids = {
            name: make_organisation(name, kind=OrganisationKind.MINISTRY).id.hex
            for name in ("Agriculture", "Commerce", "Health")
        }
        self.people = {name: person(f"Of {name}", Role.LIAISON, organisation=found) for name, found in self.ids.items()}

    def opened(self, *names: str, **changed: Any) -> CoordinationCase:
        tasks = [self.task(name, **changed) for name in names]
        return coordination_open(authority="XA", actor=self.coordinator, matter=MATTER, tasks=tasks, at=NOW)

    def task(self, name: str, **changed: Any) -> Task:
        return Task(organisation=self.ids[name], text=f"Say what {name} requires.", **changed)


@pytest.fixture
def bodies(db: None) -> Bodies:
    return Bodies()


def who(actor: Actor, case: CoordinationCase, hours: int = 1) -> dict[str, Any]:
    return {
        "authority": "XA",
        "actor": actor,
        "case_number": case.case_number,
        "at": NOW + timedelta(hours=hours),
    }


def test_a_case_is_opened_given_out_followed_and_closed(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture", "Commerce")
    assert (case.case_number, case.procedure) == ("XA-CO-2026-000001", "approval")
    close: dict[str, Any] = {"act": CoordinationAct.CLOSE, "text": "Both agreed: treatment and notice."}
    for place, name in ((1, "Agriculture"), (2, "Commerce")):
        with pytest.raises(ActNotAllowed, match="parts_outstanding"):
            coordination_act(**who(bodies.coordinator, case), **close)
        actor = bodies.people[name]
        coordination_part_act(**who(actor, case), place=place, act=PartAct.TAKE)
        coordination_part_act(**who(actor, case, 2), place=place, act=PartAct.REPORT, text=f"{name} agrees.")
    assert [part.place for part in parts_waiting(actor=bodies.coordinator, limit=5)] == [1, 2]
    again = coordination_part_act(
        **who(bodies.coordinator, case, 3), place=2, act=PartAct.ASK_AGAIN, text="From which day?"
    )
    assert (again.state, parts_waiting(actor=bodies.people["Commerce"], limit=5)) == ("in_work", (again,))
    coordination_part_act(**who(bodies.people["Commerce"], case, 4), place=2, act=PartAct.REPORT, text="From June.")
    closed = coordination_act(**who(bodies.coordinator, case, 5), **close)
    assert (closed.state, closed.outcome) == ("closed", close["text"])
    acts = [event.act for event in events_for(authority="XA", object_kind="coordination", object_id=case.case_number)]
    assert acts == ["coordination.open", "coordination.close"]
    assert audit("XA") == ()
    with pytest.raises(ActNotAllowed):
        coordination_part_act(**who(bodies.people["Commerce"], case, 6), place=2, act=PartAct.REMARK, text="Late.")
    reopened = coordination_act(**who(bodies.coordinator, case, 7), act=CoordinationAct.REOPEN, text="A new pest.")
    assert reopened.state == "open"


def test_others_see_only_what_is_assigned_to_them(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture", "Commerce")
    coordination_act(**who(bodies.coordinator, case), act=CoordinationAct.REMARK, text="Commerce will refuse.")
    coordination_part_act(**who(bodies.people["Commerce"], case), place=2, act=PartAct.REPORT, text="We refuse.")
    seen = coordination_seen(actor=bodies.people["Agriculture"], case_number=case.case_number)
    assert ([part.place for part in seen.parts], seen.is_whole) == ([1], False)
    assert [entry.act for entry in seen.entries] == ["assign"], "neither the remark nor what Commerce said"
    whole = coordination_seen(actor=bodies.coordinator, case_number=case.case_number)
    assert [entry.act for entry in whole.entries] == ["report", "remark", "assign", "assign", "open"]
    strangers = (
        bodies.people["Health"],
        person("Max", Role.MANAGER),
        person("Emil", Role.ENQUIRY_DESK),
        Actor(id="a" * 32, authority="XB", roles=frozenset({Role.COORDINATOR})),
    )
    for stranger in strangers:
        with pytest.raises(CoordinationRefused, match="not_found"):
            coordination_seen(actor=stranger, case_number=case.case_number)
        assert coordinations(actor=stranger) == ((), 0)
        assert parts_waiting(actor=stranger, limit=5) == ()
        for act in (PartAct.TAKE, PartAct.REMARK, PartAct.WITHDRAW):
            with pytest.raises(CoordinationRefused, match="not_found"):
                coordination_part_act(**who(stranger, case), place=1, act=act, text="x")
        with pytest.raises(CoordinationRefused, match="not_found"):
            coordination_act(**who(stranger, case), act=CoordinationAct.CLOSE, text="x")
        with pytest.raises(CoordinationRefused, match="not_found"):
            coordination_assign(**who(stranger, case), task=bodies.task("Health"))
    with pytest.raises(CoordinationRefused, match="not_found"):
        coordination_part_act(**who(bodies.people["Agriculture"], case), place=2, act=PartAct.REMARK, text="x")
    with pytest.raises(ActNotAllowed, match="role"):
        coordination_open(authority="XA", actor=bodies.people["Health"], matter=MATTER, at=NOW)


def test_what_was_taken_back_is_gone_for_the_body_and_may_be_given_anew(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture")
    with pytest.raises(ActNotAllowed, match="body_has_it"):
        coordination_assign(**who(bodies.coordinator, case), task=bodies.task("Agriculture"))
    exporter = make_organisation("Greenfields").id.hex
    with pytest.raises(ActNotAllowed, match="no_body"):
        coordination_assign(**who(bodies.coordinator, case), task=Task(organisation=exporter, text="Do it."))
    coordination_part_act(**who(bodies.coordinator, case), place=1, act=PartAct.WITHDRAW, text="Not theirs.")
    with pytest.raises(CoordinationRefused, match="not_found"):
        coordination_seen(actor=bodies.people["Agriculture"], case_number=case.case_number)
    part = coordination_assign(**who(bodies.coordinator, case), task=bodies.task("Agriculture"))
    assert part.place == 2
    assert audit("XA") == ()


def test_a_deadline_flags_once_tells_the_coordinator_and_decides_nothing(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture", "Commerce", due_at=NOW + timedelta(days=5))
    coordination_part_act(**who(bodies.people["Commerce"], case), place=2, act=PartAct.REPORT, text="Done.")
    late = NOW + timedelta(days=6)
    assert [coordination_clocks_run(authority="XA", at=at) for at in (NOW, late, late)] == [0, 1, 0]
    part = CoordinationPart.objects.get(place=1)
    assert (part.state, part.is_overdue) == ("assigned", True)
    assert coordinations(actor=bodies.coordinator, state="overdue")[1] == 1
    assert coordinations(actor=bodies.people["Commerce"], state="overdue")[1] == 0


def test_who_coordinates_and_speaks_for_one_body_works_on_no_part_of_another(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture", "Commerce")
    speaker = bodies.people["Commerce"]
    both = replace(bodies.coordinator, roles=speaker.roles | {Role.COORDINATOR}, organisation=speaker.organisation)
    for act in (PartAct.TAKE, PartAct.REPORT):
        with pytest.raises(ActNotAllowed, match="other_body"):
            coordination_part_act(**who(both, case), place=1, act=act, text="They agree.")
    coordination_part_act(**who(both, case), place=1, act=PartAct.REMARK, text="When will you know?")
    coordination_part_act(**who(both, case), place=2, act=PartAct.REPORT, text="We agree.")
    assert [part.state for part in CoordinationPart.objects.order_by("place")] == ["assigned", "reported"]


def test_an_act_on_a_closed_case_says_that_it_is_closed(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture")
    coordination_part_act(**who(bodies.people["Agriculture"], case), place=1, act=PartAct.REPORT, text="Done.")
    coordination_act(**who(bodies.coordinator, case, 2), act=CoordinationAct.CLOSE, text="Agreed.")
    for actor in (bodies.people["Agriculture"], bodies.coordinator):
        with pytest.raises(ActNotAllowed, match="case_closed"):
            coordination_part_act(**who(actor, case, 3), place=1, act=PartAct.REMARK, text="Late.")


def test_a_body_that_is_asked_again_is_not_late_at_once(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture", "Commerce", due_at=NOW + timedelta(days=5))
    for place, name in ((1, "Agriculture"), (2, "Commerce")):
        coordination_part_act(**who(bodies.people[name], case), place=place, act=PartAct.REPORT, text="Done.")
    late, new_day = 24 * 6, NOW + timedelta(days=9)
    again: dict[str, Any] = {**who(bodies.coordinator, case, late), "act": PartAct.ASK_AGAIN, "text": "From when?"}
    assert coordination_part_act(**again, place=1).due_at is None
    assert coordination_part_act(**again, place=2, due_at=new_day).due_at == new_day
    assert coordination_clocks_run(authority="XA", at=NOW + timedelta(days=7)) == 0
    assert coordination_clocks_run(authority="XA", at=NOW + timedelta(days=10)) == 1


def test_a_body_reads_its_own_remarks_as_its_own(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture")
    for actor in (bodies.people["Agriculture"], bodies.coordinator):
        coordination_part_act(**who(actor, case), place=1, act=PartAct.REMARK, text="A word.")
    seen = coordination_seen(actor=bodies.people["Agriculture"], case_number=case.case_number)
    own = [(entry.act, entry.pk in seen.said_by_body) for entry in seen.entries]
    assert own == [("remark", False), ("remark", True), ("assign", False)], "the newest first"


def test_a_body_has_a_name(bodies: Bodies) -> None:
    for name in ("", "  "):
        with pytest.raises(NameMissing):
            body_create(authority="XA", name=name, name_zh="", actor=bodies.coordinator, at=NOW)


def test_every_case_carries_one_of_the_four_procedures_and_nothing_said_is_changed(bodies: Bodies) -> None:
    case = bodies.opened("Agriculture")
    assert {each.value for each in Procedure} == {"control", "assessment", "inspection", "approval"}
    with pytest.raises(IntegrityError), transaction.atomic():
        CoordinationCase.objects.filter(pk=case.pk).update(procedure="import")
    for rows in (CoordinationEntry.objects.all(), CoordinationPart.objects.all(), CoordinationCase.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    for rows, change in (
        (CoordinationEntry.objects.all(), {"text": "other"}),
        (CoordinationPart.objects.all(), {"task": "other"}),
        (CoordinationCase.objects.all(), {"subject": "other"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
