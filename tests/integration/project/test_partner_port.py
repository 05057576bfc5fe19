"""The partner port as a server: who showed which certificate, what is refused, how slow peers end."""

import concurrent.futures
import contextlib
import http.client
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from opensps.project.serving import partner_tls, tls
from opensps.project.serving.partner_port import CERTIFICATE_KEY, PartnerPort, partner_port
from opensps.project.serving.partner_tls import server_context

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Port:
    """A partner port that answers every request with what it saw."""

    server: PartnerPort
    number: int
    authority: Path
    seen: list[dict[str, Any]]

    def context(self, client: Path | None = None) -> ssl.SSLContext:
        """Return how a client speaks to it, with a certificate if one is named."""
        made = ssl.create_default_context(cafile=str(self.authority))
        if client is not None:
            made.load_cert_chain(client)
        return made

    def request(
        self, method: str, path: str, *, client: Path | None = None, **options: Any
    ) -> tuple[int, bytes, dict[str, str]]:
        """Ask once; return status, body and what the application was given."""
        asking = http.client.HTTPSConnection("localhost", self.number, context=self.context(client), timeout=20)
        with contextlib.closing(asking):
            asking.request(method, path, **options)
            answer = asking.getresponse()
            return answer.status, answer.read(), self.seen[-1] if self.seen else {}

    def raw(self, octets: bytes, *, wait: float = 20) -> bytes:
        """Send octets over TLS and return everything that comes back."""
        with self.context().wrap_socket(
            socket.create_connection(("localhost", self.number)), server_hostname="localhost"
        ) as peer:
            peer.settimeout(wait)
            with contextlib.suppress(OSError):
                peer.sendall(octets)
            return b"".join(iter(lambda: _quietly(peer), b""))


def _quietly(peer: ssl.SSLSocket) -> bytes:
    try:
        return peer.recv(65_536)
    except OSError:
        return b""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    files = tls.ensure(tmp_path_factory.mktemp("tls"), names=tls.LOOPBACK, at=NOW)
    seen: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if "unread" not in environ["PATH_INFO"] else b""
        seen.append(environ | {"body": body})
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    server = partner_port(("127.0.0.1", 0), application, certificate=files.certificate, key=files.key, threads=8)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield Port(server, server.bind_addr[1], files.authority, seen)
    server.stop()
    thread.join()


