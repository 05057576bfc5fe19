"""The corpus of odd messages at our hub (`exchange.md` 9.1): each test is a row, S29 belongs to our own service."""

import base64
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from opensps.exchange.models import Envelope
from tests.factories.client_certificates import client_identity, der_of
from tests.integration.web_soap.contents import CERTIFICATE, DIGEST, ESCAPED, NUMBER, digests
from tests.integration.web_soap.hub_messages import (
    EPH,
    HUB,
    SOAP,
    call,
    deliver,
    fault,
    message,
    opened,
    values,
)
from tests.integration.web_soap.participants import Caller

XC = Caller("XC")
ACTION = "http://ephyto.ippc.int/IDeliveryService/"
SHARED = f"{ACTION}NegativeAcknowledgeEnvelopeReceipt"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
WORD, TEXT, GIVEN = "HUBTrackingInfo", "hubDeliveryErrorMessage", "hubDeliveryNumber"


def sent(hub: Caller, body: bytes | None = None, **extra: Any) -> str:
    """Hand an envelope over and return its number; it must be waiting now."""
    response = hub(body or deliver(ESCAPED, NPPOCertificateNumber=NUMBER), **extra)
    word, text, number = values(response.content, WORD, TEXT, GIVEN)
    assert (response.status_code, word, text) == (200, "PendingDelivery", None)
    return number or ""


def good(**changes: str) -> bytes:
    return deliver(ESCAPED, NPPOCertificateNumber=NUMBER, **changes)


@pytest.mark.parametrize("action", ['""', None, f'"{ACTION}DeliverEnvelope"', f"{ACTION}DeliverEnvelope"])
def test_S01_to_S04_an_action_that_is_empty_absent_quoted_or_not_makes_no_difference(
    hub: Caller, action: str | None
) -> None:
    sent(hub, **({} if action is None else {"headers": {"SOAPAction": action}}))


def test_S05_the_action_of_another_operation_is_overruled_by_the_body(hub: Caller) -> None:
    sent(hub, headers={"SOAPAction": f'"{ACTION}GetProfile"'})


def test_S06_addressing_headers_are_read_by_nobody(hub: Caller) -> None:
    wsa = "http://www.w3.org/2005/08/addressing"
    said = (
        f'<S:Header xmlns:a="{wsa}"><a:Action S:mustUnderstand="1">{ACTION}GetProfile</a:Action>'
        "<a:ReplyTo><a:Address>https://elsewhere.example/</a:Address></a:ReplyTo></S:Header>"
    )
    response = hub(message("<e:GetConditions/>", header=said))
    assert opened(response.content).tag == f"{{{EPH}}}GetConditionsResponse"


@pytest.mark.parametrize(
    ("operation", "child", "word"),
    [
        ("AdvancedAcknowledgeEnvelopeReceipt", "warningMessage", "DeliveredWithWarnings"),
        ("AcknowledgeFailedEnvelopeReceipt", "message", "DeliveredNotReadable"),
    ],
)
def test_S07_of_two_acknowledgements_with_one_action_the_right_one_happens(
    hub: Caller, operation: str, child: str, word: str
) -> None:
    number = sent(hub)
    response = XC(call(operation, hubTrackingNumber=number, **{child: "said"}), headers={"SOAPAction": SHARED})
    assert values(response.content, "return") == ["OK"]
    answer = hub(call("GetEnvelopeTrackingInfo", hubTrackingNumber=number)).content
    assert values(answer, WORD, TEXT) == [word, "said"]


CHILDREN = {
    "From": "XB",
    "To": "XC",
    "CertificateType": "851",
    "CertificateStatus": "70",
    "NPPOCertificateNumber": NUMBER,
    "Content": ESCAPED,
}


def _one_declaration_each() -> bytes:
    inner = "".join(
        f'<ns{place}:{name} xmlns:ns{place}="{HUB}">{text}</ns{place}:{name}>'
        for place, (name, text) in enumerate(CHILDREN.items(), 3)
    )
    return (
        f'<ns0:Envelope xmlns:ns0="{SOAP}"><ns0:Body><ns1:DeliverEnvelope xmlns:ns1="{EPH}"><ns2:env xmlns:ns2="{EPH}">'
        f"{inner}</ns2:env></ns1:DeliverEnvelope></ns0:Body></ns0:Envelope>"
    ).encode()


