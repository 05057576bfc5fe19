"""The two gates of every request: its size, and its line in the log."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from opensps.project.middleware import BodyLimit, RequestRecord


class _Source:
    """A body that is only counted as it is read."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def read(self, size: int = -1) -> bytes:
        taken = self.left if size < 0 else min(size, self.left)
        self.left -= taken
        self.largest = max(self.largest, taken)
        return bytes(taken)


def _never(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("the page must not be asked")


@pytest.mark.django_db
def test_a_200_mb_upload_is_refused_with_a_page_and_never_held_in_memory() -> None:
    source = _Source(200_000_000)
    request = RequestFactory().post("/check/file", secure=True)
    request.META |= {"CONTENT_LENGTH": "200000000", "wsgi.input": source}
    answer = BodyLimit(_never)(request)
    assert answer.status_code == 413
    assert b"too large" in answer.content
    assert (source.left, source.largest <= 262_144) == (0, True)


def test_a_request_of_usual_size_passes() -> None:
    request = RequestFactory().post("/check", {"number": "x"}, secure=True)
    assert BodyLimit(lambda _request: HttpResponse("passed"))(request).content == b"passed"


def test_every_request_gets_a_reference_of_its_own() -> None:
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.reference)  # type: ignore[attr-defined]  # set by the gate under test
        return HttpResponse()

    for _ in range(2):
        RequestRecord(page)(RequestFactory().get("/"))
    assert len(set(seen)) == 2


@pytest.mark.django_db
def test_the_log_names_the_route_and_neither_query_nor_token(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="opensps.request"):
        Client().get("/c/ABCDEFGHJKMNPQRSTVWX", {"name": "Mei Lin"}, secure=True, headers={"host": "localhost"})
    lines = [record.getMessage() for record in caplog.records if record.name == "opensps.request"]
    assert len(lines) == 1
    assert "request_done" in lines[0]
    assert "ABCDEFGHJKMNPQRSTVWX" not in lines[0]
    assert "Mei" not in lines[0]


def _python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPENSPS_", "DJANGO_"))}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=inherited | environment, capture_output=True, text=True, check=False)


def test_the_server_refuses_to_start_without_a_secret() -> None:
    done = _python("import opensps.project.wsgi")
    assert done.returncode != 0
    assert "Set OPENSPS_SECRET_KEY" in done.stderr


def test_an_empty_environment_opens_nothing() -> None:
    program = (
        "import json; from opensps.project import settings as s;"
        "print(json.dumps([s.OPENSPS_DEMO, s.OPENSPS_SIGNING_KEY, s.OPENSPS_TRUST_FILE, s.DEBUG, s.ALLOWED_HOSTS]))"
    )
    done = _python(program)
    assert json.loads(done.stdout) == [False, None, None, False, ["localhost", "127.0.0.1", "[::1]"]]


def test_cookies_are_bound_to_this_host_and_to_tls() -> None:
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        assert name.startswith("__Host-")
    assert settings.SESSION_COOKIE_SECURE
    assert settings.CSRF_COOKIE_SECURE
    assert settings.SESSION_COOKIE_HTTPONLY
