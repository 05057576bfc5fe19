"""Applications from first draft to ready: what moves them, what refuses, and that a refusal writes nothing.

The whole way of an application through the table of its acts, hence its length.
"""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.certificate import CertificateKind
from opensps.certification import services
from opensps.certification.errors import NotFound, VersionConflict
from opensps.certification.models import Application, ApplicationDocument
from opensps.certification.projection import project
from opensps.certification.queries import (
    answer_differences,
    application_value,
    draft_findings,
    guards_for,
    returned_fields_of,
    timeline_for,
)
from opensps.events.models import Event
from opensps.events.queries import folded_state
from opensps.lifecycle import ActNotAllowed, ApplicationAct, ApplicationState, InspectionState, Role
from tests.factories import certificates as values
from tests.factories.certification import START, Cast, Story, application_in, draft_value, inspection_in


def snapshot(application: Application) -> tuple[dict[str, Any], int]:
    """Return every column of a row and the number of all events."""
    row = Application.objects.filter(pk=application.pk).values().get()
    return dict(row), Event.objects.count()


def test_a_draft_knows_its_kind_country_office_and_reference(people: Cast) -> None:
    application = services.application_create(authority="XA", actor=people.exporter, at=START)
    assert application.reference == "A-2026-0000001"
    assert (application.state, application.export_country, application.office) == ("draft", "XA", "014")
    assert application.certificate_kind == CertificateKind.PHYTOSANITARY
    assert application.organisation == people.exporter.organisation


@pytest.mark.parametrize("state", [state for state in ApplicationState if state != ApplicationState.ISSUED])
def test_every_state_is_reached_through_services_and_the_events_fold_to_it(
    people: Cast, state: ApplicationState
) -> None:
    application = application_in(people, state)
    assert application.state == state
    events = timeline_for(authority="XA", object_kind="application", object_id=application.reference)
    assert folded_state(events) == state
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


def test_what_an_applicant_may_not_set_is_taken_out_of_the_draft(people: Cast) -> None:
    application = services.application_create(authority="XA", value=draft_value(), actor=people.exporter, at=START)
    document = application_value(application).exchanged_document
    assert (document.number, document.issued, document.issuer) == (None, None, None)
    assert [signatory.provider.person for signatory in document.signatories] == [None]


def test_an_edit_moves_value_version_and_columns_together(people: Cast) -> None:
    story = Story(people)
    value = values.changed(application_value(story.application), consignment__consignee__name="Northland Seeds")
    services.application_edit(reference=story.reference, value=value, version=1, **story.by(people.exporter))
    stored = story.application
    assert (stored.version, stored.consignee_name) == (2, "Northland Seeds")


def test_a_draft_somebody_else_changed_is_not_overwritten(people: Cast) -> None:
    story = Story(people)
    value = application_value(story.application)
    services.application_edit(reference=story.reference, value=value, version=1, **story.by(people.exporter))
    before = snapshot(story.application)
    with pytest.raises(VersionConflict):
        services.application_edit(reference=story.reference, value=value, version=1, **story.by(people.exporter))
    assert snapshot(story.application) == before


def test_a_draft_never_becomes_another_kind(people: Cast) -> None:
    story = Story(people)
    with pytest.raises(services.KindDiffers):
        services.application_edit(
            reference=story.reference, value=values.reexport(), version=1, **story.by(people.exporter)
        )
    with pytest.raises(services.KindDiffers):
        services.application_create(
            authority="XA",
            kind_of_application=Application.NEW,
            certificate_kind=CertificateKind.PHYTOSANITARY_REEXPORT,
            actor=people.exporter,
            at=START,
        )


def test_all_columns_are_projected_from_the_value(people: Cast) -> None:
    for state in (ApplicationState.DRAFT, ApplicationState.READY):
        application = application_in(people, state)
        projected = asdict(project(application_value(application)))
        assert {column: getattr(application, column) for column in projected} == projected


def test_a_draft_the_rules_object_to_is_not_submitted_and_nothing_is_written(people: Cast) -> None:
    lacking = values.changed(draft_value(), consignment__consignor__name=None)
    story = Story(people, value=lacking)
    before = snapshot(story.application)
    with pytest.raises(ActNotAllowed) as refused:
        story("submit")
    assert (refused.value.reason, refused.value.guard) == ("guard", "hard_rules_pass")
    assert refused.value.detail
    assert snapshot(story.application) == before
    assert any(found.rule in refused.value.detail for found in draft_findings(story.application, at=START))


