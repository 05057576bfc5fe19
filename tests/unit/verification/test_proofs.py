"""A dropped file with its proof: what the log and its witnesses add, and what they expose (`trust.md` 5, 7.1)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.signing import LogPosition, Quorum, TrustList, seal
from opensps.transparency.leaf import LeafEvent
from opensps.verification import Aspect, AtHand, Outcome, Upload, Verdict, check_file, gather, verify_bytes, verify_file
from tests.factories import logs
from tests.factories.proofs import HOUR, USES, at_hour, leaf, proven, status_list, trust
from tests.factories.records import packed, pdf, record, register, sealed
from tests.factories.signing import NOW, document, signer, stranger, trusted
from tests.vectors.attacks.seals import enveloped

FRESH = AtHand((status_list(),))
GOOD = proven()


def checked(upload: Upload = GOOD, *, trusting: TrustList | None = None, hand: AtHand = FRESH, **terms: Any) -> Verdict:
    return check_file(upload, trust=trusting or trust(), at_hand=hand, **{"now": NOW, **terms})


def answer(verdict: Verdict, aspect: Aspect) -> tuple[Outcome, str]:
    (fragment,) = [each for each in verdict.fragments if each.aspect is aspect]
    return fragment.outcome, fragment.reason


def test_a_file_with_its_proof_and_a_fresh_list_is_in_force_without_any_server() -> None:
    verdict = checked()
    assert (verdict.result, verdict.exit_code, verdict.verdict_class) == ("in_force", 0, "green")
    assert verdict.as_of == NOW - timedelta(hours=1)
    assert verdict.certificate is not None


@pytest.mark.parametrize(
    ("hand", "result"),
    [
        (AtHand(), "offline_ok"),
        (AtHand((status_list(issued_at=NOW - timedelta(hours=25)),)), "offline_ok"),
        (AtHand((status_list(LeafEvent.WITHDRAW),)), "withdrawn"),
        (AtHand((status_list(),), destination="XC"), "other_destination"),
        (AtHand((status_list(),), destination="XB"), "in_force"),
    ],
)
def test_what_is_at_hand_decides_how_much_can_be_said(hand: AtHand, result: str) -> None:
    assert checked(hand=hand).result == result


OLD = status_list(issued_at=NOW - timedelta(hours=25))
WITHDRAWN = status_list(LeafEvent.WITHDRAW, size=12)


def test_L5_a_withdrawal_kept_back_shows_by_the_age_of_the_newest_list() -> None:
    verdict = checked(hand=AtHand((OLD,)))
    assert (verdict.result, verdict.verdict_class) == ("offline_ok", "grey")
    assert verdict.as_of == NOW - timedelta(hours=25)


def test_L12_an_old_and_valid_state_that_is_replayed_is_never_green_and_hides_nothing_newer() -> None:
    alone = checked(hand=AtHand((OLD,)))
    assert (alone.verdict_class, answer(alone, Aspect.FRESHNESS)) == ("grey", (Outcome.ERROR, "status_old"))
    assert alone.as_of == NOW - timedelta(hours=25)
    beside = checked(hand=AtHand((WITHDRAWN, OLD)))
    assert (beside.result, beside.verdict_class) == ("withdrawn", "red")


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (replace(GOOD, bundle=None), "no_proof"),
        (replace(GOOD, bundle=b"c2sp.org/tlog-proof@v1\n"), "proof"),
        (replace(GOOD, bundle=(GOOD.bundle or b"").replace(b"index 5", b"index 4")), "proof"),
        (proven(event=LeafEvent.WITHDRAW, prev_index=1, handle=bytes(16)), "commitment"),
        (proven(issuer="XB"), "commitment"),
        (proven(seal_kid=bytes(8)), "commitment"),
        (proven(seal_digest=bytes(32)), "commitment"),
        (proven(commitment=bytes(32)), "commitment"),
        (proven(hour=2**62), "commitment"),
    ],
    ids=["none", "cut short", "another place", "another event", "issuer", "key", "seal", "content", "no such hour"],
)
def test_K1_a_seal_that_its_issuers_log_does_not_hold_is_not_recorded(upload: Upload, reason: str) -> None:
    verdict = checked(upload)
    assert (verdict.result, verdict.verdict_class) == ("not_recorded", "red")
    assert answer(verdict, Aspect.LOGGED) == (Outcome.INVALID, reason)


def test_the_log_of_another_authority_proves_nothing() -> None:
    assert checked(trusting=replace(trust(), logs=())).result == "not_recorded"


def test_a_proof_may_take_a_day() -> None:
    verdict = checked(replace(GOOD, bundle=None), now=at_hour(HOUR) + timedelta(hours=20))
    assert verdict.result == "unavailable"
    assert answer(verdict, Aspect.LOGGED) == (Outcome.ERROR, "proof_pending")


def test_a_time_of_sealing_far_ahead_buys_no_patience() -> None:
    ahead = seal(document(), signer=signer(), at=datetime(9999, 12, 31, 23, tzinfo=UTC))
    verdict = checked(Upload(xml=document(), seal=ahead))
    assert answer(verdict, Aspect.LOGGED) == (Outcome.INVALID, "no_proof")


def test_our_own_record_whose_log_is_behind_is_not_called_missing() -> None:
    ours = record(seal=GOOD.seal)
    verdict = check_file(sealed(), trust=trust(), now=NOW, **register(replace(ours, seal=sealed().seal or b"")))
    assert answer(verdict, Aspect.LOGGED) == (Outcome.ERROR, "proof_pending")
    with_proof = replace(ours, bundle=GOOD.bundle)
    assert check_file(replace(GOOD, bundle=None), trust=trust(), now=NOW, **register(with_proof)).result == "in_force"


def test_a_seal_inside_the_document_has_no_file_whose_digest_could_be_named() -> None:
    document_with_seal = Upload(xml=enveloped())
    upload = proven(upload=document_with_seal, own=leaf(document_with_seal))
    assert checked(upload).result == "in_force"


@pytest.mark.parametrize(
    ("hours", "result", "reason"),
    [(24, "in_force", ""), (25, "backdated", "printed_date")],
)
def test_a_date_printed_long_before_the_leaf_is_backdated(hours: int, result: str, reason: str) -> None:
    held = sealed(document(issued=(at_hour(HOUR) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")))
    verdict = checked(proven(upload=held))
    assert (verdict.result, answer(verdict, Aspect.LOGGED)[1]) == (result, reason)


def test_L4_late_logging_is_visible() -> None:
    verdict = checked(proven(hour=HOUR - 30))
    assert (verdict.result, verdict.verdict_class) == ("logged_late", "amber")


@pytest.mark.parametrize(
    ("cosigners", "result", "reason"),
    [
        ((logs.WITNESS_B,), "unavailable", "quorum_short"),
        ((logs.WITNESS_B, logs.signer("w.xd.example")), "unavailable", "quorum_short"),
        ((logs.WITNESS_B, logs.WITNESS_C, logs.signer("w.xd.example")), "in_force", ""),
    ],
)
def test_enough_organisations_must_have_seen_it(cosigners: tuple[Any, ...], result: str, reason: str) -> None:
    verdict = checked(proven(*cosigners))
    assert (verdict.result, answer(verdict, Aspect.WITNESSED)[1]) == (result, reason)


def test_a_quorum_that_is_still_gathering_is_a_remark() -> None:
    now = at_hour(HOUR) + timedelta(minutes=90)
    hand = AtHand((status_list(issued_at=now),))
    verdict = checked(proven(logs.WITNESS_B), now=now, hand=hand)
    assert verdict.result == "in_force"
    assert answer(verdict, Aspect.WITNESSED) == (Outcome.VALID, "quorum_short")


def test_a_forged_line_of_a_witness_spoils_the_proof() -> None:
    forged = logs.signer("witness.xb.example", seed=1)
    text = (GOOD.bundle or b"").decode()
    good = next(line for line in text.splitlines() if "witness.xb" in line)
    start = good.rpartition(" ")[2][:6]
    assert forged.key.id != logs.WITNESS_B.key.id
    broken = text.replace(good, good[:-8] + ("AAAAAAA=" if good.endswith("=") else "AAAAAAAA"))
    assert start in broken
    verdict = checked(replace(GOOD, bundle=broken.encode()))
    assert verdict.result == "not_recorded"
    assert answer(verdict, Aspect.WITNESSED) == (Outcome.INVALID, "cosignature")


def test_an_issuer_that_promises_witnesses_and_names_none_has_none() -> None:
    verdict = checked(trusting=trust(quorum=None))
    assert (verdict.result, answer(verdict, Aspect.WITNESSED)[1]) == ("unavailable", "quorum_short")


def test_one_organisation_under_three_names_counts_once() -> None:
    by = trust(quorum=Quorum(2, ("XB", "XC")))
    same = replace(by, witnesses=tuple(replace(each, organisation="XB") for each in by.witnesses))
    assert checked(trusting=same).result == "unavailable"


@pytest.mark.parametrize(("profile", "result"), [(1, "offline_ok"), (2, "in_force")])
def test_a_profile_asks_for_no_more_than_it_promises(profile: int, result: str) -> None:
    verdict = checked(proven(logs.WITNESS_B), trusting=trust(profile=profile))
    assert answer(verdict, Aspect.WITNESSED)[0] is Outcome.SKIPPED
    assert (verdict.result, verdict.exit_code) == (result, 0)


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"to_at": LogPosition(logs.ORIGIN, 6)}, "in_force"),
        ({"to_at": LogPosition(logs.ORIGIN, 5)}, "key_not_valid"),
        ({"distrusted_from": LogPosition(logs.ORIGIN, 6)}, "in_force"),
        ({"distrusted_from": LogPosition(logs.ORIGIN, 5)}, "key_not_valid"),
        ({"from_at": LogPosition(logs.ORIGIN, 6)}, "key_not_valid"),
    ],
)
def test_a_key_is_judged_by_the_proven_place_ten_years_later_too(changes: dict[str, Any], result: str) -> None:
    other = trusted(stranger(), uses=("status",))
    key = trusted(**{"uses": USES, "from_at": LogPosition(logs.ORIGIN, 0), **changes})
    for now in (NOW, NOW + timedelta(days=3650)):
        hand = AtHand((status_list(who=stranger(), issued_at=now),))
        assert checked(trusting=trust(key, other), now=now, hand=hand).result == result


def test_the_same_key_without_a_proof_of_place_cannot_be_judged() -> None:
    retired = trust(trusted(uses=USES, to_at=LogPosition(logs.ORIGIN, 6)), profile=1)
    assert checked(replace(GOOD, bundle=None), trusting=retired).result == "offline_unknown"


def test_a_bundle_is_found_by_what_it_is(tmp_path: Path) -> None:
    xml, xades, bundle = GOOD.xml or b"", GOOD.seal or b"", GOOD.bundle or b""
    for files in (
        [("a", xml), ("b", xades), ("c", bundle)],
        [("a.zip", packed(a_xml=xml, a_xades=xades, a_proof=bundle))],
        [("a.pdf", pdf(a_xml=xml, a_xades=xades, a_proof=bundle))],
    ):
        assert gather(files) == GOOD
    assert gather([("a", bundle), ("b", bundle + b" ")]).problem == "ambiguous"
    for name, data in (("c.xml", xml), ("c.xades", xades), ("c.tlog-proof", bundle)):
        (tmp_path / name).write_bytes(data)
    for name in ("c.xml", "c.xades"):
        verdict = verify_file(tmp_path / name, trust=trust(), now=NOW, at_hand=FRESH)
        assert verdict.result == "in_force"


def test_bytes_are_checked_like_files() -> None:
    given = [("a", GOOD.xml or b""), ("b", GOOD.seal or b""), ("c", GOOD.bundle or b"")]
    assert verify_bytes(given, trust=trust(), now=NOW, at_hand=FRESH).result == "in_force"


def test_the_signer_of_these_documents_is_the_one_of_the_leaf() -> None:
    assert leaf(GOOD).seal_kid == signer().kid