def _default_namespaces() -> bytes:
    inner = "".join(f'<{name} xmlns="{HUB}">{text}</{name}>' for name, text in CHILDREN.items())
    return (
        f'<Envelope xmlns="{SOAP}"><Body><DeliverEnvelope xmlns="{EPH}"><env>{inner}</env></DeliverEnvelope></Body>'
        "</Envelope>"
    ).encode()


@pytest.mark.parametrize("body", [_one_declaration_each, _default_namespaces])
def test_S08_prefixes_and_where_they_are_declared_make_no_difference(hub: Caller, body: Callable[[], bytes]) -> None:
    sent(hub, body())


def test_S09_children_in_another_order_and_unknown_ones_are_overlooked(hub: Caller) -> None:
    mixed = (
        f"<h:Content>{ESCAPED}</h:Content><x:More xmlns:x='urn:x'>1</x:More><h:NPPOCertificateNumber>{NUMBER}"
        "</h:NPPOCertificateNumber><h:CertificateStatus>70</h:CertificateStatus><To>XC</To><e:From>XB</e:From>"
        "<h:CertificateType>851</h:CertificateType><h:hubDeliveryNumber/><h:HUBTrackingInfo/><h:Forwardings/>"
    )
    sent(hub, message(f"<e:DeliverEnvelope><e:env>{mixed}</e:env></e:DeliverEnvelope>"))


def test_S10_a_single_child_that_is_there_twice_is_a_fault_that_names_it(hub: Caller) -> None:
    body = good().replace(b"<h:From>XB</h:From>", b"<h:From>XB</h:From><h:From>XC</h:From>")
    assert fault(hub(body).content)[2] == "DeliverEnvelope/env/From: the element may occur once"
    assert not Envelope.objects.exists()


DECLARED = CERTIFICATE.decode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ESCAPED, id="S11 escaped"),
        pytest.param(f"<![CDATA[{DECLARED}]]>", id="S12 CDATA with declaration"),
        pytest.param(base64.b64encode(CERTIFICATE).decode(), id="S13 base64"),
        pytest.param(base64.encodebytes(CERTIFICATE).decode(), id="S13 base64 in lines"),
        pytest.param(f"&#xFEFF;{ESCAPED}", id="S14 byte order mark"),
        pytest.param(f"\n   {ESCAPED}\n   ", id="S14 blanks around it"),
        pytest.param(ESCAPED.replace("UTF-8", "UTF-16"), id="S14 an encoding the text no longer has"),
    ],
)
def test_S11_to_S14_every_form_of_a_content_is_stored_as_the_same_bytes(hub: Caller, content: str) -> None:
    number = sent(hub, deliver(content, NPPOCertificateNumber=NUMBER))
    assert digests() == [DIGEST]
    pulled = XC(call("PULLSingleImportEnvelope", hubTrackingNumber=number)).content
    assert (values(pulled, "Content")[0] or "").encode() == CERTIFICATE


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "Content is empty"),
        ("", "Content is empty"),
        (" \n ", "Content is empty"),
        ("not XML at all", "Content is not readable as a certificate"),
        ("&lt;html&gt;&lt;body&gt;no&lt;/body&gt;&lt;/html&gt;", "Content is not readable as a certificate"),
        ("&lt;html&gt;&lt;br&gt;", "Content is not readable as a certificate"),
        (ESCAPED.replace("&", "&amp;"), "Content is not readable as a certificate"),
        (base64.b64encode(base64.b64encode(CERTIFICATE)).decode(), "Content is not readable as a certificate"),
        ("AAAA", "Content is not readable as a certificate"),
    ],
)
def test_S15_a_content_nobody_can_read_is_refused_in_a_normal_answer(
    hub: Caller, content: str | None, text: str
) -> None:
    answer = hub(deliver(content, NPPOCertificateNumber=NUMBER))
    assert answer.status_code == 200
    assert values(answer.content, WORD, TEXT) == ["FailedDelivery", text]


def test_S15_a_content_that_says_nil_is_empty(hub: Caller) -> None:
    body = good().replace(f"<h:Content>{ESCAPED}</h:Content>".encode(), f'<h:Content {XSI} xsi:nil="true"/>'.encode())
    assert values(hub(body).content, WORD, TEXT) == ["FailedDelivery", "Content is empty"]


