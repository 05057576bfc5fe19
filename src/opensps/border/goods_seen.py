"""What the rules that watch read from a certificate, ours or a partner's: goods, places, times. Nothing here writes.

Source: `fraud.md` 5. Masses in kilograms; a day is the start of that day, UTC, where no moment is given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from opensps.border.sourcing import heading_of, kilograms
from opensps.certificate import Certificate, CertificateKind, OfficialTime, TradeLineItem

LONGEST = 100
_NOTHING = Decimal(0)
_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Goods:
    """One line: where it is from, what it is, how much."""

    line: TradeLineItem
    origin: str
    product: str
    """HS, six digits; empty: not said."""

    kilograms: Decimal


@dataclass(frozen=True, slots=True)
class Seen:
    """One certificate that was issued, or that came."""

    issuer: str
    number: str
    value: Certificate

    @property
    def on(self) -> date | None:
        """Day of issue."""
        issued = self.value.exchanged_document.issued
        return issued.on if issued is not None else None

    @property
    def is_replacement(self) -> bool:
        """Whether it speaks of goods of another certificate, which it replaces."""
        return is_replacement(self.value)

    @property
    def is_first_hand(self) -> bool:
        """Whether its goods are counted by no other certificate: it replaces none and re-exports nothing."""
        return self.value.kind is not CertificateKind.PHYTOSANITARY_REEXPORT and not self.is_replacement

    @property
    def origin(self) -> str:
        """Country that exports, ISO alpha-2."""
        return str(self.value.consignment.export_country.code or "")

    @property
    def destination(self) -> str:
        """Country that imports."""
        return str(self.value.consignment.import_country.code or "")

    @property
    def exporter(self) -> str:
        """Name of the consignor, folded."""
        return " ".join((self.value.consignment.consignor.name or "").casefold().split())[:LONGEST]

    @property
    def departed_at(self) -> datetime | None:
        """When the goods left, at the earliest: what it says, else its day of issue."""
        consignment = self.value.consignment
        return moment(consignment.export_exit) or moment(self.value.exchanged_document.issued)

    @property
    def leaves_at(self) -> datetime | None:
        """When the goods left, where that is said."""
        return moment(self.value.consignment.export_exit)

    @property
    def arrives_at(self) -> datetime | None:
        """When they are expected."""
        return moment(self.value.consignment.availability_due)

    @property
    def mode(self) -> str:
        """Mode of transport, UNECE Rec 19."""
        legs = self.value.consignment.main_carriages
        return legs[0].mode.value if legs else ""

    @property
    def voyage(self) -> str:
        """Number and name of the conveyance, as written."""
        legs = self.value.consignment.main_carriages
        said = (legs[0].id.value if legs[0].id else "", legs[0].means_name.value if legs[0].means_name else "")
        return " ".join(each for each in said if each)[:LONGEST] if legs else ""

    @property
    def ports(self) -> tuple[str, ...]:
        """UN/LOCODEs in the order of the journey, as far as it names them."""
        goods = self.value.consignment
        places = (goods.place_of_loading, *goods.transit_places, goods.point_of_entry)
        return tuple(each.id.value for each in places if each is not None and each.id is not None)

    @property
    def containers(self) -> tuple[str, ...]:
        """Numbers of the shape of ISO 6346, without blanks; lorries and aircraft pallets have others."""
        found = (each.id for each in self.value.consignment.transport_equipment)
        folded = ("".join(each.value.split()).upper() for each in found if each is not None)
        return tuple(each for each in folded if _CONTAINER.fullmatch(each))

    @property
    def goods(self) -> Iterator[Goods]:
        """Its lines."""
        for line in self.value.lines:
            origin = next((str(each.code) for each in line.origins if each.code), self.origin)
            mass = kilograms(line.net_weight) or kilograms(line.gross_weight) or _NOTHING
            yield Goods(line, origin, heading_of(line), mass)

    @property
    def kilograms(self) -> Decimal:
        """Of all lines."""
        return sum((each.kilograms for each in self.goods), _NOTHING)


def is_replacement(value: Certificate) -> bool:
    """Return whether a certificate replaces another."""
    replaced = value.exchanged_document.replacement
    return replaced is not None and replaced.number is not None


def moment(said: OfficialTime | None) -> datetime | None:
    """Return the moment of an official time."""
    if said is None:
        return None
    return said.at or datetime.combine(said.on, time(), UTC)
