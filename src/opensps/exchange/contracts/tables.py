"""What a SOAP contract is, as frozen tables: operations, messages, types, fields, faults, actions, bindings.

Source: WSDL 1.1, XML Schema 1.0 part 1 and SOAP 1.1 and 1.2, document/literal wrapped only. Names are in Clark
notation, `{namespace}local`. It writes and reads nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

Record = Mapping[str, Any]
"""A value of a complex type: child name to value; a repeated child is a tuple, an absent one is not there.

Values: str, int, bool, Decimal, float, bytes (base64Binary), aware datetime, date; a record for a complex type. An
attribute stands under `@name`, the text of a type that has only text and attributes under `#text`.
"""


def local(name: str) -> str:
    """Return the local part of a Clark name."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """Return the namespace of a Clark name, "" if it has none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


class SoapVersion(Enum):
    """A version of SOAP: its envelope namespace."""

    SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
    SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope"


class Form(StrEnum):
    """Whether a local element stands in its schema's namespace."""

    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One child element of a type."""

    name: str
    """Local name; with `ref`, that of the global element."""

    type: str = ""
    """Clark name; empty with `ref`."""

    ref: str = ""
    """Clark name of the global element the child refers to."""

    least: int = 1
    most: int | None = 1
    """`None`: any number."""

    is_nillable: bool = False
    form: Form | None = None
    """`None`: as the schema's elementFormDefault says."""

    is_large: bool = False
    """A text that may be too long for memory; the reader may hand it over as a `LongText`."""

    @property
    def is_repeated(self) -> bool:
        """Whether the child may occur more than once."""
        return self.most is None or self.most > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a type, always without a namespace."""

    name: str
    type: str
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexType:
    """A type with children in a fixed order, or with text and attributes."""

    name: str
    """Clark name."""

    fields: tuple[Field, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    base: str = ""
    """Clark name of the complex type this one extends: its children come first."""

    text: str = ""
    """Clark name of the simple type of the text; then there are no children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleType:
    """A restriction of a simple type; a facet that is not said does not apply."""

    name: str
    """Clark name."""

    base: str
    values: tuple[str, ...] = ()
    pattern: str = ""
    shortest: int | None = None
    longest: int | None = None
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A global element."""

    name: str
    """Clark name."""

    type: str
    is_nillable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What one namespace declares."""

    namespace: str
    is_qualified: bool = False
    """elementFormDefault."""

    elements: tuple[Element, ...] = ()
    types: tuple[ComplexType | SimpleType, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault an operation declares."""

    name: str
    """Of message and fault."""

    element: str
    """Clark name of the element in `detail`."""

    action: str = ""
    """WS-Addressing action; "" writes none."""

    part: str = ""
    """Name of the message part; "" is the contract's usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; its wrappers are global elements of the contract."""

    name: str
    request: str
    """Clark name of the request's wrapper."""

    response: str
    soap_action: str
    input_action: str = ""
    """WS-Addressing action of the request; "" writes none."""

    output_action: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A binding of SOAP over HTTP and the port that offers it."""

    name: str
    port: str
    version: SoapVersion


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One service: everything its WSDL says but the address."""

    service: str
    port_type: str
    namespace: str
    """targetNamespace of the WSDL."""

    bindings: tuple[Binding, ...]
    schemas: tuple[Schema, ...]
    operations: tuple[Operation, ...]
    part: str = "parameters"
    prefixes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Prefix to namespace, as documents of this contract bind them."""

    @cached_property
    def types(self) -> Mapping[str, ComplexType | SimpleType]:
        """Clark name to type."""
        return MappingProxyType({each.name: each for schema in self.schemas for each in schema.types})

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """Clark name to global element."""
        return MappingProxyType({each.name: each for schema in self.schemas for each in schema.elements})

    @cached_property
    def by_request(self) -> Mapping[str, Operation]:
        """Clark name of a request's wrapper to its operation: the only thing that routes."""
        return MappingProxyType({each.request: each for each in self.operations})

    @cached_property
    def by_name(self) -> Mapping[str, Operation]:
        """Name to operation."""
        return MappingProxyType({each.name: each for each in self.operations})

    @cached_property
    def qualified(self) -> frozenset[str]:
        """Namespaces whose local elements are qualified unless they say otherwise."""
        return frozenset(schema.namespace for schema in self.schemas if schema.is_qualified)

    def fields_of(self, type_name: str) -> tuple["Child", ...]:
        """Return every child of a complex type as it stands on the wire, those of its base first; kept."""
        found = self._children.get(type_name)
        if found is None:
            found = self._children[type_name] = tuple(self._laid_out(type_name))
        return found

    def children_of(self, type_name: str) -> Mapping[str, "Child"]:
        """Return the children of a complex type by local name, in their order; kept."""
        found = self._by_name.get(type_name)
        if found is None:
            children = {local(child.tag): child for child in self.fields_of(type_name)}
            found = self._by_name[type_name] = MappingProxyType(children)
        return found

    @cached_property
    def _by_name(self) -> dict[str, Mapping[str, "Child"]]:
        return {}

    @cached_property
    def _children(self) -> dict[str, tuple["Child", ...]]:
        return {}

    def _laid_out(self, type_name: str) -> list["Child"]:
        held = self.types[type_name]
        if isinstance(held, SimpleType):
            return []
        before = list(self.fields_of(held.base)) if held.base else []
        return [*before, *(self._child(each, namespace(type_name)) for each in held.fields)]

    def _child(self, each: Field, home: str) -> "Child":
        if each.ref:
            element = self.elements[each.ref]
            tag, type_name, is_nillable = each.ref, element.type, element.is_nillable
        else:
            is_qualified = home in self.qualified if each.form is None else each.form is Form.QUALIFIED
            tag = f"{{{home}}}{each.name}" if is_qualified else each.name
            type_name, is_nillable = each.type, each.is_nillable
        return Child(
            each, tag, type_name, is_nillable, self.prefixed(tag), isinstance(self.types.get(type_name), ComplexType)
        )

    def prefixed(self, tag: str) -> str:
        """Return a Clark name as documents of this contract write it."""
        return f"{self._prefix_of[namespace(tag)]}:{local(tag)}" if tag.startswith("{") else tag

    @cached_property
    def _prefix_of(self) -> Mapping[str, str]:
        return {uri: prefix for prefix, uri in self.prefixes.items()}

    def namespaces_of(self, type_name: str) -> frozenset[str]:
        """Return the namespaces of all elements a type can hold, and that of `xsi:nil` where it can be needed; kept."""
        found = self._namespaces.get(type_name)
        if found is None:
            found = self._namespaces[type_name] = frozenset(self._used(type_name) - {""})
        return found

    @cached_property
    def _namespaces(self) -> dict[str, frozenset[str]]:
        return {}

    def _used(self, type_name: str) -> set[str]:
        seen: set[str] = set()
        used: set[str] = set()
        waiting = [type_name]
        while waiting:
            name = waiting.pop()
            if name in seen or not isinstance(self.types.get(name), ComplexType):
                continue
            seen.add(name)
            for child in self.fields_of(name):
                used |= {namespace(child.tag)} | ({XSI} if child.is_nillable else set())
                waiting.append(child.type)
        return used

    def attributes_of(self, type_name: str) -> tuple[Attribute, ...]:
        """Return every attribute of a complex type, those of its base first; kept."""
        found = self._attributes.get(type_name)
        if found is None:
            held = self.types[type_name]
            base = self.attributes_of(held.base) if isinstance(held, ComplexType) and held.base else ()
            own = held.attributes if isinstance(held, ComplexType) else ()
            found = self._attributes[type_name] = (*base, *own)
        return found

    @cached_property
    def _attributes(self) -> dict[str, tuple[Attribute, ...]]:
        return {}

    def text_of(self, type_name: str) -> str:
        """Return the simple type of the text of a type with text and attributes, "" for any other."""
        held = self.types[type_name]
        return held.text if isinstance(held, ComplexType) else ""


@dataclass(frozen=True, slots=True)
class Child:
    """A field as it stands on the wire."""

    field: Field
    tag: str
    """Clark name; a bare name is unqualified."""

    type: str
    is_nillable: bool
    prefixed: str
    """The tag as documents of the contract write it."""

    is_complex: bool
    """Whether the type has children, or text and attributes."""
