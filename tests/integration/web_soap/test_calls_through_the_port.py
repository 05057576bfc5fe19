"""Stock clients at the real partner port: TLS, client certificate, WSDL from our own address, several at once."""

import concurrent.futures
import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.wsgi import get_wsgi_application
from django.db import connections, transaction
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.models import Partner, PartnerConnection
from opensps.project.serving import tls
from opensps.project.serving.partner_port import partner_port
from opensps.web.soap.callers import LIMITS
from opensps.web.soap.certificate_service import ADDRESS
from tests.databases import Fresh
from tests.factories.service_callers import KEY_FILE, identity, offered, plain, soap_partner, token_key

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@dataclass(frozen=True, slots=True)
class Place:
    """A partner port with the whole application behind it."""

    address: str
    port: int
    authority: Path
    client: Path

    def zeep(self, *, version: str = "1.1", has_certificate: bool = True, wsse: Any = None) -> Any:
        """Return a stock client that fetched the WSDL from here."""
        session = requests.Session()
        session.trust_env, session.verify = False, str(self.authority)
        if has_certificate:
            session.cert = str(self.client)
        made: Any = Client
        client = made(
            f"{self.address}?wsdl",
            transport=Transport(session=session),  # type: ignore[no-untyped-call]  # zeep has no types
            settings=Settings(strict=True),
            wsse=wsse,
        )
        return client.create_service(f"{{{CS}}}CertificateSoap{version.replace('.', '')}", self.address)


@pytest.fixture
def place(fresh_database: Fresh, tmp_path: Path, settings: Any) -> Iterator[Place]:
    soap_partner("XB")
    LIMITS.forget()
    settings.OPENSPS_EXCHANGE_KEY = tmp_path / "exchange.key"
    settings.OPENSPS_EXCHANGE_KEY.write_text(KEY_FILE)
    settings.ALLOWED_HOSTS = ["localhost"]
    files = tls.ensure(tmp_path / "tls", names=tls.LOOPBACK, at=datetime.now(UTC))
    client, shown = tmp_path / "xb.pem", identity("XB")
    client.write_bytes(shown.key_pem + shown.certificate_pem)
    django = get_wsgi_application()

    def application(environ: Any, start_response: Any) -> Any:
        try:
            return django(environ, start_response)
        finally:
            connections.close_all()

    server = partner_port(("127.0.0.1", 0), application, certificate=files.certificate, key=files.key, threads=32)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    port = server.bind_addr[1]
    yield Place(f"https://localhost:{port}/{ADDRESS}", port, files.authority, client)
    server.stop()
    thread.join()


def test_stock_clients_are_served_and_strangers_are_not(place: Place) -> None:
    """One database and one port for all of it: making them costs more than the calls."""
    for version in ("1.1", "1.2"):
        assert place.zeep(version=version).ListCertificates().hasMore is False
        with pytest.raises(Fault, match="client certificate"):
            place.zeep(version=version, has_certificate=False).ListCertificates()
    _by_token(place)
    _chunked(place)
    _at_once(place)
    _one_final_word(place)
    _only_machines(place)


def _by_token(place: Place) -> None:
    PartnerConnection.objects.update(authentication="mtls+digest")
    untyped: Any = UsernameToken
    token = untyped("XB-system", token_key("XB"), use_digest=True)
    assert place.zeep(wsse=token).ListCertificates().certificate == []
    with pytest.raises(Fault):
        place.zeep(has_certificate=False, wsse=token).ListCertificates()
    PartnerConnection.objects.update(authentication="mtls")


def _chunked(place: Place) -> None:
    with contextlib.closing(_plain_connection(place)) as asking:
        headers = {"Content-Type": "text/xml; charset=utf-8", "Transfer-Encoding": "chunked"}
        body = plain("ListCertificates")
        asking.request("POST", f"/{ADDRESS}", body=iter([body[:100], body[100:]]), headers=headers, encode_chunked=True)
        answer = asking.getresponse()
        assert (answer.status, b"ListCertificatesResponse" in answer.read()) == (200, True)


def _plain_connection(place: Place) -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=str(place.authority))
    context.load_cert_chain(place.client)
    return http.client.HTTPSConnection("localhost", place.port, context=context, timeout=30)


def _at_once(place: Place) -> None:
    """Eight calls at once are served; of more, some are told to come back, and none is lost."""

    def call(_: int) -> tuple[int, bytes]:
        with contextlib.closing(_plain_connection(place)) as asking:
            asking.request("POST", f"/{ADDRESS}", body=plain("ListCertificates"), headers={"Content-Type": "text/xml"})
            answer = asking.getresponse()
            return answer.status, answer.read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert {status for status, _ in pool.map(call, range(16))} == {200}
    with concurrent.futures.ThreadPoolExecutor(14) as pool:
        answers = list(pool.map(call, range(28)))
    assert all(status == 200 or b"RATE_LIMIT" in body for status, body in answers)


def _one_final_word(place: Place) -> None:
    """S30: of acknowledgements at once, each with another word, one stays, and everybody is told which."""
    now = datetime.now(UTC)
    with transaction.atomic():
        number = offered(Partner.objects.get(), at=now).delivery_number

    def acknowledge(result: str) -> tuple[bool, str]:
        (done,) = place.zeep().Acknowledge(item=[{"deliveryNumber": number, "result": result}])
        return done.changed, done.trackingInfo

    words = ("RECEIVED", "RECEIVED_REMARKS", "REJECTED", "RECEIVED", "RECEIVED_REMARKS", "REJECTED")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        told = list(pool.map(acknowledge, words))
    assert [changed for changed, _ in told].count(True) == 1
    assert len({word for _, word in told}) == 1


def _only_machines(place: Place) -> None:
    with contextlib.closing(_plain_connection(place)) as asking:
        asking.request("GET", "/sign-in")
        assert asking.getresponse().status == 404
