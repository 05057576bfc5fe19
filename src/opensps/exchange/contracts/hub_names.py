"""The namespaces of the Hub's contract, and the notations that write its tables (`exchange.md` 1.1)."""

from collections.abc import Mapping
from types import MappingProxyType

from opensps.exchange.contracts.notation import Notation

EPH = "http://ephyto.ippc.int/"
"""Messages, and the types of code lists; the final slash counts."""

HUB = "http://ephyto.ippc.int/HUB.Entities"
"""Headers and envelopes."""

_UNECE = "urn:un:unece:uncefact:data:standard:"
RSM = f"{_UNECE}SPSCertificate:17"
ACK = f"{_UNECE}SPSAcknowledgement:17"
RAM = f"{_UNECE}ReusableAggregateBusinessInformationEntity:21"
UDT = f"{_UNECE}UnqualifiedDataType:21"
QDT = "urn:un:unece:uncefact:data:Standard:QualifiedDataType:21"
"""With a capital S, as the Hub has it."""

PREFIXES: Mapping[str, str] = MappingProxyType(
    {"eph": EPH, "hub": HUB, "rsm": RSM, "ack": ACK, "ram": RAM, "udt": UDT, "qdt": QDT}
)

IN_EPH, IN_HUB, IN_RSM, IN_ACK, IN_RAM, IN_UDT = (Notation(home, PREFIXES) for home in (EPH, HUB, RSM, ACK, RAM, UDT))