def act_of(act: ApplicationAct) -> Any:
    """Return a call that tries an act on a story as somebody, with arguments that would do."""
    named: dict[ApplicationAct, Any] = {
        ApplicationAct.EDIT: lambda s, by: services.application_edit(
            reference=s.reference, value=draft_value(), version=s.application.version, **by
        ),
        ApplicationAct.SUBMIT: lambda s, by: services.application_submit(reference=s.reference, **by),
        ApplicationAct.DELETE: lambda s, by: services.application_delete(reference=s.reference, **by),
        ApplicationAct.TAKE_BACK: lambda s, by: services.application_take_back(reference=s.reference, **by),
        ApplicationAct.OPEN: lambda s, by: services.application_open(reference=s.reference, **by),
        ApplicationAct.RETURN_FOR_CHANGES: lambda s, by: services.application_return_for_changes(
            reference=s.reference, reason_text="See the fields.", fields={"/consignment": "Unclear."}, **by
        ),
        ApplicationAct.ANSWER: lambda s, by: services.application_answer(reference=s.reference, **by),
        ApplicationAct.ORDER_INSPECTION: lambda s, by: services.application_order_inspection(
            reference=s.reference, **by
        ),
        ApplicationAct.MARK_READY: lambda s, by: services.application_mark_ready(reference=s.reference, **by),
        ApplicationAct.SEND_BACK: lambda s, by: services.application_send_back(
            reference=s.reference, reason="A line is missing.", **by
        ),
        ApplicationAct.PREPARE_ISSUE: lambda s, by: services.issue_prepare(reference=s.reference, **by),
        ApplicationAct.REFUSE: lambda s, by: services.application_refuse(
            reference=s.reference, reason_code="requirement_not_met", legal_ground="Section 7", **by
        ),
        ApplicationAct.REOPEN_ON_APPEAL: lambda s, by: services.application_reopen(
            reference=s.reference, new_examiner="0" * 32, **by
        ),
        ApplicationAct.AGREE_TO_CANCEL: lambda s, by: services.application_agree_to_cancel(reference=s.reference, **by),
        ApplicationAct.CANCEL: lambda s, by: services.application_cancel(
            reference=s.reference, reason="The order was withdrawn.", **by
        ),
    }
    return named.get(act)


OFFERED = {
    ApplicationState.DRAFT: {ApplicationAct.EDIT, ApplicationAct.SUBMIT, ApplicationAct.DELETE},
    ApplicationState.SUBMITTED: {
        ApplicationAct.TAKE_BACK,
        ApplicationAct.OPEN,
        ApplicationAct.REFUSE,
        ApplicationAct.CANCEL,
    },
    ApplicationState.IN_INSPECTION: {ApplicationAct.CANCEL, ApplicationAct.AGREE_TO_CANCEL},
    ApplicationState.REFUSED: {ApplicationAct.REOPEN_ON_APPEAL},
    ApplicationState.CANCELLED: set(),
    ApplicationState.DELETED: set(),
    ApplicationState.LAPSED: set(),
}


@pytest.mark.parametrize("state", OFFERED)
def test_I01_an_act_the_state_does_not_know_raises_and_writes_nothing(people: Cast, state: ApplicationState) -> None:
    story = Story(people)
    story.reference = application_in(people, state).reference
    everybody = (people.exporter, people.examiner, people.reviewer, people.officer, people.senior)
    before = snapshot(story.application)
    for act in ApplicationAct:
        attempt = act_of(act)
        if attempt is None or act in OFFERED[state]:
            continue
        for actor in everybody:
            with pytest.raises((ActNotAllowed, NotFound)):
                attempt(story, story.by(actor))
    assert snapshot(story.application) == before


@pytest.mark.parametrize("state", OFFERED)
def test_I01_an_act_in_the_wrong_role_raises_and_writes_nothing(people: Cast, state: ApplicationState) -> None:
    story = Story(people)
    story.reference = application_in(people, state).reference
    before = snapshot(story.application)
    nobody = replace(people.examiner, roles=frozenset({Role.MANAGER, Role.ADMINISTRATOR}))
    for act in OFFERED[state]:
        with pytest.raises(ActNotAllowed) as refused:
            act_of(act)(story, story.by(nobody))
        assert refused.value.reason == "role"
    assert snapshot(story.application) == before


def test_another_organisation_and_another_authority_find_nothing_to_do(people: Cast) -> None:
    story = Story(people)
    with pytest.raises(ActNotAllowed) as refused:
        services.application_submit(reference=story.reference, **story.by(people.stranger))
    assert refused.value.guard == "mandate_valid"
    foreign = replace(people.exporter, authority="XB")
    with pytest.raises(NotFound):
        services.application_submit(reference=story.reference, authority="XA", actor=foreign, at=START)
    with pytest.raises(NotFound):
        services.application_submit(reference=story.reference, authority="XB", actor=foreign, at=START)


