"""Checks, outcomes and inquiries over REST about a certificate of ours that was really issued."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from opensps.border.models import CheckAttempt, Presentation
from opensps.certification.models import Certificate
from opensps.codes import LIST_IDS
from tests.databases import Blocker
from tests.factories.certification import cast, certificate_in, keys
from tests.factories.incoming import theirs
from tests.factories.rest import ApiVisitor, partner_of, waiting_envelope

pytestmark = pytest.mark.django_db
TEXT = [{"language": "en", "text": "Is it genuine?"}]


@pytest.fixture(scope="module")
def issued(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Certificate]:
    """A certificate for XB, made once; rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        certificate = certificate_in(cast())
        waiting_envelope(partner_of(), number=certificate.number, content=bytes(certificate.xml or b""))
        partner_of("XC")
        yield certificate
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _trust(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OPENSPS_DEMO = True
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: keys().trust)


@pytest.fixture
def visitor(issued: Certificate, db: None) -> ApiVisitor:
    return ApiVisitor.of(partner_of())


@pytest.fixture
def stranger(issued: Certificate, db: None) -> ApiVisitor:
    return ApiVisitor.of(partner_of("XC"), name="xc-system")


def test_what_was_sent_to_a_partner_it_checks_by_the_number_alone(visitor: ApiVisitor, issued: Certificate) -> None:
    response = visitor.post("/checks", {"number": issued.number})
    assert response.status_code == 201
    check = response.json()
    assert (check["result"], check["verdict"], check["number"]) == ("in_force", "GREEN", issued.number)
    again = visitor.get(response.headers["Location"].removeprefix("/api/v1"))
    assert again.json() == check
    assert CheckAttempt.objects.get().checker == "partner:XB"


def test_what_was_not_sent_needs_its_code_and_a_wrong_one_says_nothing(
    stranger: ApiVisitor, issued: Certificate
) -> None:
    without = stranger.post("/checks", {"number": issued.number}).json()
    nothing = stranger.post("/checks", {"number": "XA-2026-014-9999999-3"})
    assert without["result"] == "no_match"
    assert nothing.status_code in {201, 422}
    right = stranger.post("/checks", {"number": issued.number, "verification_code": issued.code}).json()
    assert right["result"] == "in_force"


def test_a_document_is_checked_as_it_is(visitor: ApiVisitor, issued: Certificate) -> None:
    content = base64.b64encode(bytes(issued.xml or b"")).decode()
    check = visitor.post("/checks", {"content": content, "language": "zh"}).json()
    assert check["number"] == issued.number
    altered = base64.b64encode(bytes(issued.xml or b"").replace(b"XB", b"XC")).decode()
    assert visitor.post("/checks", {"content": altered}).json()["verdict"] == "RED"


def test_a_presentation_goes_into_the_ledger_once(visitor: ApiVisitor, issued: Certificate) -> None:
    asked = {"number": issued.number, "presentation": True, "location": "XBPRT"}
    first = visitor.post("/checks", asked, Idempotency_Key="key-number-1")
    assert first.status_code == 201, first.content
    assert visitor.post("/checks", asked, Idempotency_Key="key-number-1").content == first.content
    assert Presentation.objects.get().location == "XBPRT"
    without = visitor.post("/checks", {"number": issued.number, "presentation": True})
    assert without.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"number": "1", "qr_payload": "x"},
        {"verification_code": "ABC"},
        {"number": ""},
        {"content": "PGEvPg==", "location": "nowhere"},
        {"number": "X", "presented_field": [{"name": "a"}]},
        {"number": "X", "language": "fr"},
    ],
    ids=str,
)
def test_a_question_is_one_question(visitor: ApiVisitor, asked: dict[str, Any]) -> None:
    assert visitor.post("/checks", asked).json()["code"] == "SCHEMA_INVALID"


def test_a_mistyped_number_is_said_and_not_looked_up(visitor: ApiVisitor, issued: Certificate) -> None:
    wrong = issued.number[:-1] + ("0" if issued.number[-1] != "0" else "1")
    errors = visitor.post("/checks", {"number": wrong}).json()["errors"]
    assert errors[0]["pointer"] == "/number"
    assert not CheckAttempt.objects.exists()


def test_a_check_is_shown_to_who_made_it_alone(visitor: ApiVisitor, stranger: ApiVisitor, issued: Certificate) -> None:
    number = visitor.post("/checks", {"number": issued.number}).json()["check_number"]
    assert stranger.get(f"/checks/{number}").status_code == 404
    assert visitor.get("/checks/nothing").status_code == 404


def test_a_batch_answers_every_line_and_is_kept_for_who_sent_it(
    visitor: ApiVisitor, stranger: ApiVisitor, issued: Certificate
) -> None:
    wrong = issued.number[:-1] + ("0" if issued.number[-1] != "0" else "1")
    items = [{"number": issued.number}, {"number": wrong}, {"qr_payload": "EC1:NOTHING"}]
    response = visitor.post("/checks/batches", {"item": items})
    assert response.status_code == 202
    job = response.json()
    assert [each.get("error") for each in job["item"]] == [None, "number", None]
    assert job["item"][0]["check"]["result"] == "in_force"
    assert visitor.get(f"/jobs/{job['id']}").json() == job
    assert stranger.get(f"/jobs/{job['id']}").status_code == 404
    assert visitor.post("/checks/batches", {"item": [{"number": "X"}] * 501}).status_code == 422


