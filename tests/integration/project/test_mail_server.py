"""The SMTP listener: what it refuses during the conversation, what it keeps, and that it says 250 only then."""

import contextlib
import json
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from opensps.project.serving.tls import TlsFiles
from tests.factories import mail as mails
from tests.factories.https_servers import server_files
from tests.factories.mail_listeners import OURS, Listener, listening

MAIL = b"From: a@b.example\r\nSubject: one\r\n\r\n.dotted\r\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Certificate of our server."""
    return server_files(tmp_path_factory.mktemp("mx"))


@pytest.fixture(scope="module")
def secured(files: TlsFiles) -> Iterator[Listener]:
    """A listener with STARTTLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with listening(context) as made:
        yield made


@pytest.fixture(scope="module")
def plain() -> Iterator[Listener]:
    """A listener behind a gateway on the same machine, without TLS."""
    with listening(None) as made:
        yield made


@pytest.fixture(autouse=True)
def emptied(secured: Listener, plain: Listener) -> None:
    """Begin with nothing kept."""
    for each in (secured, plain):
        each.kept.clear()
        each.is_full = False


@contextlib.contextmanager
def client(listener: Listener, files: TlsFiles | None = None) -> Iterator[smtplib.SMTP]:
    """Give a client that has greeted, under TLS where there are files; it may have been sent away at the end."""
    made = smtplib.SMTP("127.0.0.1", listener.port, timeout=10)
    made.ehlo()
    if files is not None:
        context = ssl.create_default_context(cafile=str(files.authority))
        made._host = "127.0.0.1"  # type: ignore[attr-defined]  # what the certificate is compared with
        made.starttls(context=context)
        made.ehlo()
    try:
        yield made
    finally:
        made.close()


def talk(listener: Listener, data: bytes, *, greet: bool = True) -> bytes:
    """Send bytes at once on a fresh connection and return all that is answered until it is closed or silent."""
    with socket.create_connection(("127.0.0.1", listener.port), 10) as met:
        met.settimeout(1.0)
        answered = met.recv(1000)
        if greet:
            met.sendall(b"EHLO x\r\n")
            answered += met.recv(4000)
        with contextlib.suppress(OSError):
            met.sendall(data)
            met.shutdown(socket.SHUT_WR)
            while got := met.recv(4000):
                answered += got
        return answered


def test_a_mail_is_kept_to_the_byte_and_then_250_is_said(secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        assert held.sendmail("a@b.example", [OURS], MAIL) == {}
    (kept,) = secured.kept
    assert (kept.raw, kept.mail_from, kept.rcpt_to, kept.is_tls) == (MAIL, "a@b.example", OURS, True)


def test_a_signed_mail_of_ours_comes_through_unaltered(secured: Listener, files: TlsFiles) -> None:
    made = mails.certificate_mail(b"<a>\n.\n</a>")
    with client(secured, files) as held:
        held.sendmail("a@b.example", [OURS], made.data)
    assert secured.kept[0].raw == made.data


def test_where_it_cannot_be_kept_the_sender_keeps_it(secured: Listener, files: TlsFiles) -> None:
    secured.is_full = True
    with client(secured, files) as held, pytest.raises(smtplib.SMTPDataError) as refused:
        held.sendmail("a@b.example", [OURS], MAIL)
    assert refused.value.smtp_code == 451


def test_nothing_but_a_greeting_is_heard_before_tls(secured: Listener) -> None:
    with client(secured) as held:
        assert held.mail("a@b.example")[0] == 530
    assert not secured.kept


def test_commands_sent_ahead_of_tls_are_not_carried_into_it(secured: Listener, files: TlsFiles) -> None:
    said = talk(secured, b"STARTTLS\r\nMAIL FROM:<evil@evil.example>\r\n")
    assert b"554 5.5.1" in said
    assert b"220 Ready" not in said


def test_the_null_sender_of_bounces_is_taken(secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        held.sendmail("", [OURS], MAIL)
    assert secured.kept[0].mail_from == ""


def test_strangers_addresses_and_second_recipients_are_refused(secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        held.mail("a@b.example")
        assert held.rcpt("else@zz.example")[0] == 550
        assert held.rcpt("<>")[0] == 550
        assert held.rcpt(OURS)[0] == 250
        assert held.rcpt(OURS)[0] == 452


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1])
def test_what_is_announced_too_large_is_refused_before_it_comes(size: int, secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        assert held.mail("a@b.example", [f"SIZE={size}"])[0] == 552


def test_what_is_too_large_without_saying_so_is_refused_after(secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        held.mail("a@b.example")
        held.rcpt(OURS)
        assert held.data(b"x: y\r\n\r\n" + (b"y" * 900 + b"\r\n") * 12_000)[0] == 552
    assert not secured.kept


@pytest.mark.parametrize("body", [b"a\nb", b"a\rb", b"\r\r\n", b"a\0b", b".\0"])
def test_bare_line_ends_and_nul_are_refused(body: bytes, secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        held.mail("a@b.example")
        held.rcpt(OURS)
        held.putcmd("data")
        held.getreply()
        held.send(b"x: y\r\n\r\n" + body + b"\r\n.\r\n")
        assert held.getreply()[0] == 554
    assert not secured.kept


@pytest.mark.parametrize(
    "command", ["AUTH PLAIN", "VRFY x", "EXPN x", "BDAT 5 LAST", "XCLIENT a=b", "MAIL FROM:<", "RCPT TO:<a@b>"]
)
def test_what_is_not_offered_is_refused(command: str, secured: Listener, files: TlsFiles) -> None:
    with client(secured, files) as held:
        assert b"AUTH" not in b" ".join(held.ehlo()[1].split())
        assert held.docmd(command)[0] >= 450


def test_a_peer_that_only_makes_faults_is_sent_away(plain: Listener) -> None:
    with client(plain) as held:
        codes = [held.docmd("VRFY x")[0] for _ in range(10)]
        assert codes == [502] * 10
        assert held.getreply()[0] == 421
        with pytest.raises(smtplib.SMTPServerDisconnected):
            held.getreply()


def test_a_silent_peer_is_left_after_its_time() -> None:
    with listening(None, idle_seconds=0.3) as quick, socket.create_connection(("127.0.0.1", quick.port), 5) as met:
        met.settimeout(3)
        met.sendall(b"EHLO x\r\n")
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            while met.recv(1000):
                pass
        assert 0.2 < time.monotonic() - begun < 2.5


def sequences(reference: Path) -> list[tuple[str, bytes]]:
    """Return name and bytes of every hostile conversation of the reference set."""
    manifest = reference / "trust" / "mail-attacks" / "manifest.json"
    listed = json.loads(manifest.read_text(encoding="utf-8"))["smtp"]
    return [(each["name"], each["data"].encode("utf-8", "surrogateescape")) for each in listed]


@pytest.mark.needs("reference")
def test_hostile_conversations_never_make_two_mails_of_one(reference: Path, secured: Listener, plain: Listener) -> None:
    """Sent at once, as the set says; and with the commands waited for, so that the data alone tries."""
    assert len(sequences(reference)) == 12
    for name, data in sequences(reference):
        for listener in (secured, plain):
            said = talk(listener, data, greet=not data.startswith(b"EHLO"))
            assert not listener.kept, name
            assert any(line[:1] in b"45" for line in said.split(b"\r\n")) or name == "slowloris", (name, said)


@pytest.mark.needs("reference")
def test_smuggled_mails_are_refused_with_the_mail_that_carries_them(
    reference: Path, secured: Listener, files: TlsFiles
) -> None:
    smuggling = [(name, data) for name, data in sequences(reference) if "smuggle" in name or "bare" in name]
    assert len(smuggling) == 6
    for name, data in smuggling:
        _commands, _data, rest = data.partition(b"DATA\r\n")
        with client(secured, files) as held:
            held.mail("ecert@aa.example")
            held.rcpt(OURS)
            held.putcmd("data")
            held.getreply()
            held.send(rest)
            assert held.getreply()[0] == 554, name
    assert not secured.kept


@pytest.mark.needs("reference")
def test_guessing_passwords_ends_with_421(reference: Path, plain: Listener) -> None:
    data = dict(sequences(reference))["auth bruteforce"]
    with client(plain) as held:
        said = [held.docmd(line.decode())[0] for line in data.split(b"\r\n")[:7]]
    assert said == [502, 500, 500, 502, 500, 500, 421]


def test_any_bytes_end_in_refusals_and_nothing_kept(plain: Listener) -> None:
    for data in (
        b"\r\n" * 20,
        b"\xff\xfe\r\n" * 12,
        b"A" * 5000 + b"\r\n",
        b"MAIL FROM:<a@b> X=\r\n",
        b"\0\r\n",
        b"EHLO\r\n",
    ):
        talk(plain, data)
    assert not plain.kept
