"""One verdict out of many fragments; the table of results; the words of an answer."""

from dataclasses import replace
from datetime import timedelta
from string import Formatter

import pytest

from opensps.lifecycle.words import CHECK_RESULTS
from opensps.verification import (
    CHECKS,
    RESULTS,
    Aspect,
    Circumstances,
    Verdict,
    placeholders,
    plain,
    verdict_to_json,
    words,
)
from opensps.verification.aspects import ERROR_RESULTS, INVALID_RESULTS, UNFORESEEN, failed, passed, skipped
from opensps.verification.verdict import decide
from opensps.verification.words import FALLBACKS
from tests.factories.signing import NOW, NUMBER

ORDER = [
    "too_many_tries",
    "address_not_official",
    "specimen",
    "not_issued",
    "file_altered",
    "malformed",
    "foreign_signature",
    "key_not_valid",
    "not_recorded",
    "never_issued",
    "duplicate_number",
    "backdated",
    "pages_mixed",
    "fields_differ",
    "withdrawn",
    "used_up",
    "template_not_valid",
    "replaced",
    "split",
    "combined",
    "on_hold",
    "unconfirmed",
    "expired",
    "other_destination",
    "already_presented",
    "copy_lost",
    "logged_late",
    "not_sealed",
    "requirement_open",
    "fields_explained",
    "unreadable",
    "unavailable",
    "other_authority",
    "no_match",
    "offline_unknown",
    "offline_ok",
    "older_copy",
    "in_force",
]


def test_every_check_result_has_its_row_in_the_order_of_precedence() -> None:
    assert list(RESULTS) == ORDER
    assert set(CHECK_RESULTS) <= set(RESULTS)


@pytest.mark.parametrize("code", ORDER)
def test_a_row_is_complete_in_both_languages(code: str) -> None:
    row = RESULTS[code]
    assert row.band in {"ok", "info", "warn", "bad", "none"}
    assert row.exit_code in {0, 3, 4, 5, 7}
    assert len(row.checks) == len(CHECKS)
    assert set(row.checks) <= set("PF-")
    assert (row.exit_code == 0) == (code in {"in_force", "older_copy"})
    for english, chinese in (
        (row.english_heading, row.heading.chinese),
        (row.english_sentence, row.chinese_sentence),
        (row.english_next, row.chinese_next),
    ):
        assert fields(english) == fields(chinese) <= set(FALLBACKS)
        assert not english.endswith("!")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("table", [INVALID_RESULTS, ERROR_RESULTS])
def test_every_reason_leads_to_a_result_that_is_not_good(table: dict[tuple[Aspect, str], str]) -> None:
    assert {RESULTS[code].exit_code for code in table.values()} <= {3, 4, 5, 7}


def test_red_wins_over_grey_and_grey_over_green() -> None:
    red, grey = failed(Aspect.INTEGRITY, "digest"), failed(Aspect.STATUS, "list_missing")
    assert decide((grey, red), required=frozenset()).result == "file_altered"
    assert decide((passed(Aspect.INPUT), grey), required=frozenset()).result == "offline_ok"
    assert decide((passed(Aspect.INPUT), skipped(Aspect.LOGGED)), required=frozenset()).result == "in_force"


def test_fragments_stand_in_their_fixed_order() -> None:
    verdict = decide((passed(Aspect.STATUS), passed(Aspect.INPUT)), required=frozenset())
    assert [each.aspect for each in verdict.fragments] == [Aspect.INPUT, Aspect.STATUS]


@pytest.mark.parametrize("fragments", [(), (skipped(Aspect.SIGNER),), (passed(Aspect.INPUT),)])
def test_a_required_question_nobody_asked_is_an_error_never_a_pass(fragments: tuple[object, ...]) -> None:
    verdict = decide(fragments, required=frozenset({Aspect.SIGNER}))  # type: ignore[arg-type]  # fragments, as listed
    assert verdict.result == "unavailable"


def test_a_reason_nobody_knows_is_unforeseen() -> None:
    assert failed(Aspect.INPUT, "something_new") == UNFORESEEN


def test_words_are_filled_with_what_is_known() -> None:
    verdict = Verdict(
        "replaced",
        number=NUMBER,
        circumstances=Circumstances(changed_at=NOW, public_reason="wrong_weight", successor="XA-2026-014-0004513-6"),
    )
    said = words(verdict)
    assert said.heading == "Replaced – ask for the newer certificate"
    assert said.sentence == f"We issued {NUMBER}, then replaced it on 2026-11-21. It should no longer be presented."
    assert said.next_step == "Ask the person who gave you this for XA-2026-014-0004513-6. Reason: wrong weight."
    assert words(verdict, language="zh-hans").heading == "已换证，请索取新证"


def test_what_is_not_known_is_said_in_words_too() -> None:
    said = words(Verdict("replaced", number=NUMBER))
    assert said.next_step == "Ask the person who gave you this for the replacement. Reason: not given."
    assert "替换后的证书" in words(Verdict("replaced"), language="zh").next_step


@pytest.mark.parametrize("code", ORDER)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_answer_can_be_said_of_a_bare_verdict(code: str, language: str) -> None:
    said = words(plain(code, now=NOW), language=language)
    assert not any("{" in text for text in (said.heading, said.sentence, said.next_step))


def test_the_caller_fills_in_what_only_he_knows() -> None:
    assert "4 more times" in words(plain("no_match", now=NOW), extra={"tries": "4"}).next_step


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("on_hold", "2026-11-23"),
        ("unconfirmed", "2026-11-23"),
        ("key_not_valid", "2026-11-21"),
        ("expired", "2026-11-22"),
    ],
)
def test_each_result_speaks_of_its_own_day(result: str, expected: str) -> None:
    days = Circumstances(sealed_at=NOW, changed_at=NOW + timedelta(days=1), hold_until=NOW + timedelta(days=2))
    assert placeholders(Verdict(result, circumstances=days))["date"] == expected


def test_a_page_writes_dates_its_own_way() -> None:
    verdict = Verdict("offline_ok", as_of=NOW)
    assert placeholders(verdict, show=lambda at: at.strftime("%d %B %Y"))["time"] == "21 November 2026"


@pytest.mark.parametrize(
    ("age", "english", "chinese"),
    [
        (timedelta(minutes=-5), "0 minutes", "0分钟"),
        (timedelta(minutes=1), "1 minute", "1分钟"),
        (timedelta(hours=2), "2 hours", "2小时"),
        (timedelta(hours=47), "47 hours", "47小时"),
        (timedelta(days=9), "9 days", "9天"),
    ],
)
def test_the_age_of_a_status_is_told_in_its_fitting_unit(age: timedelta, english: str, chinese: str) -> None:
    verdict = replace(Verdict("offline_ok", as_of=NOW), checked_at=NOW + age)
    assert words(verdict).heading == f"Signature correct, status {english} old"
    assert words(verdict, language="zh").heading == f"签名正确，状态为{chinese}前"


def test_a_country_is_named_in_the_readers_language() -> None:
    verdict = Verdict("other_authority", issuing_country="CN")
    assert words(verdict).heading == "Issued by China, not by us"
    assert words(verdict, language="zh").heading.startswith("由中国")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_applies_besides_is_said_with_everything_filled_in(language: str) -> None:
    verdict = Verdict("specimen", also=tuple(RESULTS))
    said = verdict_to_json(verdict, language)
    assert len(said["also_headings"]) == len(said["also"])  # type: ignore[arg-type]  # lists, by the test above
    assert not any("{" in heading for heading in said["also_headings"])  # type: ignore[attr-defined]  # as above
