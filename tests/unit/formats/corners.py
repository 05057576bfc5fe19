"""What tests of corners share: documents to change, and how to look at what was read."""

from collections.abc import Callable
from typing import Any

from opensps.certificate import Certificate
from opensps.codes import DEMO_COUNTRIES
from opensps.formats import Reading, read_certificate
from tests.vectors.xml import document

EXPORT = document("phytosanitary-851.xml").decode()
REEXPORT = document("reexport-657.xml").decode()
REPLACEMENT = document("replacement-851.xml").decode()
FOOD = document("sanitary-852.xml").decode()
ANIMAL = document("animal-853.xml").decode()

Look = Callable[[Any], Any]
Corner = tuple[str, str, str, str, Look, Any]
"""Name, document, what is replaced, by what, where to look, what is seen there."""


def read(text: str) -> Reading:
    """Return the reading of a document where the demonstration countries are configured."""
    return read_certificate(text.encode(), extra_countries=DEMO_COUNTRIES)


def kept(value: Certificate) -> list[str]:
    """Return the texts of the residue."""
    return [one.text for one in value.residue]


CLASS = "<ram:SystemName>HS</ram:SystemName><ram:ClassCode>070320</ram:ClassCode><ram:ClassName/>"
NET = '<ram:NetWeightMeasure unitCode="KGM">24000</ram:NetWeightMeasure>'
FACT = (
    "<ram:ApplicableSPSProcessCharacteristic><ram:Description>TTL1</ram:Description>"
    "<ram:Description>CHT</ram:Description></ram:ApplicableSPSProcessCharacteristic>"
)
HEAT = '<ram:Description>TTTM</ram:Description><ram:ValueMeasure unitCode="CEL">21</ram:ValueMeasure>'
PACKED = "<ram:LevelCode>1</ram:LevelCode><ram:TypeCode>CT</ram:TypeCode><ram:ItemQuantity>2400</ram:ItemQuantity>"
ISSUE = "<udt:DateTimeString>2026-11-18T10:30:00+08:00</udt:DateTimeString></ram:IssueDateTime>"
PERSON = "<ram:SpecifiedSPSPerson><ram:Name>Lin Chen</ram:Name></ram:SpecifiedSPSPerson>"
QUANTITY = "<ram:Subject>OQV</ram:Subject><ram:Content>50</ram:Content>"
BOX = "<ram:Subject>RPCOR</ram:Subject><ram:Content>True</ram:Content>"
FIRST_LINE = "<ram:SequenceNumeric>1</ram:SequenceNumeric>"
COPY = "<ram:CopyIndicator><udt:Indicator>false</udt:Indicator></ram:CopyIndicator>"


def look_at(base: str, old: str, new: str, look: Look) -> Any:
    """Return what is seen in the certificate of a document after one change."""
    assert old in base, old
    value = read(base.replace(old, new, 1)).certificate
    assert value is not None
    return look(value)
