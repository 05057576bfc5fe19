"""Elements as text, in the order of the structure table, with the fillers the schema asks for (`domain.md` 9.3).

A record hands in its children by name; the table decides their order. What a child is made of stands in the other
modules of this package. Nothing here invents a value: an absent one gives no element or an empty filler.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from opensps.certificate import Code, Identifier, Measure, OfficialTime, Text, Texts
from opensps.formats.decimals import plain
from opensps.formats.structure import ROWS, Child
from opensps.formats.times import written

Parts = dict[str, str]
"""Children of one element by name, each already text."""

_Record = TypeVar("_Record")


def _escaped(text: str) -> str:
    """Return text for an element. Replacing four signs that are hardly ever there beats a table of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(text: str) -> str:
    """Return text for an attribute in double quotes."""
    return _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _filler(child: Child) -> str:
    """Return the empty form of a child the schema forces, with what it forces in turn."""
    if child.type == "D":
        return f"<ram:{child.name}><udt:DateTimeString/></ram:{child.name}>"
    inner = (
        "".join(map(_filler, (one for one in ROWS[child.type].children if one.is_filler))) if child.type in ROWS else ""
    )
    return f"<ram:{child.name}>{inner}</ram:{child.name}>" if inner else f"<ram:{child.name}/>"


_PLANS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        row.name: tuple((child.name, _filler(child) if child.is_filler else "") for child in row.children)
        for row in ROWS.values()
    }
)
"""Row to its children in schema order, each with its filler or ""."""


def children(row: str, parts: Parts) -> str:
    """Return the children of a row in schema order; a forced child nobody wrote is a filler."""
    return "".join([parts.get(name) or filler for name, filler in _PLANS[row]])


def record(row: str, name: str, parts: Parts) -> str:
    """Return one element of a row."""
    return f"<ram:{name}>{children(row, parts)}</ram:{name}>"


def each(name: str, records: Iterable[_Record], write: Callable[[str, _Record], str]) -> str:
    """Return a repeated element."""
    return "".join([write(name, one) for one in records])


def optional(name: str, value: _Record | None, write: Callable[[str, _Record], str]) -> str:
    """Return an element that may be absent."""
    return "" if value is None else write(name, value)


def attributes(**pairs: str | None) -> str:
    """Return attributes with their leading blank; absent ones are left out."""
    return "".join([f' {name}="{_quoted(value)}"' for name, value in pairs.items() if value is not None])


def leaf(name: str, value: str | None, attached: str = "") -> str:
    """Return a leaf element, "" if there is no value."""
    return "" if value is None else f"<ram:{name}{attached}>{_escaped(value)}</ram:{name}>"


def text(name: str, value: Text | None) -> str:
    """Return a text with its language."""
    if value is None:
        return ""
    language = f' languageID="{value.language}"' if value.language is not None else ""
    return f"<ram:{name}{language}>{_escaped(value.value)}</ram:{name}>"


def texts(name: str, values: Texts) -> str:
    """Return texts in their order."""
    return "".join([text(name, value) for value in values])


def identifier(name: str, value: Identifier | None) -> str:
    """Return an identifier with its scheme."""
    if value is None:
        return ""
    attached = attributes(schemeID=value.scheme, schemeName=value.scheme_name, schemeAgencyID=value.agency)
    return leaf(name, value.value, attached)


def closed_code(name: str, value: Code | None) -> str:
    """Return a code of a closed list; the list's own attributes are fixed and not written."""
    return "" if value is None else leaf(name, value.value, attributes(name=value.name))


def open_code(name: str, value: Code | None) -> str:
    """Return an open code with the list it is of."""
    return "" if value is None else leaf(name, value.value, attributes(listID=value.list_id, name=value.name))


def moment(name: str, value: OfficialTime | None) -> str:
    """Return a date-time element."""
    if value is None:
        return ""
    return f"<ram:{name}><udt:DateTimeString>{written(value)}</udt:DateTimeString></ram:{name}>"


def measure(name: str, value: Measure | None) -> str:
    """Return a quantity with its unit."""
    return "" if value is None else leaf(name, plain(value.value), attributes(unitCode=value.unit))


def indicator(name: str, value: bool | None) -> str:
    """Return a yes or no, "" where nothing is said."""
    return "" if value is None else f"<ram:{name}><udt:Indicator>{str(value).lower()}</udt:Indicator></ram:{name}>"
