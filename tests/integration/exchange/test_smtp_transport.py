"""Sending mail to real servers on loopback: never in the clear, the same bytes, and every reply means what it says."""

import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opensps.exchange.mail.building import mic_of
from opensps.exchange.mail.reading import ExchangeMail, ReportMail
from opensps.exchange.mail.reports import disposition_report
from opensps.exchange.mail.tokens import delivery_of
from opensps.exchange.transports.mail_account import MailAccount, Relay
from opensps.exchange.transports.mail_writing import mail_of
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.exchange.transports.smtp_conversation import hand_over
from opensps.exchange.transports.transport import (
    Answer,
    Channel,
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
from opensps.lifecycle import AcknowledgementCode
from opensps.project.serving.tls import TlsFiles, fingerprint
from tests.factories import mail as mails
from tests.factories.https_servers import server_files
from tests.factories.smtp_servers import CLOSE, SmtpServer

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<a>.\n.. \n</a>\n'


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Certificate of the partner's server, by an authority of the test."""
    return server_files(tmp_path_factory.mktemp("tls"))


def account(**changes: Any) -> MailAccount:
    """Return our account at XA."""
    given: dict[str, Any] = {
        "address": mails.XA,
        "name": "SPS exchange XA",
        "secret": mails.SECRET,
        "keys": (mails.exchange_key(),),
        "collect_address": "https://ecert.xa.example/api/v1/envelopes/%(delivery)s",
    }
    return MailAccount(**(given | changes))


def connection(server: str, files: TlsFiles, **changes: Any) -> Connection:
    """Return the record of XB, whose own server is believed by its authority."""
    theirs = Credential(use="server_tls", material=files.authority.read_text())
    given: dict[str, Any] = {
        "id": 1,
        "partner": "XB",
        "channel": Channel.SMTP,
        "connection_code": "XB",
        "own_code": "XA",
        "address": mails.XB,
        "options": {"server": server} | changes.pop("options", {}),
        "credentials": (theirs,),
        "languages": ("en",),
    }
    return Connection(**(given | changes))


def outbound(to: Connection, **changes: Any) -> Outbound:
    """Return a certificate on its way to XB."""
    said = mails.fields(XML)
    given: dict[str, Any] = {
        "delivery_number": mails.DELIVERY,
        "kind": Kind.CERTIFICATE,
        "from_code": "XA",
        "to_code": "XB",
        "number": said.certificate,
        "type_code": "851",
        "status_code": "70",
        "version": 1,
        "certificate_state": "in_force",
        "content": XML,
        "sha256": said.content_digest,
        "connection": to,
    }
    return Outbound(**(given | changes))


def send(server: SmtpServer, files: TlsFiles, **changes: Any) -> Answer:
    """Send one certificate to a server."""
    to = connection(server.address, files, **changes)
    return SmtpTransport(account=account(), clock=lambda: mails.NOW).send(outbound(to))


def serve(files: TlsFiles, replies: Mapping[bytes, bytes] | None = None, *offers: bytes) -> SmtpServer:
    """Return a server of XB that answers so."""
    return SmtpServer(files, replies=replies or {}, **({"offers": offers} if offers else {}))


def test_what_arrives_is_to_the_byte_what_was_signed_and_stands_under_tls(files: TlsFiles) -> None:
    with serve(files) as server:
        answer = send(server, files)
    assert isinstance(answer, Sent), answer
    assert answer.remote_number == "01jd0000000000000000000001.sps@ecert.xa.example"
    got = mails.read(server.mails[0])
    assert isinstance(got, ExchangeMail)
    assert (got.xml, got.mic) == (XML, answer.message_mic)
    assert [each for each in server.said if not each.startswith(b"*")] == [server.said[0], b"STARTTLS"]


def test_size_is_declared_and_delivery_notices_are_asked_for_only_where_they_are_offered(files: TlsFiles) -> None:
    with serve(files) as plain:
        send(plain, files)
    with serve(files, {}, b"STARTTLS", b"SIZE 0", b"DSN") as offering:
        send(offering, files)
    said = [
        next(each for each in server.said if verb in each)
        for server in (plain, offering)
        for verb in (b"MAIL", b"RCPT")
    ]
    assert b" SIZE=" in said[0]
    assert b"ENVID" not in said[0]
    assert b"NOTIFY" not in said[1]
    assert said[2].endswith(b" RET=HDRS ENVID=" + mails.DELIVERY.encode())
    assert said[3].endswith(b" NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;" + mails.XB.encode())


def test_the_return_path_names_the_delivery_and_only_we_can_write_it(files: TlsFiles) -> None:
    with serve(files) as server:
        send(server, files)
    path = next(each for each in server.said if b"MAIL" in each).split(b"<")[1].split(b">")[0].decode()
    assert delivery_of(path, domain="ecert.xa.example", secret=mails.SECRET) == mails.DELIVERY


def test_a_server_without_tls_learns_no_address(files: TlsFiles) -> None:
    with serve(files, {}, b"SIZE 1000") as server:
        answer = send(server, files)
    assert isinstance(answer, Unreachable)
    assert "STARTTLS" in answer.text
    assert not any(b"MAIL" in each or b"exchange" in each for each in server.said)


@pytest.mark.parametrize("reply", [b"454 4.7.0 not now", b"500 what", CLOSE])
def test_a_server_that_takes_tls_back_learns_none_either(reply: bytes, files: TlsFiles) -> None:
    with serve(files, {b"STARTTLS": reply}) as server:
        assert isinstance(send(server, files), Unreachable)
    assert not any(b"MAIL" in each for each in server.said)


def test_another_name_another_authority_and_another_pin_are_not_their_server(files: TlsFiles, tmp_path: Path) -> None:
    other = server_files(tmp_path, names=("elsewhere.example",))
    for shown in (other, server_files(tmp_path / "x")):
        with serve(shown) as server:
            assert isinstance(send(server, files), Unreachable)
        assert not any(b"MAIL" in each for each in server.said)
    wrong = Credential(use="server_tls", fingerprint="0" * 64)
    with serve(files) as server:
        answer = send(server, files, tls_policy="required+pinned", credentials=(wrong,))
    assert isinstance(answer, Unreachable)
    assert answer.pauses == "pin"
    assert not any(b"MAIL" in each for each in server.said)


def test_a_pinned_certificate_is_believed_whoever_signed_it(files: TlsFiles) -> None:
    right = Credential(use="server_tls", fingerprint=fingerprint(files).replace(":", "").lower())
    with serve(files) as server:
        answer = send(server, files, tls_policy="required+pinned", credentials=(right,))
    assert isinstance(answer, Sent), answer


def test_a_pin_without_a_server_of_theirs_or_without_a_certificate_stops_the_channel(files: TlsFiles) -> None:
    for options in ({}, {"server": "127.0.0.1:1"}):
        to = connection("", files, options=options, tls_policy="required+pinned", credentials=())
        relay = Relay(host="127.0.0.1", port=1)
        answer = SmtpTransport(account=account(relay=relay)).send(outbound(to))
        assert isinstance(answer, Unreachable)
        assert answer.pauses == "pin"


@pytest.mark.parametrize(
    ("verb", "reply", "kind", "pauses", "about_envelope"),
    [
        (b"CONNECT", b"421 4.3.2 closing", Unreachable, "", False),
        (b"CONNECT", b"554 5.3.2 no", Unreachable, "", False),
        (b"CONNECT", CLOSE, Unreachable, "", False),
        (b"MAIL", b"451 4.3.0 later", Unreachable, "", False),
        (b"MAIL", b"550 5.7.1 policy", Unreachable, "mail_policy", True),
        (b"RCPT", b"450 4.2.0 greylisted", Unreachable, "", True),
        (b"RCPT", b"550 5.1.1 no such user", Unreachable, "mail_address", True),
        (b"RCPT", b"550 5.2.1 closed", Unreachable, "mail_address", True),
        (b"RCPT", b"552 5.2.2 full", Unreachable, "", True),
        (b"RCPT", b"550 no", Refused, "", False),
        (b"RCPT", CLOSE, Unreachable, "", False),
        (b"DATA", b"451 4.3.1 disk", Unreachable, "", True),
        (b"DATA", CLOSE, Unreachable, "", False),
        (b".", b"451 4.3.1 disk", Unreachable, "", True),
        (b".", b"554 5.6.0 content", Refused, "", False),
        (b".", b"550 5.7.7 signature", Unreachable, "mail_policy", True),
        (b".", CLOSE, Uncertain, "", False),
    ],
)
def test_every_reply_means_what_it_says(
    verb: bytes, reply: bytes, kind: type, pauses: str, about_envelope: bool, files: TlsFiles
) -> None:
    """Only silence after the final dot is uncertain: before it nothing can have arrived."""
    with serve(files, {verb: reply}) as server:
        answer = send(server, files)
    assert isinstance(answer, kind), answer
    if isinstance(answer, Unreachable):
        assert (answer.pauses, answer.is_about_envelope) == (pauses, about_envelope)


def test_after_an_unknown_outcome_the_same_message_goes_again(files: TlsFiles) -> None:
    with serve(files, {b".": CLOSE}) as server:
        assert isinstance(send(server, files), Uncertain)
    transport = SmtpTransport(account=account(), clock=lambda: mails.NOW)
    with serve(files) as again:
        to = outbound(connection(again.address, files))
        assert transport.ask(to) == Seen(is_known=False, is_final_answer=True)
        answer = transport.send(to)
    assert isinstance(answer, Sent)
    first, second = mails.read(server.mails[0]), mails.read(again.mails[0])
    assert isinstance(first, ExchangeMail)
    assert isinstance(second, ExchangeMail)
    assert first.facts.message_id == second.facts.message_id == answer.remote_number
    assert first.mic == second.mic


@pytest.mark.parametrize(
    ("replies", "offers"),
    [({}, (b"STARTTLS", b"SIZE 1200")), ({b"RCPT": b"552 5.3.4 too large"}, ()), ({b".": b"552 too large"}, ())],
    ids=["announced", "at the recipient", "after the data"],
)
def test_what_is_too_large_is_left_to_a_person_or_told_where_to_collect(
    replies: dict[bytes, bytes], offers: tuple[bytes, ...], files: TlsFiles
) -> None:
    with serve(files, replies, *offers) as server:
        answer = send(server, files, options={"oversize": "hold"})
    assert isinstance(answer, Refused)
    assert answer.code == "size"


def test_a_notice_carries_no_xml_but_digest_and_address(files: TlsFiles) -> None:
    with serve(files) as server:
        answer = send(server, files, options={"oversize": "notice"}, limits={"bytes": 1000})
    assert isinstance(answer, Sent)
    got = mails.read(server.mails[0])
    assert isinstance(got, ExchangeMail)
    assert got.fields is not None
    assert (got.fields.action, got.xml, got.fields.content_digest) == (
        "collect",
        None,
        mails.fields(XML).content_digest,
    )
    assert f"https://ecert.xa.example/api/v1/envelopes/{mails.DELIVERY}" in got.text


def test_partners_with_credentials_for_collecting_are_told_and_others_are_not(files: TlsFiles) -> None:
    theirs = Credential(use="oauth_client", name="xb")
    authority = Credential(use="server_tls", material=files.authority.read_text())
    with serve(files) as server:
        told = send(server, files, limits={"bytes": 1000}, credentials=(theirs, authority))
        held = send(server, files, limits={"bytes": 1000})
    assert (type(told), type(held)) == (Sent, Refused)


def test_an_acknowledgement_answers_their_mail_and_asks_for_nothing(files: TlsFiles) -> None:
    with serve(files) as server:
        to = connection(server.address, files, options={"receipts": True})
        given = outbound(
            to,
            kind=Kind.ACKNOWLEDGEMENT,
            result=AcknowledgementCode.RECEIVED_REMARKS,
            text="a remark",
            in_reply_to_remote="01JD0000000000000000000777",
            in_reply_to_message="m7@ecert.xb.example",
            content=b"<x/>",
        )
        answer = SmtpTransport(account=account(), clock=lambda: mails.NOW).send(given)
    assert isinstance(answer, Sent), answer
    raw = server.mails[0]
    assert b"In-Reply-To: <m7@ecert.xb.example>" in raw
    assert b"Auto-Submitted: auto-replied" in raw
    assert b"Disposition-Notification-To" not in raw
    got = mails.read(raw)
    assert isinstance(got, ExchangeMail)
    assert got.fields is not None
    assert (got.fields.action, got.fields.result, got.fields.answers_delivery) == (
        "acknowledge", "RECEIVED_REMARKS", "01JD0000000000000000000777",
    )  # fmt: skip


def test_a_receipt_goes_before_the_acknowledgement_where_their_mail_asked_for_one(files: TlsFiles) -> None:
    """With the null sender, the digest of what was read, and to the listed address only."""
    mic = mic_of(b"their signed part")
    with serve(files) as server:
        given = outbound(
            connection(server.address, files),
            kind=Kind.ACKNOWLEDGEMENT,
            result=AcknowledgementCode.RECEIVED,
            in_reply_to_message="m7@ecert.xb.example",
            in_reply_to_mic=mic,
            content=b"<x/>",
        )
        assert isinstance(SmtpTransport(account=account(), clock=lambda: mails.NOW).send(given), Sent)
    assert [b"<>" in each for each in server.said if b"MAIL" in each] == [True, False]
    got = mails.read(server.mails[0])
    assert isinstance(got, ReportMail)
    assert got.signer
    report = disposition_report(got.part)
    assert report is not None
    assert (report.original_message_id, report.disposition, report.mic) == ("m7@ecert.xb.example", "processed", mic)
    with serve(files, {b"RCPT": b"451 4.3.0 later"}) as server:
        again = replace(given, connection=connection(server.address, files))
        assert isinstance(SmtpTransport(account=account()).send(again), Unreachable)
    assert server.mails == []


@pytest.mark.parametrize(
    ("changes", "action", "act"),
    [
        ({}, "issue", "issued"),
        ({"replaces": "XA-2026-014-0000317-6"}, "replace", "issued"),
        ({"status_code": "40", "certificate_state": "withdrawn"}, "withdraw", "withdrawn"),
        ({"status_code": "44", "certificate_state": "replaced"}, "replace", "replaced"),
        ({"status_code": "74", "certificate_state": "expired"}, "status", "status changed"),
        ({"certificate_state": "on_hold"}, "status", "status changed"),
    ],
)
def test_the_action_follows_the_status(changes: dict[str, Any], action: str, act: str, files: TlsFiles) -> None:
    with serve(files) as server:
        to = connection(server.address, files, options={"receipts": True})
        SmtpTransport(account=account(), clock=lambda: mails.NOW).send(outbound(to, **changes))
    got = mails.read(server.mails[0])
    assert isinstance(got, ExchangeMail)
    assert got.fields is not None
    assert got.fields.action == action
    assert act.encode() in server.mails[0].split(b"Date:")[0]
    assert b"Disposition-Notification-To: exchange@ecert.xa.example" in server.mails[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"keys": ()}, "key"),
        ({"address": "nobody"}, "field"),
    ],
)
def test_without_a_key_or_an_address_nothing_is_sent(changes: dict[str, Any], code: str, files: TlsFiles) -> None:
    with serve(files) as server:
        transport = SmtpTransport(account=account(**changes))
        answer = transport.send(outbound(connection(server.address, files)))
    assert isinstance(answer, Unreachable)
    assert answer.code == code
    assert server.said == []


