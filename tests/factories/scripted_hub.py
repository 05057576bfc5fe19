"""Hubs that answer as a test tells them: well, strangely, or not at all. Words of their own, over real HTTPS."""

from collections.abc import Iterable

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
