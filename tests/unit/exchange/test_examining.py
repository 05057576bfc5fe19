"""What is found about one envelope before anything is known of others (`exchange.md` 1.4, 7.4)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from opensps.certificate import Attachment, Code, ReferencedDocument
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.examining import Examined, SenderProfile, examine
from opensps.exchange.inbound_rules import found
from opensps.exchange.terms import ReceivingTerms
from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.lifecycle import AcknowledgementCode
from opensps.rules import Level
from opensps.signing import seal, seal_enveloped
from tests.factories import signing
from tests.factories.certificates import country
from tests.factories.incoming import NUMBER, header, theirs

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
SENDER = SenderProfile(countries=frozenset({"XB"}), our_codes=frozenset({"XA"}))
COUNTRIES = frozenset({"XA", "XB", "XC"})


def _examined(
    content: bytes,
    *,
    envelope: EnvelopeHeader | None = None,
    sender: SenderProfile = SENDER,
    terms: ReceivingTerms | None = None,
    **given: Any,
) -> Examined:
    return examine(
        content,
        header=envelope or header(),
        sender=sender,
        terms=terms or ReceivingTerms(extra_countries=COUNTRIES),
        authority="XA",
        at=AT,
        **given,
    )


def _rules(examined: Examined) -> set[str]:
    return {finding.rule for finding in examined.findings}


def test_a_clean_certificate_leaves_nothing_to_say() -> None:
    examined = _examined(theirs())
    assert [one for one in examined.findings if one.level is not Level.INFO] == []
    assert (examined.refusal, examined.is_held) == (None, False)
    assert (examined.number, examined.type_code, examined.status_code) == (NUMBER, "851", "70")
    assert examined.digest == content_digest(parse(theirs(), sealed=True)).hex()


def test_the_same_content_in_another_writing_is_the_same() -> None:
    spaced = b"\n  " + theirs().replace(b'encoding="UTF-8"', b"encoding='utf-8'") + b"\n\n"
    assert _examined(spaced.strip()).digest == _examined(theirs()).digest
    assert _examined(theirs(goods="Others")).digest != _examined(theirs()).digest


@pytest.mark.parametrize(
    ("content", "rule", "result"),
    [
        (b"", "EXCHANGE-EMPTY", AcknowledgementCode.UNREADABLE),
        (b" \n", "EXCHANGE-EMPTY", AcknowledgementCode.UNREADABLE),
        (b"hello", "READ-NOT-WELL-FORMED", AcknowledgementCode.UNREADABLE),
        (b"<html><body/></html>", "READ-NO-CERTIFICATE", AcknowledgementCode.UNREADABLE),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "READ-REFUSED", AcknowledgementCode.UNREADABLE),
        (b"&lt;?xml version='1.0'?&gt;", "READ-NOT-WELL-FORMED", AcknowledgementCode.UNREADABLE),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, rule: str, result: AcknowledgementCode) -> None:
    examined = _examined(content)
    assert rule in _rules(examined)
    assert examined.refusal is result


def test_a_certificate_inside_another_document_is_not_dug_out() -> None:
    inside = theirs().split(b"?>", 1)[1]
    examined = _examined(b"<wrapped>" + inside + b"</wrapped>")
    assert _rules(examined) == {"EXCHANGE-NESTED"}
    assert examined.refusal is AcknowledgementCode.UNREADABLE


def test_what_is_addressed_to_another_is_refused_unread() -> None:
    examined = _examined(theirs(), envelope=header(to="XC"))
    assert examined.refusal is AcknowledgementCode.REJECTED
    assert _rules(examined) == {"EXCHANGE-ADDRESS"}


def test_what_is_made_out_for_another_country_is_refused() -> None:
    content = theirs(consignment__import_country=country("XC"))
    examined = _examined(content)
    assert examined.refusal is AcknowledgementCode.REJECTED
    assert "EXCHANGE-DESTINATION" in _rules(examined)


def test_a_copy_for_a_country_on_the_way_is_taken() -> None:
    value = theirs(consignment__transit_countries=(country("XA"),), consignment__import_country=country("XC"))
    assert _examined(value).refusal is None


def test_a_sender_speaks_for_its_own_countries_only() -> None:
    examined = _examined(theirs(consignment__export_country=country("XC")))
    assert "EXCHANGE-ISSUER" in _rules(examined)
    assert examined.is_held


def test_larger_than_agreed_is_refused_before_it_is_parsed() -> None:
    small = SenderProfile(countries=SENDER.countries, our_codes=SENDER.our_codes, max_bytes=100)
    examined = _examined(theirs(), sender=small)
    assert _rules(examined) == {"EXCHANGE-SIZE"}
    assert examined.refusal is AcknowledgementCode.REJECTED
    assert examined.certificate is None


def test_a_header_that_no_column_holds_is_refused() -> None:
    assert _examined(theirs(), envelope=header("X" * 101)).refusal is AcknowledgementCode.REJECTED
    assert _examined(theirs(), envelope=header("X\x00")).refusal is AcknowledgementCode.REJECTED


def test_envelope_and_certificate_of_different_numbers_speak_of_neither() -> None:
    examined = _examined(theirs(), envelope=header("XB/PC/2026/00002"))
    assert examined.is_misnumbered
    assert examined.is_held


def test_an_end_may_carry_the_certificate_as_it_was_issued() -> None:
    examined = _examined(theirs(), envelope=header(status=40))
    assert "CORE-ENVELOPE" not in _rules(examined)
    assert (examined.status_code, examined.is_held) == ("40", False)


def test_a_certificate_that_says_it_has_ended_has_ended_whatever_the_envelope_says() -> None:
    assert _examined(theirs(status="40"), envelope=header(status=70)).status_code == "40"


def test_a_pair_that_was_not_agreed_is_said_and_taken() -> None:
    sender = SenderProfile(our_codes=frozenset({"XA"}), allowed=frozenset({("657", "70")}))
    examined = _examined(theirs(), sender=sender)
    assert "EXCHANGE-NOT-ALLOWED" in _rules(examined)
    assert examined.refusal is None


SIGNER = signing.UntrustedTestSigner.make(authority="XB")
TRUST = signing.trust_list(signing.trusted(SIGNER, authority="XB"))
TERMS = ReceivingTerms(trust=TRUST, extra_countries=COUNTRIES)
SIGNED = SenderProfile(
    countries=frozenset({"XB"}),
    our_codes=frozenset({"XA"}),
    requires_signature=True,
    signature_variant="detached",
)


def test_an_agreed_signature_that_holds_is_fine() -> None:
    seal_file = seal(theirs(), signer=SIGNER, at=AT)
    examined = _examined(theirs(), sender=SIGNED, terms=TERMS, detached_signature=seal_file)
    assert not _rules(examined) & {"EXCHANGE-SIGNATURE", "EXCHANGE-SIGNATURE-MISSING"}
    assert (examined.refusal, examined.has_proven_signature) == (None, True)
    assert _examined(theirs()).has_proven_signature is False


def test_an_agreed_signature_that_is_missing_or_broken_is_refused() -> None:
    assert _examined(theirs(), sender=SIGNED, terms=TERMS).refusal is AcknowledgementCode.REJECTED
    seal_file = seal(theirs(), signer=SIGNER, at=AT)
    altered = theirs().replace(b"Fresh garlic", b"Fresh Garlic")
    examined = _examined(altered, sender=SIGNED, terms=TERMS, detached_signature=seal_file)
    assert examined.refusal is AcknowledgementCode.REJECTED
    assert {one.params["reason"] for one in examined.findings if one.rule == "EXCHANGE-SIGNATURE"} == {
        "integrity.digest"
    }


def test_an_agreed_signature_of_a_stranger_is_refused() -> None:
    seal_file = seal(theirs(), signer=signing.UntrustedTestSigner.make(authority="XB"), at=AT)
    assert _examined(theirs(), sender=SIGNED, terms=TERMS, detached_signature=seal_file).refusal is not None


def test_an_end_needs_no_signature_where_the_channel_proves_who_sends() -> None:
    ended = _examined(theirs(status="40"), envelope=header(status=40), sender=SIGNED, terms=TERMS)
    assert ended.refusal is None
    assert "EXCHANGE-SIGNATURE-CHANNEL" in _rules(ended)
    unproven = replace(SIGNED, is_channel_proven=False)
    refused = _examined(theirs(status="40"), envelope=header(status=40), sender=unproven, terms=TERMS)
    assert refused.refusal is AcknowledgementCode.REJECTED


def test_what_the_channel_found_itself_counts_before_anything_is_read() -> None:
    examined = _examined(theirs(), beforehand=(found("EXCHANGE-SAID", what="digest"),))
    assert examined.refusal is AcknowledgementCode.REJECTED
    assert examined.certificate is None


def test_another_form_of_signature_than_agreed_is_refused() -> None:
    inside = seal_enveloped(theirs(), signer=SIGNER, at=AT)
    examined = _examined(inside, sender=SIGNED, terms=TERMS)
    assert examined.refusal is AcknowledgementCode.REJECTED
    enveloped = SenderProfile(requires_signature=True, signature_variant="enveloped")
    assert _examined(inside, sender=enveloped, terms=TERMS).refusal is None


def test_a_signature_nobody_agreed_on_is_checked_all_the_same() -> None:
    seal_file = seal(theirs(), signer=SIGNER, at=AT)
    unknown = _examined(theirs(), detached_signature=seal_file)
    assert "EXCHANGE-SIGNATURE-OPEN" in _rules(unknown)
    assert unknown.refusal is None
    altered = theirs().replace(b"Fresh garlic", b"Fresh Garlic")
    assert _examined(altered, detached_signature=seal_file).refusal is AcknowledgementCode.REJECTED


def test_a_certificate_with_large_attachments_is_read_for_what_it_is_about() -> None:
    file = Attachment("scan.pdf", "application/pdf", b"%PDF-1.7\n" + b"x" * 8_000_000, sha256=b"\x00" * 32)
    paper = ReferencedDocument(relationship=Code("ZZZ", "un_1153"), id="SCAN", attachments=(file, file))
    content = theirs(exchanged_document__references=(paper,))
    assert len(content) > 20_000_000
    examined = _examined(content)
    assert (examined.refusal, examined.number) == (None, NUMBER)
    assert examined.digest == examined.sha256
