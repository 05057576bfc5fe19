"""Calls over HTTPS: what comes back, what is refused, and whether a lost call may have been heard."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_result import Answer, Forbidden, Lost, NotReached, Reason, Request
from opensps.exchange.transports.http_tls import ClientIdentity, TlsSettings
from opensps.project.serving.tls import TlsFiles
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.https_servers import HttpsServer, Received, Step, answer, server_files

QUICK = Limits(connect=2, read=0.3, total=2, answer=100_000)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return server_files(tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return server_files(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def client(files: TlsFiles) -> HttpClient:
    return HttpClient(TlsSettings(authorities_pem=files.authority.read_bytes()), QUICK)


def asked(server: HttpsServer, path: str = "/", **parts: object) -> Request:
    return replace(Request("GET", server.url(path), {}), **parts)  # type: ignore[arg-type]  # fields of Request


def pin_of(files: TlsFiles) -> str:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()


def talk(client: HttpClient, files: TlsFiles, steps: list[Step]) -> object:
    with HttpsServer(files, lambda _: steps) as server:
        return client.send(asked(server, method="POST", body=b"x"))


def test_an_answer_is_a_value_with_status_headers_body_and_the_servers_certificate(
    client: HttpClient, files: TlsFiles
) -> None:
    def script(request: Received) -> list[Step]:
        return answer(request.body.upper(), status=201, headers={"X-Two": "a", "x-two": "b"})

    with HttpsServer(files, script) as server:
        result = client.send(asked(server, "/a?b=c", method="POST", body=b"hello", headers={"X-Mine": "1"}))
    assert isinstance(result, Answer)
    assert (result.status, result.body, result.size, result.headers["x-two"]) == (201, b"HELLO", 5, "a, b")
    assert result.server == pin_of(files)
    request = server.received[0]
    assert (request.method, request.path, request.headers["x-mine"]) == ("POST", "/a?b=c", "1")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept-encoding"] == "identity"


def test_a_redirect_is_an_answer_and_is_not_followed(client: HttpClient, files: TlsFiles) -> None:
    with HttpsServer(files, lambda _: answer(status=307, headers={"Location": "/else"})) as server:
        result = client.send(asked(server))
    assert isinstance(result, Answer)
    assert result.status == 307
    assert len(server.received) == 1


def test_the_environment_names_neither_proxy_nor_authorities(
    files: TlsFiles, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(files.authority))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with HttpsServer(files, lambda _: answer()) as server:
        assert HttpClient(limits=QUICK).send(asked(server)) == NotReached(
            Reason.TLS, "TLS failed: unable to get local issuer certificate"
        )
        known = HttpClient(TlsSettings(authorities_pem=files.authority.read_bytes()), QUICK)
        assert isinstance(known.send(asked(server)), Answer)
    assert not (tmp_path / "keys").exists()
    assert len(server.received) == 1


def test_a_pinned_certificate_is_believed_whoever_signed_it_and_no_other(files: TlsFiles, stranger: TlsFiles) -> None:
    pins = frozenset({pin_of(files), "0" * 64})
    with HttpsServer(files, lambda _: answer()) as ours, HttpsServer(stranger, lambda _: answer()) as theirs:
        client = HttpClient(TlsSettings(pinned=pins), QUICK)
        assert isinstance(client.send(asked(ours)), Answer)
        assert client.send(asked(theirs)) == NotReached(Reason.PIN, "the server's certificate is none of those agreed")
        both = HttpClient(TlsSettings(stranger.authority.read_bytes(), pins), QUICK)
        assert isinstance(both.send(asked(theirs)), NotReached)
        assert isinstance(both.send(asked(ours)), NotReached)
    assert theirs.received == []


def test_an_expired_certificate_is_refused_pinned_or_not(tmp_path: Path) -> None:
    old = server_files(tmp_path, at=datetime.now(UTC) - timedelta(days=500))
    with HttpsServer(old, lambda _: answer()) as server:
        for settings in (TlsSettings(old.authority.read_bytes()), TlsSettings(pinned=frozenset({pin_of(old)}))):
            assert isinstance(HttpClient(settings, QUICK).send(asked(server)), NotReached)
    assert server.received == []


def test_the_name_must_be_the_certificates_and_goes_to_the_address_already_found(tmp_path: Path) -> None:
    files = server_files(tmp_path, names=("partner.example",))
    questions: list[str] = []

    def ask(host: str, port: int) -> tuple[str, ...]:
        questions.append(host)
        return ("127.0.0.1",)

    client = HttpClient(TlsSettings(files.authority.read_bytes()), QUICK, ask=ask)
    with HttpsServer(files, lambda _: answer()) as server:
        assert isinstance(client.send(Request("GET", server.url(host="partner.example"), {})), Answer)
        assert isinstance(client.send(Request("GET", server.url(host="other.example"), {})), NotReached)
    assert questions == ["partner.example", "other.example"]
    assert server.received[0].headers["host"] == f"partner.example:{server.port}"


def test_our_client_certificate_is_shown_and_without_it_there_is_no_answer(files: TlsFiles) -> None:
    trusted = TlsSettings(authorities_pem=files.authority.read_bytes())
    mine, other = client_identity(), client_identity()
    with HttpsServer(files, lambda _: answer(), mine.certificate_pem) as server:
        assert isinstance(HttpClient(replace(trusted, client=mine), QUICK).send(asked(server)), Answer)
        for settings in (trusted, replace(trusted, client=other)):
            # under TLS 1.3 the refusal may come after our request has left, or be lost with the connection
            assert isinstance(HttpClient(settings, QUICK).send(asked(server)), NotReached | Lost)
    assert [each.client for each in server.received] == [der_of(mine)]


def test_a_key_that_does_not_fit_its_certificate_is_said_before_anything_is_sent(
    client: HttpClient, files: TlsFiles, stranger: TlsFiles
) -> None:
    mixed = ClientIdentity(files.certificate.read_bytes(), stranger.key.read_bytes())
    for settings in (TlsSettings(client=mixed), TlsSettings(authorities_pem=b"nothing")):
        result = replace(client, tls=settings).send(Request("GET", "https://127.0.0.1/", {}))
        assert isinstance(result, NotReached)
        assert result.reason is Reason.TLS


def test_nobody_listening_is_not_reached(client: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert client.send(Request("GET", f"https://127.0.0.1:{port}/", {})) == NotReached(Reason.CONNECT, "no connection")


def test_a_server_that_never_greets_is_not_reached(client: HttpClient, files: TlsFiles) -> None:
    quick = replace(client, limits=replace(QUICK, connect=0.3))
    with HttpsServer(files, lambda _: answer(), handshake=False) as server:
        result = quick.send(asked(server))
    assert isinstance(result, NotReached)
    assert result.reason is Reason.TIME


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([], Reason.CUT),
        ([b"HTTP/1.1 200 OK\r\nContent-Le"], Reason.CUT),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], Reason.CUT),
        ([1.0, *answer()], Reason.TIME),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", 1.0], Reason.TIME),
        ([b"SSH-2.0-OpenSSH_9.6\r\n\r\n"], Reason.PROTOCOL),
        (answer(b"x" * 100_001), Reason.SIZE),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], Reason.CUT),
        (answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), Reason.PROTOCOL),
        ([b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n"], Reason.PROTOCOL),
    ],
    ids=["nothing", "half a head", "half a body", "late", "slow body", "not HTTP", "large", "chunks", "gzip", "heads"],
)
def test_what_was_sent_and_not_wholly_answered_has_an_unknown_outcome(
    client: HttpClient, files: TlsFiles, steps: list[Step], reason: Reason
) -> None:
    result = talk(client, files, steps)
    assert isinstance(result, Lost)
    assert result.reason is reason


def test_an_answer_that_drips_ends_with_the_whole_time(client: HttpClient, files: TlsFiles) -> None:
    def drip(_: Received) -> Iterator[Step]:
        for sign in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000:
            yield bytes([sign])
            yield 0.05

    started = datetime.now(UTC)
    with HttpsServer(files, drip) as server:
        result = replace(client, limits=replace(QUICK, total=0.5)).send(asked(server))
    assert isinstance(result, Lost)
    assert result.reason is Reason.TIME
    assert datetime.now(UTC) - started < timedelta(seconds=1.5)


def test_a_large_answer_goes_into_a_file_and_half_of_one_does_not_stay(
    client: HttpClient, files: TlsFiles, tmp_path: Path
) -> None:
    def script(request: Received) -> list[Step]:
        large = answer(b"z" * 90_000)
        return large if request.path == "/whole" else [large[0][:50_000]] if isinstance(large[0], bytes) else []

    whole, half = tmp_path / "whole", tmp_path / "half"
    with HttpsServer(files, script) as server:
        result = client.send(asked(server, "/whole", into=whole))
        assert isinstance(client.send(asked(server, "/half", into=half)), Lost)
        again = client.send(asked(server, "/whole", into=whole))
    assert isinstance(result, Answer)
    assert (result.body, result.size) == (b"", 90_000)
    assert whole.read_bytes() == b"z" * 90_000
    assert whole.stat().st_mode & 0o777 == 0o600
    assert isinstance(again, Lost), "an existing file is never overwritten"
    assert not half.exists()


def test_errors_are_not_written_into_the_file(client: HttpClient, files: TlsFiles, tmp_path: Path) -> None:
    with HttpsServer(files, lambda _: answer(b"no", status=503)) as server:
        result = client.send(asked(server, into=tmp_path / "file"))
    assert isinstance(result, Answer)
    assert result.body == b"no"
    assert not (tmp_path / "file").exists()


def test_a_header_cannot_hold_a_second_one(client: HttpClient, files: TlsFiles) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        result = client.send(asked(server, headers={"X-A": "b\r\nX-C: d"}))
    assert isinstance(result, Forbidden)
    assert server.received == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), ("0", 0), ("999999999999", 3600), ("", None), ("soon", None), ("-5", None),
        ("Sun, 22 Nov 2026 10:01:00 GMT", 60), ("Sun, 22 Nov 2026 09:00:00 GMT", 0), ("1.5", None), ("２", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_date_and_bounded(value: str, seconds: int | None) -> None:
    said = Answer(503, {"retry-after": value}, b"", 0, "")
    assert said.retry_after(at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC)) == seconds


def test_the_guard_lets_a_named_exception_through_and_nothing_else(client: HttpClient, files: TlsFiles) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        closed = replace(client, guard=Guard())
        opened = replace(client, guard=Guard(frozenset({f"127.0.0.1:{server.port}"})))
        assert closed.send(asked(server)) == Forbidden(
            Reason.NETWORK, "the name leads into a private or special network"
        )
        assert isinstance(opened.send(asked(server)), Answer)
    assert len(server.received) == 1
