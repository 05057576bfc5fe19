"""The contract of our own CertificateService: seven operations, seven faults, two bindings at one address.

Source: `exchange.md` 3.1, 3.2, 3.5. Types stand in `certificate_service_types`.
"""

from opensps.exchange.contracts.certificate_service_types import CS, IN_CS, PREFIXES, RECORDS, VALUES
from opensps.exchange.contracts.tables import (
    Binding,
    ComplexType,
    Contract,
    Element,
    Fault,
    Operation,
    Schema,
    SoapVersion,
)

_ROWS: tuple[tuple[str, str, str], ...] = (
    (
        "ListCertificates",
        """cursor? Cursor, changedSince? dateTime, changedUntil? dateTime, typeCode* int, statusCode* int,
        exportCountry? CountryCode, importCountry? CountryCode, includeAcknowledged? boolean, maximum? PageSize""",
        "certificate* CertificateSummary, nextCursor Cursor, hasMore boolean",
    ),
    (
        "GetCertificate",
        """deliveryNumber? DeliveryNumber, number? CertificateNumber, version? positiveInteger,
        include* Representation""",
        """summary CertificateSummary, content base64Binary, contentMediaType token, detachedSignature? base64Binary,
        proofBundle? base64Binary, pdf? base64Binary""",
    ),
    (
        "VerifyCertificate",
        """number? CertificateNumber, verificationCode? token, content? base64Binary large, qrPayload? string,
        presentation? boolean, requestId? RequestId, location? LocationCode, presentedField* FieldValue,
        language? language""",
        """verdict VerdictClass, kind? VerdictKind, result token, reasonCode* token, sentence LocalText,
        fragment+ Fragment, certificate? CertificateSummary, difference* FieldDifference, checkedAt dateTime,
        statusAsOf dateTime, checkNumber token""",
    ),
    ("Acknowledge", "item+ AcknowledgementItem", "item+ AcknowledgementResult"),
    (
        "SubmitOutcome",
        """requestId RequestId, number CertificateNumber, outcome Outcome, decidedAt dateTime,
        location? LocationCode, officeReference? ShortText, reasonCode? token, reasonText? LocalText,
        measure? Measure, quantity* LineQuantity, acknowledgement? base64Binary large""",
        "outcomeNumber token, recordedAt dateTime, alert* Alert",
    ),
    (
        "OpenInquiry",
        """requestId RequestId, inquiryNumber? token, act InquiryAct, number? CertificateNumber,
        subject? InquirySubject, priority? InquiryPriority, text+ LocalText, location? LocationCode,
        replyWantedBy? dateTime, presentedField* FieldValue, attachment* Attachment""",
        "inquiry Inquiry",
    ),
    (
        "GetInquiry",
        "inquiryNumber token, sinceMessage? int, includeAttachments? boolean",
        "inquiry Inquiry",
    ),
)
"""Operation, children of its request, children of its response."""

FAULTS = (
    "InvalidRequest",
    "AuthenticationFailed",
    "AccessDenied",
    "NotFound",
    "Conflict",
    "LimitExceeded",
    "ServiceUnavailable",
)
"""Elements in the detail of a fault, all of type ServiceFault."""

_NEVER = {
    "NotFound": frozenset({"ListCertificates", "VerifyCertificate", "Acknowledge"}),
    "Conflict": frozenset({"ListCertificates", "GetCertificate", "GetInquiry"}),
}
"""Fault -> operations that do not declare it."""


def _operation(name: str) -> Operation:
    return Operation(
        name=name,
        request=f"{{{CS}}}{name}",
        response=f"{{{CS}}}{name}Response",
        soap_action=f"{CS}/{name}",
        faults=tuple(
            Fault(name=fault, element=f"{{{CS}}}{fault}") for fault in FAULTS if name not in _NEVER.get(fault, ())
        ),
    )


def _wrappers() -> tuple[ComplexType, ...]:
    return tuple(
        wrapper
        for name, request, response in _ROWS
        for wrapper in (IN_CS.record(name, request), IN_CS.record(f"{name}Response", response))
    )


def _elements() -> tuple[Element, ...]:
    named = {each.name: each.name for each in _wrappers()}
    named |= {f"{{{CS}}}{fault}": f"{{{CS}}}ServiceFault" for fault in FAULTS}
    return tuple(Element(name=name, type=type_name) for name, type_name in named.items())


CERTIFICATE_SERVICE = Contract(
    service="CertificateService",
    port_type="CertificatePort",
    namespace=CS,
    bindings=(
        Binding(name="CertificateSoap11", port="CertificateSoap11Port", version=SoapVersion.SOAP_1_1),
        Binding(name="CertificateSoap12", port="CertificateSoap12Port", version=SoapVersion.SOAP_1_2),
    ),
    schemas=(Schema(namespace=CS, is_qualified=True, elements=_elements(), types=(*_wrappers(), *RECORDS, *VALUES)),),
    operations=tuple(_operation(name) for name, _, _ in _ROWS),
    prefixes=PREFIXES,
)
"""Both versions of SOAP at one address: the envelope's namespace decides."""
