"""The golden messages M1 to M11: what is sent, in this order, and which words of the receiver are right.

Source: `exchange.md` 7.4. A run is a list of steps; how they travel is not decided here. Nothing is sent, stored or
waited for: the same steps serve every channel and both directions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from opensps.certificate import Certificate
from opensps.exchange.golden import papers
from opensps.exchange.golden.papers import Papers
from opensps.formats import write_certificate
from opensps.lifecycle import TrackingInfo

_DIALECT = "ephyto"
_ISSUED, _WITHDRAWN, _SPLIT = "70", "40", "68"

DELIVERED = frozenset({TrackingInfo.DELIVERED})
REMARKED = frozenset({TrackingInfo.DELIVERED_WITH_WARNINGS})
TAKEN = DELIVERED | REMARKED
NOT_READ = frozenset({TrackingInfo.DELIVERED_NOT_READABLE, TrackingInfo.FAILED_DELIVERY})
REFUSED = frozenset({TrackingInfo.FAILED_DELIVERY})


class Golden(StrEnum):
    """The golden messages by number."""

    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    M7 = "M7"
    M8 = "M8"
    M9 = "M9"
    M10 = "M10"
    M11 = "M11"


TITLES = {
    Golden.M1: "A valid certificate",
    Golden.M2: "A certificate with something to remark",
    Golden.M3: "A certificate without a mandatory field",
    Golden.M4: "The same certificate a second time",
    Golden.M5: "The third version before the second",
    Golden.M6: "A withdrawal",
    Golden.M7: "A replacement, in either order",
    Golden.M8: "A certificate split in two",
    Golden.M9: "A certificate above the agreed size, then one below",
    Golden.M10: "A certificate for somebody else",
    Golden.M11: "A certificate changed after it was signed",
}
"""English sentences; translated where they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One envelope of the conversation."""

    golden: Golden
    part: str
    """``a``, ``b`` ... within its golden message."""

    type_code: str
    status_code: str
    number: str
    version: int
    content: bytes
    signature: bytes | None
    """Detached seal of the content, where the channel has a place for it."""

    expected: frozenset[TrackingInfo]
    """Any of these words is right."""

    needs_signature: bool = False
    """Says nothing on a channel that carries no signature, and is not sent there."""

    @property
    def name(self) -> str:
        """Return the step as people speak of it: ``M7b``."""
        return f"{self.golden}{self.part}"


Sign = Callable[[bytes], bytes]
"""XML -> detached seal."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Builds the steps of one run."""

    papers: Papers
    sign: Sign
    other_country: str
    """Of neither side, ISO 3166-1 alpha-2."""

    size_limit: int
    """Octets of a whole certificate that the receiver agreed to."""

    def steps(self) -> Iterator[Step]:
        """Yield the steps in the order in which they are sent; the oversized one is made last of all."""
        clean = self.papers.paper(1)
        yield self._step(Golden.M1, clean)
        yield self._step(Golden.M2, papers.with_undated_treatment(self.papers.paper(2)), expected=REMARKED)
        yield self._step(Golden.M3, papers.without_species(self.papers.paper(3)), expected=REMARKED | REFUSED)
        yield self._step(Golden.M4, clean)
        yield from self._out_of_order()
        yield self._step(Golden.M6, papers.with_status(clean, _WITHDRAWN), version=2)
        yield from self._replaced()
        yield from self._split()
        yield from self._oversize()
        yield self._step(Golden.M10, papers.for_country(self.papers.paper(14), self.other_country), expected=NOT_READ)
        yield self._tampered()

    def _out_of_order(self) -> Iterator[Step]:
        third = replace(self.papers, at=self.papers.at + timedelta(seconds=2)).paper(4, weight="1300")
        second = replace(self.papers, at=self.papers.at + timedelta(seconds=1)).paper(4, weight="1200")
        yield self._step(Golden.M5, third, part="a", version=3, expected=TAKEN)
        yield self._step(Golden.M5, second, part="b", version=2, expected=TAKEN)

    def _replaced(self) -> Iterator[Step]:
        later = replace(self.papers, at=self.papers.at + timedelta(seconds=1))
        old, new = self.papers.paper(5), later.paper(6)
        successor = papers.instead_of(new, old, reason="Test of a replacement")
        yield self._step(Golden.M7, old, part="a")
        yield self._step(Golden.M7, successor, part="b")
        yield self._step(Golden.M7, papers.with_status(old, _WITHDRAWN), part="c", version=2)
        old, new = self.papers.paper(7), later.paper(8)
        yield self._step(Golden.M7, papers.with_status(old, _WITHDRAWN), part="d", version=2, expected=TAKEN)
        yield self._step(Golden.M7, papers.instead_of(new, old, reason="Test, the other way round"), part="e")

    def _split(self) -> Iterator[Step]:
        parent = self.papers.paper(9)
        yield self._step(Golden.M8, parent, part="a")
        yield self._step(Golden.M8, papers.child_of(self.papers.paper(10, weight="600"), parent), part="b")
        yield self._step(Golden.M8, papers.child_of(self.papers.paper(11, weight="400"), parent), part="c")
        yield self._step(Golden.M8, papers.with_status(parent, _SPLIT), part="d", version=2, expected=TAKEN)

    def _oversize(self) -> Iterator[Step]:
        """The file alone is as large as a whole certificate may be; base64 and the rest come on top."""
        large = papers.with_attachment(self.papers.paper(12), b"%PDF-1.7\n" + b"0" * self.size_limit)
        yield self._step(Golden.M9, large, part="a", expected=NOT_READ)
        yield self._step(Golden.M9, self.papers.paper(13), part="b")

    def _tampered(self) -> Step:
        """One digit of the weight changes after the signature; everything else is as it should be."""
        step = self._step(Golden.M11, self.papers.paper(15, weight="1000"), expected=NOT_READ)
        content = step.content.replace(b">1000<", b">9000<", 1)
        return replace(step, content=content, needs_signature=True)

    def _step(
        self,
        golden: Golden,
        paper: Certificate,
        *,
        part: str = "",
        version: int = 1,
        expected: frozenset[TrackingInfo] = DELIVERED,
    ) -> Step:
        document = paper.exchanged_document
        content = write_certificate(paper, dialect=_DIALECT)
        return Step(
            golden=golden,
            part=part,
            type_code=document.type_code,
            status_code=document.status_code,
            number=str(document.number),
            version=version,
            content=content,
            signature=self.sign(content),
            expected=expected,
        )
