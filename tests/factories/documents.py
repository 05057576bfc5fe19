"""Documents made from the structure table itself, right and wrong: what any program that knows D17A may send.

A `Maker` with the same seed makes the same documents. `document` follows the table, with every choice it leaves open
taken at random; `mutated` then breaks or bends one to three places. Fast enough for tens of thousands.
"""

import random
from collections.abc import Callable, Mapping
from copy import deepcopy

from lxml import etree

from opensps import codes
from opensps.formats.structure import ATTRIBUTES, LIST_IDS, RAM, ROOTS, ROWS, RSM, UDT, Child

DEEPEST = 6
"""Rows within rows; below, only what is required is written."""

NAMES: Mapping[str | None, str] = {"rsm": RSM, "ram": RAM, "udt": UDT}
WORDS = (
    "",
    "NULL",
    "Fresh garlic",
    "Allium sativum",
    "大蒜",
    "a & b < c",
    "  two  blanks ",
    "0",
    "-1.50",
    "\u202e",
    "é",
)
TOKENS = ("", "1", "ABC", "XA-2026-1", "NLRTM", "070320", "a b")
DECIMALS = ("0", "24000", "24000.0000", "-1", ".5", "+7.", "00012", " 12 ")
MOMENTS = ("2026-07-03T10:30:00+05:30", "2026-07-03T10:30:00Z", "2026-07-03T10:30:00", "2026-07-03T24:00:00")
DAYS = ("2026-07-03", "2026-07-03Z", "2026-07-03+05:30", *MOMENTS)
BINARIES = ("", "JVBERi0x", "JVBE Ri0x", "AA==")
WRONG = ("", " ", "X", "xx", "ZZZ", "851x", "2026-13-01", "1e3", "NaN", "INF", "12,5", "J", "maybe", "LK", "lk", "True")
"""Contents that fit some types and not others."""

Change = Callable[[etree._Element, "Maker"], None]


class Maker(random.Random):
    """Chance with a seed, and the documents that come of it."""

    def document(self, root: str, *, fullness: float = 0.15) -> etree._Element:
        """Return a document that follows the table; `fullness` is the chance of an element that may be left out."""
        made = etree.Element(root, nsmap=NAMES)
        for name, row in ROOTS[root].items():
            child = etree.SubElement(made, f"{{{etree.QName(root).namespace}}}{name}")
            self._fill(child, row, 0, fullness)
        return made

    def _fill(self, element: etree._Element, row: str, depth: int, fullness: float) -> None:
        for child in ROWS[row].children:
            for _ in range(self._how_many(child, depth, fullness)):
                made = etree.SubElement(element, child.tag)
                if child.type in ROWS:
                    self._fill(made, child.type, depth + 1, fullness)
                else:
                    self._leaf(made, child.type)

    def _how_many(self, child: Child, depth: int, fullness: float) -> int:
        least, most = int(child.is_required), 3 if child.is_repeated else 1
        if depth >= DEEPEST or self.random() > fullness:
            return least
        return self.randint(max(least, 1), most)

    def _leaf(self, element: etree._Element, kind: str) -> None:
        if kind in {"D", "X"}:
            self._choice(element, kind)
            return
        element.text = self._content(kind)
        for name in ATTRIBUTES.get(kind, ATTRIBUTES.get(kind[0], ())):
            if self.random() < 0.1 and name not in FIXED:
                element.set(name, self.choice(("en", "KGM", "x", "un_locode")))

    def _choice(self, element: etree._Element, kind: str) -> None:
        """Write the one child of a date-time or an indicator."""
        name, contents = self.choice(CHOICES[kind])
        child = etree.SubElement(element, f"{{{UDT}}}{name}")
        child.text = self.choice(contents)
        if name.endswith("String") and self.random() < 0.2:
            child.set("format", "205")

    def _content(self, kind: str) -> str:
        if kind in LIST_IDS:
            return self.choice(LISTED[kind])
        return self.choice(CONTENTS[kind])

    def mutated(self, root: etree._Element) -> etree._Element:
        """Return a copy with one to three places changed."""
        made = deepcopy(root)
        for _ in range(self.choice((1, 1, 2, 3))):
            places = [each for each in made.iter() if each is not made]
            if places:
                self.choice(CHANGES)(self.choice(places), self)
        return made


FIXED = frozenset({"listID", "listAgencyID", "listVersionID", "schemeVersionID", "schemeAgencyID"})
"""Attributes whose values D17A fixes on closed codes: best not written (`domain.md` 3.2)."""

CHOICES = {
    "D": (("DateTimeString", WORDS + MOMENTS), ("DateTime", MOMENTS)),
    "X": (("IndicatorString", WORDS), ("Indicator", ("true", "false", "0", "1"))),
}
CONTENTS = {"T": WORDS, "I": TOKENS, "C": TOKENS, "M": DECIMALS, "Q": DECIMALS, "N": DECIMALS, "B": BINARIES, "P": DAYS}
LISTED = {
    kind: sorted(
        code
        for code, entry in codes.shipped(list_id).entries.items()
        if not entry.withdrawn and not (list_id == "iso_3166_1" and entry.group)
    )
    for kind, list_id in LIST_IDS.items()
}


def _content(element: etree._Element, maker: Maker) -> None:
    element.text = maker.choice(WRONG)


def _drop(element: etree._Element, _maker: Maker) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _twice(element: etree._Element, _maker: Maker) -> None:
    element.addnext(deepcopy(element))


def _swap(element: etree._Element, _maker: Maker) -> None:
    after = element.getnext()
    if after is not None:
        after.addnext(element)


def _rename(element: etree._Element, maker: Maker) -> None:
    element.tag = maker.choice((f"{{{RAM}}}Unknown", f"{{{RAM}}}ID", f"{{{RAM}}}Name", f"{{{UDT}}}DateTime", "ID"))


def _strange_child(element: etree._Element, maker: Maker) -> None:
    child = etree.SubElement(element, maker.choice((f"{{{RAM}}}Name", f"{{{UDT}}}DateTime", "{urn:other}x")))
    child.text = maker.choice(WORDS)


def _empty(element: etree._Element, _maker: Maker) -> None:
    del element[:]
    element.text = None


def _attribute(element: etree._Element, maker: Maker) -> None:
    names = ("languageID", "schemeID", "listID", "listAgencyID", "name", "unitCode", "format", "filename", "unknown")
    element.set(maker.choice(names), maker.choice(("en", "6", "x", "")))


def _loose_text(element: etree._Element, maker: Maker) -> None:
    element.tail = maker.choice(("loose", " ", "\n"))


def _code(element: etree._Element, maker: Maker) -> None:
    element.text = maker.choice(LISTED[maker.choice(sorted(LISTED))])


def _blanks(element: etree._Element, _maker: Maker) -> None:
    element.text = f"\n {element.text or ''} "


CHANGES: tuple[Change, ...] = (
    *(_content, _drop, _twice, _swap, _rename, _strange_child, _empty, _attribute, _loose_text, _code, _blanks),
)
