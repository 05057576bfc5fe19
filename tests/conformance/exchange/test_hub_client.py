"""The client of the Hub against hubs that answer well, strangely, or not at all: `exchange.md` 9.2, row by row.

One table of behaviours, hence its length.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.transports import (
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
from opensps.exchange.transports.hub import HubTransport, client_of
from opensps.exchange.transports.hub_client import Failure, HubClient, Pulled
from opensps.exchange.transports.hub_reply import UNKNOWN_CALLER, Faulted
from opensps.formats.xml_stream import read_stream
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from opensps.project.serving.tls import TlsFiles
from tests.factories import scripted_hub as hub
from tests.factories.client_certificates import client_identity, der_of
from tests.factories.https_servers import HttpsServer, Received, Script, Step, answer, server_files

SENT = "ValidateAndDeliverEnvelope"
CONTENT = '<?xml version="1.0" encoding="UTF-8"?>\n<a>Knoblauch & 大蒜 < \r</a>\n'.encode()
IDENTITY = client_identity("xa")

ONE_AND_NIL = (
    f"<eph:GetImportEnvelopeHeadersResult><hub:EnvelopeHeader>{hub.header()}</hub:EnvelopeHeader>"
    '<hub:EnvelopeHeader xsi:nil="true"/></eph:GetImportEnvelopeHeadersResult>'
)
Asked = Callable[..., tuple[HttpsServer, Connection]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    """Return certificate and authority of the hub."""
    return server_files(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def asked(files: TlsFiles) -> Iterator[Asked]:
    """Return what starts a hub with a script and gives the connection to it."""
    running: list[HttpsServer] = []

    def start(script: Script, **settings: Any) -> tuple[HttpsServer, Connection]:
        server = HttpsServer(files, script, client_authorities=IDENTITY.certificate_pem)
        running.append(server.__enter__())
        return server, connection(server.url("/hub/DeliveryService"), files.authority.read_text(), **settings)

    yield start
    for server in running:
        server.__exit__(None, None, None)


def connection(url: str, authority: str, *, send: str = "validate", seconds: float = 5.0) -> Connection:
    """Return a connection as `XA` with the partner `XB1`, over our client certificate."""
    ours = Credential(
        use="client_tls", material=IDENTITY.certificate_pem.decode(), secret=IDENTITY.key_pem, is_ours=True
    )
    return Connection(
        id=1,
        partner="XB",
        channel=Channel.HUB,
        connection_code="XB1",
        own_code="XA",
        address=url,
        send_operation=send,
        limits={"seconds": seconds},
        credentials=(ours, Credential(use="server_tls", material=authority)),
    )


def outbound(over: Connection, **other: Any) -> Outbound:
    """Return an envelope for the partner."""
    fields: dict[str, Any] = {
        "delivery_number": "01JD0000000000000000000001",
        "kind": Kind.CERTIFICATE,
        "from_code": "XA",
        "to_code": "XB1",
        "number": "XA-2026-014-0004512-0",
        "type_code": "851",
        "status_code": "70",
        "version": 1,
        "certificate_state": "in_force",
        "content": CONTENT,
        "sha256": "0" * 64,
        "connection": over,
    }
    return Outbound(**{**fields, **other})


def send(asked: Asked, body: bytes, *, status: int = 200, content_type: str = "text/xml; charset=utf-8") -> Answer:
    """Return what becomes of an envelope when the hub says this."""
    _, over = asked(hub.always(body, status=status, content_type=content_type))
    return HubTransport().send(outbound(over))


def of(asked: Asked, body: bytes, *, content_type: str = "text/xml; charset=utf-8") -> HubClient:
    """Return a client of a hub that always says this."""
    _, over = asked(hub.always(body, content_type=content_type))
    return client_of(over)


@pytest.mark.parametrize(
    ("operation", "element", "setting"),
    [(SENT, "envelope", "validate"), ("DeliverEnvelope", "env", "plain")],
)
def test_an_envelope_arrives_as_text_escaped_once_with_its_action_and_our_certificate(
    asked: Asked, operation: str, element: str, setting: str
) -> None:
    server, over = asked(hub.always(hub.result(operation, hub.header())), send=setting)
    assert HubTransport().send(outbound(over, forwardings=("XC",))) == Sent(
        remote_number="HUB-1", tracking=TrackingInfo.PENDING_DELIVERY, code="200"
    )
    (received,) = server.received
    assert received.headers["soapaction"] == f'"http://ephyto.ippc.int/IDeliveryService/{operation}"'
    assert received.headers["content-type"] == "text/xml; charset=utf-8"
    assert received.client == der_of(IDENTITY)
    with read_stream([received.body], most_bytes=10**6) as document:
        wrapper = document.root.children[0].children[0]
        env = wrapper.children[0]
        held = {child.local: child for child in env.children}
        assert (wrapper.local, env.local) == (operation, element)
        assert held["Content"].text.encode() == CONTENT
        assert held["Forwardings"].children[0].children[0].text == "XC"
        assert "hubDeliveryNumber" not in held


def test_c01_prefixes_of_others_mean_nothing(asked: Asked) -> None:
    body = hub.result(SENT, hub.header()).replace(b"soap:", b"S:").replace(b"xmlns:soap", b"xmlns:S")
    body = body.replace(b"eph:", b"ns2:").replace(b"hub:", b"ns3:").replace(b"xmlns:eph", b"xmlns:ns2")
    assert send(asked, body.replace(b"xmlns:hub", b"xmlns:ns3")) == Sent(
        remote_number="HUB-1", tracking=TrackingInfo.PENDING_DELIVERY, code="200"
    )


def test_c02_a_type_and_echoed_content_in_a_header_are_looked_past(asked: Asked) -> None:
    body = hub.response(
        SENT, f'<eph:{SENT}Result xsi:type="hub:Envelope">{hub.header()}<hub:Content>x</hub:Content></eph:{SENT}Result>'
    )
    assert isinstance(send(asked, body), Sent)


@pytest.mark.parametrize(
    ("inner", "count"),
    [
        ("", 0),
        ("<eph:GetImportEnvelopeHeadersResult/>", 0),
        (ONE_AND_NIL, 1),
    ],
)
def test_c03_none_one_and_nil_items_are_what_they_are(asked: Asked, inner: str, count: int) -> None:
    found = of(asked, hub.response("GetImportEnvelopeHeaders", inner)).waiting()
    assert isinstance(found, tuple)
    assert len(found) == count


def test_c04_what_does_not_exist_there_is_not_known(asked: Asked) -> None:
    fields = {"From": "", "To": "", "CertificateType": "0", "CertificateStatus": "0", "NPPOCertificateNumber": ""}
    body = hub.result("GetEnvelopeTrackingInfo", hub.header(word="EnvelopeNotExists", **fields))
    _, over = asked(hub.always(body))
    assert HubTransport().ask(outbound(over, remote_number="HUB-1")) == Seen(is_known=False)


@pytest.mark.parametrize(
    ("word", "tracking", "unknown"),
    [
        (" Delivered ", TrackingInfo.DELIVERED, ""),
        ("delivered", None, "delivered"),
        ("Archived", None, "Archived"),
        ("DeliveredNotReadable", TrackingInfo.DELIVERED_NOT_READABLE, ""),
    ],
)
def test_c05_words_are_trimmed_and_compared_whole(
    asked: Asked, word: str, tracking: TrackingInfo | None, unknown: str
) -> None:
    found = send(asked, hub.result(SENT, hub.header(word=word)))
    assert found == Sent(remote_number="HUB-1", tracking=tracking, code="200", unknown_word=unknown)


def test_c06_a_header_refused_at_once_carries_their_words(asked: Asked) -> None:
    body = hub.result(SENT, hub.header(word="FailedDelivery", text="XC is not active"))
    assert send(asked, body) == Sent(
        remote_number="HUB-1", tracking=TrackingInfo.FAILED_DELIVERY, text="XC is not active", code="200"
    )


@pytest.mark.parametrize("soap", [hub.SOAP_11, hub.SOAP_12])
def test_c07_a_fault_is_an_answer_only_with_the_hubs_own_detail(asked: Asked, soap: str) -> None:
    said = send(asked, hub.fault(hub.hub_exception("Not allowed"), soap=soap), status=500)
    assert said == Refused("Not allowed", code="500")
    for detail in ("", "<other/>"):
        assert isinstance(send(asked, hub.fault(detail, soap=soap), status=500), Unreachable)


def test_c07_an_empty_exception_is_still_an_answer(asked: Asked) -> None:
    assert isinstance(send(asked, hub.fault(hub.hub_exception()), status=500), Refused)


def test_an_unknown_certificate_of_ours_pauses_the_connection_and_blames_no_envelope(asked: Asked) -> None:
    found = send(asked, hub.fault(hub.hub_exception(UNKNOWN_CALLER)), status=500)
    assert found == Unreachable(UNKNOWN_CALLER, code="500", pauses="not_known_there")


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (403, b"<html><body>Forbidden</body></html>", "text/html"),
        (404, b"<html><p>lost", "text/html"),
        (502, b"<!DOCTYPE html><html/>", "text/html"),
        (503, b"", "text/plain"),
        (200, b"<html><body>Welcome</body></html>", "text/html"),
        (200, b"", "text/xml"),
        (200, hub.result("GetProfile", ""), "text/xml"),
        (500, b"Traceback (most recent call last)", "text/plain"),
    ],
)
def test_c08_pages_and_silence_are_no_answer(asked: Asked, status: int, body: bytes, content_type: str) -> None:
    found = send(asked, body, status=status, content_type=content_type)
    assert isinstance(found, Unreachable)
    assert found.pauses == ("forbidden" if status == 403 else "")


@pytest.mark.parametrize("inner", ["", "<eph:return>anything</eph:return>", "<return>OK</return>"])
@pytest.mark.parametrize(
    ("result", "operation", "texts"),
    [
        (AcknowledgementCode.RECEIVED, "AcknowledgeEnvelopeReceipt", [" HUB 1"]),
        (AcknowledgementCode.RECEIVED_REMARKS, "AdvancedAcknowledgeEnvelopeReceipt", [" HUB 1", "W & more"]),
        (AcknowledgementCode.UNREADABLE, "AcknowledgeFailedEnvelopeReceipt", [" HUB 1", "W & more"]),
        (AcknowledgementCode.REJECTED, "AcknowledgeFailedEnvelopeReceipt", [" HUB 1", "W & more"]),
    ],
)
def test_c09_an_acknowledgement_takes_its_own_operation_and_whatever_comes_back(
    asked: Asked, inner: str, result: AcknowledgementCode, operation: str, texts: list[str]
) -> None:
    server, over = asked(hub.always(hub.response(operation, inner)))
    sending = outbound(
        over, kind=Kind.ACKNOWLEDGEMENT, result=result, text="W & more", in_reply_to_remote=" HUB 1", content=b""
    )
    assert HubTransport().send(sending) == Sent(code="200")
    with read_stream([server.received[0].body], most_bytes=10**6) as document:
        wrapper = document.root.children[0].children[0]
        assert wrapper.local == operation
        assert [child.text for child in wrapper.children] == texts


def test_c10_children_are_found_by_name_in_any_order_and_namespace(asked: Asked) -> None:
    inner = "<extra>1</extra><HUBTrackingInfo>Delivered</HUBTrackingInfo><hubDeliveryNumber>7</hubDeliveryNumber>"
    assert send(asked, hub.result(SENT, inner)) == Sent(remote_number="7", tracking=TrackingInfo.DELIVERED, code="200")


@pytest.mark.parametrize("number", [" 17 b ", "ü" * 100 + "7" * 100])
def test_c11_the_hubs_number_is_kept_and_sent_back_to_the_letter(asked: Asked, number: str) -> None:
    found = send(asked, hub.result(SENT, hub.header(number=number)))
    assert isinstance(found, Sent)
    assert found.remote_number == number
    server, over = asked(hub.always(hub.result("GetEnvelopeTrackingInfo", hub.header(number=number))))
    seen = HubTransport().ask(outbound(over, remote_number=number))
    assert isinstance(seen, Seen)
    assert seen.remote_number == number
    with read_stream([server.received[0].body], most_bytes=10**6) as document:
        assert document.root.children[0].children[0].children[0].text == number


def scripted(steps: list[Step]) -> Script:
    """Return the script of these steps."""
    return lambda _received: steps


def test_c12_what_was_cut_before_during_or_after_its_time_is_uncertain(asked: Asked) -> None:
    whole = b"".join(step for step in answer(hub.result(SENT, hub.header())) if isinstance(step, bytes))
    endings: tuple[list[Step], ...] = ([b""], [whole[:-20]], [2.0, whole])
    for steps in endings:
        _, over = asked(scripted(steps), seconds=0.5)
        assert isinstance(HubTransport().send(outbound(over)), Uncertain)


def test_c12_where_nobody_listens_nothing_arrived(asked: Asked) -> None:
    server, over = asked(hub.always(b""))
    server.__exit__(None, None, None)
    assert isinstance(HubTransport().send(outbound(over)), Unreachable)


def test_c13_a_redirect_is_refused_and_nobody_else_is_asked(asked: Asked) -> None:
    other, _ = asked(hub.always(hub.result(SENT, hub.header())))
    steps = answer(status=307, headers={"Location": other.url("/hub/DeliveryService")})
    _, over = asked(scripted(steps))
    found = HubTransport().send(outbound(over))
    assert isinstance(found, Unreachable)
    assert found.pauses == "redirect"
    assert other.received == []


def test_c13_another_or_an_expired_certificate_is_not_spoken_to(asked: Asked, tmp_path: Path) -> None:
    for directory, at in (("other", None), ("expired", datetime.now(UTC) - timedelta(days=4000))):
        strange = server_files(tmp_path / directory, at=at)
        with HttpsServer(strange, hub.always(hub.result(SENT, hub.header()))) as server:
            trusted = strange.authority.read_text() if directory == "expired" else IDENTITY.certificate_pem.decode()
            found = HubTransport().send(outbound(connection(server.url(), trusted)))
            assert isinstance(found, Unreachable)
            assert server.received == []


def test_c14_a_thousand_headers_come_in_their_order_and_each_once(asked: Asked) -> None:
    one = "<hub:EnvelopeHeader>{}</hub:EnvelopeHeader>"
    several = "".join(one.format(hub.header(number=f"N{place}")) for place in (*range(1000), 7))
    found = of(asked, hub.result("GetImportEnvelopeHeaders", several)).waiting()
    assert isinstance(found, tuple)
    assert [each.delivery_number for each in found] == [f"N{place}" for place in range(1000)]


def test_c14_a_large_content_is_taken_whole(asked: Asked) -> None:
    content = "&lt;" + "x" * 12_000_000
    found = of(asked, pulled(content)).pull("HUB-1")
    assert isinstance(found, Pulled)
    assert len(found.content) == 12_000_001


def pulled(content: str) -> bytes:
    """Return the answer to a pull."""
    return hub.result("PULLSingleImportEnvelope", f"{hub.header()}<hub:Content>{content}</hub:Content>")


@pytest.mark.parametrize("content", ["&lt;a&gt;ü&lt;/a&gt;", "<![CDATA[<a>ü</a>]]>"])
def test_content_comes_as_text_exactly_as_it_stands(asked: Asked, content: str) -> None:
    found = of(asked, pulled(content)).pull("HUB-1")
    assert isinstance(found, Pulled)
    assert (found.content.decode(), found.header.number) == ("<a>ü</a>", "XA-2026-014-0004512-0")


def test_a_pull_of_nothing_is_nothing(asked: Asked) -> None:
    assert of(asked, hub.response("PULLSingleImportEnvelope")).pull("HUB-1") is None


def test_c15_a_number_other_than_that_of_its_header_is_handed_on_for_judgement(asked: Asked) -> None:
    found = of(asked, pulled("&lt;other/&gt;")).pull("HUB-2")
    assert isinstance(found, Pulled)
    assert found.header.delivery_number == "HUB-1"


@pytest.mark.parametrize(("status", "body"), [(500, hub.fault(hub.hub_exception("later"))), (503, b"")])
def test_c17_an_acknowledgement_that_was_not_taken_is_tried_again(asked: Asked, status: int, body: bytes) -> None:
    _, over = asked(hub.always(body, status=status))
    sending = outbound(over, kind=Kind.ACKNOWLEDGEMENT, result=AcknowledgementCode.RECEIVED, in_reply_to_remote="1")
    assert isinstance(HubTransport().send(sending), Unreachable)


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("iso-8859-1", "text/xml; charset=ISO-8859-1"),
        ("utf-16", "text/xml; charset=utf-16"),
        ("utf-16", "text/xml"),
        ("utf-8-sig", "text/xml"),
    ],
)
def test_c18_answers_are_read_in_the_encoding_they_have(asked: Asked, encoding: str, content_type: str) -> None:
    text = hub.result("GetEnvelopeTrackingInfo", hub.header(text="Müller")).decode()
    found = of(asked, text.encode(encoding), content_type=content_type).tracking("HUB-1")
    assert isinstance(found, EnvelopeHeader)
    assert found.error_message == "Müller"


def test_c19_items_of_lists_keep_what_they_have(asked: Asked) -> None:
    items = '<eph:Condition strange="1"><active>false</active><code>A1</code></eph:Condition><eph:Condition/>'
    found = of(asked, hub.response("GetConditions", items)).entities("GetConditions", "Condition")
    assert found == ({"strange": "1", "active": "false", "code": "A1"}, {})


def test_what_was_lost_on_the_way_is_found_among_what_is_under_delivery(asked: Asked) -> None:
    other = hub.header(number="N1", To="XC")
    same = hub.header(number="N2")
    inner = "".join(f"<hub:EnvelopeHeader>{each}</hub:EnvelopeHeader>" for each in (other, same))
    _, over = asked(hub.always(hub.result("GetUnderDeliveryEnvelope", inner)))
    found = HubTransport().ask(outbound(over))
    assert isinstance(found, Seen)
    assert (found.is_known, found.remote_number, found.tracking) == (True, "N2", TrackingInfo.PENDING_DELIVERY)


def test_an_answer_of_the_importing_country_goes_as_an_element(asked: Asked) -> None:
    xml = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:SPSAcknowledgement'
        b' xmlns:rsm="urn:un:unece:uncefact:data:standard:SPSAcknowledgement:17"/>\n'
    )
    server, over = asked(hub.always(hub.result("DeliverCountryResponseEnvelope", hub.header())))
    assert isinstance(HubTransport().send(outbound(over, kind=Kind.RESPONSE, content=xml)), Sent)
    with read_stream([server.received[0].body], most_bytes=10**6) as document:
        env = document.root.children[0].children[0].children[0]
        assert (env.local, env.children[-1].local) == ("CountryResponseEnvelope", "SPSAcknowledgement")


def test_an_answer_without_end_is_not_waited_for(asked: Asked) -> None:
    def drip(_received: Received) -> Iterator[Step]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000000\r\n\r\n"
        for _ in range(100):
            yield b"<"
            yield 0.05

    _, over = asked(drip, seconds=0.6)
    assert isinstance(HubTransport().send(outbound(over)), Uncertain)


def test_faults_and_failures_of_questions_are_told_apart(asked: Asked) -> None:
    assert of(asked, hub.fault(hub.hub_exception("no"))).waiting() == Faulted("no")
    assert isinstance(of(asked, b"").waiting(), Failure)
