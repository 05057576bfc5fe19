"""Elements as text, in the order of the structure table, with the fillers the schema asks for (`domain.md` 9.3).

A record hands in its children by name; the table decides their order. What a child is made of stands in the other
modules of this package. Nothing here invents a value: an absent one gives no element or an empty filler. What differs
between dialects is in the pen.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from opensps.certificate import Code, Identifier, Measure, OfficialTime, Text, Texts
from opensps.formats.decimals import plain
from opensps.formats.dialects import Dialect
from opensps.formats.dialects import dialect as row_of
from opensps.formats.reading.leaves import NULL
from opensps.formats.structure import ROWS, Child
from opensps.formats.times import written

Parts = dict[str, str]
"""Children of one element by name, each already text."""

Plans = Mapping[str, tuple[tuple[str, str], ...]]
"""Row to its children in schema order, each with its filler or ""."""

_Record = TypeVar("_Record")

_TYPED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?\Z", re.ASCII
)
"""What an xs:dateTime is; anything else is a string."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What one dialect writes differently."""

    dialect: Dialect
    plans: Plans

    def moment(self, name: str, value: OfficialTime | None) -> str:
        """Return a date-time element: typed in the coded dialects, where the time is a whole one."""
        if value is None:
            return ""
        said = written(value)
        kind = "DateTime" if self.dialect.is_coded and _TYPED.match(said) else "DateTimeString"
        return f"<ram:{name}><udt:{kind}>{said}</udt:{kind}></ram:{name}>"

    def children(self, row: str, parts: Parts) -> str:
        """Return the children of a row in schema order; a forced child nobody wrote is a filler."""
        get = parts.get
        return "".join([get(name) or filler for name, filler in self.plans[row]])

    def record(self, row: str, name: str, parts: Parts) -> str:
        """Return one element of a row."""
        get = parts.get
        inner = "".join([get(child) or filler for child, filler in self.plans[row]])
        return f"<ram:{name}>{inner}</ram:{name}>"

    def each(self, name: str, records: Iterable[_Record], write: Callable[["Pen", str, _Record], str]) -> str:
        """Return a repeated element."""
        return "".join([write(self, name, one) for one in records]) if records else ""

    def optional(self, name: str, value: _Record | None, write: Callable[["Pen", str, _Record], str]) -> str:
        """Return an element that may be absent."""
        return "" if value is None else write(self, name, value)


@cache
def pen_of(name: str) -> Pen:
    """Return the pen of a dialect; raise `FormatError` for one we do not write."""
    row = row_of(name)
    return Pen(row, MappingProxyType({one: _plan(row, one) for one in ROWS}))


def _plan(dialect: Dialect, row: str) -> tuple[tuple[str, str], ...]:
    children = ROWS[row].children
    return tuple((child.name, _filler(dialect, row, child) if child.is_filler else "") for child in children)


def _filler(dialect: Dialect, row: str, child: Child) -> str:
    """Return the empty form of a child the schema forces, with what it forces in turn."""
    own = f"{row}/{child.name}"
    if own in dialect.unwritten:
        return ""
    if own in dialect.null_fillers:
        return f"<ram:{child.name}><ram:Name>{NULL}</ram:Name></ram:{child.name}>"
    if child.type == "D":
        return f"<ram:{child.name}><udt:DateTimeString/></ram:{child.name}>"
    inner = "".join([filler for _, filler in _plan(dialect, child.type)]) if child.type in ROWS else ""
    return f"<ram:{child.name}>{inner}</ram:{child.name}>" if inner else f"<ram:{child.name}/>"


def _escaped(text: str) -> str:
    """Return text for an element. Replacing four signs that are hardly ever there beats a table of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(text: str) -> str:
    """Return text for an attribute in double quotes."""
    return _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


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
    if value.language is None:
        return f"<ram:{name}>{_escaped(value.value)}</ram:{name}>"
    return f'<ram:{name} languageID="{value.language}">{_escaped(value.value)}</ram:{name}>'


def texts(name: str, values: Texts) -> str:
    """Return texts in their order."""
    return "".join([text(name, value) for value in values]) if values else ""


def identifier(name: str, value: Identifier | None) -> str:
    """Return an identifier with its scheme."""
    if value is None:
        return ""
    attached = attributes(schemeID=value.scheme, schemeName=value.scheme_name, schemeAgencyID=value.agency)
    return leaf(name, value.value, attached)


def identifiers(name: str, values: Iterable[Identifier]) -> str:
    """Return identifiers in their order."""
    return "".join([identifier(name, one) for one in values])


def closed_code(name: str, value: Code | None) -> str:
    """Return a code of a closed list; the list's own attributes are fixed and not written."""
    if value is None:
        return ""
    return leaf(name, value.value, "" if value.name is None else attributes(name=value.name))


def open_code(name: str, value: Code | None) -> str:
    """Return an open code with the list it is of."""
    return "" if value is None else leaf(name, value.value, attributes(listID=value.list_id, name=value.name))


def open_codes(name: str, values: Iterable[Code]) -> str:
    """Return open codes in their order."""
    return "".join([open_code(name, one) for one in values])


def measure(name: str, value: Measure | None) -> str:
    """Return a quantity with its unit."""
    if value is None:
        return ""
    unit = "" if value.unit is None else f' unitCode="{_quoted(value.unit)}"'
    return f"<ram:{name}{unit}>{plain(value.value)}</ram:{name}>"


def indicator(name: str, value: bool | None) -> str:
    """Return a yes or no, "" where nothing is said."""
    return "" if value is None else f"<ram:{name}><udt:Indicator>{str(value).lower()}</udt:Indicator></ram:{name}>"
