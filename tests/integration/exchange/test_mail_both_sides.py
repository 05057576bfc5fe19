"""Two authorities exchange by mail over real connections: certificate, mail, receipt, acknowledgement, received."""

import contextlib
import smtplib
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.db import connections

from opensps.accounts.queries import Actor
from opensps.certification.models import ReportedOutcome
from opensps.events.services import worker_run_until_idle
from opensps.exchange import services
from opensps.exchange.mail_terms import MailTerms
from opensps.exchange.models import (
    CredentialUse,
    Decision,
    Envelope,
    IncomingCertificate,
    Partner,
    ReceivedMessage,
)
from opensps.exchange.services.answering import Decided, answer_queue
from opensps.exchange.services.delivering import deliver_due
from opensps.exchange.services.mail_processing import MailProcessor
from opensps.exchange.services.messages import message_receive, messages_process_due, processor_register
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.exchange.transports.mail_account import MailAccount
from opensps.exchange.transports.scripted import TransportsByChannel
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.lifecycle import CertificateState, Role
from opensps.project.commands.mail import keep
from opensps.project.serving.mail_server import CannotKeep, Incoming
from opensps.project.serving.tls import TlsFiles
from tests.databases import Fresh
from tests.factories import mail as mails
from tests.factories.certification import cast, certificate_in
from tests.factories.https_servers import server_files
from tests.factories.mail_listeners import Listener, listening
from tests.factories.partners import ALL_PAIRS, MANAGER, START, live_partner

ADDRESSES = {"XA": mails.XA, "XB": mails.XB}
COUNTRIES = frozenset({"XA", "XB", "XC"})


@dataclass(frozen=True)
class Sides:
    """Both installations at work."""

    files: TlsFiles
    listeners: dict[str, Listener]

    def deliver(self, authority: str, at: datetime = mails.NOW) -> None:
        """Send what one side has in its outbox."""
        account = MailAccount(
            address=ADDRESSES[authority],
            name=f"SPS exchange {authority}",
            secret=mails.SECRET,
            keys=(mails.exchange_key(ADDRESSES[authority], "rsa"),),
        )
        transport = SmtpTransport(account=account, clock=lambda: at)
        transports = TransportsByChannel.of_pairs([(Channel.SMTP, transport)])
        deliver_due(authority=authority, transports=transports, clock=lambda: at)

    def process(self, authority: str) -> None:
        """Process what one side has received."""
        mail = MailTerms(address=ADDRESSES[authority], secret=mails.SECRET)
        processor_register(Channel.SMTP, MailProcessor(lambda: mail))
        terms = ReceivingTerms(extra_countries=COUNTRIES)
        messages_process_due(authority=authority, terms=terms, at=mails.NOW)


def _manager(authority: str, person: str) -> Actor:
    return Actor(id=person * 32, authority=authority, roles=frozenset({Role.MANAGER}))


def _know(authority: str, other: str, port: int, files: TlsFiles) -> None:
    """Write the other side down in one side's records."""
    at, manager = START, _manager(authority, "a")
    if authority == MANAGER.authority:
        live_partner(other, channel=Channel.SMTP, address=ADDRESSES[other], options={"server": f"127.0.0.1:{port}"})
    else:
        services.partner_create(
            authority=authority, code=other, name_en=other, countries=(other,), actor=manager, at=at
        )
        services.connection_set(
            authority=authority,
            partner=other,
            channel=Channel.SMTP,
            connection_code=other,
            own_code=authority,
            address=ADDRESSES[other],
            options={"server": f"127.0.0.1:{port}"},
            actor=manager,
            at=at,
        )
        services.allowed_set(authority=authority, partner=other, direction="in", pairs=ALL_PAIRS, actor=manager, at=at)
    theirs = mails.exchange_key(ADDRESSES[other], "rsa")
    keys = (
        (CredentialUse.SMIME_SIGN, mails.pinned(theirs).fingerprint, mails.certificate_pem(theirs).decode()),
        (CredentialUse.SERVER_TLS, f"{port:064x}", files.authority.read_text()),
    )
    for use, fingerprint, material in keys:
        _confirmed(authority, other, use, fingerprint=fingerprint, material=material)
    Partner.objects.filter(authority=authority, code=other).update(state="live", environment=Partner.PRODUCTION)


def _confirmed(authority: str, other: str, use: CredentialUse, **given: Any) -> None:
    added = services.credential_add(
        authority=authority, partner=other, use=use, actor=_manager(authority, "a"), at=START, **given
    )
    services.credential_confirm(
        authority=authority,
        credential_id=added.pk,
        fingerprint=added.fingerprint,
        how="telephone",
        actor=_manager(authority, "b"),
        at=START,
    )


def _store(authority: str, mail: Incoming) -> None:
    """Keep a mail for a side, as the listener's own function does for the installation's authority."""
    try:
        facts = {"mail_from": mail.mail_from, "rcpt_to": mail.rcpt_to, "tls": mail.is_tls}
        message_receive(authority=authority, channel="smtp", raw=mail.raw, facts=facts, at=mails.NOW)
    finally:
        connections.close_all()


