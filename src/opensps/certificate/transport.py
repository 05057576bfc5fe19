"""How the goods travel: conveyance, containers, seals, temperatures.

Source: UN/CEFACT D17A, MainCarriageSPSTransportMovement, UtilizedSPSTransportEquipment (`domain.md` 2.3).
"""

from dataclasses import dataclass
from enum import StrEnum

from opensps.certificate.parties import Party
from opensps.certificate.scalars import Code, Identifier, Measure, Text


class TransportCondition(StrEnum):
    """Temperature regime of the transport."""

    AMBIENT = "AMBIENT"
    CHILLED = "CHILLED"
    FROZEN = "FROZEN"


@dataclass(frozen=True, slots=True)
class MainCarriage:
    """One leg of the declared means of conveyance."""

    mode: Code
    """Rec 19."""

    id: Identifier | None = None
    """Voyage, flight or registration."""

    means_name: Text | None = None
    """Ship's name, vehicle."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal, or a range of seals when `maximum_id` is given."""

    id: str
    maximum_id: str | None = None
    issuer: Party | None = None


@dataclass(frozen=True, slots=True)
class Temperature:
    """A set temperature of transport or storage (UNCL 6245 in `type_code`)."""

    value: Measure | None = None
    minimum: Measure | None = None
    maximum: Measure | None = None
    type_code: Code | None = None


@dataclass(frozen=True, slots=True)
class TransportEquipment:
    """A container or the like, with what closes and cools it."""

    id: Identifier | None = None
    seals: tuple[Seal, ...] = ()
    temperatures: tuple[Temperature, ...] = ()
