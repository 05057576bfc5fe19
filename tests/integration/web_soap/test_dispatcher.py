"""The dispatcher alone, with a contract of the test's own: steps of `exchange.md` 2.1, both versions of SOAP."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from types import MappingProxyType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from lxml import etree

from opensps.exchange.contracts.notation import Notation
from opensps.exchange.contracts.reader import Strictness
from opensps.exchange.contracts.soap_message import Fault
from opensps.exchange.contracts.tables import Binding, Contract, Element, Operation, Record, Schema, SoapVersion
from opensps.web.soap import dispatcher
from opensps.web.soap.dispatcher import dispatch, view_of
from opensps.web.soap.face import SOAP_CODES, Call, Face, Faulted, Problem, Refused

HOME = "urn:test:echo"
IN_HOME = Notation(HOME, {"t": HOME})
CONTRACT = Contract(
    service="Echo",
    port_type="EchoPort",
    namespace=HOME,
    bindings=(Binding(name="EchoSoap", port="EchoSoapPort", version=SoapVersion.SOAP_1_1),),
    schemas=(
        Schema(
            namespace=HOME,
            is_qualified=True,
            elements=tuple(Element(name=f"{{{HOME}}}{name}", type=f"{{{HOME}}}{name}") for name in ("Say", "Said")),
            types=(IN_HOME.record("Say", "text string large, times? int"), IN_HOME.record("Said", "text* string")),
        ),
    ),
    operations=(
        Operation(name="Say", request=f"{{{HOME}}}Say", response=f"{{{HOME}}}Said", soap_action="urn:test:echo/Say"),
    ),
    prefixes=MappingProxyType({"t": HOME}),
)
AT = datetime(2026, 7, 3, 12, tzinfo=UTC)
V11, V12 = SoapVersion.SOAP_1_1, SoapVersion.SOAP_1_2


def fault(problem: Problem) -> Fault:
    return Fault(
        text=problem.text,
        is_sender=problem.is_sender,
        code=SOAP_CODES.get(problem.code, ""),
        detail=f"<c>{problem.code}</c>",
    )


def repeat(call: Call[str]) -> Record:
    text = call.record["text"]
    return {"text": (text if isinstance(text, str) else text.whole(),) * call.record.get("times", 1)}


def face(**changes: Any) -> Face[str]:
    usual: dict[str, Any] = {
        "name": "echo",
        "contract": CONTRACT,
        "admit": lambda _request, _at: "somebody",
        "answer": repeat,
        "fault": fault,
        "versions": frozenset({V11, V12}),
        "most_bytes": 5_000_000,
        "trace_header": "X-Trace-Id",
    }
    return Face(**(usual | changes))


def said(inner: str, *, version: SoapVersion = V11, header: str = "") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{version.value}"><s:Header>{header}</s:Header><s:Body>{inner}</s:Body></s:Envelope>'
    ).encode()


SAY = f'<t:Say xmlns:t="{HOME}"><t:text>a &amp; b</t:text></t:Say>'


def post(body: bytes, content_type: str = "text/xml", **headers: str) -> HttpRequest:
    return RequestFactory().post("/echo", body, content_type=content_type, headers=headers)


def asked(request: HttpRequest, **changes: Any) -> HttpResponseBase:
    return dispatch(face(**changes), request, at=AT)


def content(response: HttpResponseBase) -> bytes:
    return b"".join(response)  # type: ignore[arg-type]  # every response is iterable


def code(response: HttpResponseBase) -> str:
    found = next(etree.fromstring(content(response)).iter("c"))
    return found.text or ""


def test_an_answer_is_in_the_version_of_the_question() -> None:
    for version, media in ((V11, "text/xml; charset=utf-8"), (V12, "application/soap+xml; charset=utf-8")):
        response = asked(post(said(SAY, version=version)))
        assert (response.status_code, response.headers["Content-Type"]) == (200, media)
        assert (
            content(response)
            == (
                f'<soap:Envelope xmlns:soap="{version.value}"><soap:Body><t:Said xmlns:t="{HOME}"><t:text>a &amp; b'
                "</t:text></t:Said></soap:Body></soap:Envelope>"
            ).encode()
        )


def test_each_answer_carries_its_trace() -> None:
    request = post(said(SAY))
    request.reference = "0123456789ab"  # type: ignore[attr-defined]  # as the middleware sets it
    assert asked(request).headers["X-Trace-Id"] == "0123456789ab"
    assert len(asked(post(b"nothing")).headers["X-Trace-Id"]) == 12


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "not_well_formed"),
        (b"<a>", "not_well_formed"),
        (b"<a/>", "not_an_envelope"),
        (b"<!DOCTYPE a><a/>", "dtd"),
        (said(SAY).replace(b"schemas.xmlsoap.org/soap/envelope/", b"example.org/"), "version"),
        (f'<s:Envelope xmlns:s="{V11.value}"/>'.encode(), "no_body"),
        (said(""), "body_empty"),
        (said(SAY * 2), "body_crowded"),
        (said('<t:Shout xmlns:t="urn:test:echo"/>'), "unknown_operation"),
        (said('<t:Say xmlns:t="urn:test:other"/>'), "unknown_operation"),
        (said(SAY, header='<x:H xmlns:x="urn:x" s:mustUnderstand="1"/>'), "must_understand"),
        (said(f'<t:Say xmlns:t="{HOME}"/>'), "missing"),
        (said(SAY.replace("</t:Say>", "<t:times>many</t:times></t:Say>")), "value"),
        (said(SAY.replace("</t:Say>", "<t:times>9999999999</t:times></t:Say>")), "range"),
        (said(SAY.replace("</t:Say>", "<t:text>twice</t:text></t:Say>")), "repeated"),
    ],
)
def test_what_cannot_be_handled_is_a_fault_that_names_the_reason(body: bytes, expected: str) -> None:
    response = asked(post(body))
    assert response.status_code == 500
    assert code(response) == expected


def test_a_version_that_is_not_spoken_is_answered_in_the_one_that_is() -> None:
    response = asked(post(said(SAY, version=V12)), versions=frozenset({V11}))
    assert response.status_code == 500
    assert b"<faultcode>soap:VersionMismatch</faultcode>" in content(response)


def test_a_header_nobody_has_to_understand_is_passed_to_the_handler() -> None:
    seen: list[str] = []

    def look(call: Call[str]) -> Record:
        seen.extend(each.local for each in call.headers)
        return {}

    header = '<x:Known xmlns:x="urn:x" s:mustUnderstand="1"/><y:Other xmlns:y="urn:y"/>'
    response = asked(post(said(SAY, header=header)), answer=look, understood=frozenset({"urn:x"}))
    assert response.status_code == 200
    assert seen == ["Known", "Other"]


def test_faults_of_1_2_tell_the_callers_mistakes_from_ours() -> None:
    for body, media in ((said("", version=V12), "text/xml"), (b"<a>", "application/soap+xml")):
        assert asked(post(body, media)).status_code == 400
    wrong = asked(post(said('<t:Say xmlns:t="urn:test:echo"/>', version=V12), "application/soap+xml"))
    assert (wrong.status_code, b"soap:Sender" in content(wrong)) == (400, True)


def broken(call: Call[str]) -> Record:
    raise RuntimeError("a secret of the database")


def test_what_nobody_expected_is_a_fault_with_a_reference_and_nothing_else() -> None:
    for version, status in ((V11, 500), (V12, 500)):
        response = asked(post(said(SAY, version=version)), answer=broken)
        assert response.status_code == status
        text = content(response).decode()
        assert f"internal error, reference {response.headers['X-Trace-Id']}" in text
        assert "secret" not in text
        assert "<html" not in text.lower()


def test_a_handler_may_answer_with_a_fault_status_and_headers_of_its_own() -> None:
    def wait(call: Call[str]) -> Record:
        raise Faulted(Fault(text="later", subcode=("urn:s", "Slow")), status=503, headers={"Retry-After": "7"})

    response = asked(post(said(SAY)), answer=wait)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert b'<faultcode xmlns:sub="urn:s">sub:Slow</faultcode>' in content(response)


def test_who_is_not_admitted_is_turned_away_before_the_body_is_read() -> None:
    def closed(request: HttpRequest, at: datetime) -> str:
        raise Refused(403, "A client certificate is needed.")

    request = post(said(SAY))
    response = asked(request, admit=closed)
    assert (response.status_code, content(response)) == (403, b"A client certificate is needed.\n")
    assert request.META["wsgi.input"].read(1)


@pytest.mark.parametrize(
    ("content_type", "headers", "status"),
    [
        ("text/xml; charset=utf-8", {}, 200),
        ("application/xml", {}, 200),
        ('application/soap+xml; action="urn:test:echo/Say"', {}, 200),
        ("", {}, 200),
        ("text/html", {}, 415),
        ("multipart/related; boundary=x", {}, 415),
        ("application/json", {}, 415),
        ("text/xml; charset=gb2312", {}, 415),
        ("text/xml", {"Content-Encoding": "gzip"}, 415),
        ("text/xml", {"Content-Encoding": "identity"}, 200),
    ],
)
def test_only_plain_xml_is_taken(content_type: str, headers: dict[str, str], status: int) -> None:
    assert asked(post(said(SAY), content_type, **headers)).status_code == status


def test_an_action_counts_only_where_the_face_says_so() -> None:
    for action, strict in (('""', 200), ("urn:test:echo/Say", 200), ('"urn:test:echo/Say"', 200), ("urn:other", 500)):
        assert asked(post(said(SAY), SOAPAction=action)).status_code == 200
        assert asked(post(said(SAY), SOAPAction=action), checks_action=True).status_code == strict


def test_a_strict_face_refuses_what_a_tolerant_one_overlooks() -> None:
    for inner in (SAY.replace("t:text", "text"), SAY.replace("</t:Say>", "<t:more/></t:Say>")):
        assert asked(post(said(inner))).status_code == 200
        assert asked(post(said(inner)), strictness=Strictness.STRICT).status_code == 500
    swapped = f'<t:Say xmlns:t="{HOME}"><t:times>1</t:times><t:text>x</t:text></t:Say>'
    assert asked(post(said(swapped))).status_code == 200
    assert code(asked(post(said(swapped)), strictness=Strictness.STRICT)) == "order"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "GET", "HEAD"])
def test_other_methods_are_refused_in_plain_words(method: str) -> None:
    response = asked(RequestFactory().generic(method, "/echo"))
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")
    assert response.headers["Content-Type"].startswith("text/plain")


def test_documents_are_served_with_our_address() -> None:
    def document(name: str, value: str, address: str) -> bytes | None:
        return f"<{name} at='{address}'/>".encode() if name == "wsdl" and not value else None

    for query in ("?wsdl", "?WSDL", "?wsdl="):
        response = asked(RequestFactory().get(f"/echo{query}", secure=True), document=document)
        assert content(response) == b"<wsdl at='https://testserver/echo'/>"
    assert asked(RequestFactory().get("/echo?xsd=1"), document=document).status_code == 405


def test_a_body_above_the_limit_is_refused_however_its_length_is_told() -> None:
    body = said(SAY.replace("a &amp; b", "x" * 2_000))
    response = asked(post(body), most_bytes=1_000)
    assert (response.status_code, code(response)) == (413, "too_large")
    request = post(body)
    del request.META["CONTENT_LENGTH"]
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"
    request.META["wsgi.input"] = BytesIO(body)
    response = asked(request, most_bytes=1_000)
    assert (response.status_code, code(response)) == (413, "too_large")


def test_a_body_in_chunks_is_read_to_its_end() -> None:
    request = post(said(SAY))
    del request.META["CONTENT_LENGTH"]
    assert asked(request).status_code == 500
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"
    request.META["wsgi.input"] = BytesIO(said(SAY))
    assert asked(request).status_code == 200


def test_a_body_shorter_than_said_and_one_that_breaks_off_are_refused() -> None:
    request = post(said(SAY))
    request.META["wsgi.input"] = BytesIO(said(SAY)[:50])
    assert code(asked(request)) == "not_well_formed"

    class Broken(BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise ConnectionError

    request = post(said(SAY))
    request.META["wsgi.input"] = Broken()
    assert asked(request).status_code == 400


def test_a_body_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "SECONDS", -1)
    assert asked(post(said(SAY))).status_code == 408


def test_a_long_answer_is_sent_in_pieces() -> None:
    text = "é&\r\n" * 200_000
    escaped = text.replace("&", "&amp;").replace("\r", "&#13;")
    response = asked(post(said(SAY.replace("a &amp; b", escaped))))
    assert isinstance(response, StreamingHttpResponse)
    found = next(etree.fromstring(content(response), etree.XMLParser(huge_tree=True)).iter(f"{{{HOME}}}text"))
    assert found.text == text


def test_a_view_is_open_to_machines_without_form_tokens() -> None:
    view: Callable[..., HttpResponseBase] = view_of(face())
    assert view(post(said(SAY))).status_code == 200
    assert view.csrf_exempt  # type: ignore[attr-defined]  # set by the decorator
    assert view.access == "anybody"  # type: ignore[attr-defined]  # set by the decorator