def test_S16_a_content_is_decoded_once_and_never_twice(hub: Caller) -> None:
    twice = ESCAPED.replace("&", "&amp;")
    assert values(hub(deliver(twice, NPPOCertificateNumber=NUMBER)).content, WORD) == ["FailedDelivery"]
    assert DIGEST not in digests()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<!DOCTYPE a><S:Envelope xmlns:S="%s"/>' % SOAP.encode(), "document type"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b"<a>" * 10_000, "nested too deeply"),
        (b"<a " + b" ".join(b'b%d="c"' % number for number in range(200_000)) + b"/>", "too"),
    ],
)
def test_S17_attacks_on_the_parser_are_refused_at_once(hub: Caller, body: bytes, said: str) -> None:
    began = time.perf_counter()
    code, _, text = fault(hub(body).content)
    assert time.perf_counter() - began < 2
    assert code == "Client"
    assert said in (text or "")


def test_S17_a_text_of_11_megabytes_is_read_within_limits(hub: Caller) -> None:
    long = ESCAPED.replace("Examplia", "Examplia" + "x" * 11_000_000, 1)
    body = deliver(long, NPPOCertificateNumber=NUMBER)
    tracemalloc.start()
    answer = hub(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 200
    assert values(answer.content, WORD)[0] in {"PendingDelivery", "FailedDelivery"}
    assert peak < 256 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (call("GetImportEnvelopeHeaders"), 1),
        (call("GetImportEnvelopeHeaders", countryCode=""), 1),
        (call("GetImportEnvelopeHeaders", countryCode=" "), 1),
        (call("GetImportEnvelopeHeaders", countryCode="XC"), 1),
        (call("GetImportEnvelopeHeaders", countryCode="XB"), 0),
        (call("GetImportEnvelopeHeaders", countryCode="nowhere"), 0),
    ],
)
def test_S18_a_country_code_filters_and_an_empty_one_asks_for_all(hub: Caller, body: bytes, count: int) -> None:
    sent(hub)
    assert len(list(opened(XC(body).content).iter(f"{{{HUB}}}EnvelopeHeader"))) == count


@pytest.mark.parametrize(
    ("forwardings", "word", "text"),
    [
        ("", "PendingDelivery", None),
        ("<h:Forwardings/>", "PendingDelivery", None),
        (f'<h:Forwardings><h:EnvelopeForwarding {XSI} xsi:nil="true"/></h:Forwardings>', "PendingDelivery", None),
        (
            "<h:Forwardings><h:EnvelopeForwarding><h:Code>XQ</h:Code></h:EnvelopeForwarding></h:Forwardings>",
            "FailedDelivery",
            "Forwardings: channel XQ is not known",
        ),
    ],
)
def test_S19_copies_are_made_for_channels_that_exist(
    hub: Caller, forwardings: str, word: str, text: str | None
) -> None:
    body = good().replace(b"<h:Content>", f"{forwardings}<h:Content>".encode())
    assert values(hub(body).content, WORD, TEXT) == [word, text]


@pytest.mark.parametrize("name", ["h:Envelope", "Envelope"])
def test_S20_a_type_that_says_what_is_expected_is_fine(hub: Caller, name: str) -> None:
    sent(hub, good().replace(b"<e:env>", f'<e:env {XSI} xsi:type="{name}">'.encode()))


def test_S20_another_type_is_a_fault(hub: Caller) -> None:
    body = good().replace(b"<e:env>", f'<e:env {XSI} xsi:type="h:Nppo">'.encode())
    assert fault(hub(body).content)[2] == "DeliverEnvelope/env: Envelope is expected, not Nppo"


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", None, None),
        ("utf-8-sig", None, None),
        ("utf-16", None, None),
        ("utf-16", "utf-16", "utf-16"),
        ("iso-8859-1", "ISO-8859-1", None),
        ("iso-8859-1", None, "ISO-8859-1"),
        ("utf-8", "ISO-8859-1", "utf-8"),
        ("utf-8-sig", "ISO-8859-1", "ISO-8859-1"),
    ],
)
def test_S21_encodings_are_read_by_mark_then_transport_then_declaration(
    hub: Caller, encoding: str, declared: str | None, charset: str | None
) -> None:
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = (head + call("AcknowledgeFailedEnvelopeReceipt", hubTrackingNumber="é", message="ü").decode()).encode(
        encoding
    )
    media_type = "text/xml" + (f"; charset={charset}" if charset else "")
    assert fault(hub(body, media_type).content)[2] == "Envelope not found"
    tracked = (head + call("GetEnvelopeTrackingInfo", hubTrackingNumber="Grüße").decode()).encode(encoding)
    assert values(hub(tracked, media_type).content, GIVEN, WORD) == ["Grüße", "EnvelopeNotExists"]


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/xml", 200),
        ("text/xml", 200),
        ("", 200),
        ("application/soap+xml", 200),
        ("text/plain", 415),
        ("multipart/related; type=text/xml; boundary=b", 415),
    ],
)
def test_S22_xml_is_taken_under_every_name_it_has_and_nothing_else(hub: Caller, media_type: str, status: int) -> None:
    response = hub(call("GetProfile"), media_type)
    assert response.status_code == status


