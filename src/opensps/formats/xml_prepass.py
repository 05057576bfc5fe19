"""A first look at unsealed XML with expat, before lxml builds anything: limits, no DTD, what is to be reported.

Source: `reliability.md` 3.1. It sees every comment, processing instruction and CDATA section, which the tree no
longer shows, and tells an undeclared prefix from a mismatched one. Codes as in `xml_input`.
"""

import re
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from opensps.formats.errors import FormatError

MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_PER_ELEMENT = 64
"""Attributes of one element, and namespaces declared on one."""

UNDECLARED_PREFIX = "undeclared prefix"
MISMATCHED_PREFIX = "mismatched prefix"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CLOSING = re.compile(rb"(?:</)?(?:[^\s>:]*:)?([^\s>:]+)")
_SEPARATOR = " "


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something a sealed document may not hold: "comment", "pi" or "cdata", and its line."""

    code: str
    line: int


class _Look:
    """One pass over one document."""

    def __init__(self) -> None:
        self.noticed: list[Noticed] = []
        self.open: list[str] = []
        self.nodes = 0
        self.namespaces = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.ordered_attributes = True
        parser.StartElementHandler = self.on_start
        parser.EndElementHandler = self.on_end
        parser.StartNamespaceDeclHandler = self.on_namespace
        parser.StartDoctypeDeclHandler = self.on_doctype
        parser.CommentHandler = lambda _text: self.on_mark("comment")
        parser.ProcessingInstructionHandler = lambda _target, _text: self.on_mark("pi")
        parser.StartCdataSectionHandler = lambda: self.on_mark("cdata")

    def refuse(self, code: str, detail: str) -> NoReturn:
        raise FormatError(code, line=self.parser.CurrentLineNumber, detail=detail)

    def on_node(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse("limits", f"more than {MAX_NODES} nodes")

    def on_start(self, name: str, attributes: list[str]) -> None:
        self.on_node()
        self.open.append(name)
        self.namespaces = 0
        if len(self.open) > MAX_DEPTH:
            self.refuse("limits", f"nested deeper than {MAX_DEPTH}")
        if len(attributes) > 2 * MAX_PER_ELEMENT:
            self.refuse("limits", f"more than {MAX_PER_ELEMENT} attributes on one element")

    def on_end(self, _name: str) -> None:
        self.open.pop()

    def on_namespace(self, _prefix: str | None, uri: str | None) -> None:
        self.namespaces += 1
        if self.namespaces > MAX_PER_ELEMENT:
            self.refuse("limits", f"more than {MAX_PER_ELEMENT} namespaces on one element")
        if uri and not _ABSOLUTE.match(uri):
            self.refuse("relative_namespace", uri[:80])

    def on_doctype(self, _name: str, _system: str | None, _public: str | None, _has_subset: bool) -> None:
        self.refuse("dtd", "a document type declaration is never read")

    def on_mark(self, code: str) -> None:
        self.on_node()
        self.noticed.append(Noticed(code, self.parser.CurrentLineNumber))

    def cause(self, error: expat.ExpatError, data: bytes) -> str:
        """Return what broke the document, in words the reader looks for where a prefix is to blame."""
        words = expat.ErrorString(error.code)
        if words == expat.errors.XML_ERROR_UNBOUND_PREFIX:
            return UNDECLARED_PREFIX
        closing = _CLOSING.match(data, self.parser.ErrorByteIndex)
        if words == expat.errors.XML_ERROR_TAG_MISMATCH and closing is not None and self.open:
            local = self.open[-1].rsplit(_SEPARATOR, 1)[-1].encode()
            return MISMATCHED_PREFIX if closing[1] == local else words
        return words


def look_through(data: bytes) -> tuple[Noticed, ...]:
    """Return what a sealed document may not hold; raise `FormatError` for what no document may."""
    look = _Look()
    try:
        look.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FormatError("not_well_formed", line=error.lineno, detail=look.cause(error, data)) from None
    except (ValueError, LookupError) as error:
        raise FormatError("encoding", detail=str(error)) from None
    return tuple(look.noticed)
