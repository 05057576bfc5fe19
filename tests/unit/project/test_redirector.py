"""The plain port redirects and does nothing else."""

import pytest

from opensps.project.serving.listeners import Redirector

REDIRECTOR = Redirector(hosts=frozenset({"localhost", "127.0.0.1", "::1"}), main_host="localhost", https_port=8443)


def _answer(*lines: str) -> list[str]:
    return REDIRECTOR.answer(("\r\n".join(lines) + "\r\n\r\n").encode()).decode().split("\r\n")


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("localhost:8080", "https://localhost:8443/check?x=1"),
        ("127.0.0.1:8080", "https://127.0.0.1:8443/check?x=1"),
        ("[::1]:8080", "https://[::1]:8443/check?x=1"),
        ("evil.example", "https://localhost:8443/check?x=1"),
    ],
)
def test_a_page_is_sent_to_https_on_a_name_of_ours(host: str, location: str) -> None:
    answer = _answer("GET /check?x=1 HTTP/1.1", f"Host: {host}")
    assert answer[0] == "HTTP/1.1 308 Permanent Redirect"
    assert f"Location: {location}" in answer


@pytest.mark.parametrize(
    "line", ["POST / HTTP/1.1", "GET //evil.example/ HTTP/1.1", "GET http://evil.example/ HTTP/1.1", "nonsense"]
)
def test_anything_else_is_refused_without_a_redirect(line: str) -> None:
    answer = _answer(line, "Host: localhost")
    assert answer[0] == "HTTP/1.1 403 Forbidden"
    assert not any(part.startswith("Location") for part in answer)


def test_a_header_cannot_be_smuggled_through_the_target() -> None:
    answer = _answer("GET /a\rLocation:\tx HTTP/1.1", "Host: localhost")
    assert answer[0] == "HTTP/1.1 403 Forbidden"