def both(actor: Actor, *roles: Role) -> Actor:
    """Return the same person with more roles."""
    return replace(actor, roles=actor.roles | frozenset(roles))


def test_I11_an_applicant_never_examines_or_reviews(people: Cast) -> None:
    story = Story(people)
    story("submit")
    clever = both(people.exporter, Role.EXAMINER, Role.REVIEWER, Role.CERTIFYING_OFFICER)
    with pytest.raises(ActNotAllowed) as refused:
        services.application_open(reference=story.reference, **story.by(clever))
    assert refused.value.guard == "not_applicant"
    story("open", "order", "inspect")
    with pytest.raises(ActNotAllowed) as refused:
        services.application_mark_ready(reference=story.reference, **story.by(clever))
    assert refused.value.guard == "not_applicant"


def test_a_return_lists_everything_at_once_and_gives_thirty_days(people: Cast) -> None:
    application = application_in(people, ApplicationState.RETURNED)
    assert [(field.path, field.comment) for field in returned_fields_of(application)] == [
        ("/consignment/consignee/name", "Not the name on the permit.")
    ]
    assert application.due_at is not None
    assert timedelta(days=30) <= application.due_at - application.changed_at < timedelta(days=31)


def test_an_answer_must_touch_every_named_field_and_shows_what_changed(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "send_for_changes")
    with pytest.raises(ActNotAllowed) as refused:
        services.application_answer(reference=story.reference, **story.by(people.exporter))
    assert (refused.value.guard, refused.value.detail) == ("named_fields_touched", "/consignment/consignee/name")
    story("answer")
    assert story.application.state == ApplicationState.IN_EXAMINATION
    changed = answer_differences(story.application)
    assert [(each.path, each.before, each.after) for each in changed] == [
        ("/consignment/consignee/name", "Northland Foods", "Northland Foods Ltd")
    ]


def test_a_return_for_documents_is_answered_by_a_file(people: Cast) -> None:
    story = Story(people)
    story("submit", "open")
    services.application_return_for_changes(
        reference=story.reference,
        reason_text="The permit is missing.",
        fields={"documents": "Import permit."},
        **story.by(people.examiner),
    )
    with pytest.raises(ActNotAllowed):
        services.application_answer(reference=story.reference, **story.by(people.exporter))
    services.application_document_add(
        reference=story.reference, filename="permit.pdf", data=values.SMALL_PDF, **story.by(people.exporter)
    )
    services.application_answer(reference=story.reference, **story.by(people.exporter))
    assert story.application.state == ApplicationState.IN_EXAMINATION


def test_an_unanswered_return_lapses_by_the_clock_and_not_a_day_before(people: Cast) -> None:
    story = Story(people)
    due_at = story("submit", "open", "send_for_changes").due_at
    assert due_at is not None
    assert services.clocks_run(authority="XA", at=due_at).lapsed == 0
    with pytest.raises(ActNotAllowed):
        services.application_lapse(authority="XA", reference=story.reference, at=due_at)
    assert services.clocks_run(authority="XA", at=due_at + timedelta(seconds=1)).lapsed == 1
    assert story.application.state == ApplicationState.LAPSED


def test_I10_nothing_is_made_ready_before_its_inspection_satisfies(people: Cast) -> None:
    story = Story(people)
    story("submit", "open")
    with pytest.raises(ActNotAllowed) as refused:
        story("mark_ready")
    assert (refused.value.guard, refused.value.detail) == ("inspection_satisfied", "report_not_signed")
    story("order", "plan", "confirm", "start", "record", "conclude_badly", "sign_report")
    assert story.application.state == ApplicationState.IN_EXAMINATION
    with pytest.raises(ActNotAllowed) as refused:
        story("mark_ready")
    assert refused.value.detail == "inspection_failed"
    story("order", "inspect", "mark_ready")
    assert story.application.state == ApplicationState.READY


def test_a_waived_inspection_lets_a_certificate_be_made_ready(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "waive", "mark_ready")
    assert story.application.state == ApplicationState.READY


