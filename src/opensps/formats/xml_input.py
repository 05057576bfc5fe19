"""The one safe XML parser of the house: no DTD, no entities, no network, limits before trust (`reliability.md` 3.1).

Sealed input is read strictly: UTF-8, and not one comment, processing instruction or CDATA section, because `.text`
stops at a comment that canonicalisation ignores. Unsealed input may hold them; they are taken out and reported.
It does not say whether the content is a certificate.

Codes of the `FormatError` raised here: too_large, encoding, dtd, comment, pi, cdata, limits, relative_namespace,
root, not_well_formed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from opensps.formats.errors import FormatError
from opensps.formats.xml_prepass import MAX_DEPTH, MAX_NODES, MAX_PER_ELEMENT, UNDECLARED_PREFIX, Noticed, look_through

MAX_BYTES = 10 * 1024 * 1024
MAX_OPENINGS = 100_000
"""How often `<` may occur in sealed input."""

_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*['\"]([^'\"]*)['\"]\s*(?:encoding\s*=\s*['\"]([^'\"]*)['\"])?[^?<>]*\?>"
)
_NAMESPACE = re.compile(rb"xmlns(?::[^\s=]*)?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BOM = b"\xef\xbb\xbf"
_FORBIDDEN = ((b"<!--", "comment"), (b"<![CDATA[", "cdata"), (b"<!", "dtd"))
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "latin-1", "us-ascii", "ascii"}
)

_too_deep = etree.XPath("boolean(/*" + "/*" * MAX_DEPTH + ")")
_too_many_nodes = etree.XPath(f"count(//node()) > {MAX_NODES}")
_too_many_attributes = etree.XPath(f"boolean(/descendant::*/@*[{MAX_PER_ELEMENT + 1}])")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read as unsealed input, with what a sealed one may not hold and where it stood."""

    root: etree._Element
    noticed: tuple[Noticed, ...]


def parse(data: bytes, *, sealed: bool, root: str | Iterable[str] | None = None) -> etree._Element:
    """Return the root element of a document within the limits.

    `root`, one name or several in Clark notation, refuses any other root element. Raises `FormatError`.
    """
    if not sealed:
        return parse_noting(data, root=root).root
    _check_size(data)
    _scan_sealed(data)
    element = _built(data)
    _check_namespaces(data, element)
    _check_tree(data, element)
    _check_root(element, root)
    return element


def parse_noting(data: bytes, *, root: str | Iterable[str] | None = None) -> Parsed:
    """Return an unsealed document without its comments, instructions and CDATA marks, and what was there.

    Raises `FormatError`.
    """
    _check_size(data)
    _check_encoding(data)
    _check_openings(data)
    noticed = look_through(data)
    element = _built(data)
    _check_crowds(element, data)
    _check_tree(data, element)
    _check_root(element, root)
    return Parsed(element, noticed)


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FormatError("too_large", detail=f"{len(data)} bytes, at most {MAX_BYTES}")
    if not data.strip(b" \t\r\n\0"):
        raise FormatError("not_well_formed", detail="empty")


