"""The envelope of a SOAP message around its one body element, and faults, for both sides of a call.

Source: SOAP 1.1 and 1.2 part 1, `exchange.md` 2.1. WS-Addressing headers are read by nobody. A fault whose detail
does not hold an element of the contract is an error of the transport, not an answer (`exchange.md` 1.5).
"""

from dataclasses import dataclass

from opensps.exchange.contracts.errors import SoapBroken
from opensps.exchange.contracts.tables import SoapVersion, local, namespace
from opensps.exchange.contracts.writer import Written, escaped
from opensps.formats.xml_stream import Node

ADDRESSING = frozenset(
    {
        "http://www.w3.org/2005/08/addressing",
        "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    }
)
_VERSIONS = {version.value: version for version in SoapVersion}
_YES = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Message:
    """A SOAP message taken apart."""

    version: SoapVersion
    headers: tuple[Node, ...]
    body: Node
    """The one element child of Body: the only thing that routes."""

    @property
    def is_fault(self) -> bool:
        """Whether the body says that something went wrong."""
        return self.body.tag == f"{{{self.version.value}}}Fault"


def opened(root: Node, *, understood: frozenset[str] = frozenset()) -> Message:
    """Return a message taken apart; `understood` are namespaces of headers the caller handles.

    Raises `SoapBroken`.
    """
    version = _VERSIONS.get(namespace(root.tag))
    if local(root.tag) != "Envelope":
        raise SoapBroken("not_an_envelope", "the document is not a SOAP envelope")
    if version is None:
        raise SoapBroken("version", "this version of SOAP is not known")
    parts = {part.tag: part for part in reversed(root.children)}
    header = parts.get(f"{{{version.value}}}Header")
    headers = tuple(header.children) if header is not None else ()
    _check_understood(headers, version, understood | ADDRESSING)
    body = parts.get(f"{{{version.value}}}Body")
    if body is None:
        raise SoapBroken("no_body", "the envelope has no Body")
    if len(body.children) != 1:
        code = "body_crowded" if body.children else "body_empty"
        raise SoapBroken(code, "the Body holds exactly one element")
    return Message(version, headers, body.children[0])


def _check_understood(headers: tuple[Node, ...], version: SoapVersion, understood: frozenset[str]) -> None:
    for each in headers:
        must = each.attributes.get(f"{{{version.value}}}mustUnderstand", "").strip()
        if must in _YES and namespace(each.tag) not in understood:
            raise SoapBroken("must_understand", f"the header {each.local[:60]} is not understood")


@dataclass(frozen=True, slots=True)
class ReadFault:
    """A fault as the other side said it."""

    code: str
    """Local name of faultcode, or of Code/Value."""

    text: str
    detail: tuple[Node, ...]
    """Elements of the detail."""


def fault_of(message: Message) -> ReadFault:
    """Return what a fault says; total: what is missing is empty."""
    found = {each.local: each for each in message.body.children}
    if message.version is SoapVersion.SOAP_1_1:
        code, text, detail = (found.get(name) for name in ("faultcode", "faultstring", "detail"))
    else:
        code, text, detail = (found.get(name) for name in ("Code", "Reason", "Detail"))
        code, text = (_first(node) for node in (code, text))
    return ReadFault(
        code=(code.text if code else "").strip().rpartition(":")[2],
        text=(text.text if text else "").strip(),
        detail=tuple(detail.children) if detail else (),
    )


def _first(node: Node | None) -> Node | None:
    return node.children[0] if node is not None and node.children else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of ours, before it knows its version of SOAP."""

    text: str
    is_sender: bool = True
    """The caller is to blame: Client (1.1), Sender (1.2)."""

    code: str = ""
    """Another code of SOAP instead: VersionMismatch or MustUnderstand."""

    subcode: tuple[str, str] | None = None
    """Namespace and local name: faultcode of 1.1 in place of Client, Subcode of 1.2."""

    is_subcode_of_1_2: bool = False
    """The subcode is for 1.2 alone; 1.1 keeps Client or Server."""

    detail: str = ""
    """XML of our own making."""


def fault_message(fault: Fault, version: SoapVersion) -> Written:
    """Return the fault as a message of that version."""
    write = _fault_1_1 if version is SoapVersion.SOAP_1_1 else _fault_1_2
    return Written(
        (f'<soap:Envelope xmlns:soap="{version.value}"><soap:Body>{write(fault)}</soap:Body></soap:Envelope>',)
    )


def _fault_1_1(fault: Fault) -> str:
    code, bound = f"soap:{fault.code or ('Client' if fault.is_sender else 'Server')}", ""
    if fault.subcode and not fault.is_subcode_of_1_2:
        bound = f' xmlns:sub="{escaped(fault.subcode[0])}"'
        code = f"sub:{fault.subcode[1]}"
    detail = f"<detail>{fault.detail}</detail>" if fault.detail else ""
    return (
        f"<soap:Fault><faultcode{bound}>{code}</faultcode><faultstring>{escaped(fault.text)}</faultstring>"
        f"{detail}</soap:Fault>"
    )


def _fault_1_2(fault: Fault) -> str:
    code = fault.code or ("Sender" if fault.is_sender else "Receiver")
    subcode = ""
    if fault.subcode:
        uri, name = fault.subcode
        subcode = f'<soap:Subcode><soap:Value xmlns:sub="{escaped(uri)}">sub:{name}</soap:Value></soap:Subcode>'
    detail = f"<soap:Detail>{fault.detail}</soap:Detail>" if fault.detail else ""
    return (
        f"<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value>{subcode}</soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{escaped(fault.text)}</soap:Text></soap:Reason>{detail}</soap:Fault>'
    )
