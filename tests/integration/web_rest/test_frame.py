"""The frame of the API: who enters, how often, with which bodies, and that every refusal is a problem document."""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from opensps.exchange.models import AccessToken, CallCounter, Partner
from opensps.web.rest.bodies import content_digest
from opensps.web.rest.pages import WORDS
from opensps.web.rest.problems import BY_STATUS, KINDS, slug
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {
    "from": "XB", "to": "XA", "type_code": "851", "status_code": "70", "number": "N-1", "content": "PGEvPg==",
}  # fmt: skip


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Return the problem document of an answer that must be one."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(response.content)
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"/developers/errors/{slug(code)}"
    assert document["trace_id"] == response.headers["X-Trace-Id"] != ""
    assert document["retryable"] == KINDS[code].is_retryable
    assert response.headers["Cache-Control"] == "no-store"
    return document


@pytest.fixture
def visitor() -> ApiVisitor:
    return ApiVisitor.of(partner_of())


def test_without_a_token_nobody_enters_and_is_told_how() -> None:
    response = Client().get("/api/v1/partners", secure=True)
    problem(response, 401, "CREDENTIAL_MISSING")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer x", "Bearer " + "x" * 600, "Bearer \xe4", "Bearer a b"])
def test_a_token_that_is_none_is_refused(header: str) -> None:
    response = Client().get("/api/v1/partners", secure=True, headers={"Authorization": header})
    problem(response, 401, "CREDENTIAL_INVALID")
    assert "invalid_token" in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("address", ["/api/v1/partners?access_token={}", "/api/v1/partners?token={}"])
def test_a_token_in_the_address_counts_as_none(visitor: ApiVisitor, address: str) -> None:
    problem(Client().get(address.format(visitor.token), secure=True), 401, "CREDENTIAL_MISSING")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearerx"])
def test_another_scheme_counts_as_no_token(visitor: ApiVisitor, scheme: str) -> None:
    response = Client().get("/api/v1/partners", secure=True, headers={"Authorization": f"{scheme} {visitor.token}"})
    problem(response, 401, "CREDENTIAL_MISSING")


def test_a_token_bound_to_a_certificate_is_refused_without_it() -> None:
    bound = ApiVisitor.of(partner_of(), certificate_sha256="0" * 64)
    problem(bound.get("/partners"), 401, "CREDENTIAL_INVALID")


def test_an_ended_token_is_refused(visitor: ApiVisitor) -> None:
    AccessToken.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    problem(visitor.get("/partners"), 401, "CREDENTIAL_INVALID")


def test_a_token_opens_what_its_scopes_say() -> None:
    narrow = ApiVisitor.of(partner_of(), scopes=("certificates:read",))
    assert narrow.get("/certificates").status_code == 200
    response = narrow.get("/envelopes")
    problem(response, 403, "SCOPE_MISSING")
    assert 'scope="envelopes:read"' in response.headers["WWW-Authenticate"]


def test_a_suspended_partner_is_told_so(visitor: ApiVisitor) -> None:
    Partner.objects.update(state="suspended", resumes_as="live", suspended_reason="abuse")
    problem(visitor.get("/envelopes"), 403, "PARTNER_SUSPENDED")


def test_what_is_not_there_and_what_takes_no_such_method_are_problems_too(visitor: ApiVisitor) -> None:
    problem(visitor.get("/nothing"), 404, "NOT_FOUND")
    problem(visitor.get("/envelopes/"), 404, "NOT_FOUND")
    response = visitor.send("DELETE", "/envelopes")
    problem(response, 405, "METHOD_NOT_ALLOWED")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}
    problem(visitor.send("TRACE", "/envelopes"), 405, "METHOD_NOT_ALLOWED")


def test_a_zero_octet_in_the_address_is_a_problem(visitor: ApiVisitor) -> None:
    problem(visitor.get("/envelopes?number=%00"), 400, "REQUEST_MALFORMED")


def test_a_host_that_is_not_ours_is_a_problem() -> None:
    problem(Client().get("/api/v1/partners", secure=True, HTTP_HOST="evil.example"), 400, "REQUEST_MALFORMED")


