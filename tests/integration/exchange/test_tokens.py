"""Tokens for programs of partners: who gets one, for what, and every attack on the way (RFC 6749, 7523, 8705)."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwk

from opensps.exchange.client_assertions import TYPE
from opensps.exchange.models import AccessToken, PartnerCredential
from opensps.exchange.queries.clients import ApiCaller, caller_of_token
from opensps.exchange.services.tokens import IssuedToken, TokenRefused, TokenRequest, token_issue
from opensps.lifecycle import OnboardingState
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.rest import TOKEN_URL, KeyClient, partner_of, registered, registered_secret

pytestmark = pytest.mark.django_db
IDENTITY = client_identity()
SHA256 = hashlib.sha256(der_of(IDENTITY)).hexdigest()


def ask(at: datetime | None = None, **parts: Any) -> IssuedToken:
    given = {"grant_type": "client_credentials", "audiences": frozenset({TOKEN_URL}), **parts}
    return token_issue(authority="XA", request=TokenRequest(**given), at=at or datetime.now(UTC))


def stated(statement: str, **parts: Any) -> IssuedToken:
    return ask(assertion=statement, assertion_type=TYPE, **parts)


def refusal(**parts: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        ask(**parts)
    return caught.value.error


def caller(token: IssuedToken, *, sha256: str = "", at: datetime | None = None) -> ApiCaller | None:
    return caller_of_token(authority="XA", token=token.token, certificate_sha256=sha256, at=at or datetime.now(UTC))


def test_a_signed_statement_gets_a_token_kept_only_as_its_digest() -> None:
    client = KeyClient.made(partner_of())
    token = stated(client.statement(), scope="envelopes:read checks:write")
    found = caller(token)
    assert found is not None
    assert (found.partner.code, found.client_id) == ("XB", "xb-system")
    assert found.scopes == {"envelopes:read", "checks:write"}
    row = AccessToken.objects.get()
    assert row.sha256 == hashlib.sha256(token.token.encode()).hexdigest()
    assert token.token not in repr(token)


def test_a_token_ends_after_fifteen_minutes_and_with_its_client() -> None:
    client = KeyClient.made(partner_of())
    token = stated(client.statement())
    assert caller(token, at=datetime.now(UTC) + timedelta(minutes=14)) is not None
    assert caller(token, at=datetime.now(UTC) + timedelta(minutes=15)) is None
    PartnerCredential.objects.update(status="retired", retired_at=datetime.now(UTC))
    assert caller(token) is None


def test_a_revoked_token_is_none() -> None:
    token = stated(KeyClient.made(partner_of()).statement())
    AccessToken.objects.update(revoked_at=datetime.now(UTC))
    assert caller(token) is None


def test_a_statement_is_used_once() -> None:
    statement = KeyClient.made(partner_of()).statement()
    stated(statement)
    assert refusal(assertion=statement, assertion_type=TYPE) == "invalid_client"


def test_the_same_id_of_another_client_is_another_statement() -> None:
    one, two = KeyClient.made(partner_of()), KeyClient.made(partner_of("XC"), name="xc-system")
    stated(one.statement(jti="same-id"))
    assert caller(stated(two.statement(jti="same-id"))).partner.code == "XC"  # type: ignore[union-attr]  # fails if None


def test_a_refused_statement_does_not_use_up_its_id() -> None:
    client = KeyClient.made(partner_of())
    assert refusal(assertion=client.statement(jti="mine", aud="else"), assertion_type=TYPE) == "invalid_client"
    stated(client.statement(jti="mine"))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/oauth2/token"},
        {"exp": 1},
        {"sub": "xc-system"},
        {"sub": "nobody", "iss": "nobody"},
    ],
    ids=["wrong audience", "expired", "of another client", "unknown client"],
)
def test_a_wrong_statement_is_refused(changes: dict[str, Any]) -> None:
    client = KeyClient.made(partner_of())
    KeyClient.made(partner_of("XC"), name="xc-system")
    assert refusal(assertion=client.statement(**changes), assertion_type=TYPE) == "invalid_client"


def test_the_key_of_another_client_proves_nothing() -> None:
    client = KeyClient.made(partner_of())
    other = KeyClient.made(partner_of("XC"), name="xc-system")
    assert refusal(assertion=client.statement(key=other.key), assertion_type=TYPE) == "invalid_client"


def test_a_secret_cannot_stand_in_for_a_key_nor_a_key_for_a_secret() -> None:
    client = KeyClient.made(partner_of())
    assert refusal(client_id=client.name, client_secret="x" * 43) == "invalid_client"
    assert refusal(client_id=client.name) == "invalid_client"
    secret = registered_secret(partner_of(), name="xb-secret")
    statement = KeyClient("xb-secret", jwk.ECKey.generate_key("P-256")).statement()
    assert refusal(assertion=statement, assertion_type=TYPE) == "invalid_client"
    assert refusal(client_id="xb-secret", client_secret=secret, assertion=statement) == "invalid_request"


def test_a_secret_is_good_in_the_sandbox_only() -> None:
    secret = registered_secret(partner_of(), name="xb-secret")
    assert caller(ask(client_id="xb-secret", client_secret=secret)) is not None
    assert refusal(client_id="xb-secret", client_secret=secret + "x") == "invalid_client"
    live = registered_secret(partner_of("XC", environment="live"), name="xc-secret")
    assert refusal(client_id="xc-secret", client_secret=live) == "invalid_client"


def test_a_client_certificate_gets_a_token_that_is_worth_nothing_without_it() -> None:
    registered(partner_of(), name="xb-tls", material=IDENTITY.certificate_pem.decode(), fingerprint=SHA256)
    token = ask(client_id="xb-tls", certificate_sha256=SHA256)
    assert caller(token, sha256=SHA256) is not None
    assert caller(token) is None
    assert caller(token, sha256="0" * 64) is None
    assert refusal(client_id="xb-tls", certificate_sha256="0" * 64) == "invalid_client"
    assert refusal(client_id="xb-tls") == "invalid_client"


def test_a_key_that_is_not_confirmed_or_not_yet_or_no_more_valid_proves_nothing() -> None:
    now, partner = datetime.now(UTC), partner_of()
    for number, fields in enumerate(
        (
            {"status": "next", "confirmed_at": None},
            {"valid_from": now + timedelta(hours=1)},
            {"valid_to": now - timedelta(hours=1)},
            {"status": "retired"},
        )
    ):
        client = KeyClient.made(partner, name=f"xb-{number}", **fields)
        assert refusal(assertion=client.statement(), assertion_type=TYPE) == "invalid_client"


def test_during_a_change_of_keys_both_hold() -> None:
    partner = partner_of()
    old, new = KeyClient.made(partner), KeyClient.made(partner, status="next")
    assert caller(stated(old.statement())) is not None
    assert caller(stated(new.statement())) is not None


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"assertion": "x", "assertion_type": "saml"}, "invalid_request"),
        ({"assertion": "x.y.z", "assertion_type": TYPE}, "invalid_client"),
        ({"client_id": "nobody", "client_secret": "x"}, "invalid_client"),
        ({}, "invalid_client"),
    ],
)
def test_what_is_no_request_for_a_token_is_refused_by_the_words_of_the_rfc(parts: dict[str, Any], error: str) -> None:
    assert refusal(**parts) == error


def test_nobody_gets_more_than_was_granted_and_what_is_taken_back_is_gone_at_once() -> None:
    client = KeyClient.made(partner_of(), scopes=["envelopes:read"])
    assert refusal(assertion=client.statement(), assertion_type=TYPE, scope="envelopes:write") == "invalid_scope"
    token = stated(client.statement())
    assert token.scopes == ("envelopes:read",)
    PartnerCredential.objects.update(scopes=[])
    assert caller(token).scopes == frozenset()  # type: ignore[union-attr]  # fails if None


@pytest.mark.parametrize("state", [OnboardingState.APPLIED, OnboardingState.PROFILE_SET])
def test_a_partner_without_a_sandbox_gets_no_token(state: str) -> None:
    client = KeyClient.made(partner_of(state=state))
    assert refusal(assertion=client.statement(), assertion_type=TYPE) == "unauthorized_client"


def test_a_suspended_partner_gets_no_token() -> None:
    client = KeyClient.made(partner_of(state="suspended", resumes_as="live", suspended_reason="abuse"))
    assert refusal(assertion=client.statement(), assertion_type=TYPE) == "unauthorized_client"


def test_thirty_tokens_a_minute_and_then_a_pause() -> None:
    client = KeyClient.made(partner_of())
    at = datetime.now(UTC).replace(second=10)
    for _ in range(30):
        stated(client.statement(at=at), at=at)
    with pytest.raises(TokenRefused) as caught:
        stated(client.statement(at=at), at=at)
    assert (caught.value.error, caught.value.retry_after) == ("rate_limit", 50)


def test_a_token_of_another_authority_is_none_here() -> None:
    token = stated(KeyClient.made(partner_of()).statement())
    assert caller_of_token(authority="XZ", token=token.token, certificate_sha256="", at=datetime.now(UTC)) is None
