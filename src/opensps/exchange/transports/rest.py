"""Pushing envelopes to a partner that offers this same REST API: two installations of OpenSPS talk to each other.

Source: `exchange.md` 5, 8.2. Our delivery number travels as the sender's own and makes every repeat harmless, so an
unknown outcome is answered by sending again. The answer to a delivery is the partner's acknowledgement, given by a
server whose certificate we know. Never touches the database; a token is kept in memory until shortly before its end.
"""

import base64
import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

from opensps.exchange.client_assertions import TYPE, AssertionRefused, write_assertion
from opensps.exchange.transports import http_result
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_tls import tls_of
from opensps.exchange.transports.rest_inquiries import INQUIRY_SCOPES, inquiry_call
from opensps.exchange.transports.transport import (
    Answer,
    Connection,
    Credential,
    Kind,
    Outbound,
    Refused,
    Seen,
    Sent,
    Uncertain,
    Unreachable,
)
from opensps.lifecycle import TrackingInfo, tracking_word

LIMITS: Final = Limits(connect=10.0, read=60.0, total=60.0, answer=2_000_000)
_SCOPES: Final = "envelopes:write envelopes:read envelopes:acknowledge"
_EARLY: Final = 60.0
"""Seconds before its end in which a token is not used any more."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,4096}")
"""RFC 6750, 2.1."""

_LATER: Final = frozenset({408, 409, 425, 429})
_SUCCESS: Final = range(200, 300)
_REDIRECT: Final = range(300, 400)
_BROKEN: Final = range(500, 600)
_PAUSING: Final = {
    http_result.Reason.PIN: "pin",
    http_result.Reason.ADDRESS: "address",
    http_result.Reason.NETWORK: "network",
}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: float
    """By the monotonic clock."""


@dataclass(slots=True)
class Tokens:
    """Tokens of connections, by id and scopes; shared by the threads of a worker."""

    _held: dict[tuple[int, str], _Token] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, connection: int, scopes: str) -> str:
        """Return a token that is still good, or an empty text."""
        with self._lock:
            held = self._held.get((connection, scopes))
            return held.text if held is not None and held.until > time.monotonic() else ""

    def put(self, connection: int, scopes: str, token: str, *, seconds: float) -> None:
        """Keep a token."""
        with self._lock:
            self._held[connection, scopes] = _Token(token, time.monotonic() + seconds - _EARLY)

    def drop(self, connection: int, scopes: str) -> None:
        """Forget a token the other side did not take."""
        with self._lock:
            self._held.pop((connection, scopes), None)


@dataclass(frozen=True, slots=True)
class _Request:
    """A call before it has its token."""

    method: str
    path: str
    data: bytes
    scopes: str
    key: str


@dataclass(frozen=True, slots=True)
class RestTransport:
    """Sends to partners over REST, and asks them what became of it."""

    tokens: Tokens = field(default_factory=Tokens)
    guard: Guard | None = None

    def send(self, outbound: Outbound) -> Answer:
        """Deliver an envelope, or acknowledge one of theirs."""
        if outbound.kind is Kind.INQUIRY:
            return self._inquiry(outbound)
        if outbound.kind is Kind.ACKNOWLEDGEMENT:
            path = f"/envelopes/{quote(outbound.in_reply_to_remote or outbound.in_reply_to, safe='')}/acknowledgement"
            result = self._called(outbound.connection, "POST", path, _acknowledgement(outbound))
        else:
            result = self._called(outbound.connection, "POST", "/envelopes", _envelope(outbound))
        return result if isinstance(result, Unreachable | Uncertain) else _answered(result)

    def _inquiry(self, outbound: Outbound) -> Answer:
        """Open an inquiry there, or say more to one; the number they gave it comes back as theirs."""
        call = inquiry_call(outbound)
        if isinstance(call, Unreachable):
            return call
        key = hashlib.sha256(outbound.delivery_number.encode()).hexdigest()
        result = self._called(outbound.connection, "POST", call.path, call.body, scopes=INQUIRY_SCOPES, key=key)
        return result if isinstance(result, Unreachable | Uncertain) else _answered(_as_delivery(result))

    def inquiry(self, connection: Connection, remote_number: str) -> Mapping[str, Any] | Unreachable:
        """Ask how far an inquiry of ours is; nothing in it where it is not known there."""
        path = f"/inquiries/{quote(remote_number, safe='')}"
        result = self._called(connection, "GET", path, None, scopes=INQUIRY_SCOPES)
        if isinstance(result, Uncertain):
            return Unreachable(result.text, code=result.code)
        if isinstance(result, Unreachable):
            return result
        return _json(result) if result.status == HTTPStatus.OK else Unreachable(_words(result), code=str(result.status))

    def ask(self, outbound: Outbound) -> Seen | Unreachable:
        """Ask by their number; without one it is simply sent again, for they know our number."""
        if not outbound.remote_number or outbound.kind is Kind.INQUIRY:
            return Seen(is_known=False, is_final_answer=True)
        path = f"/envelopes/{quote(outbound.remote_number, safe='')}"
        result = self._called(outbound.connection, "GET", path, None)
        if isinstance(result, Unreachable):
            return result
        if isinstance(result, Uncertain):
            return Unreachable(result.text, code=result.code)
        if result.status == HTTPStatus.NOT_FOUND:
            return Seen(is_known=False, is_final_answer=True)
        said = _json(result)
        if result.status != HTTPStatus.OK or not said:
            return Unreachable(_words(result), code=str(result.status))
        word = tracking_word(str(said.get("tracking_info", "")))
        return Seen(True, outbound.remote_number, word, str(said.get("text", "")))

    def own_record(self, connection: Connection) -> http_result.Answer | Unreachable | Uncertain:
        """Ask for what the other side has on record of us: proves address, key and token at once."""
        return self._called(connection, "GET", "/partners/me", None)

    def _called(
        self,
        connection: Connection,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        scopes: str = _SCOPES,
        key: str = "",
    ) -> http_result.Answer | Unreachable | Uncertain:
        """Make a call with a token; one that is not taken any more is changed once."""
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        # the same body has the same key, so that a repeat gets the first answer again
        request = _Request(method, path, data, scopes, key or hashlib.sha256(data).hexdigest())
        result = self._with_token(connection, request)
        if isinstance(result, http_result.Answer) and result.status == HTTPStatus.UNAUTHORIZED:
            self.tokens.drop(connection.id, scopes)
            result = self._with_token(connection, request)
        if isinstance(result, http_result.Answer) and result.status == HTTPStatus.UNAUTHORIZED:
            return Unreachable(_words(result), code="401", pauses="not_known_there")
        return result

    def _with_token(self, connection: Connection, asked: _Request) -> http_result.Answer | Unreachable | Uncertain:
        client = HttpClient(tls_of(connection), LIMITS, self.guard)
        token = self.tokens.get(connection.id, asked.scopes) or self._asked_for(connection, client, asked.scopes)
        if isinstance(token, Unreachable):
            return token
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if asked.data:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": asked.key}
        address = connection.address.rstrip("/") + asked.path
        result = client.send(http_result.Request(asked.method, address, headers, asked.data))
        return result if isinstance(result, http_result.Answer) else _lost(result)

    def _asked_for(self, connection: Connection, client: HttpClient, scopes: str) -> str | Unreachable:
        url = str(connection.options.get("token_url") or "") or _token_url(connection.address)
        ours = connection.credential("oauth_client", is_ours=True) or connection.credential("client_tls", is_ours=True)
        if ours is None:
            return Unreachable("no key of ours for this connection", code="ours", is_about_envelope=True)
        try:
            headers, form = _proof(ours, url, scopes)
        except AssertionRefused as exc:
            return Unreachable(str(exc), code="ours", is_about_envelope=True)
        result = client.send(http_result.Request("POST", url, headers, urlencode(form).encode()))
        if not isinstance(result, http_result.Answer):
            lost = _lost(result)
            return lost if isinstance(lost, Unreachable) else Unreachable(lost.text, code=lost.code)
        said = _json(result)
        token, seconds = said.get("access_token"), said.get("expires_in")
        if result.status != HTTPStatus.OK or not isinstance(token, str) or not _TOKEN.fullmatch(token):
            pauses = "not_known_there" if said.get("error") in ("invalid_client", "unauthorized_client") else ""
            wait = _wait(result)
            return Unreachable(f"no token: {said.get('error', '')}", wait, code=str(result.status), pauses=pauses)
        self.tokens.put(connection.id, scopes, token, seconds=float(seconds) if isinstance(seconds, int) else 0.0)
        return token


def _token_url(address: str) -> str:
    """Return where the tokens of an API are: at the root of its host."""
    host = "/".join(address.split("/", 3)[:3])
    return f"{host}/oauth2/token"


def _proof(ours: Credential, url: str, scopes: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return header fields and form by which we ask for a token: a signed statement, a secret, or our certificate."""
    form = {"grant_type": "client_credentials", "scope": scopes}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if ours.use == "client_tls":
        return headers, {**form, "client_id": ours.name}
    secret = ours.secret.decode("utf-8", errors="replace")
    if not secret.lstrip().startswith(("{", "-----BEGIN")):
        basic = base64.b64encode(f"{quote(ours.name, safe='')}:{quote(secret, safe='')}".encode()).decode()
        return {**headers, "Authorization": f"Basic {basic}"}, form
    statement = write_assertion(
        client_id=ours.name, audience=url, key=secret, number=secrets.token_hex(16), at=datetime.now(UTC)
    )
    return headers, {**form, "client_assertion_type": TYPE, "client_assertion": statement}


