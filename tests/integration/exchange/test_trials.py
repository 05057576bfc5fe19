"""A connection is tried by a real request, and each way it can end is told apart; nothing that counts is sent."""

from collections.abc import Iterable
from typing import Any

import pytest

from opensps.exchange.mail.smime import ExchangeKey
from opensps.exchange.transports import Channel, Connection, Credential
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.mail_account import MailAccount
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.exchange.transports.trying import Trial, Tried, try_api, try_door, try_hub, try_mail
from opensps.project.serving.tls import TlsFiles
from tests.factories.https_servers import HttpsServer, Received, Script, Step, answer, server_files
from tests.factories.scripted_hub import always, fault, hub_exception, response, result
from tests.factories.smtp_servers import SmtpServer

HERE = Guard(frozenset({"127.0.0.1"}))
XML = {"Content-Type": "text/xml; charset=utf-8"}
NOBODY: tuple[ExchangeKey, ...] = ()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Return certificate and authority of the other side."""
    return server_files(tmp_path_factory.mktemp("trials"))


def connection(files: TlsFiles, address: str, channel: Channel = Channel.HUB, **columns: Any) -> Connection:
    authority = Credential(use="server_tls", material=files.authority.read_text())
    values = {"id": 1, "partner": "XB", "connection_code": "XB", "own_code": "XA", "credentials": (authority,)}
    return Connection(channel=channel, address=address, **{**values, **columns})


def hub(name: str, *members: str) -> Script:
    """Return a hub that calls us by a name and has these members."""
    each = "".join(f"<hub:Nppo><hub:Country>{code}</hub:Country></hub:Nppo>" for code in members)
    said = {
        "GetProfile": result("GetProfile", f"<hub:Country>{name}</hub:Country>"),
        "GetActiveNppos": result("GetActiveNppos", each),
    }

    def script(received: Received) -> Iterable[Step]:
        return answer(said[received.headers["soapaction"].strip('"').rpartition("/")[2]], headers=XML)

    return script


@pytest.mark.parametrize(
    ("script", "tried", "code"),
    [
        (hub("XA", "XA", "XB"), Tried.WORKS, ""),
        (hub("XA2", "XA2", "XB"), Tried.OTHER_NAME, ""),
        (hub("XA", "XA", "XC"), Tried.NOT_A_MEMBER, ""),
        (
            always(fault(hub_exception("NPPO from client certificate not found")), status=500),
            Tried.UNKNOWN_THERE,
            "500",
        ),
        (always(fault(hub_exception("no")), status=500), Tried.REFUSED, "500"),
        (always(b"<html>Bad gateway</html>", status=502, content_type="text/html"), Tried.DISTURBED, "502"),
        (always(b"<html>welcome</html>", content_type="text/html"), Tried.DISTURBED, "200"),
        (always(response("GetProfile")), Tried.OTHER_NAME, ""),
    ],
)
def test_a_hub_tells_whether_it_knows_us_and_the_partner(
    files: TlsFiles, script: Script, tried: Tried, code: str
) -> None:
    with HttpsServer(files, script) as server:
        trial = try_hub(connection(files, server.url("/hub")), guard=HERE)
    assert (trial.tried, trial.code, trial.asked) == (tried, code, "hub")


def test_a_private_network_is_not_called_unless_the_operators_named_it(files: TlsFiles) -> None:
    with HttpsServer(files, hub("XA", "XB")) as server:
        trial = try_hub(connection(files, server.url("/hub")), guard=Guard())
        mail = try_mail(
            connection(files, "exchange@xc.example", Channel.SMTP, options={"server": f"127.0.0.1:{server.port}"}),
            transport(guard=Guard()),
        )
        assert server.received == []
    assert (trial.tried, trial.code) == (Tried.NOT_REACHED, "network")
    assert (mail.tried, mail.code) == (Tried.NOT_REACHED, "network")


def test_an_interface_without_a_key_of_ours_is_not_even_asked(files: TlsFiles) -> None:
    trial = try_api(connection(files, "https://127.0.0.1:9/api/v1", Channel.REST), guard=HERE)
    assert (trial.tried, trial.code) == (Tried.MISSING, "key")


def transport(guard: Guard = HERE) -> SmtpTransport:
    account = MailAccount(address="exchange@xa.example", name="SPS exchange XA", secret=b"s" * 32, keys=NOBODY)
    return SmtpTransport(account=account, guard=guard)


@pytest.mark.parametrize(
    ("changes", "tried", "code"),
    [
        ({}, Tried.WORKS, "250"),
        ({"replies": {b"RCPT": b"550 5.1.1 no such user"}}, Tried.REFUSED, "550"),
        ({"offers": (b"SIZE 20000000",)}, Tried.NOT_REACHED, "tls"),
    ],
)
def test_a_mail_server_is_asked_for_the_address_and_gets_no_mail(
    files: TlsFiles, changes: dict[str, Any], tried: Tried, code: str
) -> None:
    with SmtpServer(files, **changes) as server:
        found = connection(files, "exchange@xc.example", Channel.SMTP, options={"server": server.address})
        trial = try_mail(found, transport())
        assert server.mails == []
    assert (trial.tried, trial.code) == (tried, code)


def test_without_a_mail_server_there_is_nobody_to_ask(files: TlsFiles) -> None:
    trial = try_mail(connection(files, "exchange@xc.example", Channel.SMTP), transport())
    assert (trial.tried, trial.code) == (Tried.MISSING, "relay")


def test_our_own_door_has_to_show_its_contract(files: TlsFiles) -> None:
    tls = TlsSettings(authorities_pem=files.authority.read_bytes())
    trials: list[Trial] = [try_door("", tls=tls, marker=b"x")]
    with HttpsServer(files, always(b"<definitions name='DeliveryService'/>")) as server:
        trials += [try_door(server.url("/?wsdl"), tls=tls, marker=each) for each in (b"DeliveryService", b"other")]
    assert [each.tried for each in trials] == [Tried.MISSING, Tried.WORKS, Tried.DISTURBED]
