"""Is the content readable and unambiguous? The aspect `content` of `trust.md` 7.1, asked of what was signed.

Not a check of official rules: real documents break many, and those are findings. Here only what lets two readers
see two different certificates counts.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from lxml import etree

from opensps.certificate import NumberTypo, parse_number
from opensps.formats.structure import RAM, ROWS, RSM, UDT
from opensps.verification.aspects import Aspect
from opensps.verification.document import Document, Refused, moment

AHEAD = timedelta(hours=24)
"""How far ahead of our clock an issue may be dated."""

_has_foreign_element = etree.XPath("boolean(//*[not(starts-with(namespace-uri(), 'urn:un:unece:uncefact:'))])")
_has_only_ours = etree.XPath(
    "count(/descendant::*) = count(/descendant::rsm:*) + count(/descendant::ram:*) + count(/descendant::udt:*)",
    namespaces={"rsm": RSM, "ram": RAM, "udt": UDT},
)
"""The quick answer for nearly every document; only where it is no, each namespace is looked at."""
_namespaced_attributes = etree.XPath("//@*[namespace-uri()]")
_QUANTITIES = tuple(
    sorted({f"{{*}}{child.name}" for row in ROWS.values() for child in row.children if child.type in {"M", "Q"}})
)
"""Every element of the standard that holds a measure or a quantity."""
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_FOREIGN_ATTRIBUTES = frozenset(
    {f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation", "{http://www.w3.org/XML/1998/namespace}lang"}
)
"""Attributes of other namespaces that change nothing; none of them is followed."""

_SINGLE = (
    "{*}SPSExchangedDocument",
    "{*}SPSExchangedDocument/{*}ID",
    "{*}SPSExchangedDocument/{*}TypeCode",
    "{*}SPSExchangedDocument/{*}StatusCode",
    "{*}SPSExchangedDocument/{*}IssueDateTime",
    "{*}SPSExchangedDocument/{*}IssueDateTime/{*}*",
    "{*}SPSConsignment",
    "{*}SPSConsignment/{*}ConsignorSPSParty",
    "{*}SPSConsignment/{*}ConsigneeSPSParty",
    "{*}SPSConsignment/{*}ExportSPSCountry",
    "{*}SPSConsignment/{*}ExportSPSCountry/{*}ID",
    "{*}SPSConsignment/{*}ImportSPSCountry",
    "{*}SPSConsignment/{*}ImportSPSCountry/{*}ID",
)
"""What may stand once only: with two of one, a reader of the first and a reader of the last see different things."""

_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_:()#-]{0,58}[A-Za-z0-9).])?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_AMOUNTS = ("WeightMeasure", "VolumeMeasure", "Quantity")


def check_content(document: Document, *, now: datetime) -> None:
    """Raise `Refused` (content: xsi_type, foreign_namespace, duplicate_field, identifier, date, number)."""
    for check in _CHECKS:
        if reason := check(document, now):
            raise Refused(Aspect.CONTENT, reason)


def check_issuer(document: Document, *, authority: str) -> None:
    """Raise `Refused` (content: issuer_mismatch) when the number is in our form and names another authority."""
    try:
        number = parse_number(document.number)
    except NumberTypo:
        return
    if number.authority != authority:
        raise Refused(Aspect.CONTENT, "issuer_mismatch")


def _names(document: Document, _now: datetime) -> str:
    tree = document.root.getroottree()
    if not _has_only_ours(tree) and _has_foreign_element(tree):
        return "foreign_namespace"
    attributes = {each.attrname for each in _namespaced_attributes(tree)} - _FOREIGN_ATTRIBUTES
    if not attributes:
        return ""
    return "xsi_type" if f"{_XSI}type" in attributes else "foreign_namespace"


def _singles(document: Document, _now: datetime) -> str:
    return "duplicate_field" if any(len(document.root.findall(path)) > 1 for path in _SINGLE) else ""


def _identifier(document: Document, _now: datetime) -> str:
    number = document.number
    return "" if _NUMBER.fullmatch(number) and "  " not in number else "identifier"


def _dates(document: Document, now: datetime) -> str:
    """Refuse an issue without a date, or dated ahead of the clock; a signature without a date is a finding only."""
    written = document.root.findall("{*}SPSExchangedDocument/{*}SignatorySPSAuthentication/{*}ActualDateTime/{*}*")
    signed = [moment(each.text) for each in written if each.text]
    dates = [document.issued_at, *signed]
    return "" if all(each is not None and each <= now + AHEAD for each in dates) else "date"


def _amounts(document: Document, _now: datetime) -> str:
    for element in document.root.iter(*_QUANTITIES):
        name, text = etree.QName(element).localname, (element.text or "").strip()
        form = _AMOUNT if name.endswith(_AMOUNTS) else _DECIMAL
        if text and not form.fullmatch(text):
            return "number"
    return ""


_CHECKS: tuple[Callable[[Document, datetime], str], ...] = (_names, _singles, _identifier, _dates, _amounts)
"""In order: what things are called before what they say."""
