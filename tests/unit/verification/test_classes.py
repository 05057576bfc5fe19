"""The class of a verdict: the worst point decides, grey hides no red, and nothing unknown is ever green."""

from hypothesis import given
from hypothesis import strategies as st

from opensps.verification.aspects import ERROR_RESULTS, INVALID_RESULTS, Aspect, Fragment, Outcome, failed, passed
from opensps.verification.classes import (
    REFUSALS,
    RedKind,
    VerdictClass,
    class_of,
    classify,
    judgement,
    kind_of,
)
from opensps.verification.results import RESULTS

ALL_PASSED = tuple(passed(aspect) for aspect in Aspect)
FURTHER = (
    *("certificate_missing", "template_not_valid", "balance_exceeded", "open_elsewhere", "plausibility", "capacity"),
    *("route", "list_lag", "paper_not_compared", "snapshot_old"),
)
REASONS = st.sampled_from((*RESULTS, *FURTHER))
WEIGHT = {each: weight for weight, each in enumerate(VerdictClass)}


def test_all_valid_is_green_and_names_no_reason() -> None:
    assert classify(ALL_PASSED).verdict_class is VerdictClass.GREEN
    assert classify(ALL_PASSED).result == "in_force"


def test_every_invalid_fragment_is_red_or_amber_and_every_error_grey() -> None:
    for aspect, reason in INVALID_RESULTS:
        assert classify((failed(aspect, reason),)).verdict_class in {VerdictClass.RED, VerdictClass.AMBER}, reason
    for aspect, reason in ERROR_RESULTS:
        could_not_tell = Fragment(aspect, Outcome.ERROR, reason)
        assert classify((could_not_tell,)).verdict_class is VerdictClass.GREY, reason


def test_a_question_the_check_needs_and_nobody_asked_is_grey() -> None:
    unasked = tuple(each for each in ALL_PASSED if each.aspect is not Aspect.STATUS)
    skipped = (*unasked, Fragment(Aspect.STATUS, Outcome.SKIPPED))

    for fragments in (unasked, skipped):
        assert classify(fragments, required=frozenset({Aspect.STATUS})).verdict_class is VerdictClass.GREY


def test_grey_never_hides_a_red_that_was_found_offline() -> None:
    found = classify((failed(Aspect.FRESHNESS, "status_old"), failed(Aspect.STATUS, "withdrawn")))

    assert found.verdict_class is VerdictClass.RED
    assert found.reasons == ("withdrawn", "offline_ok")


def test_the_kind_of_every_red_reason_is_the_one_of_the_design() -> None:
    invalid = "withdrawn used_up balance_exceeded not_issued specimen template_not_valid backdated certificate_missing"
    suspected = (
        "never_issued not_recorded file_altered fields_differ foreign_signature key_not_valid address_not_official "
        "duplicate_number pages_mixed"
    )

    assert {kind_of(each) for each in invalid.split()} == {RedKind.INVALID}
    assert {kind_of(each) for each in suspected.split()} == {RedKind.SUSPECTED_FRAUD}


def test_one_suspicion_among_invalid_points_makes_the_whole_suspected() -> None:
    assert judgement(("withdrawn", "fields_differ")).kind is RedKind.SUSPECTED_FRAUD
    assert judgement(("withdrawn", "replaced")).kind is RedKind.INVALID
    assert judgement(("replaced",)).kind is None


def test_a_reason_nobody_knows_never_makes_a_paper_green() -> None:
    assert class_of("not_a_code") is VerdictClass.GREY
    assert judgement(("not_a_code",)).verdict_class is VerdictClass.GREY


def test_reasons_of_refused_acts_are_no_verdicts() -> None:
    assert not REFUSALS & (RESULTS.keys() | set(FURTHER))


@given(st.lists(REASONS), st.lists(REASONS))
def test_a_further_point_never_makes_a_verdict_milder_and_order_never_matters(some: list[str], more: list[str]) -> None:
    alone, together = judgement(some), judgement((*some, *more))

    assert WEIGHT[together.verdict_class] >= WEIGHT[alone.verdict_class]
    assert judgement((*reversed(more), *reversed(some))) == together
