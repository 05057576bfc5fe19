"""S29: which tokens are read, which are refused, and with which code."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from zeep.wsse.username import UsernameToken as ZeepToken
from zeep.wsse.utils import get_security_header

from opensps.exchange.username_token import OLDEST, WSSE, WSU, TokenCode, TokenRefused, UsernameToken, token_of
from opensps.formats.xml_stream import Node, read_stream

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = b"Zm9yIHRlc3RzIG9ubHksIDMyIG9jdGV0cyBvZiBrZXk"
NONCE = b"sixteen octets.."
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"


def _header(
    *,
    created: str = "2026-03-01T12:00:00Z",
    nonce: str | None = None,
    type_name: str = f"{PROFILE}#PasswordDigest",
    username: str = "XB",
    key: bytes = KEY,
    timestamp: str = "",
    again: str = "",
) -> list[Node]:
    """Return the headers of a message with one token, made by hand as the profile says."""
    digest = base64.b64encode(hashlib.sha1(NONCE + created.encode() + key).digest()).decode()  # noqa: S324  the profile
    spoken = base64.b64encode(NONCE).decode() if nonce is None else nonce
    token = (
        f'<w:UsernameToken><w:Username>{username}</w:Username><w:Password Type="{type_name}">{digest}</w:Password>'
        f"<w:Nonce>{spoken}</w:Nonce><u:Created>{created}</u:Created></w:UsernameToken>"
    )
    xml = f'<h xmlns:w="{WSSE}" xmlns:u="{WSU}"><w:Security>{timestamp}{token}{again}</w:Security></h>'
    with read_stream([xml.encode()], most_bytes=100_000) as document:
        return document.root.children


def _taken(**changes: str) -> UsernameToken:
    token = token_of(_header(**changes), at=AT)  # type: ignore[arg-type]  # texts only
    assert token is not None
    return token


@pytest.mark.parametrize(
    "created",
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00.250Z", "2026-03-01T12:00:00.1234567Z"],
)
def test_every_form_of_created_that_clients_send_is_hashed_as_it_came(created: str) -> None:
    token = _taken(created=created)
    assert (token.username, token.is_made_with(KEY)) == ("XB", True)
    assert not token.is_made_with(KEY[:-1])


@pytest.mark.parametrize("seconds", [-300, -1, 0, 60])
def test_a_clock_a_little_off_is_taken(seconds: int) -> None:
    assert token_of(_header(), at=AT - timedelta(seconds=seconds)) is not None


@pytest.mark.parametrize("seconds", [-301, 61])
def test_a_clock_far_off_is_expired(seconds: int) -> None:
    with pytest.raises(TokenRefused) as refused:
        token_of(_header(), at=AT - timedelta(seconds=seconds))
    assert (refused.value.code, refused.value.is_malformed) == (TokenCode.TOKEN_EXPIRED, False)


def test_a_partner_may_have_agreed_on_less_time() -> None:
    with pytest.raises(TokenRefused):
        token_of(_header(), at=AT + timedelta(seconds=61), oldest=timedelta(seconds=60))
    assert timedelta(seconds=60) < OLDEST


@pytest.mark.parametrize("type_name", [f"{PROFILE}#PasswordText", "", "PasswordDigest", "#PasswordDigest"])
def test_a_password_in_clear_is_always_refused(type_name: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        _taken(type_name=type_name)
    assert refused.value.code is TokenCode.PASSWORD_TEXT_REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "***"},
        {"nonce": "ä"},
        {"nonce": base64.b64encode(b"short").decode()},
        {"nonce": base64.b64encode(b"x" * 129).decode()},
        {"nonce": ""},
        {"username": ""},
        {"username": "x" * 101},
        {"created": "2026-03-01T12:00:00"},
        {"created": "2026-03-01T12:00:00+08:00"},
        {"created": "2026-13-01T12:00:00Z"},
        {"created": "20260301T120000Z"},
        {"created": "yesterday"},
        {"again": "<w:UsernameToken/>"},
    ],
)
def test_what_is_no_token_is_malformed(changes: dict[str, str]) -> None:
    with pytest.raises(TokenRefused) as refused:
        _taken(**changes)
    assert (refused.value.code, refused.value.is_malformed) == (TokenCode.CREDENTIAL_INVALID, True)


def test_a_message_without_a_token_has_none() -> None:
    assert token_of([], at=AT) is None


def test_white_space_around_base64_is_nothing() -> None:
    assert _taken(nonce=f"\n  {base64.b64encode(NONCE).decode()}\n").is_made_with(KEY)


@pytest.mark.parametrize(
    ("created", "expires", "is_taken"),
    [
        ("2026-03-01T11:59:59Z", "2026-03-01T12:03:00Z", True),
        ("2026-03-01T11:50:00Z", "2026-03-01T12:00:00Z", False),
        ("2026-03-01T12:02:00Z", "2026-03-01T12:05:00Z", False),
    ],
)
def test_a_timestamp_must_be_current_where_there_is_one(created: str, expires: str, is_taken: bool) -> None:
    stamp = f"<u:Timestamp><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp>"
    if is_taken:
        assert _taken(timestamp=stamp).username == "XB"
        return
    with pytest.raises(TokenRefused) as refused:
        _taken(timestamp=stamp)
    assert refused.value.code is TokenCode.TOKEN_EXPIRED


def test_the_token_of_zeep_is_ours_to_read() -> None:
    """The stock client: it encodes the nonce itself and writes Created with a zone."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    envelope = etree.Element(f"{{{soap}}}Envelope", nsmap={"soap": soap})
    etree.SubElement(envelope, f"{{{soap}}}Body")
    get_security_header(envelope)  # type: ignore[no-untyped-call]  # zeep has no types
    made, _ = ZeepToken("XB", KEY.decode(), use_digest=True, created=AT).apply(envelope, {})  # type: ignore[no-untyped-call]  # as above
    with read_stream([etree.tostring(made)], most_bytes=100_000) as document:
        header = next(part for part in document.root.children if part.local == "Header")
        token = token_of(header.children, at=AT)
    assert token is not None
    assert token.is_made_with(KEY)