def test_an_outcome_is_recorded_once_with_its_alerts(visitor: ApiVisitor, issued: Certificate) -> None:
    report = {"number": issued.number, "outcome": "ACCEPTED", "decided_at": "2026-11-22T08:00:00+01:00"}
    first = visitor.post("/outcomes", report, Idempotency_Key="key-number-1")
    assert first.status_code == 201, first.content
    assert visitor.post("/outcomes", report, Idempotency_Key="key-number-1").content == first.content
    second = visitor.post("/outcomes", report).json()
    assert "ACCEPTED_BEFORE" in [each["code"] for each in second["alert"]]
    assert all(each["message"] for each in second["alert"])


def test_an_outcome_about_what_they_were_not_sent_is_not_found(stranger: ApiVisitor, issued: Certificate) -> None:
    report = {"number": issued.number, "outcome": "REJECTED", "decided_at": "2026-11-22T08:00:00Z"}
    assert stranger.post("/outcomes", report).status_code == 404


def test_partly_accepted_says_how_much(visitor: ApiVisitor, issued: Certificate) -> None:
    report = {"number": issued.number, "outcome": "ACCEPTED_PARTLY", "decided_at": "2026-11-22T08:00:00Z"}
    assert visitor.post("/outcomes", report).json()["errors"][0]["pointer"] == "/quantity"
    quantity = [{"line": 1, "value": "10.5", "unit_code": "KGM"}]
    assert visitor.post("/outcomes", {**report, "quantity": quantity}).status_code == 201
    for value in ("1e3", "-1", "1.23456", "NaN", ""):
        wrong = [{"line": 1, "value": value, "unit_code": "KGM"}]
        assert visitor.post("/outcomes", {**report, "quantity": wrong}).status_code == 422


def test_an_inquiry_is_opened_answered_by_the_register_and_followed(
    visitor: ApiVisitor, stranger: ApiVisitor, issued: Certificate
) -> None:
    asked = {"number": issued.number, "subject": "GENUINENESS", "priority": "HELD_AT_PORT", "text": TEXT}
    opened = visitor.post("/inquiries", asked)
    assert opened.status_code == 201, opened.content
    here = opened.headers["Location"].removeprefix("/api/v1")
    shown = visitor.get(here).json()
    assert shown["number"] == issued.number
    assert shown["message"][0]["from"] == "CALLER"
    assert visitor.get(f"{here}?since_message=1").json()["message"] == shown["message"][1:]
    assert [each["inquiry_number"] for each in visitor.get("/inquiries").json()["data"]] == [shown["inquiry_number"]]
    withdrawn = visitor.post(f"{here}/messages", {"act": "WITHDRAW_INQUIRY", "text": TEXT})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "CLOSED"), withdrawn.content
    again = visitor.post(f"{here}/messages", {"act": "SUPPLY", "text": TEXT})
    assert (again.status_code, again.json()["code"]) == (409, "STATE_CONFLICT")
    assert stranger.get(here).status_code == 404
    assert stranger.post(f"{here}/messages", {"act": "SUPPLY", "text": TEXT}).status_code == 404
    assert stranger.get("/inquiries").json()["data"] == []


def test_files_of_an_inquiry_are_what_they_say(visitor: ApiVisitor, issued: Certificate) -> None:
    asked = {"number": issued.number, "subject": "CONTENT", "priority": "ROUTINE", "text": TEXT}
    picture = {"file_name": "seal.png", "media_type": "image/png"}
    good = base64.b64encode(b"\x89PNG\r\n\x1a\n...").decode()
    opened = visitor.post("/inquiries", {**asked, "attachment": [{**picture, "content": good}]}).json()
    assert opened["message"][0]["attachment"][0]["file_name"] == "seal.png"
    assert "content" not in opened["message"][0]["attachment"][0]
    other = base64.b64encode(b"<html>").decode()
    for wrong in ({"content": other}, {"content": good, "sha256": "0" * 64}, {"content": good, "file_name": "../a"}):
        assert visitor.post("/inquiries", {**asked, "attachment": [{**picture, **wrong}]}).status_code == 422


def test_a_dry_run_finds_and_stores_nothing(visitor: ApiVisitor) -> None:
    content = base64.b64encode(theirs()).decode()
    assert visitor.post("/validations", {"content": content}).json()["is_acceptable"] is True
    broken = visitor.post("/validations", {"content": base64.b64encode(b"<a/>").decode()}).json()
    assert broken["is_acceptable"] is False
    assert broken["findings"][0]["level"] == "SEVERE"
    assert visitor.get("/envelopes?box=sent").json()["data"] == []


def test_code_lists_are_dated_and_named_in_both_languages(visitor: ApiVisitor) -> None:
    listed = visitor.get("/code-lists")
    assert {each["name"] for each in listed.json()["data"]} == set(LIST_IDS)
    assert visitor.get("/code-lists", If_None_Match=listed.headers["ETag"]).status_code == 304
    one = visitor.get("/code-lists/un_rec20?starts_with=KGM&lang=zh").json()
    assert [each["code"] for each in one["data"]] == ["KGM"]
    assert visitor.get("/code-lists/un_rec20?starts_with=KGM&on=1900-01-01").status_code == 200
    assert visitor.get("/code-lists/nothing").status_code == 404
    assert visitor.get("/code-lists/un_rec20?on=soon").status_code == 422


def test_the_directory_tells_nothing_of_what_others_agreed(visitor: ApiVisitor) -> None:
    listed = visitor.get("/partners").json()
    assert {each["code"] for each in listed["data"]} == {"XB", "XC"}
    assert set(listed["data"][0]) == {"code", "name", "countries", "is_exchanging"}
