"""Files handed in, and what an inspector may record and sign."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from opensps.certification import services
from opensps.certification.errors import DocumentRefused, NotFound
from opensps.certification.models import ApplicationDocument, Inspection
from opensps.certification.queries import (
    InspectionRecord,
    LineFinding,
    application_value,
    document_by_id,
    documents_of,
    inspection_by_reference,
    inspection_record_from,
)
from opensps.events.models import Event
from opensps.lifecycle import ActNotAllowed, ApplicationState, InspectionState, Role
from tests.factories.certificates import SMALL_PDF
from tests.factories.certification import Cast, Story, inspection_in, record_of


def add(story: Story, data: bytes = SMALL_PDF, **given: Any) -> ApplicationDocument:
    """Hand in a file as the exporter."""
    return services.application_document_add(
        reference=story.reference, filename="permit.pdf", data=data, **given, **story.by(story.people.exporter)
    )


def test_a_file_is_kept_as_it_came_with_its_digest(people: Cast) -> None:
    story = Story(people)
    document = add(story)
    kept = document_by_id(authority="XA", reference=story.reference, document_id=document.pk)
    assert (bytes(kept.content), kept.media_type, kept.size_bytes) == (SMALL_PDF, "application/pdf", len(SMALL_PDF))
    assert [each.filename for each in documents_of(story.application)] == ["permit.pdf"]
    assert story.application.version == 2
    with pytest.raises(NotFound):
        document_by_id(authority="XB", reference=story.reference, document_id=document.pk)


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (b"hello", "media_type"), (SMALL_PDF[:-6], "unreadable")])
def test_a_refused_upload_leaves_nothing(people: Cast, data: bytes, reason: str) -> None:
    story = Story(people)
    before = Event.objects.count()
    with pytest.raises(DocumentRefused) as refused:
        add(story, data)
    assert refused.value.reason == reason
    assert (ApplicationDocument.objects.count(), Event.objects.count(), story.application.version) == (0, before, 1)


def test_the_same_file_twice_and_an_unknown_purpose_are_refused(people: Cast) -> None:
    story = Story(people)
    add(story)
    changes: tuple[tuple[dict[str, Any], str], ...] = (({}, "repeated"), ({"purpose": "decoration"}, "purpose"))
    for given, reason in changes:
        with pytest.raises(DocumentRefused) as refused:
            add(story, **given)
        assert refused.value.reason == reason


def test_files_are_added_and_removed_only_while_the_draft_may_be_edited(people: Cast) -> None:
    story = Story(people)
    document = add(story)
    services.application_document_remove(
        reference=story.reference, document_id=document.pk, **story.by(people.exporter)
    )
    assert documents_of(story.application) == ()
    with pytest.raises(NotFound):
        services.application_document_remove(
            reference=story.reference, document_id=document.pk, **story.by(people.exporter)
        )
    story("submit")
    with pytest.raises(ActNotAllowed):
        add(story)


def record(people: Cast, inspection: Inspection, found: InspectionRecord, minutes: int = 90) -> Inspection:
    """Record as the inspector."""
    story = Story.__new__(Story)
    story.people, story.at = people, inspection.requested_at
    story.at = story.at.replace(minute=(story.at.minute + minutes) % 60, hour=story.at.hour + 3)
    return services.inspection_record(reference=inspection.reference, record=found, **story.by(people.inspector))


def test_a_value_without_unit_or_method_is_not_recorded(people: Cast) -> None:
    inspection = inspection_in(people, InspectionState.IN_PROGRESS)
    for bad in (LineFinding(1, Decimal(5), "", "weighed"), LineFinding(1, Decimal(5), "KGM", "")):
        with pytest.raises(ActNotAllowed) as refused:
            record(people, inspection, InspectionRecord(lines=(bad,)))
        assert (refused.value.guard, refused.value.detail) == ("unit_with_every_value", "1")
    for odd in (InspectionRecord(identity="guess"), InspectionRecord(identity="not_done")):
        with pytest.raises(ActNotAllowed):
            record(people, inspection, odd)
    kept = record(people, inspection, record_of(application_value(inspection.application)))
    assert inspection_record_from(kept.record).identity == "full"


def test_only_the_named_inspector_acts_and_never_one_of_the_applicants(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order")
    for inspector in (people.exporter, people.stranger):
        given: dict[str, Any] = {"inspector_id": inspector.id, "planned_on": date(2026, 11, 18), "place": "Gate 2"}
        if inspector is people.stranger:
            continue
        with pytest.raises(ActNotAllowed) as refused:
            services.inspection_plan(reference=story.inspection.reference, **given, **story.by(people.planner))
        assert refused.value.guard == "inspector_free_of_conflict"
    story("plan", "confirm")
    other = replace(people.inspector, id="f" * 32)
    with pytest.raises(ActNotAllowed) as refused:
        services.inspection_start(reference=story.inspection.reference, **story.by(other))
    assert refused.value.guard == "inspector_is_named"


def test_an_announced_visit_waits_for_the_exporter_and_is_moved_free_once(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "plan")
    with pytest.raises(ActNotAllowed) as refused:
        story("start")
    assert refused.value.guard == "confirmed_or_unannounced"
    services.inspection_reschedule(reference=story.inspection.reference, **story.by(people.exporter))
    story("plan")
    with pytest.raises(ActNotAllowed) as refused:
        services.inspection_reschedule(reference=story.inspection.reference, **story.by(people.exporter))
    assert refused.value.guard == "reschedule_is_free"


def test_a_satisfying_report_measures_every_line(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "plan", "confirm", "start", "conclude")
    with pytest.raises(ActNotAllowed) as refused:
        story("sign_report")
    assert (refused.value.guard, refused.value.detail) == ("every_line_is_measured", "1,2")
    assert story.application.state == ApplicationState.IN_INSPECTION


def test_goods_may_be_treated_and_seen_again(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "plan", "confirm", "start", "record", "conclude_badly")
    services.inspection_order_treatment(
        reference=story.inspection.reference, reason="Fumigate lot 1.", **story.by(people.inspector)
    )
    assert story.inspection.state == InspectionState.REQUESTED
    story("inspect", "mark_ready")
    assert story.application.state == ApplicationState.READY


def test_a_report_signed_after_the_application_ended_moves_nothing(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "plan", "confirm", "start", "record", "conclude")
    services.application_agree_to_cancel(reference=story.reference, **story.by(people.examiner))
    story("cancel", "sign_report")
    assert story.application.state == ApplicationState.CANCELLED
    assert story.inspection.state == InspectionState.REPORT_SIGNED


def test_an_inspection_is_waived_for_a_known_reason_unless_the_law_forces_it(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order")
    given: dict[str, Any] = {
        "authority": "XA",
        "reference": story.inspection.reference,
        "actor": people.senior,
        "at": story.at,
    }
    for change, guard in (
        ({"reason_code": "busy"}, "waiver_reason_known"),
        ({"reason_code": "not_safe", "law_forces_inspection": True}, "law_allows_waiver"),
    ):
        with pytest.raises(ActNotAllowed) as refused:
            services.inspection_waive(**given, **change)
        assert refused.value.guard == guard
    with pytest.raises(ActNotAllowed):
        services.inspection_waive(
            **{**given, "actor": replace(people.planner, roles=frozenset({Role.PLANNER}))}, reason_code="not_safe"
        )


def test_inspections_of_other_authorities_do_not_exist(people: Cast) -> None:
    inspection = inspection_in(people, InspectionState.REQUESTED)
    with pytest.raises(NotFound):
        inspection_by_reference(authority="XB", reference=inspection.reference)
    with pytest.raises(NotFound):
        services.inspection_confirm(
            authority="XB", reference=inspection.reference, actor=people.exporter, at=inspection.requested_at
        )
