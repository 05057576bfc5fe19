"""A printed code without a network: signed facts, their place in the log, and how old the list is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from opensps.formats import cbor, cose, qr_text
from opensps.formats.qr_payload import GoodsLine, write_claims
from opensps.signing import LogPosition, TrustedKey, TrustList
from opensps.transparency.leaf import LeafEvent
from opensps.verification import (
    AtHand,
    Outcome,
    Reader,
    Verdict,
    check_code,
    check_pages,
    code_facts,
    verdict_to_json,
    words,
)
from tests.factories import logs
from tests.factories.proofs import HOST, INDEX, LOG_ID, SALT, USES, claims, code, digest, proven, status_list, trust
from tests.factories.records import record
from tests.factories.signing import NOW, SEALED_AT, UntrustedTestSigner, signer, stranger, trusted

FRESH = AtHand((status_list(),))


def checked(
    text: str | None = None, *, trusting: TrustList | None = None, hand: AtHand = FRESH, **terms: Any
) -> Verdict:
    return check_code(text or code(), trust=trusting or trust(), at_hand=hand, **{"now": NOW, **terms})


def reasons(verdict: Verdict) -> list[str]:
    return [f"{each.aspect}.{each.reason}" for each in verdict.fragments if each.outcome is not Outcome.VALID]


def message(payload: bytes, *, kid: bytes = signer().kid, who: UntrustedTestSigner | None = None) -> str:
    return qr_text.write_bare(cose.write_sign1(payload, kid=kid, sign=(who or signer()).sign))


def test_a_genuine_code_with_a_fresh_list_is_good_as_of_that_list() -> None:
    verdict = checked()
    assert (verdict.result, verdict.tone, verdict.exit_code) == ("offline_ok", "ok", 0)
    assert verdict.verdict_class == "grey"
    assert verdict.as_of == NOW - timedelta(hours=1)
    assert verdict.checks == "-PPP"
    assert (verdict.claims, verdict.signer, verdict.issuing_country) == (claims(), "Authority XA", "XA")


@pytest.mark.parametrize(
    ("hand", "reason"),
    [
        (AtHand(), "status.list_missing"),
        (AtHand((status_list(size=5),)), "status.not_covered"),
        (AtHand((status_list(issued_at=NOW - timedelta(hours=25)),)), "freshness.status_old"),
        (AtHand((status_list(issued_at=NOW + timedelta(hours=2)),)), "freshness.status_old"),
        (AtHand((status_list(),), NOW - timedelta(days=8)), "freshness.list_old"),
        (AtHand((), NOW - timedelta(days=8)), "freshness.list_old"),
        (AtHand((status_list(log_id=b"log2"),)), "status.list_missing"),
        (AtHand((status_list(who=stranger()),)), "status.list_missing"),
        (AtHand((b"no list",)), "status.list_missing"),
    ],
)
def test_old_or_missing_evidence_is_never_green(hand: AtHand, reason: str) -> None:
    verdict = checked(hand=hand)
    assert (verdict.result, verdict.tone, verdict.exit_code, verdict.checks[-1]) == ("offline_ok", "warn", 4, "-")
    assert reason in reasons(verdict)


@pytest.mark.parametrize(
    ("event", "result"),
    [(LeafEvent.WITHDRAW, "withdrawn"), (LeafEvent.REPLACE, "replaced"), (LeafEvent.HOLD, "on_hold")],
)
@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=90)])
def test_what_a_list_calls_bad_is_bad_however_old_it_is(event: LeafEvent, result: str, age: timedelta) -> None:
    assert checked(hand=AtHand((status_list(event, issued_at=NOW - age),))).result == result


def test_the_newest_list_has_the_word() -> None:
    held, lifted = status_list(LeafEvent.HOLD, size=8), status_list(LeafEvent.HOLD, LeafEvent.LIFT, size=11)
    for lists in ((held, lifted), (lifted, held)):
        assert checked(hand=AtHand(lists)).tone == "ok"


OTHER = UntrustedTestSigner.make()


@pytest.mark.parametrize(
    "listed",
    [
        trusted(OTHER, uses=("status",), to_at=LogPosition(logs.ORIGIN, 90)),
        trusted(OTHER, uses=("status",), distrusted_from=LogPosition(logs.ORIGIN, 90)),
        trusted(OTHER, uses=("xml",)),
        trusted(OTHER, uses=("status",), authority="XB"),
        trusted(OTHER, uses=("training",)),
    ],
    ids=["retired", "distrusted", "another use", "another authority", "a training key"],
)
def test_a_list_that_nobody_may_sign_is_as_if_it_were_not_there(listed: TrustedKey) -> None:
    mine = trusted(uses=("qr",))
    hand = AtHand((status_list(LeafEvent.WITHDRAW, who=OTHER),))
    assert "status.list_missing" in reasons(checked(trusting=trust(mine, listed), hand=hand))


def test_in_a_demo_the_training_key_signs_lists_and_codes() -> None:
    training = trust(trusted(uses=("training",)))
    assert checked(trusting=training, accepts_training=True).tone == "ok"
    assert checked(trusting=training).result == "specimen"


@pytest.mark.parametrize(
    ("listed", "result", "reason"),
    [
        (trusted(uses=("xml",)), "key_not_valid", "signer.use"),
        (trusted(uses=USES, types=("657",)), "key_not_valid", "signer.type"),
        (trusted(uses=USES, authority="XB"), "foreign_signature", "signer.other_authority"),
        (trusted(uses=USES, to_at=LogPosition(logs.ORIGIN, 3)), "offline_unknown", "signer.position_unknown"),
        (trusted(uses=USES, distrusted_from=LogPosition(logs.ORIGIN, 3)), "offline_unknown", "signer.position_unknown"),
        (trusted(uses=USES, from_at=NOW), "key_not_valid", "signer.retired"),
        (trusted(stranger(), uses=USES), "offline_unknown", "signer.unknown_key"),
    ],
)
def test_a_key_that_may_not_speak_proves_nothing(listed: TrustedKey, result: str, reason: str) -> None:
    verdict = checked(trusting=trust(listed))
    assert (verdict.result, reasons(verdict)[0]) == (result, reason)
    assert verdict.claims is None


def test_without_a_list_nobody_can_be_known() -> None:
    assert reasons(checked(trusting=TrustList())) == ["signer.list_missing"]
    expired = replace(trust(), expires_at=NOW)
    assert checked(trusting=expired).result == "offline_unknown"


def test_K5_two_keys_of_one_name_are_both_tried() -> None:
    class Namesake(TrustList):
        """A list in which a stranger's key has our key's name."""

        def keys_called(self, kid: bytes) -> tuple[TrustedKey, ...]:
            return (trusted(stranger(), uses=USES), *super().keys_called(kid))

    by = trust()
    both = Namesake(by.authorities, by.keys, by.logs, by.witnesses)
    assert checked(trusting=both).tone == "ok"
    neither = checked(message(write_claims(claims()), kid=signer().kid, who=OTHER), trusting=both)
    assert reasons(neither) == ["integrity.signature"]


@pytest.mark.parametrize(
    ("text", "result", "reason"),
    [
        ("HC1:NCF", "unreadable", "input.not_a_certificate"),
        ("A" * 5000, "unreadable", "input.too_large"),
        (code()[:-7] + "A======", "unreadable", "input.not_well_formed"),
        (code().partition("#")[0], "offline_unknown", "signer.unknown_key"),
        (code(host="v.ecert.example.evil.example"), "address_not_official", "consistency.host"),
        (code(host="v.ecert.examp1e").partition("#")[0], "address_not_official", "consistency.host"),
        (code(host="v.ecert.example@evil.example"), "address_not_official", "consistency.host"),
        (code().replace("V.ECERT", "V.\u0415CERT"), "address_not_official", "consistency.host"),
        (code().replace("HTTPS", "HTTP"), "unreadable", "input.not_a_certificate"),
        (code(issuer="XB", number="XB-1"), "address_not_official", "signer.other_authority"),
        (code(issued_at=NOW + timedelta(hours=25)), "malformed", "content.date"),
        (code(issued_at=NOW, valid_until=NOW - timedelta(minutes=1)), "malformed", "content.date"),
        (code(number="XB-2026-014-0004512-0"), "malformed", "content.issuer_mismatch"),
    ],
)
def test_what_is_wrong_with_a_code_is_named(text: str, result: str, reason: str) -> None:
    verdict = checked(text)
    assert verdict.result == result
    assert reason in reasons(verdict)


def test_the_strange_address_is_named_and_each_borrowed_letter_shown_as_what_it_is() -> None:
    said = words(checked(code(host="v.ecert.examp1e").replace("EXAMP1E", "\u0415XAMP1E"))).sentence
    assert said.startswith("The code points to v.ecert.[U+0435]xamp1e. ")


def test_without_any_listed_address_a_plain_link_tells_nothing() -> None:
    link = code(host="evil.example").partition("#")[0]
    bare = replace(trust(), authorities=tuple(replace(each, hosts=()) for each in trust().authorities))
    assert checked(link, trusting=bare).result == "offline_unknown"


def test_the_number_of_a_partner_is_taken_as_it_is() -> None:
    assert checked(code(number="AA-2026-0001234")).tone == "ok"


def test_signed_nonsense_is_refused() -> None:
    assert reasons(checked(message(b"\xff")))[0] == "input.encoding"
    assert reasons(checked(message(write_claims(claims())[:-1] + b"\x00")))[0].startswith(("content.", "input."))
    assert checked(message(write_claims(claims(number="A  B")))).result == "malformed"


def test_a_message_of_another_shape_is_refused() -> None:
    assert reasons(checked(qr_text.write_bare(cbor.dumps((b"", {}, b""), tag=cose.TAG)))) == ["seal_shape.properties"]


def test_another_signature_under_our_key_name_is_an_alteration() -> None:
    forged = cose.write_sign1(write_claims(claims()), kid=signer().kid, sign=stranger().sign)
    assert reasons(checked(qr_text.write_bare(forged))) == ["integrity.signature"]
    wrong_kind = trust(replace(trusted(uses=USES), algorithm="EdDSA"))
    assert reasons(checked(qr_text.write_bare(forged), trusting=wrong_kind)) == ["seal_shape.algorithm"]


def test_the_token_must_be_that_of_the_certificate() -> None:
    foreign = qr_text.write_code(
        qr_text.read_code(code()).message or b"", host=HOST, token=qr_text.read_code(code(digest=bytes(32))).token
    )
    assert checked(foreign).result == "fields_differ"
    without_salt = code(salt=None)
    assert checked(without_salt).tone == "ok"


def test_out_of_date_is_said_by_the_code_itself_unless_the_list_says_worse() -> None:
    old = code(valid_until=SEALED_AT + timedelta(hours=1))
    assert checked(old).result == "expired"
    assert checked(old, hand=AtHand()).result == "expired"
    assert checked(old, hand=AtHand((status_list(LeafEvent.WITHDRAW),))).result == "withdrawn"
    assert checked(code(valid_until=NOW - timedelta(minutes=4))).tone == "ok"


def test_a_code_of_an_outage_is_not_confirmed_yet() -> None:
    office = trust(trusted(uses=("block",)))
    verdict = checked(code(block="B-7", position=None), trusting=office)
    assert (verdict.result, verdict.exit_code) == ("unconfirmed", 4)
    assert checked(code(block="B-7")).result == "key_not_valid"


def test_an_official_learns_that_it_is_made_out_for_another_country() -> None:
    assert checked(hand=AtHand(FRESH.status_lists, destination="XB")).tone == "ok"
    verdict = checked(hand=AtHand(FRESH.status_lists, destination="XC"))
    assert (verdict.result, verdict.verdict_class) == ("other_destination", "amber")


logged = proven()
ours = record(salt=SALT, seal=logged.seal, bundle=logged.bundle)


def found(**changes: Any) -> Verdict:
    held = replace(ours, **changes)
    return check_code(code(), trust=trust(), now=NOW, find_token=lambda _: held)


def test_beside_our_own_record_the_record_has_the_last_word() -> None:
    assert found().result == "in_force"
    assert found(state="withdrawn").result == "withdrawn"
    assert found(number="XA-2026-014-0004513-6").result == "fields_differ"
    assert found(digest=bytes(32)).result == "fields_differ"
    elsewhere = check_code(code(), trust=trust(), now=NOW, find_token=lambda _: None, at_hand=FRESH)
    assert elsewhere.result == "offline_ok"
    bad = check_code(code(host="evil.example"), trust=trust(), now=NOW, find_token=lambda _: ours)
    assert bad.result == "address_not_official"


def pages(*texts: str) -> Verdict:
    return check_pages(texts, trust=trust(), now=NOW, at_hand=FRESH)


def test_the_pages_of_one_paper_belong_together() -> None:
    first, second = code(page=(1, 2)), code(page=(2, 2))
    assert pages(first, second).tone == "ok"
    for mixed in (
        (first, first),
        (first, code(page=(2, 3))),
        (first, code(page=(2, 2), copy=2)),
        (first, code(page=(2, 2), digest=bytes(32))),
    ):
        verdict = pages(*mixed)
        assert (verdict.result, verdict.verdict_class) == ("pages_mixed", "red")
    assert pages().result == "unreadable"
    assert pages(first, "nothing").result == "pages_mixed"
    assert pages(first, code(page=(2, 2), host="evil.example")).result == "address_not_official"


def test_nothing_that_is_typed_breaks_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opensps.verification.code.read_code", _broken)
    assert checked().result == "unavailable"


def _broken(_text: str) -> None:
    raise RuntimeError("nobody foresaw this")


def test_the_facts_of_a_code_are_told_in_both_languages() -> None:
    goods = (GoodsLine("Citrus sinensis", Decimal(1000), "KGM"),)
    said = claims(goods=goods, marks=("MSKU1234565",), valid_until=NOW + timedelta(30))
    told = {each.key: each.value for each in code_facts(said, authority="Authority XA")}
    assert (told["goods"], told["container_or_seal"], told["page"]) == ("Citrus sinensis", "MSKU1234565", "1/1")
    assert told["quantity"].startswith("1,000 ")
    assert {each.label for each in code_facts(said, language="zh-hans")} >= {"有效期至", "副本"}
    assert "goods" not in {each.key for each in code_facts(claims(copy=None, page=None))}
    answer = verdict_to_json(checked(code(said)), reader=Reader.HOLDER)
    assert [each["key"] for each in answer["facts"]][:4] == ["type", "number", "authority", "issued"]  # type: ignore[attr-defined]  # plain data


def test_log_and_index_of_the_examples_are_those_of_the_bundle() -> None:
    assert (claims().position, claims().digest) == ((LOG_ID, INDEX), digest())
