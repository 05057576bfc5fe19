"""The body of a call: read up to a limit, compared with its digest, and parsed as JSON without surprises.

Source: `reliability.md` 3.2 (duplicate keys refused, depth 32), RFC 9530 (Content-Digest), RFC 8259.
"""

import base64
import hashlib
import hmac
import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from opensps.web.rest.problems import Problem

DEPTH: Final = 32
_DIGEST: Final = re.compile(r"\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*")
_LONGEST_INTEGER: Final = 40


def read_body(request: HttpRequest, *, limit: int) -> None:
    """Take the whole body in, at most ``limit`` octets, where what reads it next will find it. Raises `Problem`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > limit:
        raise Problem("BODY_TOO_LARGE", f"at most {limit} octets")
    body = request.read(limit + 1)
    if len(body) > limit:
        raise Problem("BODY_TOO_LARGE", f"at most {limit} octets")
    request._body = body  # where Django looks first; its own limit is for forms
    if body and request.content_type != "application/json":
        raise Problem("MEDIA_TYPE_UNSUPPORTED", "send application/json")
    said = request.headers.get("Content-Digest")
    if said is not None and not _is_digest_of(body, said):
        raise Problem("DIGEST_MISMATCH")


def _is_digest_of(body: bytes, said: str) -> bool:
    """Compare with the SHA-256 among the digests said; others are not known here and say nothing."""
    found = [match[1] for each in said.split(",") if (match := _DIGEST.fullmatch(each))]
    if not found:
        return "sha-256=" not in said.lower()
    return all(hmac.compare_digest(each, content_digest(body)) for each in found)


def content_digest(content: bytes) -> str:
    """Return the SHA-256 in base64, as it stands between the colons of Content-Digest."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")


class StrictParser(Parser):
    """JSON in UTF-8: no key twice, no number that is none, nothing deeper than 32."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body as data. Raises `Problem`."""
        return strict_json(request.body)


def strict_json(body: bytes) -> Any:
    """Return JSON as data. Raises `Problem`."""
    try:
        text = body.decode("utf-8")
        if _depth(text) > DEPTH:
            raise Problem("REQUEST_MALFORMED", f"the body is nested deeper than {DEPTH}")
        data = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refused, parse_int=_integer, parse_float=_float
        )
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # a lone surrogate is no text
    except (ValueError, RecursionError) as exc:
        raise Problem("REQUEST_MALFORMED", "the body is not JSON in UTF-8, or names a member twice") from exc
    if any("\0" in each for each in _texts(data)):
        raise Problem("REQUEST_MALFORMED", "a zero octet in a text")
    return data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in _TEXT.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member twice")
    return found


def _refused(text: str) -> NoReturn:
    raise ValueError(text)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("a number too long")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number too large")
    return value
