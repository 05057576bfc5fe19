"""The walk over a document with the structure table: children by name in any order, findings and residue on the way.

Source: `domain.md` 9.1. Nothing is dropped: what has no place or does not convert becomes residue. A path is a chain
of steps and becomes text only when a finding is said: most documents say few.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from opensps.certificate import Residue, Totals
from opensps.formats.messages import read_finding
from opensps.formats.structure import RAM, ROWS
from opensps.rules import Finding

Places = dict[etree._Element, dict[etree._Element, str]]
"""Parents whose children have been counted, with the step to each child."""

Path = tuple[Any, str | int]
"""The path before or ``None``, and one step: ".number" or an index."""

Elements = list[etree._Element]
Reader = Callable[["Trail", etree._Element, Path], Any]
"""Takes one element and the path of its value; gives the value, ``None`` if the element says nothing."""

_IGNORED = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_MAX_TEXT = 4000


def start(name: str) -> Path:
    """Return a path of one step."""
    return (None, name)


def words(path: Path) -> str:
    """Return a path as text: `consignment.items[0].trade_line_items[1].packages`."""
    steps = []
    rest: Path | None = path
    while rest is not None:
        rest, step = rest
        steps.append(f"[{step}]" if isinstance(step, int) else step)
    return "".join(reversed(steps)).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Flat:
    """The reader of a repeated element that may say several things, each of them one of its field."""

    read: Reader


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child belongs: its place in the schema's order, its field, and what reads it."""

    bit: int
    """One bit by its place in the order; 0 for a guest, which is not of the row but seen there."""

    is_repeated: bool
    field: str = ""
    read: Reader | None = None
    step: str = ""
    """The field in paths, without the underscore of what is worked on further."""

    is_flat: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the children of one row are read."""

    places: Mapping[str, Place]
    fillers: int
    """The bits of the children the schema forces."""

    names: Mapping[int, str]
    """Name of each forced child by its bit."""


def plan(row_name: str, fields: Mapping[str, tuple[str, Reader | Flat]], **guests: tuple[str, Reader]) -> Plan:
    """Return how a row is read: child name to field and reader. Children of the row not named become residue."""
    row = ROWS[row_name]
    places = {
        child.tag: _place(1 << child.index, fields.get(child.name, ("", None)), is_repeated=child.is_repeated)
        for child in row.children
    }
    places |= {f"{{{RAM}}}{guest}": _place(0, given, is_repeated=True) for guest, given in guests.items()}
    names = {1 << child.index: child.name for child in row.children if child.is_filler}
    return Plan(places, sum(names), names)


def _place(bit: int, given: tuple[str, Reader | Flat | None], *, is_repeated: bool) -> Place:
    name, read = given
    inner = read.read if isinstance(read, Flat) else read
    return Place(bit, is_repeated, name, inner, "." + name.lstrip("_"), isinstance(read, Flat))


@dataclass(slots=True)
class Trail:
    """What has been found on the way through one document."""

    extra_countries: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    residue: list[Residue] = field(default_factory=list)
    places: Places = field(default_factory=dict)
    totals: Totals | None = None
    """What the line of totals says; it is no line of goods."""

    traced: dict[str, etree._Element] | None = None
    """Path to the element it was read from, where somebody asks for it."""

    def xpath(self, element: etree._Element) -> str:
        """Return the path of an element, counting the children of each parent once."""
        return xpath(element, self.places)

    def say(self, rule: str, path: Path | str, **params: str) -> None:
        """Add the finding of a named case at a path of the value model, or at an XPath."""
        self.findings.append(read_finding(rule, path if isinstance(path, str) else words(path), params))

    def trace(self, path: Path, element: etree._Element) -> None:
        """Remember from which element a value was read, where somebody asked for it."""
        if self.traced is not None:
            self.traced.setdefault(words(path), element)

    def record(  # noqa: C901  the one loop every element of a document goes through, kept without calls
        self, element: etree._Element, plan: Plan, path: Path
    ) -> dict[str, Any]:
        """Return what the children of an element say, by field; fields that say nothing are left out.

        Children come in any order. A single one that comes again, strays, attributes and children without a field
        go to the residue; order and fillers are judged.
        """
        if self.traced is not None:
            self.trace(path, element)
        if element.keys():
            self.keep_attributes(element)
        values: dict[str, Any] = {}
        several: dict[str, list[Any]] = {}
        places, seen, last, is_ordered = plan.places, 0, 0, True
        for child in element:
            place = places.get(child.tag)  # type: ignore[arg-type]  # lxml: a tag is text, comments are gone
            if place is None:
                self._stray(child)
                continue
            bit = place.bit
            if bit >= last:
                last = bit
            elif bit:
                is_ordered = False
            if place.is_repeated:
                self._one_of_several(child, place, path, several)
            elif seen & bit:
                self._second(child)
            else:
                self._single(child, place, path, values)
            seen |= bit
        if not is_ordered:
            self.say("READ-ORDER", self.xpath(element), element=local(element))
        missing = plan.fillers & ~seen
        if missing:
            self._missing(element, plan, missing)
        for name, said in several.items():
            values[name] = tuple(said)
        return values

    def _single(self, child: etree._Element, place: Place, path: Path, values: dict[str, Any]) -> None:
        read = place.read
        if read is None:
            self.keep(child)
            return
        inner = (path, place.step)
        if self.traced is not None:
            self.trace(inner, child)
        value = read(self, child, inner)
        if value is not None:
            values[place.field] = value

    def _one_of_several(self, child: etree._Element, place: Place, path: Path, several: dict[str, list[Any]]) -> None:
        read = place.read
        if read is None:
            self.keep(child)
            return
        said = several.get(place.field)
        if said is None:
            said = several[place.field] = []
        inner = ((path, place.step), len(said))
        if self.traced is not None:
            self.trace(inner, child)
        value = read(self, child, inner)
        if place.is_flat:
            said.extend(value)
        elif value is not None:
            said.append(value)

    def _second(self, child: etree._Element) -> None:
        self.say("READ-SECOND-SINGLE", self.xpath(child), element=local(child))
        self.keep(child)

    def _missing(self, element: etree._Element, plan: Plan, missing: int) -> None:
        for bit, name in plan.names.items():
            if bit & missing:
                rule = "READ-NO-CLASS-NAME" if name == "ClassName" else "READ-FILLER-MISSING"
                self.say(rule, self.xpath(element), element=f"{local(element)}/{name}")

    def _stray(self, stray: etree._Element) -> None:
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

    def not_converted(self, element: etree._Element, path: Path) -> None:
        """Keep an element whose content does not convert, and say so."""
        text = " ".join("".join(element.itertext()).split())
        self.say("READ-NOT-CONVERTED", path, element=local(element), text=text[:80])
        self.keep(element)


def keep_all(trail: Trail, elements: Iterable[etree._Element]) -> None:
    """Put several elements into the residue."""
    for element in elements:
        trail.keep(element)


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
