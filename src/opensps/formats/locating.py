"""Where in a received document a finding points: its XPath and its line, worked out only when somebody asks.

Reading keeps no places, because most documents are only read. Asking walks the payload once more and remembers from
which element each value came. Lines count in the document the payload was parsed from: inside base64 or escaped text
they count from the start of that text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from opensps.formats.reading import Reading, traced
from opensps.formats.reading.trail import Places, local, xpath
from opensps.rules import Finding

_STEP = re.compile(r"([^\[\]]+)(?:\[([0-9]+)\])?\Z")
_LAST = re.compile(r"(?:\.[^.\[\]]+|\[[0-9]+\])\Z")
_ATTRIBUTE = re.compile(r"/@[^/]*\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document: path by local names, counted where a name repeats, and line from 1; 0 when unknown."""

    xpath: str
    line: int


def locate(reading: Reading, finding: Finding) -> Place:
    """Return where a finding about what was read stands; for many findings ask `locator` once."""
    return locator(reading)(finding)


def locator(reading: Reading) -> Callable[[Finding], Place]:
    """Return what locates the findings of one reading.

    Something that is missing is where it is missed: at the nearest element that is there.
    """
    root = reading.root
    if root is None:
        return _unreadable
    known: Places = {}
    values: dict[str, etree._Element] = {}

    def place_of(finding: Finding) -> Place:
        if not values:
            values.update(traced(root), **{"": root})
        element = _element(root, finding, values)
        return Place(xpath(element, known), element.sourceline or 0)

    return place_of


def _unreadable(finding: Finding) -> Place:
    return Place("", _line(finding))


def _line(finding: Finding) -> int:
    written = finding.params.get("line", "")
    return int(written) if written.isascii() and written.isdigit() else 0


def _element(root: etree._Element, finding: Finding, values: Mapping[str, etree._Element]) -> etree._Element:
    if finding.field.startswith("/"):
        return _by_steps(_top(root, finding.field), _ATTRIBUTE.sub("", finding.field))
    path = finding.field
    while path and path not in values:
        path = _LAST.sub("", path) if _LAST.search(path) else ""
    return values[path]


def _top(root: etree._Element, path: str) -> etree._Element:
    """Return where a path begins: at the top of the document, or at the payload where it was judged alone."""
    top = root.getroottree().getroot()
    return top if path.split("/")[1].rsplit(":", 1)[-1] == local(top) else root


def _by_steps(root: etree._Element, path: str) -> etree._Element:
    """Return the element of a path by local names, or the nearest above it; prefixes say nothing here."""
    element = root
    for step in path.split("/")[2:]:
        found = _STEP.match(step)
        name, count = (found[1].rsplit(":", 1)[-1], int(found[2] or 1)) if found else ("", 1)
        same = [child for child in element if name in {"*", local(child)}]
        if not 0 < count <= len(same):
            break
        element = same[count - 1]
    return element
