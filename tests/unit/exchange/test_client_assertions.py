"""Statements by which a program proves who it is: what holds, and every way to forge one that is known."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwk, jws, jwt

from opensps.exchange.client_assertions import (
    Assertion,
    AssertionRefused,
    claimed_client,
    read_assertion,
    write_assertion,
)

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HERE = "https://ecert.xa.example/oauth2/token"
KEY = jwk.ECKey.generate_key("P-256")
PUBLIC = json.dumps(KEY.as_dict(private=False))
STAMP = int(AT.timestamp())
GOOD: dict[str, Any] = {"iss": "xb", "sub": "xb", "aud": HERE, "jti": "one", "iat": STAMP, "exp": STAMP + 120}


def signed(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    head = {"alg": "ES256", **header}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def read(text: str, keys: str = PUBLIC) -> Assertion:
    return read_assertion(text, keys=keys, audiences=frozenset({HERE}), at=AT)


def raw(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in (header, claims))
    return ".".join([*parts, signature])


def test_a_good_statement_names_the_client_and_may_be_used_once_until_its_end() -> None:
    text = signed(GOOD)
    assert claimed_client(text) == "xb"
    assert read(text) == Assertion("xb", "one", AT + timedelta(seconds=120))


ODD = ["a\0b", "a\ud800", "a\nb", "a" * 201, "", 7]


@pytest.mark.parametrize("odd", ODD)
def test_names_that_no_database_or_log_can_hold_are_refused(odd: Any) -> None:
    with pytest.raises(AssertionRefused):
        claimed_client(raw({"alg": "ES256"}, GOOD | {"sub": odd}, "AA"))
    for changes in ({"sub": odd, "iss": odd}, {"iss": odd}, {"jti": odd}):
        payload = json.dumps(GOOD | changes).encode()
        text = jws.serialize_compact({"alg": "ES256"}, payload, KEY, algorithms=["ES256"])
        with pytest.raises(AssertionRefused):
            read(text)
    with pytest.raises(AssertionRefused):
        read(raw({"alg": "ES256", "kid": odd}, GOOD, "AA"), json.dumps({"keys": [KEY.as_dict(private=False)]}))


@pytest.mark.parametrize(
    "key", [jwk.ECKey.generate_key("P-384"), jwk.OKPKey.generate_key("Ed25519"), jwk.RSAKey.generate_key(2048), KEY]
)
def test_what_we_write_with_any_kind_of_key_we_read(key: Any) -> None:
    public = json.dumps(key.as_dict(private=False))
    for private in (json.dumps(key.as_dict(private=True)), key.as_pem(private=True).decode()):
        text = write_assertion(client_id="xa", audience=HERE, key=private, number="n1", at=AT)
        assert read(text, public) == Assertion("xa", "n1", AT + timedelta(minutes=5))
        assert read(text, json.dumps({"keys": [key.as_dict(private=False, kid=key.thumbprint())]})).client_id == "xa"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://ecert.xc.example/oauth2/token"},
        {"aud": [HERE, "https://ecert.xc.example/oauth2/token"]},
        {"aud": HERE + "/"},
        {"aud": None},
        {"iss": "xc"},
        {"sub": "xc"},
        {"sub": None, "iss": None},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 256},
        {"jti": 5},
        {"exp": None},
        {"exp": STAMP - 61},
        {"exp": STAMP + 3600},
        {"exp": True},
        {"exp": "soon"},
        {"exp": 1e300},
        {"nbf": STAMP + 120},
        {"iat": STAMP + 120},
    ],
    ids=str,
)
def test_a_statement_for_another_server_time_or_client_is_refused(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(AssertionRefused):
        read(signed(claims))


def _by_secret() -> str:
    """The old confusion: the public key, which everybody knows, taken as the secret of an HMAC."""
    text = raw({"alg": "HS256"}, GOOD)[:-1]
    signature = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _with_own_key() -> str:
    other = jwk.ECKey.generate_key("P-256")
    return signed(GOOD, other, jwk=other.as_dict(private=False))


FORGED: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: raw({"alg": "none"}, GOOD),
    "no algorithm, other case": lambda: raw({"alg": "NonE"}, GOOD),
    "no signature": lambda: raw({"alg": "ES256"}, GOOD),
    "zero signature": lambda: raw({"alg": "ES256"}, GOOD, base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()),
    "public key as secret": _by_secret,
    "another key": lambda: signed(GOOD, jwk.ECKey.generate_key("P-256")),
    "another key named in the header": _with_own_key,
    "changed afterwards": lambda: signed(GOOD).replace(".", ".e30", 1),
    "unknown critical header": lambda: raw({"alg": "ES256", "crit": ["x"], "x": 1}, GOOD, signed(GOOD).split(".")[2]),
    "empty": lambda: "",
    "no dots": lambda: "abc",
    "five parts": lambda: "a.b.c.d.e",
    "not ASCII": lambda: "ä.ö.ü",
    "huge": lambda: "a" * 10_000,
    "claims are a list": lambda: raw({"alg": "ES256"}, [1]),  # type: ignore[arg-type]  # on purpose
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_statement_is_refused(name: str) -> None:
    with pytest.raises(AssertionRefused):
        read(FORGED[name]())


@pytest.mark.parametrize("keys", ["[]", "5", "{}", '{"keys": []}', '{"kty": "EC"}', "no json"])
def test_a_registration_without_a_usable_key_proves_nothing(keys: str) -> None:
    with pytest.raises(AssertionRefused):
        read(signed(GOOD), keys)


@pytest.mark.parametrize("text", ["", "a.b", raw({"alg": "ES256"}, {"sub": 5}), raw({}, {}), "é.é.é", "x" * 9000])
def test_nobody_is_named_by_what_is_no_statement(text: str) -> None:
    with pytest.raises(AssertionRefused):
        claimed_client(text)


def test_a_private_key_that_is_none_is_said_so() -> None:
    with pytest.raises(AssertionRefused):
        write_assertion(client_id="xa", audience=HERE, key="nothing", number="n", at=AT)
