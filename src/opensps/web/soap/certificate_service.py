"""Our own SOAP CertificateService: one address, SOAP 1.1 and 1.2, seven operations (`exchange.md` 3).

``GET ?wsdl`` and ``?xsd=certificate-service`` are written from the tables; ``?sample=<name>`` serves the published
samples, ``?samples`` their list.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from django.db import DatabaseError

from opensps.accounts.services import official_used
from opensps.exchange.contracts.certificate_service import CERTIFICATE_SERVICE
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.contracts.reader import Strictness
from opensps.exchange.contracts.schema import schema_document
from opensps.exchange.contracts.tables import Record, SoapVersion
from opensps.exchange.contracts.wsdl import wsdl
from opensps.exchange.username_token import WSSE
from opensps.web.soap.callers import Door, PartnerCaller, at_the_door, caller_of, counted
from opensps.web.soap.face import Call, Face
from opensps.web.soap.samples import sample, sample_index
from opensps.web.soap.service_checks import verify_certificate
from opensps.web.soap.service_envelopes import acknowledge, get_certificate, list_certificates
from opensps.web.soap.service_faults import fault_of_problem, refused
from opensps.web.soap.service_inquiries import get_inquiry, open_inquiry
from opensps.web.soap.service_outcomes import submit_outcome

ADDRESS: Final = "soap/certificate-service"
MOST_BYTES: Final = 15_000_000

Handler = Callable[[Call[Any], PartnerCaller], Record]

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "ListCertificates": list_certificates,
        "GetCertificate": get_certificate,
        "VerifyCertificate": verify_certificate,
        "Acknowledge": acknowledge,
        "SubmitOutcome": submit_outcome,
        "OpenInquiry": open_inquiry,
        "GetInquiry": get_inquiry,
    }
)
"""Operation -> who answers it."""

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ListCertificates": "certificates:read",
        "GetCertificate": "certificates:read",
        "VerifyCertificate": "checks:write",
        "Acknowledge": "envelopes:acknowledge",
        "SubmitOutcome": "outcomes:write",
        "OpenInquiry": "inquiries:write",
        "GetInquiry": "inquiries:read",
    }
)
"""Operation -> what a program's account must have been approved for; the same words as over REST."""


def answer(call: Call[Door]) -> Record:
    """Return the answer to a call of somebody who may make it. Raises `Faulted`."""
    try:
        caller = caller_of(call.caller, call.headers, at=call.at, trace=call.trace)
        with counted(caller, at=call.at, trace=call.trace):
            _admitted(call, caller)
            return HANDLERS[call.operation.name](call, caller)
    except DatabaseError:
        raise refused("STORAGE_UNAVAILABLE", trace=call.trace) from None


def _admitted(call: Call[Any], caller: PartnerCaller) -> None:
    """Refuse a program what its account was not approved for, and remember that it called. Raises `Faulted`."""
    needed = [SCOPES[call.operation.name]]
    if call.record.get("presentation"):
        needed.append("outcomes:write")
    missing = [each for each in needed if caller.lacks(each)]
    if missing:
        message = f"The account of this program was not approved for {', '.join(missing)}."
        raise refused("SCOPE_MISSING", trace=call.trace, message=message)
    if caller.official is not None:
        official_used(caller.official, at=call.at)


def document(name: str, value: str, address: str) -> bytes | None:
    """Return the contract or a sample of it."""
    makers: Mapping[str, Callable[[], bytes | None]] = {
        "wsdl": lambda: _wsdl(address),
        "xsd": lambda: schema_document(CERTIFICATE_SERVICE, CS) if value == "certificate-service" else None,
        "sample": lambda: sample(value),
        "samples": sample_index,
    }
    return makers[name]() if name in makers else None


@lru_cache(maxsize=8)
def _wsdl(address: str) -> bytes:
    return wsdl(CERTIFICATE_SERVICE, address=address)


FACE: Final[Face[Door]] = Face(
    name="certificate-service",
    contract=CERTIFICATE_SERVICE,
    admit=at_the_door,
    answer=answer,
    fault=fault_of_problem,
    versions=frozenset({SoapVersion.SOAP_1_1, SoapVersion.SOAP_1_2}),
    most_bytes=MOST_BYTES,
    checks_action=True,
    strictness=Strictness.STRICT,
    understood=frozenset({WSSE}),
    document=document,
    trace_header="X-Trace-Id",
)