def _certificate(path: Path, *, days: int = 30) -> Path:
    """Write key and self-signed certificate of a partner."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "partner")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _certificate(tmp_path_factory.mktemp("client") / "client.pem")


def _der(client: Path) -> bytes:
    return x509.load_pem_x509_certificates(client.read_bytes())[0].public_bytes(serialization.Encoding.DER)


def test_a_self_signed_certificate_reaches_the_application_as_it_was_shown(port: Port, client: Path) -> None:
    status, body, seen = port.request("POST", "/soap/certificate-service", client=client, body=b"<a/>")
    assert (status, body) == (200, b"<a/>")
    assert seen[CERTIFICATE_KEY] == _der(client)
    assert (seen["wsgi.url_scheme"], seen["REMOTE_ADDR"]) == ("https", "127.0.0.1")


def test_an_expired_certificate_is_handed_over_too_because_the_register_decides(port: Port, tmp_path: Path) -> None:
    expired = _certificate(tmp_path / "expired.pem", days=-1)
    assert port.request("GET", "/hub/x", client=expired)[2][CERTIFICATE_KEY] == _der(expired)


def test_without_a_certificate_there_is_none_whatever_headers_say(port: Port) -> None:
    claims = {
        "Client-Cert": ":MII=:",
        "X-Forwarded-For": "10.0.0.1",
        "Opensps.Client_Certificate": "MII",
        "Ssl-Client-Cert": "MII",
    }
    _, _, seen = port.request("GET", "/api/v1", headers=claims)
    assert CERTIFICATE_KEY not in seen
    assert not [name for name in seen if "CERT" in name or "FORWARDED" in name]


def test_a_certificate_without_its_key_gets_nowhere(port: Port, client: Path, tmp_path: Path) -> None:
    """The handshake proves the key: a certificate that was only copied is worth nothing."""
    other = _certificate(tmp_path / "other.pem").read_bytes()
    key = other[: other.index(b"-----BEGIN CERTIFICATE")]
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.use_certificate(x509.load_pem_x509_certificates(client.read_bytes())[0])
    with contextlib.suppress(SSL.Error):
        context.use_privatekey(serialization.load_pem_private_key(key, None))
    stolen = SSL.Connection(context, socket.create_connection(("localhost", port.number)))
    stolen.set_connect_state()
    before = len(port.seen)
    with contextlib.suppress(SSL.Error):
        stolen.do_handshake()
        stolen.send(b"GET /hub/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stolen.recv(10)
    assert CERTIFICATE_KEY not in (port.seen[before:] or [{}])[-1]
    stolen.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_hand_the_certificate_over(port: Port, client: Path, version: ssl.TLSVersion) -> None:
    context = port.context(client)
    context.minimum_version = context.maximum_version = version
    with contextlib.closing(http.client.HTTPSConnection("localhost", port.number, context=context)) as asking:
        for _ in range(3):  # the same connection: it is asked for once and stays
            asking.request("POST", "/soap/x", body=b"again")
            assert asking.getresponse().read() == b"again"
            assert port.seen[-1][CERTIFICATE_KEY] == _der(client)


def test_older_tls_is_refused_and_nobody_may_renegotiate(port: Port) -> None:
    files = tls.TlsFiles.within(port.authority.parent)
    assert server_context(files.certificate, files.key).set_options(0) & SSL.OP_NO_RENEGOTIATION
    old = SSL.Context(SSL.TLS_CLIENT_METHOD)
    old.set_max_proto_version(SSL.TLS1_1_VERSION)
    old.set_cipher_list(b"ALL:@SECLEVEL=0")
    peer = SSL.Connection(old, socket.create_connection(("localhost", port.number)))
    peer.set_connect_state()
    with pytest.raises(SSL.Error):
        peer.do_handshake()
    peer.close()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/check", "/hubs/x", "/static/site.css", "/../hub"])
def test_only_the_addresses_of_machines_are_served(port: Port, path: str) -> None:
    assert port.request("GET", path)[0] == 404


def test_chunks_are_put_together_for_an_application_that_asks_for_a_length(port: Port) -> None:
    body = b"x" * 100_000
    status, answer, seen = port.request(
        "POST", "/soap/x", body=iter([body, body]), headers={"Transfer-Encoding": "chunked"}, encode_chunked=True
    )
    assert (status, answer, seen["CONTENT_LENGTH"]) == (200, body * 2, "200000")


def test_a_large_body_comes_through_whole(port: Port) -> None:
    body = bytes(range(256)) * 20_000
    started = time.monotonic()
    assert port.request("POST", "/hub/x", body=body)[1] == body
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("octets", "answer"),
    [
        (b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n", b"413"),
        (b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n186A1\r\n", b"413"),
        (b"POST /soap/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST /soap/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", b"400"),
        (
            b"POST /soap/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (b"POST /soap/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", b"400"),
        (b"POST /soap/x HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabcd", b"400"),
        (b"POST /soap/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\nabcd", b"400"),
        (b"GET /soap/x HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n", b"400"),
        (b"GET /soap/x HTTP/1.1\r\nHost : a\r\n\r\n", b"400"),
        (b"GET /soap/x HTTP/1.1\nHost: a\n\n", b"400"),
        (b"GET /soap/x HTTP/1.1\r\n" + b"A: " + b"x" * 40_000 + b"\r\n\r\n", b"413"),
        (b"GET /soap/x HTTP/1.1\r\n" + b"".join(b"A%d: x\r\n" % i for i in range(200)) + b"\r\n", b"400"),
        (b"GET https://elsewhere/soap/x HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"\x16\x03\x01", b""),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(
    port: Port, octets: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_tls, "IDLE_SECONDS", 0.3)
    before = len(port.seen)
    said = port.raw(octets)
    assert said.startswith(b"HTTP/1.1 " + answer) if answer else b"200" not in said
    assert len(port.seen) == before


def test_a_body_that_stays_short_ends_without_an_answer_of_the_application(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_tls, "IDLE_SECONDS", 0.3)
    said = port.raw(b"POST /soap/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
    assert said.startswith(b"HTTP/1.1 408")


def test_what_follows_the_length_is_another_request(port: Port) -> None:
    said = port.raw(b"POST /soap/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabcXYZ /x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 400" in said


def test_two_requests_in_one_record_are_both_answered(port: Port) -> None:
    one = b"GET /hub/x HTTP/1.1\r\nHost: localhost\r\n\r\n"
    said = port.raw(one + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert said.count(b"HTTP/1.1 200") == 2


def test_a_peer_that_dribbles_is_not_held(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """S27: the clock runs over the whole request, so a byte now and then buys nothing."""
    monkeypatch.setattr(partner_tls.Pace.__init__, "__defaults__", (0.8, 0, 0.0))
    with port.context().wrap_socket(
        socket.create_connection(("localhost", port.number)), server_hostname="localhost"
    ) as peer:
        started = time.monotonic()
        peer.sendall(b"POST /soap/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
        with contextlib.suppress(OSError):
            while time.monotonic() - started < 10 and not select.select([peer], [], [], 0.1)[0]:
                peer.sendall(b"x")
        assert time.monotonic() - started < 3


def test_a_peer_that_never_shakes_hands_is_not_held_and_stops_nobody(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_tls, "IDLE_SECONDS", 0.5)
    silent = [socket.create_connection(("localhost", port.number)) for _ in range(3)]
    assert port.request("GET", "/hub/x")[0] == 200
    for each in silent:
        each.settimeout(5)
        assert each.recv(100) == b""
        each.close()


def test_plain_http_gets_no_answer_of_ours(port: Port) -> None:
    with socket.create_connection(("localhost", port.number)) as plain:
        plain.sendall(b"GET /hub/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        plain.settimeout(5)
        assert b"200" not in plain.recv(1000)


def test_one_address_cannot_take_every_thread_and_its_calls_wait(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the threads stay for others; here the fifth of eight waits, and is served once one has gone."""
    monkeypatch.setattr(partner_tls, "IDLE_SECONDS", 1.0)
    taken = [socket.create_connection(("localhost", port.number)) for _ in range(4)]
    started = time.monotonic()
    assert port.request("GET", "/hub/x")[0] == 200
    assert time.monotonic() - started > 0.5
    for each in taken:
        each.close()


