"""``opensps demo`` as a whole: what it says, what it serves, how it ends."""

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from opensps.project.serving.ports import free_ports
from tests.e2e import running
from tests.e2e.running import RunningDemo

pytestmark = pytest.mark.timeout(700)


def test_it_says_ready_in_one_line_with_its_address(demo: RunningDemo) -> None:
    ready = [line for line in demo.greeting.splitlines() if line.startswith("Ready")]
    assert len(ready) == 1
    assert demo.address in ready[0]


def test_it_answers_on_localhost_and_on_127_0_0_1_with_a_certificate_for_both(demo: RunningDemo) -> None:
    assert demo.get("/")[0] == 200
    assert demo.get("/", host="127.0.0.1")[0] == 200


@pytest.mark.skipif(not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="not run: needs IPv6")
def test_it_answers_on_the_loopback_address_of_ipv6(demo: RunningDemo) -> None:
    assert demo.get("/", host="[::1]")[0] == 200


def test_plain_http_only_redirects(demo: RunningDemo) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", demo.http_port, timeout=10)
    connection.request("GET", "/check", headers={"Host": f"localhost:{demo.http_port}"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (308, f"{demo.address}/check")
    connection.close()


def test_every_answer_carries_the_headers_that_protect_people(demo: RunningDemo) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", demo.port, timeout=30, context=_asking_nothing())
    connection.request("GET", "/", headers={"Host": f"localhost:{demo.port}"})
    headers = connection.getresponse().headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"] is None
    connection.close()


def test_another_host_name_is_refused(demo: RunningDemo) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", demo.port, timeout=10, context=_asking_nothing())
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 400
    connection.close()


def _asking_nothing() -> ssl.SSLContext:
    return ssl._create_unverified_context()  # noqa: S323 the certificate is looked at by other tests


@pytest.mark.skipif("OPENSPS_TEST_DEMO" in os.environ, reason="not run: a demo of another size was given")
def test_the_first_start_issues_two_hundred_certificates_and_more(demo: RunningDemo) -> None:
    with contextlib.closing(sqlite3.connect(demo.directory / "opensps.sqlite3")) as database:
        (count,) = database.execute("SELECT count(*) FROM certification_certificate").fetchone()
    assert count >= 200


def test_the_doctor_finds_it_sound(demo: RunningDemo) -> None:
    done = demo.opensps("doctor", "--json")
    assert done.returncode == 0, done.stdout


def test_a_port_in_use_is_one_line(tmp_path: Path, demo: RunningDemo) -> None:
    done = _demo(tmp_path, "--port", str(demo.port), "--http-port", str(demo.http_port))
    assert done.returncode == 7
    assert done.stderr.startswith(f"opensps: Port {demo.port} is in use by another program.")
    assert len(done.stderr.splitlines()) == 1


def test_two_demos_do_not_share_a_directory(demo: RunningDemo) -> None:
    port, http_port = free_ports(2)
    done = _demo(demo.directory, "--port", str(port), "--http-port", str(http_port))
    assert done.returncode == 7
    assert "already runs" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_of_it_outlives_it(number: signal.Signals, copied_demo: Path) -> None:
    site = running.start(copied_demo)
    assert running.processes_naming(str(copied_demo))
    assert site.stop(number) == (0 if number is signal.SIGINT else -signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (left := running.processes_naming(str(copied_demo))) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


def test_a_second_start_keeps_the_data(copied_demo: Path) -> None:
    before = _size(copied_demo)
    running.start(copied_demo).stop()
    assert _size(copied_demo) >= before


@pytest.mark.heavy
def test_after_a_start_on_another_port_paper_leads_there(copied_demo: Path) -> None:
    site = running.start(copied_demo)
    site.stop()
    with contextlib.closing(sqlite3.connect(copied_demo / "opensps.sqlite3")) as database:
        hosts = database.execute("SELECT check_host FROM accounts_authority").fetchall()
    assert hosts == [(f"localhost:{site.port}",)]


def test_a_reset_leaves_nothing_of_keys_and_data(copied_demo: Path) -> None:
    assert _demo(copied_demo, "reset").returncode == 0
    assert [path.name for path in copied_demo.iterdir()] == ["lock"]


@pytest.mark.heavy
def test_an_interrupted_first_start_begins_again(copied_demo: Path) -> None:
    """Without the mark that loading came to its end, the database is made anew, not used by halves."""
    (copied_demo / "filled").unlink()
    (copied_demo / "opensps.sqlite3").write_bytes(b"half a database")
    running.start(copied_demo, "--certificates", "20").stop()
    assert _size(copied_demo) > 1_000_000


def _demo(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = running.clean_environment() | {"OPENSPS_DEMO_DIR": str(directory)}
    command = [*running.OPENSPS, "demo", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.glob("opensps.sqlite3*"))