def test_without_relay_and_server_or_with_nobody_there_it_waits(files: TlsFiles) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        closed = held.getsockname()[1]
    transport = SmtpTransport(account=account(), post=hand_over)
    for options in ({}, {"server": "nonsense"}, {"server": f"127.0.0.1:{closed}"}, {"server": "no.such.invalid:25"}):
        assert isinstance(
            transport.send(outbound(connection("", files, options={"server": ""} | options))), Unreachable
        )


def test_the_relay_gets_name_and_password_under_tls_only(files: TlsFiles) -> None:
    believed: dict[str, Any] = {"password": "s3cret", "authorities_pem": files.authority.read_bytes()}
    replies = {b"AUTH": b"235 2.7.0 ok"}
    with serve(files, replies, b"STARTTLS", b"AUTH PLAIN") as server:
        relay = Relay(host="127.0.0.1", port=server.port, user="xa", **believed)
        to = connection("", files, options={"server": ""})
        answer = SmtpTransport(account=account(relay=relay)).send(outbound(to))
    assert isinstance(answer, Sent), answer
    assert [each[:5] for each in server.said if b"AUTH" in each] == [b"*AUTH"]
    with serve(files, {b"AUTH": b"535 5.7.8 no"}, b"STARTTLS", b"AUTH PLAIN") as server:
        relay = Relay(host="127.0.0.1", port=server.port, user="xa", **believed)
        answer = SmtpTransport(account=account(relay=relay)).send(outbound(to))
    assert isinstance(answer, Unreachable)
    assert "s3cret" not in answer.text


def test_a_mail_about_a_missing_certificate_names_no_number(files: TlsFiles) -> None:
    here = connection("smtp://127.0.0.1:1", files, languages=("zh-Hans",))
    for number, words in (("", b"inquiry about a missing certificate;"), ("XB-7", b"about the certificate XB-7;")):
        said = outbound(here, kind=Kind.INQUIRY, number=number, content=b'{"act":"open"}')
        raw = mail_of(said, account(), at=mails.NOW).data
        assert words in raw.replace(b"=\r\n", b"").replace(b"=20", b" ").replace(b"\r\n", b" ")
