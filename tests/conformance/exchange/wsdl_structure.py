"""Any WSDL 1.1 document as plain sets, so that two of them can be compared for what they mean and not how they look."""

from typing import Any

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
ACTIONS = (
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
)

Facts = dict[Any, Any]


def structure(document: bytes) -> dict[str, Facts]:
    """Return every fact of the contract by its kind; the address is left out."""
    root = etree.fromstring(document)
    schemas = root.findall(f"{WSDL}types/{XS}schema")
    return {
        "elements": _elements(schemas),
        "types": _types(schemas),
        "messages": _messages(root),
        "operations": _operations(root),
        "bindings": _bindings(root),
        "services": _services(root),
    }


def _name(element: etree._Element, qname: str | None) -> str | None:
    if qname is None:
        return None
    prefix, _, local = qname.rpartition(":")
    return f"{{{element.nsmap[prefix or None]}}}{local}"


def _elements(schemas: list[etree._Element]) -> Facts:
    return {
        (schema.get("targetNamespace"), each.get("name")): (
            _name(each, each.get("type")),
            each.get("nillable", "false"),
        )
        for schema in schemas
        for each in schema.findall(f"{XS}element")
    }


def _types(schemas: list[etree._Element]) -> Facts:
    return {
        (schema.get("targetNamespace"), each.get("name")): _type(schema, each)
        for schema in schemas
        for each in schema
        if each.tag in {f"{XS}complexType", f"{XS}simpleType"}
    }


def _type(schema: etree._Element, each: etree._Element) -> Facts:
    extension = next(each.iter(f"{XS}extension", f"{XS}restriction"), None)
    return {
        "kind": etree.QName(each).localname,
        "derived": None if extension is None else (extension.tag, _name(extension, extension.get("base"))),
        "simple_content": each.find(f"{XS}simpleContent") is not None,
        "values": {one.get("value") for one in each.iter(f"{XS}enumeration")},
        "children": [_child(schema, one) for one in each.iter(f"{XS}element")],
        "attributes": {
            one.get("name"): (_name(one, one.get("type")), one.get("use", "optional"))
            for one in each.iter(f"{XS}attribute")
        },
    }


def _child(schema: etree._Element, one: etree._Element) -> tuple[Any, ...]:
    """Return reference or name with its form, type, occurrence and nillability of a child in its place."""
    occurrence = (one.get("minOccurs", "1"), one.get("maxOccurs", "1"), one.get("nillable", "false"))
    if one.get("ref"):
        return ("ref", _name(one, one.get("ref")), *occurrence)
    form = one.get("form") or schema.get("elementFormDefault", "unqualified")
    return (form, one.get("name"), _name(one, one.get("type")), *occurrence)


def _messages(root: etree._Element) -> Facts:
    return {
        message.get("name"): [(part.get("name"), _name(part, part.get("element"))) for part in message]
        for message in root.findall(f"{WSDL}message")
    }


def _operations(root: etree._Element) -> Facts:
    return {
        (port_type.get("name"), operation.get("name")): {
            (etree.QName(each).localname, each.get("name")): (
                _name(each, each.get("message")),
                tuple(each.get(action) for action in ACTIONS),
            )
            for each in operation
        }
        for port_type in root.findall(f"{WSDL}portType")
        for operation in port_type.findall(f"{WSDL}operation")
    }


def _bindings(root: etree._Element) -> Facts:
    return {
        (binding.get("name"), operation.get("name")): (
            _name(binding, binding.get("type")),
            dict(binding.find(f"{SOAP}binding").attrib),  # type: ignore[union-attr]  # a binding of SOAP has one
            dict(operation.find(f"{SOAP}operation").attrib),  # type: ignore[union-attr]  # so has its operation
            {
                (etree.QName(each).localname, each.get("name")): [(one.tag, dict(one.attrib)) for one in each]
                for each in operation.iterfind(f"{WSDL}*")
            },
        )
        for binding in root.findall(f"{WSDL}binding")
        for operation in binding.findall(f"{WSDL}operation")
    }


def _services(root: etree._Element) -> Facts:
    definitions = (root.get("name"), root.get("targetNamespace"))
    return {
        (*definitions, service.get("name")): [
            (port.get("name"), _name(port, port.get("binding")), [etree.QName(one).localname for one in port])
            for port in service
        ]
        for service in root.findall(f"{WSDL}service")
    }
