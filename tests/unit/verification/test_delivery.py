"""What a partner delivers over its own channel: sealed as its profile asks, or received and never called genuine."""

from dataclasses import replace

import pytest

from opensps.signing import TrustList, seal
from opensps.verification import Outcome, Upload, Verdict, check_delivery
from tests.factories.signing import NOW, SEALED_AT, document, signer, trust_list


def trust(profile: int) -> TrustList:
    listed = trust_list()
    return replace(listed, authorities=tuple(replace(each, profile=profile) for each in listed.authorities))


def delivered(xml: bytes, *, profile: int = 0, sender: str = "XA", seal_file: bytes | None = None) -> Verdict:
    return check_delivery(Upload(xml=xml, seal=seal_file), sender=sender, trust=trust(profile), now=NOW)


def test_an_unsealed_certificate_of_profile_0_is_received_and_not_called_genuine() -> None:
    verdict = delivered(document())
    assert (verdict.result, verdict.verdict_class, verdict.exit_code) == ("not_sealed", "amber", 4)
    assert verdict.certificate is not None
    assert (verdict.number, verdict.issuing_country) == (verdict.certificate.exchanged_document.number, "XA")


@pytest.mark.parametrize("profile", [1, 2, 3])
def test_whoever_seals_cannot_deliver_without_a_seal(profile: int) -> None:
    verdict = delivered(document(), profile=profile)
    assert (verdict.result, verdict.certificate) == ("file_altered", None)
    assert [each.reason for each in verdict.fragments] == ["missing"]


def test_a_seal_is_judged_whatever_the_profile() -> None:
    xml = document()
    good = seal(xml, signer=signer(), at=SEALED_AT)
    assert delivered(xml, seal_file=good).result == "offline_ok"
    assert delivered(xml.replace(b"Garlic", b"Ginger"), seal_file=good).result == "file_altered"


@pytest.mark.parametrize(
    ("xml", "result"),
    [
        (document(number="XB-2026-014-0004512-0"), "malformed"),
        (document().replace(b">XA<", b">XC<"), "malformed"),
        (b"<!DOCTYPE a>" + document(), "unreadable"),
        (b"<a/>", "unreadable"),
        (b"", "unreadable"),
    ],
    ids=["number of another", "country of another", "doctype", "no certificate", "nothing"],
)
def test_what_another_issued_or_nobody_can_read_is_refused(xml: bytes, result: str) -> None:
    verdict = delivered(xml)
    assert (verdict.result, verdict.certificate) == (result, None)
    assert any(each.outcome is not Outcome.VALID for each in verdict.fragments)


def test_a_sender_nobody_listed_vouches_for_nothing() -> None:
    assert delivered(document(), sender="XZ").result in {"offline_unknown", "file_altered"}
