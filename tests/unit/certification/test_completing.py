"""What the system adds to a draft before sealing, and that it adds nothing else (I12)."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from opensps.certificate import Attestation, CertificateKind, CertificateNumber, Code, Text, Treatment
from opensps.certification.completing import (
    AttachedDocument,
    IssueFacts,
    completed,
    draft_form,
    empty_draft,
    reviewed_digest,
    with_documents,
)
from tests.factories.certificates import ORIGINAL_NUMBER, SMALL_PDF, changed, cold_treatment, phytosanitary, reexport

FACTS = IssueFacts(
    number=CertificateNumber("XA-2026-014-0000001-1"),
    issued_at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
    offset_minutes=480,
    issuer="Plant and Animal Health Service of Examplia",
    officer="Lin Chen",
    place="Port City",
    authority="XA",
    office="Port Office",
    office_code="014",
)
ORIGINAL = AttachedDocument("original.pdf", "application/pdf", SMALL_PDF, hashlib.sha256(SMALL_PDF).digest(), True)
PHOTO = AttachedDocument("seal.jpg", "image/jpeg", b"\xff", hashlib.sha256(b"\xff").digest(), False)


def test_number_time_signer_and_issuer_are_set_by_the_system() -> None:
    document = completed(draft_form(phytosanitary()), FACTS).exchanged_document
    signatory = document.signatories[0]
    assert (document.number, document.status_code, document.type_code) == (FACTS.number, "70", "851")
    assert document.issuer is not None
    assert document.issuer.name == FACTS.issuer
    assert document.issued is not None
    assert (document.issued.on.isoformat(), document.issued.offset_minutes) == ("2026-11-21", 480)
    assert signatory.authenticated == document.issued
    assert signatory.provider.person is not None
    assert signatory.provider.person.name == "Lin Chen"
    assert signatory.place is not None
    assert signatory.place.names == (Text("Port City", "en"),)


def test_I12_nothing_else_of_the_draft_moves() -> None:
    draft = draft_form(phytosanitary())
    finished = completed(draft, FACTS)
    same = replace(
        finished,
        exchanged_document=replace(
            finished.exchanged_document,
            number=None,
            issued=None,
            issuer=None,
            status_code="47",
            signatories=draft.exchanged_document.signatories,
        ),
    )
    assert same == draft


def test_the_first_statement_stands_in_every_851_and_none_in_a_657() -> None:
    asked = changed(phytosanitary(), exchanged_document__signatories__0__attestations=(Attestation(id="2"),))
    assert [each.id for each in completed(asked, FACTS).exchanged_document.signatories[0].attestations] == ["1", "2"]
    none = changed(phytosanitary(), exchanged_document__signatories=())
    assert [each.id for each in completed(none, FACTS).exchanged_document.signatories[0].attestations] == ["1"]
    assert completed(reexport(), FACTS).exchanged_document.signatories[0].attestations == ()


def test_a_treatment_told_in_fields_only_gets_its_words() -> None:
    path = "consignment__items__0__trade_line_items__0__treatments"
    told = replace(cold_treatment(), full_text=())
    finished = completed(changed(phytosanitary(), **{path: (told,)}), FACTS)
    assert finished.lines[0].treatments[0].full_text == (
        Text("CHT FG, Methyl bromide, 48 g/m³, 24 h, 21 °C, 2026-11-15 to 2026-11-16, Under gas-tight sheets", "en"),
    )
    silent = Treatment(process_code=Code("ZZZ"))
    assert completed(changed(phytosanitary(), **{path: (silent,)}), FACTS).lines[0].treatments == (silent,)
    kept = completed(phytosanitary(), FACTS).lines[0].treatments[0].full_text
    assert kept == cold_treatment().full_text


def test_files_become_references_originals_first() -> None:
    value = with_documents(changed(reexport(), exchanged_document__references=()), (PHOTO, ORIGINAL))
    first, second = value.exchanged_document.references
    assert (first.relationship.value, first.id) == ("AWR", ORIGINAL_NUMBER)
    assert (second.relationship.value, second.id) == ("ZZZ", "seal.jpg")
    assert first.attachments[0].content == SMALL_PDF
    assert with_documents(value, ()) is value
    unnumbered = with_documents(empty_draft(CertificateKind.PHYTOSANITARY_REEXPORT, export_country="XA"), (ORIGINAL,))
    assert unnumbered.exchanged_document.references[0].id == "original.pdf"


def test_a_review_is_fixed_by_value_and_files_whatever_their_order() -> None:
    digests = [ORIGINAL.sha256, PHOTO.sha256]
    assert reviewed_digest(phytosanitary(), digests) == reviewed_digest(phytosanitary(), reversed(digests))
    assert reviewed_digest(phytosanitary(), digests) != reviewed_digest(phytosanitary(), digests[:1])
    assert reviewed_digest(phytosanitary(), []) != reviewed_digest(reexport(), [])
