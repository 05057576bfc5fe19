"""The IPPC Hub's lists of codes, asked for with its ten Get* operations (SOAP 1.1 over TLS with a client certificate).

Source: the Hub's contract (`exchange.md` 1). Only what a list needs is read; an answer in another shape is refused.
Lists that are UN/CEFACT's are never shortened by the Hub's: it may use a part of them.
"""

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from types import MappingProxyType
from urllib.parse import urlsplit

from lxml import etree

from opensps.codes import CodeEntry, CodeList, ListUnreadable
from opensps.codes.entries import NO_NAMES
from opensps.codes.refreshing import Proposal, named, proposed
from opensps.formats import FormatError
from opensps.formats.xml_input import parse
from opensps.project.exits import Exit, Stopped

NAMESPACE = "http://ephyto.ippc.int/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
TIMEOUT_SECONDS = 60
MAX_BYTES = 10_000_000
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_REQUEST = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="{envelope}"><e:Body>'
    '<h:{operation} xmlns:h="{namespace}"/></e:Body></e:Envelope>'
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One Get* operation: what its answer holds, and which list of ours that is."""

    name: str
    item: str
    list_id: str
    text: str = "name"
    code: str = "code"
    is_whole: bool = True
    """The Hub keeps this list: what it lacks is withdrawn."""


OPERATIONS = (
    Operation("GetAdditionalDeclarations", "AdditionalDeclaration", "ippc_additional_declarations", text="text"),
    Operation("GetConditions", "Condition", "ippc_conditions"),
    Operation("GetIntendedUses", "IntendedUse", "ippc_intended_uses"),
    Operation("GetMeanOfTransports", "MeanOfTransport", "un_rec19", "usedTransportMean", "modeCode", is_whole=False),
    Operation("GetPackageTypes", "PackageType", "un_rec21", text="description", is_whole=False),
    Operation("GetPesticides", "Pesticide", "codex_pesticides", text="description"),
    Operation("GetProductDescriptions", "ProductDescription", "ippc_plant_parts"),
    Operation("GetStatements", "Statement", "ippc_statements", text="text", is_whole=False),
    Operation("GetTreatmentTypes", "TreatmentType", "ippc_treatment_types", text="description"),
    Operation("GetUnitMeasures", "UnitMeasure", "un_rec20", is_whole=False),
)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A Hub that sends us elsewhere is not the one the operator named."""

    def redirect_request(self, *_args: object) -> None:
        """Follow nothing."""


def proposals_of(url: str, *, at: date, certificate: str | None = None, key: str | None = None) -> list[Proposal]:
    """Return what the Hub's lists would change; all are asked for before the first is returned.

    Stops with a sentence when the address is not safe, nobody answers, or an answer is not in the Hub's shape.
    """
    opener = _opener(url, certificate, key)
    return [_proposal(opener, url, each, at=at) for each in OPERATIONS]


def _opener(url: str, certificate: str | None, key: str | None) -> urllib.request.OpenerDirector:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Stopped(Exit.USAGE, "The address of the Hub begins with https://")
    context = ssl.create_default_context()
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as exc:
            raise Stopped(Exit.USAGE, "The client certificate %(name)s cannot be used.", name=certificate) from exc
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirect(), urllib.request.HTTPSHandler(context=context)
    )


def _proposal(opener: urllib.request.OpenerDirector, url: str, operation: Operation, *, at: date) -> Proposal:
    try:
        newer = _read(_asked(opener, url, operation), operation, at=at)
        return proposed(newer, at=at, is_complete=operation.is_whole, keeps_names=True)
    except (FormatError, ListUnreadable) as exc:
        raise Stopped(
            Exit.NOT_VALID,
            "The answer to %(operation)s is no list of codes: %(why)s. Nothing was changed.",
            operation=operation.name,
            why=exc,
        ) from exc


def _asked(opener: urllib.request.OpenerDirector, url: str, operation: Operation) -> bytes:
    body = _REQUEST.format(envelope=ENVELOPE, namespace=NAMESPACE, operation=operation.name).encode()
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{NAMESPACE}IDeliveryService/{operation.name}"',
    }
    request = urllib.request.Request(url, body, headers)  # noqa: S310  the scheme was looked at
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    except (OSError, HTTPException) as exc:  # URLError and time-outs are OSErrors
        why = f"HTTP {exc.code}" if isinstance(exc, urllib.error.HTTPError) else type(exc).__name__
        raise Stopped(
            Exit.TRY_LATER, "The Hub does not answer %(operation)s (%(why)s).", operation=operation.name, why=why
        ) from exc
    if len(data) > MAX_BYTES:
        raise ListUnreadable("it is too large")
    return data


def _read(data: bytes, operation: Operation, *, at: date) -> CodeList:
    root = parse(data, sealed=False, root=f"{{{ENVELOPE}}}Envelope")
    answer = root.find(f"{{{ENVELOPE}}}Body/{{{NAMESPACE}}}{operation.name}Response")
    if answer is None:
        raise ListUnreadable(f"there is no {operation.name}Response in it")
    origin = f"IPPC ePhyto Hub, {operation.name}"
    return named(operation.list_id, _entries(answer, operation), origin=origin, at=at)


def _entries(answer: etree._Element, operation: Operation) -> Iterator[CodeEntry]:
    for item in answer:
        if item.tag != f"{{{NAMESPACE}}}{operation.item}":
            raise ListUnreadable(f"it holds {str(item.tag)[:60]}")
        held = {str(child.tag): " ".join((child.text or "").split()) for child in item}
        if not held.get(operation.code) or held.get("active") not in {"true", "false", "1", "0"}:
            raise ListUnreadable("an entry lacks its code, or whether it is active")
        language = (held.get("lang") or "en").lower()[:2]
        text = held.get(operation.text, "")
        names = MappingProxyType({language: text}) if text and language in {"en", "zh"} else NO_NAMES
        is_over = held["active"] in {"false", "0"} and operation.is_whole
        yield CodeEntry(held[operation.code], names, withdrawn=is_over, group=held.get("parentCode", ""))
