"""The calls of `large_envelope`: small ones to warm up, then the large one; answers are read as they arrive."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any

from django.test import RequestFactory

from opensps.web.soap import hub
from opensps.web.soap.dispatcher import dispatch
from tests.factories.certificates import laboratory_report
from tests.factories.incoming import theirs
from tests.integration.web_soap.contents import TO_XC
from tests.integration.web_soap.hub_messages import call, deliver, values
from tests.integration.web_soap.participants import ADDRESS, certificate

NUMBER = "XB/LARGE/1"
_MARK = "ATTACHED"


def _parts(number: str) -> tuple[bytes, bytes]:
    """Return what stands before and behind the attachment, escaped, in a message that delivers it."""
    xml = theirs(number, **TO_XC, exchanged_document__references=(laboratory_report(),)).decode()
    begin = xml.index(">", xml.index("<ram:AttachmentBinaryObject")) + 1
    marked = xml[:begin] + _MARK + xml[xml.index("<", begin) :]
    head, _, tail = deliver(escape(marked, quote=False), NPPOCertificateNumber=number).partition(_MARK.encode())
    return head, tail


def _asked(code: str, feed: Any, size: int) -> Any:
    request = RequestFactory().generic("POST", ADDRESS, b"x", "text/xml", secure=True)
    request.META |= {
        "wsgi.input": feed,
        "CONTENT_LENGTH": str(size),
        "opensps.client_certificate": certificate(code),
    }
    return dispatch(hub.FACE, request, at=datetime.now(UTC))


def small() -> str:
    """Deliver an ordinary certificate and return its number: everything is loaded then."""
    body = deliver(escape(theirs("XB/SMALL/1", **TO_XC).decode()), NPPOCertificateNumber="XB/SMALL/1")
    request = RequestFactory().generic("POST", ADDRESS, body, "text/xml", secure=True)
    request.META["opensps.client_certificate"] = certificate("XB")
    return values(dispatch(hub.FACE, request, at=datetime.now(UTC)).content, "hubDeliveryNumber")[0] or ""


def delivered(feed: Callable[[bytes, bytes, int], Any], size: int) -> tuple[dict[str, str], float]:
    """Deliver a certificate of about so many octets; return what the hub said, and the seconds."""
    head, tail = _parts(NUMBER)
    body = feed(head, tail, size - size % 4)
    began = time.perf_counter()
    answer = _asked("XB", body, body.size)
    word, text, number = values(answer.content, "HUBTrackingInfo", "hubDeliveryErrorMessage", "hubDeliveryNumber")
    return {"word": word or "", "text": text or "", "number": number or ""}, time.perf_counter() - began


def pulled(number: str) -> tuple[int, str, float]:
    """Collect an envelope; return length and digest of the whole answer, and the seconds."""
    began = time.perf_counter()
    body = call("PULLSingleImportEnvelope", hubTrackingNumber=number)
    request = RequestFactory().generic("POST", ADDRESS, body, "text/xml", secure=True)
    request.META["opensps.client_certificate"] = certificate("XC")
    size, digest = 0, hashlib.sha256()
    for piece in dispatch(hub.FACE, request, at=datetime.now(UTC)):  # type: ignore[attr-defined]  # pieces or whole
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest(), time.perf_counter() - began
