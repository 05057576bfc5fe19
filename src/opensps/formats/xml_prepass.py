"""A first look at unsealed XML with expat, before lxml builds anything: limits, no DTD, what is to be reported.

Source: `reliability.md` 3.1. It sees every comment, processing instruction and CDATA section, which the tree no
longer shows, and tells an undeclared prefix from a mismatched one. Codes as in `xml_input`.
"""

import contextlib
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
    """One pass over one document; it visits no elements, so that it costs little."""

    def __init__(self) -> None:
        self.noticed: list[Noticed] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.StartNamespaceDeclHandler = self.on_namespace
        parser.StartDoctypeDeclHandler = self.on_doctype
        parser.CommentHandler = lambda _text: self.on_mark("comment")
        parser.ProcessingInstructionHandler = lambda _target, _text: self.on_mark("pi")
        parser.StartCdataSectionHandler = lambda: self.on_mark("cdata")

    def refuse(self, code: str, detail: str) -> NoReturn:
        raise FormatError(code, line=self.parser.CurrentLineNumber, detail=detail)

    def on_namespace(self, _prefix: str | None, uri: str | None) -> None:
        if uri and not _ABSOLUTE.match(uri):
            self.refuse("relative_namespace", uri[:80])

    def on_doctype(self, _name: str, _system: str | None, _public: str | None, _has_subset: bool) -> None:
        self.refuse("dtd", "a document type declaration is never read")

    def on_mark(self, code: str) -> None:
        self.noticed.append(Noticed(code, self.parser.CurrentLineNumber))
        if len(self.noticed) > MAX_NODES:
            self.refuse("limits", f"more than {MAX_NODES} nodes")


def look_through(data: bytes) -> tuple[Noticed, ...]:
    """Return what a sealed document may not hold; raise `FormatError` for what no document may."""
    look = _Look()
    try:
        look.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FormatError("not_well_formed", line=error.lineno, detail=_cause(error, look.parser, data)) from None
    except (ValueError, LookupError) as error:
        raise FormatError("encoding", detail=str(error)) from None
    return tuple(look.noticed)


def _cause(error: expat.ExpatError, parser: expat.XMLParserType, data: bytes) -> str:
    """Return what broke the document, in the words the reader looks for where a prefix is to blame."""
    words = expat.ErrorString(error.code)
    if words == expat.errors.XML_ERROR_UNBOUND_PREFIX:
        return UNDECLARED_PREFIX
    closing = _CLOSING.match(data, parser.ErrorByteIndex)
    if words == expat.errors.XML_ERROR_TAG_MISMATCH and closing is not None:
        return MISMATCHED_PREFIX if closing[1].decode("utf-8", "replace") == _innermost_open(data) else words
    return words


def _innermost_open(data: bytes) -> str:
    """Return the local name of the element that is open where the document breaks."""
    names: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: names.append(name)
    parser.EndElementHandler = lambda _name: names.pop()
    with contextlib.suppress(expat.ExpatError):
        parser.Parse(data, True)
    return names[-1].rsplit(":", 1)[-1] if names else ""
