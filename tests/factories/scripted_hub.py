"""Hubs that answer as a test tells them: well, strangely, or not at all. Words of their own, over real HTTPS."""

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.factories.https_servers import Received, Script, Step, answer

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
EPH, HUB = "http://ephyto.ippc.int/", "http://ephyto.ippc.int/HUB.Entities"
NAMESPACES = f'xmlns:eph="{EPH}" xmlns:hub="{HUB}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def header(number: str = "HUB-1", word: str = "PendingDelivery", text: str = "", **other: str) -> str:
    """Return the fields of a header; `other` by name of the element."""
    fields = {
        "From": "XA",
        "To": "XB1",
        "CertificateType": "851",
        "CertificateStatus": "70",
        "NPPOCertificateNumber": "XA-2026-014-0004512-0",
        "hubDeliveryNumber": number,
        "HUBTrackingInfo": word,
        "hubDeliveryErrorMessage": text,
        **other,
    }
    return "".join(f"<hub:{name}>{value}</hub:{name}>" for name, value in fields.items() if value != "-")


def envelope(body: str, *, soap: str = SOAP_11, prefix: str = "soap") -> bytes:
    """Return a SOAP message."""
    return (
        f'<{prefix}:Envelope xmlns:{prefix}="{soap}"><{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>'.encode()
    )


def response(operation: str, inner: str = "") -> bytes:
    """Return the answer to an operation."""
    return envelope(f"<eph:{operation}Response {NAMESPACES}>{inner}</eph:{operation}Response>")


def result(operation: str, inner: str) -> bytes:
    """Return the answer to an operation that has one result named after it."""
    return response(operation, f"<eph:{operation}Result>{inner}</eph:{operation}Result>")


def fault(detail: str = "", *, soap: str = SOAP_11) -> bytes:
    """Return a fault; `detail` is XML."""
    inner = f"<detail>{detail}</detail>" if detail else ""
    return envelope(
        f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>It went wrong</faultstring>{inner}</soap:Fault>",
        soap=soap,
    )


def hub_exception(message: str = "") -> str:
    """Return the detail of a fault that is an answer."""
    inner = f"<eph:message>{message}</eph:message>" if message else ""
    return f'<eph:HubWebException xmlns:eph="{EPH}">{inner}</eph:HubWebException>'


def always(body: bytes, *, status: int = 200, content_type: str = "text/xml; charset=utf-8") -> Script:
    """Return the script that says the same thing to everybody."""

    def script(_received: Received) -> Iterable[Step]:
        return answer(body, status=status, headers={"Content-Type": content_type})

    return script


_FIELD = re.compile(r"<(?:\w+:)?(From|To|CertificateType|CertificateStatus|NPPOCertificateNumber|Content)>([^<]*)<")


@dataclass(slots=True)
class RememberingHub:
    """A hub that behaves: the same certificate is kept once, under one number, however often it comes."""

    kept: dict[tuple[str, ...], str] = field(default_factory=dict)
    """From, to, type, status, number and digest of the content -> the number it was given."""

    came: int = 0
    """Envelopes that came, repeats too."""

    def __call__(self, received: Received) -> list[Step]:
        """Answer a question as a hub does."""
        return answer(self.said(received), headers={"Content-Type": "text/xml; charset=utf-8"})

    def said(self, received: Received) -> bytes:
        """Return the answer to a question, and keep what it brings."""
        operation = received.headers["soapaction"].strip('"').rpartition("/")[2]
        if operation == "GetUnderDeliveryEnvelope":
            each = (f"<hub:EnvelopeHeader>{self._header(known)}</hub:EnvelopeHeader>" for known in self.kept)
            return result(operation, "".join(each))
        fields = {name: html.unescape(text) for name, text in _FIELD.findall(received.body.decode())}
        digest = hashlib.sha256(fields.pop("Content").encode()).hexdigest()
        names = ("From", "To", "CertificateType", "CertificateStatus", "NPPOCertificateNumber")
        identity = (*(fields[name] for name in names), digest)
        self.came += 1
        self.kept.setdefault(identity, f"HUB-{len(self.kept) + 1}")
        return result(operation, self._header(identity))

    def _header(self, identity: tuple[str, ...]) -> str:
        sender, to, kind, status, number, _ = identity
        named = {"From": sender, "To": to, "CertificateType": kind, "CertificateStatus": status}
        return header(number=self.kept[identity], NPPOCertificateNumber=number, **named)
