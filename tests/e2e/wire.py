"""Requests over TLS without a browser: what a program, or somebody with bad intentions, sends."""

import http.client
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.e2e.running import RunningDemo

BOUNDARY = "x-opensps-boundary"
CHUNK = bytes(1 << 20)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def masked(self) -> tuple[int, tuple[tuple[str, str], ...], str]:
        """Return everything but result id, clock time, form token and reference."""
        headers = tuple((name, _masked(value)) for name, value in self.headers if name != "date")
        return self.status, headers, _masked(self.body)

    def header(self, name: str) -> str:
        """Return one header, empty when it is missing."""
        return dict(self.headers).get(name.lower(), "")


def _masked(text: str) -> str:
    for pattern, name in (
        (r"\b[0-9a-f]{32}\b", "ID"),
        (r"\b[0-9a-f]{12}\b", "REFERENCE"),
        (r'name="(csrfmiddlewaretoken|form_token)" value="[^"]+"', "TOKEN"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?(\+00:00)?", "TIME"),
        (r"\d{1,2}:\d\d(:\d\d)?", "TIME"),
    ):
        text = re.sub(pattern, name, text)
    return text


def connect(demo: RunningDemo, *, seconds: float = 60) -> http.client.HTTPSConnection:
    """Return a connection over verified TLS."""
    context = ssl.create_default_context(cafile=str(demo.authority_file))
    return http.client.HTTPSConnection("localhost", demo.port, timeout=seconds, context=context)


def request(
    demo: RunningDemo, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send one request and read the whole answer."""
    connection = connect(demo)
    try:
        connection.request(method, path, body=body, headers=headers or {})  # type: ignore[arg-type]  # bytes or blocks
        response = connection.getresponse()
        lines = tuple((name.lower(), value) for name, value in response.getheaders())
        return Answer(response.status, lines, response.read().decode(errors="replace"))
    finally:
        connection.close()


def post(demo: RunningDemo, path: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
    """Send a form as our own page does."""
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": demo.address}
    return request(demo, "POST", path, urlencode(fields).encode(), kind | (headers or {}))


def upload(demo: RunningDemo, path: str, data: bytes, *, name: str = "file.xml", field: str = "upload") -> Answer:
    """Send one file as our own page does."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Origin": demo.address}
    return request(demo, "POST", path, head_of(name, field) + data + TAIL, kind)


def head_of(name: str, field: str = "upload") -> bytes:
    """Return what stands before a file in a form."""
    lines = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    return f"{lines}Content-Type: application/octet-stream\r\n\r\n".encode()


TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def endless(name: str, mebibytes: int) -> Iterator[bytes]:
    """Yield a form with a file of that size, a block at a time."""
    yield head_of(name)
    for _ in range(mebibytes):
        yield CHUNK
    yield TAIL
