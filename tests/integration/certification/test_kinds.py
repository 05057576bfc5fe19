"""A10, A11, A12: a certificate of every kind goes from draft to in force, with XML, paper and check.

The same path for all six; what differs between them is data of their profiles.
"""

import pytest

from opensps import formats
from opensps.certificate import ISSUED_KINDS, TYPE_CODES, Attestation, CertificateKind, Text
from opensps.certification import services
from opensps.certification.errors import VersionConflict
from opensps.certification.queries import (
    application_value,
    attestations_of,
    certificate_record,
    certificate_value,
    statements_of,
    timeline_for,
    uses_of,
    usual_attestations,
    with_attestations,
)
from opensps.formats.pdf_input import attached_files
from opensps.formats.xml_input import parse
from opensps.lifecycle import ActNotAllowed, ApplicationState
from opensps.signing import verify_seal
from opensps.verification import Reader, check_entry, facts
from tests.factories.certification import Cast, Story, certificate_in, draft_value, keys

CODED = tuple(kind for kind in ISSUED_KINDS if statements_of(kind))
CAPABILITY = {
    CertificateKind.PHYTOSANITARY: "A10",
    CertificateKind.PHYTOSANITARY_REEXPORT: "A10",
    CertificateKind.ANIMAL_HEALTH: "A12",
}
IDS = {kind: f"{CAPABILITY.get(kind, 'A11')}-{kind.lower()}" for kind in ISSUED_KINDS}


def test_four_kinds_attest_in_words() -> None:
    assert {kind.value for kind in CODED} == {"VETERINARY_HEALTH", "ANIMAL_HEALTH", "SANITARY", "HEALTH"}


@pytest.mark.parametrize("kind", ISSUED_KINDS, ids=IDS.get)
def test_A10_A11_A12_every_kind_goes_from_draft_to_in_force_with_valid_xml_paper_and_check(
    people: Cast, kind: CertificateKind
) -> None:
    certificate = certificate_in(people, kind=kind)
    assert (certificate.state, certificate.kind, certificate.type_code) == ("in_force", kind, TYPE_CODES[kind])
    xml, seal = bytes(certificate.xml or b""), bytes(certificate.seal or b"")
    verify_seal(xml, seal, trust=keys().trust, sealed_at=certificate.sealed_at)
    root = parse(xml, sealed=True)
    assert formats.schema_findings(root) == ()
    assert certificate_value(certificate).kind is kind
    paper = attached_files(services.certificate_pdf(authority="XA", number=certificate.number))
    assert {file.name: file.data for file in paper.files}[f"{certificate.number}.xml"] == xml
    record = certificate_record(authority="XA", number=certificate.number)
    assert check_entry(record, trust=keys().trust, now=certificate.sealed_at).result == "in_force"


@pytest.mark.parametrize("kind", CODED, ids=IDS.get)
def test_I12_of_a_coded_kind_too_what_is_signed_is_what_was_reviewed(people: Cast, kind: CertificateKind) -> None:
    story = Story(people, kind=kind)
    story("submit", "open", "order", "inspect", "mark_ready")
    draft, signed = application_value(story.application), certificate_value(story.issue())
    assert attestations_of(signed) == attestations_of(draft)
    assert signed.consignment.transport_condition == draft.consignment.transport_condition
    assert [line.establishments for line in signed.lines] == [line.establishments for line in draft.lines]
    assert [line.batches for line in signed.lines] == [line.batches for line in draft.lines]
    signatory = signed.certifying_signatory
    assert signatory is not None
    assert signatory.provider.name == "Port Office"
    assert signatory.provider.person is not None
    assert [text.language for text in signatory.provider.person.qualifications] == ["en", "zh"]


def test_A12_animal_identifiers_survive_the_round_trip(people: Cast) -> None:
    draft = draft_value(CertificateKind.ANIMAL_HEALTH)
    certificate = certificate_in(people, kind=CertificateKind.ANIMAL_HEALTH)
    (line,), (before,) = certificate_value(certificate).lines, draft.lines
    assert line.animals == before.animals
    assert line.count == before.count
    shown = facts(certificate_value(certificate), Reader.HOLDER)
    assert [fact.value for fact in shown if fact.key == "identification"] == ["Ear tag: XA 0001 0001, XA 0001 0002"]


def test_the_examiner_words_the_statements_and_the_officer_signs_these_words(people: Cast) -> None:
    story = Story(people, kind=CertificateKind.VETERINARY_HEALTH)
    story("submit", "open")
    worded = (Attestation("II.1", None, "opensps_attestation", (Text("As agreed with Northland.", "en"),)),)
    row = story.application
    services.application_word_attestations(
        reference=story.reference, attestations=worded, version=row.version, **story.by(people.examiner)
    )
    assert people.examiner.id not in story.application.applicants
    with pytest.raises(VersionConflict):
        services.application_word_attestations(
            reference=story.reference, attestations=(), version=row.version, **story.by(people.examiner)
        )
    story("order", "inspect", "mark_ready")
    assert attestations_of(certificate_value(story.issue())) == worded
    said = [
        event.payload
        for event in timeline_for(authority="XA", object_kind="application", object_id=story.reference)
        if event.act == "application.attestations_worded"
    ]
    assert said == [{"attestations": {"II.1": ["As agreed with Northland."]}}]


def test_after_the_review_nobody_words_a_statement(people: Cast) -> None:
    story = Story(people, kind=CertificateKind.SANITARY)
    story("submit", "open", "order", "inspect", "mark_ready")
    row = story.application
    assert row.state == ApplicationState.READY
    for actor in (people.examiner, people.reviewer, people.officer):
        with pytest.raises(ActNotAllowed):
            services.application_word_attestations(
                reference=row.reference, attestations=(), version=row.version, **story.by(actor)
            )


@pytest.mark.parametrize("kind", CODED, ids=IDS.get)
def test_the_templates_of_a_kind_make_complete_statements(kind: CertificateKind) -> None:
    use = uses_of(kind)[0]
    certified_as, *statements = usual_attestations(kind, use=use)
    assert (certified_as.id, certified_as.code) == ("CERTIFIED_AS_OR_FOR", use)
    assert [each.id for each in statements] == [each.number for each in statements_of(kind) if each.is_usual]
    assert all([text.language for text in each.texts] == ["en", "zh"] for each in statements)
    draft = with_attestations(draft_value(kind), (certified_as, *statements))
    assert attestations_of(draft) == (certified_as, *statements)
    assert usual_attestations(CertificateKind.PHYTOSANITARY) == ()
