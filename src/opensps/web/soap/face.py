"""What makes one SOAP address of ours: contract, rules of its dialect, who is let in, and what answers.

The dispatcher knows faces, and a face knows nothing of HTTP but what lets a caller in. Source: `exchange.md` 2.1, 3.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Generic, TypeVar

from django.http import HttpRequest

from opensps.exchange.contracts.reader import Strictness
from opensps.exchange.contracts.soap_message import Fault
from opensps.exchange.contracts.tables import Contract, Operation, Record, SoapVersion
from opensps.formats.xml_stream import Node

C = TypeVar("C")
"""Whatever a face knows of its caller."""

SOAP_CODES: Mapping[str, str] = MappingProxyType({"version": "VersionMismatch", "must_understand": "MustUnderstand"})
"""Problem code to the code of SOAP it has; the others are Client and Server."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[C]):
    """One call, read and ready to be handled."""

    operation: Operation
    record: Record
    caller: C
    headers: tuple[Node, ...]
    """Elements of the SOAP header."""

    at: datetime
    trace: str
    """Reference of this request, in the log and in faults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a call cannot be answered, found before a handler had it, or a mistake of ours.

    Codes: those of `FormatError` (`xml_stream`), `SoapBroken` and `ContractBroken`; unknown_operation,
    action_mismatch, internal_error.
    """

    code: str
    text: str
    """English, fit for a partner's technicians."""

    path: str = ""
    """Element names, where one is to blame."""

    trace: str = ""

    @property
    def is_sender(self) -> bool:
        """Whether the caller is to blame."""
        return self.code != "internal_error"


class Refused(Exception):
    """Turned away with a plain HTTP answer, before or beside SOAP."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers


class Faulted(Exception):
    """A handler answers with a fault; `status` overrides that of the SOAP version."""

    def __init__(self, fault: Fault, *, status: int | None = None, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(fault.text)
        self.fault, self.status, self.headers = fault, status, headers


def _no_document(_name: str, _value: str, _address: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face(Generic[C]):
    """One address that speaks SOAP."""

    name: str
    """For logs."""

    contract: Contract
    admit: Callable[[HttpRequest, datetime], C]
    """Looks at the connection before a byte of the body is read; may raise `Refused` or `Faulted`."""

    answer: Callable[[Call[C]], Record]
    """Handles a call and returns the record of its response; may raise `Faulted`."""

    fault: Callable[[Problem], Fault]
    """Puts a problem into the face's own kind of fault."""

    versions: frozenset[SoapVersion]
    most_bytes: int
    """Of a request's body."""

    most_bytes_of: Callable[[C], int] | None = None
    """A smaller limit for this caller, where the face has one: it holds for chunks without a length too."""

    checks_action: bool = False
    """A non-empty action must match the body."""

    strictness: Strictness = Strictness.TOLERANT
    kept: frozenset[str] = frozenset()
    """Elements handed to handlers unread."""

    understood: frozenset[str] = frozenset()
    """Namespaces of headers the face handles."""

    document: Callable[[str, str, str], bytes | None] = _no_document
    """Serves `GET ?name=value`, given the address: WSDL and schemas; None for anything else."""

    trace_header: str = ""
    """Name of the response header with the trace, "" for none."""

    faults_with: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({"too_large": 413}))
    """Problem code to an HTTP status of its own."""
