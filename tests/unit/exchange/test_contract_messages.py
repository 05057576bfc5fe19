"""Messages by the tables: what is read and refused, what is written and in which order; schemas of both kinds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from lxml import etree

from opensps.exchange.contracts.errors import ContractBroken, SoapBroken
from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.contracts.hub import CONTRACT as HUB_CONTRACT
from opensps.exchange.contracts.hub_names import EPH
from opensps.exchange.contracts.hub_records import content_of, header_of, record_of
from opensps.exchange.contracts.notation import Notation
from opensps.exchange.contracts.reader import Strictness, read
from opensps.exchange.contracts.schema import schema_document, schema_element
from opensps.exchange.contracts.soap_message import Fault, fault_message, fault_of, opened
from opensps.exchange.contracts.tables import (
    XSD,
    Binding,
    Contract,
    Element,
    Operation,
    Schema,
    SimpleType,
    SoapVersion,
)
from opensps.exchange.contracts.writer import Raw, Written, envelope
from opensps.exchange.contracts.wsdl import wsdl
from opensps.formats.xml_stream import LongText, Node, read_stream

HOME = "urn:test:1"
IN = Notation(HOME, {"t": HOME})
SIMPLE = (
    SimpleType(name=f"{{{HOME}}}Code", base=f"{{{XSD}}}token", pattern="[A-Z]{2}"),
    SimpleType(name=f"{{{HOME}}}Size", base=f"{{{XSD}}}int", lowest=1, highest=10),
    SimpleType(name=f"{{{HOME}}}Short", base=f"{{{XSD}}}string", shortest=1, longest=3),
    IN.choice("Colour", "RED BLUE"),
)
CONTRACT = Contract(
    service="Test",
    port_type="TestPort",
    namespace=HOME,
    bindings=(
        Binding(name="Test11", port="Test11Port", version=SoapVersion.SOAP_1_1),
        Binding(name="Test12", port="Test12Port", version=SoapVersion.SOAP_1_2),
    ),
    schemas=(
        Schema(
            namespace=HOME,
            is_qualified=True,
            elements=(*IN.elements("Ask All, Tell Base, Other More, Note Texts nil"),),
            types=(
                *SIMPLE,
                IN.record(
                    "All",
                    """s? string, k? token, l? language, i? int, g? long, p? positiveInteger, b? boolean, d? decimal,
                    f? double, t? dateTime, y? date, x? base64Binary, c? Code, n? Size, o? Short, r* Colour, m? More,
                    z? string nil, a? anyType, big? string large, e? Texts, @t:Note?""",
                    attributes="id? int, must boolean",
                ),
                IN.record("Base", "one string, two+ int"),
                IN.record("More", "three? string", base="Base"),
                IN.text("Texts", "string", "lang? language"),
            ),
        ),
    ),
    operations=(
        Operation(name="Ask", request=f"{{{HOME}}}Ask", response=f"{{{HOME}}}Tell", soap_action="urn:test:1/Ask"),
    ),
    prefixes=MappingProxyType({"t": HOME}),
)
ASK, TELL, OTHER = (f"{{{HOME}}}{name}" for name in ("Ask", "Tell", "Other"))


def node(xml: str) -> Node:
    with read_stream([xml.encode()], most_bytes=10_000_000) as document:
        return document.root


def ask(inner: str, **how: Any) -> dict[str, Any]:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return dict(read(CONTRACT, ASK, node(f'<Ask xmlns="{HOME}" {xsi} must="true">{inner}</Ask>'), **how))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("s", " a  b ", " a  b "),
        ("k", " a  b ", "a b"),
        ("l", " zh-Hans ", "zh-Hans"),
        ("i", " -7 ", -7),
        ("g", "9000000000", 9_000_000_000),
        ("p", "1", 1),
        ("b", " TRUE ", True),
        ("b", "0", False),
        ("d", "1.50", Decimal("1.50")),
        ("f", "2.5", 2.5),
        ("t", "2026-07-03T12:00:00+02:00", datetime(2026, 7, 3, 10, tzinfo=UTC)),
        ("t", "2026-07-03T12:00:00.5Z", datetime(2026, 7, 3, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("t", "2026-07-03T12:00:00", datetime(2026, 7, 3, 12, tzinfo=UTC)),
        ("y", "2026-07-03", date(2026, 7, 3)),
        ("x", "QU\n JD", b"ABC"),
        ("x", "", b""),
        ("c", " XA ", "XA"),
        ("n", "10", 10),
        ("o", "abc", "abc"),
    ],
)
def test_a_text_becomes_the_value_its_type_says(name: str, text: str, value: object) -> None:
    assert ask(f"<{name}>{text}</{name}>")[name] == value


@pytest.mark.parametrize(
    ("inner", "code", "path"),
    [
        ("<i>x</i>", "value", "Ask/i"),
        ("<i>2147483648</i>", "range", "Ask/i"),
        ("<i>99999999999999999999</i>", "value", "Ask/i"),
        ("<p>0</p>", "range", "Ask/p"),
        ("<b>yes</b>", "value", "Ask/b"),
        ("<d>1e3</d>", "value", "Ask/d"),
        ("<d>NaN</d>", "value", "Ask/d"),
        ("<l>English please</l>", "value", "Ask/l"),
        ("<t>2026-07-03</t>", "value", "Ask/t"),
        ("<t>yesterday</t>", "value", "Ask/t"),
        ("<x>A</x>", "value", "Ask/x"),
        ("<x>é</x>", "value", "Ask/x"),
        ("<c>xa</c>", "value", "Ask/c"),
        ("<n>11</n>", "range", "Ask/n"),
        ("<o></o>", "length", "Ask/o"),
        ("<o>abcd</o>", "length", "Ask/o"),
        ("<r>RED</r><r>GREEN</r>", "value", "Ask/r"),
        ("<s>1</s><s>2</s>", "repeated", "Ask/s"),
        ("<m><one>1</one></m>", "missing", "Ask/m/two"),
        ("<m><two>1</two></m>", "missing", "Ask/m/one"),
        ('<m xsi:type="All"/>', "type", "Ask/m"),
        ('<m xsi:type="Code"/>', "type", "Ask/m"),
        ('<m><one xsi:nil="1"/><two>1</two></m>', "missing", "Ask/m/one"),
        ('<e lang="?">x</e>', "value", "Ask/e/@lang"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(inner: str, code: str, path: str) -> None:
    with pytest.raises(ContractBroken) as caught:
        ask(inner)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_text_too_long_for_its_field_is_refused_and_for_a_large_one_handed_over() -> None:
    long = "x" * 2_000_000
    with pytest.raises(ContractBroken, match="too long"):
        ask(f"<s>{long}</s>")
    with pytest.raises(ContractBroken, match="too long"):
        ask(f"<i>{long}</i>")
    xml = f'<Ask xmlns="{HOME}" must="1"><big>{long}</big></Ask>'
    with read_stream([xml.encode()], most_bytes=10_000_000) as document:
        big = read(CONTRACT, ASK, document.root)["big"]
        assert isinstance(big, LongText)
        assert big.whole() == long.encode()
    assert ask("<big>short</big>")["big"] == "short"


def test_a_required_attribute_must_be_there() -> None:
    with pytest.raises(ContractBroken) as caught:
        read(CONTRACT, ASK, node(f'<Ask xmlns="{HOME}"/>'))
    assert (caught.value.code, caught.value.path) == ("missing", "Ask/@must")


def test_children_are_known_by_local_name_and_what_is_unknown_is_overlooked() -> None:
    found = ask('<x:i xmlns:x="urn:x">1</x:i><s xmlns="">2</s><unknown><i>3</i></unknown><z xsi:nil="true"/>')
    assert found == {"@must": True, "i": 1, "s": "2", "r": ()}


def test_a_type_that_extends_the_one_expected_is_read_as_the_one_expected() -> None:
    xml = f'<Tell xmlns="{HOME}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="More">'
    found = read(CONTRACT, TELL, node(f"{xml}<one>1</one><two>2</two><three>3</three></Tell>"))
    assert found == {"one": "1", "two": (2,)}


def test_foreign_and_chosen_elements_are_handed_over_unread() -> None:
    found = ask("<a><q>1</q></a><m>anything</m>", kept=frozenset({f"{{{HOME}}}m"}))
    assert isinstance(found["a"], Node)
    assert isinstance(found["m"], Node)
    assert found["m"].text == "anything"


def test_text_with_attributes_is_read_with_both() -> None:
    assert ask('<e lang="en">x</e><Note lang="zh">y</Note>')["e"] == {"@lang": "en", "#text": "x"}


@pytest.mark.parametrize(
    ("inner", "code"),
    [("<unknown/>", "unexpected"), ("<i>1</i><s>2</s>", "order"), ('<s xmlns="">1</s>', "unexpected")],
)
def test_a_strict_reading_wants_names_and_order(inner: str, code: str) -> None:
    with pytest.raises(ContractBroken) as caught:
        ask(inner, strictness=Strictness.STRICT)
    assert caught.value.code == code
    assert ask("<s>1</s><i>2</i><r>RED</r><r>BLUE</r>", strictness=Strictness.STRICT)["r"] == ("RED", "BLUE")


VALUES: dict[str, Any] = {
    "@id": 3,
    "@must": False,
    "s": 'a <&> "\r\n',
    "i": -1,
    "b": True,
    "d": Decimal("1.50"),
    "t": datetime(2026, 7, 3, 12, tzinfo=UTC),
    "y": date(2026, 7, 3),
    "x": b"\x00\xff",
    "c": "XA",
    "n": 3,
    "r": ("RED", "BLUE"),
    "m": {"one": "1", "two": (1, 2), "three": "3"},
    "z": "",
    "e": {"@lang": "en", "#text": "x"},
    "Note": {"@lang": "zh", "#text": "y"},
}


def test_what_is_written_is_valid_by_our_schema_and_reads_as_the_same_record() -> None:
    schema = etree.XMLSchema(schema_element(CONTRACT, HOME))
    for version in SoapVersion:
        out = envelope(CONTRACT, ASK, VALUES, version=version).whole()
        root = etree.fromstring(out)
        schema.assertValid(root[0][0])
        assert out.count(b"xmlns:t=") == 1
        with read_stream([out], most_bytes=10_000) as document:
            message = opened(document.root)
            assert message.version is version
            again = read(CONTRACT, ASK, message.body, strictness=Strictness.STRICT)
        assert again == VALUES | {"r": ("RED", "BLUE")}


@pytest.mark.parametrize("record", [{}, {"@must": True, "m": {"one": "1"}}, {"@must": True, "m": {"two": (1,)}}])
def test_what_an_answer_lacks_is_our_mistake_and_never_sent(record: dict[str, Any]) -> None:
    with pytest.raises(ContractBroken):
        envelope(CONTRACT, ASK, record)


def test_signs_xml_cannot_hold_are_replaced() -> None:
    out = envelope(CONTRACT, TELL, {"one": "a\x00b\ud800c\ufffe", "two": (1,)}).whole()
    assert etree.fromstring(out)[0][0][0].text == "a\ufffdb\ufffdc\ufffd"


def test_octets_for_a_text_are_that_text_and_long_ones_go_in_pieces() -> None:
    text = "é&\r\n" * 300_000
    written = envelope(CONTRACT, TELL, {"one": text.encode(), "two": (1,)})
    assert written.is_large
    assert max(map(len, written.pieces())) < 2_000_000
    found = etree.fromstring(written.whole(), etree.XMLParser(huge_tree=True))[0][0][0].text
    assert found == text
    assert envelope(CONTRACT, TELL, {"one": memoryview(b"x"), "two": (1,)}).whole().count(b"<t:one>x</t:one>") == 1


def test_a_long_text_is_written_from_its_file() -> None:
    xml = f'<Ask xmlns="{HOME}" must="1"><big>{"a&amp;" * 600_000}</big></Ask>'
    with read_stream([xml.encode()], most_bytes=10_000_000) as document:
        big = read(CONTRACT, ASK, document.root)["big"]
        written = envelope(CONTRACT, ASK, {"@must": True, "big": big})
        assert written.is_large
        assert written.whole().count(b"a&amp;") == 600_000


def test_nil_and_foreign_xml_can_be_written() -> None:
    record = {"@must": True, "a": Raw(b'<a:b xmlns:a="urn:a"/>')}
    assert b'<a:b xmlns:a="urn:a"/>' in envelope(CONTRACT, ASK, record).whole()
    header = {"Forwardings": {"EnvelopeForwarding": (None,)}}
    given = EnvelopeHeader(from_code="XB", to_code="XC", type_code=851, status_code=70, number="1")
    out = envelope(HUB_CONTRACT, f"{{{EPH}}}DeliverEnvelope", {"env": record_of(given) | header}).whole()
    assert b'<hub:EnvelopeForwarding xsi:nil="true"/>' in out


def test_a_header_survives_the_way_to_the_wire_and_back() -> None:
    given = EnvelopeHeader(
        from_code="XB",
        to_code="XC",
        type_code=851,
        status_code=70,
        number="N 1",
        delivery_number=" as given ",
        tracking="PendingDelivery",
        error_message="words",
        forwardings=(Forwarding("XD"), Forwarding("XE", "7")),
    )
    record = record_of(given, content=b"<a/>\n")
    out = envelope(HUB_CONTRACT, f"{{{EPH}}}DeliverEnvelope", {"env": record}).whole()
    with read_stream([out], most_bytes=10_000) as document:
        again = read(HUB_CONTRACT, f"{{{EPH}}}DeliverEnvelope", opened(document.root).body)["env"]
    assert header_of(again) == given
    assert content_of(again) == b"<a/>\n"
    assert content_of(record_of(given)) == b""


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(text="no", detail="<d/>"), {"Client", "Sender"}),
        (Fault(text="no", is_sender=False), {"Server", "Receiver"}),
        (Fault(text="no", code="MustUnderstand"), {"MustUnderstand"}),
    ],
)
def test_a_fault_is_read_as_it_was_said(version: SoapVersion, fault: Fault, code: set[str]) -> None:
    with read_stream([fault_message(fault, version).whole()], most_bytes=10_000) as document:
        message = opened(document.root)
        assert message.is_fault
        said = fault_of(message)
    assert said.code in code
    assert said.text == "no"
    assert [each.local for each in said.detail] == (["d"] if fault.detail else [])


def test_a_subcode_stands_in_faultcode_or_below_the_code() -> None:
    fault = Fault(text="no", subcode=("urn:s", "Bad"))
    assert b'<faultcode xmlns:sub="urn:s">sub:Bad</faultcode>' in fault_message(fault, SoapVersion.SOAP_1_1).whole()
    text = fault_message(fault, SoapVersion.SOAP_1_2).whole()
    assert b'<soap:Subcode><soap:Value xmlns:sub="urn:s">sub:Bad</soap:Value></soap:Subcode>' in text


def test_a_fault_that_says_nothing_is_read_as_nothing() -> None:
    for version in SoapVersion:
        xml = f'<s:Envelope xmlns:s="{version.value}"><s:Body><s:Fault/></s:Body></s:Envelope>'
        said = fault_of(opened(node(xml)))
        assert (said.code, said.text, said.detail) == ("", "", ())


def test_a_message_with_a_foreign_header_that_must_be_understood_is_refused() -> None:
    xml = (
        f'<s:Envelope xmlns:s="{SoapVersion.SOAP_1_2.value}"><s:Header><x:h xmlns:x="urn:x" s:mustUnderstand="true"/>'
        '</s:Header><s:Body><x:a xmlns:x="urn:x"/></s:Body></s:Envelope>'
    )
    with pytest.raises(SoapBroken) as caught:
        opened(node(xml))
    assert caught.value.code == "must_understand"
    assert opened(node(xml), understood=frozenset({"urn:x"})).headers[0].local == "h"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<a/>", "not_an_envelope"),
        ('<Envelope xmlns="urn:other"/>', "version"),
        (f'<Envelope xmlns="{SoapVersion.SOAP_1_1.value}"/>', "no_body"),
        (f'<Envelope xmlns="{SoapVersion.SOAP_1_1.value}"><Body/></Envelope>', "body_empty"),
        (f'<Envelope xmlns="{SoapVersion.SOAP_1_1.value}"><Body><a/><b/></Body></Envelope>', "body_crowded"),
    ],
)
def test_what_is_no_message_is_named(xml: str, code: str) -> None:
    with pytest.raises(SoapBroken) as caught:
        opened(node(xml))
    assert caught.value.code == code


def test_a_schema_can_be_a_document_of_its_own_that_the_wsdl_imports() -> None:
    document = schema_document(CONTRACT, HOME)
    etree.XMLSchema(etree.fromstring(document))
    text = wsdl(CONTRACT, address="https://a.example/b", locations={HOME: "?xsd=test"}).decode()
    assert 'schemaLocation="?xsd=test"' in text
    assert "complexType" not in text
    assert text.count("wsdlsoap") == 0
    assert 'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"' in text


@pytest.mark.parametrize("text", ["name", "name! string", "two words string", "@ref string x", "x string huge"])
def test_a_field_written_wrongly_is_found_when_the_table_is_made(text: str) -> None:
    with pytest.raises(ValueError, match="not a field"):
        IN.fields(text)
    with pytest.raises(KeyError):
        IN.fields("x unknown:Type")


def test_an_element_of_its_own_is_what_its_type_says() -> None:
    assert CONTRACT.elements[OTHER] == Element(name=OTHER, type=f"{{{HOME}}}More")
    assert Written(("é", b"<")).whole() == "é&lt;".encode()