def _scan_sealed(data: bytes) -> None:
    """Refuse by bytes alone what a sealed document may not hold."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    if data[start : start + 6].rstrip() == b"<?xml":
        found = _DECLARATION.match(data, start)
        if found is None:
            raise FormatError("not_well_formed", line=1, detail="the XML declaration cannot be read")
        _check_declaration(found[1], found[2], ("utf-8", "utf8"))
        start = found.end()
    elif data[start : start + 2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}:
        raise FormatError("encoding", line=1, detail="sealed documents are UTF-8")
    _refuse_marks(data, start)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError("encoding", line=_line(data, error.start), detail="not UTF-8") from None
    _check_openings(data)


def _check_openings(data: bytes) -> None:
    if data.count(b"<") > MAX_OPENINGS:
        raise FormatError("limits", detail=f"more than {MAX_OPENINGS} tags")


def _refuse_marks(data: bytes, start: int) -> None:
    for mark, code in _FORBIDDEN:
        at = data.find(mark, start)
        if at >= 0:
            raise FormatError(code, line=_line(data, at), detail="not allowed in a sealed document")
    at = data.find(b"<?", start)
    if at >= 0:
        raise FormatError("pi", line=_line(data, at), detail="not allowed in a sealed document")


def _check_declaration(version: bytes, encoding: bytes | None, allowed: Iterable[str]) -> None:
    if version != b"1.0":
        raise FormatError("not_well_formed", line=1, detail="only XML 1.0 is read")
    if encoding is not None and encoding.decode("ascii", "replace").lower() not in allowed:
        raise FormatError("encoding", line=1, detail="this encoding is not read")


def _check_encoding(data: bytes) -> None:
    """Refuse a declared encoding or version we do not read; UTF-16 is folded to look at its declaration."""
    head = data[:4096].replace(b"\0", b"").removeprefix(_BOM).removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    found = _DECLARATION.match(head)
    if found is not None:
        _check_declaration(found[1], found[2], _ENCODINGS)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _built(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None


def _refusal(error: etree.XMLSyntaxError) -> FormatError:
    codes = etree.ErrorTypes
    line = error.lineno or 0
    if error.code == codes.NS_ERR_UNDEFINED_NAMESPACE:
        return FormatError("not_well_formed", line=line, detail=UNDECLARED_PREFIX)
    if error.code in {codes.ERR_NAME_TOO_LONG, codes.ERR_RESOURCE_LIMIT}:
        return FormatError("limits", line=line, detail=error.msg or "")
    return FormatError("not_well_formed", line=line, detail=error.msg or "")


def _check_namespaces(data: bytes, root: etree._Element) -> None:
    """Refuse a relative namespace name, which canonicalisation cannot handle, and crowds of declarations.

    The bytes are asked first; only a doubtful answer is worth a walk over the tree.
    """
    names = {double or single for double, single in _NAMESPACE.findall(data)}
    if any(name and not _ABSOLUTE.match(name.decode("utf-8")) for name in names):
        for _, item in etree.iterwalk(root, events=("start-ns",)):
            if isinstance(item, tuple) and item[1] and not _ABSOLUTE.match(item[1]):
                raise FormatError("relative_namespace", detail=item[1][:80])
    _check_crowds(root, data)


def _check_crowds(root: etree._Element, data: bytes) -> None:
    """Refuse crowds of namespace declarations on one element."""
    if data.replace(b"\0", b"").count(b"xmlns") <= MAX_PER_ELEMENT:
        return
    count = 0
    for event, _ in etree.iterwalk(root, events=("start-ns", "start")):
        count = count + 1 if event == "start-ns" else 0
        if count > MAX_PER_ELEMENT:
            raise FormatError("limits", detail=f"more than {MAX_PER_ELEMENT} namespaces on one element")


def _check_tree(data: bytes, root: etree._Element) -> None:
    """Count depth, nodes and attributes, each only where the bytes leave a doubt."""
    tree = root.getroottree()
    if _too_deep(tree):
        raise FormatError("limits", detail=f"nested deeper than {MAX_DEPTH}")
    if data.count(b"<") * 2 > MAX_NODES and _too_many_nodes(tree):
        raise FormatError("limits", detail=f"more than {MAX_NODES} nodes")
    if data.count(b"=") > MAX_PER_ELEMENT and _too_many_attributes(tree):
        raise FormatError("limits", detail=f"more than {MAX_PER_ELEMENT} attributes on one element")


def _check_root(element: etree._Element, root: str | Iterable[str] | None) -> None:
    if root is None:
        return
    allowed = (root,) if isinstance(root, str) else tuple(root)
    if element.tag not in allowed:
        raise FormatError("root", path="/" + etree.QName(element).localname, line=element.sourceline or 0)