@pytest.mark.parametrize("namespace", ["http://www.w3.org/2003/05/soap-envelope", "http://example.org/envelope"])
def test_S23_another_version_of_soap_is_answered_in_1_1(hub: Caller, namespace: str) -> None:
    response = hub(call("GetProfile").replace(SOAP.encode(), namespace.encode()))
    assert response.status_code == 500
    assert fault(response.content)[::2] == ("VersionMismatch", None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (message(""), "the Body holds exactly one element"),
        (message("<e:GetProfile/><e:GetProfile/>"), "the Body holds exactly one element"),
        (message("<e:PutEnvelope/>"), "there is no operation PutEnvelope in this namespace"),
        (message("<h:GetProfile/>"), "there is no operation GetProfile in this namespace"),
        (message("<GetProfile/>"), "there is no operation GetProfile in this namespace"),
        (b"<a/>", "the document is not a SOAP envelope"),
    ],
)
def test_S24_only_one_known_element_in_the_body_is_a_call(hub: Caller, body: bytes, said: str) -> None:
    assert fault(hub(body).content) == ("Client", said, said)


def test_S25_a_header_that_must_be_understood_and_is_not_is_a_fault(hub: Caller) -> None:
    said = '<S:Header><x:Trust xmlns:x="urn:x" S:mustUnderstand="1"/></S:Header>'
    assert fault(hub(message("<e:GetProfile/>", header=said)).content)[::2] == ("MustUnderstand", None)
    assert hub(message("<e:GetProfile/>", header=said.replace('"1"', '"0"'))).status_code == 200


def test_S26_numbers_are_trimmed_and_must_be_numbers(hub: Caller) -> None:
    sent(hub, good(CertificateType=" 851 ", CertificateStatus="\n70\n"))
    for wrong in ("phyto", "8.51", "2147483648", "0x353"):
        code, _, text = fault(hub(good(CertificateType=wrong)).content)
        assert code == "Client"
        assert (text or "").startswith("DeliverEnvelope/env/CertificateType: ")


def test_S27_a_body_that_is_shorter_or_longer_than_said_never_hangs(hub: Caller) -> None:
    body = call("GetProfile")
    longer = {"CONTENT_LENGTH": str(len(body) + 100), "wsgi.input": BytesIO(body)}
    assert hub(body, **longer).status_code == 200
    assert hub(body, CONTENT_LENGTH=str(len(body) - 10)).status_code == 500
    chunked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(body)}
    assert hub(body, **chunked).status_code == 200
    assert hub(body, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert hub(body, CONTENT_LENGTH="160000000").status_code == 413


def test_S28_what_belongs_to_another_participant_does_not_exist(hub: Caller) -> None:
    number = sent(hub)
    assert fault(hub(call("AcknowledgeEnvelopeReceipt", hubTrackingNumber=number)).content)[2] == "Envelope not found"
    assert values(hub(call("PULLSingleImportEnvelope", hubTrackingNumber=number)).content, "Content") == [None]
    assert values(XC(call("PULLSingleImportEnvelope", hubTrackingNumber=number)).content, "To") == ["XC"]


def test_S28_of_two_certificates_with_one_name_only_the_fingerprint_counts(hub: Caller) -> None:
    twin = der_of(client_identity("xb.example"))
    response = hub(call("GetProfile"), **{"opensps.client_certificate": twin})
    assert fault(response.content)[2] == "NPPO from client certificate not found"


def test_S28_a_certificate_that_has_expired_is_refused(hub: Caller) -> None:
    old = der_of(client_identity("xb.example", at=datetime.now(UTC) - timedelta(days=90)))
    response = hub(call("GetProfile"), **{"opensps.client_certificate": old})
    assert (response.status_code, response.content) == (403, b"The client certificate is not valid today.\n")
