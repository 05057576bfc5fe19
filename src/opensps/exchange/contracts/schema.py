"""A contract's types as XML Schema documents, written from the tables.

Source: XML Schema 1.0. A form is written only where it differs from the schema's own; occurrences of 1 are left out.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from opensps.exchange.contracts.tables import (
    XSD,
    ComplexType,
    Contract,
    Element,
    Field,
    Form,
    Schema,
    SimpleType,
    local,
    namespace,
)

NOWHERE: Mapping[str, str] = MappingProxyType({})
_FACETS = (("shortest", "minLength"), ("longest", "maxLength"), ("lowest", "minInclusive"), ("highest", "maxInclusive"))


def prefixes(contract: Contract) -> dict[str, str]:
    """Return the prefixes every document of the contract binds."""
    return {"xs": XSD, **contract.prefixes}


def schema_document(contract: Contract, home: str, *, locations: Mapping[str, str] = NOWHERE) -> bytes:
    """Return the schema of one namespace as a document; `locations` say where imported ones are found."""
    root = schema_element(contract, home, locations=locations)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def schema_element(contract: Contract, home: str, *, locations: Mapping[str, str] = NOWHERE) -> etree._Element:
    """Return the schema of one namespace as an element."""
    held = next(schema for schema in contract.schemas if schema.namespace == home)
    return _Writer(contract, held).written(locations)


class _Writer:
    """Writes one schema."""

    def __init__(self, contract: Contract, held: Schema) -> None:
        self.held = held
        self.names = {uri: prefix for prefix, uri in prefixes(contract).items()}
        self.root = etree.Element(_xs("schema"), nsmap=prefixes(contract), targetNamespace=held.namespace)

    def written(self, locations: Mapping[str, str]) -> etree._Element:
        if self.held.is_qualified:
            self.root.set("elementFormDefault", "qualified")
        if self.held.version:
            self.root.set("version", self.held.version)
        for imported in sorted(set(self._mentioned()) - {XSD, self.held.namespace}):
            found = _under(self.root, "import", namespace=imported)
            if imported in locations:
                found.set("schemaLocation", locations[imported])
        for element in self.held.elements:
            self._element(element)
        for each in self.held.types:
            if isinstance(each, SimpleType):
                self._simple(each)
            else:
                self._complex(each)
        return self.root

    def _mentioned(self) -> Iterator[str]:
        """Yield the namespace of every name this schema points at."""
        yield from (namespace(element.type) for element in self.held.elements)
        for each in self.held.types:
            if isinstance(each, SimpleType):
                yield namespace(each.base)
                continue
            yield from (namespace(name) for name in (each.base, each.text) if name)
            yield from (namespace(child.ref or child.type) for child in each.fields)
            yield from (namespace(attribute.type) for attribute in each.attributes)

    def _name(self, clark: str) -> str:
        return f"{self.names[namespace(clark)]}:{local(clark)}"

    def _element(self, element: Element) -> None:
        written = _under(self.root, "element", name=local(element.name), type=self._name(element.type))
        if element.is_nillable:
            written.set("nillable", "true")

    def _simple(self, each: SimpleType) -> None:
        outer = _under(self.root, "simpleType", name=local(each.name))
        inner = _under(outer, "restriction", base=self._name(each.base))
        for value in each.values:
            _under(inner, "enumeration", value=value)
        if each.pattern:
            _under(inner, "pattern", value=each.pattern)
        for ours, theirs in _FACETS:
            value = getattr(each, ours)
            if value is not None:
                _under(inner, theirs, value=str(value))

    def _complex(self, each: ComplexType) -> None:
        outer = inner = _under(self.root, "complexType", name=local(each.name))
        if each.text:
            inner = _under(_under(outer, "simpleContent"), "extension", base=self._name(each.text))
        elif each.base:
            inner = _under(_under(outer, "complexContent"), "extension", base=self._name(each.base))
        if not each.text:
            sequence = _under(inner, "sequence")
            for child in each.fields:
                self._field(sequence, child)
        for attribute in each.attributes:
            written = _under(inner, "attribute", name=attribute.name, type=self._name(attribute.type))
            if attribute.is_required:
                written.set("use", "required")

    def _field(self, sequence: etree._Element, child: Field) -> None:
        if child.ref:
            written = _under(sequence, "element", ref=self._name(child.ref))
        else:
            written = _under(sequence, "element", name=child.name, type=self._name(child.type))
        if child.least != 1:
            written.set("minOccurs", str(child.least))
        if child.most != 1:
            written.set("maxOccurs", "unbounded" if child.most is None else str(child.most))
        if child.is_nillable:
            written.set("nillable", "true")
        usual = Form.QUALIFIED if self.held.is_qualified else Form.UNQUALIFIED
        if not child.ref and child.form not in {None, usual}:
            written.set("form", str(child.form))


def _xs(name: str) -> str:
    return f"{{{XSD}}}{name}"


def _under(parent: etree._Element, kind: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _xs(kind), attributes)
