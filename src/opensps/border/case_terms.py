"""What cases are made of, as plain values: papers, goods, parties, harm, custody; and their words' codes. Pure.

Source: `fraud.md` 7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol

FEATURES: Final = ("template", "sheet", "stamp", "qr_address", "producer", "traces")
"""What of a paper may give its maker away."""

GOODS: Final = ("product", "quantity", "container", "place", "measure")
PARTY_PARTS: Final = ("named", "bearer", "victim")
STANDINGS: Final = ("claimed", "confirmed", "cleared")
HARMED: Final = ("authority", "exporter", "importer", "partner")
LINKING: Final = (*FEATURES, "number", "container", "party")
"""Features by which cases are linked."""

MOST_PAPERS: Final = 500
MOST_ENTRIES: Final = 2000
"""Changes of one case; looking is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPaper:
    """A paper as it comes into a case."""

    number: str = ""
    type_code: str = ""
    issuer: str = ""
    presented_where: str = ""
    presented_by: str = ""
    presented_at: datetime | None = None
    paper_key: str = ""
    """Names it where it was met before: ``check:<id>``, ``concern:<reference>``, ``inquiry:<number>``."""

    result: str = ""
    verdict: Mapping[str, Any] = field(default_factory=dict)
    differences: tuple[tuple[str, str, str], ...] = ()
    features: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody the paper speaks of, or who brought it."""

    name: str
    part: str
    standing: str


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the forgery harmed, and who was told when (A51)."""

    whom: str
    name: str
    told_at: str
    note: str


@dataclass(frozen=True, slots=True)
class Folded:
    """What the log says of goods, parties, harm, custody and links; the newest entry counts."""

    goods: Mapping[str, str]
    parties: tuple[Party, ...]
    harm: tuple[Told, ...]
    custody: tuple[tuple[str, str, str], ...]
    """Original, from whom, to whom; oldest first."""

    links: tuple[tuple[str, str], ...]
    """Case number and reason."""


class Line(Protocol):
    """What of a line of the log is folded."""

    act: str
    data: Any


SAID: Final = frozenset({"goods", "party", "harm", "custody", "link"})
"""Acts whose lines are folded."""


def folded(lines: Iterable[Line]) -> Folded:
    """Return what the lines say, oldest first."""
    goods: dict[str, str] = {}
    parties: dict[tuple[str, str], Party] = {}
    harm: list[Told] = []
    custody: list[tuple[str, str, str]] = []
    links: dict[str, str] = {}
    for line in lines:
        data = line.data
        if line.act == "goods":
            goods.update(data)
        elif line.act == "party":
            parties[data["name"], data["part"]] = Party(data["name"], data["part"], data["standing"])
        elif line.act == "harm":
            harm.append(Told(data["whom"], data["name"], data["told_at"], data["note"]))
        elif line.act == "custody":
            custody.append((data["original"], data["from"], data["to"]))
        elif line.act == "link":
            links[data["case"]] = data["reason"]
    return Folded(MappingProxyType(goods), tuple(parties.values()), tuple(harm), tuple(custody), tuple(links.items()))
