"""XML read piece by piece while it arrives, under the limits of the house: for messages that hold one very long text.

Source: `reliability.md` 3.1, `exchange.md` 2.1. The second way into XML beside `xml_input`: the same rules (no DTD, no
entities, no network, limits before trust), but no tree of lxml; a long text lies in a temporary file from its first
megabyte on and never in memory. Comments and instructions say nothing. It knows neither SOAP nor any contract.

Codes of the `FormatError` raised here: too_large, encoding, dtd, limits, not_well_formed.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self
from xml.parsers import expat

from lxml import etree

from opensps.formats.errors import FormatError
from opensps.formats.xml_prepass import MAX_DEPTH, MAX_NODES, MAX_PER_ELEMENT

XSI = "http://www.w3.org/2001/XMLSchema-instance"
LONG = 1_048_576
"""Characters from which on a text lies in a file."""

MOST_TEXT = 16 * LONG
"""Characters of all the texts that are not long, together."""

_MOST_PENDING = 1_048_576
"""Octets of one unfinished tag: a longer one is an attack by attributes."""

_TYPE = f"{{{XSI}}}type"
_UTF_8_MARK = b"\xef\xbb\xbf"
_MARKS = ((_UTF_8_MARK, "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16le",
    "utf-16be": "utf-16be",
    "iso-8859-1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
}
_SEPARATOR = " "


def is_readable(encoding: str) -> bool:
    """Say whether a named encoding is one that is read: UTF-8, UTF-16, ISO-8859-1 and what they contain."""
    return encoding.strip().lower() in _ENCODINGS


class LongText:
    """A text in a file: UTF-8, to be read once or often, and closed with its document."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with the document it belongs to
        self.size = 0
        """Octets."""

    def add(self, text: str) -> None:
        """Append a piece."""
        self.size += self.file.write(text.encode("utf-8", "replace"))

    def whole(self) -> bytes:
        """Return the text in memory, in UTF-8."""
        self.file.seek(0)
        return self.file.read()

    def pieces(self, size: int = 262_144) -> Iterator[bytes]:
        """Yield the text in pieces, in UTF-8."""
        self.file.seek(0)
        while piece := self.file.read(size):
            yield piece


@dataclass(slots=True)
class Node:
    """One element as it was read."""

    tag: str
    """Clark name."""

    attributes: dict[str, str]
    type: str = ""
    """Clark name that `xsi:type` says, "" without one; a prefix nobody bound is kept as its own namespace."""

    text: str = ""
    """Characters directly in the element, put together."""

    long: LongText | None = None
    """The text instead of `text`, where it is long."""

    children: list["Node"] = field(default_factory=list)

    @property
    def local(self) -> str:
        """Local name."""
        return self.tag.rpartition("}")[2]

    @property
    def is_nil(self) -> bool:
        """Whether `xsi:nil` says so."""
        return self.attributes.get(f"{{{XSI}}}nil", "").strip() in {"true", "1"}


class Document:
    """What was read; a context manager, for its long texts are files."""

    def __init__(self, root: Node, long_texts: list[LongText], size: int) -> None:
        self.root = root
        self.size = size
        """Octets read."""
        self._long_texts = long_texts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove the long texts."""
        for each in self._long_texts:
            each.file.close()


def read_stream(
    pieces: Iterable[bytes], *, most_bytes: int, encoding: str | None = None, long_from: int = LONG
) -> Document:
    """Return the document that arrives in pieces; `encoding` is what the transport says of it.

    A byte order mark counts more than `encoding`, that more than the declaration. Texts of more than `long_from`
    characters are long ones. Raises `FormatError`, before anything beyond `most_bytes` is looked at.
    """
    arriving = _from_first(pieces)
    first = next(arriving)
    reading = _Reading(first, encoding, most_bytes=most_bytes, long_from=long_from)
    try:
        last = first.removeprefix(_UTF_8_MARK)
        for piece in arriving:
            reading.feed(last, is_last=False)
            last = piece
        reading.feed(last, is_last=True)
        return Document(reading.root, reading.long_texts, reading.size)
    except BaseException:
        reading.abandon()
        raise


def _from_first(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces, the first one long enough to show a byte order mark."""
    first, rest = b"", iter(pieces)
    for piece in rest:
        first += piece
        if len(first) >= len(_UTF_8_MARK):
            break
    yield first
    yield from rest


