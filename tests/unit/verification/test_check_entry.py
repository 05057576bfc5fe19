"""Number and code, or token: our own record is judged again, bytes first, then its state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.signing import seal
from opensps.verification import Aspect, check_entry, is_application_reference
from tests.factories.records import DECIDE_BY, record
from tests.factories.signing import NOW, NUMBER, SEALED_AT, document, signer, stranger, trust_list, trusted


def test_no_record_is_no_match_and_says_nothing_else() -> None:
    verdict = check_entry(None, trust=trust_list(), now=NOW)
    assert (verdict.result, verdict.exit_code, verdict.checks) == ("no_match", 3, "F---")
    assert (verdict.number, verdict.certificate, verdict.fragments) == (None, None, ())


def test_a_certificate_in_force_is_shown_with_its_facts() -> None:
    verdict = check_entry(record(), trust=trust_list(), now=NOW)
    assert (verdict.result, verdict.number, verdict.as_of) == ("in_force", NUMBER, NOW)
    assert verdict.certificate is not None
    assert verdict.certificate.exchanged_document.number == NUMBER


def test_a_hold_says_until_when() -> None:
    verdict = check_entry(record(state="on_hold", hold_until=DECIDE_BY), trust=trust_list(), now=NOW)
    assert (verdict.result, verdict.circumstances.hold_until) == ("on_hold", DECIDE_BY)


def test_the_time_of_our_event_stands_for_the_position_in_a_log() -> None:
    retired = trust_list(trusted(to_at=SEALED_AT + timedelta(hours=1)))
    assert check_entry(record(), trust=retired, now=NOW).result == "in_force"
    distrusted = trust_list(trusted(distrusted_from=SEALED_AT))
    assert check_entry(record(), trust=distrusted, now=NOW).result == "key_not_valid"


def test_a_training_record_is_a_sample_unless_training_counts() -> None:
    trust = trust_list(trusted(uses=["training"]))
    assert check_entry(record(), trust=trust, now=NOW).result == "specimen"
    assert check_entry(record(), trust=trust, now=NOW, accepts_training=True).result == "in_force"


@pytest.mark.parametrize(
    ("changes", "aspect", "reason"),
    [
        ({"xml": document(goods="Ginger")}, Aspect.INTEGRITY, "digest"),
        ({"digest": bytes(32)}, Aspect.INTEGRITY, "payload_mismatch"),
        ({"seal": b"no seal"}, Aspect.SEAL_SHAPE, "children"),
        ({"xml": b"<r/>"}, Aspect.INPUT, "root"),
        ({"seal": seal(document(), signer=stranger(), at=SEALED_AT)}, Aspect.SIGNER, "unknown_key"),
    ],
)
def test_a_record_that_somebody_changed_in_the_database_is_not_genuine(
    changes: dict[str, Any], aspect: Aspect, reason: str
) -> None:
    verdict = check_entry(replace(record(), **changes), trust=trust_list(), now=NOW)
    assert verdict.tone == "bad"
    assert verdict.certificate is None
    assert (aspect, reason) in [(each.aspect, each.reason) for each in verdict.fragments]


def test_a_changed_record_that_is_withdrawn_says_both() -> None:
    changed = replace(record(state="withdrawn"), xml=document(goods="Ginger"))
    verdict = check_entry(changed, trust=trust_list(), now=NOW)
    assert (verdict.result, verdict.also) == ("file_altered", ("withdrawn",))


def test_a_number_that_the_bytes_do_not_bear_out_is_not_shown_as_genuine() -> None:
    other = record(document(number="not a number!"))
    assert check_entry(other, trust=trust_list(), now=NOW).result == "malformed"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("A-2026-0000318", True),
        ("a 2026 0000318", True),
        ("A20260000318", True),
        ("Ａ-2026-0000318", True),
        (NUMBER, False),
        ("A-2026-318", False),
        ("", False),
    ],
)
def test_the_shape_of_an_application_is_known_without_any_record(typed: str, expected: bool) -> None:
    assert is_application_reference(typed) is expected


def test_the_seal_of_a_record_may_be_of_any_moment() -> None:
    again = seal(document(), signer=signer(), at=SEALED_AT - timedelta(days=400))
    assert check_entry(record(seal=again), trust=trust_list(), now=NOW).result == "in_force"
