"""What a hub answered, read as tolerantly as many hubs and proxies demand. Source: `exchange.md` 1.5, 9.2.

Results are found by local name, in any order, qualified or not. An answer is a response or a fault with a
HubWebException; everything else, whatever its status, is a disturbance of the way. It judges no certificate.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.formats.errors import FormatError
from opensps.formats.xml_stream import Document, Node, read_stream

_ENVELOPES: Final = frozenset({"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"})
_PIECE: Final = 262_144
_LONGEST_WORD: Final = 64
UNKNOWN_CALLER: Final = "NPPO from client certificate not found"
"""The one text of a fault that is looked at: our certificate is not known there (`exchange.md` 1.1)."""


@dataclass(frozen=True, slots=True)
class Faulted:
    """A fault that is an answer of the hub."""

    message: str

    @property
    def is_unknown_caller(self) -> bool:
        """Whether they do not know our certificate."""
        return self.message.strip() == UNKNOWN_CALLER


@dataclass(frozen=True, slots=True)
class Disturbed:
    """Not an answer of the hub at all: HTML, nothing, a fault without detail, another document."""

    text: str


class Response:
    """The wrapper of a response; a context manager, for long texts are files."""

    def __init__(self, document: Document, wrapper: Node) -> None:
        self._document = document
        self.wrapper = wrapper

    def __enter__(self) -> "Response":
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def result(self) -> Node | None:
        """Return the first child that says something; ``None`` for a response without a result."""
        return next((child for child in self.wrapper.children if not child.is_nil), None)

    def items(self, name: str) -> Iterator[Node]:
        """Yield the elements of an array, or those that repeat in the wrapper itself; nil ones say nothing."""
        for child in self.wrapper.children:
            inside = (child,) if child.local == name else tuple(each for each in child.children if each.local == name)
            yield from (each for each in inside if not each.is_nil)


Reply = Response | Faulted | Disturbed


def read_reply(source: bytes | Path, *, operation: str, charset: str | None, most_bytes: int) -> Reply:
    """Return what an HTTP body says; never raises for what stands in it."""
    with contextlib.ExitStack() as stack:
        try:
            document = read_stream(_pieces(source, stack), most_bytes=most_bytes, encoding=charset)
        except FormatError as exc:
            return Disturbed(f"not a SOAP answer ({exc.code})")
    body = _body(document.root)
    first = body.children[0] if body is not None and body.children else None
    if first is not None and first.local == f"{operation}Response":
        return Response(document, first)
    with document:
        if first is None:
            return Disturbed("a document that is no SOAP answer")
        return (
            _fault(first) if first.local == "Fault" else Disturbed(f"an answer to something else: {first.local[:60]}")
        )


def _pieces(source: bytes | Path, stack: contextlib.ExitStack) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    file = stack.enter_context(source.open("rb"))
    while piece := file.read(_PIECE):
        yield piece


def _body(root: Node) -> Node | None:
    if root.local != "Envelope" or root.tag.rpartition("}")[0][1:] not in _ENVELOPES:
        return None
    return next((child for child in root.children if child.local == "Body"), None)


def _fault(fault: Node) -> Faulted | Disturbed:
    """Return the answer a fault is, or the disturbance: only a HubWebException is the hub's own word."""
    detail = child(fault, "detail") or child(fault, "Detail")
    named = None if detail is None else child(detail, "HubWebException")
    if named is not None:
        return Faulted(text_of(named, "message"))
    said = text_of(fault, "faultstring") or text_of(child(fault, "Reason") or fault, "Text")
    return Disturbed(f"a fault without an answer: {said[:200]}")


def child(node: Node, name: str) -> Node | None:
    """Return the first child of a local name that is not nil."""
    return next((each for each in node.children if each.local == name and not each.is_nil), None)


def text_of(node: Node, name: str) -> str:
    """Return the text of a child exactly as it came, "" without one."""
    found = child(node, name)
    if found is None:
        return ""
    return found.text if found.long is None else found.long.whole().decode("utf-8", "replace")


def header_of(node: Node) -> EnvelopeHeader:
    """Return a header; numbers that are none count as 0, the hub's own number is kept to the letter."""
    return EnvelopeHeader(
        from_code=text_of(node, "From").strip(),
        to_code=text_of(node, "To").strip(),
        type_code=_number(text_of(node, "CertificateType")),
        status_code=_number(text_of(node, "CertificateStatus")),
        number=text_of(node, "NPPOCertificateNumber").strip(),
        delivery_number=text_of(node, "hubDeliveryNumber"),
        tracking=text_of(node, "HUBTrackingInfo").strip()[:_LONGEST_WORD],
        error_message=text_of(node, "hubDeliveryErrorMessage"),
        forwardings=tuple(_forwardings(node)),
    )


def _forwardings(node: Node) -> Iterator[Forwarding]:
    holder = child(node, "Forwardings")
    for each in () if holder is None else holder.children:
        if not each.is_nil:
            yield Forwarding(text_of(each, "Code").strip(), text_of(each, "HubDeliveryNumber"))


def _number(text: str) -> int:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else 0  # noqa: PLR2004  int of XSD


def flat(node: Node) -> Mapping[str, str]:
    """Return the texts of an entity's children and attributes by local name, blanks folded: items of lists."""
    held = {name.rpartition("}")[2]: value for name, value in node.attributes.items()}
    return {**held, **{each.local: " ".join(each.text.split()) for each in node.children}}
