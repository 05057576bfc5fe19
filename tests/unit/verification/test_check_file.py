"""A dropped file: what is decided from the file and its seal, what from our record, and what is told to whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from opensps.signing import TrustedAuthority, TrustList, seal
from opensps.verification import Aspect, Fragment, Outcome, Record, Upload, Verdict, check_file
from opensps.verification.document import moment
from tests.factories.records import DECIDE_BY, checked, record, register, sealed
from tests.factories.signing import (
    NOW,
    NUMBER,
    SEALED_AT,
    UntrustedTestSigner,
    document,
    signer,
    stranger,
    trust_list,
    trusted,
)
from tests.vectors.attacks.seals import ENVELOPED, INPUTS, SHAPES, enveloped

OTHER_NUMBER = "XA-2026-014-0004513-6"
CHANGED_AT = SEALED_AT + timedelta(hours=3)


def found(verdict: Verdict, aspect: Aspect) -> Fragment:
    (fragment,) = [each for each in verdict.fragments if each.aspect is aspect]
    return fragment


def test_a_sealed_file_that_our_record_confirms_is_in_force() -> None:
    verdict = checked(sealed(), record())
    assert (verdict.result, verdict.also, verdict.tone, verdict.exit_code) == ("in_force", (), "ok", 0)
    assert verdict.verdict_class == "green"
    assert verdict.as_of == verdict.checked_at == NOW
    assert verdict.certificate is not None
    assert verdict.signer == "Authority XA"
    assert found(verdict, Aspect.LOGGED).outcome is Outcome.SKIPPED
    assert found(verdict, Aspect.WITNESSED).outcome is Outcome.SKIPPED


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-20"])
def test_a_time_of_issue_is_a_moment_in_utc_or_nothing(time: str) -> None:
    read = moment(time)
    assert read is None or read.utcoffset() == timedelta(0)


def test_a_number_that_turns_the_direction_of_text_is_shown_as_it_stands() -> None:
    altered = replace(sealed(), xml=document().replace(NUMBER.encode(), f"{NUMBER}\u202e".encode()))
    verdict = checked(altered, record())
    assert (verdict.result, verdict.number) == ("file_altered", f"{NUMBER}[U+202E]")


def test_an_enveloped_seal_counts_like_one_beside_the_file() -> None:
    verdict = checked(Upload(xml=enveloped()), record())
    assert verdict.result == "in_force"


def test_a_document_with_a_seal_inside_and_one_beside_it_is_ambiguous() -> None:
    verdict = checked(replace(sealed(), xml=enveloped()), record())
    assert found(verdict, Aspect.SEAL_SHAPE).reason == "placement"


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("withdrawn", "withdrawn"),
        ("replaced", "replaced"),
        ("split", "split"),
        ("combined", "combined"),
        ("on_hold", "on_hold"),
        ("expired", "expired"),
        ("unconfirmed", "unconfirmed"),
        ("a_state_nobody_knows", "unavailable"),
    ],
)
def test_the_state_of_our_record_decides(state: str, result: str) -> None:
    ours = record(state=state, changed_at=CHANGED_AT, hold_until=DECIDE_BY)
    verdict = checked(sealed(), ours)
    assert verdict.result == result
    assert verdict.circumstances.changed_at == CHANGED_AT
    assert verdict.circumstances.hold_until == DECIDE_BY


@pytest.mark.parametrize("changed", [{"goods": "Ginger"}, {"weight": "42000"}, {"number": OTHER_NUMBER}])
def test_a_file_changed_after_signing_is_called_so(changed: dict[str, str]) -> None:
    verdict = checked(replace(sealed(), xml=document(**changed)), record())
    assert verdict.result == "file_altered"
    assert verdict.number == changed.get("number", NUMBER)
    assert verdict.certificate is None
    assert verdict.differences == ()


@pytest.mark.parametrize(
    ("changed", "also"), [({"country": "XC"}, "foreign_signature"), ({"type_code": "856"}, "key_not_valid")]
)
def test_a_change_that_the_key_may_not_sign_either_is_first_of_all_a_change(changed: dict[str, str], also: str) -> None:
    verdict = checked(replace(sealed(), xml=document(**changed)), record())
    assert (verdict.result, verdict.also) == ("file_altered", (also,))


def test_what_was_changed_is_the_same_answer_whether_or_not_we_know_the_number() -> None:
    altered = replace(sealed(), xml=document(goods="Ginger"))
    assert checked(altered, record()) == checked(altered)


def test_those_who_may_know_are_told_what_differs() -> None:
    altered = replace(sealed(), xml=document(weight="42000"))
    (difference,) = checked(altered, record(), may_name_differences=True).differences
    assert (difference.presented, difference.recorded) == ("42000 KGM", "1000 KGM")
    assert difference.field.endswith("trade_line_items[0].net_weight")


def test_a_changed_file_of_an_unknown_number_has_nothing_to_be_compared_with() -> None:
    altered = replace(sealed(), xml=document(weight="42000"))
    assert checked(altered, may_name_differences=True).differences == ()
    offline = check_file(altered, trust=trust_list(), now=NOW, may_name_differences=True)
    assert (offline.result, offline.differences) == ("file_altered", ())


@pytest.mark.parametrize("name", SHAPES)
def test_a_bent_seal_is_never_accepted(name: str) -> None:
    reason, bend = SHAPES[name]
    good = sealed()
    assert good.seal is not None
    verdict = checked(replace(good, seal=bend(good.seal)), record())
    assert verdict.result == "file_altered"
    assert found(verdict, Aspect.SEAL_SHAPE).reason == reason
    assert verdict.number == NUMBER


@pytest.mark.parametrize("name", ENVELOPED)
def test_a_wrapped_or_doubled_signature_is_never_accepted(name: str) -> None:
    _, bend = ENVELOPED[name]
    verdict = checked(Upload(xml=bend(enveloped())), record())
    assert verdict.result == "file_altered"
    assert verdict.certificate is None


@pytest.mark.parametrize("name", INPUTS)
def test_sealed_bytes_with_what_no_sealed_document_may_hold_are_altered(name: str) -> None:
    reason, bend = INPUTS[name]
    verdict = checked(replace(sealed(), xml=bend(document())), record())
    assert verdict.result == "file_altered"
    assert found(verdict, Aspect.INPUT).reason == reason


@pytest.mark.parametrize("bend", [bend for _, bend in INPUTS.values()], ids=INPUTS)
def test_a_hidden_signature_makes_a_document_sealed(bend: Callable[[bytes], bytes]) -> None:
    assert checked(Upload(xml=bend(enveloped())), record()).result == "file_altered"


def test_a_dtd_in_a_file_without_a_seal_is_a_file_we_do_not_read() -> None:
    verdict = checked(Upload(xml=b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + document()))
    assert (verdict.result, verdict.exit_code) == ("unreadable", 5)


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (Upload(), "not_a_certificate"),
        (Upload(seal=b"<ds:Signature/>"), "not_a_certificate"),
        (Upload(problem="too_large"), "too_large"),
        (Upload(xml=b"<r/>"), "not_a_certificate"),
        (Upload(xml=b"<r>"), "not_well_formed"),
        (Upload(xml=b"<r>", seal=b"x"), "not_well_formed"),
    ],
)
def test_what_cannot_be_read_is_said_so(upload: Upload, reason: str) -> None:
    verdict = checked(upload)
    assert verdict.result == "unreadable"
    assert found(verdict, Aspect.INPUT) == Fragment(Aspect.INPUT, Outcome.ERROR, reason)


def test_a_draft_is_not_issued_whatever_is_attached_to_it() -> None:
    verdict = checked(replace(sealed(), is_draft=True), record())
    assert (verdict.result, verdict.exit_code, verdict.certificate) == ("not_issued", 3, None)


def test_a_specimen_is_a_sample_outside_its_own_demo() -> None:
    specimen = replace(sealed(), is_specimen=True)
    assert checked(specimen, record()).result == "specimen"
    assert checked(Upload(is_specimen=True), accepts_training=True).result == "specimen"
    assert checked(specimen, record(), accepts_training=True).result == "in_force"


def test_what_a_training_key_signed_is_a_sample_outside_its_own_demo() -> None:
    trust = trust_list(trusted(uses=["training"]))
    verdict = checked(sealed(), record(), trust=trust)
    assert (verdict.result, verdict.exit_code, verdict.certificate) == ("specimen", 4, None)
    assert checked(sealed(), record(), trust=trust, accepts_training=True).result == "in_force"


def test_a_valid_signature_of_a_stranger_is_foreign() -> None:
    verdict = checked(sealed(who=stranger()), record())
    assert (verdict.result, verdict.signer) == ("foreign_signature", "Untrusted test seal")
    assert verdict.certificate is None


def test_an_altered_file_of_a_stranger_is_altered_and_its_key_unknown() -> None:
    verdict = checked(replace(sealed(who=stranger()), xml=document(goods="Ginger")))
    assert (verdict.result, verdict.also) == ("file_altered", ("offline_unknown",))


def test_the_seal_of_one_authority_on_a_certificate_of_another_is_foreign() -> None:
    who = UntrustedTestSigner.make(authority="XB")
    verdict = checked(sealed(who=who), trust=trust_list(trusted(), trusted(who, authority="XB")))
    assert verdict.result == "foreign_signature"
    assert found(verdict, Aspect.SIGNER).reason == "other_authority"


def test_a_number_of_one_authority_under_the_seal_of_another_of_the_same_country_is_malformed() -> None:
    who = UntrustedTestSigner.make(authority="XA2")
    verdict = checked(sealed(who=who), trust=trust_list(trusted(who, authority="XA2")))
    assert found(verdict, Aspect.CONTENT).reason == "issuer_mismatch"
    assert verdict.result == "malformed"


def test_a_key_that_was_not_allowed_to_sign_that_day_is_not_valid() -> None:
    verdict = checked(sealed(), trust=trust_list(trusted(from_at=SEALED_AT + timedelta(days=1))))
    assert verdict.result == "key_not_valid"


def test_a_retired_key_is_good_where_our_record_proves_the_time_and_undecided_elsewhere() -> None:
    trust = trust_list(trusted(to_at=SEALED_AT + timedelta(hours=1)))
    assert checked(sealed(), record(), trust=trust).result == "in_force"
    assert check_file(sealed(), trust=trust, now=NOW).result == "offline_unknown"


def test_without_any_trusted_key_nothing_is_genuine() -> None:
    verdict = checked(sealed(), record(), trust=TrustList((TrustedAuthority("XA", "A"),), ()))
    assert verdict.result == "offline_unknown"
    assert verdict.certificate is None


def test_a_seal_of_ours_that_is_not_in_our_records_is_reported() -> None:
    verdict = checked(sealed())
    assert (verdict.result, verdict.number) == ("not_recorded", NUMBER)


def test_two_sealed_documents_under_one_number_are_equivocation() -> None:
    verdict = checked(sealed(document(goods="Ginger")), record())
    assert (verdict.result, verdict.verdict_class) == ("duplicate_number", "red")


def test_the_certificate_of_another_authority_is_for_that_authority_to_confirm() -> None:
    verdict = checked(sealed(), authority="XB")
    assert (verdict.result, verdict.exit_code, verdict.issuing_country) == ("other_authority", 3, "XA")


@pytest.mark.parametrize("profile", [2, 3])
def test_a_log_that_the_issuer_promises_and_nobody_asked_is_never_a_pass(profile: int) -> None:
    verdict = checked(sealed(), record(), trust=trust_list(profile=profile))
    assert verdict.result == "unavailable"


def test_xml_alone_is_compared_with_our_record_by_its_digest() -> None:
    assert checked(Upload(xml=document()), record()).result == "in_force"
    assert checked(Upload(xml=b"\n" + document() + b"\n"), record(state="withdrawn")).result == "withdrawn"


def test_xml_alone_that_we_do_not_know_is_no_match_whether_or_not_its_number_exists() -> None:
    changed = Upload(xml=document(goods="Ginger"))
    assert checked(changed, record()) == checked(changed)
    assert checked(changed).result == "no_match"
    assert checked(changed).number is None


def test_officials_learn_more_about_xml_alone() -> None:
    changed = Upload(xml=document(goods="Ginger"))
    assert checked(changed, may_name_differences=True).result == "never_issued"
    verdict = checked(changed, record(), may_name_differences=True)
    assert verdict.result == "fields_differ"
    assert [(each.presented, each.recorded) for each in verdict.differences] == [("Ginger", "Garlic")]


def test_offline_xml_alone_has_lost_the_seal_its_authority_puts_on_everything() -> None:
    verdict = check_file(Upload(xml=document()), trust=trust_list(), now=NOW)
    assert verdict.result == "file_altered"
    assert found(verdict, Aspect.SEAL_SHAPE).reason == "missing"


def test_offline_xml_alone_of_an_unknown_authority_cannot_be_checked() -> None:
    verdict = check_file(Upload(xml=document(country="XC")), trust=trust_list(), now=NOW)
    assert verdict.result == "offline_unknown"
    assert check_file(Upload(xml=document()), trust=trust_list(profile=0), now=NOW).result == "offline_unknown"


def test_offline_a_good_seal_is_good_as_of_its_own_time_and_never_green() -> None:
    verdict = check_file(sealed(), trust=trust_list(), now=NOW)
    assert (verdict.result, verdict.exit_code, verdict.tone) == ("offline_ok", 4, "warn")
    assert verdict.as_of == SEALED_AT
    assert verdict.checks == "-PP-"
    assert verdict.certificate is not None


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (document(extra='<x xmlns="urn:x"/>'), "foreign_namespace"),
        (document(extra="<unqualified/>"), "foreign_namespace"),
        (document(extra='<ram:Description xmlns:x="urn:x" x:a="1"/>'), "foreign_namespace"),
        (
            document(extra='<ram:Package xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x"/>'),
            "xsi_type",
        ),
        (document().replace(b"<ram:TypeCode>", b"<ram:ID>XA-1</ram:ID><ram:TypeCode>"), "duplicate_field"),
        (document(number=""), "identifier"),
        (document(number=f"{NUMBER} "), "identifier"),
        (document(number="XA-2026\u202e-014"), "identifier"),
        (document(number="ＸＡ-2026-014"), "identifier"),
        (document(number="XA  2026"), "identifier"),
        (document(number="X" * 61), "identifier"),
        (document(number="1' OR '1'='1"), "identifier"),
        (document(issued="tomorrow"), "date"),
        (document(issued="2026-11-23T10:15:00Z"), "date"),
        (document(signed="2026-11-23T10:15:00Z"), "date"),
        (document(weight="INF"), "number"),
        (document(weight="-5"), "number"),
        (document(weight="1,000"), "number"),
        (document(weight="1e3"), "number"),
        (document(extra='<ram:ValueMeasure unitCode="CEL">cold</ram:ValueMeasure>'), "number"),
    ],
)
def test_content_that_two_readers_could_read_differently_is_malformed(xml: bytes, reason: str) -> None:
    verdict = checked(sealed(xml))
    assert verdict.result == "malformed"
    assert found(verdict, Aspect.CONTENT).reason == reason
    assert verdict.certificate is None


@pytest.mark.parametrize(
    "xml",
    [
        document(signed=""),
        document(issued="2026-11-20"),
        document(weight=""),
        document(extra='<ram:ValueMeasure unitCode="CEL">-18.5</ram:ValueMeasure>'),
        document(number="PC 2026/123 (A)"),
        document(
            extra='<ram:Description xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd" xml:lang="en">x</ram:Description>'
        ),
    ],
)
def test_what_is_only_unusual_is_read(xml: bytes) -> None:
    assert check_file(sealed(xml), trust=trust_list(), now=NOW).result == "offline_ok"


def test_a_document_that_no_reader_finds_a_certificate_in_is_unreadable() -> None:
    elsewhere = document().replace(b"rsm:SPSExchangedDocument", b"ram:SPSExchangedDocument")
    assert checked(sealed(elsewhere)).result == "unreadable"
    verdict = checked(Upload(xml=elsewhere), record(), may_name_differences=True)
    assert (verdict.result, verdict.differences) == ("fields_differ", ())


def test_a_number_that_the_reader_does_not_take_for_one_is_malformed() -> None:
    hidden = document().replace(b"<ram:ID>" + NUMBER.encode() + b"</ram:ID>", f"<udt:ID>{NUMBER}</udt:ID>".encode())
    assert found(checked(sealed(hidden), record()), Aspect.CONTENT).reason == "identifier"


def test_a_register_that_fails_gives_no_answer_and_no_exception() -> None:
    def fail(_: object) -> Record | None:
        raise RuntimeError("the register is away")

    verdict = check_file(sealed(), trust=trust_list(), now=NOW, find=fail, find_digest=fail)
    assert (verdict.result, verdict.exit_code, verdict.checked_at) == ("unavailable", 7, NOW)
    assert verdict.fragments == (Fragment(Aspect.INTEGRITY, Outcome.ERROR, "library"),)


def test_a_record_whose_bytes_cannot_be_read_names_no_differences() -> None:
    ours = record()
    damaged = replace(ours, xml=b"<r/>")
    verdict = checked(Upload(xml=document(goods="Ginger")), damaged, may_name_differences=True)
    assert (verdict.result, verdict.differences) == ("fields_differ", ())


def test_signatures_of_the_same_content_differ_and_are_no_identity() -> None:
    xml = document()
    again = Upload(xml=xml, seal=seal(xml, signer=signer(), at=SEALED_AT + timedelta(minutes=1)))
    assert checked(again, record()).result == "in_force"


def test_half_a_register_is_no_register() -> None:
    verdict = check_file(sealed(), trust=trust_list(), now=NOW, find=register(record())["find"])
    assert verdict.result == "offline_ok"
