"""The golden messages are what they say: clean ones clean, wrong ones wrong in the one way they are meant to be."""

from datetime import UTC, datetime, timedelta

import pytest

from opensps.exchange.golden import Conversation, Golden, Got, Outcome, Papers, Side, Step, report
from opensps.formats import content_digest, read_certificate, validate
from opensps.lifecycle import TrackingInfo
from opensps.rules import PROFILES, Level, Policy
from opensps.signing import SealError, check_integrity, read_seal, seal
from tests.factories.signing import signer

AT = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
NOW = AT + timedelta(minutes=1)
EXAMPLIA = Side(code="XA", country="XA", authority="Plant and Animal Health Service of Examplia")
NORTHLAND = Side(code="XB1", country="XB", authority="Northland Food Agency")
POLICY = Policy(now=NOW, extra_countries=frozenset({"XA", "XB", "XC"}))
LIMIT = 50_000


def sealed(xml: bytes) -> bytes:
    """Return a detached seal over a certificate."""
    return seal(xml, signer=signer(), at=AT)


def digest_of(xml: bytes) -> bytes:
    """Return D of a document."""
    root = read_certificate(xml, extra_countries=POLICY.extra_countries).root
    assert root is not None
    return content_digest(root)


def conversation(run: int = 7) -> tuple[Step, ...]:
    """Return a whole conversation, sealed."""
    papers = Papers(sender=EXAMPLIA, receiver=NORTHLAND, run=run, at=AT)
    return tuple(Conversation(papers, sign=sealed, other_country="XC", size_limit=LIMIT).steps())


@pytest.fixture(scope="module")
def steps() -> dict[str, Step]:
    """Return the steps by name."""
    return {step.name: step for step in conversation()}


def levels(step: Step) -> set[Level]:
    """Return what our own validator says of a step, as the Hub's receiver."""
    return {finding.level for finding in validate(step.content, profile=PROFILES["hub"], policy=POLICY).findings}


def test_all_eleven_are_there_in_their_order(steps: dict[str, Step]) -> None:
    assert list(dict.fromkeys(step.golden for step in steps.values())) == list(Golden)


@pytest.mark.parametrize("name", ["M1", "M4", "M7a", "M7b", "M7e", "M8a", "M8b", "M8c", "M9b", "M10"])
def test_what_should_be_clean_has_nothing_to_remark(steps: dict[str, Step], name: str) -> None:
    assert levels(steps[name]) <= {Level.INFO}


def test_the_remarked_one_has_a_warning_that_names_the_treatment_and_nothing_severe(steps: dict[str, Step]) -> None:
    found = validate(steps["M2"].content, profile=PROFILES["hub"], policy=POLICY).findings
    assert [finding.field for finding in found if finding.level is Level.WARNING] == [
        "consignment.items[0].trade_line_items[0].treatments[0].started"
    ]
    assert Level.SEVERE not in levels(steps["M2"])


def test_the_incomplete_one_can_be_read_and_is_severe(steps: dict[str, Step]) -> None:
    assert Level.SEVERE in levels(steps["M3"])
    assert read_certificate(steps["M3"].content, extra_countries=POLICY.extra_countries).certificate is not None


def test_the_second_delivery_is_the_same_bytes(steps: dict[str, Step]) -> None:
    assert steps["M4"].content == steps["M1"].content


def test_the_large_one_is_above_the_agreed_size_and_the_next_one_below(steps: dict[str, Step]) -> None:
    assert len(steps["M9a"].content) > LIMIT > len(steps["M9b"].content)


def test_only_the_changed_one_has_a_seal_that_does_not_fit(steps: dict[str, Step]) -> None:
    broken = set()
    for name, step in steps.items():
        try:
            check_integrity(read_seal(step.signature or b""), digest=digest_of(step.content))
        except SealError:
            broken.add(name)
    assert broken == {"M11"}


def test_two_runs_share_no_number() -> None:
    assert {step.number for step in conversation(7)}.isdisjoint(step.number for step in conversation(8))


def answers(steps: dict[str, Step], **other: TrackingInfo) -> dict[str, Got]:
    """Return right answers to all steps, but for some."""
    right = {name: Got(tracking=min(step.expected)) for name, step in steps.items()}
    return right | {name: Got(tracking=tracking) for name, tracking in other.items()}


def test_a_run_is_passed_when_every_word_is_right(steps: dict[str, Step]) -> None:
    assert report(steps.values(), answers(steps), has_signatures=True).is_passed


def test_a_run_waits_for_what_is_pending_and_fails_by_one_wrong_word(steps: dict[str, Step]) -> None:
    pending = report(steps.values(), answers(steps, M7c=TrackingInfo.PENDING_DELIVERY), has_signatures=True)
    assert (pending.is_complete, pending.is_passed) == (False, False)
    assert pending.by_message[Golden.M7] is Outcome.WAITING
    failed = report(steps.values(), answers(steps, M10=TrackingInfo.DELIVERED), has_signatures=True)
    assert (failed.is_complete, failed.is_passed) == (True, False)
    assert failed.by_message[Golden.M10] is Outcome.FAILED


def test_a_channel_without_signatures_is_not_asked_about_a_broken_one(steps: dict[str, Step]) -> None:
    taken = report(steps.values(), answers(steps, M11=TrackingInfo.DELIVERED), has_signatures=False)
    assert taken.by_message[Golden.M11] is Outcome.NOT_APPLICABLE
    assert taken.is_passed
