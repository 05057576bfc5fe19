"""Our own D17A schema, generated from the structure table and compiled once per process.

Source: `domain.md` 3.2 to 3.5. It differs from UN/CEFACT's on purpose: a country is any two capitals, and no code
list is closed here; lists are checked by rules against dated data. Nothing is ever fetched: the three parts of the
schema find each other in memory.
"""

import copy
import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from lxml import etree

from opensps.formats.dialects import DIALECTS
from opensps.formats.dialects import dialect as row_of
from opensps.formats.structure import (
    ATTRIBUTES,
    RAM,
    ROOTS,
    ROWS,
    RSM,
    RSM_ACKNOWLEDGEMENT,
    SPS_ACKNOWLEDGEMENT,
    SPS_CERTIFICATE,
    UDT,
    Child,
    Row,
    changed,
)
from opensps.rules import Area, Finding, Level

SCHEMA_TEMPLATE = "The document does not follow the schema: %(detail)s"
"""English of every SCHEMA finding; the detail is the library's own sentence."""

_HEAD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:ram="{ram}" xmlns:udt="{udt}" xmlns:own="{own}" '
    'targetNamespace="{own}" elementFormDefault="qualified" version="OpenSPS 1">'
)
_IMPORT = '<xs:import namespace="{namespace}" schemaLocation="{name}"/>'
_BASES = MappingProxyType(
    {
        "T": "xs:string",
        "I": "xs:token",
        "C": "xs:token",
        "K": "udt:CodeContent",
        "K1001": "udt:CodeContent",
        "K4405": "udt:CodeContent",
        "Kcountry": "udt:CountryContent",
        "M": "xs:decimal",
        "Q": "xs:decimal",
        "N": "xs:decimal",
        "B": "xs:base64Binary",
    }
)
_CHOICES = MappingProxyType(
    {
        "D": (
            '<xs:element name="DateTimeString"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">'
            '<xs:attribute name="format" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>'
            '</xs:element><xs:element name="DateTime" type="xs:dateTime"/>'
        ),
        "X": (
            '<xs:element name="IndicatorString"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">'
            '<xs:attribute name="format" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>'
            '</xs:element><xs:element name="Indicator" type="xs:boolean"/>'
        ),
    }
)
_SIMPLE = (
    '<xs:simpleType name="CodeContent"><xs:restriction base="xs:token"><xs:minLength value="1"/></xs:restriction>'
    '</xs:simpleType><xs:simpleType name="CountryContent"><xs:restriction base="xs:token">'
    '<xs:pattern value="[A-Z]{2}"/></xs:restriction></xs:simpleType>'
    '<xs:simpleType name="P"><xs:union memberTypes="xs:date xs:dateTime"/></xs:simpleType>'
)
_SIGNATURE = '<xs:any namespace="http://www.w3.org/2000/09/xmldsig#" processContents="skip" minOccurs="0"/>'
_NAMESPACES = MappingProxyType({"{" + RSM + "}": "rsm:", "{" + RAM + "}": "ram:", "{" + UDT + "}": "udt:"})


def _leaf(letter: str, base: str) -> str:
    attributes = "".join(
        f'<xs:attribute name="{name}" type="xs:string"/>' for name in ATTRIBUTES.get(letter, ATTRIBUTES[letter[0]])
    )
    return (
        f'<xs:complexType name="{letter}"><xs:simpleContent><xs:extension base="{base}">{attributes}'
        "</xs:extension></xs:simpleContent></xs:complexType>"
    )


def _data_types() -> str:
    leaves = "".join(_leaf(letter, base) for letter, base in _BASES.items())
    choices = "".join(
        f'<xs:complexType name="{letter}"><xs:choice>{inner}</xs:choice></xs:complexType>'
        for letter, inner in _CHOICES.items()
    )
    return _schema(UDT, (), _SIMPLE + leaves + choices)


def _schema(own: str, imports: tuple[tuple[str, str], ...], body: str) -> str:
    imported = "".join(_IMPORT.format(namespace=namespace, name=name) for namespace, name in imports)
    return _HEAD.format(ram=RAM, udt=UDT, own=own) + imported + body + "</xs:schema>"