def _envelope(outbound: Outbound) -> dict[str, Any]:
    signature = outbound.detached_signature
    return {
        "from": outbound.from_code,
        "to": outbound.to_code,
        "type_code": outbound.type_code,
        "status_code": outbound.status_code,
        "number": outbound.number,
        "version": outbound.version,
        "delivery_number": outbound.delivery_number,
        "content": base64.b64encode(outbound.content).decode(),
        **({"detached_signature": base64.b64encode(signature).decode()} if signature else {}),
    }


def _acknowledgement(outbound: Outbound) -> dict[str, Any]:
    return {"result": str(outbound.result), **({"message": outbound.text} if outbound.text else {})}


def _as_delivery(answer: http_result.Answer) -> http_result.Answer:
    """Return the answer to a message of an inquiry as one to a delivery: taken, under their number."""
    if answer.status not in _SUCCESS:
        return answer
    number = str(_json(answer).get("inquiry_number", ""))
    said = {"delivery_number": number, "tracking_info": str(TrackingInfo.DELIVERED)} if number else {}
    return replace(answer, body=json.dumps(said).encode())


def _answered(answer: http_result.Answer) -> Answer:
    """Return what the answer to a delivery means (`exchange.md` 8.2)."""
    status, code = answer.status, str(answer.status)
    if status in _SUCCESS:
        said = _json(answer)
        word = str(said.get("tracking_info", ""))
        known = tracking_word(word)
        if not word or not said.get("delivery_number"):
            return Uncertain("the answer names no delivery", code=code)
        text = str(said.get("text", ""))
        unknown = "" if known is not None else word
        return Sent(str(said["delivery_number"]), known, text, code=code, unknown_word=unknown)
    if status in _REDIRECT:
        return Unreachable("a redirect, which is not followed", code=code, pauses="redirect")
    if status == HTTPStatus.FORBIDDEN:
        return Unreachable(_words(answer), code=code, pauses="forbidden")
    if status in _LATER or status in _BROKEN:
        return Unreachable(_words(answer), _wait(answer), code=code, is_about_envelope=status in _LATER)
    return Refused(_words(answer), code=code)


def _wait(answer: http_result.Answer) -> timedelta | None:
    seconds = answer.retry_after(at=datetime.now(UTC))
    return None if seconds is None else timedelta(seconds=seconds)


def _json(answer: http_result.Answer) -> Mapping[str, Any]:
    """Return an answer's object; an empty one for whatever else it is."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _words(answer: http_result.Answer) -> str:
    """Return what a problem document says, or only the status."""
    said = _json(answer)
    faults = said.get("errors")
    details = (
        [str(each.get("detail", "")) for each in faults if isinstance(each, dict)] if isinstance(faults, list) else []
    )
    words = "; ".join(filter(None, [str(said.get("title", "")), str(said.get("detail", "")), *details]))
    return words or f"HTTP {answer.status}"


def _lost(result: http_result.Forbidden | http_result.NotReached | http_result.Lost) -> Unreachable | Uncertain:
    if isinstance(result, http_result.Lost):
        return Uncertain(result.text, code=str(result.reason))
    return Unreachable(result.text, code=str(result.reason), pauses=_PAUSING.get(result.reason, ""))
