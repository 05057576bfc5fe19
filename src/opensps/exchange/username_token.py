"""WS-Security UsernameToken with digest, read from a header and compared with a key. Pure.

Source: `exchange.md` 3.6; OASIS Web Services Security UsernameToken Profile 1.0. Digest = Base64(SHA-1(decoded nonce,
Created as sent, key)): SHA-1 is what the profile and every stock client has, a compatibility means under a random key
of ours and TLS. Created is hashed as the text that came. Signatures and other tokens in the header are read by nobody.
"""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from opensps.exchange.errors import ExchangeError
from opensps.formats.xml_stream import Node

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU = f"{_OASIS}wssecurity-utility-1.0.xsd"
_DIGEST = f"{_OASIS}username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_OASIS}soap-message-security-1.0#Base64Binary"

LEAST_NONCE = 8
MOST_NONCE = 128
LATEST = timedelta(seconds=60)
"""So far ahead of us another clock may be."""

OLDEST = timedelta(seconds=300)
"""So old a token may be, unless a partner has agreed on less."""

_LONGEST_NAME = 100
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)")


class TokenCode(StrEnum):
    """Why a token is refused: the codes of the wire (`exchange.md` 3.5)."""

    CREDENTIAL_MISSING = "CREDENTIAL_MISSING"
    CREDENTIAL_INVALID = "CREDENTIAL_INVALID"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105  a code
    NONCE_REUSED = "NONCE_REUSED"
    PASSWORD_TEXT_REFUSED = "PASSWORD_TEXT_REFUSED"  # noqa: S105  a code


class TokenRefused(ExchangeError):
    """A caller did not prove who it is; `is_malformed` where the token itself is none."""

    def __init__(self, code: TokenCode, detail: str = "", *, is_malformed: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.is_malformed = code, detail, is_malformed


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """A token as it came, not yet compared with anything."""

    username: str
    digest: bytes
    """20 octets."""

    nonce: bytes
    created_text: str
    """As sent: it is hashed so."""

    created_at: datetime

    def is_made_with(self, key: bytes) -> bool:
        """Whether the digest was made with this key; the time it takes says nothing."""
        made = hashlib.sha1(self.nonce + self.created_text.encode() + key).digest()  # noqa: S324  the profile's own
        return hmac.compare_digest(made, self.digest)


def token_of(headers: Iterable[Node], *, at: datetime, oldest: timedelta = OLDEST) -> UsernameToken | None:
    """Return the token of a message, fresh by its own word; None without a Security header that has one.

    Raises `TokenRefused`.
    """
    security = [each for each in headers if each.tag == f"{{{WSSE}}}Security"]
    tokens = [child for each in security for child in each.children if child.tag == f"{{{WSSE}}}UsernameToken"]
    for each in security:
        _check_timestamps(each, at)
    if len(tokens) > 1:
        raise _malformed("more than one UsernameToken")
    if not tokens:
        return None
    token = _read(tokens[0])
    if not at - oldest <= token.created_at <= at + LATEST:
        raise TokenRefused(TokenCode.TOKEN_EXPIRED, "Created is not current; compare your clock with ours")
    return token


def _read(element: Node) -> UsernameToken:
    parts = {name: _one(element, home, name) for home, name in _PARTS}
    password, nonce = parts["Password"], parts["Nonce"]
    if password.attributes.get("Type", "").strip() != _DIGEST:
        raise TokenRefused(TokenCode.PASSWORD_TEXT_REFUSED, "only PasswordDigest is taken", is_malformed=True)
    if nonce.attributes.get("EncodingType", _BASE64).strip() != _BASE64:
        raise _malformed("the Nonce is not Base64Binary")
    username, created = parts["Username"].text.strip(), parts["Created"].text
    if not 0 < len(username) <= _LONGEST_NAME:
        raise _malformed("no Username")
    return UsernameToken(
        username=username,
        digest=_octets(password.text, hashlib.sha1().digest_size, hashlib.sha1().digest_size),  # noqa: S324  a length
        nonce=_octets(nonce.text, LEAST_NONCE, MOST_NONCE),
        created_text=created,
        created_at=_moment(created),
    )


_PARTS = ((WSSE, "Username"), (WSSE, "Password"), (WSSE, "Nonce"), (WSU, "Created"))


def _one(element: Node, home: str, name: str) -> Node:
    found = [child for child in element.children if child.tag == f"{{{home}}}{name}"]
    if len(found) != 1 or found[0].children or found[0].long is not None:
        raise _malformed(f"the token has {len(found)} elements {name}, and not one")
    return found[0]


def _octets(text: str, least: int, most: int) -> bytes:
    try:
        found = b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("not base64") from None
    if not least <= len(found) <= most:
        raise _malformed(f"{least} to {most} octets are expected")
    return found


def _moment(text: str) -> datetime:
    """Return a time in UTC: ``Z`` or ``+00:00``, with or without a fraction."""
    stripped = text.strip()
    if _MOMENT.fullmatch(stripped) is None:
        raise _malformed("Created is no time in UTC")
    try:
        return datetime.fromisoformat(stripped)
    except ValueError:
        raise _malformed("Created is no time in UTC") from None


def _check_timestamps(security: Node, at: datetime) -> None:
    """Refuse a Timestamp that is not current; a message without one has none to check."""
    for stamp in (child for child in security.children if child.tag == f"{{{WSU}}}Timestamp"):
        for child in stamp.children:
            moment = _moment(child.text)
            is_late = child.tag == f"{{{WSU}}}Expires" and moment <= at
            is_early = child.tag == f"{{{WSU}}}Created" and moment > at + LATEST
            if is_late or is_early:
                raise TokenRefused(TokenCode.TOKEN_EXPIRED, "the Timestamp is not current")


def _malformed(detail: str) -> TokenRefused:
    return TokenRefused(TokenCode.CREDENTIAL_INVALID, detail, is_malformed=True)
