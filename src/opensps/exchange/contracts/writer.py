"""A record into a message, by the tables: exact order, absent values left out, each prefix bound once on the wrapper.

Source: `exchange.md` 2.1, "answer". A text may be given as octets of UTF-8 or as a `LongText`: those are escaped
piece by piece, so that an answer of 100 MB costs no memory. What a record lacks or has too much of is our own mistake.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from opensps.exchange.contracts.errors import ContractBroken
from opensps.exchange.contracts.simple_values import text_of
from opensps.exchange.contracts.tables import (
    XSD,
    XSI,
    Child,
    ComplexType,
    Contract,
    Record,
    SoapVersion,
    local,
    namespace,
)
from opensps.formats.xml_stream import LongText

_LARGE = 1_048_576
_PIECE = 262_144
_STRING = f"{{{XSD}}}string"

Part = str | bytes | LongText
"""Text that is already XML, or octets or a long text that still have to be escaped."""


@dataclass(frozen=True, slots=True)
class Raw:
    """XML of somebody else's, written as it is: without a declaration, its namespaces bound in itself."""

    xml: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A message, in parts."""

    parts: tuple[Part, ...]

    @property
    def is_large(self) -> bool:
        """Whether it should be sent piece by piece."""
        return sum(part.size if isinstance(part, LongText) else len(part) for part in self.parts) > _LARGE

    def whole(self) -> bytes:
        """Return the message in memory."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Yield the message in UTF-8, in pieces."""
        for part in self.parts:
            if isinstance(part, str):
                yield part.encode("utf-8")
            elif isinstance(part, LongText):
                yield from map(_escaped_bytes, part.pieces())
            else:
                yield from (_escaped_bytes(part[at : at + _PIECE]) for at in range(0, len(part), _PIECE))


def escaped(text: str) -> str:
    """Return a text as content of an element: a carriage return survives too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def _escaped_bytes(data: bytes) -> bytes:
    data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return data.replace(b"\r", b"&#13;")


def envelope(
    contract: Contract, element: str, record: Record, *, version: SoapVersion = SoapVersion.SOAP_1_1, header: str = ""
) -> Written:
    """Return a SOAP message with one element in its body; `header` is XML of our own making.

    Raises `ContractBroken` for a record that does not fit.
    """
    head = f"<soap:Header>{header}</soap:Header>" if header else ""
    inner = body_of(contract, element, record)
    return Written(
        (
            f'<soap:Envelope xmlns:soap="{version.value}">{head}<soap:Body>',
            *inner,
            "</soap:Body></soap:Envelope>",
        )
    )


def body_of(contract: Contract, element: str, record: Record) -> tuple[Part, ...]:
    """Return one global element in parts, its prefixes bound on it."""
    writing = _Writing(contract)
    type_name = contract.elements[element].type
    bound = _bindings(contract, type_name, namespace(element))
    if isinstance(contract.types.get(type_name), ComplexType):
        writing.element(contract.prefixed(element), bound, type_name, record, local(element))
    else:
        writing.leaf(contract.prefixed(element), bound, type_name, record)
    return writing.finished()


def _bindings(contract: Contract, type_name: str, home: str) -> str:
    """Return the namespace declarations a type needs, in the order of the contract."""
    used = contract.namespaces_of(type_name) | {home}
    text = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in contract.prefixes.items() if uri in used)
    return text + (f' xmlns:xsi="{XSI}"' if XSI in used else "")


class _Writing:
    """One message being written."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.parts: list[Part] = []
        self.text: list[str] = []
        self.write: Callable[[str], None] = self.text.append

    def finished(self) -> tuple[Part, ...]:
        self._flush()
        return tuple(self.parts)

    def _flush(self) -> None:
        if self.text:
            self.parts.append("".join(self.text))
            self.text.clear()

    def element(self, tag: str, extra: str, type_name: str, value: Any, path: str) -> None:
        """Write an element of a complex type; `extra` are attributes that are written already."""
        attributes = self._attributes(type_name, value, path)
        text = self.contract.text_of(type_name)
        if text:
            self.leaf(tag, extra + attributes, text, value["#text"])
            return
        self.write(f"<{tag}{extra}{attributes}>")
        for child in self.contract.fields_of(type_name):
            self._child(child, value, path)
        self.write(f"</{tag}>")

    def _attributes(self, type_name: str, value: Record, path: str) -> str:
        text = ""
        for attribute in self.contract.attributes_of(type_name):
            held = value.get(f"@{attribute.name}")
            if held is not None:
                text += f' {attribute.name}="{escaped(text_of(held)).replace(chr(34), "&quot;")}"'
            elif attribute.is_required:
                raise ContractBroken("missing", f"{path}/@{attribute.name}", "an answer lacks it")
        return text

    def _child(self, child: Child, value: Record, path: str) -> None:
        held = value.get(child.field.name)
        items = (() if held is None else held) if child.field.is_repeated else (held,) * (held is not None)
        if child.field.least and not items:
            raise ContractBroken("missing", f"{path}/{child.field.name}", "an answer lacks it")
        for item in items:
            self._one(child, item, path)

    def _one(self, child: Child, value: Any, path: str) -> None:
        if isinstance(value, Raw):
            self.write(value.xml.decode("utf-8"))
        elif value is None:
            self.write(f'<{child.prefixed} xsi:nil="true"/>')
        elif child.is_complex:
            self.element(child.prefixed, "", child.type, value, f"{path}/{child.field.name}")
        else:
            self.leaf(child.prefixed, "", child.type, value)

    def leaf(self, tag: str, extra: str, type_name: str, value: Any) -> None:
        """Write text; octets given for a string are that text, and may be long."""
        if isinstance(value, memoryview):
            value = bytes(value)
        if isinstance(value, LongText) or (isinstance(value, bytes) and type_name == _STRING):
            self.write(f"<{tag}{extra}>")
            self._flush()
            self.parts.append(value)
            self.write(f"</{tag}>")
        else:
            self.write(f"<{tag}{extra}>{escaped(text_of(value))}</{tag}>")