def test_an_address_with_too_many_waiting_calls_is_refused(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner_tls, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr("opensps.project.serving.partner_port.MOST_WAITING", 0)
    taken = [socket.create_connection(("localhost", port.number)) for _ in range(4)]
    time.sleep(0.2)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        port.request("GET", "/hub/x")
    for each in taken:
        each.close()


def test_many_calls_at_once_each_get_their_own_answer(port: Port) -> None:
    bodies = [str(number).encode() * 5_000 for number in range(40)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda body: port.request("POST", "/soap/x", body=body)[1], bodies))
    assert answers == bodies


def test_a_body_nobody_reads_does_not_become_the_next_request(port: Port) -> None:
    hidden = b"GET /hub/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3_000
    head = b"POST /hub/unread HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(hidden)
    before = len(port.seen)
    said = port.raw(head + hidden)
    assert said.count(b"HTTP/1.1 ") == 1
    assert len(port.seen) == before + 1


def test_a_server_that_stops_ends_what_waits(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW)
    server = PartnerPort(("127.0.0.1", 0), lambda *_: [], tls=server_context(files.certificate, files.key), threads=2)
    server.shutdown_timeout = 1
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    with socket.create_connection(("127.0.0.1", server.bind_addr[1])):
        time.sleep(0.2)
        started = time.monotonic()
        server.stop()
        thread.join()
    assert time.monotonic() - started < 5
