"""The three doors of the public check, on certificates that were really issued."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opensps.accounts.queries import Actor
from opensps.border.errors import TypingError
from opensps.border.models import CheckAttempt, StoredResult, WrongCodeCounter
from opensps.border.queries import checks_by_result, result_by_id
from opensps.border.services import check_file, check_number, check_token, checks_purge, counting
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.formats.carriers import grouped, verification_code
from opensps.lifecycle import CertificateState
from tests.factories import certification, signing
from tests.factories.certification import Cast, certificate_in

NOW = certification.START + timedelta(days=2)
NETWORK = "192.0.2.17"
WRONG_CODE = verification_code(b"\x07" * 16, "XA-2026-014-0000000-0")


@pytest.fixture
def people(db: None) -> Cast:
    return certification.cast()


@pytest.fixture
def certificate(people: Cast) -> Certificate:
    return certificate_in(people)


def by_number(number: str, code: str, *, hours: float = 0, network: str = NETWORK, **options: Any) -> StoredResult:
    at = NOW + timedelta(hours=hours)
    return check_number(
        authority="XA",
        number_typed=number,
        code_typed=code,
        network=network,
        at=at,
        trust=signing.trust_list(),
        **options,
    )


def by_token(token: str, *, network: str = NETWORK) -> StoredResult:
    return check_token(authority="XA", token_typed=token, network=network, at=NOW, trust=signing.trust_list())


def by_file(*files: tuple[str, bytes], checker: Actor | None = None) -> StoredResult:
    return check_file(authority="XA", files=files, network=NETWORK, at=NOW, trust=signing.trust_list(), checker=checker)


def missing_number(like: str) -> str:
    year, office = int(like.split("-")[1]), like.split("-")[2]
    return str(IssuedNumber("XA", year, office, 7_654_321))


def test_the_right_number_and_code_are_in_force_in_both_languages(certificate: Certificate) -> None:
    found = by_number(certificate.number.lower().replace("-", " "), grouped(certificate.code).lower())
    assert found.result == "in_force"
    assert found.answer("en")["heading"] == "Genuine and in force"
    assert found.answer("zh-hans")["heading"] == "真实有效"
    assert found.tries_left is None
    assert any(fact["key"] == "goods" for fact in found.answer()["facts"])
    assert checks_by_result(authority="XA", number=certificate.number) == {"in_force": 1}


@pytest.mark.parametrize(
    ("state", "result"), [(CertificateState.ON_HOLD, "on_hold"), (CertificateState.WITHDRAWN, "withdrawn")]
)
def test_the_state_of_the_certificate_is_the_answer(people: Cast, state: CertificateState, result: str) -> None:
    certificate = certificate_in(people, state)
    assert by_number(certificate.number, certificate.code).result == result
    assert by_token(certificate.token.lower()).result == result
    files = (("certificate.xml", bytes(certificate.xml or b"")), ("certificate.xades", bytes(certificate.seal or b"")))
    assert by_file(*files).result == result


def as_shown(found: StoredResult) -> str:
    """The whole answer, id masked."""
    return json.dumps([found.verdict, found.tries_left, found.result, found.door], sort_keys=True)


def test_a_wrong_code_and_a_missing_number_give_one_answer_for_one_price(certificate: Certificate) -> None:
    answers, prices = [], []
    for turn in range(6):
        for number in (certificate.number, missing_number(certificate.number)):
            with CaptureQueriesContext(connection) as queries:
                answers.append(as_shown(by_number(number, WRONG_CODE, network=f"198.51.{turn}.{len(number)}")))
            prices.append(
                [re.sub(r"'[^']*'|[0-9a-f]{32,}| *-?\d+", "?", query["sql"]) for query in queries.captured_queries]
            )
            WrongCodeCounter.objects.all().delete()
    assert len(set(answers)) == 1
    assert len({len(price) for price in prices}) == 1
    assert len({tuple(price) for price in prices}) == 1
    assert CheckAttempt.objects.exclude(number="").count() == 0


def test_the_number_alone_never_shows_in_the_answer(certificate: Certificate) -> None:
    assert certificate.number not in as_shown(by_number(certificate.number, WRONG_CODE))


def test_five_wrong_codes_an_hour_and_then_a_wait_whether_or_not_the_number_exists(certificate: Certificate) -> None:
    for number in (certificate.number, missing_number(certificate.number)):
        left = [by_number(number, WRONG_CODE).tries_left for _ in range(5)]
        assert left == [4, 3, 2, 1, 0]
        waiting = by_number(number, certificate.code)
        assert (waiting.result, waiting.wait_until) == ("too_many_tries", NOW + timedelta(hours=1))
        assert "2026-11-19 02:00 UTC" in waiting.answer()["sentence"]


def test_the_answer_says_how_many_tries_are_left(certificate: Certificate) -> None:
    answer = by_number(certificate.number, WRONG_CODE)
    assert "4 more times" in answer.answer("en")["next"]
    assert "4次" in answer.answer("zh")["next"]


def test_the_wait_doubles_and_other_numbers_and_networks_are_free(certificate: Certificate) -> None:
    for _ in range(5):
        by_number(certificate.number, WRONG_CODE)
    for _ in range(5):
        by_number(certificate.number, WRONG_CODE, hours=1)
    assert by_number(certificate.number, certificate.code, hours=1).wait_until == NOW + timedelta(hours=3)
    assert by_number(missing_number(certificate.number), WRONG_CODE, hours=1).result == "no_match"
    assert by_number(certificate.number, certificate.code, hours=1, network="203.0.113.5").result == "in_force"
    assert by_number(certificate.number, certificate.code, hours=3).result == "in_force"


def test_a_network_has_sixty_wrong_codes_an_hour_and_a_right_one_gives_none_back(certificate: Certificate) -> None:
    for serial in range(1, 60):
        number = str(IssuedNumber("XA", 2026, "014", 1_000_000 + serial))
        assert by_number(number, WRONG_CODE, network=f"192.0.2.{serial}").result == "no_match"
    assert by_number(certificate.number, certificate.code).result == "in_force"
    assert by_number(missing_number(certificate.number), WRONG_CODE).tries_left == 0
    assert by_number(certificate.number, certificate.code).result == "too_many_tries"


def test_strangers_never_lock_a_certificate_a_right_token_and_officials_get_through(
    people: Cast, certificate: Certificate
) -> None:
    for serial in range(1, 61):
        by_number(str(IssuedNumber("XA", 2026, "014", 1_000_000 + serial)), WRONG_CODE)
    assert by_token(certificate.token).result == "in_force"
    assert by_token("0" * 20).result == "too_many_tries"
    assert by_number(certificate.number, certificate.code, checker=people.officer).result == "in_force"
    assert by_number(certificate.number, certificate.code, checker=people.exporter).result == "too_many_tries"


def test_officials_are_told_that_a_number_was_never_issued(people: Cast, certificate: Certificate) -> None:
    missing = missing_number(certificate.number)
    assert by_number(missing, WRONG_CODE, checker=people.officer).result == "never_issued"
    assert by_number(certificate.number, WRONG_CODE, checker=people.officer).result == "no_match"
    foreign = replace(people.officer, authority="XB")
    assert by_number(missing, WRONG_CODE, checker=foreign).result == "no_match"


def test_what_an_official_was_shown_is_shown_to_nobody_else(people: Cast, certificate: Certificate) -> None:
    found = by_number(certificate.number, certificate.code, checker=people.officer)
    asked = {"authority": "XA", "result_id": found.id, "at": NOW}
    assert result_by_id(**asked) is None
    assert result_by_id(**asked, viewer=people.officer.id) == found
    public = by_number(certificate.number, certificate.code)
    shown = {fact["key"]: fact["value"] for fact in found.answer()["facts"]}
    masked = {fact["key"]: fact["value"] for fact in public.answer()["facts"]}
    assert shown["consignor"] != masked["consignor"]


@pytest.mark.parametrize(
    ("number", "code", "field"),
    [
        ("XA-2026-014-0004512-1", WRONG_CODE, "number"),
        ("nonsense", WRONG_CODE, "number"),
        ("XA-2026-014-0004512-0", WRONG_CODE[:-1] + ("1" if WRONG_CODE[-1] != "1" else "2"), "code"),
        ("XA-2026-014-0004512-0", "", "code"),
    ],
)
@pytest.mark.django_db
def test_a_typing_error_is_no_check(number: str, code: str, field: str) -> None:
    with pytest.raises(TypingError) as error:
        by_number(number, code)
    assert error.value.field == field
    assert not CheckAttempt.objects.exists()
    assert not StoredResult.objects.exists()
    assert not WrongCodeCounter.objects.exists()


@pytest.mark.django_db
def test_an_application_and_a_training_number_are_known_by_their_shape() -> None:
    training = str(IssuedNumber("XA", 2026, "014", 4512, is_training=True))
    assert by_number("A-2026-0000318", "").result == "not_issued"
    assert by_number(training, WRONG_CODE).result == "specimen"
    assert by_number(training, WRONG_CODE, accepts_training=True).result == "no_match"


@pytest.mark.django_db
def test_a_link_that_is_damaged_or_unknown_matches_nothing() -> None:
    assert by_token("too-short").result == "no_match"
    assert not WrongCodeCounter.objects.exists()
    assert by_token("0" * 20).result == "no_match"
    assert WrongCodeCounter.objects.get().scope == "network"


def test_an_altered_file_is_said_to_be_altered_and_names_differences_to_officials_only(
    people: Cast, certificate: Certificate
) -> None:
    sealed, seal = bytes(certificate.xml or b""), bytes(certificate.seal or b"")
    weight = re.search(rb'unitCode="KGM">(\d+)', sealed)
    assert weight is not None
    altered = sealed[: weight.start(1)] + b"9" + sealed[weight.start(1) :]
    files = (("a.xml", altered), ("a.xades", seal))
    public = by_file(*files)
    assert (public.result, public.answer()["differences"]) == ("file_altered", [])
    official = by_file(*files, checker=people.officer)
    assert official.result == "file_altered"
    assert official.answer()["differences"]
    assert CheckAttempt.objects.filter(number="").count() == 2


def test_xml_alone_is_compared_with_our_record(certificate: Certificate) -> None:
    sealed = bytes(certificate.xml or b"")
    assert by_file(("a.xml", sealed)).result == "in_force"
    assert by_file(("a.xml", sealed.replace(b"70</", b"71</", 1))).result == "no_match"
    assert by_file(("a.png", b"\x89PNG")).result == "unreadable"


def test_a_network_may_send_so_many_files_and_no_more_and_officials_count_apart(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FILE_LIMIT", replace(counting.FILE_LIMIT, tries=3))
    picture = ("a.png", b"\x89PNG")
    assert [by_file(picture).result for _ in range(4)] == ["unreadable"] * 3 + ["too_many_tries"]
    waiting = by_file(picture)
    assert waiting.wait_until == NOW + timedelta(minutes=10)
    assert "or files" in waiting.answer()["sentence"]
    assert by_file(picture, checker=people.officer).result == "unreadable"
    assert by_number("XA-2026-014-0004512-0", WRONG_CODE).result == "no_match", "codes are counted apart"


def test_results_live_for_a_day_and_attempts_for_thirty(certificate: Certificate) -> None:
    found = by_number(certificate.number, WRONG_CODE)
    asked = {"authority": "XA", "result_id": found.id}
    assert re.fullmatch(r"[0-9a-f]{32}", found.id)
    assert result_by_id(**asked, at=NOW + timedelta(hours=23)) == found
    assert result_by_id(**asked, at=NOW + timedelta(hours=24)) is None
    assert result_by_id(authority="XB", result_id=found.id, at=NOW) is None
    assert result_by_id(authority="XA", result_id="0" * 32, at=NOW) is None
    purged = [checks_purge(authority="XA", at=NOW + timedelta(days=days)) for days in (0, 1, 3, 30)]
    assert [(one.results, one.attempts, one.counters) for one in purged] == [
        (0, 0, 0),
        (1, 0, 0),
        (0, 0, 2),
        (0, 1, 0),
    ]


def test_no_address_is_kept(certificate: Certificate) -> None:
    by_number(certificate.number, WRONG_CODE)
    kept = str([list(model.objects.values()) for model in (CheckAttempt, StoredResult, WrongCodeCounter)])
    assert "192.0.2" not in kept
    attempt = CheckAttempt.objects.get()
    assert (attempt.country, len(attempt.network_digest)) == ("", 64)
    assert [str(row) for row in (attempt, StoredResult.objects.get())] == ["number: no_match"] * 2


def test_a_check_costs_few_queries(certificate: Certificate) -> None:
    # Locks (PostgreSQL), counters, record, count, attempt, answer, and the statements of two transactions.
    for code, ceiling in ((certificate.code, 12), (WRONG_CODE, 12)):
        with CaptureQueriesContext(connection) as queries:
            by_number(certificate.number, code)
        assert len(queries) <= ceiling
    with CaptureQueriesContext(connection) as queries:
        by_token(certificate.token)
    assert len(queries) <= 6