def test_I70_a_draft_that_grew_beyond_the_signed_report_is_not_made_ready(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order", "inspect")
    services.application_return_for_changes(
        reference=story.reference,
        reason_text="Check the weight.",
        fields={"/consignment/items/0/trade_line_items/0/net_weight": "Is it all?"},
        **story.by(people.examiner),
    )
    more = values.changed(
        application_value(story.application),
        consignment__items__0__trade_line_items__0__net_weight=values.kilograms("24000.01"),
    )
    services.application_answer(reference=story.reference, value=more, **story.by(people.exporter))
    with pytest.raises(ActNotAllowed) as refused:
        story("mark_ready")
    assert (refused.value.guard, refused.value.detail) == ("within_inspection", "1")


def test_a_late_cancellation_needs_the_examiners_consent_and_ends_the_inspection(people: Cast) -> None:
    story = Story(people)
    story("submit", "open", "order")
    with pytest.raises(ActNotAllowed) as refused:
        story("cancel")
    assert refused.value.guard == "examiner_agrees"
    services.application_agree_to_cancel(reference=story.reference, **story.by(people.examiner))
    story("cancel")
    assert story.application.state == ApplicationState.CANCELLED
    assert story.inspection.state == InspectionState.CANCELLED


def test_a_refusal_names_a_published_reason_and_can_be_appealed_in_time(people: Cast) -> None:
    story = Story(people)
    story("submit", "open")
    for reason_code, legal_ground, guard in (
        ("because", "Section 7", "reason_code_known"),
        ("not_competent", " ", "legal_ground_given"),
    ):
        with pytest.raises(ActNotAllowed) as refused:
            services.application_refuse(
                reference=story.reference,
                reason_code=reason_code,
                legal_ground=legal_ground,
                **story.by(people.examiner),
            )
        assert refused.value.guard == guard
    refused_application = story("refuse")
    assert refused_application.appeal_until is not None
    with pytest.raises(ActNotAllowed) as late:
        services.application_reopen(
            authority="XA",
            reference=story.reference,
            new_examiner=people.reviewer.id,
            actor=people.senior,
            at=refused_application.appeal_until + timedelta(seconds=1),
        )
    assert late.value.guard == "appeal_in_time"
    with pytest.raises(ActNotAllowed):
        services.application_reopen(
            reference=story.reference, new_examiner=people.examiner.id, **story.by(people.senior)
        )
    services.application_reopen(reference=story.reference, new_examiner=people.reviewer.id, **story.by(people.senior))
    assert (story.application.state, story.application.examiner) == ("in_examination", people.reviewer.id)


def test_a_deleted_draft_leaves_its_id_and_events_and_nothing_else(people: Cast) -> None:
    story = Story(people)
    services.application_document_add(
        reference=story.reference, filename="permit.pdf", data=values.SMALL_PDF, **story.by(people.exporter)
    )
    deleted = story("delete")
    assert (deleted.value, deleted.consignor_name, deleted.goods) == ("{}", "", "")
    assert not ApplicationDocument.objects.exists()
    with pytest.raises(NotFound):
        application_value(deleted)


def test_what_was_submitted_once_is_never_deleted(people: Cast) -> None:
    story = Story(people)
    story("submit")
    services.application_take_back(reference=story.reference, **story.by(people.exporter))
    with pytest.raises(ActNotAllowed) as refused:
        story("delete")
    assert refused.value.guard == "never_submitted"


def test_the_guard_list_of_an_officer_names_what_passed_and_what_blocks(people: Cast) -> None:
    application = application_in(people, ApplicationState.IN_EXAMINATION)
    answers = guards_for(application, ApplicationAct.MARK_READY, actor=people.reviewer, at=START)
    assert {answer.name: answer.has_passed for answer in answers} == {
        "not_applicant": True,
        "hard_rules_pass": True,
        "template_acknowledged": True,
        "sources_cover_lines": True,
        "inspection_satisfied": False,
        "within_inspection": False,
    }
    assert guards_for(application, ApplicationAct.ISSUE, actor=people.reviewer, at=START) == ()


def test_inspections_reach_every_state_and_fold_to_it(people: Cast) -> None:
    for state in InspectionState:
        if state == InspectionState.LAB_WAIT:  # laboratories come later
            continue
        inspection = inspection_in(people, state)
        assert inspection.state == state
        events = timeline_for(authority="XA", object_kind="inspection", object_id=inspection.reference)
        assert folded_state(events) == state


def test_a_draft_that_cannot_be_printed_is_not_handed_in(people: Cast) -> None:
    story = Story(people, value=values.phytosanitary(consignment__consignee__name="Northland ทุเรียน"))
    assert [finding.rule for finding in draft_findings(story.application, at=story.at)] == ["CORE-GLYPH"]
    with pytest.raises(ActNotAllowed) as refused:
        story.submit()
    assert (refused.value.guard, refused.value.detail) == ("hard_rules_pass", "CORE-GLYPH")
