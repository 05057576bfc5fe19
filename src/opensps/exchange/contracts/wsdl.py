"""A contract as a WSDL 1.1 document, written from the tables; only the address is given.

Source: WSDL 1.1 with the bindings of SOAP 1.1 and 1.2, WS-Addressing metadata in both of its attributes.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from opensps.exchange.contracts.schema import NOWHERE, prefixes, schema_element
from opensps.exchange.contracts.tables import XSD, Binding, Contract, Operation, SoapVersion, local, namespace

WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSAM = "http://www.w3.org/2007/05/addressing/metadata"
WSAW = "http://www.w3.org/2006/05/addressing/wsdl"
SOAP = {
    SoapVersion.SOAP_1_1: "http://schemas.xmlsoap.org/wsdl/soap/",
    SoapVersion.SOAP_1_2: "http://schemas.xmlsoap.org/wsdl/soap12/",
}
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def wsdl(contract: Contract, *, address: str, locations: Mapping[str, str] = NOWHERE) -> bytes:
    """Return the WSDL for a service at `address`.

    A schema whose namespace has a location is imported from there; the others stand in the document.
    """
    root = etree.Element(
        _in(WSDL, "definitions"),
        {"name": contract.service, "targetNamespace": contract.namespace},
        nsmap=_bound(contract),
    )
    _types(root, contract, locations)
    for name, part, element in _messages(contract):
        message = _under(root, "message", name=name)
        _under(message, "part", name=part, element=_qname(contract, element))
    port_type = _under(root, "portType", name=contract.port_type)
    for operation in contract.operations:
        _abstract(port_type, contract, operation)
    for binding in contract.bindings:
        _binding(root, contract, binding)
    service = _under(root, "service", name=contract.service)
    for binding in contract.bindings:
        port = _under(service, "port", name=binding.port, binding=_ours(contract, binding.name))
        etree.SubElement(port, _in(SOAP[binding.version], "address"), location=address)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _bound(contract: Contract) -> dict[str, str]:
    """Return the prefixes the document binds once, on its root."""
    versions = {binding.version for binding in contract.bindings}
    soap = {"soap": SoapVersion.SOAP_1_1, "soap12": SoapVersion.SOAP_1_2}
    return {
        "wsdl": WSDL,
        "wsam": WSAM,
        "wsaw": WSAW,
        **{prefix: SOAP[version] for prefix, version in soap.items() if version in versions},
        **prefixes(contract),
    }


def _types(root: etree._Element, contract: Contract, locations: Mapping[str, str]) -> None:
    types = _under(root, "types")
    for schema in contract.schemas:
        if schema.namespace not in locations:
            types.append(schema_element(contract, schema.namespace, locations=locations))
            continue
        outer = etree.SubElement(types, _in(XSD, "schema"))
        etree.SubElement(
            outer,
            _in(XSD, "import"),
            {"namespace": schema.namespace, "schemaLocation": locations[schema.namespace]},
        )


def _messages(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Yield name, part and element of every message; a fault that several operations share comes once."""
    for operation in contract.operations:
        yield local(operation.request), contract.part, operation.request
        yield local(operation.response), contract.part, operation.response
    faults = {fault.name: fault for operation in contract.operations for fault in operation.faults}
    for fault in faults.values():
        yield fault.name, fault.part or contract.part, fault.element


def _abstract(port_type: etree._Element, contract: Contract, operation: Operation) -> None:
    outer = _under(port_type, "operation", name=operation.name)
    for kind, element, action in (
        ("input", operation.request, operation.input_action),
        ("output", operation.response, operation.output_action),
    ):
        name = local(element)
        written = _under(outer, kind, message=_ours(contract, name), name=name)
        if action:
            written.set(_in(WSAM, "Action"), action)
            written.set(_in(WSAW, "Action"), action)
    for fault in operation.faults:
        written = _under(outer, "fault", message=_ours(contract, fault.name), name=fault.name)
        if fault.action:
            written.set(_in(WSAM, "Action"), fault.action)


def _binding(root: etree._Element, contract: Contract, binding: Binding) -> None:
    soap = SOAP[binding.version]
    outer = _under(root, "binding", name=binding.name, type=_ours(contract, contract.port_type))
    etree.SubElement(outer, _in(soap, "binding"), style="document", transport=TRANSPORT)
    for operation in contract.operations:
        written = _under(outer, "operation", name=operation.name)
        etree.SubElement(written, _in(soap, "operation"), soapAction=operation.soap_action, style="document")
        for kind, element in (("input", operation.request), ("output", operation.response)):
            message = _under(written, kind, name=local(element))
            etree.SubElement(message, _in(soap, "body"), use="literal")
        for fault in operation.faults:
            etree.SubElement(
                _under(written, "fault", name=fault.name), _in(soap, "fault"), name=fault.name, use="literal"
            )


def _ours(contract: Contract, name: str) -> str:
    return _qname(contract, f"{{{contract.namespace}}}{name}")


def _qname(contract: Contract, clark: str) -> str:
    prefix = next(prefix for prefix, uri in contract.prefixes.items() if uri == namespace(clark))
    return f"{prefix}:{local(clark)}"


def _in(home: str, name: str) -> str:
    return f"{{{home}}}{name}"


def _under(parent: etree._Element, kind: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _in(WSDL, kind), attributes)
