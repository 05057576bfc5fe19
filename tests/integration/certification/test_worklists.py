"""Worklists: who sees what, earliest deadline first, in a fixed number of queries."""

from datetime import date, timedelta
from typing import Any

import pytest

from opensps.certification.queries import (
    acts_for,
    application_counts_for_actor,
    application_is_visible_to,
    applications_count_for_actor,
    applications_for_actor,
    certificates_visible_to,
    inspection_acts_for,
    inspections_of_exporter,
    inspections_of_inspector,
    inspections_to_plan,
    names_in,
    overdue_count,
    timeline_for,
    worklist_for,
)
from opensps.lifecycle import ApplicationAct, ApplicationState, InspectionAct, InspectionState, Role
from tests.factories.certification import START, Cast, Story, application_in, inspection_in


def test_each_role_finds_its_work_earliest_deadline_first(people: Cast) -> None:
    later = application_in(people, ApplicationState.SUBMITTED, at=START + timedelta(days=2))
    earlier = application_in(people, ApplicationState.SUBMITTED)
    draft = application_in(people, ApplicationState.DRAFT)
    ready = application_in(people, ApplicationState.READY)

    def found(role: Role, actor: object) -> list[str]:
        return [
            each.reference
            for each in worklist_for(authority="XA", actor=actor, role=role)  # type: ignore[arg-type]  # one of the cast
        ]

    assert found(Role.EXAMINER, people.examiner) == [earlier.reference, later.reference]
    assert found(Role.CERTIFYING_OFFICER, people.officer) == [ready.reference]
    assert found(Role.EXPORTER, people.exporter) == [draft.reference]
    assert found(Role.EXPORTER, people.stranger) == []
    assert found(Role.EXAMINER, people.officer) == [], "a role one does not hold has no work"
    assert found(Role.PLANNER, people.planner) == [], "the planner's work is inspections"


def test_officers_do_not_see_drafts_and_exporters_only_their_own(people: Cast) -> None:
    draft = application_in(people, ApplicationState.DRAFT)
    submitted = application_in(people, ApplicationState.SUBMITTED)
    application_in(people, ApplicationState.DELETED)
    assert application_counts_for_actor(authority="XA", actor=people.examiner)[ApplicationState.DRAFT] == 0
    assert application_counts_for_actor(authority="XA", actor=people.exporter)[ApplicationState.DRAFT] == 1
    assert applications_count_for_actor(authority="XA", actor=people.exporter) == 2
    assert applications_count_for_actor(authority="XA", actor=people.stranger) == 0
    assert applications_count_for_actor(authority="XB", actor=people.exporter) == 0
    assert application_is_visible_to(submitted, people.examiner)
    assert not application_is_visible_to(draft, people.examiner)
    assert not application_is_visible_to(submitted, people.stranger)


def test_a_list_costs_one_query_whatever_its_length(people: Cast, django_assert_num_queries: object) -> None:
    count = django_assert_num_queries
    for many in (1, 3):
        for _ in range(many):
            inspection_in(people, InspectionState.INSPECTION_BOOKED)
        with count(1):  # type: ignore[operator]  # pytest-django's own context manager
            rows = applications_for_actor(authority="XA", actor=people.examiner)
            assert all(row.consignor_name for row in rows)
        with count(1):  # type: ignore[operator]  # as above
            visits = inspections_of_inspector(authority="XA", inspector=people.inspector.id)
            assert all(visit.application.goods for visit in visits)
        with count(1):  # type: ignore[operator]  # as above
            assert application_counts_for_actor(authority="XA", actor=people.examiner)[ApplicationState.IN_INSPECTION]


def test_applications_are_found_by_state_by_words_and_by_reference(people: Cast) -> None:
    draft = application_in(people, ApplicationState.DRAFT)
    application_in(people, ApplicationState.SUBMITTED)
    mine: dict[str, Any] = {"authority": "XA", "actor": people.exporter}
    by_state = applications_for_actor(states=[ApplicationState.DRAFT], **mine)
    assert [each.reference for each in by_state] == [draft.reference]
    assert applications_count_for_actor(text="garlic", **mine) == 2
    found = applications_for_actor(
        text=draft.reference.lower(),
        states=[ApplicationState.ISSUED],
        **mine,
    )
    assert [each.reference for each in found] == [draft.reference]


def test_planner_inspector_and_exporter_find_their_visits(people: Cast) -> None:
    asked = inspection_in(people, InspectionState.REQUESTED)
    missed = inspection_in(people, InspectionState.NO_SHOW)
    booked = inspection_in(people, InspectionState.INSPECTION_BOOKED)
    assert {each.reference for each in inspections_to_plan(authority="XA")} == {asked.reference, missed.reference}
    mine: dict[str, Any] = {"authority": "XA", "inspector": people.inspector.id}
    assert [each.reference for each in inspections_of_inspector(on=date(2026, 11, 18), **mine)] == [booked.reference]
    assert inspections_of_inspector(on=date(2026, 11, 19), **mine) == ()
    own = inspections_of_exporter(authority="XA", organisation=people.exporter.organisation or "")
    assert [each.reference for each in own] == [booked.reference]


def test_the_acts_on_offer_come_from_the_tables(people: Cast) -> None:
    application = application_in(people, ApplicationState.SUBMITTED)
    assert acts_for(application, actor=people.examiner) == (ApplicationAct.OPEN, ApplicationAct.REFUSE)
    inspection = inspection_in(people, InspectionState.REQUESTED)
    assert inspection_acts_for(inspection, actor=people.planner) == (InspectionAct.PLAN,)


def test_what_is_past_its_deadline_is_counted(people: Cast) -> None:
    application_in(people, ApplicationState.SUBMITTED)
    assert overdue_count(authority="XA", actor=people.examiner, at=START) == 0
    assert overdue_count(authority="XA", actor=people.examiner, at=START + timedelta(days=10)) == 1


def test_a_timeline_names_people_by_one_query_beside_the_events(
    people: Cast, django_assert_num_queries: object
) -> None:
    story = Story(people)
    story("submit", "open")
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's own context manager
        events = timeline_for(authority="XA", object_kind="application", object_id=story.reference)
        names = names_in(authority="XA", events=events)
    assert set(names.values()) == {people.exporter.name, people.examiner.name}


@pytest.mark.engine("sqlite")
def test_the_newest_certificates_are_read_by_an_index_and_never_sorted(people: Cast) -> None:
    rows = certificates_visible_to(authority="XA", actor=people.officer).order_by("-issued_at", "-id")[:50]
    plan = str(rows.explain())
    assert "certification_newest" in plan
    assert "TEMP B-TREE" not in plan