@pytest.fixture
def sides(fresh_database: Fresh, tmp_path: Path) -> Iterator[Sides]:
    """XA and XB, who know each other, each with a listener under TLS."""
    files = server_files(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with contextlib.ExitStack() as stack:
        listeners = {
            code: stack.enter_context(listening(context, ours=ADDRESSES[code], store=partial(_store, code)))
            for code in ("XA", "XB")
        }
        _know("XA", "XB", listeners["XB"].port, files)
        _know("XB", "XA", listeners["XA"].port, files)
        yield Sides(files, listeners)


@pytest.mark.needs("openssl")
def test_a_certificate_goes_out_by_mail_and_comes_back_as_received(sides: Sides, tmp_path: Path) -> None:
    certificate = certificate_in(cast(), CertificateState.IN_FORCE)
    worker_run_until_idle(at=mails.NOW)
    sides.deliver("XA")
    sent = Envelope.objects.get(authority="XA", direction="out")
    assert sent.state == "sent", sent.tracking_text
    assert sent.message_mic

    (arrived,) = sides.listeners["XB"].kept
    (tmp_path / "mail.eml").write_bytes(arrived.raw)
    (tmp_path / "cert.pem").write_bytes(mails.certificate_pem(mails.exchange_key(mails.XA, "rsa")))
    arguments = ["openssl", "cms", "-verify", "-in", "mail.eml", "-CAfile", "cert.pem", "-purpose", "any", "-out", "x"]
    assert subprocess.run(arguments, cwd=tmp_path, capture_output=True, check=False).returncode == 0

    sides.process("XB")
    message = ReceivedMessage.objects.get(authority="XB")
    assert message.decision == Decision.APPLIED, (message.reason, message.reason_text)
    received = IncomingCertificate.objects.get(authority="XB", number=certificate.number)
    assert (received.state, received.sha256) == ("in_force", sent.sha256)
    there = Envelope.objects.get(authority="XB", direction="in")
    assert there.content is not None
    assert bytes(there.content.data or b"") == bytes(certificate.xml or b"")

    sides.deliver("XB")
    sides.process("XA")
    sent.refresh_from_db()
    answer = ReceivedMessage.objects.get(authority="XA")
    assert answer.decision == Decision.REPORT, (answer.reason, answer.reason_text)
    assert sent.state in {"received", "received_remarks"}
    assert (sent.result or sent.tracking).startswith(("RECEIVED", "Delivered"))
    assert not Envelope.objects.filter(authority="XA", kind="acknowledgement").exists()


def test_what_the_border_there_decided_comes_back_by_mail_and_stands_with_the_certificate_once(sides: Sides) -> None:
    """I34 by mail: the decision is a signed SPSAcknowledgement, acknowledged as received, and recorded once."""
    certificate = certificate_in(cast(), CertificateState.IN_FORCE)
    worker_run_until_idle(at=mails.NOW)
    sides.deliver("XA")
    sides.process("XB")
    decided = Decided(
        authority="XB", event_id=uuid.uuid4(), issuer="XA", number=certificate.number, act="accept_partly",
        place="XBAAA", reason_code="", measure="", quantities=("line 1: 40.5 KGM",), at=mails.NOW,
    )  # fmt: skip
    sent = answer_queue(decided)
    assert sent is not None
    assert answer_queue(decided) is None
    sides.deliver("XB")
    sides.process("XA")
    reported = ReportedOutcome.objects.get(authority="XA")
    assert (reported.reporter, reported.outcome) == ("XB", "accepted_partly")
    assert reported.quantities == [[1, "40.5", "KGM"]]
    sides.deliver("XA")
    sides.process("XB")
    sent.refresh_from_db()
    assert sent.state == "received", sent.tracking_text
    _store(
        "XA", Incoming(raw=_last(sides), mail_from="bounce@ecert.xb.example", rcpt_to=mails.XA, is_tls=True, peer="")
    )
    sides.process("XA")
    assert ReportedOutcome.objects.filter(authority="XA").count() == 1


def _last(sides: Sides) -> bytes:
    """Return the bytes of the decision as they came the first time."""
    rows = ReceivedMessage.objects.filter(authority="XA", envelope__kind="response")
    return bytes(rows.latest("pk").raw or b"")


def test_250_is_said_after_the_commit_and_survives_the_death_of_the_listener(fresh_database: Fresh) -> None:
    """The process is killed the moment it has said 250; the mail is there."""
    import socket  # noqa: PLC0415  only here a port is looked for

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        "OPENSPS_DATABASE_URL": fresh_database.url,
        "OPENSPS_SECRET_KEY": "x" * 50,
        "OPENSPS_MAIL_ADDRESS": mails.XA,
        "PATH": "/usr/bin:/bin",
    }
    code = "from opensps.project.command import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "mail", "serve", "--listen", f"127.0.0.1:{port}"], env=environment
    )
    try:
        client = _client(port, process)
        client.sendmail("a@b.example", [mails.XA], b"From: a@b.example\r\n\r\nx\r\n")
    finally:
        process.kill()
        process.wait(10)
    client.close()
    kept = ReceivedMessage.objects.get()
    assert bytes(kept.raw or b"") == b"From: a@b.example\r\n\r\nx\r\n"
    assert (kept.decision, kept.facts["rcpt_to"]) == (Decision.ARRIVED, mails.XA)


def _client(port: int, listener: subprocess.Popen[bytes]) -> smtplib.SMTP:
    while listener.poll() is None:
        with contextlib.suppress(OSError):
            return smtplib.SMTP("127.0.0.1", port, timeout=60)
        time.sleep(0.1)
    raise AssertionError("the listener ended")


@pytest.mark.engine("sqlite")
def test_where_the_database_takes_nothing_the_mail_is_refused_for_now(fresh_database: Fresh) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON exchange_receivedmessage"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    incoming = Incoming(raw=b"From: a@b\r\n\r\n", mail_from="", rcpt_to=mails.XA, peer="", is_tls=True)
    with pytest.raises(CannotKeep):
        keep(incoming)