class _Reading:
    """One pass of expat over one document."""

    root: Node

    def __init__(self, first: bytes, encoding: str | None, *, most_bytes: int, long_from: int) -> None:
        self.most_bytes = most_bytes
        self.long_from = long_from
        self.size = 0
        self.open: list[Node] = []
        self.texts: list[str] = []
        self.length = 0
        self.short = 0
        self.nodes = 0
        self.declared = 0
        self.prefixes: dict[str | None, list[str]] = {}
        self.names: dict[str, str] = {}
        self.long_texts: list[LongText] = []
        given = next((name for mark, name in _MARKS if first.startswith(mark)), encoding)
        known = None if given is None else _ENCODINGS.get(given.strip().lower())
        if given is not None and known is None:
            raise FormatError("encoding", detail="this encoding is not read")
        self.is_encoding_given = known is not None
        self.parser = expat.ParserCreate(known, _SEPARATOR)
        self._listen(self.parser)

    def _listen(self, parser: expat.XMLParserType) -> None:
        parser.buffer_text = True
        parser.buffer_size = 65_536
        parser.XmlDeclHandler = self.on_declaration
        parser.StartDoctypeDeclHandler = self.on_doctype
        parser.StartNamespaceDeclHandler = self.on_namespace
        parser.EndNamespaceDeclHandler = self.on_namespace_end
        parser.StartElementHandler = self.on_start
        parser.EndElementHandler = self.on_end
        parser.CharacterDataHandler = self.on_text

    def feed(self, piece: bytes, *, is_last: bool) -> None:
        self.size += len(piece)
        if self.size > self.most_bytes:
            raise FormatError("too_large", detail=f"more than {self.most_bytes} bytes")
        try:
            self.parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            raise FormatError("not_well_formed", line=error.lineno, detail=expat.ErrorString(error.code)) from None
        if self.size - self.parser.CurrentByteIndex > _MOST_PENDING + len(piece):
            self.refuse("limits", "a tag is too long")

    def abandon(self) -> None:
        for each in self.long_texts:
            each.file.close()

    def refuse(self, code: str, detail: str) -> None:
        raise FormatError(code, line=self.parser.CurrentLineNumber, detail=detail)

    def on_declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and not self.is_encoding_given and encoding.lower() not in _ENCODINGS:
            self.refuse("encoding", "this encoding is not read")

    def on_doctype(self, _name: str, _system: str | None, _public: str | None, _has_subset: bool) -> None:
        self.refuse("dtd", "a document type declaration is never read")

    def on_namespace(self, prefix: str | None, uri: str | None) -> None:
        self.prefixes.setdefault(prefix, []).append(uri or "")
        self.declared += 1
        if self.declared > MAX_PER_ELEMENT:
            self.refuse("limits", f"more than {MAX_PER_ELEMENT} namespaces on one element")

    def on_namespace_end(self, prefix: str | None) -> None:
        self.prefixes[prefix].pop()

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        self.declared = 0
        if len(self.open) >= MAX_DEPTH or self.nodes > MAX_NODES or len(attributes) > MAX_PER_ELEMENT:
            self.refuse("limits", "nested too deeply, too many elements, or too many attributes on one")
        if self.texts:
            self._keep_text()
        node = Node(self._clark(name), {})
        if attributes:
            node.attributes = given = {self._clark(key): value for key, value in attributes.items()}
            if _TYPE in given:
                node.type = self._resolved(given[_TYPE])
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def on_end(self, _name: str) -> None:
        if self.texts:
            self._keep_text()
        self.open.pop()

    def on_text(self, text: str) -> None:
        node = self.open[-1]
        if node.long is not None:
            node.long.add(text)
            return
        self.texts.append(text)
        self.length += len(text)
        if self.length + len(node.text) > self.long_from:
            node.long = LongText()
            self.long_texts.append(node.long)
            node.long.add(node.text + "".join(self.texts))
            node.text, self.texts, self.length = "", [], 0

    def _keep_text(self) -> None:
        """Give the innermost element the characters read since the last tag."""
        self.open[-1].text += "".join(self.texts)
        self.short += self.length
        self.texts, self.length = [], 0
        if self.short > MOST_TEXT:
            self.refuse("limits", f"more than {MOST_TEXT} characters of text")

    def _clark(self, name: str) -> str:
        found = self.names.get(name)
        if found is None:
            uri, separator, bare = name.rpartition(_SEPARATOR)
            found = self.names[name] = f"{{{uri}}}{bare}" if separator else name
        return found

    def _resolved(self, qname: str) -> str:
        prefix, _, bare = qname.strip().rpartition(":")
        bound = self.prefixes.get(prefix or None)
        return f"{{{bound[-1] if bound else prefix}}}{bare}"


def without_long_texts(data: bytes, *, most_bytes: int, longest: int = 65_536) -> bytes:
    """Return a document with every text of more than `longest` characters emptied, to be read within small limits.

    It says what the document is about, not what it holds: no digest or signature can be made from it. Raises
    `FormatError`.
    """
    pieces = (data[at : at + longest] for at in range(0, len(data), longest))
    with read_stream(pieces, most_bytes=most_bytes, long_from=longest) as document:
        return written(document.root, prefixes={}, keeps_long=False)


def written(node: Node, *, prefixes: Mapping[str, str], keeps_long: bool = True) -> bytes:
    """Return the element as a document of its own in UTF-8; `prefixes` (prefix to namespace) are bound where used.

    What `xsi:` says is left out, and blanks between elements too. Long texts are taken into memory, or left out.
    """
    nsmap: dict[str | None, str] = {prefix: uri for prefix, uri in prefixes.items() if _uses(node, uri)}
    root = etree.Element(node.tag, nsmap=nsmap)
    waiting = [(node, root)]
    while waiting:
        source, target = waiting.pop()
        for name, value in source.attributes.items():
            if not name.startswith(f"{{{XSI}}}"):
                target.set(name, value)
        if not source.children:
            target.text = _text_of(source, keeps_long=keeps_long)
        waiting.extend((child, etree.SubElement(target, child.tag)) for child in source.children)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _text_of(node: Node, *, keeps_long: bool) -> str | None:
    if node.long is None:
        return node.text or None
    return node.long.whole().decode("utf-8") if keeps_long else None


def _uses(node: Node, uri: str) -> bool:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.tag.startswith(f"{{{uri}}}"):
            return True
        waiting.extend(each.children)
    return False
