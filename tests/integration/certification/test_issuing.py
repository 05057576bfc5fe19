"""The issue: prepare, intend, seal, issue. What is sealed is what was reviewed, approved and stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from opensps.certificate import CertificateKind, parse_number
from opensps.certification import services
from opensps.certification.errors import NotFound, RulesBroken
from opensps.certification.models import Application, BurntNumber, Certificate, IssueIntention
from opensps.certification.queries import (
    application_value,
    certificate_by_token,
    certificate_record,
    certificate_value,
    open_intentions,
    record_by_digest,
    record_by_token,
    timeline_for,
)
from opensps.events.models import Event
from opensps.events.queries import folded_state
from opensps.formats import carriers, content_digest
from opensps.formats.pdf_input import attached_files
from opensps.formats.xml_input import parse
from opensps.lifecycle import ActNotAllowed, ApplicationState, InspectionState, Role
from opensps.rules import Area, Finding, Level
from opensps.signing import SealError, Signer, verify_seal
from tests.factories import signing
from tests.factories.certification import PASSWORD_SHOWN, START, Cast, Story, application_in, certificate_in, keys


def ready(people: Cast, **options: object) -> Story:
    """Return a story that reached the signing page."""
    story = Story(people, **options)  # type: ignore[arg-type]  # the factory's own options, passed on
    story("submit", "open", "order", "inspect", "mark_ready")
    return story


def test_a_reviewed_application_becomes_exactly_one_sealed_certificate(people: Cast) -> None:
    certificate = certificate_in(people)
    assert certificate.number == "XA-2026-014-0000001-1"
    assert (certificate.state, certificate.office, certificate.officer) == ("in_force", "014", people.officer.id)
    assert certificate.xml is not None
    assert certificate.seal is not None
    verify_seal(bytes(certificate.xml), bytes(certificate.seal), trust=keys().trust, sealed_at=certificate.sealed_at)
    root = parse(bytes(certificate.xml), sealed=True)
    assert content_digest(root) == bytes(certificate.digest)
    assert carriers.token(bytes(certificate.salt), bytes(certificate.digest)) == certificate.token
    assert carriers.verification_code(bytes(certificate.salt), certificate.number) == certificate.code
    assert Application.objects.get().state == ApplicationState.ISSUED
    assert Application.objects.get().inspections.get().state == InspectionState.CLOSED


def test_the_events_of_an_issue_tell_every_step_and_fold_to_the_stored_state(people: Cast) -> None:
    certificate = certificate_in(people)
    of_application = timeline_for(
        authority="XA", object_kind="application", object_id=certificate.application.reference
    )
    assert [event.act for event in of_application][-4:] == [
        "application.made_ready",
        "application.issue_prepared",
        "application.issue_intended",
        "application.issued",
    ]
    assert folded_state(of_application) == "issued"
    (born,) = timeline_for(authority="XA", object_kind="certificate", object_id=certificate.number)
    assert (born.act, born.from_state, born.to_state) == ("certificate.issued", "", "in_force")
    assert (born.actor, born.on_behalf_of) == ("system", people.officer.id)


def test_I12_what_is_signed_is_what_was_reviewed_plus_number_date_and_signer(people: Cast) -> None:
    story = ready(people)
    draft = application_value(story.application)
    value = certificate_value(story.issue())
    document = value.exchanged_document
    assert value.lines[0].net_weight == draft.lines[0].net_weight
    assert value.consignment.consignee.name == draft.consignment.consignee.name
    assert document.declarations == draft.exchanged_document.declarations
    assert document.number == "XA-2026-014-0000001-1"
    assert document.issuer is not None
    assert document.issuer.name == "Plant and Animal Health Service of Examplia"
    signatory = value.certifying_signatory
    assert signatory is not None
    assert signatory.provider.person is not None
    assert signatory.provider.person.name == people.officer.name


def test_columns_of_a_certificate_are_projected_from_its_sealed_bytes(people: Cast) -> None:
    from dataclasses import asdict  # noqa: PLC0415 only this test compares columns

    from opensps.certification.projection import project  # noqa: PLC0415 as above

    certificate = certificate_in(people)
    projected = asdict(project(certificate_value(certificate)))
    assert {column: getattr(certificate, column) for column in projected} == projected


def test_a_reexport_carries_the_certificate_it_came_in_with(people: Cast) -> None:
    certificate = certificate_in(people, kind=CertificateKind.PHYTOSANITARY_REEXPORT)
    value = certificate_value(certificate)
    (original,) = value.exchanged_document.references
    assert (certificate.type_code, original.relationship.value) == ("657", "AWR")
    assert original.attachments[0].content is not None
    assert original.attachments[0].content.startswith(b"%PDF-")


def test_another_preparation_reuses_the_number_and_discards_the_bytes(people: Cast) -> None:
    story = ready(people)
    first = story.prepare()
    second = story.prepare()
    assert first.number == second.number
    assert first.digest != second.digest
    assert list(IssueIntention.objects.order_by("id").values_list("state", flat=True)) == ["discarded", "prepared"]


def test_only_the_digest_that_stands_can_be_approved_and_only_by_who_prepared_it(people: Cast) -> None:
    story = ready(people)
    first = story.prepare()
    story.prepare()
    before = Event.objects.count()
    with pytest.raises(ActNotAllowed) as refused:
        story.intend(first)
    assert refused.value.guard == "prepared_d_unchanged"
    shown = story.prepare(people.officer2)
    with pytest.raises(ActNotAllowed) as refused:
        story.intend(shown, people.officer)
    assert refused.value.guard == "same_officer_prepared"
    with pytest.raises(ActNotAllowed) as refused:
        services.issue_intend(
            reference=story.reference,
            digest=shown.digest,
            evidence=replace(PASSWORD_SHOWN, method="nod"),
            **story.by(people.officer2),
        )
    assert refused.value.guard == "approval_given"
    assert Event.objects.count() == before + 1, "the preparation of officer 2, and nothing of the refusals"


def test_without_an_approval_nothing_is_sealed(people: Cast) -> None:
    story = ready(people)
    story.prepare()
    with pytest.raises(NotFound):
        story.seal()
    assert not Certificate.objects.exists()


def test_after_an_approval_only_the_same_bytes_may_be_sealed(people: Cast) -> None:
    story = ready(people)
    story.intend()
    with pytest.raises(ActNotAllowed) as refused:
        story.prepare()
    assert refused.value.guard == "seal_not_attempted"
    stored = IssueIntention.objects.get()
    assert bytes(stored.xml) == bytes(story.seal().xml or b"")


def test_four_eyes_the_reviewer_does_not_sign(people: Cast) -> None:
    clever = replace(people.officer, roles=people.officer.roles | {Role.REVIEWER})
    story = Story(replace(people, reviewer=clever))
    story("submit", "open", "order", "inspect", "mark_ready")
    with pytest.raises(ActNotAllowed) as refused:
        story.prepare(clever)
    assert refused.value.guard == "four_eyes"
    assert story.prepare(people.officer2).number


def test_I11_an_applicant_who_became_an_officer_does_not_sign(people: Cast) -> None:
    story = ready(people)
    turned = replace(people.exporter, roles=frozenset({Role.CERTIFYING_OFFICER}), organisation=None, office="014")
    with pytest.raises(ActNotAllowed) as refused:
        story.prepare(turned)
    assert refused.value.guard == "not_applicant"


def test_a_report_that_is_too_old_does_not_carry_a_certificate(people: Cast) -> None:
    story = ready(people)
    story.at += timedelta(days=31)
    with pytest.raises(ActNotAllowed) as refused:
        story.prepare()
    assert refused.value.guard == "inspection_still_valid"
    assert not IssueIntention.objects.exists()


def test_sending_back_keeps_the_number_until_sealing_was_attempted_then_burns_it(people: Cast) -> None:
    story = ready(people)
    number = story.prepare().number
    services.application_send_back(reference=story.reference, reason="Look again.", **story.by(people.officer))
    assert (story.application.number, open_intentions(authority="XA")) == (number, ())
    story("mark_ready")
    shown = story.prepare()
    assert shown.number == number
    story.intend(shown)
    assert [intention.number for intention in open_intentions(authority="XA")] == [number]
    services.application_send_back(reference=story.reference, reason="Stop.", **story.by(people.officer))
    assert BurntNumber.objects.get().number == number
    with pytest.raises(NotFound):
        story.seal()
    story("mark_ready")
    assert parse_number(story.issue().number).serial == 2


def test_I20_the_number_of_a_refused_application_is_burnt_for_ever(people: Cast) -> None:
    story = ready(people)
    number = story.prepare().number
    story("refuse")
    assert (BurntNumber.objects.get().number, story.application.number) == (number, "")
    assert certificate_in(people).number != number


def test_a_key_nobody_trusts_issues_nothing_and_the_intention_stays(people: Cast) -> None:
    story = ready(people)
    story.intend()
    with pytest.raises(SealError):
        services.certificate_issue(
            authority="XA",
            reference=story.reference,
            signer=signing.stranger(),
            trust=keys().trust,
            at=story.at,
        )
    assert not Certificate.objects.exists()
    assert story.application.state == ApplicationState.READY
    assert services.issue_resume(authority="XA", signer=signing.stranger(), trust=keys().trust, at=story.at) == ()
    resumed = services.issue_resume(authority="XA", signer=keys().signer, trust=keys().trust, at=story.at)
    assert [certificate.number for certificate in resumed] == ["XA-2026-014-0000001-1"]
    assert open_intentions(authority="XA") == ()


@dataclass(frozen=True)
class Interrupted:
    """A signer during whose first signature something else happens."""

    real: Signer
    meanwhile: Callable[[], object]
    done: list[bool] = field(default_factory=list)

    @property
    def kid(self) -> bytes:
        return self.real.kid

    @property
    def certificate_der(self) -> bytes:
        return self.real.certificate_der

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        return self.real.chain_der

    def sign(self, data: bytes) -> bytes:
        if not self.done:
            self.done.append(True)
            self.meanwhile()
        return self.real.sign(data)


def test_an_application_cancelled_while_it_is_sealed_holds_back_no_other(people: Cast) -> None:
    given_up, kept = ready(people), ready(people)
    given_up.intend()
    kept.intend()
    services.application_agree_to_cancel(reference=given_up.reference, **given_up.by(people.examiner))
    device = Interrupted(keys().signer, given_up.cancel)
    resumed = services.issue_resume(authority="XA", signer=device, trust=keys().trust, at=kept.at + timedelta(hours=1))
    assert [certificate.application.reference for certificate in resumed] == [kept.reference]
    assert given_up.application.state == ApplicationState.CANCELLED
    assert BurntNumber.objects.count() == 1


def test_issuing_twice_gives_the_same_certificate(people: Cast) -> None:
    story = ready(people)
    first = story.issue()
    again = story.seal()
    assert (again.pk, bytes(again.seal or b"")) == (first.pk, bytes(first.seal or b""))
    assert Certificate.objects.count() == 1


def test_a_severe_finding_at_issue_stops_the_preparation(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    story = ready(people)
    severe = Finding(Area.CONSISTENCY, Level.SEVERE, "consignment", "Made up for this test.", "TEST-1")
    monkeypatch.setattr("opensps.certification.queries.judging.check", lambda *_, **__: (severe,))
    before = Event.objects.count()
    with pytest.raises(RulesBroken) as refused:
        story.prepare()
    assert refused.value.findings == (severe,)
    assert (Event.objects.count(), IssueIntention.objects.count(), story.application.number) == (before, 0, "")


def test_the_register_is_asked_by_number_token_and_digest_in_one_query_each(
    people: Cast, django_assert_num_queries: object
) -> None:
    certificate = certificate_in(people)
    count = django_assert_num_queries
    with count(1):  # type: ignore[operator]  # pytest-django's own context manager
        record = certificate_record(authority="XA", number=certificate.number)
    with count(1):  # type: ignore[operator]  # as above
        assert record_by_token(authority="XA", token=certificate.token) == record
    with count(1):  # type: ignore[operator]  # as above
        assert record_by_digest(authority="XA", digest=bytes(certificate.digest)) == record
    assert record is not None
    assert (record.state, record.code, record.sealed_at) == ("in_force", certificate.code, certificate.sealed_at)
    assert certificate_record(authority="XB", number=certificate.number) is None
    assert certificate_by_token(authority="XA", token="0" * 20) is None


def test_the_paper_is_made_from_the_stored_bytes_and_carries_them(people: Cast) -> None:
    certificate = certificate_in(people)
    paper = services.certificate_pdf(authority="XA", number=certificate.number)
    assert paper == services.certificate_pdf(authority="XA", number=certificate.number)
    inside = {file.name: file.data for file in attached_files(paper).files}
    assert inside == {
        f"{certificate.number}.xml": bytes(certificate.xml or b""),
        f"{certificate.number}.xades": bytes(certificate.seal or b""),
    }


def test_a_draft_on_paper_says_so_and_carries_nothing(people: Cast) -> None:
    application = application_in(people, ApplicationState.DRAFT)
    content = attached_files(services.draft_pdf(authority="XA", reference=application.reference))
    assert (content.is_draft, content.files) == (True, ())


def test_the_database_refuses_an_unsealed_certificate_in_force_and_other_bytes(people: Cast) -> None:
    certificate = certificate_in(people)
    rows = Certificate.objects.filter(pk=certificate.pk)
    changes: list[dict[str, object]] = [
        {"xml": b"<other/>"},
        {"seal": b""},
        {"digest": b"\x00" * 32},
        {"salt": b"\x00" * 16},
        {"number": "XA-2026-014-0000009-9"},
        {"officer": "0" * 32},
        {"xml": None},
        {"state": "on_hold"},
        {"confirmed_by": "a", "proposed_by": "a"},
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueIntention.objects.update(xml=b"<other/>")
    stored = rows.get()
    assert bytes(stored.xml or b"") == bytes(certificate.xml or b"")


def test_numbers_are_counted_per_office_and_year(people: Cast) -> None:
    first = certificate_in(people)
    next_year = START.replace(year=2027)
    later = certificate_in(people, at=next_year)
    assert (parse_number(first.number).year, parse_number(later.number).year) == (2026, 2027)
    assert parse_number(later.number).serial == 1