def test_a_failure_of_ours_is_a_problem_with_a_trace_and_nothing_else(
    visitor: ApiVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("opensps.web.rest.endpoints.envelopes.envelopes_for_caller", broken)
    response = visitor.get("/envelopes")
    problem(response, 500, "INTERNAL_ERROR")
    assert b"secret detail" not in response.content


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff{}",
        b'{"from": "XB", "from": "XC"}',
        b'{"from": NaN}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 50 + b"}",
        b'{"from": "\\ud800"}',
        b'{"from": "a\\u0000b"}',
        b'{"from": ["a\\u0000b"]}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_not_plain_json_is_refused_before_it_is_looked_at(visitor: ApiVisitor, body: bytes) -> None:
    problem(visitor.post("/envelopes", body), 400, "REQUEST_MALFORMED")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null", b"{}", b""])
def test_json_of_another_form_is_named_by_its_pointer(visitor: ApiVisitor, body: bytes) -> None:
    assert problem(visitor.post("/envelopes", body), 422, "SCHEMA_INVALID")["errors"]


def test_every_fault_is_named_and_what_was_sent_is_not_said_back(visitor: ApiVisitor) -> None:
    wrong = {**GOOD, "type_code": "private text", "version": 0, "unknown": 1, "content": "not base64"}
    errors = problem(visitor.post("/envelopes", wrong), 422, "SCHEMA_INVALID")["errors"]
    assert {each["pointer"] for each in errors} == {"/type_code", "/version", "/unknown", "/content"}
    assert "private text" not in json.dumps(errors)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
def test_bodies_are_json_and_nothing_else(visitor: ApiVisitor, kind: str) -> None:
    headers = {"Authorization": f"Bearer {visitor.token}", "Idempotency-Key": "k" * 8}
    response = visitor.client.generic("POST", "/api/v1/envelopes", b"{}", kind, secure=True, headers=headers)
    problem(response, 415, "MEDIA_TYPE_UNSUPPORTED")


def test_a_body_above_the_limit_is_refused(visitor: ApiVisitor) -> None:
    problem(visitor.post("/outcomes", b" " * 16_000_001), 413, "BODY_TOO_LARGE")
    problem(visitor.post("/acknowledgements", b" " * 1_000_001), 413, "BODY_TOO_LARGE")


def test_a_digest_that_came_with_the_body_must_be_that_of_the_body(visitor: ApiVisitor) -> None:
    body = json.dumps(GOOD).encode()
    right = f"sha-256=:{content_digest(body)}:"
    problem(visitor.post("/envelopes", body, Content_Digest="sha-256=:" + "A" * 43 + "=:"), 400, "DIGEST_MISMATCH")
    problem(visitor.post("/envelopes", body, Content_Digest="sha-256=nonsense"), 400, "DIGEST_MISMATCH")
    assert visitor.post("/envelopes", body, Content_Digest=right).status_code == 202
    assert visitor.post("/envelopes", body, Content_Digest=f"sha-512=:x:, {right}").status_code == 202


@pytest.mark.parametrize("key", ["", "short", "x" * 256, "with blank", "ä" * 10])
def test_what_creates_needs_a_key_of_its_own(visitor: ApiVisitor, key: str) -> None:
    problem(visitor.post("/envelopes", GOOD, Idempotency_Key=key), 400, "KEY_MISSING")


def test_calls_are_counted_and_said_and_end_for_a_minute(visitor: ApiVisitor) -> None:
    response = visitor.get("/partners")
    assert response.headers["RateLimit-Policy"] == '"reads";q=600;w=60'
    assert response.headers["RateLimit"].startswith('"reads";r=599;t=')
    CallCounter.objects.update(calls=600)
    refused = visitor.get("/partners")
    while refused.status_code == 200:  # a new minute began meanwhile
        CallCounter.objects.update(calls=600)
        refused = visitor.get("/partners")
    problem(refused, 429, "RATE_LIMIT")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert visitor.post("/envelopes", GOOD).status_code == 202, "writes are counted apart"


def test_one_client_does_not_use_up_what_another_has() -> None:
    one, other = ApiVisitor.of(partner_of()), ApiVisitor.of(partner_of("XC"), name="xc-system")
    one.get("/partners")
    CallCounter.objects.update(calls=600)
    assert other.get("/partners").status_code == 200


def test_no_cookie_is_set_and_none_is_asked_for(visitor: ApiVisitor) -> None:
    assert not visitor.get("/partners").cookies
    assert not visitor.post("/envelopes", GOOD).cookies


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_every_kind_of_problem_has_its_page_in_both_languages(code: str, prefix: str) -> None:
    response = Client().get(f"{prefix}/developers/errors/{slug(code)}", secure=True)
    assert response.status_code == 200
    assert code in response.text


def test_every_kind_has_words_every_status_a_kind_and_the_list_names_all() -> None:
    assert WORDS.keys() == KINDS.keys()
    assert all(KINDS[code].status == status for status, code in BY_STATUS.items())
    text = Client().get("/developers/errors", secure=True).text
    assert all(code in text for code in KINDS)
    assert Client().get("/developers/errors/no-such-thing", secure=True).status_code == 404


def test_an_answer_of_success_is_json_with_a_trace(visitor: ApiVisitor) -> None:
    response = visitor.get("/partners/me")
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Trace-Id"]
    shown = response.json()
    assert (shown["code"], shown["connections"][0]["connection_code"]) == ("XB", "XB")
    assert hashlib.sha256(visitor.token.encode()).hexdigest() not in response.text
    assert secrets.compare_digest(shown["keys"][0]["use"], "oauth_client")
