"""Signed statements by which a program says who it is to a token endpoint: read and written. Pure.

Source: RFC 7523 (2.2, 3), RFC 7519; `exchange.md` 5.1. Whether a statement was used before is for whoever keeps a
record; whether the key is the client's is decided by the key given here, never by a header of the statement.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

ALGORITHMS: Final = ("ES256", "ES384", "PS256", "PS384", "Ed25519")
"""No RSA of the old padding, no shared secrets, not ``none``; Ed25519 by its name of RFC 9864."""

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE: Final = timedelta(minutes=10)
SKEW: Final = timedelta(seconds=60)
MOST_OCTETS: Final = 8_192
_LONGEST_NAME: Final = 200
"""Signs of each name in a statement: client, its number, its key."""


class AssertionRefused(Exception):
    """A statement does not prove who its sender is; the text says why, for our own log."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a statement that holds says."""

    client_id: str
    id: str
    """``jti``: may be used once."""

    expires_at: datetime


def claimed_client(text: str) -> str:
    """Return who a statement says it is of, unproven. Raises `AssertionRefused`."""
    if len(text) > MOST_OCTETS:
        raise AssertionRefused("too long")
    try:
        claims = json.loads(jws.extract_compact(text.encode("ascii")).payload)
    except (JoseError, ValueError, RecursionError) as exc:
        raise AssertionRefused("not a signed statement") from exc
    return _name(claims, "sub") if isinstance(claims, dict) else _name({}, "sub")


def _name(said: Mapping[str, Any], field: str) -> str:
    """Return a name that a database and a log can hold: neither NUL nor half a sign passes."""
    text = said.get(field)
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
        raise AssertionRefused(f"no {field} that can be used")
    return text


def read_assertion(text: str, *, keys: str, audiences: frozenset[str], at: datetime) -> Assertion:
    """Return what a statement says. Raises `AssertionRefused`.

    ``keys`` is the client's public JWK or JWK set as JSON; ``audiences`` are the names of this token endpoint.
    """
    if len(text) > MOST_OCTETS:
        raise AssertionRefused("too long")
    _check_key_name(text)
    try:
        token = jwt.decode(text, _keys(keys), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, RecursionError) as exc:
        raise AssertionRefused(f"signature: {type(exc).__name__}") from exc
    if "crit" in token.header:
        raise AssertionRefused("unknown header fields")
    return _judged(token.claims, audiences=audiences, at=at)


def _check_key_name(text: str) -> None:
    """Refuse an odd ``kid`` before it is looked for among the client's keys."""
    try:
        header = jws.extract_compact(text.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, RecursionError) as exc:
        raise AssertionRefused("not a signed statement") from exc
    if header.get("kid") is not None:
        _name(header, "kid")


def _keys(text: str) -> Any:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise AssertionRefused("no key")
    return jwk.KeySet.import_key_set(data) if "keys" in data else jwk.import_key(data)  # type: ignore[arg-type]  # JSON


def _judged(claims: dict[str, Any], *, audiences: frozenset[str], at: datetime) -> Assertion:
    subject, issuer, number = (_name(claims, field) for field in ("sub", "iss", "jti"))
    if subject != issuer:
        raise AssertionRefused("issuer and subject must be the client")
    heard = claims.get("aud")
    heard = heard if isinstance(heard, list) else [heard]
    if len(heard) != 1 or heard[0] not in audiences:
        raise AssertionRefused("made for another server")
    expires = _time(claims, "exp")
    if expires is None or not at - SKEW < expires <= at + LONGEST_LIFE + SKEW:
        raise AssertionRefused("expired, or good for too long")
    if any(begin is not None and begin > at + SKEW for begin in (_time(claims, "nbf"), _time(claims, "iat"))):
        raise AssertionRefused("not good yet")
    return Assertion(subject, number, expires)


def _time(claims: dict[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AssertionRefused(f"{name} is no time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise AssertionRefused(f"{name} is no time") from exc


def write_assertion(*, client_id: str, audience: str, key: str, number: str, at: datetime) -> str:
    """Return our own statement, good for five minutes; ``key`` is our private JWK as JSON or PEM, ``number`` unused."""
    private = jwk.import_key(json.loads(key)) if key.lstrip().startswith("{") else _from_pem(key)
    header: dict[str, Any] = {"alg": _algorithm(private), "kid": private.thumbprint()}
    issued = int(at.timestamp())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": number, "iat": issued, "exp": issued + 300}
    return jwt.encode(header, claims, private, algorithms=list(ALGORITHMS))


def _from_pem(text: str) -> Any:
    for kind in ("EC", "OKP", "RSA"):
        try:
            return jwk.import_key(text, kind)
        except (JoseError, ValueError, TypeError):
            continue
    raise AssertionRefused("the private key cannot be read")


def _algorithm(private: Any) -> str:
    if private.key_type == "EC":
        return "ES384" if private.curve_name == "P-384" else "ES256"
    return "Ed25519" if private.key_type == "OKP" else "PS256"
