"""Messages of the Hub dialect as a plain client writes them, and what an answer holds; no contract, no library."""

from html import escape
from pathlib import Path

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EPH = "http://ephyto.ippc.int/"
HUB = "http://ephyto.ippc.int/HUB.Entities"


def message(body: str, *, header: str = "") -> bytes:
    """Return a SOAP 1.1 message."""
    return (
        f'<S:Envelope xmlns:S="{SOAP}" xmlns:e="{EPH}" xmlns:h="{HUB}">{header}<S:Body>{body}</S:Body></S:Envelope>'
    ).encode()


def call(operation: str, **children: str) -> bytes:
    """Return a call with text children."""
    inner = "".join(f"<e:{name}>{escape(text)}</e:{name}>" for name, text in children.items())
    return message(f"<e:{operation}>{inner}</e:{operation}>")


def header(**changes: str) -> str:
    """Return the children of an EnvelopeHeader; an empty change leaves one out."""
    values = {
        "From": "XB",
        "To": "XC",
        "CertificateType": "851",
        "CertificateStatus": "70",
        "NPPOCertificateNumber": "XB-2026-1",
    }
    return "".join(f"<h:{name}>{text}</h:{name}>" for name, text in (values | changes).items() if text)


def deliver(content: str | None, operation: str = "DeliverEnvelope", child: str = "env", **changes: str) -> bytes:
    """Return a call that delivers; `content` is XML text of the message: escaped, CDATA or base64."""
    inner = "" if content is None else f"<h:Content>{content}</h:Content>"
    return message(f"<e:{operation}><e:{child}>{header(**changes)}{inner}</e:{child}></e:{operation}>")


def opened(answer: bytes) -> etree._Element:
    """Return the element in the body of an answer."""
    root = etree.fromstring(answer, etree.XMLParser(huge_tree=True))
    return root.find(f"{{{SOAP}}}Body")[0]  # type: ignore[index]  # every message has one


def values(answer: bytes, *names: str) -> list[str | None]:
    """Return the texts of the first elements with these local names."""
    root = opened(answer)
    return [None if (found := root.find(f".//{{*}}{name}")) is None else found.text or "" for name in names]


def fault(answer: bytes) -> tuple[str, str, str | None]:
    """Return code, text and the message of HubWebException, None without one."""
    root = opened(answer)
    said = root.find(f"detail/{{{EPH}}}HubWebException/{{{EPH}}}message")
    code = (root.findtext("faultcode") or "").rpartition(":")[2]
    return code, root.findtext("faultstring") or "", None if said is None else said.text


class Validator:
    """The reference schema, and whether the body of an answer satisfies it."""

    def __init__(self, reference: Path) -> None:
        self.schema = etree.XMLSchema(etree.parse(str(reference / "hub" / "xsd" / "ephyto.xsd")))

    def check(self, answer: bytes) -> None:
        """Raise for an answer that is not valid; of a fault the detail counts."""
        root = opened(answer)
        for each in root.iterfind("detail/*") if root.tag == f"{{{SOAP}}}Fault" else (root,):
            self.schema.assertValid(each)
