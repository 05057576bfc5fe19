"""Every published sample is a test: valid against the published schema, read as a request or written as an answer."""

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep import Client, Settings

from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE, FAULTS
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.contracts.reader import Strictness, read
from opensps.exchange.contracts.soap_message import fault_message, fault_of, opened
from opensps.exchange.contracts.tables import SoapVersion
from opensps.exchange.contracts.writer import envelope
from opensps.formats.xml_stream import read_stream
from opensps.web.soap.certificate_service import document
from opensps.web.soap.samples import sample, sample_names
from opensps.web.soap.service_faults import ELEMENTS, refused
from tests.factories.service_callers import Program, Served, body_of, contract_file, envelope_of

OPERATIONS = tuple(CERTIFICATE_SERVICE.by_name)
MESSAGES = [name for name in sample_names() if "-fault" not in name]
FAULT_SAMPLES = [name for name in sample_names() if "-fault" in name]
XB = Program("XB")
ONE_IS_ENOUGH = True


def _canonical(octets: bytes) -> bytes:
    root = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(root, method="c14n")


def _sample(name: str) -> bytes:
    found = sample(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(document("xsd", "certificate-service", "") or b""))


def test_every_operation_and_every_fault_has_its_samples() -> None:
    wanted = {f"{name}-{kind}" for name in OPERATIONS for kind in ("request", "response")}
    wanted |= {f"{name}-fault{version}" for name in FAULTS for version in ("", "-1.2")}
    assert wanted <= set(sample_names())


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_valid_and_comes_back_from_our_own_reader_and_writer(name: str, schema: etree.XMLSchema) -> None:
    octets = _sample(name)
    root = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    inner = root.find("{*}Body")[0]  # type: ignore[index]  # a sample has one
    schema.assertValid(etree.fromstring(etree.tostring(inner)))
    with read_stream([octets], most_bytes=100_000) as found:
        message = opened(found.root)
        record = read(CERTIFICATE_SERVICE, message.body.tag, message.body, strictness=Strictness.STRICT)
        again = envelope(CERTIFICATE_SERVICE, message.body.tag, record, version=message.version)
        assert _canonical(again.whole()) == _canonical(octets)


@pytest.mark.parametrize("name", FAULT_SAMPLES)
def test_a_fault_is_what_the_service_says_today(name: str, schema: etree.XMLSchema) -> None:
    octets = _sample(name)
    version = SoapVersion.SOAP_1_2 if name.endswith("1.2") else SoapVersion.SOAP_1_1
    with read_stream([octets], most_bytes=100_000) as found:
        (detail,) = fault_of(opened(found.root)).detail
        said = {each.local: each.text for each in detail.children}
    inner = etree.fromstring(octets).find(f".//{{{CS}}}{name.partition('-')[0]}")
    schema.assertValid(etree.fromstring(etree.tostring(inner)))
    wait = said.get("retryAfterSeconds")
    made = refused(
        said["code"], trace=said["traceId"], message=said["message"], retry_after=int(wait) if wait else None
    )
    assert _canonical(fault_message(made.fault, version).whole()) == _canonical(octets)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_sample_request_is_answered_in_the_shape_of_its_sample(served: Served, operation: str) -> None:
    """With a number that exists; the sample's own belongs to nobody."""
    if operation == "GetInquiry":
        opened_now = body_of(XB.post(_for(served, "OpenInquiry")))
        number = opened_now.findtext(f".//{{{CS}}}inquiryNumber")
        octets = _for(served, operation).replace(b"XA-Q-2026-0A1B2C3D4E", number.encode())
    else:
        octets = _for(served, operation)
    answer = body_of(XB.post(octets))
    assert answer.tag == f"{{{CS}}}{operation}Response", etree.tostring(answer)


def _for(served: Served, operation: str) -> bytes:

    envelope_row = envelope_of(served.in_force)
    octets = _sample(f"{operation}-request").replace(b"XA-2026-014-0000318-4", served.in_force.number.encode())
    octets = octets.replace(b"01JD0000000000000000000001", envelope_row.delivery_number.encode())
    return re.sub(rb"<cs:sha256>e3b0[0-9a-f]+", b"<cs:sha256>" + envelope_row.sha256.encode(), octets)


def test_wsdl_schema_and_samples_are_served_and_nothing_else() -> None:
    address = "https://testserver/soap/certificate-service"
    assert address.encode() in (document("wsdl", "", address) or b"")
    assert document("xsd", "other", address) is None
    assert document("sample", "../settings", address) is None
    assert document("anything", "", address) is None
    listed = etree.fromstring(document("samples", "", address) or b"")
    assert [each.get("name") for each in listed] == list(sample_names())


def test_zeep_loads_both_bindings_strictly(tmp_path: Path) -> None:
    path = tmp_path / "service.wsdl"
    path.write_bytes(document("wsdl", "", "https://testserver/soap/certificate-service") or b"")
    client = Client(str(path), settings=Settings(strict=True))
    ports = {
        port.name: len(port.binding._operations)
        for service in client.wsdl.services.values()
        for port in service.ports.values()
    }
    assert ports == {"CertificateSoap11Port": 7, "CertificateSoap12Port": 7}


GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "connect-by-soap.md"


def test_the_program_of_the_guide_runs_as_it_stands(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what it is told is given: its address, its place to store, and a transport without a network."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    direct = XB.direct()
    monkeypatch.setattr("zeep.transports.Transport", lambda **_: direct)
    monkeypatch.setattr("zeep.Client.__init__", _with_local_contract(Client.__init__))
    stored: list[str] = []
    place = {"ADDRESS": "https://testserver/soap/certificate-service"}
    exec(compile(code, str(GUIDE), "exec"), place | {"store": lambda each, *_: stored.append(each.number)})  # noqa: S102 our own guide
    assert served.in_force.number in stored
    assert XB.zeep().ListCertificates().certificate == []


def _with_local_contract(made: Any) -> Any:
    return lambda self, _address, **options: made(self, str(contract_file()), **options)


def test_the_guide_names_every_fault_and_every_code() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [code for codes in ELEMENTS.values() for code in codes if code not in text] == []
    assert [name for name in (*FAULTS, *OPERATIONS) if f"`{name}`" not in text] == []