def _element(child: Child) -> str:
    kind = f"ram:{child.type}" if child.type in ROWS else f"udt:{_leaf_type(child.type)}"
    least, most = int(child.is_required), "unbounded" if child.is_repeated else "1"
    return f'<xs:element name="{child.name}" type="{kind}" minOccurs="{least}" maxOccurs="{most}"/>'


def _leaf_type(kind: str) -> str:
    return kind if kind in _BASES else kind[0]


def _row_type(row: Row) -> str:
    children = "".join(map(_element, row.children))
    return f'<xs:complexType name="{row.name}"><xs:sequence>{children}</xs:sequence></xs:complexType>'


def _root_schema(namespace: str, root: str, further: str = "") -> str:
    children = "".join(f'<xs:element name="{name}" type="ram:{row}"/>' for name, row in ROOTS[root].items())
    name = etree.QName(root).localname
    body = (
        f'<xs:element name="{name}"><xs:complexType><xs:sequence>{children}{further}</xs:sequence></xs:complexType>'
        "</xs:element>"
    )
    return _schema(namespace, ((RAM, "ram"),), body)


@cache
def sources(overlay: str = "") -> MappingProxyType[str, str]:
    """Return the text of each part of the schema by name: udt, ram, certificate, acknowledgement.

    `overlay` is the name of a dialect whose receiver has a schema of its own: there a signature may stand inside.
    """
    rows = changed(DIALECTS[overlay].changes) if overlay else ROWS
    ram = _schema(RAM, ((UDT, "udt"),), "".join(map(_row_type, rows.values())))
    return MappingProxyType(
        {
            "udt": _data_types(),
            "ram": ram,
            "certificate": _root_schema(RSM, SPS_CERTIFICATE, _SIGNATURE if overlay else ""),
            "acknowledgement": _root_schema(RSM_ACKNOWLEDGEMENT, SPS_ACKNOWLEDGEMENT),
        }
    )


@dataclass(frozen=True)
class _Parts(etree.Resolver):
    """Hands out the parts of our schema by name, and nothing else."""

    overlay: str

    def resolve(self, system_url: Any, public_id: Any, context: Any) -> Any:  # noqa: ARG002  lxml calls it so
        name = system_url.rsplit("/", 1)[-1]
        return self.resolve_string(sources(self.overlay)[name], context)


@cache
def _compiled(name: str, overlay: str = "") -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_Parts(overlay))
    source = sources(overlay)[name]
    root = etree.fromstring(source, parser)  # noqa: TID251  our own text, which imports its parts by name
    return etree.XMLSchema(root)


def schema_findings(root: etree._Element, *, dialect: str = "") -> tuple[Finding, ...]:
    """Return what our schema has against a certificate or acknowledgement, in document order.

    A dialect whose receiver has a schema of its own (INTERCOM) is held to that, every other to D17A. The field
    of each finding is the XPath of the element. libxml2 stops at the first structural error of an element.
    """
    is_acknowledgement = etree.QName(root).localname == "SPSAcknowledgement"
    overlay = dialect if dialect and row_of(dialect).changes else ""
    schema = _compiled("acknowledgement" if is_acknowledgement else "certificate", overlay)
    if root.tag not in ROOTS:
        root = _requalified(root, SPS_ACKNOWLEDGEMENT if is_acknowledgement else SPS_CERTIFICATE)
    if schema.validate(root):
        return ()
    return tuple(_finding(entry) for entry in schema.error_log)


def _requalified(root: etree._Element, tag: str) -> etree._Element:
    """Return a copy of a root in a foreign namespace under its official name."""
    copied = copy.deepcopy(root)
    copied.tag = tag
    return copied


def _finding(entry: etree._LogEntry) -> Finding:
    detail = re.sub(r"\s+", " ", entry.message)
    for namespace, prefix in _NAMESPACES.items():
        detail = detail.replace(namespace, prefix)
    line = str(entry.line)
    return Finding(
        area=Area.SCHEMA,
        level=Level.WARNING,
        field=entry.path or "",
        template=SCHEMA_TEMPLATE,
        rule="SCHEMA",
        params=MappingProxyType({"detail": detail[:400], "line": line}),
    )
