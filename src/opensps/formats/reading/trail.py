"""The walk over a document with the structure table: children by name in any order, findings and residue on the way.

Source: `domain.md` 9.1. Nothing is dropped: what has no place or does not convert becomes residue.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from opensps.certificate import Residue
from opensps.formats.messages import read_finding
from opensps.formats.structure import RAM, ROWS
from opensps.rules import Finding

Places = dict[etree._Element, dict[etree._Element, str]]
"""Parents whose children have been counted, with the step to each child."""

Elements = Sequence[etree._Element]
Reader = Callable[["Trail", Elements, str], Any]
"""Takes the elements of one name, never none, and the path of their field; gives the field's value."""

_IGNORED = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_MAX_TEXT = 4000

NOTHING: tuple[()] = ()
"""An empty list; there is only one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child belongs: its place in the schema's order, its field, and what reads it."""

    index: int
    is_repeated: bool
    field: str = ""
    read: Reader | None = None
    is_guest: bool = False
    """Not of the row, but seen there; it has no place in the order."""

    step: str = ""
    """The field in paths, without the underscore of what is worked on further."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the children of one row are read."""

    places: Mapping[str, Place]
    fillers: tuple[tuple[str, str], ...]
    """Tag and name of the children the schema forces."""


def plan(row_name: str, fields: Mapping[str, tuple[str, Reader]], **guests: tuple[str, Reader]) -> Plan:
    """Return how a row is read: child name to field and reader. Children of the row not named become residue."""
    row = ROWS[row_name]
    places = {}
    for child in row.children:
        name, read = fields.get(child.name, ("", None))
        places[child.tag] = Place(child.index, child.is_repeated, name, read, step=name.lstrip("_"))
    for guest, (name, read) in guests.items():
        places[f"{{{RAM}}}{guest}"] = Place(-1, True, name, read, is_guest=True, step=name.lstrip("_"))
    return Plan(places, tuple((child.tag, child.name) for child in row.children if child.is_filler))


@dataclass(slots=True)
class Trail:
    """What has been found on the way through one document."""

    extra_countries: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    residue: list[Residue] = field(default_factory=list)
    places: Places = field(default_factory=dict)

    def xpath(self, element: etree._Element) -> str:
        """Return the path of an element, counting the children of each parent once."""
        return xpath(element, self.places)

    def say(self, rule: str, path: str, **params: str) -> None:
        """Add the finding of a named case at a path of the value model, or at an XPath."""
        self.findings.append(read_finding(rule, path, params))

    def record(self, element: etree._Element, plan: Plan, path: str) -> dict[str, Any]:
        """Return what the children of an element say, by field; fields that say nothing are left out.

        Children come in any order. A single one that comes again, strays, attributes and children without a field
        go to the residue; order and fillers are judged.
        """
        found, strays, is_ordered = self._grouped(element, plan.places)
        if not is_ordered:
            self.say("READ-ORDER", self.xpath(element), element=local(element))
        if element.keys():
            self.keep_attributes(element)
        for tag, name in plan.fillers:
            if tag not in found:
                self._filler(element, name)
        if strays:
            self._strays(strays)
        return self._values(found, plan, path)

    def _grouped(
        self, element: etree._Element, places: Mapping[str, Place]
    ) -> tuple[dict[str, list[etree._Element]], list[etree._Element], bool]:
        """Return children by tag, strays, and whether they stand in the schema's order."""
        found: dict[str, list[etree._Element]] = {}
        strays, last, is_ordered = [], -1, True
        for child in element:
            tag: Any = child.tag
            place = places.get(tag)
            if place is None:
                strays.append(child)
                continue
            if place.index < last:
                is_ordered = is_ordered and place.is_guest
            else:
                last = place.index
            group = found.get(tag)
            if group is None:
                found[tag] = [child]
            elif place.is_repeated:
                group.append(child)
            else:
                self._second(child)
        return found, strays, is_ordered

    def _values(self, found: dict[str, list[etree._Element]], plan: Plan, path: str) -> dict[str, Any]:
        values = {}
        for tag, elements in found.items():
            place = plan.places[tag]
            if place.read is None:
                for element in elements:
                    self.keep(element)
                continue
            value = place.read(self, elements, f"{path}.{place.step}")
            if value is not None and value is not NOTHING:
                values[place.field] = value
        return values

    def _second(self, child: etree._Element) -> None:
        self.say("READ-SECOND-SINGLE", self.xpath(child), element=local(child))
        self.keep(child)

    def _filler(self, element: etree._Element, name: str) -> None:
        rule = "READ-NO-CLASS-NAME" if name == "ClassName" else "READ-FILLER-MISSING"
        self.say(rule, self.xpath(element), element=f"{local(element)}/{name}")

    def _strays(self, strays: Iterable[etree._Element]) -> None:
        for stray in strays:
            self.say("READ-UNKNOWN-ELEMENT", self.xpath(stray), element=local(stray))
            self.keep(stray)

    def keep(self, element: etree._Element) -> None:
        """Put an element's texts and attributes, and all below it, into the residue."""
        for part in element.iter():
            text = (part.text or "").strip()
            if text:
                self.residue.append(Residue(self.xpath(part), text[:_MAX_TEXT]))
            self.keep_attributes(part)

    def keep_attributes(self, element: etree._Element, *taken: str) -> None:
        """Put the attributes nobody took into the residue; where a schema may be found is not content."""
        for name, text in element.items():
            if name not in taken and name != _IGNORED and text.strip():
                self.residue.append(Residue(f"{self.xpath(element)}/@{local_name(name)}", text.strip()[:_MAX_TEXT]))

    def not_converted(self, element: etree._Element, path: str) -> None:
        """Keep an element whose content does not convert, and say so."""
        text = " ".join("".join(element.itertext()).split())
        self.say("READ-NOT-CONVERTED", path, element=local(element), text=text[:80])
        self.keep(element)


def local(element: etree._Element) -> str:
    """Return the local name of an element."""
    return local_name(str(element.tag))


def local_name(name: str) -> str:
    """Return a name in Clark notation without its namespace."""
    return name.rsplit("}", 1)[-1]


def xpath(element: etree._Element, places: Places | None = None) -> str:
    """Return the path of an element by local names, counted where a name repeats: /SPSCertificate/.../Note[2].

    `places` remembers what was counted; without it every call counts anew.
    """
    known = {} if places is None else places
    steps = []
    parent = element.getparent()
    while parent is not None:
        if parent not in known:
            known[parent] = _counted(parent)
        steps.append(known[parent][element])
        element, parent = parent, parent.getparent()
    return "/" + "/".join([local(element), *reversed(steps)])


def _counted(parent: etree._Element) -> dict[etree._Element, str]:
    """Return the step to each child, counted where its name repeats."""
    totals = Counter(child.tag for child in parent)
    seen: Counter[object] = Counter()
    steps = {}
    for child in parent:
        seen[child.tag] += 1
        steps[child] = f"{local(child)}[{seen[child.tag]}]" if totals[child.tag] > 1 else local(child)
    return steps
