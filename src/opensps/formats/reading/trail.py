"""The walk over a document with the structure table: children by name in any order, findings and residue on the way.

Source: `domain.md` 9.1. Nothing is dropped: what has no place or does not convert becomes residue.
"""

from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from opensps.certificate import Residue
from opensps.formats.messages import read_finding
from opensps.formats.structure import ROWS
from opensps.rules import Finding

Places = dict[etree._Element, dict[etree._Element, str]]
"""Parents whose children have been counted, with the step to each child."""

Kids = dict[str, list[etree._Element]]
"""Children of one element by name; unknown ones under `STRAYS`."""

STRAYS = "?"
_IGNORED = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_MAX_TEXT = 4000


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

    def children(self, element: etree._Element, row_name: str) -> Kids:
        """Return the children of an element by name.

        A single element that comes again, and a stray attribute, go to the residue; order and fillers are judged.
        """
        row = ROWS[row_name]
        known, kids, last, is_ordered = row.by_tag, Kids(), -1, True
        for child in element:
            place = known.get(child.tag)  # type: ignore[arg-type]  # tags are strings: no comments here
            if place is None:
                kids.setdefault(STRAYS, []).append(child)
                continue
            is_ordered = is_ordered and place.index >= last
            last = place.index
            if place.name not in kids:
                kids[place.name] = [child]
            elif place.is_repeated:
                kids[place.name].append(child)
            else:
                self._second(child)
        if not is_ordered:
            self.say("READ-ORDER", self.xpath(element), element=local(element))
        if element.keys():
            self.keep_attributes(element)
        self._fillers(element, row.fillers, kids)
        return kids

    def _second(self, child: etree._Element) -> None:
        self.say("READ-SECOND-SINGLE", self.xpath(child), element=local(child))
        self.keep(child)

    def _fillers(self, element: etree._Element, fillers: tuple[str, ...], kids: Kids) -> None:
        for name in fillers:
            if name not in kids:
                rule = "READ-NO-CLASS-NAME" if name == "ClassName" else "READ-FILLER-MISSING"
                self.say(rule, self.xpath(element), element=f"{local(element)}/{name}")

    def rest(self, kids: Kids) -> None:
        """Keep every child that nobody took."""
        for stray in kids.pop(STRAYS, ()):
            self.say("READ-UNKNOWN-ELEMENT", self.xpath(stray), element=local(stray))
            self.keep(stray)
        for name in kids:
            for child in kids[name]:
                self.keep(child)

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
